"""Baselines: what was violated or open on the day one was written, so that later only what is new since then fails."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status
from aiact_rules.reports.annotations import document_of
from aiact_rules.sources.text_files import read_bytes, repository_of

FORMAT = 2
_SEVERITY = {Status.OPEN.value: 1, Status.BREACHED.value: 2}

Known = frozenset[tuple[str | None, str, str]]
"""Findings by operator, pack and id."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One finding as it stood: `status`, and who noted it, why, and until when it counts (None: without end)."""

    status: str
    by: str | None = None
    why: str | None = None
    until: date | None = None

    def as_json(self) -> dict[str, str]:
        """Return the entry as it stands in a file."""
        until = None if self.until is None else self.until.isoformat()
        said = {"status": self.status, "by": self.by, "why": self.why, "until": until}
        return {name: text for name, text in said.items() if text is not None}


@dataclass(frozen=True)
class Baseline:
    """Entries by document (and operator) and finding. `file` is where it stands.

    Documents in no repository are named from the folder of the file, all others from the root of their repository, so that
    it makes no difference from which folder a run is started.
    """

    file: Path
    findings: Mapping[str, Mapping[str, Entry]]

    @property
    def name(self) -> str:
        """Return how the file is called."""
        return self.file.as_posix()

    def text(self) -> str:
        """Return the baseline as it stands in a file, one finding a line."""
        documents = (
            f"    {_json(document)}: {{\n{_lines(found)}\n    }}" if found else f"    {_json(document)}: {{}}"
            for document, found in self.findings.items()
        )
        return f'{{\n  "format": {FORMAT},\n  "findings": {{\n' + ",\n".join(documents) + "\n  }\n}\n"

    def __len__(self) -> int:
        return sum(len(found) for found in self.findings.values())


def _lines(found: Mapping[str, Entry]) -> str:
    return ",\n".join(f"      {_json(name)}: {_json(entry.as_json())}" for name, entry in found.items())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def baseline_of(
    file: Path,
    decisions: Iterable[Decision],
    *,
    by: str | None = None,
    why: str | None = None,
    until: date | None = None,
) -> Baseline:
    """Return what is violated or open in decisions and not waived, under the packs that gate."""
    found: dict[str, dict[str, Entry]] = {}
    for decision in decisions:
        of = found.setdefault(_key(file, decision), {})
        for pack, standing in _gating(decision):
            of[_name(pack, standing)] = Entry(standing.status.value, by, why, until)
    return Baseline(file, found)


def read_baseline(file: Path) -> Baseline:
    """Read a baseline, of this format or of format 1. Raises InputError where it is none."""
    hint = "write one with `aiact-rules baseline`"
    try:
        value = json.loads(read_bytes(file, str(file)))
        known = value["format"]
        if known not in (1, FORMAT):
            message = f"this baseline has the format {known}, known are 1 and {FORMAT}"
            raise InputError([Problem(message, Place(str(file)), hint)])
        findings = {
            str(document): {str(name): _entry(entry) for name, entry in found.items()}
            for document, found in value["findings"].items()
        }
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise InputError([Problem("this is not a baseline", Place(str(file)), hint)]) from error
    return Baseline(file, findings)


def _entry(value: object) -> Entry:
    """Return an entry; in format 1 it was the status alone. Raises ValueError, KeyError or TypeError where it is none."""
    said = {"status": value} if isinstance(value, str) else value
    if not isinstance(said, dict) or said["status"] not in _SEVERITY:
        raise ValueError("an entry has a status")
    by, why, until = (said.get(name) for name in ("by", "why", "until"))
    return Entry(
        said["status"],
        None if by is None else str(by),
        None if why is None else str(why),
        None if until is None else date.fromisoformat(until),
    )


@dataclass(frozen=True, slots=True)
class Comparison:
    """What of a decision stands in a baseline, no worse than there, what is new, and what was there too long."""

    known: Known
    new: tuple[str, ...] = ()
    expired: Mapping[str, date] = field(default_factory=dict)


def compared(baseline: Baseline, decision: Decision) -> Comparison:
    """Return what is new or worse in a decision since a baseline; an entry that has expired on its as-of date counts again."""
    shown = _shown(decision)
    before = baseline.findings.get(_key(baseline.file, decision), baseline.findings.get(shown, {}))
    known: set[tuple[str | None, str, str]] = set()
    new: list[str] = []
    expired: dict[str, date] = {}
    for pack, standing in _gating(decision):
        name = _name(pack, standing)
        entry = before.get(name)
        if entry is None or _SEVERITY[standing.status.value] > _SEVERITY[entry.status]:
            new.append(name)
        elif entry.until is not None and entry.until < pack.pack_at.as_of:
            expired[name] = entry.until
        else:
            known.add((decision.operator, pack.pack_id, standing.id))
    return Comparison(frozenset(known), tuple(new), expired)


def _gating(decision: Decision) -> Iterable[tuple[PackDecision, Standing]]:
    for pack in decision.packs:
        for standing in pack.standings if pack.verdict is not None else ():
            if standing.gates and (pack.pack_id, standing.id) not in decision.waived:
                yield pack, standing


def _name(pack: PackDecision, standing: Standing) -> str:
    return f"{pack.pack_id}.{standing.id}"


def _shown(decision: Decision) -> str:
    """Return how a decision was called in format 1: by the name of its document."""
    return f"{document_of(decision)}#{decision.operator}" if decision.operator else document_of(decision)


def _key(file: Path, decision: Decision) -> str:
    document = Path.cwd() / document_of(decision)
    if not document.is_file() or repository_of(document) is not None:
        return _shown(decision)
    name = Path(os.path.relpath(document.resolve(), file.resolve().parent)).as_posix()
    return f"{name}#{decision.operator}" if decision.operator else name
