"""Break-glass: what an override lets pass, what it never does, and that none goes unrecorded."""

from __future__ import annotations

import asyncio
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from aiact_rules.core.decisions import Decision
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import Gate
from aiact_rules.overrides import Override, OverrideRefused, ReleaseRefused, prohibitions

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TODAY = date(2026, 11, 22)
LATER = NOW + timedelta(hours=4)
QUIET: dict[str, object] = {
    "release.subject": "system",
    "system.practices": [],
    "system.annex_iii_uses": [],
    "system.annex_i_law": [],
    "system.transparency_situations": [],
}
TALKING = {**QUIET, "system.transparency_situations": ["interacts_with_people"]}
UNINFORMING = {**TALKING, "system.interacts_directly": True, "system.informs_of_ai_interaction": False}
WATCHING = {**QUIET, "system.practices": ["infers_emotions"], "system.transparency_situations": ["infers_emotions"]}
PROHIBITED = {
    **WATCHING,
    "system.annex_iii_uses": ["emotion_recognition"],
    "system.infers_emotions": True,
    "system.infers_emotions_from_biometric_data": True,
    "system.emotion_areas": ["workplace"],
    "system.emotion_reasons": [],
}


class Desk:
    """A gate whose records are kept in memory."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []
        self.overrides: list[Override] = []
        self.gate = Gate(record=self.decisions.append, record_override=self.overrides.append)

    def decide(self, facts: dict[str, object], as_of: date = TODAY) -> Decision:
        return self.gate.check(facts, roles=["provider"], markets=["EU"], as_of=as_of)

    def break_glass(
        self, decision: Decision, who: str = "A. Person", why: str = "it must", until: datetime = LATER
    ) -> Override:
        return self.gate.break_glass(decision, who=who, why=why, until=until, at=NOW)


@pytest.fixture(scope="module")
def shared() -> Desk:
    return Desk()


@pytest.fixture
def desk(shared: Desk) -> Desk:
    shared.decisions.clear()
    shared.overrides.clear()
    return shared


@pytest.mark.parametrize(("facts", "verdict"), [(TALKING, Verdict.HOLD), (UNINFORMING, Verdict.BLOCK)])
def test_an_override_lets_a_hold_and_a_block_pass_until_it_ends(
    desk: Desk, facts: dict[str, object], verdict: Verdict
) -> None:
    decision = desk.decide(facts)
    assert decision.verdict is verdict
    override = desk.break_glass(decision)
    assert desk.overrides == [override]
    assert desk.gate.enforce(decision, override=override, at=LATER - timedelta(seconds=1)) is decision
    for moment in (LATER, LATER + timedelta(days=1)):
        with pytest.raises(OverrideRefused, match="the override ended on 2026-11-22T16:00:00"):
            desk.gate.enforce(decision, override=override, at=moment)


@pytest.mark.parametrize(
    ("facts", "verdict"), [(WATCHING, Verdict.HOLD), (PROHIBITED, Verdict.BLOCK), ({}, Verdict.HOLD)]
)
def test_nobody_overrides_a_prohibition_be_it_open_or_breached(
    desk: Desk, facts: dict[str, object], verdict: Verdict
) -> None:
    decision = desk.decide(facts)
    assert decision.verdict is verdict
    assert prohibitions(decision)
    with pytest.raises(OverrideRefused, match="nobody may override a prohibition: Art. 5"):
        desk.break_glass(decision)
    assert desk.overrides == []
    forged = Override(decision.decision_id, "A. Person", "it must", LATER)
    with pytest.raises(OverrideRefused, match="nobody may override a prohibition"):
        desk.gate.enforce(decision, override=forged, at=NOW)


def test_an_override_is_for_one_decision(desk: Desk) -> None:
    override = desk.break_glass(desk.decide(TALKING))
    others = (desk.decide(UNINFORMING), desk.decide(TALKING, as_of=date(2026, 11, 23)))
    for other in others:
        with pytest.raises(OverrideRefused, match="the override is for the decision sha256:"):
            desk.gate.enforce(other, override=override, at=NOW)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"who": " "}, "who answers for it and why"),
        ({"why": ""}, "who answers for it and why"),
        ({"until": NOW}, "the override ended"),
        ({"until": NOW - timedelta(days=1)}, "the override ended"),
        ({"until": datetime(2026, 11, 23)}, "with its time zone"),
    ],
)
def test_an_override_that_is_incomplete_or_over_is_neither_given_nor_recorded(
    desk: Desk, wrong: dict[str, object], said: str
) -> None:
    decision = desk.decide(TALKING)
    with pytest.raises(OverrideRefused, match=said):
        desk.break_glass(decision, **wrong)  # type: ignore[arg-type]
    assert desk.overrides == []
    whole = Override(decision.decision_id, "A. Person", "it must", LATER)
    with pytest.raises(OverrideRefused, match=said):
        desk.gate.enforce(decision, override=replace(whole, **wrong), at=NOW)  # type: ignore[arg-type]


def test_the_end_counts_in_every_time_zone(desk: Desk) -> None:
    decision = desk.decide(TALKING)
    tokyo = timezone(timedelta(hours=9))
    override = desk.break_glass(decision, until=datetime(2026, 11, 22, 22, tzinfo=tokyo))
    desk.gate.enforce(decision, override=override, at=datetime(2026, 11, 22, 12, 59, tzinfo=UTC))
    with pytest.raises(OverrideRefused):
        desk.gate.enforce(decision, override=override, at=datetime(2026, 11, 22, 13, 1, tzinfo=UTC))


def test_without_a_record_there_is_no_override(desk: Desk) -> None:
    decision = desk.decide(TALKING)
    with pytest.raises(OverrideRefused, match="nowhere to record"):
        Gate().break_glass(decision, who="A. Person", why="it must", until=LATER, at=NOW)


def test_an_override_that_cannot_be_recorded_is_not_given(desk: Desk) -> None:
    def fail(_: object) -> None:
        raise OSError("the disk is full")

    gate = Gate(record=fail, record_override=fail)
    decision = desk.decide(TALKING)
    with pytest.raises(OSError, match="the disk is full"):
        gate.break_glass(decision, who="A. Person", why="it must", until=LATER, at=NOW)
    with pytest.raises(OSError, match="the disk is full"):
        gate.record(decision)


def test_what_is_recorded_is_given_to_the_recorder_once(desk: Desk) -> None:
    decision = desk.decide(TALKING)
    assert desk.decisions == []
    assert desk.gate.record(decision) is decision
    assert asyncio.run(desk.gate.arecord(decision)) is decision
    assert [each.decision_id for each in desk.decisions] == [decision.decision_id] * 2


def test_an_allowed_release_needs_no_override_and_is_not_spoilt_by_one(desk: Desk) -> None:
    allowed = desk.decide(QUIET)
    other = Override("sha256:0", "A. Person", "it must", NOW)
    assert desk.gate.enforce(allowed, override=other, at=LATER) is allowed


def test_a_refused_override_is_a_refused_release_with_its_decision(desk: Desk) -> None:
    decision = desk.decide(WATCHING)
    with pytest.raises(ReleaseRefused) as caught:
        desk.break_glass(decision)
    assert caught.value.decision is decision


def test_an_override_is_a_value(desk: Desk) -> None:
    override = desk.break_glass(desk.decide(TALKING))
    with pytest.raises(FrozenInstanceError):
        override.until = LATER  # type: ignore[misc]
    assert override.as_json() == {
        "decision_id": override.decision_id,
        "who": "A. Person",
        "why": "it must",
        "until": "2026-11-22T16:00:00+00:00",
    }
