"""Timing: from when something applies, and when a period that the law sets runs out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.rules import Obligation
from aiact_rules.core.truth import NO, UNKNOWN, YES


@dataclass(frozen=True, slots=True)
class Start:
    """From when an obligation applies, by which provision, and what the law adds for what is already on the market."""

    on: date
    provision: str
    provisos: tuple[str, ...] = ()


def start_of(timetable: str | None, evaluation: Evaluation) -> Start | None:
    """Return the date from which what follows a timetable applies to this release.

    None where there is no timetable, and where it never applies.

    Counts the earliest route that holds (or, where none is certain, that may hold), then the latest deferral that holds.
    A transition that spares what is already on the market does not hide an obligation that is still to come: its
    proviso stands beside the date.
    """
    if timetable is None:
        return None
    pack_at = evaluation.pack_at
    table = pack_at.timetables[timetable]
    routes = [(evaluation.truth(r.when), pack_at.date_of(r.starts), r.provision) for r in table.routes]
    fitting = [r for r in routes if r[0] is YES] or [r for r in routes if r[0] is UNKNOWN]
    if not fitting:
        return None
    _, on, provision = min(fitting, key=lambda r: r[1])
    provisos = []
    released = evaluation.facts.get(RELEASE_DATE)
    early = isinstance(released, date) and released < on
    for deferral in table.deferrals:
        truth = evaluation.truth(deferral.when)
        if early and deferral.until is None and deferral.proviso is not None and truth is NO:
            # What is released before the start will by then be on the market already.
            provisos.append(f"for what is released before that date: {deferral.proviso} ({deferral.provision})")
        if truth is NO:
            continue
        if deferral.until is not None and truth is YES and pack_at.date_of(deferral.until) > on:
            on, provision = pack_at.date_of(deferral.until), deferral.provision
        if deferral.proviso is not None:
            provisos.append(f"{deferral.proviso} ({deferral.provision})")
    return Start(on, provision, tuple(provisos))


@dataclass(frozen=True, slots=True)
class DueDate:
    """When a period runs out: a date where the fact it runs from is known, else None; and the period in words."""

    on: date | None
    period: str
    provision: str


def due_dates(o: Obligation, evaluation: Evaluation) -> tuple[DueDate, ...]:
    """Return the periods that an obligation sets, with their last day where the facts allow to count it."""
    found = []
    for deadline in o.deadlines:
        if evaluation.truth(deadline.when) is NO:
            continue
        begins = evaluation.facts.get(deadline.runs_from)
        on = deadline.period.last_day(begins) if isinstance(begins, date) else None
        found.append(DueDate(on, f"{deadline.period} from {deadline.runs_from}", deadline.provision))
    return tuple(found)
