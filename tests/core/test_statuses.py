"""What is owed afterwards: a condition of an allow, and what stops one only from its moment on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.evaluation import evaluate
from aiact_rules.core.packs import MOMENT, ROLES
from aiact_rules.core.rules import Kind, Moment, Obligation
from aiact_rules.core.statuses import Status, event_in, status_of
from aiact_rules.core.vocabulary import FactValue
from tests.core.small_packs import make_pack
from tests.engines.packs import AS_OF

WATCH = Obligation(
    "watch",
    "Art. 1",
    "watch it",
    roles=("provider",),
    given=FactTest("s.a", Test.IS, True),
    met=FactTest("s.b", Test.IS, True),
    after="use",
)
MOMENTS = {name: Moment(name, order, name, "Art. 1") for order, name in enumerate(("trial", "use", "disposal"))}


@pytest.mark.parametrize(
    ("owed", "met", "moment", "status"),
    [
        (True, False, "trial", Status.CONDITION),
        (True, False, "use", Status.BREACHED),
        (True, False, "disposal", Status.BREACHED),
        (True, False, None, Status.OPEN),
        (True, None, "use", Status.CONDITION),
        (True, True, "use", Status.MET),
        (None, False, "trial", Status.CONDITION),
        (None, False, "use", Status.OPEN),
        (None, None, "use", Status.CONDITION),
        (False, False, "use", None),
    ],
)
def test_what_is_owed_afterwards_stops_only_from_its_moment_on_and_only_where_it_is_said_to_fail(
    owed: bool | None, met: bool | None, moment: str | None, status: Status | None
) -> None:
    pack = make_pack({}, {"watch": WATCH}, MOMENTS)
    stated: dict[str, FactValue | None] = {"s.a": owed, "s.b": met, MOMENT: moment, ROLES: frozenset({"provider"})}
    evaluation = evaluate(pack.at(AS_OF), {name: value for name, value in stated.items() if value is not None})
    codes = dict(evaluation.outcome().obligations)
    assert (status_of(WATCH, codes[0]) if codes else None) is status


@pytest.mark.parametrize(
    ("owed", "met", "moment", "status"),
    [
        (True, None, "trial", Status.CONDITION),
        (True, None, "use", Status.OPEN),
        (True, False, "use", Status.BREACHED),
        (True, True, "use", Status.MET),
        (None, None, "use", Status.CONDITION),
        (False, None, "use", None),
    ],
)
def test_what_is_due_at_once_stops_one_as_soon_as_it_is_certainly_owed(
    owed: bool | None, met: bool | None, moment: str, status: Status | None
) -> None:
    urgent = replace(WATCH, at_once=True)
    pack = make_pack({}, {"watch": urgent}, MOMENTS)
    stated: dict[str, FactValue | None] = {"s.a": owed, "s.b": met, MOMENT: moment, ROLES: frozenset({"provider"})}
    evaluation = evaluate(pack.at(AS_OF), {name: value for name, value in stated.items() if value is not None})
    codes = dict(evaluation.outcome().obligations)
    assert (status_of(urgent, codes[0]) if codes else None) is status


@pytest.mark.parametrize(("met", "status"), [(False, Status.OPEN), (None, None), (True, None)])
def test_a_signal_about_what_is_stated_holds_only_where_that_is_certain(
    met: bool | None, status: Status | None
) -> None:
    signal = replace(WATCH, kind=Kind.SIGNAL, after="trial")
    stated: dict[str, FactValue | None] = {"s.a": True, "s.b": met, MOMENT: "use", ROLES: frozenset({"provider"})}
    pack = make_pack({}, {"watch": signal}, MOMENTS)
    evaluation = evaluate(pack.at(AS_OF), {name: value for name, value in stated.items() if value is not None})
    assert status_of(signal, dict(evaluation.outcome().obligations)[0]) is status


AT_EVENTS = {
    **MOMENTS,
    "incident": Moment("incident", 0, "incident", "Art. 1"),
    "review": Moment("review", 0, "r", "Art. 1"),
}
REPORT = replace(WATCH, events=("incident",))
BEFORE = replace(WATCH, after=None, before=("use",))
FORBIDDEN = replace(WATCH, kind=Kind.PROHIBITION, after=None, met=None)
NOBODY = replace(WATCH, kind=Kind.SIGNAL, after=None, met=None)


@pytest.mark.parametrize(
    ("o", "owed", "met", "moment", "status"),
    [
        (REPORT, True, None, "use", Status.CONDITION),
        (REPORT, True, None, "incident", Status.OPEN),
        (REPORT, None, None, "incident", Status.OPEN),
        (REPORT, False, None, "incident", None),
        (REPORT, True, False, "incident", Status.BREACHED),
        (REPORT, True, True, "incident", Status.MET),
        (REPORT, True, False, "review", None),
        (WATCH, True, False, "incident", None),
        (WATCH, True, True, "incident", None),
        (BEFORE, True, False, "incident", None),
        (replace(BEFORE, events=("review",)), True, None, "review", Status.OPEN),
        (replace(BEFORE, events=("review",)), True, None, "trial", Status.CONDITION),
        (FORBIDDEN, True, None, "incident", Status.BREACHED),
        (FORBIDDEN, None, None, "incident", None),
        (FORBIDDEN, None, None, "use", Status.OPEN),
        (NOBODY, None, None, "incident", Status.OPEN),
    ],
)
def test_at_an_event_only_what_it_triggers_counts_and_it_gates(
    o: Obligation, owed: bool | None, met: bool | None, moment: str, status: Status | None
) -> None:
    pack = make_pack({}, {"watch": o}, AT_EVENTS)
    stated: dict[str, FactValue | None] = {"s.a": owed, "s.b": met, MOMENT: moment, ROLES: frozenset({"provider"})}
    facts = {name: value for name, value in stated.items() if value is not None}
    codes = dict(evaluate(pack.at(AS_OF), facts).outcome().obligations)
    assert (status_of(o, codes[0] | event_in(facts)) if codes else None) is status
