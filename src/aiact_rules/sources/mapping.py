"""Mappings: facts from a program's own values, nested or with dotted names."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as AbcMapping
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import Decimal

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.document import Stated
from aiact_rules.sources.statements import Statements
from aiact_rules.yaml_text import Entry, Mapping, Node, Scalar, Sequence

MAX_DEPTH = 40

Path = tuple[str, ...]


def stated_in_mapping(values: AbcMapping[str, object], vocabulary: Vocabulary, source: str = "argument") -> Stated:
    """Read facts from Python values: booleans, text, numbers, dates, lists and sets; None is not stated.

    A float counts as the shortest number that is written for it, so `1e25` is 10^25; give a `Decimal` or text where
    digits matter. `source` names the origin of every fact. Raises InputError with all problems.
    """
    statements = Statements(vocabulary)
    place = Place(source)
    statements.read_block(node_of(values, lambda _: place))
    return Stated(facts=statements.facts(), dismissals=statements.dismissals)


def node_of(value: object, place_of: Callable[[Path], Place], path: Path = ()) -> Node:
    """Return a nested Python value as nodes whose places `place_of` knows by path.

    Raises InputError for other kinds.
    """
    place = place_of(path)
    if len(path) > MAX_DEPTH:
        raise InputError([Problem(f"nested deeper than {MAX_DEPTH} levels", place)])
    if isinstance(value, AbcMapping):
        entries = []
        for key, inner in value.items():
            if not isinstance(key, str):
                raise InputError([Problem(f"a name must be text, found `{key}`", place)])
            below = (*path, key)
            entries.append(Entry(key, node_of(inner, place_of, below), place_of(below)))
        return Mapping(tuple(entries), place)
    if isinstance(value, list | tuple):
        return Sequence(tuple(node_of(item, place_of, (*path, str(at))) for at, item in enumerate(value)), place)
    if isinstance(value, AbstractSet):
        return Sequence(tuple(Scalar(text, place, False) for text in sorted(str(item) for item in value)), place)
    if value is None:
        return Scalar("", place)
    return Scalar(_text(value, path, place), place, False)


def _text(value: object, path: Path, place: Place) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        if not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
            raise InputError([Problem(f"`{'.'.join(path)}`: the text holds half of a surrogate pair", place)])
        return value
    if isinstance(value, datetime):
        raise InputError([Problem(f"`{'.'.join(path)}`: expected a date without a time of day", place)])
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int | Decimal):
        try:
            return str(value)
        except ValueError as error:
            raise InputError([Problem(f"`{'.'.join(path)}`: the number is too long", place)]) from error
    raise InputError([Problem(f"`{'.'.join(path)}`: expected yes or no, text, a number, a date or a list", place)])
