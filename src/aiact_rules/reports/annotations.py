"""Annotations: what a CI system shows beside a file, made from a decision."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.statuses import Status


@dataclass(frozen=True, slots=True)
class Annotation:
    """One finding that blocks or holds, at a line of the document it is about.

    `fingerprint` is the same as long as the finding is about the same document and obligation, whatever the line.
    """

    path: str
    line: int
    blocks: bool
    rule: str
    provision: str
    must: str
    message: str
    fingerprint: str


def annotations_of(decisions: Iterable[Decision]) -> tuple[Annotation, ...]:
    """Give the findings that block, then those that hold, of several decisions; each in the order of its pack."""
    found = [annotation for decision in decisions for annotation in _annotations(decision)]
    return tuple(sorted(found, key=lambda annotation: not annotation.blocks))


def document_of(decision: Decision) -> str:
    """Give the document to show a decision at: the first that was read, else the file of a fact, else `aiact.yaml`."""
    if decision.subject.documents:
        return decision.subject.documents[0]
    return next((fact.origin.place.source for fact in decision.facts if fact.origin.place.line), "aiact.yaml")


def _annotations(decision: Decision) -> Iterator[Annotation]:
    for pack in decision.packs:
        if pack.verdict is None:
            continue
        for finding in pack.findings:
            if finding.status in (Status.BREACHED, Status.OPEN):
                yield _annotation(decision, pack, finding)


def _annotation(decision: Decision, pack: PackDecision, finding: Finding) -> Annotation:
    path, line = _place(decision, finding)
    blocks = finding.status is Status.BREACHED
    key = "\0".join([path, pack.pack_id, finding.id, decision.operator or ""])
    return Annotation(
        path,
        line,
        blocks,
        finding.id,
        finding.provision,
        finding.must,
        _message(finding, blocks=blocks),
        hashlib.sha256(key.encode()).hexdigest(),
    )


def _place(decision: Decision, finding: Finding) -> tuple[str, int]:
    """Give the first line that states a fact the finding turns on, else the beginning of the document."""
    documents = set(decision.subject.documents)
    for name in finding.facts:
        place = decision.facts[name].origin.place
        if place.line is not None and (place.source in documents or not documents):
            return place.source, place.line
    return document_of(decision), 1


def _message(finding: Finding, *, blocks: bool) -> str:
    who = " or ".join(finding.roles).replace("_", " ") or "operator"
    text = f"{finding.provision}: the {who} must {finding.must}"
    if blocks:
        text += ". The facts say that this is not met."
    elif finding.needs:
        text += f". Still needed: {', '.join(finding.needs)}."
    return text
