"""Two people who fill in a release file from one description, with the questions alone, come to one answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from aiact_rules.core.decisions import Decision
from outside import outcomes

HERE = Path(__file__).parent
DAY = date(2026, 11, 30)
RELEASED = date(2028, 9, 1)
CLASSES = ("high_risk_annex_iii", "high_risk_annex_i", "high_risk_annex_i_section_b")


def coded(name: str) -> Mapping[str, Any]:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def class_of(decision: Decision) -> str:
    """Return the class that a release comes out as, the gravest first; `open` where that is not known yet."""
    found = decision.packs[0].conclusions
    if found["prohibited_practice"] == "yes":
        return "prohibited"
    if "yes" in (classes := [found[name] for name in CLASSES]):
        return "high-risk"
    if "unknown" in (found["prohibited_practice"], *classes):
        return "open"
    return {"yes": "transparency", "no": "minimal"}.get(found["transparency_obligations"], "open")


def decisions(name: str) -> Iterator[tuple[str, Decision]]:
    for case, said in coded(name).items():
        facts = said["facts"]
        yield (
            case,
            outcomes.gate().check(facts, roles=said["roles"], markets=["EU"], as_of=DAY, release_date=RELEASED),
        )


def test_two_codings_of_one_description_agree(capsys: pytest.CaptureFixture[str]) -> None:
    one, two = dict(decisions("twice_one.yaml")), dict(decisions("twice_two.yaml"))
    assert one.keys() == two.keys()
    assert len(one) == 130
    verdicts = [case for case in one if one[case].verdict is not two[case].verdict]
    classes = [case for case in one if class_of(one[case]) != class_of(two[case])]
    with capsys.disabled():
        print(f"\nof {len(one)} descriptions coded twice {len(verdicts)} differ in verdict, {len(classes)} in class")
    assert len(verdicts) <= 0.01 * len(one), verdicts
    assert len(classes) <= 0.05 * len(one), classes


def test_no_two_codings_are_opposite() -> None:
    two = dict(decisions("twice_two.yaml"))
    for case, decision in decisions("twice_one.yaml"):
        assert {decision.verdict.value, two[case].verdict.value} != {"allow", "block"}, case
