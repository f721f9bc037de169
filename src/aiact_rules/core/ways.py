"""Ways: how what an operator does can make a condition true, and what it would then state.

The facts of conduct are those by which obligations are met; every other fact says what the release is, and no way goes
through one of them: a description is asked for, and never proposed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice, product

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, Not, Test, fact_of, leaves
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.formulas import holds
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import DISMISSED, FOUND, MARKETS, MOMENT, RELEASE_DATE, ROLES, SUBJECT, PackAt
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue

MOST_WAYS = 8
"""So many ways of one condition are looked at."""
_DESCRIBE = frozenset({ROLES, MOMENT, RELEASE_DATE, MARKETS, SUBJECT, DISMISSED, *FOUND})

States = Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A test of a fact of conduct, and whether it is to come out true."""

    test: FactTest
    true: bool

    @property
    def fact(self) -> str:
        """Return the name of the fact."""
        return fact_of(self.test.fact)


Way = tuple[Wanted, ...]


def conduct_facts(pack_at: PackAt) -> frozenset[str]:
    """Return the facts that say what an operator does: those that obligations of the pack are met by.

    What is tested only where obligations and rules apply says what the release is, as do the pack's screening lists.
    """
    described = _DESCRIBE | {*pack_at.pack.screening}
    met = (o.met for o in pack_at.obligations.values() if o.met is not None and not o.is_signal)
    tested = {fact_of(leaf.fact) for each in met for leaf in leaves(each) if isinstance(leaf, FactTest)}
    return frozenset(tested - described)


def ways_to(evaluation: Evaluation, condition: Condition, conduct: frozenset[str]) -> tuple[Way, ...]:
    """Return the ways in which facts of conduct can make a condition true, in the order of the law; none where none can."""
    return tuple(islice(dict.fromkeys(_Ways(evaluation, conduct).to(condition, True)), MOST_WAYS))


class _Ways:
    def __init__(self, evaluation: Evaluation, conduct: frozenset[str]) -> None:
        self._evaluation = evaluation
        self._conduct = conduct

    def to(self, condition: Condition, true: bool) -> Iterator[Way]:
        if self._evaluation.truth(condition) is Truth.of(true):
            yield ()
        elif isinstance(condition, FactTest):
            if fact_of(condition.fact) in self._conduct:
                yield (Wanted(condition, true),)
        elif isinstance(condition, Not):
            yield from self.to(condition.part, not true)
        elif isinstance(condition, Holds):
            yield from self._conclusion(condition.conclusion, true)
        elif isinstance(condition, AllOf | AnyOf):
            if isinstance(condition, AllOf) is true:
                yield from self._all(condition.parts, true)
            else:
                for part in condition.parts:
                    yield from self.to(part, true)

    def _conclusion(self, name: str, true: bool) -> Iterator[Way]:
        rules = self._evaluation.rules_concluding(name)
        if not true:
            yield from self._all([rule.when for rule in rules if self._evaluation.prevails(rule) is not Truth.NO], true)
            return
        for rule in rules:
            if not self._evaluation.exceptions_to(rule.id):
                yield from self.to(rule.when, true)

    def _all(self, parts: Iterable[Condition], true: bool) -> Iterator[Way]:
        for chosen in product(*([*islice(self.to(part, true), MOST_WAYS)] for part in parts)):
            yield tuple(dict.fromkeys(wanted for way in chosen for wanted in way))


def stating(wanted: Wanted, now: FactValue | None, words: Iterable[str] = ()) -> Iterator[FactValue]:
    """Return the values that make a test come out as wanted, the one nearest to what is stated now first.

    `words` are those of the fact's vocabulary, in their order.
    """
    test, operand = wanted.test.test, wanted.test.operand
    if now is not None and holds(wanted.test, now) is wanted.true:
        yield now
    elif test is Test.IS and isinstance(operand, bool):
        yield operand if wanted.true else not operand
    elif test is Test.ONE_OF and isinstance(operand, frozenset) and wanted.true:
        yield from (word for word in words if word in operand)
    elif test is Test.INCLUDES and isinstance(operand, frozenset):
        members, left = (now.members, now.open) if isinstance(now, OpenList) else (now, frozenset())
        known = members if isinstance(members, frozenset) else frozenset()
        if wanted.true:
            yield from (OpenList.of(known | {word}, left) for word in words if word in operand)
        else:
            yield OpenList.of(known - operand, left - operand)
    elif test is Test.EMPTY and wanted.true:
        yield frozenset()
    elif isinstance(operand, Decimal | date):
        yield from _beside(test, operand, wanted.true)


def _beside(test: Test, operand: Decimal | date, true: bool) -> Iterator[Decimal | date]:
    """Return the value at a bound that makes a comparison come out true or false."""
    strictly = {Test.ABOVE: 1, Test.BELOW: -1}
    falsely = {Test.AT_LEAST: -1, Test.AT_MOST: 1}
    step = strictly.get(test, 0) if true else falsely.get(test, 0)
    yield operand + timedelta(days=step) if isinstance(operand, date) else operand + step
