"""Baselines: what was breached or open on the day one was written, so that later only what got worse fails."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.statuses import Status
from aiact_rules.reports.annotations import document_of
from aiact_rules.sources.text_files import read_bytes

FORMAT = 1
_SEVERITY = {Status.OPEN: 1, Status.BREACHED: 2}
_BY_WORD = {status.value: severity for status, severity in _SEVERITY.items()}


@dataclass(frozen=True)
class Baseline:
    """Statuses by document (and operator) and finding. `name` is how the file is called."""

    name: str
    findings: Mapping[str, Mapping[str, str]]

    def text(self) -> str:
        """Return the baseline as it stands in a file."""
        return json.dumps({"format": FORMAT, "findings": self.findings}, indent=2, ensure_ascii=False) + "\n"

    def __len__(self) -> int:
        return sum(len(found) for found in self.findings.values())


def baseline_of(name: str, decisions: Iterable[Decision]) -> Baseline:
    """Return what is breached or open in decisions and not waived, under the packs that gate."""
    found: dict[str, dict[str, str]] = {}
    for decision in decisions:
        of = found.setdefault(_key(decision), {})
        for pack in decision.packs:
            for finding in pack.findings if pack.verdict is not None else ():
                if finding.status.gates and (pack.pack_id, finding.id) not in decision.waived:
                    of[f"{pack.pack_id}.{finding.id}"] = finding.status.value
    return Baseline(name, found)


def read_baseline(file: Path) -> Baseline:
    """Read a baseline. Raises InputError where it is none."""
    hint = "write one with `aiact-rules baseline`"
    try:
        value = json.loads(read_bytes(file, str(file)))
        findings = {str(k): {str(n): str(s) for n, s in v.items()} for k, v in value["findings"].items()}
        known = value["format"]
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise InputError([Problem("this is not a baseline", Place(str(file)), hint)]) from error
    if known != FORMAT:
        raise InputError([Problem(f"this baseline has the format {known}, known is {FORMAT}", Place(str(file)), hint)])
    return Baseline(file.as_posix(), findings)


def worse_than(baseline: Baseline, decision: Decision) -> tuple[str, ...]:
    """Return the findings that are breached or open now and were not, or less so, in the baseline."""
    key = _key(decision)
    before = baseline.findings.get(key, {})
    now = baseline_of("now", [decision]).findings[key]
    return tuple(name for name, word in now.items() if _BY_WORD[word] > _BY_WORD.get(before.get(name, ""), 0))


def _key(decision: Decision) -> str:
    return f"{document_of(decision)}#{decision.operator}" if decision.operator else document_of(decision)
