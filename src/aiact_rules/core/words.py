"""Words: names, values and comparisons as a person writes them, wherever they stand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.vocabulary import format_quantity


def in_words(name: str) -> str:
    """Return `placing_on_market` as `placing on market`."""
    return name.replace("_", " ")


def counted(count: int, thing: str, things: str | None = None) -> str:
    """Return a count with what is counted: `1 finding`, `2,000 findings`, `2 entries` where the plural is named."""
    return f"{count:,} {thing if count == 1 else things or f'{thing}s'}"


def value_in_words(value: object) -> str:
    """Return a fact's value, or what it is compared with, in words: `yes`, `chat or recruitment`, `1e25`, `2027-12-02`."""
    if value is True:
        return "yes"
    if value is False:
        return "no"
    if isinstance(value, frozenset):
        return " or ".join(sorted(value)) if value else "an empty list"
    if isinstance(value, OpenList):
        named = [" and ".join(sorted(value.members))] if value.members else []
        return ", ".join([*named, f"not known whether {' or '.join(sorted(value.open))}"])
    if isinstance(value, Decimal):
        return format_quantity(value)
    return str(value)


def comparison_in_words(test: FactTest, operand: str | None = None) -> str:
    """Return what is asked of a fact, without its name: `is at least 1e25`.

    `operand` replaces the words of what it is compared with.
    """
    said = value_in_words(test.operand) if operand is None else operand
    return (_OF_DATES if isinstance(test.operand, date) else _OF_OTHERS)[test.test].format(said)


_OF_OTHERS = {
    Test.IS: "is {}",
    Test.ONE_OF: "is {}",
    Test.INCLUDES: "includes {}",
    Test.EMPTY: "is an empty list",
    Test.ABOVE: "is more than {}",
    Test.AT_LEAST: "is at least {}",
    Test.BELOW: "is less than {}",
    Test.AT_MOST: "is at most {}",
}
_OF_DATES = _OF_OTHERS | {
    Test.ABOVE: "is after {}",
    Test.AT_LEAST: "is on or after {}",
    Test.BELOW: "is before {}",
    Test.AT_MOST: "is on or before {}",
}
