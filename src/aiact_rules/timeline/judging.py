"""Judging a timeline: one release, or one operator of it, from date to date."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.problems import Place
from aiact_rules.core.timelines import Timeline
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.gate import Gate
from aiact_rules.requests.request import Request
from aiact_rules.timeline.timeline import timeline


def timeline_of(gate: Gate, request: Request, operator: str | None = None) -> Timeline:
    """Judge a release, or one operator of it, from date to date.

    Raises InputError where several operators are named and it is not said which is meant.
    """
    request = request.of_operator(operator)

    def judge(on: date, law_of: date, stated: Mapping[str, FactValue]) -> Decision:
        differing = Facts.of(Fact(name, value, Origin(Place("timeline"))) for name, value in stated.items())
        return gate.decide(request.on(on, as_of=law_of, stated=differing))

    return timeline(
        gate.packs(request.pack_ids), judge, request.facts, released_on=request.release_date, known_on=request.as_of
    )
