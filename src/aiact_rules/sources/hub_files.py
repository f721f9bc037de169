"""Files of a Hugging Face repository beside its card: configuration, adapter, results of evaluations."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.figures import Doubt, Said
from aiact_rules.sources.json_text import Number, Object, read_object
from aiact_rules.sources.statements import Statements
from aiact_rules.sources.text_files import Text
from aiact_rules.yaml_text import Mapping, Scalar, Sequence, read_yaml

BASE = "model.base_model"
RELATION = "model.base_model_relation"
GENERALITY = "model.generality"
MANY_TASKS = 3
_CONFIG_MARKS = ('"model_type"', '"architectures"', '"quantization_config"')
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*\Z")


def read_config(text: Text, own_name: str | None = None) -> Said:
    """Return what a `config.json` may say of where the model comes from: it is asked, since its maker may have loaded its own.

    A `config.json` of other software says nothing.
    """
    if not any(mark in text.text for mark in _CONFIG_MARKS):
        return Said()
    config = read_object(text)
    doubts = []
    loaded = _text(config, "_name_or_path", text.name)
    if (
        loaded
        and _REPOSITORY.match(loaded)
        and loaded.split("/")[1].casefold() != (own_name or "").split("/")[-1].casefold()
    ):
        place = f"{text.name}#/_name_or_path"
        doubts.append(
            Doubt(BASE, f"{place}: was loaded from `{loaded}`; if the model was made from it, state it as `{BASE}`")
        )
    if config.get("quantization_config") is not None:
        place = f"{text.name}#/quantization_config"
        words = (
            f"{place}: is in lower precision; if another model was made so, state `{RELATION}: quantized` and `{BASE}`"
        )
        doubts.append(Doubt(RELATION, words))
    return Said(tuple(doubts))


def read_adapter_config(text: Text, statements: Statements) -> Said:
    """State that the release is an adapter, and for which model where that is named by more than a path."""
    config = read_object(text)
    if "peft_type" not in config and "base_model_name_or_path" not in config:
        return Said()
    pointer = f"{text.name}#/base_model_name_or_path"
    return state_adapter(_text(config, "base_model_name_or_path", text.name), pointer, statements)


def state_adapter(base: str | None, pointer: str, statements: Statements) -> Said:
    """State the relation `adapter` and the model that it is for; a doubt where a path alone is named."""
    if "adapter" in (getattr(statements.vocabulary.get(RELATION), "values", None) or {}):
        statements.state(RELATION, "adapter", Place(pointer))
    if base and _REPOSITORY.match(base):
        statements.state(BASE, base, Place(pointer))
        return Said()
    return Said(
        (Doubt(BASE, f"{pointer}: an adapter for a model that is not named by a repository; state it as `{BASE}`"),)
    )


def read_eval_results(texts: Iterable[Text]) -> Said:
    """Return the question how many kinds of task a model does well, where results for several benchmarks are reported."""
    tasks: list[str] = []
    places: list[Place] = []
    for text in texts:
        node = read_yaml(text.text, text.name)
        if not isinstance(node, Sequence):
            raise InputError([Problem("expected a list of results", node.place, "begin each with `- dataset:`")])
        for item in node:
            data = item.get("dataset") if isinstance(item, Mapping) else None
            name = data.get("id") if isinstance(data, Mapping) else None
            if not isinstance(name, Scalar):
                raise InputError([Problem("a result names no data set", item.place, "write `dataset: {id: ...}`")])
            tasks.append(name.text)
            places.append(item.place)
    return asked_by_results(tasks, places)


def asked_by_results(tasks: list[str], places: list[Place]) -> Said:
    """Return the question that results for several tasks raise."""
    different = tuple(dict.fromkeys(tasks))
    if len(different) < MANY_TASKS:
        return Said()
    listed = ", ".join(different[:MANY_TASKS])
    words = f"{places[0]}: reports results for {len(different)} tasks ({listed} ...); say in `{GENERALITY}` how many kinds it does well"
    return Said((Doubt(GENERALITY, words),))


def _text(config: Object, key: str, name: str) -> str | None:
    said = config.get(key)
    if said is not None and (not isinstance(said, str) or isinstance(said, Number)):
        raise InputError([Problem(f"`{key}` is no text", Place(f"{name}#/{key}"))])
    return said.strip() if said else None
