"""The CSV report: one line per finding, for a spreadsheet."""

from __future__ import annotations

import csv
import io

from aiact_rules.core.decisions import Decision

COLUMNS = ("pack", "status", "provision", "must", "applies_from", "questions")


class CsvReport:
    """Writes the findings of a decision as CSV. The first line after the heads is the verdict."""

    name = "csv"

    def render(self, decision: Decision) -> str:
        """Give the heads, the verdict and one line per finding."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerow(("", decision.verdict.value, "", "", "", ""))
        for pack in decision.packs:
            for finding in pack.findings:
                start = "" if finding.start is None else finding.start.on.isoformat()
                row = (pack.pack_id, finding.status.value, finding.provision, finding.must, start)
                writer.writerow((*(_harmless(cell) for cell in row), " ".join(finding.needs)))
        return text.getvalue()


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking a text for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
