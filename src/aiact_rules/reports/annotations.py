"""Annotations: what a CI system shows beside a file, made from decisions and from inputs that could not be judged."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.claims import denied_claims
from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.pages import page_of
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Problem
from aiact_rules.core.raising import Raised, raised_by
from aiact_rules.core.standings import Standing
from aiact_rules.core.tallies import tally_of_standings
from aiact_rules.reports.alarms import signal_alarm
from aiact_rules.reports.groups import Group, groups_of
from aiact_rules.reports.weights import Weight, gating_packs, weight_of
from aiact_rules.reports.words import bearers

MOST = 10
"""How many annotations a release has, unless all are asked for; it is also what GitHub shows of a kind."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """What stands in the way of a release, at a line of the document it is about: one finding, or those of one document.

    `rule` is the id of the finding or of the document, after that of its pack, and `shows` the command that explains it.
    `waived` says until when, by whom and why it does not count. `known` says whether all of it stands in a baseline, None
    where there is none. `fingerprint` stays the same whatever the line, the words and the number of findings.
    """

    path: str
    line: int
    weight: Weight
    rule: str
    title: str
    provision: str
    message: str
    shows: str
    fingerprint: str
    page: str | None = None
    waived: str | None = None
    known: bool | None = None


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
    return Fault(name, path, line, printable(message), fingerprint_of(name or "", path, problem.message))


def fingerprint_of(*parts: str) -> str:
    """Return a text that is the same for the same parts, by which a CI system knows something again."""
    return hashlib.sha256("\0".join(parts).encode(errors="surrogatepass")).hexdigest()


def document_of(decision: Decision) -> str:
    """Return the document to show a decision at: the first that was read, else the file of a fact, else `aiact.yaml`."""
    if decision.subject.documents:
        return decision.subject.documents[0]
    return next((fact.origin.place.source for fact in decision.facts if fact.origin.place.line), "aiact.yaml")


def annotations_of(batch: Batch) -> tuple[Annotation, ...]:
    """Return what stands in the way of each release, the heaviest first.

    Violations, contradictions and signals stand alone as long as there is room; all else is grouped by document or
    article, and what goes beyond `MOST` of a release is counted in one. With `batch.full` every finding stands alone.
    """
    found = [annotation for item in batch.items for annotation in _of_item(item, full=batch.full)]
    return tuple(sorted(found, key=lambda each: each.weight))


def _of_item(item: Item, *, full: bool) -> Sequence[Annotation]:
    if full:
        return [each for decision in item.decisions for each in _Writer(item, decision).each()]
    for alone in (True, False):
        found = [each for decision in item.decisions for each in _Writer(item, decision).grouped(alone=alone)]
        if len(found) <= MOST:
            return found
    found.sort(key=lambda each: each.weight)
    return [*found[: MOST - 1], _rest(found[MOST - 1 :])]


def _rest(left: Sequence[Annotation]) -> Annotation:
    """Return one annotation for those for which there is no room."""
    first = left[0]
    named = ", ".join(dict.fromkeys(each.title for each in left))
    return replace(
        first,
        rule="more",
        title=f"{len(left)} more",
        provision=f"{len(left)} more",
        message=f"{len(left)} more: {named}. `--full` shows every finding.",
        shows=first.shows.partition(" explain ")[0] + f" check --full {_argument(first.path)}",
        fingerprint=fingerprint_of("more", first.path),
        page=None,
        waived=first.waived and "all of these are waived",
        known=None if first.known is None else all(each.known for each in left),
    )


class _Writer:
    def __init__(self, item: Item, decision: Decision) -> None:
        self.item = item
        self.decision = decision

    def weight(self, pack: PackDecision, standing: Standing) -> Weight:
        return weight_of(self.item, self.decision, pack, standing)

    def each(self) -> Iterator[Annotation]:
        """Yield one annotation for each finding."""
        for pack in gating_packs(self.decision):
            yield from (self.alone(pack, standing) for standing in pack.standings if standing.gates)

    def grouped(self, *, alone: bool) -> Iterator[Annotation]:
        """Yield one annotation for each document, or article, and weight class; with `alone`, single ones that are certain."""
        for pack in gating_packs(self.decision):
            for group in groups_of(pack):
                gating = [each for each in group.standings if each.gates]
                waived = [each for each in gating if self.weight(pack, each) is Weight.WAIVED]
                counted = [each for each in gating if each not in waived]
                if alone:
                    single = [e for e in counted if e.is_violated or e.is_contradiction or e.is_signal]
                    yield from (self.alone(pack, standing) for standing in single)
                    counted = [each for each in counted if each not in single]
                for standings in (counted, waived):
                    if standings:
                        yield self.group(pack, group, standings)

    def alone(self, pack: PackDecision, standing: Standing) -> Annotation:
        finding = pack.finding(standing.id)
        assert finding is not None, "what gates has a finding"
        weight = self.weight(pack, standing)
        provision = finding.provision
        raised = raised_by(self.decision, pack, standing.id) if standing.is_signal else None
        if raised is None:
            message = _message(pack, finding, weight)
            return self.annotation(pack, finding, finding.id, weight, provision, provision, message)
        message = str(signal_alarm(self.decision, pack, standing))
        found = self.annotation(pack, finding, finding.id, weight, provision, provision, message)
        path, line = _place_of(self.decision, raised) or (found.path, found.line)
        return replace(found, path=path, line=line)

    def group(self, pack: PackDecision, group: Group, standings: Sequence[Standing]) -> Annotation:
        first = min(standings, key=lambda each: self.weight(pack, each))
        finding = pack.finding(first.id)
        assert finding is not None, "what gates has a finding"
        provision = group.id if group.deliverable is None else group.deliverable.provision
        named = (
            group.title if group.deliverable is None else f"{group.title[:1].upper()}{group.title[1:]} ({provision})"
        )
        message = f"{named}: {', '.join(tally_of_standings(standings).said())}"
        if group.fact is not None:
            message += f". State {group.fact.fact} first (affects {group.fact.decides})"
        return self.annotation(
            pack, finding, group.id, self.weight(pack, first), named, provision, f"{message}.", standings
        )

    def annotation(
        self,
        pack: PackDecision,
        finding: Finding,
        about: str,
        weight: Weight,
        title: str,
        provision: str,
        message: str,
        standings: Sequence[Standing] = (),
    ) -> Annotation:
        decision = self.decision
        path, line = _place(decision, finding)
        waiver = decision.waived.get((pack.pack_id, finding.id))
        known = None
        if self.item.known is not None:
            ids = [each.id for each in standings] or [finding.id]
            known = all((decision.operator, pack.pack_id, each) in self.item.known for each in ids)
        return Annotation(
            path=path,
            line=line,
            weight=weight,
            rule=f"{pack.pack_id}.{about}",
            title=title,
            provision=provision,
            message=printable(message if waiver is None else f"{message} ({waiver})"),
            shows=f"aiact-rules explain {finding.id} {_argument(document_of(decision))}",
            # Waived findings of a document are an annotation of their own.
            fingerprint=fingerprint_of(
                document_of(decision), pack.pack_id, about, decision.operator or "", "waived" if waiver else ""
            ),
            page=page_of(pack.pack_at.pack, finding.id),
            waived=None if waiver is None else printable(str(waiver)),
            known=known,
        )


def _argument(path: str) -> str:
    """Return a path as an argument of a command."""
    from shlex import quote

    return quote(printable(path))


def _place(decision: Decision, finding: Finding) -> tuple[str, int]:
    """Return the first line that states a fact the finding turns on, else the beginning of the document."""
    documents = set(decision.subject.documents)
    for claim in denied_claims(decision, finding.id):
        return claim.place.source, claim.place.line or 1
    for name in finding.facts:
        place = decision.facts[name].origin.place
        if place.line is not None and (place.source in documents or not documents):
            return place.source, place.line
    return document_of(decision), 1


def _place_of(decision: Decision, raised: Raised) -> tuple[str, int] | None:
    """Return the line of the first words of a signal that stand in a document of the release."""
    for signal in raised.words:
        if signal.place.line is not None and signal.place.source in decision.subject.documents:
            return signal.place.source, signal.place.line
    return None


def _message(pack: PackDecision, finding: Finding, weight: Weight) -> str:
    who = bearers(pack.pack_at.pack, finding.roles) or "operator"
    text = f"{finding.provision}: the {who} must {finding.must}"
    if weight is Weight.VIOLATED:
        return f"{text}. The facts say that this is not met."
    if not finding.certain:
        text += ", if this applies, which is not stated"
    return f"{text}. Still needed: {', '.join(finding.needs)}." if finding.needs else text
