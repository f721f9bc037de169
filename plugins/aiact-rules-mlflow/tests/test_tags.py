"""Facts in tags and in the MLmodel file, and decisions in tags."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from aiact_rules import Gate, InputError
from aiact_rules.sources.text_files import Text

from aiact_rules_mlflow.mlmodel import read_block
from aiact_rules_mlflow.tags import LONGEST_VALUE, decision_tags, stated_in_tags, tag_of, undecided_tags

GATE = Gate()


def block(text: str) -> object:
    return read_block(Text("MLmodel", text, ""))


def test_every_fact_has_a_tag_of_its_own() -> None:
    vocabulary = GATE.vocabulary()
    assert len({tag_of(name) for name in vocabulary}) == len(list(vocabulary))
    assert all(len(tag_of(name)) <= 250 for name in vocabulary)


def test_tags_state_facts_and_others_are_no_business_of_the_gate() -> None:
    tags = {
        "aiact_system_practices": "infers_emotions, scores_people",
        "aiact_subject": "system",
        "aiact_system_infers.emotions": "yes",
        "aiact_decision": "allow",
        "team": "fraud",
    }
    facts = stated_in_tags(tags, GATE.vocabulary()).facts
    assert facts.value("system.practices") == {"infers_emotions", "scores_people"}
    assert facts.value("release.subject") == "system"
    assert facts.value("system.infers_emotions") is True
    assert len(facts) == 3


def test_dots_and_case_make_no_difference_to_a_tag() -> None:
    facts = stated_in_tags({"AIACT.System.Practices": "[]", "aiact.decision": "allow"}, GATE.vocabulary()).facts
    assert [fact.name for fact in facts] == ["system.practices"]


def test_an_empty_tag_says_nothing_and_brackets_say_none() -> None:
    facts = stated_in_tags({"aiact_system_practices": "", "aiact_system_annex_i_law": "[]"}, GATE.vocabulary()).facts
    assert "system.practices" not in facts
    assert facts.value("system.annex_i_law") == frozenset()


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        ({"aiact_system_practises": "[]"}, "did you mean"),
        ({"aiact_system_infers_emotions": "perhaps"}, "tag aiact_system_infers_emotions"),
        ({"aiact-system-practices": "[]"}, "tag aiact-system-practices: this tag only looks like one that is read"),
        ({"\u0430iact_subject": "system"}, "this tag only looks like one that is read"),
        ({"aiact_subject": "system", "aiact_release_subject": "model"}, "make both say the same"),
    ],
)
def test_a_tag_that_cannot_be_used_is_refused(tags: dict[str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        stated_in_tags(tags, GATE.vocabulary())


def test_decisions_fit_into_tags_however_many_packs_there_are() -> None:
    decision = GATE.check({"release.subject": "system"}, roles=["provider"])
    many = replace(decision, packs=decision.packs * 40)
    for tags in (decision_tags(decision), decision_tags(many)):
        written = {key: value for key, value in tags.items() if value is not None}
        assert set(written) == {"aiact_decision", "aiact_decision_id", "aiact_pack", "aiact_digest", "aiact_time"}
        assert all(0 < len(value) <= LONGEST_VALUE for value in written.values())
    assert set(undecided_tags(datetime.now(UTC))) == set(tags)


def test_the_block_of_an_mlmodel_file_keeps_its_lines() -> None:
    found = block(
        "flavors: &a {x: 1}\nagain: *a\nmetadata:\n  note: hello\n  aiact:\n    subject: system\nrun_id: null\n"
    )
    assert [str(entry.place) for entry in found] == ["MLmodel:6"]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text", ["", "run_id: x\n", "metadata: null\n", "metadata: {a: b}\n", "metadata: {aiact: null}\n"]
)
def test_an_mlmodel_file_may_say_nothing(text: str) -> None:
    assert block(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("metadata: {aiact: yes please}\n", "has keys with values"),
        ("metadata: {aiact: {}}\nmetadata: {aiact: {}}\n", "duplicate key `metadata`"),
        ("metadata:\n  aiact: {}\n  aiact: {}\n", "MLmodel:3: duplicate key `aiact`"),
        ("x: &a 1\nmetadata:\n  aiact:\n    subject: *a\n", "MLmodel:4"),
        ("metadata: [\n", "not readable as YAML"),
    ],
)
def test_a_block_that_cannot_be_trusted_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        block(text)
