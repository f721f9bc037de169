"""Replies: what a person types, read as the value of a fact."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

from aiact_rules.core.packs import ROLES
from aiact_rules.core.vocabulary import UNKNOWN, FactDeclaration, FactType, FactValue, format_quantity
from aiact_rules.interview.amounts import read_amount
from aiact_rules.interview.days import read_day
from aiact_rules.sources.statements import check_value, parse_value

_NONE = frozenset({"none", "no", "n", "nothing", "none of them", "0", "[]"})
_RANGE = re.compile(r"(\d+)\s*(?:-|to|–)\s*(\d+)\Z")
_NUMBERS_WITH_SPACES = re.compile(r"\??\d+\??(?:\s+\??\d+\??)+\Z")


def read_reply(declaration: FactDeclaration, said: str) -> FactValue:
    """Read a reply: a value, its number among the choices, several of either, or `none`. Raises ValueError for any other."""
    said = said.strip()
    if declaration.type is FactType.YES_NO and said.lower() in ("y", "n"):
        return said.lower() == "y"
    if declaration.type is FactType.QUANTITY:
        return _checked(declaration, read_amount(said, declaration.unit))
    if declaration.type is FactType.DATE:
        return _checked(declaration, read_day(said))
    if declaration.type is not FactType.SOME_OF:
        return parse_value(declaration, _numbered(declaration, said))
    value = frozenset() if said.lower() in _NONE else parse_value(declaration, members(declaration, said))
    if declaration.name == ROLES and value == frozenset():
        raise ValueError("an operator without any role cannot be judged; name one")
    return value


def read_parts(declaration: FactDeclaration, said: str) -> Mapping[str, Decimal] | None:
    """Read `a + b`, given for a sum, as the amounts that it is the sum of; None where the reply is no sum."""
    derivation = declaration.derivation
    parts = said.split(" + ")
    if derivation is None or derivation.operation != "sum" or len(parts) != len(derivation.of):
        return None
    return {name: read_amount(part, declaration.unit) for name, part in zip(derivation.of, parts, strict=True)}


def members(declaration: FactDeclaration, said: str) -> list[str]:
    """Return the members of a list that a reply names, by word or number; `?3` or `3: unknown` leaves the third open.

    Raises ValueError for a number that is not among the choices.
    """
    separator = r"\s+" if _NUMBERS_WITH_SPACES.match(said) else r"[,;]|\s+and\s+"
    found: list[str] = []
    for part in re.split(separator, said):
        if (
            (word := part.strip())
            and (span := _RANGE.match(word))
            and declaration.values
            and word not in declaration.values
        ):
            found += [_numbered(declaration, str(number)) for number in range(int(span[1]), int(span[2]) + 1)]
        elif word:
            found.append(_member(declaration, word))
    if not found:
        raise ValueError("name what applies by number or word, or answer `none`")
    return list(dict.fromkeys(found))


def value_as_typed(value: FactValue) -> str:
    """Return a value as a release file states it: `yes`, `[a, b]`, `5000000000`, `2027-12-02`."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return f"[{', '.join(sorted(value))}]"
    return format_quantity(value) if isinstance(value, Decimal) else str(value)


def _checked(declaration: FactDeclaration, value: FactValue) -> FactValue:
    check_value(declaration, value)
    return value


def _member(declaration: FactDeclaration, said: str) -> str:
    if said.startswith("?") or said.endswith("?"):
        said = f"{said.strip('? ')}: {UNKNOWN}"
    word, colon, is_in = said.partition(":")
    return f"{_numbered(declaration, word.strip())}{colon}{is_in}"


def _numbered(declaration: FactDeclaration, said: str) -> str:
    """Return the choice with this number, or else what was said."""
    choices = list(declaration.values or {})
    if said.isdigit() and said not in choices and choices:
        if not 1 <= int(said) <= len(choices):
            raise ValueError(f"there is no choice {said}; choose from 1 to {len(choices)}")
        return choices[int(said) - 1]
    return said
