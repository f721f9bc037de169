"""Reports in the dialects of CI systems: GitHub workflow commands and GitLab code quality."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.printable import printable
from aiact_rules.reports.annotations import Annotation, annotations_of, document_of, faults_of, fingerprint_of
from aiact_rules.reports.escapes import harmless, json_text, workflow_data, workflow_property
from aiact_rules.reports.remarks import NOTHING_JUDGED, Remark, left_out_of, remarks_of
from aiact_rules.reports.weights import Weight

# GitHub shows ten annotations per kind and step; the rest only in the log.
_SHOWN_BY_GITHUB = 10
_WARNED = (Weight.UNMET, Weight.UNDETERMINED)
_SEVERITIES = {
    Weight.VIOLATED: "blocker",
    Weight.UNMET: "major",
    Weight.UNDETERMINED: "minor",
    Weight.KNOWN: "info",
    Weight.WAIVED: "info",
}


class GithubReport:
    """Writes workflow commands that GitHub shows as annotations: the worst first, and a line that counts the rest."""

    name = "github"

    def render(self, batch: Batch) -> str:
        """Return the batch as workflow commands, and a line for each decision."""
        found = annotations_of(batch)
        errors = [_command("error", fault.path, fault.line, None, fault.message) for fault in faults_of(batch)]
        errors += [_annotation("error", each) for each in found if each.weight is Weight.VIOLATED]
        warnings = [_annotation("warning", each) for each in found if each.weight in _WARNED]
        notices = [_annotation("notice", each) for each in found if each.weight in (Weight.KNOWN, Weight.WAIVED)]
        if not batch.items and not batch.problems:
            warnings.append(_command("warning", None, None, None, NOTHING_JUDGED))
        notices = [*_notices(batch), *notices]
        lines = [line for kind in (errors, warnings, notices) for line in (kind if batch.full else _shown(kind))]
        return "\n".join([*lines, *(harmless(line) for item in batch.items for line in _results(item))]) + "\n"


def _annotation(kind: str, annotation: Annotation) -> str:
    return _command(kind, annotation.path, annotation.line, annotation.provision, annotation.message)


def _notices(batch: Batch) -> Iterator[str]:
    for item in batch.items:
        for remark in remarks_of(item):
            if remark.warns:
                yield _command("notice", document_of(item.decisions[0]), None, None, str(remark))
    if (left_out := left_out_of(batch)) is not None:
        yield _command("notice", None, None, None, f"left out: {left_out}")


def _results(item: Item) -> Iterator[str]:
    if item.answer is None:
        yield printable(f"{item.name}: error")
    for decision in item.decisions:
        yield printable(f"{document_of(decision)}: {decision.verdict.value} ({decision.decision_id})")


def _shown(commands: Sequence[str]) -> Iterator[str]:
    yield from commands[:_SHOWN_BY_GITHUB]
    if len(commands) > _SHOWN_BY_GITHUB:
        yield f"::notice::{len(commands) - _SHOWN_BY_GITHUB} more findings of this kind; see the summary"


def _command(name: str, path: str | None, line: int | None, title: str | None, message: str) -> str:
    given = {"file": path, "line": None if line is None else str(line), "title": title}
    place = ",".join(f"{key}={workflow_property(value)}" for key, value in given.items() if value is not None)
    return f"::{name} {place}::{workflow_data(message)}" if place else f"::{name}::{workflow_data(message)}"


class GitlabReport:
    """Writes a GitLab code quality report."""

    name = "gitlab"

    def render(self, batch: Batch) -> str:
        """Return the batch as one code quality report."""
        rows = [
            _row("input-error", fault.message, fault.fingerprint, "blocker", fault.path, fault.line)
            for fault in faults_of(batch)
        ]
        rows += [
            _row(each.rule, each.message, each.fingerprint, _SEVERITIES[each.weight], each.path, each.line)
            for each in annotations_of(batch)
        ]
        rows += [_remark_row(item, remark) for item in batch.items for remark in remarks_of(item) if remark.warns]
        return json_text(rows)


def _remark_row(item: Item, remark: Remark) -> dict[str, object]:
    path = document_of(item.decisions[0])
    fingerprint = fingerprint_of(path, remark.label, remark.text)
    return _row(remark.label.replace(" ", "-"), str(remark), fingerprint, "info", path, None)


def _row(check: str, text: str, fingerprint: str, severity: str, path: str, line: int | None) -> dict[str, object]:
    return {
        "description": printable(text),
        "check_name": check,
        "fingerprint": fingerprint,
        "severity": severity,
        "location": {"path": printable(path), "lines": {"begin": line or 1}},
    }
