from __future__ import annotations

from aiact_rules.core.outcomes import MAYBE_MET, OWED
from aiact_rules.core.statuses import Status, status_of
from aiact_rules.proof.kleene import learning_keeps
from aiact_rules.proof.properties import (
    allow_sound,
    no_contradiction,
    obligations_bite,
    obligations_fulfillable,
    obligations_lapse,
    prohibitions_block,
    rules_alive,
)
from aiact_rules.proof.proving import prove

from .conftest import AS_OF

ARTICLE = "ch03/art_006.yaml"


def test_a_sound_pack_is_proved_on_every_date_of_its_text(load):
    proofs = list(prove(load(), AS_OF))
    assert [proof.as_of.isoformat() for proof in proofs] == ["2026-11-22", "2026-07-26"]
    for proof in proofs:
        assert proof.holds, proof.text()
    assert {each.key for each in proofs[0].properties} >= {"generated_is_lowered", "planes_are_lowered"}


def test_a_rule_of_another_reading_is_not_dead_but_noted(subject):
    alive = rules_alive(subject())
    assert alive.holds
    assert alive.notes == ("rule `art6.2.chat` can prevail only under reading `chats: counts`",)


def test_a_rule_that_can_never_prevail_is_named_with_its_place(subject):
    dead = "{system.profiles: true, system.narrow: false}"
    found = rules_alive(subject((ARTICLE, "when: {system.profiles: true}", f"when: {dead}")))
    assert [(r.subject, str(r.place)) for r in found.refutations] == [("art6.3.profiling", f"{ARTICLE}:19")]


def test_an_exception_whose_exception_always_stands_is_dead(subject):
    found = rules_alive(
        subject(
            (
                ARTICLE,
                "when: {system.profiles: true}",
                "when: {any: [{system.profiles: true}, {system.profiles: false}]}",
            )
        )
    )
    assert "art6.3" in [r.subject for r in found.refutations]


def test_an_obligation_that_is_never_owed_says_why(subject):
    never = "given: {high_risk: true, system.uses: {is_empty: true}}\n    met_when: {monitoring.runs: true}"
    found = obligations_bite(subject((ARTICLE, "met_when: {monitoring.runs: true}", never)))
    assert [r.message for r in found.refutations] == ["obligation `art72` is never owed: its circumstances never hold"]


def test_an_obligation_of_a_timetable_that_never_opens_is_found(subject):
    waits = "starts: start, deferred: [{provision: Art. 111, when: {any: [{system.profiles: true}, {system.profiles: false}]}, until: never}]"
    found = obligations_bite(subject(("timetables.yaml", "starts: start", waits)))
    assert {r.subject for r in found.refutations} == {"art9.purpose", "art9.versions", "art72", "art5"}
    assert "timetable" in found.refutations[0].message


def test_an_obligation_that_is_always_owed_is_found(subject):
    owed = "provision: Art. 4, must: learn, before: placing_on_market, met_when: {monitoring.runs: true}"
    always = f"obligations: [{{id: art4, {owed}}}]\n"
    found = obligations_lapse(subject(("ch02/art_005.yaml", "prohibitions:\n", f"{always}prohibitions:\n")))
    assert [r.subject for r in found.refutations] == ["art4"]


def test_a_test_that_can_never_be_met_is_found(subject):
    never = "met_when: {system.uses: {is_empty: true}}"
    found = obligations_fulfillable(subject((ARTICLE, "met_when: {monitoring.runs: true}", never)))
    assert [r.message for r in found.refutations] == ["obligation `art72` cannot be met where it is owed"]


def test_a_test_that_is_met_wherever_it_is_owed_is_found(subject):
    always = "met_when: {system.uses: {includes_any: [recruitment, chat]}}"
    found = obligations_fulfillable(subject((ARTICLE, "met_when: {monitoring.runs: true}", always)))
    assert [r.message for r in found.refutations] == ["obligation `art72` is met wherever it is owed"]


def test_conclusions_that_exclude_each_other_are_shown_to_hold_together(subject):
    found = no_contradiction(subject((ARTICLE, "    exception_to: art6.2\n", "")))
    (refutation,) = found.refutations
    witness = refutation.witness
    assert witness is not None
    assert witness.replays
    assert witness.facts["system.uses"] == {"recruitment"}
    assert witness.facts["system.narrow"] is True
    assert "monitoring.runs" not in witness.facts


def test_names_that_deny_each_other_are_checked_without_being_listed(subject):
    changes = [
        ("pack.yaml", "excludes: [[high_risk, minimal_risk]]\n", ""),
        (ARTICLE, "concludes: replaced", "concludes: not_high_compute"),
        ("pack.yaml", ", unless: replaced", ""),
    ]
    found = no_contradiction(subject(*changes))
    assert [r.subject for r in found.refutations] == ["high_compute, not_high_compute"]


def test_an_exception_that_lets_a_prohibition_through_is_found(subject):
    hole = """\
  - id: art5.hole
    provision: Art. 5
    exception_to: art5
    when: {system.colour: blue}
    reason: it is blue
given:"""
    found = prohibitions_block(subject((ARTICLE, "given:", hole)))
    assert {r.subject for r in found.refutations} == {"art5", "prohibited_practice"}
    for refutation in found.refutations:
        assert refutation.witness is not None
        assert refutation.witness.replays
        assert refutation.witness.facts["system.uses"] == {"grading"}


def test_a_prohibited_practice_that_no_prohibition_forbids_is_found(subject):
    found = prohibitions_block(subject(("ch02/art_005.yaml", "{prohibited_practice: true}", "{system.colour: blue}")))
    assert [r.subject for r in found.refutations] == ["prohibited_practice"]


def careless(o, code):
    """Leave out what is only possibly owed."""
    return status_of(o, code) if code & OWED else None


def test_a_status_that_forgets_what_is_possible_is_found_with_facts_that_show_it(subject):
    found = allow_sound(subject(status_of=careless))
    assert not found.holds
    for refutation in found.refutations:
        assert refutation.witness is not None
        assert refutation.witness.replays


def test_a_status_that_takes_what_may_be_met_for_met_is_found(subject):
    def generous(o, code):
        return Status.MET if code & OWED and code & MAYBE_MET else status_of(o, code)

    assert not allow_sound(subject(status_of=generous)).holds


def test_an_allow_that_learning_takes_back_is_found(subject):
    found = learning_keeps(subject(status_of=careless))
    assert not found.holds
    assert all(r.witness is not None and r.witness.replays for r in found.refutations)
    assert "once this is known" in found.refutations[0].witness.release_file()
