"""The SARIF 2.1.0 report, as code scanning on GitHub, editors and Azure read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from urllib.parse import quote

from aiact_rules import __version__
from aiact_rules.core.decisions import Decision
from aiact_rules.reports.annotations import Annotation, annotations_of

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_MOST_TEXT = 1024


class SarifReport:
    """Writes breached and open findings as SARIF results, one rule per obligation."""

    name = "sarif"

    def render(self, decision: Decision) -> str:
        """Give one decision as SARIF."""
        return self.render_many([decision])

    def render_many(self, decisions: Sequence[Decision]) -> str:
        """Give several decisions as one SARIF run."""
        found = annotations_of(decisions)
        rules: dict[str, Annotation] = {}
        for annotation in found:
            rules.setdefault(annotation.rule, annotation)
        index = {rule: number for number, rule in enumerate(rules)}
        worst = max((decision.verdict.severity for decision in decisions), default=0)
        run = {
            "tool": {
                "driver": {
                    "name": "aiact-rules",
                    "semanticVersion": __version__,
                    "rules": [_rule(annotation) for annotation in rules.values()],
                }
            },
            "automationDetails": {"id": "aiact-rules/"},
            "invocations": [{"executionSuccessful": True, "exitCode": 1 if worst else 0}],
            "columnKind": "unicodeCodePoints",
            "results": [_result(annotation, index[annotation.rule]) for annotation in found],
        }
        return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False) + "\n"


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
    location = {"artifactLocation": {"uri": quote(annotation.path)}, "region": region}
    return {
        "ruleId": annotation.rule,
        "ruleIndex": index,
        "level": "error" if annotation.blocks else "warning",
        "message": {"text": annotation.message},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {
            "primaryLocationLineHash": f"{annotation.fingerprint[:16]}:1",
            "aiactFinding/v1": annotation.fingerprint,
        },
    }
