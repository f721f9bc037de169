"""Bodies: what a caller sent as JSON values, read strictly: a key given twice or a number that is none is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from aiact_rules.core.problems import did_you_mean
from aiact_rules.server.refusals import Fault, Refusal, pointer

Model = TypeVar("Model", bound=BaseModel)
_MOST_FAULTS = 50
_LONGEST_NUMBER = 400


def values_of(body: bytes, *, most_depth: int) -> object:
    """Return the JSON values of a body, fractions as Decimal, so that no digit is lost. Raises Refusal where it has none."""
    try:
        text = body.decode("utf-8")
        found = json.loads(
            text, object_pairs_hook=_object, parse_float=_fraction, parse_int=_whole, parse_constant=_constant
        )
    except RecursionError:
        raise _too_deep(most_depth) from None
    except (UnicodeDecodeError, ValueError) as error:
        detail = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else str(error)
        raise Refusal(400, "no-json", "the body is no JSON", detail) from None
    if _depth(found) > most_depth:
        raise _too_deep(most_depth)
    return found


def read_as(model: type[Model], value: object, within: Sequence[object] = ()) -> Model:
    """Return a value as a model. Raises Refusal, with a pointer to each fault, where it does not fit."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Refusal(
            422, "invalid-request", "the request does not fit its schema", faults=_faults(error, model, value, within)
        ) from None


def _faults(error: ValidationError, model: type[BaseModel], value: object, within: Sequence[object]) -> list[Fault]:
    found: dict[str, Fault] = {}
    for each in error.errors(include_url=False, include_input=False, include_context=False)[:_MOST_FAULTS]:
        where = _place(each["loc"], value, is_missing=each["type"] == "missing")
        hint = None
        if each["type"] == "extra_forbidden" and len(where) == 1:
            hint = did_you_mean(str(where[0]), model.model_fields)
        detail = "there is no such key" if each["type"] == "extra_forbidden" else each["msg"]
        at = pointer((*within, *where))
        found.setdefault(at, Fault(at, detail, hint))
    return list(found.values())


def _place(loc: Sequence[int | str], value: Any, *, is_missing: bool) -> list[int | str]:
    """Return where a fault is, without the names of the kinds that were tried, which lead nowhere in the value."""
    found: list[int | str] = []
    for number, part in enumerate(loc):
        is_entry = isinstance(value, list) and isinstance(part, int) and part < len(value)
        if is_entry or (isinstance(value, dict) and part in value):
            value = value[part]
        elif not (is_missing and number == len(loc) - 1):
            continue
        found.append(part)
    return found


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the key `{twice[:100]}` is given twice")
    return found


def _fraction(text: str) -> Decimal:
    return Decimal(_short(text))


def _whole(text: str) -> int:
    return int(_short(text))


def _short(text: str) -> str:
    if len(text) > _LONGEST_NUMBER:
        raise ValueError("a number is too long")
    return text


def _constant(text: str) -> NoReturn:
    raise ValueError(f"`{text}` is no number")


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level:
        inner: list[object] = []
        for each in level:
            if isinstance(each, dict):
                inner += each.values()
            elif isinstance(each, list):
                inner += each
        containers = any(isinstance(each, dict | list) for each in level)
        depth += containers
        level = inner
    return depth


def _too_deep(most: int) -> Refusal:
    return Refusal(422, "too-deep", "the body is nested too deeply", f"at most {most} levels are read")
