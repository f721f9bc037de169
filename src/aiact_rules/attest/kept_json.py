"""Kept JSON: a document of others that is written again with every value as it was read, numbers to the last digit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.json_text import Number, read_object
from aiact_rules.sources.text_files import read_text


def read_kept(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file, its numbers as they are written. Raises InputError where it is none."""
    found = read_object(read_text(path, guess_encoding=False))
    for each in _values(found):
        if isinstance(each, Number) and not _is_number(each):
            raise InputError(
                [Problem(f"`{each}` is no number of JSON", Place(str(path)), "write null, or leave it out")]
            )
    return found


def json_text(value: object) -> str:
    """Return a value as JSON text, indented, in the order of its keys."""
    return "".join(_written(value, "\n")) + "\n"


def _written(value: object, line: str) -> Iterator[str]:
    if isinstance(value, Number):
        yield value
    elif isinstance(value, dict) and value:
        yield from _between("{", [[json.dumps(k, ensure_ascii=False), ": ", v] for k, v in value.items()], "}", line)
    elif isinstance(value, list) and value:
        yield from _between("[", [[each] for each in value], "]", line)
    else:
        yield json.dumps(value, ensure_ascii=False)


def _between(first: str, rows: list[list[Any]], last: str, line: str) -> Iterator[str]:
    inner = line + "  "
    yield first
    for at, row in enumerate(rows):
        yield ("," if at else "") + inner
        yield from row[:-1]
        yield from _written(row[-1], inner)
    yield line + last


def _values(value: object) -> Iterator[object]:
    waiting = [value]
    for each in waiting:  # which grows while it is gone through
        if isinstance(each, dict):
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
        yield each


def _is_number(text: str) -> bool:
    return text not in ("NaN", "Infinity", "-Infinity")
