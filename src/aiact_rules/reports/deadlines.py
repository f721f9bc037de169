"""Deadlines: the dates that a decision names, from its own day on, with what happens on each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from aiact_rules.core.citations import in_order
from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.printable import printable
from aiact_rules.core.statuses import Status
from aiact_rules.core.tallies import tally_of
from aiact_rules.core.timing import Start, due_dates, start_of
from aiact_rules.core.words import counted
from aiact_rules.reports.words import step_of


class DeadlineKind(Enum):
    """What a date is: the step that is assessed, the day from which more applies, or the last day of something.

    That is a period that the law sets, or what an organisation relies on: evidence and waivers.
    """

    STEP = "step"
    APPLIES = "applies"
    DUE = "due"
    EXPIRES = "expires"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date, what happens on it in a few words, how many obligations it concerns, and by which provisions."""

    on: date
    kind: DeadlineKind
    says: str
    count: int = 0
    provisions: tuple[str, ...] = ()


def deadlines_of(decision: Decision) -> tuple[Deadline, ...]:
    """Return the dates that a decision names, in order: its step, what applies later, and what runs out."""
    found = [
        *_step(decision),
        *_expiring(decision),
        *(each for pack in decision.packs for each in (*_coming(pack), *_due(pack))),
    ]
    return tuple(sorted(found, key=lambda deadline: (deadline.on, deadline.kind is not DeadlineKind.STEP)))


def next_deadline(decision: Decision) -> Deadline | None:
    """Return the first date that has not passed on the as-of date of the law; None where there is none."""
    today = max(pack.pack_at.as_of for pack in decision.packs)
    return next((each for each in deadlines_of(decision) if each.on >= today), None)


def _step(decision: Decision) -> Iterator[Deadline]:
    on = decision.facts.value(RELEASE_DATE)
    if isinstance(on, date):
        yield Deadline(on, DeadlineKind.STEP, step_of(decision))


def _expiring(decision: Decision) -> Iterator[Deadline]:
    for item in decision.evidence:
        if item.expires is not None:
            yield Deadline(item.expires, DeadlineKind.EXPIRES, f"evidence for {printable(item.about)} expires")
    for waiver in dict.fromkeys(decision.waived.values()):
        yield Deadline(waiver.until, DeadlineKind.EXPIRES, f"the waiver of {printable(waiver.about)} ends")


def starts_of(pack: PackDecision) -> Mapping[date, tuple[Start, ...]]:
    """Return for each date from which something applies later by which provisions, and what the law adds to it."""
    by_timetable = {
        standing.obligation.timetable: standing.obligation
        for standing in pack.standings
        if standing.status is Status.UPCOMING
    }
    found: dict[date, dict[Start, None]] = {}
    for o in by_timetable.values():
        start = start_of(o.timetable, pack.evaluation)
        if start is not None:
            found.setdefault(start.on, {})[start] = None
    return {on: tuple(found[on]) for on in sorted(found)}


def _coming(pack: PackDecision) -> Iterator[Deadline]:
    starts = starts_of(pack)
    for coming in tally_of(pack).upcoming:
        parts = [f"{counted(coming.certain, 'obligation')} will apply"] if coming.certain else []
        if coming.undetermined:
            parts.append(f"{coming.undetermined if parts else counted(coming.undetermined, 'obligation')} may apply")
        provisions = in_order(dict.fromkeys(start.provision for start in starts.get(coming.on, ())))
        yield Deadline(coming.on, DeadlineKind.APPLIES, ", ".join(parts), coming.count, tuple(provisions))


def _due(pack: PackDecision) -> Iterator[Deadline]:
    dates: dict[tuple[date, str], int] = {}
    for standing in pack.standings:
        if standing.status is Status.MET or not standing.certain:
            continue
        for due in due_dates(standing.obligation, pack.evaluation):
            if due.on is not None:
                dates[due.on, due.provision] = dates.get((due.on, due.provision), 0) + 1
    for (on, provision), count in dates.items():
        yield Deadline(on, DeadlineKind.DUE, f"last day for {counted(count, 'obligation')}", count, (provision,))
