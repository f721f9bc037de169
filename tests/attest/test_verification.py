"""Verification: genuine, about this artefact, good enough; and each way in which it is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from aiact_rules.attest.attesting import Attested
from aiact_rules.attest.envelopes import Envelope
from aiact_rules.attest.keys import signer_of
from aiact_rules.attest.predicates import Kind
from aiact_rules.attest.statements import PAYLOAD_TYPE, Descriptor
from aiact_rules.attest.verification import Outcome, Verification, Wanted, verify
from aiact_rules.core.canonical import canonical
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import Gate

from .conftest import ARTEFACT, AT, BLOCKED, DAY, DIGEST, HELD, Pair, signed, write_pair

OTHER = "sha256:" + "0" * 64
Spoil = Callable[[dict[str, Any]], None]


def verified(envelope: Envelope, pair: Pair, gate: Gate, **wanted: Any) -> Verification:
    def signer(each: Envelope) -> str | None:
        return "the key" if signer_of(each, [pair.verifying]) else None

    return verify(envelope, signer, Wanted(**{"artefact": ARTEFACT, "at": AT, **wanted}), gate)


def failed(found: Verification) -> list[str]:
    return [each.name for each in found.checks if not each.passed]


def resigned(what: Attested, pair: Pair, spoil: Spoil) -> Envelope:
    """Return a statement that its signer changed before it signed."""
    values = json.loads(what.statement(Kind.GATE_DECISION).payload)
    spoil(values)
    return pair.signing.sign(PAYLOAD_TYPE, canonical(values))


def test_an_allowed_release_is_verified(allowed: Attested, pair: Pair, gate: Gate) -> None:
    found = verified(signed(allowed, pair), pair, gate, again=True, packs=("eu_ai_act",), most_age=timedelta(days=1))
    assert found.outcome is Outcome.VERIFIED
    assert [each.name for each in found.checks] == [
        *("signature", "subject", "statement", "verdict", "packs", "age", "replay")
    ]
    assert found.as_json()["verdict"] == "allow"


def test_nothing_checked_verifies_nothing() -> None:
    assert Verification((), is_genuine=True).outcome is Outcome.UNVERIFIED
    assert [each.exit_code for each in Outcome] == [0, 1, 2]


def test_of_a_wrong_signature_nothing_else_is_looked_at(
    allowed: Attested, pair: Pair, gate: Gate, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = write_pair(tmp_path_factory.mktemp("other"), "p256")
    for envelope in (
        signed(allowed, other),
        replace(signed(allowed, pair), payload=b"no JSON"),
        replace(signed(allowed, pair), payload_type="text/plain"),
    ):
        found = verified(envelope, pair, gate)
        assert found.outcome is Outcome.UNVERIFIED
        assert [each.name for each in found.checks] == ["signature"]
        assert found.as_json()["verdict"] is None


def test_another_artefact_is_not_verified(allowed: Attested, pair: Pair, gate: Gate) -> None:
    found = verified(signed(allowed, pair), pair, gate, artefact=Descriptor("model.bin", OTHER))
    assert found.outcome is Outcome.UNVERIFIED
    assert failed(found) == ["subject"]


@pytest.mark.parametrize("kind", [Kind.TEST_RESULT, Kind.VERIFICATION_RESULT])
def test_other_predicates_are_not_taken_for_ours(kind: Kind, allowed: Attested, pair: Pair, gate: Gate) -> None:
    found = verified(signed(allowed, pair, kind), pair, gate)
    assert found.outcome is Outcome.UNVERIFIED
    assert failed(found) == ["statement"]


def test_another_payload_type_is_not_verified(allowed: Attested, pair: Pair, gate: Gate) -> None:
    payload = allowed.statement(Kind.GATE_DECISION).payload
    found = verified(pair.signing.sign("application/json", payload), pair, gate)
    assert found.outcome is Outcome.UNVERIFIED
    assert "application/json" in found.checks[-1].found


def _record(values: dict[str, Any]) -> dict[str, Any]:
    record: dict[str, Any] = values["predicate"]["decisions"][0]
    return record


def _other_subject(values: dict[str, Any]) -> None:
    values["subject"][0]["digest"]["sha256"] = "0" * 64


CONTRADICTIONS: dict[str, Spoil] = {
    "a fact": lambda v: _record(v)["facts"].popitem(),
    "the verdict of a record": lambda v: _record(v).update(verdict="block"),
    "the verdict alone": lambda v: v["predicate"].update(verdict="hold"),
    "the packs named": lambda v: v["predicate"]["packs"][0]["digest"].update(sha256="0" * 64),
    "no packs": lambda v: v["predicate"].update(packs=[]),
    "no decisions": lambda v: v["predicate"].update(decisions=[]),
    "no predicate": lambda v: v.update(predicate={}),
    "another record's artefact": lambda v: _record(v)["subject"].update(digest=OTHER),
    "a record without artefact": lambda v: _record(v)["subject"].pop("digest"),
    "passes against its threshold": lambda v: v["predicate"].update(passes=False),
    "better without waivers": lambda v: v["predicate"].update(effective_verdict="hold"),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_statement_that_contradicts_itself_is_not_verified_whoever_signed_it(
    name: str, allowed: Attested, pair: Pair, gate: Gate
) -> None:
    found = verified(resigned(allowed, pair, CONTRADICTIONS[name]), pair, gate)
    assert found.outcome is Outcome.UNVERIFIED
    assert failed(found) == ["statement"]


def test_a_statement_about_one_artefact_with_a_record_of_another_is_not_verified(
    allowed: Attested, pair: Pair, gate: Gate
) -> None:
    envelope = resigned(allowed, pair, _other_subject)
    found = verified(envelope, pair, gate, artefact=Descriptor("x", OTHER))
    assert failed(found) == ["statement"]


def test_a_held_release_is_refused_unless_that_is_good_enough(held: Attested, pair: Pair, gate: Gate) -> None:
    envelope = signed(held, pair)
    refused = verified(envelope, pair, gate)
    assert refused.outcome is Outcome.REFUSED
    assert failed(refused) == ["verdict"]
    outcomes = {worst: verified(envelope, pair, gate, worst=worst).outcome for worst in Verdict}
    assert outcomes == {
        Verdict.ALLOW: Outcome.REFUSED,
        Verdict.HOLD: Outcome.VERIFIED,
        Verdict.BLOCK: Outcome.VERIFIED,
    }


def test_a_release_that_says_it_passes_although_it_is_held_is_not_believed(
    held: Attested, pair: Pair, gate: Gate
) -> None:
    envelope = resigned(held, pair, lambda v: v["predicate"].update(passes=True))
    assert verified(envelope, pair, gate).outcome is Outcome.UNVERIFIED


def lenient(fail_on: str, facts: dict[str, object]) -> Attested:
    decision = Gate(fail_on=fail_on).check(facts, roles=["provider"], as_of=DAY, artifact=DIGEST, at=AT)
    return Attested(ARTEFACT, (decision,))


def test_what_passes_by_its_threshold_is_verified_unless_it_must_be_allowed(pair: Pair, gate: Gate) -> None:
    envelope = signed(lenient("block", HELD), pair)
    found = verified(envelope, pair, gate)
    assert found.outcome is Outcome.VERIFIED
    assert "passes all the same (fails on block)" in found.checks[3].found
    assert verified(envelope, pair, gate, worst=Verdict.ALLOW).outcome is Outcome.REFUSED


def test_a_blocked_release_that_nothing_would_refuse_is_refused(pair: Pair, gate: Gate) -> None:
    what = lenient("never", BLOCKED)
    assert what.passes
    assert what.decisions[0].verdict is Verdict.BLOCK
    found = verified(signed(what, pair), pair, gate)
    assert found.outcome is Outcome.REFUSED
    assert "--expect block" in str(found.checks[3].hint)
    assert verified(signed(what, pair), pair, gate, worst=Verdict.BLOCK).outcome is Outcome.VERIFIED


def test_packs_must_be_the_installed_ones_or_those_named(allowed: Attested, pair: Pair, gate: Gate) -> None:
    envelope = signed(allowed, pair)
    (pack,) = allowed.decisions[0].packs
    digest = pack.pack_at.pack.digest
    assert verified(envelope, pair, gate, digests=frozenset({digest})).outcome is Outcome.VERIFIED
    for wanted in ({"digests": frozenset({"0" * 64})}, {"packs": ("kr_ai_basic_act",)}):
        found = verified(envelope, pair, gate, **wanted)
        assert found.outcome is Outcome.REFUSED
        assert failed(found) == ["packs"]


def test_a_pack_with_other_rules_than_installed_is_refused(
    allowed: Attested, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = Gate()
    installed = gate.catalogue.pack("eu_ai_act")
    monkeypatch.setitem(gate.catalogue._packs, "eu_ai_act", replace(installed, digest="1" * 64, version="9.9"))
    found = verified(signed(allowed, pair), pair, gate)
    assert failed(found) == ["packs"]
    assert "9.9 with other rules is installed" in found.checks[4].found
    replayed = verified(signed(allowed, pair), pair, gate, again=True)
    assert failed(replayed) == ["packs", "replay"]


def test_age_counts_from_the_decision_and_the_future_is_refused(allowed: Attested, pair: Pair, gate: Gate) -> None:
    envelope, week = signed(allowed, pair), timedelta(days=7)
    for later, outcome in (
        (week, Outcome.VERIFIED),
        (week + timedelta(seconds=1), Outcome.REFUSED),
        (timedelta(minutes=-9), Outcome.VERIFIED),
        (timedelta(minutes=-11), Outcome.REFUSED),
    ):
        found = verified(envelope, pair, gate, at=AT + later, most_age=week)
        assert found.outcome is outcome, later
    assert verified(envelope, pair, gate, at=AT + timedelta(days=5000)).outcome is Outcome.VERIFIED


@pytest.mark.parametrize("moment", ["yesterday", "2026-11-22T12:00:00", "2026-11-22"])
def test_a_moment_without_its_zone_is_refused(moment: str, allowed: Attested, pair: Pair, gate: Gate) -> None:
    found = verified(resigned(allowed, pair, lambda v: v["predicate"].update(decided_at=moment)), pair, gate)
    assert failed(found) == ["age"]


def test_an_override_is_told_and_changes_nothing(held: Attested, pair: Pair, gate: Gate) -> None:
    row = {
        "decision_id": held.decisions[0].decision_id,
        "who": "A. Person",
        "why": "x",
        "until": "2026-12-01T00:00:00Z",
    }
    found = verified(signed(replace(held, overrides=(row,)), pair), pair, gate)
    assert found.outcome is Outcome.REFUSED
    assert "overridden by A. Person" in found.checks[3].found
