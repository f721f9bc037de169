"""What must hold of every pack, whatever its rules: order, learning, and agreement with every completion."""

from __future__ import annotations

import random
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from aiact_rules.core.evaluation import evaluate
from aiact_rules.core.formulas import specialised, truth_of, truths
from aiact_rules.core.lowering import lower
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.pack_decisions import PackDecision, decide
from aiact_rules.core.packs import Pack
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue
from tests.core.reasoned_law import facts_of
from tests.core.small_packs import Referee, completions, known_facts, shuffled, small_law
from tests.engines.packs import AS_OF, random_pack
from tests.records import choices, random_records

# Packs and facts are made from a seed: drawing them piece by piece takes thirty times as long and shows no more.
seeds = st.integers(0, 2**32 - 1)
quick = settings(max_examples=60, deadline=None)


def decided(pack: Pack, values: Mapping[str, FactValue]) -> PackDecision:
    pack_at = pack.at(AS_OF)
    return decide(pack_at, lower(pack_at), facts_of(values), evaluate(pack_at, values).outcome())


def of_any_type(seed: int) -> tuple[Pack, dict[str, FactValue]]:
    """Return a random pack with facts and tests of every type, and random facts."""
    pack = random_pack(seed)
    (record,) = random_records(lower(pack.at(AS_OF)), pack.vocabulary, 1, seed=seed)
    return pack, record


@quick
@given(seeds)
def test_the_order_of_rules_is_irrelevant(seed: int) -> None:
    pack, known = of_any_type(seed)
    one, other = decided(pack, known), decided(shuffled(pack, seed), known)
    assert (one.verdict, one.statuses, one.conclusions) == (other.verdict, other.statuses, other.conclusions)


@quick
@given(seeds)
def test_a_certain_answer_agrees_with_every_completion_of_the_unknowns(seed: int) -> None:
    pack_at, known = small_law(seed).at(AS_OF), known_facts(seed)
    evaluation = evaluate(pack_at, known)
    referees = [Referee(pack_at, world) for world in completions(known)]
    for name in lower(pack_at).conclusions:
        truth = evaluation.conclusion(name)
        if truth is not Truth.UNKNOWN:
            assert {referee.holds(name) for referee in referees} == {truth is Truth.YES}
    for o in pack_at.obligations.values():
        for truth, answers in (
            (evaluation.owed(o), {referee.owed(o) for referee in referees}),
            (evaluation.met(o), {referee.met(o) for referee in referees}),
            (evaluation.in_force(o), {referee.in_force(o) for referee in referees}),
            (evaluation.due(o), {referee.due(o) for referee in referees}),
        ):
            if truth is not Truth.UNKNOWN:
                assert answers == {truth is Truth.YES}


@quick
@given(seeds)
def test_allow_means_that_no_completion_breaches_and_block_that_every_one_does(seed: int) -> None:
    pack, known = small_law(seed), known_facts(seed)
    verdict = decided(pack, known).verdict
    pack_at = pack.at(AS_OF)
    breaches = {
        any(Referee(pack_at, world).breaches(o) for o in pack_at.obligations.values()) for world in completions(known)
    }
    if verdict is Verdict.ALLOW:
        assert breaches == {False}
    if verdict is Verdict.BLOCK:
        assert breaches == {True}
    if len(breaches) == 2:
        assert verdict is Verdict.HOLD


@quick
@given(seeds)
def test_a_learnt_fact_never_flips_a_certain_answer(seed: int) -> None:
    pack, known = of_any_type(seed)
    rng = random.Random(seed)
    unknown = [c for c in choices(lower(pack.at(AS_OF)), pack.vocabulary) if c.fact not in known]
    if not unknown:
        return
    learnt = rng.choice(unknown)
    first, second = decided(pack, known), decided(pack, {**known, learnt.fact: learnt.some(rng, 0.5)})
    for name, answer in first.conclusions.items():
        if answer != "unknown":
            assert second.conclusions[name] == answer
    if first.verdict is not Verdict.HOLD:
        assert second.verdict is first.verdict


@quick
@given(seeds)
def test_the_lowered_form_says_what_the_rules_say(seed: int) -> None:
    pack, known = of_any_type(seed)
    pack_at = pack.at(AS_OF)
    lowered = lower(pack_at)
    evaluation = evaluate(pack_at, known)
    found = truths(lowered, known)
    for name, formula in lowered.conclusions.items():
        assert truth_of(formula, lowered, known, found) is evaluation.conclusion(name)
    for obligation in lowered.obligations:
        o = pack_at.obligations[obligation.id]
        assert truth_of(obligation.owed, lowered, known, found) is evaluation.owed(o)
        assert truth_of(obligation.in_force, lowered, known, found) is evaluation.in_force(o)
        assert truth_of(obligation.met, lowered, known, found) is evaluation.met(o)
        assert truth_of(obligation.due, lowered, known, found) is evaluation.due(o)


@quick
@given(seeds)
def test_a_pack_specialised_for_a_known_fact_says_the_same(seed: int) -> None:
    pack, known = of_any_type(seed)
    if not known:
        return
    name = random.Random(seed).choice(sorted(known))
    lowered = lower(pack.at(AS_OF))
    special = specialised(lowered, {name: known[name]})
    for conclusion in lowered.conclusions:
        assert truth_of(special.conclusions[conclusion], special, known, truths(special, known)) is truth_of(
            lowered.conclusions[conclusion], lowered, known, truths(lowered, known)
        )
    assert isinstance(known[name], OpenList) or all(atom.fact != name for atom in special.atoms)


@quick
@given(seeds)
def test_every_question_is_about_something_unknown_and_none_is_asked_after_a_breach(seed: int) -> None:
    pack, known = of_any_type(seed)
    decision = decided(pack, known)
    if decision.verdict is Verdict.HOLD:
        assert decision.needs
        assert all(need.fact not in known or isinstance(known[need.fact], OpenList) for need in decision.needs)
    else:
        assert decision.needs == ()


def test_the_random_packs_and_facts_show_every_verdict_and_every_kind_of_answer() -> None:
    verdicts = {decided(small_law(seed), known_facts(seed)).verdict for seed in range(60)}
    assert verdicts == set(Verdict)
    shown = [decided(*of_any_type(seed)) for seed in range(60)]
    assert {decision.verdict for decision in shown} == set(Verdict)
    assert {answer for decision in shown for answer in decision.conclusions.values()} == {"yes", "no", "unknown"}
    statuses = {status for decision in shown for _, status, _ in decision.statuses}
    assert statuses == {Status.BREACHED, Status.OPEN, Status.MET, Status.UPCOMING, Status.CONDITION}
