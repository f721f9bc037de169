"""Standings say of each obligation what its finding says, for a fraction of the time."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules.gate import Gate

ROOT = Path(__file__).resolve().parents[2]
GATE = Gate()


@pytest.mark.parametrize("example", ["silent", "cv-screening", "open-llm", "minimal"])
def test_a_standing_says_what_the_finding_says(example: str) -> None:
    decision = GATE.check(ROOT / "examples" / example)
    (pack,) = decision.packs
    written = [(f.id, f.status, f.certain) for f in decision.findings]
    assert [(each.id, each.status, each.certain) for each in pack.standings] == written
    for each, finding in zip(pack.standings, decision.findings, strict=True):
        assert each.starts is None or (finding.start is not None and each.starts == finding.start.on)
        if each.gates:
            assert pack.questions_about(each.id) == finding.needs


def test_nothing_is_asked_about_what_is_not_open() -> None:
    (pack,) = GATE.check(ROOT / "examples" / "minimal").packs
    assert pack.standings
    assert all(pack.questions_about(each.id) == () for each in pack.standings)
    assert pack.questions_about("no.such.obligation") == ()
