"""Attesting: which decisions a statement is made of, about which artefact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiact_rules.attest.artefacts import same_artefact
from aiact_rules.attest.predicates import Kind, predicate_of
from aiact_rules.attest.statements import Descriptor, Statement
from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log.replay import replay
from aiact_rules.gate import Gate
from aiact_rules.requests.recorded import Record


@dataclass(frozen=True)
class Attested:
    """The decisions on one release, one for each operator, the bytes that they are about, and the overrides recorded of them."""

    artefact: Descriptor
    decisions: tuple[Decision, ...]
    overrides: tuple[Mapping[str, object], ...] = ()

    @property
    def passes(self) -> bool:
        """Return whether the release may go ahead by its own threshold and waivers; an override changes nothing here."""
        return all(each.passes for each in self.decisions)

    def statement(self, kind: Kind) -> Statement:
        """Return the statement that says so. Raises InputError where a predicate of this kind cannot."""
        predicate_type, predicate = predicate_of(kind, self.decisions, self.overrides)
        return Statement((self.artefact,), predicate_type, predicate)


def attested_release(decisions: Sequence[Decision], artefact: Descriptor) -> Attested:
    """Return what is attested of a release that was judged with the digest of its artefact."""
    assert all(each.subject.digest == artefact.digest for each in decisions), "judged with its digest"
    return Attested(artefact, tuple(decisions))


def attested_record(
    gate: Gate,
    recorded: Mapping[str, object],
    artefact: Descriptor | None,
    *,
    place: str,
    in_a_log: bool,
    overrides: Sequence[Mapping[str, object]] = (),
) -> Attested:
    """Return what is attested of a recorded decision, once it was decided again and came out the same.

    What a decision's id does not cover (the threshold, waivers, when it was) counts only from a log, whose chain does;
    otherwise the release fails from `hold` on, and was decided now. Raises InputError where it comes out otherwise, names no
    artefact or another one.
    """
    found = replay(gate, recorded)
    if not found.same:
        said = "; ".join(found.differences[:3]) or "its id is another one"
        message = f"decided again, this comes out otherwise: {said}"
        raise InputError([Problem(message, Place(place), "judge the release itself with `aiact-rules attest RELEASE`")])
    decision = gate.read_back(Record(recorded)) if in_a_log and found.same_format else found.decision
    if decision.subject.digest is None:
        message = "this decision names no artefact, so it says nothing of any bytes"
        raise InputError([Problem(message, Place(place), "judge it again with `--artifact`")])
    named = Descriptor(decision.subject.name or "artifact", decision.subject.digest)
    subject = named if artefact is None else same_artefact(artefact, named, place)
    return Attested(subject, (decision,), tuple(overrides))
