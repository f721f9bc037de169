"""Counterfactuals of the packs' own cases: each gives the verdict it promises, and none denies what is released."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from aiact_rules.bundled import specs_folder
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.counterfactuals import Counterfactual, counterfactuals
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import MARKETS, MOMENT, RELEASE_DATE, ROLES, SUBJECT
from aiact_rules.core.problems import Place
from aiact_rules.core.remedies import remedies
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.ways import conduct_facts
from aiact_rules.gate import Gate
from aiact_rules.plugins.host import PluginHost
from aiact_rules.testing import CaseRunner, cases_of

LAW = specs_folder() / "eu_ai_act" / "2024-1689"
EVERY = 127
"""One case in so many is tried: a search takes seconds."""


@cache
def runner() -> CaseRunner:
    return CaseRunner.of(LAW, pack=Catalogue(PluginHost()).pack("eu_ai_act"))


@cache
def decided(number: int) -> tuple[PackDecision, tuple[Counterfactual, ...]] | None:
    cases = cases_of(LAW)
    decision = runner().decide(cases[number])
    if decision.verdict is None:
        return None
    return decision, counterfactuals([decision], decision.verdict)


def verdict_of(decision: PackDecision, change: Counterfactual) -> Verdict | None:
    changed = Facts({n: Fact(n, v, Origin(Place("change"))) for n, v in change.changes.items()})
    stated = Facts({f.name: f for f in decision.facts if f.origin.sureness.value != "derived"})
    facts = stated.overridden_by(changed).completed(decision.pack_at.pack.vocabulary)
    judge, run = runner()._prepare(decision.pack_at.as_of, dict(decision.pack_at.choices))
    values = {fact.name: fact.value for fact in facts}
    return judge.decide(facts, values, run(values)).verdict


NUMBERS = range(0, len(cases_of(LAW)), EVERY)


@pytest.mark.parametrize("number", NUMBERS)
def test_each_gives_the_verdict_it_promises_and_denies_nothing_that_is_released(number: int) -> None:
    found = decided(number)
    if found is None:
        return
    decision, changes = found
    for change in changes:
        assert change.verdict is not decision.verdict
        assert verdict_of(decision, change) is change.verdict
        assert not {ROLES, MOMENT, RELEASE_DATE} & set(change.changes)
        if decision.verdict is not Verdict.ALLOW:
            assert {*change.changes} <= conduct_facts(decision.pack_at)


SCREENING = {
    "release.subject": "system",
    "release.markets": ["EU"],
    "operator.roles": ["provider"],
    "system.practices": [],
    "system.annex_iii_uses": ["recruitment"],
    "system.annex_i_law": [],
    "system.transparency_situations": [],
    "release.date": date(2027, 12, 15),
}


def test_what_is_held_for_missing_answers_is_never_told_to_leave_the_law() -> None:
    decision = Gate().check(SCREENING)
    assert decision.verdict is Verdict.HOLD
    (remedy,) = remedies(decision.packs)
    told = {name: decision.vocabulary[name].format(value) for name, value in remedy.states.items()}
    after = Gate().check({**SCREENING, **told})
    assert after.verdict is remedy.verdict
    assert after.packs[0].conclusions["in_scope"] == decision.packs[0].conclusions["in_scope"]
    assert not {SUBJECT, MARKETS, "release.exclusions"} & set(remedy.states)
