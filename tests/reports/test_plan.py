"""A plan holds every obligation once, says what to state so that it is met, and when it is due."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from aiact_rules.core.batches import Batch
from aiact_rules.core.decisions import Decision
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.gate import Gate
from aiact_rules.reports.plan import (
    MET,
    POST_RELEASE,
    STATES,
    UNDETERMINED,
    UNMET,
    UPCOMING,
    VIOLATED,
    Plan,
    Stage,
    Work,
    plan_of,
)
from aiact_rules.reports.plan_formats import as_json, markdown_list, table, text

ROOT = Path(__file__).resolve().parents[2]
GATE = Gate()
RELEASED = date(2027, 12, 15)
DELIVERABLES = GATE.catalogue.pack("eu_ai_act").deliverables


def judged(example: str = "cv-screening", **said: object) -> Decision:
    return GATE.check(ROOT / "examples" / example, **said)  # type: ignore[arg-type]


def plan(example: str = "cv-screening", **said: object) -> Plan:
    return plan_of(judged(example, **said))


def work_of(found: Plan, name: str) -> Work:
    (work,) = [work for work in found.works if work.id == name]
    return work


@pytest.mark.parametrize("example", ["silent", "cv-screening", "open-llm", "minimal"])
def test_every_obligation_that_gates_or_will_stands_in_the_plan_once(example: str) -> None:
    decision = judged(example)
    tasks = Counter(task.id for work in plan_of(decision).works for task in work.tasks)
    assert set(tasks.values()) <= {1}
    wanted = {f.id for f in decision.findings if f.status is not Status.ADVICE and not f.kind.is_signal}
    assert wanted == {name for name in tasks if not name.startswith(("signal.", "contradiction."))}


@pytest.mark.parametrize("example", ["cv-screening", "open-llm"])
def test_who_states_what_a_plan_asks_for_has_met_it(example: str) -> None:
    """The plan is carried out to the letter; then nothing is unmet that it named before."""
    before = plan(example)
    facts: dict[str, object] = {}
    for work in before.works:
        for task in work.to_do:
            for answer in task.answers:
                if answer.member:
                    known = facts.setdefault(answer.fact, [])
                    assert isinstance(known, list)
                    assert answer.value is not None
                    known.append(answer.value.split(" | ")[0])
                elif answer.value in ("true", "false"):
                    facts[answer.fact] = answer.value == "true"
                elif answer.value is not None and answer.value.startswith("at least "):
                    facts[answer.fact] = answer.value.removeprefix("at least ")
                elif answer.value is not None:
                    facts[answer.fact] = answer.value.split(" | ")[0]
    assert facts
    after = judged(example, facts=facts)
    asked = {task.id for work in before.works for task in work.to_do}
    assert {after.packs[0].status(name) for name in asked} == {Status.MET}


def test_what_is_needed_comes_first_by_date_and_size() -> None:
    found = plan()
    states = [work.state for work in found.works]
    assert states == sorted(states, key=STATES.index)
    needed = found.of_state("needed")
    assert needed[0].id == "technical_documentation"
    by_release = [work for work in needed if work.due.stage is Stage.RELEASE]
    assert [len(work.to_do) for work in by_release] == sorted((len(work.to_do) for work in by_release), reverse=True)
    assert {work.due.on for work in needed} == {RELEASED}


def test_a_document_says_what_to_state_together() -> None:
    documentation = work_of(plan(), "technical_documentation")
    assert documentation.deliverable is not None
    assert documentation.deliverable.signed_by == "the provider"
    assert documentation.answers["requirements.taken_into_account"] == (
        "intended_purpose",
        "state_of_the_art",
        "risk_management",
    )
    assert documentation.answers["technical_documentation.kept_up_to_date"] == ("true",)
    assert "system.has_predetermined_changes" in documentation.asks


def test_what_applies_later_is_due_when_it_starts() -> None:
    early = plan(release_date=date(2026, 12, 15))
    documentation = work_of(early, "technical_documentation")
    assert {task.status for task in documentation.to_do} == {UPCOMING}
    assert (documentation.due.stage, documentation.due.on) == (Stage.DATE, date(2027, 12, 2))
    assert documentation.state == "upcoming"
    (proviso,) = documentation.due.provisos
    assert "Art. 111(2)" in proviso
    shown = text(Batch.of(early.decision))
    assert f"note: {proviso}" in " ".join(shown.split())
    assert "Documents and acts: 1 needed (4 items), 13 upcoming (164 items), 4 may be needed" in shown


def test_what_is_owed_afterwards_and_on_an_occasion_is_said_so() -> None:
    found = plan(facts={"system.nonconformity_suspected": True, "provider.aware_of_risk": True})
    kept = work_of(found, "retention")
    assert (kept.due.stage, kept.due.words) == (Stage.AFTER, "after placing on the market")
    assert {task.status for task in kept.to_do} == {POST_RELEASE}
    asked = work_of(found, "authority_requests")
    assert (asked.due.stage, asked.due.on, asked.due.words) == (Stage.EVENT, None, "on a request")


def test_silence_needs_nothing_yet_and_says_what_decides() -> None:
    found = plan("silent")
    assert {work.state for work in found.works} == {"may be needed"}
    assert {task.status for work in found.works for task in work.tasks} == {UNDETERMINED}
    assert "operator.roles" in work_of(found, "technical_documentation").asks


def test_what_is_stated_is_ticked_with_its_place() -> None:
    found = work_of(plan(facts={"instructions_for_use.contents": ["accuracy", "lifetime"]}), "instructions_for_use")
    assert {task.id for task in found.met} == {"art13.3.b.ii.accuracy", "art13.3.e.lifetime"}
    assert {task.rests_on for task in found.met} == {("caller",)}
    assert "accuracy" not in found.answers["instructions_for_use.contents"]
    assert "resources" in found.answers["instructions_for_use.contents"]


def test_a_violation_comes_before_anything_else_with_the_facts_it_rests_on() -> None:
    found = plan(facts={"ce_marking.principles_followed": False})
    assert found.works[0].id == "ce_marking"
    (violated,) = found.works[0].with_status(VIOLATED)
    assert (violated.due.stage, violated.due.words) == (Stage.NOW, "before anything else")
    assert violated.rests_on == ("ce_marking.principles_followed: no (caller)",)
    assert found.decision.verdict is Verdict.BLOCK


def test_a_prohibition_names_what_was_stated_and_a_contradiction_is_work() -> None:
    emotions = {
        "system.practices": ["infers_emotions"],
        "system.infers_emotions": True,
        "system.infers_emotions_from_biometric_data": True,
        "system.emotion_areas": ["workplace"],
        "system.emotion_reasons": [],
        "explanation.solely_automated": True,
        "system.performs_narrow_procedural_task": True,
    }
    found = plan(facts=emotions)
    (stop,) = work_of(found, "prohibited_practices").to_do
    assert "system.emotion_areas: workplace (caller)" in stop.rests_on
    assert not any("declared by default" in each for each in stop.rests_on)
    settle = work_of(found, "facts_to_settle")
    assert {task.status for task in settle.tasks} == {UNMET}
    assert all(task.answers and task.rests_on for task in settle.tasks)


def test_text_fits_its_width_and_begins_with_the_table() -> None:
    lines = text(Batch.of(judged())).splitlines()
    assert lines[0] == "Plan of work: cv-screener 2.1.0"
    assert max(map(len, lines)) <= 80
    assert lines[5] == " 1  Technical documentation                                2027-12-15    0 of 42"
    assert "   may be needed, answer system.provided_digitally:" in lines


def test_markdown_is_a_task_list_that_obeys_no_name() -> None:
    decision = judged(facts={"instructions_for_use.contents": ["accuracy"]})
    renamed = Batch.of(_renamed(decision, "@ops `x` <b>"))
    page = markdown_list(renamed)
    ticked = [line for line in page.splitlines() if line.lstrip().startswith("- [x]")]
    assert len(ticked) == 1
    assert "point (b)(ii)" in ticked[0]
    todo = sum(len(work.to_do) for work in plan_of(decision).works)
    assert sum("; state `" in line for line in page.splitlines()) == todo
    shown = MarkdownIt().render(page)
    assert "<b>" not in shown
    assert "@ops" not in shown
    assert len(page) < 65_536  # what an issue takes


def test_csv_has_a_row_for_each_line_and_no_formula() -> None:
    decision = _renamed(judged(), "=1+1")
    rows = list(csv.DictReader(StringIO(table(Batch.of(decision)))))
    assert len(rows) == sum(len(work.tasks) for work in plan_of(decision).works)
    assert {row["release"] for row in rows} == {"'=1+1"}
    (point,) = [row for row in rows if row["obligation"] == "annex4.1.a"]
    assert (point["due"], point["status"], point["kind"]) == ("2027-12-15", UNMET, "document")
    assert point["to_state"] == "technical_documentation.annex_iv: [point_1a]"


def test_json_says_the_same_and_names_what_could_not_be_judged() -> None:
    found = json.loads(as_json(Batch.of(judged())))
    (one,) = found["plans"]
    assert (one["release"], one["verdict"], found["errors"]) == ("cv-screener 2.1.0", "hold", [])
    works = {work["id"]: work for work in one["works"]}
    assert works["declaration_of_conformity"]["due"] == "2027-12-15"
    assert {task["status"] for task in works["retention"]["checklist"]} == {POST_RELEASE, UNDETERMINED}
    assert MET not in {task["status"] for work in one["works"] for task in work["checklist"]}


def _renamed(decision: Decision, name: str) -> Decision:
    return replace(decision, subject=replace(decision.subject, name=name, version=None))


def test_a_wider_terminal_shows_whole_titles() -> None:
    wide = text(Batch.of(judged(markets=["EU"])), 120).splitlines()
    assert 80 < max(map(len, wide)) <= 120
    long = replace(
        DELIVERABLES["performance_evidence"], title="evidence of accuracy, robustness, cybersecurity and of much more"
    )
    decision = judged()
    (pack,) = decision.packs
    law = replace(pack.pack_at.pack, deliverables={**DELIVERABLES, long.id: long})
    renamed = replace(decision, packs=(replace(pack, pack_at=replace(pack.pack_at, pack=law)),))
    assert any("cybersecurity and of much more  2027" in line for line in text(Batch.of(renamed), 120).splitlines())
    assert any("cybersecurity an...  2027" in line for line in text(Batch.of(renamed)).splitlines())
