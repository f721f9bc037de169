"""Tallies: how many obligations of a decision stand in which way, counted without writing a finding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.rules import Kind
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status
from aiact_rules.core.words import counted


@dataclass(frozen=True, slots=True)
class Coming:
    """What applies from a later date: how many obligations certainly, and of how many that is not yet known."""

    on: date
    certain: int
    undetermined: int

    @property
    def count(self) -> int:
        """Return how many obligations apply, or may apply, from that date."""
        return self.certain + self.undetermined


@dataclass(frozen=True, slots=True)
class Tally:
    """How many obligations are violated, unmet and so on.

    `unmet` ones apply and nothing shows that they are met; of `undetermined` ones it is not known whether they apply.
    `post_release` ones apply at a later step or afterwards, `recommendations` never gate.
    """

    violated: int = 0
    contradictions: int = 0
    signals: int = 0
    unmet: int = 0
    undetermined: int = 0
    met: int = 0
    upcoming: tuple[Coming, ...] = ()
    post_release: int = 0
    recommendations: int = 0

    @property
    def gating(self) -> int:
        """Return how many stand in the way of an allow."""
        return self.violated + self.contradictions + self.signals + self.unmet + self.undetermined

    def gating_said(self) -> Iterator[str]:
        """Yield the counts of what stands in the way of an allow in words, but for zero: `154 unmet`, `22 undetermined`."""
        if self.violated:
            yield f"{self.violated} violated"
        if self.contradictions:
            yield counted(self.contradictions, "contradiction")
        if self.signals:
            yield counted(self.signals, "signal")
        if self.unmet:
            yield f"{self.unmet} unmet"
        if self.undetermined:
            yield f"{self.undetermined} undetermined"

    def said(self) -> Iterator[str]:
        """Yield the counts that are not zero in words, what gates first."""
        yield from self.gating_said()
        if self.met:
            yield f"{self.met} met"
        if self.post_release:
            yield f"{self.post_release} post-release"
        if self.upcoming:
            dates = ", ".join(f"{each.count} from {each.on}" for each in self.upcoming)
            yield f"upcoming: {dates}"
        if self.recommendations:
            yield counted(self.recommendations, "recommendation")


def tally_of(*decided: Decision | PackDecision) -> Tally:
    """Return the tally of some decisions, or of what single packs say, together."""
    packs = [pack for each in decided for pack in (each.packs if isinstance(each, Decision) else (each,))]
    return _tally(
        (mark.status, mark.certain, mark.kind, pack.starts(mark), number)
        for pack in packs
        for mark, number in pack.counts.items()
    )


def tally_of_standings(standings: Iterable[Standing]) -> Tally:
    """Return the tally of some standings."""
    return _tally((each.status, each.certain, each.obligation.kind, each.starts, 1) for each in standings)


def _tally(counted: Iterable[tuple[Status, bool, Kind, date | None, int]]) -> Tally:
    """Return the tally of obligations that stand alike, so many of each sort."""
    counts: Counter[str] = Counter()
    dates: dict[date, Counter[bool]] = {}
    for status, certain, kind, starts, number in counted:
        if starts is not None:
            dates.setdefault(starts, Counter())[certain] += number
        elif (name := _name(status, certain, kind)) is not None:
            counts[name] += number
    coming = tuple(Coming(on, dates[on][True], dates[on][False]) for on in sorted(dates))
    return Tally(**counts, upcoming=coming)


def _name(status: Status, certain: bool, kind: Kind) -> str | None:
    """Return where an obligation is counted that is not to come; None where it is not counted."""
    if status is not Status.OPEN:
        return _NAMES[status] if certain or status is not Status.CONDITION else None
    if not certain:
        return "undetermined"
    return _OPEN.get(kind, "unmet")


_OPEN = {Kind.CONTRADICTION: "contradictions", Kind.SIGNAL: "signals"}
_NAMES = {
    Status.BREACHED: "violated",
    Status.MET: "met",
    Status.CONDITION: "post_release",
    Status.ADVICE: "recommendations",
    Status.UPCOMING: None,  # it never will be, for this release
}
