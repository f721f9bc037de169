"""JSON: a document's text as values in which every number is a text, or a clear refusal."""

from __future__ import annotations

import json
from typing import Any

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.text_files import Text

Object = dict[str, Any]


class Number(str):
    """A number as it is written, so that no digit is lost."""


def read_json(text: Text) -> object:
    """Return the value of a JSON document. Raises InputError where it is broken, nested too deeply or names a key twice."""

    def refuse_repeats(pairs: list[tuple[str, object]]) -> Object:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            raise InputError([Problem(f"duplicate key `{twice}` in one object", Place(text.name))])
        return found

    try:
        root: object = json.loads(
            text.text, object_pairs_hook=refuse_repeats, parse_float=Number, parse_int=Number, parse_constant=Number
        )
        json.dumps(root, ensure_ascii=False).encode()
        return root
    except json.JSONDecodeError as error:
        raise InputError(
            [Problem(f"not readable as JSON: {error.msg.lower()}", Place(text.name, error.lineno))]
        ) from error
    except UnicodeEncodeError as error:
        raise InputError([Problem("half of a surrogate pair is escaped in a text", Place(text.name))]) from error
    except RecursionError as error:
        raise InputError([Problem("nested too deeply", Place(text.name))]) from error


def read_object(text: Text) -> Object:
    """Return the object that a JSON document is. Raises InputError where it is none."""
    root = read_json(text)
    if not isinstance(root, dict):
        raise InputError([Problem("expected an object with keys", Place(text.name))])
    return root
