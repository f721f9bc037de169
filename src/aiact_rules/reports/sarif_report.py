"""The SARIF 2.1.0 report, as code scanning on GitHub, editors and Azure read it."""

from __future__ import annotations

from collections.abc import Iterator

from aiact_rules.core.batches import Batch
from aiact_rules.core.printable import printable
from aiact_rules.reports.annotations import Annotation, Fault, annotations_of, document_of, faults_of
from aiact_rules.reports.escapes import json_text, uri
from aiact_rules.reports.remarks import NOTHING_JUDGED, left_out_of, remarks_of
from aiact_rules.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_TEXT = 1024


class SarifReport:
    """Writes breached and open findings as SARIF results, one rule per obligation."""

    name = "sarif"

    def render(self, batch: Batch) -> str:
        """Return the batch as one SARIF run."""
        found = annotations_of(batch.decisions)
        rules: dict[str, Annotation] = {}
        for annotation in found:
            rules.setdefault(annotation.rule, annotation)
        index = {rule: number for number, rule in enumerate(rules)}
        run = {
            "tool": {
                "driver": {
                    "name": "aiact-rules",
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
    """Yield what is to be said of the run itself: problems, then what is out of the ordinary in an input."""
    yield from (_problem(fault) for fault in faults_of(batch))
    for item in batch.items:
        for remark in remarks_of(item):
            path = document_of(item.decisions[0])
            yield _notification("warning" if remark.warns else "note", str(remark), path, None)
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
    text = f"{annotation.provision}: {annotation.must}"
    return {
        "id": annotation.rule,
        "name": annotation.rule,
        "shortDescription": {"text": text[:_MOST_TEXT]},
        "fullDescription": {"text": text[:_MOST_TEXT]},
        "help": {
            "text": f"`aiact-rules explain {annotation.rule} FILE` shows the rules and facts behind this finding.",
            "markdown": f"**{annotation.provision}**\n\n`aiact-rules explain {annotation.rule} FILE` shows the rules and facts behind it.",
        },
        "properties": {"tags": ["eu-ai-act", "compliance"], "precision": "high", "problem.severity": "error"},
    }


def _result(annotation: Annotation, index: int) -> dict[str, object]:
    region = {"startLine": annotation.line, "startColumn": 1, "endLine": annotation.line, "endColumn": 2}
    location = {"artifactLocation": {"uri": uri(annotation.path)}, "region": region}
    suppressions = [{"kind": "external", "status": "accepted", "justification": annotation.waived}]
    return {
        "ruleId": annotation.rule,
        "ruleIndex": index,
        "level": "error" if annotation.blocks else "warning",
        "message": {"text": printable(annotation.message)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{annotation.fingerprint[:16]}:1",
            "aiactFinding/v1": annotation.fingerprint,
        },
        **({"suppressions": suppressions} if annotation.waived else {}),
    }
