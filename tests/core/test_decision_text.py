"""The text of a decision's JSON is what `json.dumps` makes of its values."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.decisions import Decision
from aiact_rules.core.lowering import lower
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Status
from aiact_rules.gate import Gate
from tests.records import random_records
from tests.sweep.conftest import readable, stated

ROOT = Path(__file__).resolve().parents[2]
AS_OF = date(2026, 11, 22)
GATE = Gate()


def check_text(decision: Decision) -> None:
    assert decision.json_text() == json.dumps(decision.as_json())


@pytest.mark.parametrize("example", ["silent", "cv-screening", "open-llm", "minimal"])
def test_the_text_is_that_of_the_values(example: str) -> None:
    for roles in (None, ["deployer"], ["provider", "importer"]):
        decision = GATE.check(ROOT / "examples" / example, roles=roles, as_of=AS_OF)
        check_text(decision)
        assert decision.json_text(full=True) == json.dumps(decision.as_json(full=True))


def test_what_was_written_for_one_decision_is_right_for_the_next() -> None:
    lowered = lower(GATE.packs()[0].at(AS_OF))
    seen: set[Status] = set()
    for record in readable(random_records(lowered, GATE.vocabulary(), 60, seed=11), GATE.vocabulary()):
        decision = GATE.check(stated(record), as_of=AS_OF)
        check_text(decision)
        seen |= {mark.status for pack in decision.packs for mark in pack.counts}
    assert {Status.BREACHED, Status.OPEN, Status.CONDITION} <= seen


def test_a_waived_finding_is_not_the_one_that_other_decisions_have(tmp_path: Path) -> None:
    release = {"release.subject": "system"}
    without = GATE.check(release, as_of=AS_OF)
    (pack,) = without.packs
    duties = (each for each in pack.standings if each.obligation.kind is Kind.OBLIGATION and each.is_undetermined)
    waived = next(each for each in duties if not each.obligation.provision.startswith("Art. 5"))
    settings = tmp_path / "aiact.toml"
    settings.write_text(
        f'[[waivers]]\nfinding = "{waived.id}"\nreason = "known"\napprover = "somebody"\nuntil = 2026-12-31\n'
    )
    with_waiver = Gate(organisation=settings).check(release, as_of=AS_OF)
    assert "somebody" in with_waiver.json_text()
    check_text(with_waiver)
    assert GATE.check(release, as_of=AS_OF).as_json()["packs"] == without.as_json()["packs"]
    check_text(without)
