"""Decisions: the strictest verdict of what gates, and an identity that says everything but how it was computed."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal

import pytest

from aiact_rules.core.decisions import Decision, Run, Subject, combine
from aiact_rules.core.evaluation import evaluate
from aiact_rules.core.lowering import lower
from aiact_rules.core.pack_decisions import PackDecision, decide
from aiact_rules.core.problems import PackError
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import FactValue
from tests.core.reasoned_law import ALLOWED, BLOCKED, HELD, decided, facts_of, gating, law, stated


def informing(**changes: FactValue | None) -> PackDecision:
    pack_at = replace(law(), pack=replace(law().pack, gates=False))
    values = stated(**changes)
    return decide(pack_at, lower(pack_at), facts_of(values), evaluate(pack_at, values).outcome())


def joined(*packs: PackDecision) -> Decision:
    facts = facts_of(stated())
    return combine(packs, subject=Subject(), facts=facts, vocabulary=law().pack.vocabulary, run=Run("reference", "t"))


@pytest.mark.parametrize(
    ("packs", "verdict"),
    [
        ([ALLOWED, ALLOWED], "allow"),
        ([ALLOWED, HELD], "hold"),
        ([BLOCKED, HELD], "block"),
        ([HELD, BLOCKED, ALLOWED], "block"),
    ],
)
def test_of_several_packs_the_strictest_verdict_counts(packs: list[dict[str, FactValue | None]], verdict: str) -> None:
    assert joined(*(gating(**changes) for changes in packs)).verdict.value == verdict


def test_a_pack_that_informs_has_no_verdict_and_changes_none() -> None:
    assert informing(**BLOCKED).verdict is None
    assert joined(gating(**ALLOWED), informing(**BLOCKED)).verdict is Verdict.ALLOW


def test_where_nothing_gates_nothing_is_allowed() -> None:
    with pytest.raises(PackError, match="nothing can be allowed"):
        joined(informing(**ALLOWED))


def test_the_id_is_of_everything_but_the_run() -> None:
    decision = decided(law(), stated(**HELD))
    assert decision.decision_id == "sha256:" + hashlib.sha256(decision.canonical_bytes).hexdigest()
    again = replace(decision, run=Run("generated", "another", "2026-11-22", "durable"))
    assert again.decision_id == decision.decision_id
    for other in (
        replace(decision, operator="somebody"),
        replace(decision, subject=Subject("another")),
        replace(decision, facts=facts_of(stated())),
        decided(law(), stated(**ALLOWED)),
    ):
        assert other.decision_id != decision.decision_id


def test_a_fact_stands_in_the_json_with_its_value_and_place() -> None:
    facts = decided(law(), stated(model__compute=Decimal("1e25"))).as_json()["facts"]
    assert isinstance(facts, dict)
    assert facts["model.compute"] == {"value": "1e25", "source": "aiact.yaml", "line": 9}


def test_an_explanation_of_what_no_pack_has_is_refused() -> None:
    decision = decided(law(), stated())
    assert decision.explain("art12.logs").says == "art12.logs: let the system keep logs"
    with pytest.raises(KeyError):
        decision.explain("art12.log")
