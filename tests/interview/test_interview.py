"""Interviews without a terminal: what is asked next, in which order, and the way back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from aiact_rules.core.decisions import Decision
from aiact_rules.gate import Gate
from aiact_rules.interview.consequences import closing, consequences
from aiact_rules.interview.interview import Interview, Reply
from aiact_rules.interview.questions import EXCEPTIONS, Question, pending

GATE = Gate()
CHATBOT: dict[str, object] = {
    "operator.roles": ["provider"],
    "release.markets": ["EU"],
    "release.subject": "system",
    "system.practices": [],
    "system.annex_iii_uses": [],
    "system.annex_i_law": [],
    "system.transparency_situations": ["interacts_with_people", "generates_content"],
    "system.interacts_directly": True,
}
MODEL: dict[str, object] = {
    "operator.roles": ["provider"],
    "release.markets": ["EU"],
    "release.subject": "model",
    "model.generality": "wide_range",
    "model.modification": "changed",
}


def judged(facts: Mapping[str, object], more: Mapping[str, object] = {}) -> Decision:
    return GATE.check({**facts, **more}, as_of=date(2026, 11, 22))


def names(facts: Mapping[str, object]) -> list[str]:
    return [question.name for question in pending(judged(facts))]


def put(interview: Interview) -> Question:
    assert interview.question is not None
    return interview.question


def test_who_acts_where_and_what_is_released_comes_first() -> None:
    facts: dict[str, object] = {}
    for name in ("operator.roles", "release.markets", "release.subject"):
        assert names(facts)[0] == name
        facts[name] = CHATBOT[name]


def test_exceptions_are_asked_before_what_they_would_spare() -> None:
    asked = names(CHATBOT)
    assert asked[0] == EXCEPTIONS
    assert {"system.marking", "system.informs_of_ai_interaction"} <= {*asked[1:]}
    question = pending(judged(CHATBOT))[0]
    assert "system.ai_interaction_obvious" in question.facts
    answers = question.read("system.ai_interaction_obvious")
    assert answers["system.ai_interaction_obvious"] is True
    assert not any(value for name, value in answers.items() if name != "system.ai_interaction_obvious")
    after = names({**CHATBOT, **answers})
    assert "system.informs_of_ai_interaction" not in after
    assert EXCEPTIONS not in after, "what was denied is not asked again"


def test_what_would_spare_most_is_asked_before_details() -> None:
    facts = {**CHATBOT, "system.annex_iii_uses": ["recruitment"], "release.date": date(2027, 12, 15)}
    questions = pending(judged(facts))
    assert questions[0].name == EXCEPTIONS
    assert "system.performs_narrow_procedural_task" in questions[0].facts
    assert "[Art. 6(3), " in questions[0].declaration.values["system.performs_narrow_procedural_task"]  # type: ignore[index]
    unlisted = {name: value for name, value in facts.items() if name != "system.practices"}
    assert names(unlisted)[0] == "system.practices"


def test_what_applies_is_asked_before_how_it_is_met() -> None:
    facts = {
        name: value for name, value in CHATBOT.items() if name not in ("system.practices", "system.annex_iii_uses")
    }
    questions = pending(judged(facts))
    layers = [question.shows_compliance for question in questions if question.name != EXCEPTIONS]
    assert layers == sorted(layers)
    assert {*layers} == {True, False}


def test_the_two_amounts_are_asked_and_not_what_is_computed_from_them() -> None:
    decision = judged(MODEL, {"model.original_compute_known": True})
    needed = {need.fact for pack in decision.packs for need in pack.needs}
    computed = {"model.modification_share", "model.changed_training_compute"}
    assert needed & computed, "the rules need what is computed"
    asked = {question.name for question in pending(decision)}
    assert not asked & computed
    assert asked & {"model.modification_compute", "model.original_training_compute"}
    known = {"model.modification_compute": "2e19", "model.original_training_compute": "9e23"}
    asked = {question.name for question in pending(judged(MODEL, known))}
    assert not asked & {*computed, *known}


def test_the_way_back_keeps_what_was_answered() -> None:
    interview = Interview(judged({}))
    facts: dict[str, object] = {}
    for name in ("operator.roles", "release.markets"):
        facts[name] = CHATBOT[name]
        interview = interview.after(put(interview), Reply.ANSWERED, judged(facts))
    assert (put(interview).name, interview.position) == ("release.subject", 3)
    back = interview.back()
    assert (put(back).name, back.position) == ("release.markets", 2)
    assert (put(back.back()).name, back.back().back().position) == ("operator.roles", 1)
    assert put(back.back().kept()).name == "release.markets"
    assert put(back.kept()) == put(interview)
    again = back.after(put(back), Reply.SKIPPED, judged({"operator.roles": ["provider"]}))
    assert [turn.reply for turn in again.turns] == [Reply.ANSWERED, Reply.SKIPPED]
    assert put(again).name == "release.subject"


def test_nothing_is_put_twice_and_the_end_names_what_was_left() -> None:
    decision = judged(CHATBOT)
    interview = Interview(decision)
    seen: list[str] = []
    while (question := interview.question) is not None:
        seen += question.facts
        interview = interview.after(question, Reply.SKIPPED, decision)
    assert len(seen) == len({*seen})
    (told,) = closing(interview)
    assert told.startswith(f"HOLD, {len(interview.turns)} questions skipped: ")
    assert "system.marking" in told


def test_the_estimate_covers_the_layers_to_come() -> None:
    assert Interview(judged({})).about(lambda assumed: judged(assumed)) > len(pending(judged({}))) > 2
    done = judged(CHATBOT)
    assert Interview(done).about(lambda assumed: judged(CHATBOT, assumed)) >= len(pending(done))


def test_an_answer_that_blocks_says_so_with_its_provision() -> None:
    before = judged(CHATBOT)
    after = judged(CHATBOT, {"system.informs_of_ai_interaction": False})
    (told,) = consequences(before, after, ["system.informs_of_ai_interaction"])
    assert told.startswith("This blocks the release. Art. 50(1)")
    assert "`system.informs_of_ai_interaction: no`" in told
    (ended,) = closing(Interview(after))
    assert ended.startswith("BLOCK: Art. 50(1)")
    assert consequences(after, after, ["system.informs_of_ai_interaction"]) == ()


def test_an_answer_that_contradicts_another_says_so() -> None:
    before = judged(CHATBOT)
    after = judged(CHATBOT, {"system.ai_interaction_obvious": True, "content.appears_authentic": True})
    told = consequences(before, after, ["system.ai_interaction_obvious"])
    assert any(line.startswith("This contradicts what is stated.") for line in told), told
