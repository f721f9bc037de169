"""A decision is what its published schema says, and its id is the hash of its canonical bytes."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pydantic
import pytest
import rfc8785
from jsonschema import Draft202012Validator

from aiact_rules.bundled import specs_folder
from aiact_rules.core.batches import Batch
from aiact_rules.core.canonical import canonical
from aiact_rules.core.outcomes import OWED
from aiact_rules.core.problems import InputError
from aiact_rules.core.record import IDENTITY, statuses_from, statuses_text
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.gate import Gate
from aiact_rules.reports.built_in import BUILT_IN
from aiact_rules.reports.decision_schema import DecisionModel, decision_schema
from aiact_rules.reports.escapes import json_text
from aiact_rules.requests.recorded import Record

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
AS_OF = date(2026, 11, 22)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("example", ["minimal", "silent", "cv-screening", "open-llm"])
def test_every_example_fits_the_published_schema(gate: Gate, example: str, full: bool) -> None:
    decision = gate.check(EXAMPLES / example, as_of=AS_OF)
    document = json.loads(json_text(decision.as_json(full=full)))
    Draft202012Validator(decision_schema()).validate(document)
    DecisionModel.model_validate(document)


@pytest.mark.skipif(
    tuple(map(int, pydantic.VERSION.split(".")[:2])) < (2, 10), reason="older pydantic says the same in other words"
)
def test_the_published_schema_is_current() -> None:
    published = json.loads((specs_folder() / "schemas" / "decision.schema.json").read_text(encoding="utf-8"))
    assert published == decision_schema()


def recorded(document: dict[str, object]) -> dict[str, object]:
    """Return what the schema says that the id covers."""
    says = " ".join(str(DecisionModel.__doc__).split())
    ours, packs = says.split("of the record: of ")[1].split(", and of `packs` all but ")
    beside = re.findall("`([a-z_]+)`", packs.split(".")[0])
    found = {name: document[name] for name in re.findall("`([a-z_]+)`", ours) if name in document}
    rows = document["packs"]
    assert isinstance(rows, list)
    return {**found, "packs": [{name: row[name] for name in row if name not in beside} for row in rows]}


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("example", ["minimal", "silent", "cv-screening", "open-llm"])
def test_the_id_is_the_hash_of_what_the_schema_says(gate: Gate, example: str, full: bool) -> None:
    decision = gate.check(EXAMPLES / example, as_of=AS_OF)
    document = recorded(decision.as_json(full=full))
    expected = hashlib.sha256(rfc8785.dumps(document)).hexdigest()  # type: ignore[arg-type]
    assert decision.decision_id == f"sha256:{expected}"


@pytest.mark.parametrize(("example", "most"), [("minimal", 6), ("silent", 40), ("cv-screening", 60), ("open-llm", 60)])
def test_the_default_json_is_small(gate: Gate, example: str, most: int) -> None:
    decision = gate.check(EXAMPLES / example, as_of=AS_OF)
    assert len(json_text(decision.as_json())) <= most * 1000
    assert len(json_text(decision.as_record())) <= 20_000


@pytest.mark.parametrize("example", ["minimal", "silent", "cv-screening", "open-llm"])
def test_a_decision_read_back_from_its_record_says_what_it_said(gate: Gate, example: str) -> None:
    decision = gate.check(EXAMPLES / example, as_of=AS_OF, readings={"section_5_deferral": "applies"})
    record = json.loads(canonical(decision.as_record()))
    again = gate.read_back(Record(record))
    assert again.findings == decision.findings
    assert again.as_json(full=True) == decision.as_json(full=True)
    assert again.as_record() == decision.as_record()


def test_a_release_without_an_owner_has_the_record_that_it_had_before_there_were_owners(gate: Gate) -> None:
    subject = gate.check({"release.subject": "system"}, roles=["provider"], as_of=AS_OF).as_record()["subject"]
    assert subject == {"name": None, "version": None, "documents": []}


def test_the_words_behind_a_signal_stand_in_the_record(gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# x\n\nIt screens job applicants.\n", encoding="utf-8")
    decision = gate.check(tmp_path, as_of=AS_OF)
    document = json.loads(json_text(decision.as_json()))
    Draft202012Validator(decision_schema()).validate(document)
    assert ("screens job applicants", 6) in [(each["words"], each["line"]) for each in document["signals"]]
    again = gate.read_back(Record(decision.as_record()))
    assert again.signals == decision.signals != ()
    assert again.as_record() == decision.as_record()


def test_who_answers_for_a_release_stands_in_record_and_reports(gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "aiact.yaml").write_text("format: 1\nname: x\nowner: Search team\n", encoding="utf-8")
    decision = gate.check(tmp_path, as_of=AS_OF)
    assert gate.read_back(Record(decision.as_record())).subject == decision.subject
    assert decision.subject.owner == "Search team"
    for report in BUILT_IN:
        if report.name == "html":
            assert "Search team" in report.render(Batch.of(decision))
            assert "Search team" in report.render(Batch.of(decision, decision))


def test_nothing_is_decided_again_when_a_record_is_read_back(gate: Gate) -> None:
    """What a record says counts, as long as it fits its id: here one whose verdict is not what the rules would say."""
    record = json.loads(canonical(gate.check(EXAMPLES / "silent", as_of=AS_OF).as_record()))
    record["verdict"] = record["packs"][0]["verdict"] = "block"
    record["packs"][0]["statuses"] = record["packs"][0]["statuses"].replace("u", "b")
    identity = {name: record[name] for name in IDENTITY if name in record}
    record["decision_id"] = "sha256:" + hashlib.sha256(canonical(identity)).hexdigest()
    again = gate.read_back(Record(record))
    assert (again.verdict, again.packs[0].verdict) == (Verdict.BLOCK, Verdict.BLOCK)
    assert Status.BREACHED in {finding.status for finding in again.findings}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"verdict": "allow"}, "does not fit its own id"),
        ({"format": 3}, "has the format 3"),
    ],
)
def test_a_record_that_was_changed_or_is_of_another_format_is_refused(
    gate: Gate, change: dict[str, object], says: str
) -> None:
    record = {**gate.check(EXAMPLES / "minimal", as_of=AS_OF).as_record(), "verdict": "allow", **change}
    if "format" in change:
        identity = {name: record[name] for name in IDENTITY if name in record}
        record["decision_id"] = "sha256:" + hashlib.sha256(canonical(identity)).hexdigest()
    else:
        record["verdict"] = "block"
    for read in (gate.read_back, gate.check):
        with pytest.raises(InputError, match=says):
            read(Record(record))


@pytest.mark.parametrize(("text", "says"), [("3u", "the pack has"), ("2x", "`2x` is no code"), ("u 3-", "` 3-`")])
def test_statuses_that_do_not_fit_the_pack_are_refused(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        statuses_from(text, 4)


def test_statuses_read_as_they_are_written(gate: Gate) -> None:
    for example in ("minimal", "silent", "cv-screening", "open-llm"):
        (pack,) = gate.check(EXAMPLES / example, as_of=AS_OF).packs
        read = statuses_from(statuses_text(pack), len(pack.pack_at.obligations))
        certain = {Status.BREACHED, Status.MET, Status.ADVICE}
        assert [(i, s, c & OWED) for i, s, c in read] == [
            (i, s, 1 if s in certain else c & OWED) for i, s, c in pack.statuses
        ]


def test_the_hour_and_the_engine_do_not_change_the_id(gate: Gate) -> None:
    first = gate.check(EXAMPLES / "open-llm", as_of=AS_OF, at=datetime(2026, 11, 22, 1, tzinfo=UTC))
    second = gate.check(
        EXAMPLES / "open-llm", as_of=AS_OF, at=datetime(2026, 11, 22, 9, tzinfo=UTC), engine="reference"
    )
    assert first.canonical_bytes == second.canonical_bytes


def test_another_fact_role_date_or_reading_changes_the_id(gate: Gate) -> None:
    base = gate.check(EXAMPLES / "minimal", as_of=AS_OF)
    others = [
        gate.check(EXAMPLES / "minimal", as_of=AS_OF, roles=["deployer"]),
        gate.check(EXAMPLES / "minimal", as_of=date(2026, 11, 23)),
        gate.check(EXAMPLES / "minimal", as_of=AS_OF, readings={"section_5_deferral": "applies"}),
        gate.check(EXAMPLES / "minimal", as_of=AS_OF, moment="use"),
    ]
    assert len({decision.decision_id for decision in [base, *others]}) == 5


def test_a_past_as_of_date_gives_the_past_answer(gate: Gate) -> None:
    release = {"as_of": date(2026, 7, 1), "release_date": date(2026, 8, 2)}
    then = gate.check(EXAMPLES / "cv-screening", **release)  # type: ignore[arg-type]
    now = gate.check(EXAMPLES / "cv-screening", as_of=AS_OF, release_date=date(2026, 8, 2))
    assert then.verdict.value == "hold"  # as published, the Annex III regime began on 2 August 2026
    assert now.verdict.value == "allow"
