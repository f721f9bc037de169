"""What must hold of every pack, whatever its rules: order, learning, and agreement with every completion."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from aiact_rules.core.evaluation import evaluate
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.formulas import specialised, truths
from aiact_rules.core.lowering import lower
from aiact_rules.core.pack_decisions import decide
from aiact_rules.core.packs import MOMENT, Pack
from aiact_rules.core.problems import Place
from aiact_rules.core.statuses import Status
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue

from .small_packs import AS_OF, CONCLUSIONS, FACTS, Referee, completions, packs, partial_facts, shuffled

quick = settings(max_examples=60, deadline=None)


def facts_of(values: Mapping[str, FactValue]) -> Facts:
    return Facts.of(Fact(name, value, Origin(Place("test"))) for name, value in values.items())


def decided(pack: Pack, values: Mapping[str, FactValue]) -> tuple[str, dict[str, Status]]:
    pack_at = pack.at(AS_OF)
    known = {**values, MOMENT: "use"}
    decision = decide(pack_at, lower(pack_at), facts_of(known), evaluate(pack_at, known).outcome())
    assert decision.verdict is not None
    return decision.verdict.value, {finding.id: finding.status for finding in decision.findings}


@quick
@given(packs(), partial_facts, st.lists(st.integers(0, 9), min_size=1, max_size=9))
def test_the_order_of_rules_is_irrelevant(pack: Pack, known: dict[str, FactValue], order: list[int]) -> None:
    assert decided(pack, known) == decided(shuffled(pack, order), known)


@quick
@given(packs(), partial_facts)
def test_a_certain_answer_agrees_with_every_completion_of_the_unknowns(pack: Pack, known: dict[str, FactValue]) -> None:
    pack_at = pack.at(AS_OF)
    evaluation = evaluate(pack_at, known)
    referees = [Referee(pack_at, world) for world in completions(known)]
    for name in CONCLUSIONS:
        truth = evaluation.conclusion(name)
        if truth is not Truth.UNKNOWN:
            assert {referee.holds(name) for referee in referees} == {truth is Truth.YES}
    for o in pack_at.obligations.values():
        for truth, answers in (
            (evaluation.owed(o), {referee.owed(o) for referee in referees}),
            (evaluation.met(o), {referee.met(o) for referee in referees}),
        ):
            if truth is not Truth.UNKNOWN:
                assert answers == {truth is Truth.YES}


@quick
@given(packs(), partial_facts)
def test_allow_means_that_no_completion_breaches_and_block_that_every_one_does(
    pack: Pack, known: dict[str, FactValue]
) -> None:
    pack_at = pack.at(AS_OF)
    verdict, _ = decided(pack, known)
    breaches = set()
    for world in completions(known):
        referee = Referee(pack_at, world)
        breaches.add(any(referee.owed(o) and not referee.met(o) for o in pack_at.obligations.values()))
    if verdict == "allow":
        assert breaches == {False}
    if verdict == "block":
        assert breaches == {True}


@quick
@given(packs(), partial_facts, st.sampled_from(FACTS), st.booleans())
def test_a_learnt_fact_never_flips_a_certain_answer(
    pack: Pack, known: dict[str, FactValue], name: str, value: bool
) -> None:
    if name in known:
        return
    before, after = (evaluate(pack.at(AS_OF), facts) for facts in (known, {**known, name: value}))
    for conclusion in CONCLUSIONS:
        if before.conclusion(conclusion) is not Truth.UNKNOWN:
            assert after.conclusion(conclusion) is before.conclusion(conclusion)
    first, second = decided(pack, known)[0], decided(pack, {**known, name: value})[0]
    if first != "hold":
        assert second == first


@quick
@given(packs(), partial_facts)
def test_the_lowered_form_says_what_the_rules_say(pack: Pack, known: dict[str, FactValue]) -> None:
    pack_at = pack.at(AS_OF)
    lowered = lower(pack_at)
    values = {**known, MOMENT: "use"}
    evaluation = evaluate(pack_at, values)
    found = truths(lowered, values)
    from aiact_rules.core.formulas import truth_of

    for name, formula in lowered.conclusions.items():
        assert truth_of(formula, lowered, values, found) is evaluation.conclusion(name)
    for duty in lowered.duties:
        o = pack_at.obligations[duty.id]
        assert truth_of(duty.owed, lowered, values, found) is evaluation.owed(o)
        assert truth_of(duty.met, lowered, values, found) is evaluation.met(o)


@quick
@given(packs(), partial_facts, st.sampled_from(FACTS), st.booleans())
def test_a_pack_specialised_for_a_known_fact_says_the_same(
    pack: Pack, known: dict[str, FactValue], name: str, value: bool
) -> None:
    from aiact_rules.core.formulas import truth_of

    values = {**known, name: value, MOMENT: "use"}
    lowered = lower(pack.at(AS_OF))
    special = specialised(lowered, {name: value})
    for conclusion in lowered.conclusions:
        assert truth_of(special.conclusions[conclusion], special, values, truths(special, values)) is truth_of(
            lowered.conclusions[conclusion], lowered, values, truths(lowered, values)
        )
    assert all(atom.fact != name for atom in special.atoms)


@quick
@given(packs(), partial_facts)
def test_every_question_is_about_something_unknown_and_none_is_asked_after_a_breach(
    pack: Pack, known: dict[str, FactValue]
) -> None:
    pack_at = pack.at(AS_OF)
    values = {**known, MOMENT: "use"}
    decision = decide(pack_at, lower(pack_at), facts_of(values), evaluate(pack_at, values).outcome())
    assert decision.verdict is not None
    if decision.verdict.value == "hold":
        assert decision.needs
        assert all(need.fact not in values for need in decision.needs)
    else:
        assert decision.needs == ()
