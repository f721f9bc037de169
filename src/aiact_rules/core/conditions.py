"""Conditions: what a rule asks of the facts, as a small tree of frozen values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from operator import is_


class Test(Enum):
    """How a fact is compared. `INCLUDES` asks whether a `some_of` fact has at least one of the operand's elements."""

    __test__ = False  # not a pytest class

    IS = "is"  # yes_no: operand bool
    ONE_OF = "one_of"  # one_of: operand frozenset[str]
    INCLUDES = "includes"  # some_of: operand frozenset[str], at least one of them
    EMPTY = "empty"  # some_of: no operand, the list is empty
    ABOVE = "above"  # quantity or date, strictly more than (later than)
    AT_LEAST = "at_least"  # quantity or date
    BELOW = "below"  # quantity or date, strictly less than (earlier than)
    AT_MOST = "at_most"  # quantity or date

    __hash__ = object.__hash__  # there is one of each; the hash that Enum computes takes longer


@dataclass(frozen=True, slots=True)
class ParameterName:
    """Stands in a condition for a dated value of the law until an as-of date chooses the value."""

    name: str


_AS_STATED = " as stated"


def as_stated(fact: str) -> str:
    """Return the name under which a test sees a fact only where it is stated, and not by its declared default."""
    return fact + _AS_STATED


def fact_of(name: str) -> str:
    """Return the fact that a test is about, whether it takes its declared default or not."""
    return name.removesuffix(_AS_STATED)


Operand = bool | str | Decimal | date | frozenset[str] | ParameterName | None


@dataclass(frozen=True, slots=True)
class FactTest:
    """Compares one fact with a constant or a parameter. Unknown where the fact is unknown."""

    fact: str
    test: Test
    operand: Operand = None


@dataclass(frozen=True, slots=True)
class Holds:
    """Asks whether a conclusion holds."""

    conclusion: str


@dataclass(frozen=True, slots=True)
class ReadingIs:
    """Asks which of the alternatives of an open reading of the law is chosen. Always known."""

    reading: str
    choice: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Yes where every part is yes; nothing at all is yes."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Yes where some part is yes; nothing at all is no."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Yes where the part is no."""

    part: Condition


Condition = FactTest | Holds | ReadingIs | AllOf | AnyOf | Not

ALWAYS = AllOf(())
NEVER = AnyOf(())


def both(first: Condition, second: Condition) -> Condition:
    """Join two conditions with "and", leaving out what is always true."""
    if first == ALWAYS:
        return second
    if second == ALWAYS:
        return first
    return AllOf((first, second))


def leaves(condition: Condition) -> Iterator[FactTest | Holds | ReadingIs]:
    """Return every leaf of a condition, in order, repeated ones too."""
    if isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from leaves(part)
    elif isinstance(condition, Not):
        yield from leaves(condition.part)
    else:
        yield condition


def rebuilt(condition: Condition, leaf: Callable[[FactTest | Holds | ReadingIs], Condition]) -> Condition:
    """Return the condition with every leaf replaced by what `leaf` makes of it.

    The same object where nothing changes.
    """
    if isinstance(condition, AllOf | AnyOf):
        parts = tuple([rebuilt(part, leaf) for part in condition.parts])
        if all(map(is_, parts, condition.parts)):
            return condition
        return AllOf(parts) if isinstance(condition, AllOf) else AnyOf(parts)
    if isinstance(condition, Not):
        inner = rebuilt(condition.part, leaf)
        return condition if inner is condition.part else Not(inner)
    return leaf(condition)
