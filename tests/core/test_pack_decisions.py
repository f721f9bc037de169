"""Pack decisions: the verdict of one pack from what became of its obligations, and the questions that could change it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from aiact_rules.core.evaluation import evaluate
from aiact_rules.core.lowering import lower
from aiact_rules.core.pack_decisions import decide
from aiact_rules.core.problems import PackError
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.vocabulary import FactValue
from tests.core.reasoned_law import ALLOWED, BLOCKED, HELD, decided, facts_of, gating, law, stated
from tests.core.small_packs import make_pack


@pytest.mark.parametrize(
    ("changes", "verdict", "status"),
    [(ALLOWED, "allow", Status.MET), (HELD, "hold", Status.OPEN), (BLOCKED, "block", Status.BREACHED)],
)
def test_a_breach_blocks_what_is_open_holds_and_the_rest_is_allowed(
    changes: dict[str, FactValue | None], verdict: str, status: Status
) -> None:
    decision = decided(law(), stated(**changes))
    assert decision.verdict.value == verdict
    assert [found.status for found in decision.findings if found.id == "art12.logs"] == [status]


def test_a_breach_blocks_whatever_else_is_open() -> None:
    both = stated(release__moment="use", system__keeps_logs=None, model__compute=Decimal("1e25"))
    assert decided(law(), both).verdict is Verdict.HOLD
    prohibited = replace(law().obligations["art12.logs"], met=None)
    pack_at = replace(law(), obligations={**law().obligations, "art12.logs": prohibited})
    assert {found.status for found in decided(pack_at, both).findings} == {Status.OPEN, Status.BREACHED}
    assert decided(pack_at, both).verdict is Verdict.BLOCK


def test_a_pack_without_obligations_allows_nothing() -> None:
    pack_at = make_pack({}, {}).at(date(2026, 11, 22))
    with pytest.raises(PackError, match="has no obligations on 2026-11-22"):
        decide(pack_at, lower(pack_at), facts_of({}), evaluate(pack_at, {}).outcome())


def test_the_questions_are_those_of_what_is_open_and_stop_at_a_breach() -> None:
    assert [(need.fact, need.decides) for need in gating(**HELD).needs] == [("system.keeps_logs", 1)]
    assert gating(**ALLOWED).needs == gating(**BLOCKED).needs == ()


def test_one_finding_by_its_id_is_that_of_the_whole_list() -> None:
    pack = gating(model__compute=Decimal("1e25"), system__keeps_logs=None)
    alone = [pack.finding(name) for name in ("art12.logs", "art26.logs")]
    assert tuple(alone) == gating(model__compute=Decimal("1e25"), system__keeps_logs=None).findings
    assert pack.finding("art12.log") is None
    assert gating(system__uses=frozenset()).finding("art12.logs") is None
