"""Verification: whether a statement about a decision is genuine, about this artefact, and good enough for whoever asks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from aiact_rules.attest.envelopes import Envelope
from aiact_rules.attest.predicates import GATE_DECISION
from aiact_rules.attest.statements import PAYLOAD_TYPE, Descriptor, Statement, read_statement
from aiact_rules.core.problems import ProblemsError
from aiact_rules.core.record import id_fits
from aiact_rules.core.statuses import Verdict, strictest
from aiact_rules.core.words import counted
from aiact_rules.decision_log.replay import replay
from aiact_rules.gate import Gate

if TYPE_CHECKING:
    from aiact_rules.attest.predicate_schema import GateDecisionModel, RecordModel

CLOCKS_DIFFER = timedelta(minutes=10)
"""How far ahead of the verifier's clock that of the signer may be."""

Signer = Callable[[Envelope], str | None]
"""Returns who signed an envelope, in words, or None where nobody did whom the verifier knows."""


class Outcome(Enum):
    """What came of a verification: good enough; genuine and about this artefact, but not good enough; or neither is known."""

    VERIFIED = "verified"
    REFUSED = "refused"
    UNVERIFIED = "not verified"

    @property
    def exit_code(self) -> int:
        """Return 0, 1 or 2, as of a check: allowed, refused, could not be judged."""
        return (Outcome.VERIFIED, Outcome.REFUSED, Outcome.UNVERIFIED).index(self)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, whether it is as it should be, what was found, and what to do where it is not."""

    name: str
    passed: bool
    found: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What whoever asks wants. `worst` is the worst verdict that is good enough; None asks that the release passes.

    `packs` must be among those that judged, with a verdict; `digests` are those that packs may have (none: those of the
    installed ones). `most_age` is how old the decision may be at the moment `at`; with `again` it is decided once more.
    """

    artefact: Descriptor
    at: datetime
    worst: Verdict | None = None
    packs: tuple[str, ...] = ()
    digests: frozenset[str] = frozenset()
    most_age: timedelta | None = None
    again: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """Every check in order. Where the statement is not genuine or about something else, nothing it says was looked at."""

    checks: tuple[Check, ...]
    is_genuine: bool
    predicate: Mapping[str, object] | None = None

    @property
    def outcome(self) -> Outcome:
        """Return what came of it; nothing checked verifies nothing."""
        if not self.is_genuine or not self.checks:
            return Outcome.UNVERIFIED
        return Outcome.VERIFIED if all(check.passed for check in self.checks) else Outcome.REFUSED

    def as_json(self) -> dict[str, object]:
        """Return the verification as JSON values."""
        said = self.predicate or {}
        return {
            "outcome": self.outcome.value,
            "checks": [
                {"check": each.name, "passed": each.passed, "found": each.found, "hint": each.hint}
                for each in self.checks
            ],
            "verdict": said.get("verdict"),
            "passes": said.get("passes"),
            "decided_at": said.get("decided_at"),
        }


def verify(envelope: Envelope, signer: Signer, wanted: Wanted, gate: Gate) -> Verification:
    """Return what every check found. The payload is not read before its signature is known to be good."""
    found: list[Check] = []
    who = signer(envelope)
    if who is None:
        ids = ", ".join(each.keyid or "unnamed" for each in envelope.signatures)
        hint = "take the public key of whoever signed it; if that is the one you gave, the file was changed"
        return Verification((Check("signature", False, f"none by the key given (signed by: {ids})", hint),), False)
    found.append(Check("signature", True, f"by {who}"))
    try:
        statement = _statement(envelope)
        found.append(_subject(statement, wanted.artefact))
        decision = _decision(statement)
    except ValueError as error:
        return Verification((*found, Check("statement", False, str(error), _NOT_OURS)), False)
    if not found[-1].passed:
        return Verification(tuple(found), False)
    found.append(Check("statement", True, GATE_DECISION))
    found += [_verdict(decision, wanted), *_packs(decision, wanted, gate), _age(decision, wanted)]
    if wanted.again:
        found.append(_again(statement, gate))
    return Verification(tuple(found), True, statement.predicate)


_NOT_OURS = "name a file that `aiact-rules attest` wrote with the predicate gate-decision"


def _statement(envelope: Envelope) -> Statement:
    if envelope.payload_type != PAYLOAD_TYPE:
        raise ValueError(f"the payload has the type `{envelope.payload_type}`, not {PAYLOAD_TYPE}")
    try:
        return read_statement(envelope.payload, "payload")
    except ProblemsError as error:
        raise ValueError(error.problems[0].message) from error


def _subject(statement: Statement, artefact: Descriptor) -> Check:
    if statement.is_about(artefact.digest):
        return Check("subject", True, f"{artefact.name} is {artefact.digest}")
    about = ", ".join(f"{each.name or 'unnamed'} ({each.digest})" for each in statement.subjects[:3])
    hint = "the artefact was changed after it was attested, or this statement is about another one"
    return Check("subject", False, f"it is about {about}, and {artefact.name} is {artefact.digest}", hint)


def _decision(statement: Statement) -> GateDecisionModel:
    """Return the predicate. Raises ValueError where it is another one, or says things that cannot be true together."""
    if statement.predicate_type != GATE_DECISION:
        raise ValueError(f"its predicate is {statement.predicate_type}, not {GATE_DECISION}")
    from aiact_rules.attest.predicate_schema import read_predicate  # pydantic takes its time

    said = read_predicate(statement.predicate)
    records = _records(statement)
    if not all(map(id_fits, records)):
        raise ValueError("a record in it does not fit its own id")
    if any(each.subject.digest is None or not statement.is_about(each.subject.digest) for each in said.decisions):
        raise ValueError("a record in it is about another artefact than the statement")
    if said.verdict != _strictest(said.decisions):
        raise ValueError("its verdict is not that of its records")
    if not _follows_its_policy(said):
        raise ValueError("whether it passes does not follow from its verdict, its threshold and what it waives")
    named = {each.name: each.digest.sha256 for each in said.packs}
    if named != {f"{name}@{version}": digest for name, version, digest in _packs_judged(said)}:
        raise ValueError("its packs are not those of its records")
    return said


def _follows_its_policy(said: GateDecisionModel) -> bool:
    verdict, effective, threshold = said.verdict, said.effective_verdict, said.policy.fail_on.value
    if threshold not in ("hold", "block", "never"):
        return False
    refused = threshold != "never" and Verdict(effective).severity >= Verdict(threshold).severity
    is_lower = Verdict(effective).severity < Verdict(verdict).severity
    return said.passes == (not refused) and (effective == verdict or is_lower and bool(said.policy.waived))


def _strictest(records: Sequence[RecordModel]) -> str | None:
    return strictest(Verdict(each.verdict) for each in records).value if records else None


def _records(statement: Statement) -> list[Mapping[str, object]]:
    return statement.predicate["decisions"]  # type: ignore[return-value]  # the schema was checked


def _packs_judged(said: GateDecisionModel) -> Iterator[tuple[str, str, str]]:
    for record in said.decisions:
        for pack in record.packs:
            yield pack.pack, pack.version, pack.digest
            yield from ((each.pack, each.version, each.digest) for each in pack.extensions)


def _verdict(said: GateDecisionModel, wanted: Wanted) -> Check:
    verdict = Verdict(said.verdict)
    if wanted.worst is not None:
        is_good = verdict.severity <= wanted.worst.severity
        return Check("verdict", is_good, said.verdict, None if is_good else f"{wanted.worst.value} or better is wanted")
    found: str = said.verdict
    if said.passes and verdict is not Verdict.ALLOW:
        waived = f", {len(said.policy.waived)} waived" if said.policy.waived else ""
        found = f"{said.verdict}, passes all the same (fails on {said.policy.fail_on.value}{waived})"
    if said.policy.overrides:
        found += f", overridden by {', '.join(each.who for each in said.policy.overrides)}"
    if not said.passes:
        return Check("verdict", False, found, "the release does not pass; `aiact-rules check` says what is missing")
    if said.effective_verdict == Verdict.BLOCK.value:
        return Check("verdict", False, found, "nothing would have refused it; where that is meant, --expect block")
    return Check("verdict", True, found)


def _packs(said: GateDecisionModel, wanted: Wanted, gate: Gate) -> Iterator[Check]:
    judged = sorted(set(_packs_judged(said)))
    gating = {pack.pack for record in said.decisions for pack in record.packs if pack.verdict is not None}
    names = ", ".join(f"{name} {version}" for name, version, _ in judged)
    if missing := [name for name in wanted.packs if name not in gating]:
        yield Check("packs", False, f"judged by {names}", f"wanted: {', '.join(missing)}")
        return
    if wanted.digests:
        others = [f"{name} {version} is {digest}" for name, version, digest in judged if digest not in wanted.digests]
        hint = "the digests named with --pack-digest are others; judge and attest again with those packs"
    else:
        others = list(_not_installed(judged, gate))
        hint = "install the versions that judged, or judge and attest again with the installed ones"
    if others:
        yield Check("packs", False, "; ".join(others), hint)
    else:
        yield Check("packs", True, names if wanted.digests else f"{names}, as installed")


def _not_installed(judged: Sequence[tuple[str, str, str]], gate: Gate) -> Iterator[str]:
    for name, version, digest in judged:
        if name not in gate.catalogue.heads:
            yield f"{name} {version} is not installed"
            continue
        installed = gate.catalogue.pack(name)
        if installed.digest != digest:
            yield f"{name} {version} judged, and {installed.version} with other rules is installed"


def _age(said: GateDecisionModel, wanted: Wanted) -> Check:
    try:
        decided = datetime.fromisoformat(said.decided_at)
        age = wanted.at - decided
    except (ValueError, TypeError):
        return Check("age", False, f"`{said.decided_at}` is no moment with a time zone", "attest it again")
    if age < -CLOCKS_DIFFER:
        return Check("age", False, f"decided in the future, at {said.decided_at}", "set the clock of either machine")
    days = max(age, timedelta()).days
    found = f"decided at {said.decided_at}" + (f", {counted(days, 'day')} ago" if days else ", today")
    if wanted.most_age is not None and age > wanted.most_age:
        return Check("age", False, found, f"at most {wanted.most_age.days} days are wanted: judge and attest it again")
    return Check("age", True, found)


def _again(statement: Statement, gate: Gate) -> Check:
    """Return whether the packs that are installed, on the recorded facts, give the same decisions byte for byte."""
    try:
        replayed = [replay(gate, record) for record in _records(statement)]
    except ProblemsError as error:
        return Check("replay", False, error.problems[0].message, error.problems[0].hint)
    differences = [
        each for found in replayed if not found.same for each in (*found.differences, "the id is another one")
    ]
    if differences:
        return Check("replay", False, "; ".join(differences[:5]), "it was made by other packs or another version")
    return Check("replay", True, f"{replayed[0].decision.decision_id}, the same")
