"""MLmodel: what the file that MLflow writes beside a model states of it: its task, its base, what it takes."""

from __future__ import annotations

import json
import re

import yaml

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.figures import Doubt, Said
from aiact_rules.sources.hub_files import state_adapter
from aiact_rules.sources.statements import Statements
from aiact_rules.sources.text_files import Text

TASK = "model.pipeline_tag"
PROFILES = "system.profiles_natural_persons"
_MARKS = ("flavors:", "mlflow_version:")
_PERSONAL = re.compile(
    r"(?:^|_)(?:age|gender|sex|race|ethnicity|ethnic_group|religion|nationality|citizenship|marital_status|disability|salary"
    r"|income|credit_score|date_of_birth|birth_?date|home_address|education_level)(?:_|$)"
)
_MOST_SHOWN = 5


def read_mlmodel(text: Text, statements: Statements) -> Said:
    """State the task of a transformers model and what an adapter is for; ask about columns that describe persons.

    Raises InputError where the file is broken. A file of that name which MLflow did not write says nothing.
    """
    if not any(mark in text.text for mark in _MARKS):
        return Said()
    try:
        root = yaml.compose(text.text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = None if error.problem_mark is None else error.problem_mark.line + 1
        raise InputError([Problem("not readable as YAML", Place(text.name, line))]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError([Problem("not readable as YAML", Place(text.name))]) from error
    if not isinstance(root, yaml.MappingNode):
        raise InputError([Problem("expected keys with values", Place(text.name, 1))])
    said = Said()
    flavour = _at(_at(root, "flavors"), "transformers")
    task = _scalar(_at(flavour, "task"))
    if task is not None and "/" not in task.value:
        statements.state(TASK, task.value, _place(text, task))
    if (adapter := _at(flavour, "peft_adaptor")) is not None:
        source = _scalar(_at(flavour, "source_model_name"))
        place = _place(text, source or adapter)
        said = state_adapter(None if source is None else source.value, str(place), statements)
    return said.joined_with(_of_signature(_scalar(_at(_at(root, "signature"), "inputs")), text))


def _of_signature(inputs: yaml.ScalarNode | None, text: Text) -> Said:
    """Return the question that columns with traits of persons raise."""
    if inputs is None or inputs.value in ("", "null", "~"):
        return Said()
    place = _place(text, inputs)
    try:
        columns = json.loads(inputs.value)
    except (ValueError, RecursionError) as error:
        raise InputError([Problem("the inputs of the signature are not readable as JSON", place)]) from error
    if not isinstance(columns, list):
        raise InputError([Problem("the inputs of the signature are no list", place)])
    names = [str(each["name"]) for each in columns if isinstance(each, dict) and isinstance(each.get("name"), str)]
    personal = [name for name in names if _PERSONAL.search(re.sub(r"[^a-z]+", "_", name.lower()))]
    if not personal:
        return Said()
    listed = ", ".join(f"`{name}`" for name in personal[:_MOST_SHOWN])
    return Said((Doubt(PROFILES, f"{place}: takes {listed}; if it evaluates people by them, answer `{PROFILES}`"),))


def _at(node: yaml.Node | None, key: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if isinstance(name, yaml.ScalarNode) and name.value == key), None)


def _scalar(node: yaml.Node | None) -> yaml.ScalarNode | None:
    return node if isinstance(node, yaml.ScalarNode) and node.value.strip() else None


def _place(text: Text, node: yaml.Node) -> Place:
    return Place(text.name, node.start_mark.line + 1)
