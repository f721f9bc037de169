"""Reading one spec file: YAML → a model of the format, with a problem and its line for everything that does not fit."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from aiact_rules.core.problems import Place, Problem, did_you_mean
from aiact_rules.yaml_text import Entry, Mapping, Node, Scalar, Sequence, plain

Model = TypeVar("Model", bound=BaseModel)


def read_model(model: type[Model], node: Node, problems: list[Problem]) -> Model | None:
    """Return the node as the model says, or None, with every misfit added to `problems`."""
    try:
        return model.model_validate(plain(node))
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            problems.append(_problem(model, node, dict(detail)))
    return None


def child(node: Node | None, *path: str | int) -> Node | None:
    """Walk down keys and indexes, as far as they exist."""
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str):
            node = node.get(step)
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            return None
    return node


def place_of(node: Node | None, fallback: Place) -> Place:
    """Return the place of a node, or the fallback where there is none."""
    return fallback if node is None else node.place


def entries(node: Node | None) -> tuple[Entry, ...]:
    """Return the entries of a mapping; anything else has none."""
    return node.entries if isinstance(node, Mapping) else ()


def _problem(model: type[BaseModel], root: Node, detail: dict[str, Any]) -> Problem:
    location = tuple(detail["loc"])
    node, place, owner, path = _locate(root, location)
    subject = f"{owner}: " if owner else ""
    kind, key = str(detail["type"]), f"`{'.'.join(path)}`" if path else "the file"
    if kind == "missing":
        return Problem(f"{subject}`{location[-1]}` is missing", place)
    if kind == "extra_forbidden":
        unknown = str(location[-1])
        hint = did_you_mean(unknown, [key for key in _known_keys(model, location[:-1]) if key != unknown])
        if " " in str(location[-1]) or (isinstance(node, Scalar) and node.is_null):
            hint = "a text with a comma needs quotes between { and }"
        return Problem(f"{subject}unknown key `{location[-1]}`", place, hint)
    if location and location[-1] == "[key]" and kind != "value_error":
        return Problem(f"{subject}the name `{location[-2]}` does not have the form of a name here", place)
    if isinstance(node, Scalar) and node.is_null:
        return Problem(f"{subject}{key} is empty", place, "give a value, or remove the key")
    said = _MESSAGES.get(kind)
    if said is None:
        said = _said(kind, detail)
    return Problem(f"{subject}{key}: {said}", place)


def _said(kind: str, detail: dict[str, Any]) -> str:
    found = detail.get("input")
    shown = f", found `{found}`" if isinstance(found, str) else ""
    context = detail.get("ctx", {})
    if kind == "value_error":
        return str(context.get("error", detail["msg"]))
    if kind == "literal_error":
        return f"expected {context.get('expected', 'another word')}{shown}".replace("'", "`")
    if kind == "string_pattern_mismatch":
        return f"not of the right form{shown}"
    return str(detail["msg"])[:1].lower() + str(detail["msg"])[1:] + shown


_MESSAGES = {
    "string_type": "expected a text",
    "dict_type": "expected a mapping (`key: value`)",
    "model_type": "expected a mapping (`key: value`)",
    "model_attributes_type": "expected a mapping (`key: value`)",
    "list_type": "expected a list",
    "tuple_type": "expected a list",
    "string_too_short": "is empty",
    "too_short": "is an empty list",
}


def _locate(root: Node, location: tuple[Any, ...]) -> tuple[Node, Place, str | None, list[str]]:
    """Walk as far down as the location leads; union tags and `[key]` are passed over."""
    node, place, owner = root, root.place, None
    path: list[str] = []
    for step in location:
        if isinstance(node, Mapping) and (found := node.entry(str(step))) is not None:
            node, place = found.value, found.place
            path.append(str(step))
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            place = node.place
        else:
            continue
        if isinstance(node, Mapping) and isinstance(name := node.get("id"), Scalar) and node is not root:
            owner = f"{_SINGULAR.get(path[-1] if path else '', 'entry')} `{name.text}`"
            path = []
    return node, place, owner, path


_SINGULAR = {"rules": "rule", "obligations": "obligation", "prohibitions": "prohibition"}


def _known_keys(model: type[BaseModel], location: tuple[Any, ...]) -> list[str]:
    """Collect the keys that the model at a location takes, found through the JSON Schema of the root model."""
    schema = model.model_json_schema()
    definitions = schema.get("$defs", {})

    def step_into(part: dict[str, Any], step: Any) -> list[dict[str, Any]]:
        found = []
        for option in _options(part, definitions):
            if isinstance(step, int) and "items" in option:
                found.append(option["items"])
            elif str(step) in option.get("properties", {}):
                found.append(option["properties"][str(step)])
            elif isinstance(option.get("additionalProperties"), dict):
                found.append(option["additionalProperties"])
        return found

    parts = [schema]
    for step in location:
        further = [next_part for part in parts for next_part in step_into(part, step)]
        parts = further or parts
    return [key for part in parts for option in _options(part, definitions) for key in option.get("properties", {})]


def _options(part: dict[str, Any], definitions: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in part:
        return _options(definitions.get(str(part["$ref"]).rsplit("/", 1)[-1], {}), definitions)
    if "anyOf" in part or "oneOf" in part:
        choices = part.get("anyOf") or part["oneOf"]
        return [option for choice in choices for option in _options(choice, definitions)]
    return [part]
