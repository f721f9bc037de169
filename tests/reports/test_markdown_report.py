"""The Markdown says what the text says, and everything where that is asked for."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from aiact_rules.core.batches import Batch
from aiact_rules.core.decisions import Decision
from aiact_rules.gate import Gate
from aiact_rules.reports.markdown_report import MarkdownReport

ROOT = Path(__file__).resolve().parents[2]
GATE = Gate()
EXAMPLES = ("silent", "cv-screening", "open-llm", "minimal")


def judged(example: str, **facts: object) -> Decision:
    return GATE.check(ROOT / "examples" / example, as_of=date(2026, 11, 22), facts=facts)


@pytest.mark.parametrize("full", [False, True])
def test_rows_of_tables_have_as_many_cells_as_their_head(full: bool) -> None:
    batch = Batch.of(*map(judged, EXAMPLES), judged("minimal", **{"operator.supports_ai_literacy": "no"}), full=full)
    text = MarkdownReport().render(batch)
    assert "## HOLD: " in text
    assert "## BLOCK: " in text
    for line in text.splitlines():
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5, line
    assert MarkdownIt().enable("table").render(text).count("<table>") >= 3


@pytest.mark.parametrize("example", EXAMPLES)
def test_it_is_short_unless_everything_is_asked_for(example: str) -> None:
    assert len(MarkdownReport().render(Batch.of(judged(example))).splitlines()) <= 45


def test_everything_has_every_obligation_question_interpretation_and_claim() -> None:
    decision = judged("cv-screening")
    text = MarkdownReport().render(Batch.of(decision, full=True))
    for finding in decision.findings:
        if finding.status.value == "open":
            assert finding.must.split("`")[0][:40] in text
    for heading in ("Unmet (applicable, not demonstrated) (154)", "Undetermined applicability (31)", "Post-release"):
        assert f"### {heading}" in text
    assert "### Interpretations applied (6)" in text
    assert "by word only" in text


def test_a_breach_stands_with_what_was_stated() -> None:
    text = MarkdownReport().render(Batch.of(judged("minimal", **{"operator.supports_ai_literacy": "no"})))
    assert "### Violated, contradictory or signalled (1)" in text
    assert "- violated: Art. 4(1): " in text
    assert "operator.supports\\_ai\\_literacy: no (caller)" in text
