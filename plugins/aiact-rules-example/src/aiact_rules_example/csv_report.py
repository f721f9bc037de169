"""The CSV report: one line per release and per finding, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from aiact_rules import Batch, Item
from aiact_rules.core.printable import printable
from aiact_rules.reports.escapes import harmless

COLUMNS = ("release", "pack", "status", "provision", "must", "applies_from", "questions")


class CsvReport:
    """Writes the findings of a batch as CSV. The first line of each release is its verdict, or that it was not judged."""

    name = "csv"

    def render(self, batch: Batch) -> str:
        """Return the heads, then for each release its verdict and one line per finding or problem."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in _rows(batch):
            writer.writerow([_harmless(cell) for cell in row])
        return text.getvalue()


def _rows(batch: Batch) -> Iterator[tuple[str, ...]]:
    for item in batch.items:
        yield (item.name, "", item.word, "", "", "", "")
        yield from ((item.name, "", "problem", "", str(problem), "", "") for problem in item.problems)
        yield from _findings(item)
    yield from (("", "", "problem", "", str(problem), "", "") for problem in batch.problems)


def _findings(item: Item) -> Iterator[tuple[str, ...]]:
    for decision in item.decisions:
        for pack in decision.packs:
            for finding in pack.findings:
                start = "" if finding.start is None else finding.start.on.isoformat()
                status = finding.status.value
                must, needs = finding.must, " ".join(finding.needs)
                yield (item.name, pack.pack_id, status, finding.provision, must, start, needs)


def _harmless(cell: str) -> str:
    """Return a text that no spreadsheet takes for a formula, and that no terminal or CI system's log obeys."""
    cell = harmless(printable(cell))
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
