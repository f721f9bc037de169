"""Annotations: what a CI system shows beside a file, made from decisions and from inputs that could not be judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiact_rules.core.batches import Batch
from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Problem
from aiact_rules.core.statuses import Status
from aiact_rules.reports.words import bearers


@dataclass(frozen=True, slots=True)
class Annotation:
    """One finding that blocks or holds, at a line of the document it is about.

    `waived` says until when, by whom and why it does not count towards refusing the release. `fingerprint` is the same
    as long as the finding is about the same document and obligation, whatever the line.
    """

    path: str
    line: int
    blocks: bool
    rule: str
    provision: str
    must: str
    message: str
    fingerprint: str
    waived: str | None = None


@dataclass(frozen=True, slots=True)
class Fault:
    """One problem for which an input could not be judged, or the run not be whole, at the file it is about.

    `name` is that of the input, None where the problem is of no single one.
    """

    name: str | None
    path: str
    line: int | None
    message: str
    fingerprint: str


_UNEXPLAINED = Problem("this could not be judged")


def faults_of(batch: Batch) -> tuple[Fault, ...]:
    """Return every problem of a batch, those of its inputs first."""
    broken = [item for item in batch.items if item.answer is None]
    of_items = [_fault(item.name, problem) for item in broken for problem in item.problems or (_UNEXPLAINED,)]
    return (*of_items, *(_fault(None, problem) for problem in batch.problems))


def _fault(name: str | None, problem: Problem) -> Fault:
    place = problem.place
    message = problem.message if problem.hint is None else f"{problem.message}; {problem.hint}"
    path, line = name or ".", None
    if place is not None and (place.line is not None or name is None):
        path, line = place.source, place.line
    elif place is not None and place.source != name:
        message = f"{place.source}: {message}"
    key = "\0".join([name or "", path, problem.message])
    fingerprint = hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
    return Fault(name, path, line, printable(message), fingerprint)


def annotations_of(decisions: Iterable[Decision]) -> tuple[Annotation, ...]:
    """Return the findings that block, those that hold, then those that are waived; each in the order of its pack."""
    found = [annotation for decision in decisions for annotation in _annotations(decision)]
    return tuple(sorted(found, key=lambda each: (each.waived is not None, not each.blocks)))


def document_of(decision: Decision) -> str:
    """Return the document to show a decision at: the first that was read, else the file of a fact, else `aiact.yaml`."""
    if decision.subject.documents:
        return decision.subject.documents[0]
    return next((fact.origin.place.source for fact in decision.facts if fact.origin.place.line), "aiact.yaml")


def _annotations(decision: Decision) -> Iterator[Annotation]:
    for pack in decision.packs:
        if pack.verdict is None:
            continue
        for finding in pack.findings:
            if finding.status.gates:
                yield _annotation(decision, pack, finding)


def _annotation(decision: Decision, pack: PackDecision, finding: Finding) -> Annotation:
    path, line = _place(decision, finding)
    blocks = finding.status is Status.BREACHED
    key = "\0".join([path, pack.pack_id, finding.id, decision.operator or ""])
    waiver = decision.waived.get((pack.pack_id, finding.id))
    message = _message(pack, finding, blocks=blocks)
    return Annotation(
        path,
        line,
        blocks,
        finding.id,
        finding.provision,
        finding.must,
        message if waiver is None else f"{message} ({waiver})",
        hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest(),
        None if waiver is None else printable(str(waiver)),
    )


def _place(decision: Decision, finding: Finding) -> tuple[str, int]:
    """Return the first line that states a fact the finding turns on, else the beginning of the document."""
    documents = set(decision.subject.documents)
    for name in finding.facts:
        place = decision.facts[name].origin.place
        if place.line is not None and (place.source in documents or not documents):
            return place.source, place.line
    return document_of(decision), 1


def _message(pack: PackDecision, finding: Finding, *, blocks: bool) -> str:
    who = bearers(pack.pack_at.pack, finding.roles) or "operator"
    text = f"{finding.provision}: the {who} must {finding.must}"
    if blocks:
        text += ". The facts say that this is not met."
    elif finding.needs:
        text += f". Still needed: {', '.join(finding.needs)}."
    return text
