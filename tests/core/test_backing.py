"""Evidence that has expired, or that is required and missing, takes a statement back; it never makes an answer laxer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from aiact_rules import Gate, InputError
from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Sureness
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.recorded import Record
from aiact_rules.timeline.judging import timeline_of

DAY = date(2026, 11, 30)
RECORDS = Path(__file__).parents[1] / "perturbation" / "eu_ai_act" / "records"
GATE = Gate()
HEAD = """\
format: 1
subject: system
roles: [provider]
markets: [EU]
release_date: 2027-12-15
facts:
  system: {practices: [], annex_iii_uses: [recruitment], profiles_natural_persons: true, annex_i_law: [], transparency_situations: []}
"""


def decide(folder: Path, text: str, **said: object) -> Decision:
    (folder / ".git").mkdir(exist_ok=True)  # so that places are named from here
    (folder / "aiact.yaml").write_text(HEAD + text, encoding="utf-8")
    return GATE.check(folder, as_of=DAY, **said)  # type: ignore[arg-type]


def evidence(about: str, *, expires: str | None = None) -> str:
    until = "" if expires is None else f", expires: {expires}"
    return f"evidence:\n  {about}: {{url: 'https://example.org', on: 2026-11-02{until}}}\n"


def status(decision: Decision, name: str) -> Status | None:
    return decision.packs[0].status(name)


def not_shown(decision: Decision) -> Mapping[str, object]:
    return {fact.name: fact.value for fact in decision.facts if fact.origin.sureness is Sureness.NOT_SHOWN}


EMOTIONS = {
    "system.practices": "[infers_emotions]",
    "system.transparency_situations": "[infers_emotions]",
    "system.annex_iii_uses": "[emotion_recognition]",
    "system.annex_i_law": "[]",
    "system.infers_emotions": "true",
    "system.infers_emotions_from_biometric_data": "true",
    "system.emotion_areas": "[workplace]",
    "system.emotion_reasons": "[other]",
}


@pytest.mark.parametrize("about", [(name,) for name in EMOTIONS] + [tuple(EMOTIONS)])
def test_an_admission_stands_whatever_becomes_of_its_evidence(tmp_path: Path, about: tuple[str, ...]) -> None:
    head = "format: 1\nsubject: system\nroles: [provider]\nmarkets: [EU]\nrelease_date: 2027-01-15\nfacts:\n"
    text = head + "".join(f"  {name}: {value}\n" for name, value in EMOTIONS.items()) + "evidence:\n"
    (tmp_path / ".git").mkdir()
    file = tmp_path / "aiact.yaml"
    file.write_text(
        text + "".join(f"  {name}: {{url: 'https://example.org', expires: 2026-12-01}}\n" for name in about),
        encoding="utf-8",
    )
    decision = GATE.check(tmp_path, as_of=DAY)
    assert decision.verdict is Verdict.BLOCK
    again = GATE.check(Record(decision.as_record()))
    assert (again.decision_id, again.verdict) == (decision.decision_id, Verdict.BLOCK)
    assert GATE.read_back(Record(decision.as_record())).as_json(full=True) == decision.as_json(full=True)


ANNEX_IV = "  technical_documentation.annex_iv: [point_1a, point_1b]\n"


def test_evidence_counts_on_the_day_it_expires_and_no_longer_on_the_next(tmp_path: Path) -> None:
    before = decide(tmp_path, ANNEX_IV + evidence("technical_documentation.annex_iv", expires="2027-12-15"))
    assert status(before, "annex4.1.a") is Status.MET
    assert not before.choices.notes
    after = decide(tmp_path, ANNEX_IV + evidence("technical_documentation.annex_iv", expires="2027-12-14"))
    assert status(after, "annex4.1.a") is Status.OPEN
    assert "technical_documentation.annex_iv" in {need.fact for need in after.packs[0].open_questions}
    assert after.choices.notes == (
        "aiact.yaml:10: the evidence for `technical_documentation.annex_iv` expired on 2027-12-14, before 2027-12-15, "
        "so `technical_documentation.annex_iv` (aiact.yaml:8) counts as not shown",
    )


def test_what_a_list_denies_stays_denied_when_its_evidence_expires(tmp_path: Path) -> None:
    decision = decide(tmp_path, ANNEX_IV + evidence("technical_documentation.annex_iv", expires="2027-01-01"))
    assert not_shown(decision) == {
        "technical_documentation.annex_iv": OpenList(frozenset(), frozenset({"point_1a", "point_1b"}))
    }
    assert status(decision, "annex4.1.c") is Status.BREACHED


def test_newer_evidence_for_the_same_fact_keeps_it(tmp_path: Path) -> None:
    pieces = (
        "evidence:\n  technical_documentation.annex_iv: [{url: 'https://a', expires: 2027-01-01}, {url: 'https://b'}]\n"
    )
    assert not not_shown(decide(tmp_path, ANNEX_IV + pieces))


def test_evidence_for_an_obligation_backs_the_facts_that_show_it(tmp_path: Path) -> None:
    decision = decide(tmp_path, ANNEX_IV + evidence("annex4.1.a", expires="2027-01-01"))
    assert [*not_shown(decision)] == ["technical_documentation.annex_iv"]


def test_a_claim_with_a_declared_default_becomes_unknown_and_not_the_default(tmp_path: Path) -> None:
    text = "  system.performs_narrow_procedural_task: true\n"
    decision = decide(tmp_path, text + evidence("system.performs_narrow_procedural_task", expires="2027-01-01"))
    name = "system.performs_narrow_procedural_task"
    assert decision.facts[name].value is True
    assert decision.facts.value(name) is None
    assert name not in decision.facts.values()


def test_who_acts_where_and_when_counts_whatever_its_evidence(tmp_path: Path) -> None:
    assert not not_shown(decide(tmp_path, evidence("operator.roles", expires="2027-01-01")))


def test_a_recorded_decision_with_expired_evidence_is_decided_again_as_it_was(tmp_path: Path) -> None:
    decision = decide(tmp_path, ANNEX_IV + evidence("technical_documentation.annex_iv", expires="2027-01-01"))
    assert GATE.check(Record(decision.as_json())).decision_id == decision.decision_id


def test_a_timeline_knows_on_each_date_what_has_expired_by_then(tmp_path: Path) -> None:
    (tmp_path / "aiact.yaml").write_text(
        HEAD + ANNEX_IV + evidence("technical_documentation.annex_iv", expires="2027-12-31"), encoding="utf-8"
    )
    request = GATE.request(tmp_path, as_of=DAY)
    earlier = GATE.decide(request.on(date(2027, 12, 31), as_of=DAY))
    later = GATE.decide(request.on(date(2028, 1, 1), as_of=DAY))
    assert (status(earlier, "annex4.1.a"), status(later, "annex4.1.a")) == (Status.MET, Status.OPEN)
    assert timeline_of(GATE, request).dates


def test_evidence_dated_after_the_day_of_judging_is_refused(tmp_path: Path) -> None:
    text = HEAD + ANNEX_IV + evidence("technical_documentation.annex_iv")
    (tmp_path / "aiact.yaml").write_text(text, encoding="utf-8")
    assert GATE.check(tmp_path, as_of=date(2026, 11, 2)).evidence
    with pytest.raises(
        InputError, match=r"aiact.yaml:10: the evidence for `.*annex_iv` is dated 2026-11-02, after 2026-11-01"
    ):
        GATE.check(tmp_path, as_of=date(2026, 11, 1))


def test_conduct_that_only_a_word_claims_is_open_where_evidence_is_required(tmp_path: Path) -> None:
    text = ANNEX_IV + "  risk_management.system: [established]\n  eu_declaration.single: false\n"
    shown = evidence("risk_management.system")
    assert not not_shown(decide(tmp_path, text + shown))
    decision = decide(tmp_path, text + shown, require_evidence=True)
    assert [*not_shown(decision)] == ["technical_documentation.annex_iv"]
    assert status(decision, "annex4.1.a") is Status.OPEN
    assert decision.choices.notes == (
        "evidence is required (caller): `technical_documentation.annex_iv`, claimed by word alone, not shown",
    )
    assert decision.facts.value("eu_declaration.single") is False, "an admission needs no evidence"
    assert decision.facts.value("system.annex_iii_uses") == frozenset({"recruitment"}), "what it is needs none either"


def test_the_organisation_may_require_evidence_and_a_release_cannot_do_without(tmp_path: Path) -> None:
    (tmp_path / "aiact.toml").write_text("require_evidence = true\n", encoding="utf-8")
    decision = decide(tmp_path, ANNEX_IV, require_evidence=False)
    assert str(decision.choices.require_evidence and decision.choices.require_evidence.place) == "aiact.toml:1"
    assert [*not_shown(decision)] == ["technical_documentation.annex_iv"]
    (tmp_path / "aiact.toml").write_text("require_evidence = 'yes'\n", encoding="utf-8")
    with pytest.raises(InputError, match="`require_evidence` is true or false, found `yes`"):
        Gate().check(tmp_path)


def test_rows_of_a_table_have_no_evidence_so_they_are_refused_where_it_is_required() -> None:
    with pytest.raises(InputError, match="caller: evidence is required, and the rows of a table name none"):
        GATE.table_request(None, (), Overrides(require_evidence=True))
    assert GATE.table_request(None, (), Overrides()).pack_ids == ("eu_ai_act",)


@pytest.mark.parametrize("record", sorted(file.name for file in RECORDS.glob("*.aiact.yaml")))
def test_no_complete_record_becomes_laxer_where_evidence_is_required(record: str) -> None:
    usual, required = (GATE.check(RECORDS / record, as_of=DAY, require_evidence=each) for each in (False, True))
    assert required.verdict.severity >= usual.verdict.severity
    for one, other in zip(usual.packs, required.packs, strict=True):
        met = {finding.id for finding in one.findings if finding.status is Status.MET}
        assert {finding.id for finding in other.findings if finding.status is Status.MET} <= met
