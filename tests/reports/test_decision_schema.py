"""A decision is what its published schema says, and its id is the hash of its canonical bytes."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import rfc8785
from jsonschema import Draft202012Validator

from aiact_rules.bundled import specs_folder
from aiact_rules.core.decisions import Decision
from aiact_rules.gate import Gate
from aiact_rules.reports.decision_schema import DecisionModel, decision_schema

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
AS_OF = date(2026, 11, 22)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.mark.parametrize("example", ["minimal", "silent", "cv-screening", "open-llm"])
def test_every_example_fits_the_published_schema(gate: Gate, example: str) -> None:
    decision = gate.check(EXAMPLES / example, as_of=AS_OF)
    document = json.loads(json.dumps(decision.as_json()))
    Draft202012Validator(decision_schema()).validate(document)
    DecisionModel.model_validate(document)


def test_the_published_schema_is_current() -> None:
    published = json.loads((specs_folder() / "schemas" / "decision.schema.json").read_text(encoding="utf-8"))
    assert published == decision_schema()


def identity(decision: Decision) -> dict[str, object]:
    beside = {"decision_id", "choices", "run", "unused_facts"}
    return {name: value for name, value in decision.as_json().items() if name not in beside}


def test_the_id_is_the_hash_of_everything_but_the_run_and_who_chose(gate: Gate) -> None:
    decision = gate.check(EXAMPLES / "minimal", as_of=AS_OF)
    expected = hashlib.sha256(rfc8785.dumps(identity(decision))).hexdigest()  # type: ignore[arg-type]
    assert decision.decision_id == f"sha256:{expected}"


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
