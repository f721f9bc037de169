"""Questions: every hold under the EU AI Act names something that a person can answer."""

from __future__ import annotations

from datetime import date

from aiact_rules.core.lowering import lower
from aiact_rules.core.statuses import Status
from aiact_rules.gate import Gate
from tests.records import random_records
from tests.sweep.conftest import readable, stated

AS_OF = date(2026, 11, 22)


def test_whatever_is_open_names_a_question() -> None:
    gate = Gate()
    lowered = lower(gate.packs()[0].at(AS_OF))
    kinds = set()
    for record in readable(random_records(lowered, gate.vocabulary(), 150, seed=5), gate.vocabulary()):
        for finding in gate.check(stated(record), as_of=AS_OF).findings:
            if finding.status is Status.OPEN:
                assert finding.needs, finding.id
                kinds.add((finding.kind.value, finding.certain))
    assert {("obligation", True), ("obligation", False), ("prohibition", False), ("signal", True)} <= kinds
