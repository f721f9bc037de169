"""Scope: which packs judge which rows of a table, and what holds for rows that say nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from aiact_rules.core.facts import Fact
from aiact_rules.core.packs import MARKETS, RELEASE_DATE
from aiact_rules.core.vocabulary import FactValue

Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Scope:
    """What was chosen for a table.

    `demanded` are the ids of packs that judge every row; any other pack judges the rows that name its market, and
    `default` those that name none. A row may only name markets in `known`. `added` are markets of every row, `usual`
    facts of the organisation, which a row may repeat but not contradict. With `not_before` an earlier release date is
    refused.
    """

    demanded: frozenset[str]
    known: frozenset[str]
    default: str | None = None
    added: frozenset[str] = frozenset()
    usual: Mapping[str, Fact] = field(default_factory=dict)
    not_before: date | None = None

    def reads(self, fact: str, parse: Callable[[Said], FactValue | None]) -> Callable[[Said], FactValue | None]:
        """Return the way to read a fact of a row, which also refuses what cannot be judged or contradicts what is usual."""
        if fact == MARKETS:
            return lambda said: self._markets(parse(said))
        if fact == RELEASE_DATE and self.not_before is not None:
            return lambda said: self._date(parse(said))
        usual = self.usual.get(fact)
        return parse if usual is None else lambda said: _agreeing(parse(said), usual)

    def _date(self, value: FactValue | None) -> FactValue | None:
        if isinstance(value, date) and self.not_before is not None and value < self.not_before:
            raise ValueError(f"the release date {value} is past, and past dates are refused")
        return value

    def _markets(self, value: FactValue | None) -> FactValue | None:
        if not isinstance(value, frozenset):
            return value
        unknown = sorted(value - self.known)
        if unknown:
            raise ValueError(f"no installed pack covers the market `{unknown[0]}`")
        return value | self.added


def _agreeing(value: FactValue | None, usual: Fact) -> FactValue | None:
    if value is None or value == usual.value:
        return value
    raise ValueError(f"contradicts what is stated at {usual.origin}")
