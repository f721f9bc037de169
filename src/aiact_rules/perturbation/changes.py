"""Changes: every other value of one fact, and the words in which the tables name the change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain
from typing import TypeVar

from aiact_rules.core.conditions import FactTest
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue

Ordered = TypeVar("Ordered", Decimal, date)

_TEXT = "stated"
_DAY = timedelta(days=1)
_YEARS = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Change:
    """One fact with another value than a record gives it. `value` None takes it away; `words` say what kind of change it is."""

    fact: str
    value: FactValue | None
    words: str

    def __str__(self) -> str:
        return f"{self.fact} {self.words}"

    def of(self, stated: Mapping[str, FactValue]) -> dict[str, FactValue]:
        """Return stated values with this change."""
        changed = dict(stated)
        if self.value is None:
            del changed[self.fact]
        else:
            changed[self.fact] = self.value
        return changed


def possible_values(declaration: FactDeclaration, tests: Iterable[FactTest]) -> tuple[FactValue, ...]:
    """Return the values worth trying for a fact nobody stated: each one, each member of a list, each side of a threshold."""
    return tuple(value for value in _imaginable(declaration, tests) if _can_be(declaration, value))


def _imaginable(declaration: FactDeclaration, tests: Iterable[FactTest]) -> tuple[FactValue, ...]:
    operands = [test.operand for test in tests]
    if declaration.type is FactType.YES_NO:
        return (True, False)
    if declaration.type is FactType.TEXT:
        return (_TEXT,)
    if declaration.type is FactType.ONE_OF:
        return tuple(declaration.values or ())
    if declaration.type is FactType.SOME_OF:
        members = _members(declaration, operands)
        lists = [frozenset(members), frozenset[str](), *(frozenset({member}) for member in members)]
        return tuple(dict.fromkeys(lists if declaration.checklist else [*lists[1:], lists[0]]))
    if declaration.type is FactType.QUANTITY:
        amounts = sorted(operand for operand in operands if isinstance(operand, Decimal))
        tried = chain.from_iterable((amount, amount / 2, amount * 2) for amount in amounts)
        return tuple(dict.fromkeys((*tried, Decimal(0), Decimal(1))))
    days = sorted({operand for operand in operands if isinstance(operand, date)})
    return tuple(dict.fromkeys(chain.from_iterable((day - _DAY, day, day + _DAY) for day in days)))


def changes(declaration: FactDeclaration, now: FactValue | None, tests: Iterable[FactTest]) -> Iterator[Change]:
    """Return every change of one fact from the value that a record states (None: it states none), each value once."""
    if now is None:
        for value in possible_values(declaration, tests):
            yield Change(declaration.name, value, f"stated {_shown(declaration, value)}")
        return
    seen: set[FactValue] = {now}
    for value, words in _others(declaration, now, tuple(tests)):
        if value not in seen and _can_be(declaration, value):
            seen.add(value)
            yield Change(declaration.name, value, words)
    yield Change(declaration.name, None, "removed")


def _others(
    declaration: FactDeclaration, now: FactValue, tests: tuple[FactTest, ...]
) -> Iterator[tuple[FactValue, str]]:
    values = possible_values(declaration, tests)
    if isinstance(now, frozenset):
        members = _members(declaration, [test.operand for test in tests])
        for member in members:
            yield (now - {member}, f"without {member}") if member in now else (now | {member}, f"with {member}")
        yield frozenset(), "= []"
        yield frozenset(members), "= all"
    elif isinstance(now, Decimal):
        amounts = sorted({test.operand for test in tests if isinstance(test.operand, Decimal)})
        tried = (Decimal(0), now / 2, now * 2, *(value for value in values if isinstance(value, Decimal)))
        for amount in dict.fromkeys(tried):
            yield amount, _placed(declaration, amount, now, amounts)
    elif isinstance(now, date):
        days = sorted({test.operand for test in tests if isinstance(test.operand, date)})
        for day in dict.fromkeys((now - _YEARS, now + _YEARS, *(value for value in values if isinstance(value, date)))):
            yield day, _placed(declaration, day, now, days)
    elif declaration.type is not FactType.TEXT:
        for value in values:
            yield value, f"= {_shown(declaration, value)}"


def _can_be(declaration: FactDeclaration, value: FactValue) -> bool:
    try:
        declaration.check(value)
    except ValueError:
        return False
    return True


def _placed(declaration: FactDeclaration, value: Ordered, now: Ordered, thresholds: Sequence[Ordered]) -> str:
    """Return where an amount or a day stands: among the thresholds it is compared with, or beside the one stated now."""
    if value in thresholds:
        return f"at {_shown(declaration, value)}"
    passed = [threshold for threshold in thresholds if threshold < value]
    if passed:
        return f"above {_shown(declaration, passed[-1])}"
    if thresholds:
        return f"below {_shown(declaration, thresholds[0])}"
    less, more = ("earlier", "later") if declaration.type is FactType.DATE else ("lower", "higher")
    return less if value < now else more


def _members(declaration: FactDeclaration, operands: Iterable[object]) -> tuple[str, ...]:
    """Return the members that a list can have: the declared ones, or of an open list those the pack looks for and another."""
    if declaration.values is not None:
        return tuple(declaration.values)
    return (*sorted({word for operand in operands if isinstance(operand, frozenset) for word in operand}), "XX")


def _shown(declaration: FactDeclaration, value: FactValue) -> str:
    shown = declaration.format(value)
    if isinstance(shown, bool):
        return "yes" if shown else "no"
    if isinstance(value, frozenset):
        if value and declaration.values is not None and value == frozenset(declaration.values):
            return "all"
        return f"[{', '.join(sorted(value))}]"
    return str(shown)
