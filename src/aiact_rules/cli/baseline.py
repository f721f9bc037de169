"""`aiact-rules baseline`: note what is open today, so that later only what got worse fails."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from aiact_rules.cli.options import Judging, Reader
from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.gate import Gate
from aiact_rules.reports.annotations import document_of
from aiact_rules.sources.document import Skipped

Baseline = Mapping[str, Mapping[str, str]]
_SEVERITY = {"open": 1, "breached": 2}


@click.command("baseline")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
def command(file: Path, paths: tuple[Path, ...]) -> None:
    """Write into FILE what is breached or open in PATHS today; `check --baseline FILE` then fails only on what got worse."""
    gate = Gate()
    reader = Reader(gate, Judging())
    decisions: list[Decision] = []
    for path in paths:
        release = reader.read(path)
        if isinstance(release, Skipped):
            raise InputError([Problem(release.reason, Place(release.name))])
        document = release.document.with_facts(release.facts)
        decisions += [
            gate.decide(each, packs=release.packs, readings=release.readings) for each in document.per_operator()
        ]
    text = json.dumps({"format": 1, "findings": findings_of(decisions)}, indent=2, ensure_ascii=False) + "\n"
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise InputError([Problem("the baseline cannot be written", Place(str(file)), str(error))]) from error
    click.echo(f"{file}: {sum(len(f) for f in findings_of(decisions).values())} findings noted")


def findings_of(decisions: Sequence[Decision]) -> Baseline:
    """Give what is breached or open, by document (and operator) and finding."""
    found: dict[str, dict[str, str]] = {}
    for decision in decisions:
        of = found.setdefault(_key(decision), {})
        for pack in decision.packs:
            for finding in pack.findings if pack.verdict is not None else ():
                if finding.status.value in _SEVERITY:
                    of[f"{pack.pack_id}.{finding.id}"] = finding.status.value
    return found


def read_baseline(file: Path) -> Baseline:
    """Read a baseline. Raises InputError where it is none."""
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
        findings = {str(k): {str(n): str(s) for n, s in v.items()} for k, v in value["findings"].items()}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise InputError(
            [Problem("this is not a baseline", Place(str(file)), "write one with `aiact-rules baseline`")]
        ) from error
    return findings


def worse_than(baseline: Baseline, decision: Decision) -> tuple[str, ...]:
    """Name the findings that are breached or open now and were not, or less so, in the baseline."""
    before = baseline.get(_key(decision), {})
    now = findings_of([decision])[_key(decision)]
    return tuple(name for name, status in now.items() if _SEVERITY[status] > _SEVERITY.get(before.get(name, ""), 0))


def _key(decision: Decision) -> str:
    return f"{document_of(decision)}#{decision.operator}" if decision.operator else document_of(decision)
