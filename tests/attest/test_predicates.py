"""Predicates: ours follows its published schema; those of in-toto say what passed, and nothing more."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pydantic
import pytest
from jsonschema import Draft202012Validator

from aiact_rules.attest.attesting import Attested
from aiact_rules.attest.predicate_schema import predicate_schema, read_predicate
from aiact_rules.attest.predicates import GATE_DECISION, TEST_RESULT, TOOL, VERIFICATION_RESULT, Kind, predicate_of
from aiact_rules.attest.statements import STATEMENT_TYPE, read_statement
from aiact_rules.bundled import specs_folder
from aiact_rules.cli.schema import schema_text
from aiact_rules.core.problems import InputError
from aiact_rules.core.record import id_fits
from aiact_rules.gate import Gate

from .conftest import ALLOWED, ARTEFACT, AT, DAY, DIGEST, HELD, attested
from .oracles import oracle

VALIDATOR = Draft202012Validator(predicate_schema())


def said(what: Attested, kind: Kind) -> Any:
    return json.loads(what.statement(kind).payload)["predicate"]


@pytest.mark.skipif(
    tuple(map(int, pydantic.VERSION.split(".")[:2])) < (2, 10), reason="older pydantic says the same in other words"
)
def test_the_published_schema_is_the_one_that_is_printed() -> None:
    published = (specs_folder() / "schemas" / "gate_decision.schema.json").read_text(encoding="utf-8")
    assert published == schema_text("gate_decision"), "run `aiact-rules schema gate_decision > specs/schemas/…`"
    Draft202012Validator.check_schema(json.loads(published))


@pytest.mark.parametrize("name", ["allowed", "held"])
def test_our_predicate_follows_its_schema_and_holds_the_record(name: str, request: pytest.FixtureRequest) -> None:
    what: Attested = request.getfixturevalue(name)
    found = said(what, Kind.GATE_DECISION)
    VALIDATOR.validate(found)
    assert read_predicate(found).verdict == what.decisions[0].verdict.value
    (record,) = found["decisions"]
    assert id_fits(record)
    assert record["decision_id"] == what.decisions[0].decision_id
    assert record["subject"]["digest"] == DIGEST
    assert found["passes"] == (name == "allowed")
    assert found["decided_at"] == "2026-11-22T12:00:00Z"
    assert found["packs"] == [
        {"name": f"eu_ai_act@{record['packs'][0]['version']}", "digest": {"sha256": record["packs"][0]["digest"]}}
    ]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda p: p | {"passes": "yes"},
        lambda p: p | {"verdict": "maybe"},
        lambda p: p | {"further": 1},
        lambda p: {key: value for key, value in p.items() if key != "policy"},
        lambda p: p | {"decisions": [{}]},
    ],
)
def test_what_does_not_follow_the_schema_is_refused_in_one_line(
    spoil: Callable[[dict[str, object]], dict[str, object]], allowed: Attested
) -> None:
    bad = spoil(said(allowed, Kind.GATE_DECISION))
    assert not VALIDATOR.is_valid(bad)
    with pytest.raises(ValueError, match="of the predicate") as refused:
        read_predicate(bad)
    assert "\n" not in str(refused.value)


def test_a_statement_is_read_as_it_was_written(allowed: Attested) -> None:
    statement = allowed.statement(Kind.GATE_DECISION)
    assert json.loads(statement.payload)["_type"] == STATEMENT_TYPE
    assert read_statement(statement.payload, "x") == statement
    assert statement.subjects == (ARTEFACT,)
    assert statement.predicate_type == GATE_DECISION


@pytest.mark.parametrize(
    "change",
    [
        {"_type": "https://in-toto.io/Statement/v0.1"},
        {"subject": []},
        {"subject": [{"name": "x", "digest": {"sha256": "abc"}}]},
        {"subject": [{"name": "x", "digest": {"sha512": "0" * 128}}]},
        {"predicate": []},
        {"predicateType": None},
    ],
)
def test_what_is_no_statement_is_refused(change: dict[str, object], allowed: Attested) -> None:
    values = json.loads(allowed.statement(Kind.GATE_DECISION).payload) | change
    with pytest.raises(InputError):
        read_statement(json.dumps(values).encode(), "x")


def test_a_key_twice_in_a_statement_is_refused(allowed: Attested) -> None:
    payload = allowed.statement(Kind.GATE_DECISION).payload
    twice = payload.replace(b'"passes":true', b'"passes":false,"passes":true')
    assert twice != payload
    with pytest.raises(InputError, match="duplicate key"):
        read_statement(twice, "x")


@pytest.mark.parametrize("kind", list(Kind))
def test_the_reference_library_of_in_toto_validates_the_statement(kind: Kind, allowed: Attested) -> None:
    theirs = oracle("in_toto_attestation.v1.statement")
    from google.protobuf.json_format import Parse
    from in_toto_attestation.v1 import statement_pb2

    theirs.Statement.copy_from_pb(Parse(allowed.statement(kind).payload, statement_pb2.Statement())).validate()
    empty = statement_pb2.Statement(type=STATEMENT_TYPE, predicate_type="x")
    with pytest.raises(ValueError):
        theirs.Statement.copy_from_pb(empty).validate()


def test_a_test_result_names_what_passed_and_what_stands_in_the_way(allowed: Attested, held: Attested) -> None:
    good, bad = said(allowed, Kind.TEST_RESULT), said(held, Kind.TEST_RESULT)
    assert good["result"] == "PASSED"
    assert good["failedTests"] == good["warnedTests"] == []
    assert bad["result"] == "FAILED"
    gating = {f"eu_ai_act:{each.id}" for each in held.decisions[0].findings if each.status.gates}
    assert set(bad["failedTests"]) == gating
    assert gating
    assert not set(bad["passedTests"]) & gating
    assert allowed.statement(Kind.TEST_RESULT).predicate_type == TEST_RESULT
    assert [each["name"] for each in bad["configuration"]] == ["eu_ai_act@0.1.0"]


def test_what_the_threshold_lets_pass_is_warned_of(gate: Gate) -> None:
    lenient = Gate(fail_on="block").check(HELD, roles=["provider"], as_of=DAY, artifact=DIGEST, at=AT)
    what = Attested(ARTEFACT, (lenient,))
    assert what.passes
    found = said(what, Kind.TEST_RESULT)
    assert found["result"] == "WARNED"
    assert found["warnedTests"]
    assert not found["failedTests"]


def test_a_verification_result_states_only_what_passed(allowed: Attested, held: Attested) -> None:
    found = said(allowed, Kind.VERIFICATION_RESULT)
    assert found["verifier"]["id"] == TOOL
    assert found["verifier"]["policies"] == said(allowed, Kind.GATE_DECISION)["packs"]
    assert found["properties"] == ["AIACT_RULES_PASSED", "AIACT_RULES_PASSED:eu_ai_act@0.1.0"]
    assert found["timeCreated"] == "2026-11-22T12:00:00Z"
    assert allowed.statement(Kind.VERIFICATION_RESULT).predicate_type == VERIFICATION_RESULT
    with pytest.raises(InputError, match="does not pass"):
        held.statement(Kind.VERIFICATION_RESULT)


def test_a_chain_passes_only_where_every_operator_does(gate: Gate, allowed: Attested, held: Attested) -> None:
    both = Attested(ARTEFACT, (*allowed.decisions, *held.decisions))
    found = said(both, Kind.GATE_DECISION)
    VALIDATOR.validate(found)
    assert (found["verdict"], found["passes"]) == ("hold", False)
    assert len(found["decisions"]) == 2
    assert len(found["packs"]) == 1
    kind, _ = predicate_of(Kind.TEST_RESULT, both.decisions)
    assert kind == TEST_RESULT


def test_the_same_decision_is_the_same_bytes(gate: Gate, allowed: Attested) -> None:
    again = attested(gate, ALLOWED)
    assert again.statement(Kind.GATE_DECISION).payload == allowed.statement(Kind.GATE_DECISION).payload
    other = attested(gate, ALLOWED, as_of=date(2026, 11, 23))
    assert other.statement(Kind.GATE_DECISION).payload != allowed.statement(Kind.GATE_DECISION).payload
