"""Remedies: each does what it promises, describes nothing otherwise than it is, and is found where there is one."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import product

import pytest

from aiact_rules import Gate
from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Test
from aiact_rules.core.decisions import Decision
from aiact_rules.core.packs import PackAt
from aiact_rules.core.remedies import Remedy, remedies
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue, Vocabulary
from aiact_rules.core.ways import conduct_facts
from tests.core.reasoned_law import BLOCKED, HELD, decided, law, stated
from tests.core.small_packs import known_facts, small_law
from tests.engines.packs import AS_OF


def remedy_of(**changes: FactValue | None) -> Remedy:
    return remedies(decided(law(), stated(**changes)).packs)[0]


@pytest.mark.parametrize("changes", [HELD, BLOCKED], ids=["held", "blocked"])
def test_what_was_not_done_is_done_and_stated(changes: dict[str, FactValue | None]) -> None:
    remedy = remedy_of(**changes)
    assert (remedy.states, remedy.verdict) == ({"system.keeps_logs": True}, Verdict.ALLOW)
    assert remedy.settles == {"system.keeps_logs": 1}
    assert (remedy.asks, remedy.standing) == ((), ())


def test_what_is_allowed_needs_no_remedy() -> None:
    assert remedies(decided(law(), stated()).packs) == ()


def test_what_is_not_known_of_the_release_is_asked_and_not_presumed() -> None:
    remedy = remedy_of(system__uses=None, system__keeps_logs=None)
    assert remedy.states == {}
    assert [need.fact for need in remedy.asks] == ["system.uses"]
    assert remedy.verdict is Verdict.HOLD


CHATBOT: dict[str, object] = {
    "release.subject": "system",
    "release.markets": ["EU"],
    "operator.roles": ["provider"],
    "release.moment": "placing_on_market",
    "release.date": date(2027, 1, 15),
    "system.practices": [],
    "system.annex_iii_uses": [],
    "system.annex_i_law": [],
    "system.transparency_situations": ["interacts_with_people", "generates_content"],
}


def test_three_answers_of_a_held_chatbot_are_given_together() -> None:
    decision = Gate().check(CHATBOT)
    (remedy,) = remedies(decision.packs)
    assert set(remedy.states) == {"system.marking", "transparency_information.is"}
    assert remedy.settles == {"system.marking": 6, "transparency_information.is": 3}
    assert [need.fact for need in remedy.asks] == ["system.interacts_directly"]
    marking = [*(decision.vocabulary["system.marking"].values or ())]
    assert decision.vocabulary["system.marking"].format(remedy.states["system.marking"]) == sorted(marking)
    told = {name: decision.vocabulary[name].format(value) for name, value in remedy.states.items()}
    for answer in (True, False):
        after = Gate().check({**CHATBOT, **told, "system.interacts_directly": answer})
        assert (after.verdict is Verdict.ALLOW) is not answer


def test_a_practice_that_is_prohibited_has_no_remedy_but_to_stop() -> None:
    emotions = {
        "system.practices": ["infers_emotions"],
        "system.infers_emotions": True,
        "system.infers_emotions_from_biometric_data": True,
        "system.emotion_areas": ["workplace"],
        "system.emotion_reasons": ["other"],
        "system.annex_iii_uses": ["emotion_recognition"],
    }
    decision = Gate().check({**CHATBOT, **emotions})
    assert decision.verdict is Verdict.BLOCK
    (remedy,) = remedies(decision.packs)
    assert remedy.verdict is Verdict.BLOCK
    assert "art5.1.f" in [each.id for _, each in remedy.standing if each.status is Status.BREACHED]
    assert not emotions.keys() & remedy.states.keys()


def test_a_contradiction_stands_until_a_person_corrects_it() -> None:
    decision = Gate().check({**CHATBOT, "system.transparency_situations": [], "system.interacts_directly": True})
    (remedy,) = remedies(decision.packs)
    assert remedy.standing
    assert all(each.is_contradiction for _, each in remedy.standing)
    assert remedy.verdict is Verdict.HOLD


DONE = ("s.done0", "s.done1", "s.done2", "s.done3")


@cache
def law_of_conduct(seed: int) -> PackAt:
    """Return a random law whose obligations are met by what is done, and apply by other facts."""
    rng = random.Random(seed)
    pack = small_law(seed)

    def done(depth: int = 2) -> Condition:
        if depth == 0 or rng.random() < 0.4:
            return FactTest(rng.choice(DONE), Test.IS, True)
        parts = tuple(done(depth - 1) for _ in range(2))
        return AllOf(parts) if rng.random() < 0.5 else AnyOf(parts)

    declared = [*pack.vocabulary.declarations.values(), *(FactDeclaration(name, FactType.YES_NO, "?") for name in DONE)]
    obligations = {name: replace(o, met=o.met and done()) for name, o in pack.obligations.items()}
    return replace(pack, vocabulary=Vocabulary.of(declared), obligations=obligations).at(AS_OF)


@cache
def tried(seed: int) -> tuple[Decision, tuple[Remedy, ...]]:
    rng = random.Random(seed)
    done = {name: rng.random() < 0.3 for name in DONE if rng.random() < 0.5}
    decision = decided(law_of_conduct(seed), {**known_facts(seed), **done})
    return decision, remedies(decision.packs)


def verdict_after(decision: Decision, states: dict[str, FactValue]) -> Verdict:
    (pack,) = decision.packs
    return decided(pack.pack_at, {**pack.values, **states}).verdict


SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_states_what_is_done_alone_and_gives_the_verdict_it_promises(seed: int) -> None:
    decision, found = tried(seed)
    (pack,) = decision.packs
    assert bool(found) is (decision.verdict is not Verdict.ALLOW)
    assert [each.cost for each in found] == sorted(each.cost for each in found)
    for each in found:
        assert {*each.states} <= conduct_facts(pack.pack_at)
        assert verdict_after(decision, dict(each.states)) is each.verdict
        if each.verdict is not Verdict.ALLOW:
            assert each.asks or each.standing


@pytest.mark.parametrize("seed", SEEDS)
def test_where_doing_something_is_enough_it_is_found(seed: int) -> None:
    decision, found = tried(seed)
    if not found or found[0].asks:
        return
    completions = (dict(zip(DONE, values, strict=True)) for values in product((True, False), repeat=len(DONE)))
    possible = any(verdict_after(decision, dict(each)) is Verdict.ALLOW for each in completions)
    assert possible is (found[0].verdict is Verdict.ALLOW)


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_stated_that_is_not_needed(seed: int) -> None:
    decision, found = tried(seed)
    for each in found:
        if each.verdict is Verdict.ALLOW:
            for name in each.states:
                fewer = {other: value for other, value in each.states.items() if other != name}
                assert verdict_after(decision, fewer) is not Verdict.ALLOW


def test_the_random_laws_show_remedies_questions_prohibitions_and_alternatives() -> None:
    shown = [found for _, found in map(tried, SEEDS) if found]
    assert any(found[0].verdict is Verdict.ALLOW for found in shown)
    assert any(found[0].asks for found in shown)
    assert any(found[0].standing for found in shown)
    assert any(len(found) > 1 for found in shown)
