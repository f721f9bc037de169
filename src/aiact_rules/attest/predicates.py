"""Predicates: what is said of an artefact. Our own holds the record of the decision; two of in-toto's are for other tools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum

from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.core.statuses import Status, strictest
from aiact_rules.version import __version__

GATE_DECISION = "urn:aiact-rules:gate-decision/v1"
TEST_RESULT = "https://in-toto.io/attestation/test-result/v0.1"
VERIFICATION_RESULT = "https://in-toto.io/attestation/svr/v0.2"
TOOL = f"pkg:pypi/aiact-rules@{__version__}"
PASSED = "AIACT_RULES_PASSED"
"""The property of a release that passes by the threshold and the waivers of its request."""


class Kind(Enum):
    """The predicates that can be made of a decision, by the word that chooses one."""

    GATE_DECISION = "gate-decision"
    TEST_RESULT = "test-result"
    VERIFICATION_RESULT = "svr"


def predicate_of(
    kind: Kind, decisions: Sequence[Decision], overrides: Iterable[Mapping[str, object]] = ()
) -> tuple[str, dict[str, object]]:
    """Return the type and the predicate of a release, which has one decision, or one for each operator.

    Raises InputError where the predicate cannot say what was decided.
    """
    if kind is Kind.TEST_RESULT:
        return TEST_RESULT, test_result(decisions)
    if kind is Kind.VERIFICATION_RESULT:
        return VERIFICATION_RESULT, verification_result(decisions)
    return GATE_DECISION, gate_decision(decisions, overrides)


def gate_decision(decisions: Sequence[Decision], overrides: Iterable[Mapping[str, object]] = ()) -> dict[str, object]:
    """Return our own predicate (published schema: `schemas/gate_decision.schema.json`).

    `verdict` is the strictest, and the release passes only where every decision does. `overrides` are recorded beside: they
    change neither.
    """
    choices = decisions[0].choices.as_json()
    return {
        "verdict": strictest(each.verdict for each in decisions).value,
        "effective_verdict": strictest(each.effective_verdict for each in decisions).value,
        "passes": all(each.passes for each in decisions),
        "decided_at": decided_at(decisions),
        "tool": TOOL,
        "policy": {
            "fail_on": choices["fail_on"],
            "organisation": choices["organisation"],
            "waived": [row for decision in decisions for row in _waived(decision)],
            "overrides": [dict(each) for each in overrides],
        },
        "packs": packs_of(decisions),
        "decisions": [each.as_record() for each in decisions],
    }


def test_result(decisions: Sequence[Decision]) -> dict[str, object]:
    """Return in-toto's test result: `PASSED` for an allow, `WARNED` for what passes all the same, else `FAILED`.

    Tests are obligations, named `pack:id`. What stands in the way is failed; where it is waived, or the threshold lets it
    pass, it is warned. What applies later, and advice, is no test.
    """
    passed, warned, failed = _results(decisions)
    passes = all(each.passes for each in decisions)
    result = "FAILED" if not passes else "WARNED" if warned else "PASSED"
    return {
        "result": result,
        "configuration": packs_of(decisions),
        "passedTests": sorted(passed),
        "warnedTests": sorted(warned),
        "failedTests": sorted(failed),
    }


def verification_result(decisions: Sequence[Decision]) -> dict[str, object]:
    """Return in-toto's simple verification result, whose properties are what passed.

    Raises InputError for a release that does not pass: this predicate has no words for that.
    """
    if not all(each.passes for each in decisions):
        message = f"the release does not pass ({strictest(each.verdict for each in decisions).value})"
        hint = "a simple verification result states only what passed; attest it as gate-decision or test-result"
        raise InputError([Problem(message, hint=hint)])
    packs = sorted({f"{pack.pack_id}@{pack.pack_at.pack.version}" for pack in _packs(decisions) if pack.verdict})
    return {
        "verifier": {"id": TOOL, "policies": packs_of(decisions)},
        "timeCreated": decided_at(decisions),
        "properties": [PASSED, *(f"{PASSED}:{pack}" for pack in packs)],
    }


def packs_of(decisions: Sequence[Decision]) -> list[dict[str, object]]:
    """Return each pack, and each extension worked into one, once, as a resource descriptor."""
    packs = [each.pack_at.pack for each in _packs(decisions)]
    judged = {each.id: (each.version, each.digest) for each in packs}
    judged |= {each.id: (each.version, each.digest) for pack in packs for each in pack.extensions}
    return [
        {"name": f"{name}@{version}", "digest": {"sha256": digest}}
        for name, (version, digest) in sorted(judged.items())
    ]


def decided_at(decisions: Sequence[Decision]) -> str:
    """Return when the last of the decisions was made, as in-toto writes moments: in UTC, with a Z."""
    moments = [datetime.fromisoformat(each.run.at) for each in decisions if each.run.at is not None]
    return max(moments, default=datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _packs(decisions: Sequence[Decision]) -> Iterable[PackDecision]:
    return (pack for decision in decisions for pack in decision.packs)


def _results(decisions: Sequence[Decision]) -> tuple[set[str], set[str], set[str]]:
    """Return the obligations that passed, are warned of and failed, each in the worst of these for any operator."""
    passed: set[str] = set()
    warned: set[str] = set()
    failed: set[str] = set()
    for decision in decisions:
        for pack in decision.packs:
            for standing in pack.standings:
                name = f"{pack.pack_id}:{standing.id}"
                if standing.status is Status.MET:
                    passed.add(name)
                elif standing.gates and pack.verdict is not None:
                    is_let_pass = decision.passes or (pack.pack_id, standing.id) in decision.waived
                    (warned if is_let_pass else failed).add(name)
    return passed - warned - failed, warned - failed, failed


def _waived(decision: Decision) -> Iterable[dict[str, object]]:
    for (pack, finding), waiver in sorted(decision.waived.items()):
        yield {
            "pack": pack,
            "finding": finding,
            "reason": printable(waiver.reason),
            "approver": printable(waiver.approver),
            "until": waiver.until.isoformat(),
        }
