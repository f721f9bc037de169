"""The SARIF 2.1.0 report, as code scanning on GitHub, editors and Azure read it."""

from __future__ import annotations

from collections.abc import Iterator

from aiact_rules.core.batches import Batch
from aiact_rules.core.printable import printable
from aiact_rules.reports.annotations import Annotation, Fault, annotations_of, document_of, faults_of
from aiact_rules.reports.escapes import json_text, uri
from aiact_rules.reports.heard import notes_told
from aiact_rules.reports.remarks import NOTHING_JUDGED, left_out_of, remarks_of
from aiact_rules.reports.weights import Weight
from aiact_rules.version import SITE, __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_TEXT = 1024
_LEVELS = {
    Weight.VIOLATED: "error",
    Weight.UNMET: "warning",
    Weight.UNDETERMINED: "note",
    Weight.KNOWN: "warning",
    Weight.WAIVED: "note",
}
_SEVERITIES = {weight: "recommendation" if level == "note" else level for weight, level in _LEVELS.items()}


class SarifReport:
    """Writes what stands in the way of a release as SARIF results, one rule per document or article."""

    name = "sarif"

    def render(self, batch: Batch) -> str:
        """Return the batch as one SARIF run."""
        found = annotations_of(batch)
        rules: dict[str, Annotation] = {}
        for annotation in found:
            rules.setdefault(annotation.rule, annotation)
        index = {rule: number for number, rule in enumerate(rules)}
        run = {
            "tool": {
                "driver": {
                    "name": "aiact-rules",
                    "informationUri": SITE,
                    "semanticVersion": __version__,
                    "rules": [_rule(annotation) for annotation in rules.values()],
                }
            },
            "automationDetails": {"id": "aiact-rules/"},
            "invocations": [
                {
                    "executionSuccessful": not batch.failed,
                    "exitCode": batch.exit_code,
                    "toolExecutionNotifications": list(_notifications(batch)),
                }
            ],
            "columnKind": "unicodeCodePoints",
            "results": [_result(annotation, index[annotation.rule]) for annotation in found],
        }
        return json_text({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _notifications(batch: Batch) -> Iterator[dict[str, object]]:
    """Yield what is to be said of the run itself: problems, then what is out of the ordinary in an input, and words noted.

    Words that hold nothing are no results, so that no check of results fails for them.
    """
    yield from (_problem(fault) for fault in faults_of(batch))
    for item in batch.items:
        for remark in remarks_of(item):
            path = document_of(item.decisions[0])
            yield _notification("warning" if remark.warns else "note", str(remark), path, None)
        for decision in item.decisions:
            for place, told in notes_told(decision):
                yield _notification("note", told, place.source, place.line)
    if not batch.items and not batch.problems:
        yield _notification("warning", NOTHING_JUDGED, None, None)
    if (left_out := left_out_of(batch)) is not None:
        yield _notification("note", f"left out: {left_out}", None, None)


def _problem(fault: Fault) -> dict[str, object]:
    return {
        "descriptor": {"id": "input-error"},
        **_notification("error", fault.message, fault.path, fault.line),
    }


def _notification(level: str, text: str, path: str | None, line: int | None) -> dict[str, object]:
    found: dict[str, object] = {"level": level, "message": {"text": text}}
    if path is not None:
        region = {} if line is None else {"region": {"startLine": line}}
        found["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": uri(path)}, **region}}]
    return found


def _rule(annotation: Annotation) -> dict[str, object]:
    text = printable(f"{annotation.title}")[:_MOST_TEXT]
    shows = f"`{annotation.shows}` shows the rules and facts behind it."
    link = "" if annotation.page is None else f"\n\n[What it asks for]({annotation.page})"
    found: dict[str, object] = {
        "id": annotation.rule,
        "name": annotation.rule,
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {
            "text": f"{shows}"[:_MOST_TEXT],
            "markdown": f"**{annotation.provision}**\n\n{shows}{link}",
        },
        "defaultConfiguration": {"level": _LEVELS[annotation.weight]},
        "properties": {
            "tags": ["eu-ai-act", "compliance"],
            "precision": "high",
            "problem.severity": _SEVERITIES[annotation.weight],
        },
    }
    if annotation.page is not None:
        found["helpUri"] = annotation.page
    return found


def _result(annotation: Annotation, index: int) -> dict[str, object]:
    region = {"startLine": annotation.line, "startColumn": 1, "endLine": annotation.line, "endColumn": 2}
    location = {"artifactLocation": {"uri": uri(annotation.path)}, "region": region}
    suppressions = [{"kind": "external", "status": "accepted", "justification": annotation.waived}]
    return {
        "ruleId": annotation.rule,
        "ruleIndex": index,
        "level": _LEVELS[annotation.weight],
        "message": {"text": printable(annotation.message)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{annotation.fingerprint[:16]}:1",
            "aiactFinding/v2": annotation.fingerprint,
        },
        **({} if annotation.known is None else {"baselineState": "unchanged" if annotation.known else "new"}),
        **({"suppressions": suppressions} if annotation.waived else {}),
    }
