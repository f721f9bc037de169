"""Judging a timeline: one release, or one operator of it, from date to date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from aiact_rules.core.batches import Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.problems import Place, ProblemsError
from aiact_rules.core.timelines import Timeline
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.gate import Gate
from aiact_rules.requests.request import Request
from aiact_rules.timeline.timeline import timeline


def timeline_of(gate: Gate, request: Request, operator: str | None = None) -> Timeline:
    """Judge a release, or one operator of it, from date to date.

    Raises InputError where several operators are named and it is not said which is meant.
    """
    return _timeline(gate, request.of_operator(operator))


def _timeline(gate: Gate, request: Request) -> Timeline:
    def judge(on: date, law_of: date, stated: Mapping[str, FactValue]) -> Decision:
        differing = Facts.of(Fact(name, value, Origin(Place("timeline"))) for name, value in stated.items())
        return gate.decide(request.on(on, as_of=law_of, stated=differing))

    return timeline(
        gate.packs(request.pack_ids), judge, request.facts, released_on=request.release_date, known_on=request.as_of
    )


def with_timelines(gate: Gate, request: Request, item: Item) -> Item:
    """Return what became of a request with the timeline of each of its operators.

    An operator whose past cannot be judged, such as under a law that had no such value yet, has none, and then none is shown.
    """
    try:
        return replace(item, timelines=tuple(_timeline(gate, each) for each in request.per_operator()))
    except ProblemsError:
        return item
