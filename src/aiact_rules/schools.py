"""Schools against each other: one release judged by several schools of reading, and what differs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.packs import SCHOOL
from aiact_rules.core.printable import printable
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.gate import Gate
from aiact_rules.reports.words import STATUS_WORDS, release_of, roles_of, wrapped
from aiact_rules.requests.overrides import Overrides

_NOT_OWED = "not owed"


@dataclass(frozen=True, slots=True)
class DifferingReading:
    """A reading that the schools choose differently, with each one's choice and the document it rests on."""

    id: str
    choices: tuple[str, ...]
    documents: tuple[str | None, ...]

    def as_json(self, schools: Sequence[str]) -> dict[str, object]:
        """Return this as JSON values."""
        return {
            "id": self.id,
            "choices": dict(zip(schools, self.choices, strict=True)),
            "documents": dict(zip(schools, self.documents, strict=True)),
        }


@dataclass(frozen=True, slots=True)
class DifferingFinding:
    """A finding that does not stand alike under all schools (None: not owed), with the readings that it turns on."""

    id: str
    provision: str
    must: str
    statuses: tuple[Status | None, ...]
    readings: tuple[DifferingReading, ...]

    def as_json(self, schools: Sequence[str]) -> dict[str, object]:
        """Return this as JSON values."""
        return {
            "id": self.id,
            "provision": self.provision,
            "must": self.must,
            "statuses": dict(zip(schools, map(_word, self.statuses), strict=True)),
            "readings": [each.as_json(schools) for each in self.readings],
        }


@dataclass(frozen=True)
class UnderSchools:
    """One release, or one operator of it, under each of several schools."""

    schools: tuple[str, ...]
    decisions: tuple[Decision, ...]
    findings: tuple[DifferingFinding, ...]

    @property
    def differs(self) -> bool:
        """Return whether the schools do not say the same."""
        return bool(self.findings) or len({decision.verdict for decision in self.decisions}) > 1

    @property
    def allowed_under(self) -> tuple[str, ...]:
        """Return the schools that would allow what another one does not; empty where all say the same."""
        allowed = [decision.verdict is Verdict.ALLOW for decision in self.decisions]
        return () if all(allowed) else tuple(name for name, yes in zip(self.schools, allowed, strict=True) if yes)

    def as_json(self) -> dict[str, object]:
        """Return this as JSON values."""
        return {
            "release": release_of(self.decisions[0]) or None,
            "operator": self.decisions[0].operator,
            "schools": [
                {"school": name, "verdict": decision.verdict.value, "decision_id": decision.decision_id}
                for name, decision in zip(self.schools, self.decisions, strict=True)
            ],
            "would_be_allowed_under": list(self.allowed_under),
            "findings": [each.as_json(self.schools) for each in self.findings],
        }

    def lines(self) -> Iterator[str]:
        """Yield this as lines of text: the verdicts, then each finding that differs and what it turns on."""
        first = self.decisions[0]
        name = " ".join(filter(None, (release_of(first), f"({printable(first.operator)})" if first.operator else "")))
        yield f"{name or 'the release'}: {roles_of(first, ', ') or 'role not stated'}"
        for school, decision in zip(self.schools, self.decisions, strict=True):
            yield f"  {school + ':':12} {decision.verdict.value}"
        if self.allowed_under:
            yield f"  would be allowed under {' and '.join(f'`{school}`' for school in self.allowed_under)}"
        yield ""
        if not self.findings:
            yield "every finding is the same"
            return
        yield f"Findings that differ ({len(self.findings)})"
        for finding in self.findings:
            yield from wrapped(f"{finding.provision}: {finding.must} ({finding.id})", "  ", "      ")
            said = zip(self.schools, finding.statuses, strict=True)
            stands = ", ".join(f"{_said(status)} under {school}" for school, status in said)
            yield from wrapped(stands, "      ", "      ")
            if finding.readings:
                names = ", ".join(reading.id for reading in finding.readings)
                yield from wrapped(f"turns on {names}", "      ", "        ")
        yield ""
        yield "Interpretations that they turn on"
        for reading in dict.fromkeys(reading for finding in self.findings for reading in finding.readings):
            chosen = zip(self.schools, reading.choices, reading.documents, strict=True)
            words = (f"{choice} under {school}{_by(document)}" for school, choice, document in chosen)
            yield from wrapped(f"{reading.id}: {', '.join(words)}", "  ", "      ")


def under_schools(gate: Gate, path: Path, said: Overrides, schools: Sequence[str]) -> tuple[UnderSchools, ...]:
    """Judge a release under each school, for each operator that it names. Raises as `Gate.request` and `Gate.decide` do."""
    requests = [
        gate.request(path, said.with_(readings={**said.readings, SCHOOL: school})).per_operator() for school in schools
    ]
    return tuple(
        _compared(tuple(schools), [gate.decide(each) for each in each_school])
        for each_school in zip(*requests, strict=True)
    )


def _compared(schools: tuple[str, ...], decisions: Sequence[Decision]) -> UnderSchools:
    by_id: dict[tuple[str, str], list[Finding | None]] = {}
    for number, decision in enumerate(decisions):
        for pack in decision.packs:
            for finding in pack.findings:
                by_id.setdefault((pack.pack_id, finding.id), [None] * len(decisions))[number] = finding
    differing = _readings(decisions, schools)
    found = [
        _finding(findings, differing.get(pack_id, {}))
        for (pack_id, _), findings in by_id.items()
        if len({_status(each) for each in findings}) > 1
    ]
    return UnderSchools(schools, tuple(decisions), tuple(found))


def _readings(decisions: Sequence[Decision], schools: Sequence[str]) -> dict[str, dict[str, DifferingReading]]:
    """Return by pack the readings that the schools choose differently."""
    found: dict[str, dict[str, DifferingReading]] = {}
    for packs in zip(*(decision.packs for decision in decisions), strict=True):
        pack = packs[0].pack_at.pack
        for name, reading in pack.readings.items():
            choices = tuple(each.pack_at.choices[name] for each in packs)
            if len(set(choices)) > 1:
                said = [reading.schools.get(school) for school in schools]
                documents = tuple(
                    f"{each.document}, {each.status}"
                    if each is not None and each.document and each.choice == choice
                    else None
                    for each, choice in zip(said, choices, strict=True)
                )
                found.setdefault(packs[0].pack_id, {})[name] = DifferingReading(name, choices, documents)
    return found


def _finding(findings: Sequence[Finding | None], differing: dict[str, DifferingReading]) -> DifferingFinding:
    known = [each for each in findings if each is not None]
    turned_on = dict.fromkeys(name for each in known for name in each.readings if name in differing)
    return DifferingFinding(
        known[0].id,
        known[0].provision,
        known[0].must,
        tuple(_status(each) for each in findings),
        tuple(differing[name] for name in turned_on),
    )


def _status(finding: Finding | None) -> Status | None:
    return None if finding is None else finding.status


def _word(status: Status | None) -> str:
    return _NOT_OWED if status is None else status.value


def _said(status: Status | None) -> str:
    return "not applicable" if status is None else STATUS_WORDS[status]


def _by(document: str | None) -> str:
    return "" if document is None else f" ({document})"
