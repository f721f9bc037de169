"""Timelines: how the verdict on a release and what is owed for it change from date to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.statuses import Status, Verdict

IN_FORCE = frozenset({Status.BREACHED, Status.OPEN, Status.MET, Status.CONDITION, Status.ADVICE})


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens in the law on a date: a date it names, or a change of its text."""

    name: str
    provision: str | None
    changes_text: bool = False

    def __str__(self) -> str:
        return self.name if self.provision is None else f"{self.name} ({self.provision})"


class Line(Enum):
    """Which of the two releases is judged on a date."""

    NEW = "new"
    ON_MARKET = "on_market"


class Change(Enum):
    """What became of an obligation between two dates: `ANNOUNCED` and `DROPPED` concern what was only to come."""

    GAINED = "gained"
    LOST = "lost"
    CHANGED = "changed"
    ANNOUNCED = "announced"
    DROPPED = "dropped"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Standing:
    """How one obligation stands on one date: `certain` is False where it is not known yet whether it is owed.

    A signal or contradiction, which a person must settle, is one too.
    """

    id: str
    provision: str
    must: str
    roles: tuple[str, ...]
    status: Status
    certain: bool
    applies_from: date | None
    is_signal: bool = False

    @classmethod
    def of(cls, finding: Finding) -> Standing:
        """Keep of a finding what a timeline shows."""
        start = None if finding.start is None else finding.start.on
        return cls(
            finding.id,
            finding.provision,
            finding.must,
            finding.roles,
            finding.status,
            finding.certain,
            start,
            finding.kind.is_signal,
        )


@dataclass(frozen=True, slots=True)
class Changed:
    """One obligation that stands differently from one date to the next. None: nothing was or is to be said of it."""

    change: Change
    before: Standing | None
    now: Standing | None

    @property
    def obligation(self) -> Standing:
        """Return the obligation as it stands now, or as it last stood."""
        found = self.now or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class DatedDecision:
    """The decision on a release on one date, with how each obligation stands then."""

    decision: Decision

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of that date."""
        return self.decision.verdict

    @cached_property
    def obligations(self) -> Mapping[str, Standing]:
        """Return every obligation, prohibition and signal of which there is something to say, by id."""
        return {finding.id: Standing.of(finding) for finding in self.decision.findings}

    @cached_property
    def asks(self) -> frozenset[str]:
        """Return the facts whose answers can still change the verdict."""
        return frozenset(need.fact for pack in self.decision.packs for need in pack.needs)


@dataclass(frozen=True)
class TimelineDate:
    """One date of a timeline. `on_market` is None before the release's own date, and where nothing can be spared."""

    on: date
    text_of: date
    events: tuple[Event, ...]
    new: DatedDecision
    on_market: DatedDecision | None
    changes: Mapping[Line, tuple[Changed, ...]]

    def judged(self, line: Line) -> DatedDecision | None:
        """Return what was judged for one of the two ways."""
        return self.new if line is Line.NEW else self.on_market


@dataclass(frozen=True)
class Timeline:
    """The dates that matter to one release and one operator, in order.

    `spared_by` are the provisions by which laws may spare what was on the market before.
    """

    dates: tuple[TimelineDate, ...]
    released_on: date
    known_on: date
    design_changed: bool = False
    spared_by: tuple[str, ...] = ()

    @property
    def first(self) -> Decision:
        """Return the first decision, which says what is judged and by what law."""
        return self.dates[0].new.decision

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the ways of judging that are shown: both only where the law spares, or may spare, what was there before."""
        spared = any(each.on_market is not None for each in self.dates)
        return (Line.NEW, Line.ON_MARKET) if spared else (Line.NEW,)

    def as_json(self) -> dict[str, object]:
        """Return the timeline as JSON values."""
        decision = self.first
        return {
            "subject": decision.subject.as_json(),
            "operator": decision.operator,
            "roles": list(decision.roles),
            "moment": decision.moment,
            "released_on": self.released_on.isoformat(),
            "as_of": self.known_on.isoformat(),
            "packs": [pack.pack_id for pack in decision.packs],
            "dates": [self._date_json(each) for each in self.dates],
        }

    def _date_json(self, each: TimelineDate) -> dict[str, object]:
        return {
            "date": each.on.isoformat(),
            "text_of": each.text_of.isoformat(),
            "events": [{"name": e.name, "provision": e.provision, "changes_text": e.changes_text} for e in each.events],
            **{line.value: self._judged_json(each, line) for line in self.lines},
        }

    def _judged_json(self, each: TimelineDate, line: Line) -> dict[str, object] | None:
        judged = each.judged(line)
        if judged is None:
            return None
        return {
            "verdict": judged.verdict.value,
            "obligations": {
                one.id: {
                    "status": one.status.value,
                    "owed": "yes" if one.certain else "unknown",
                    "applies_from": None if one.applies_from is None else one.applies_from.isoformat(),
                }
                for one in judged.obligations.values()
            },
            "changes": [
                {
                    "id": change.obligation.id,
                    "provision": change.obligation.provision,
                    "change": change.change.value,
                    "before": None if change.before is None else change.before.status.value,
                    "now": None if change.now is None else change.now.status.value,
                }
                for change in each.changes.get(line, ())
            ],
        }
