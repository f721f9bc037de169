"""One release is one screen: at most 25 lines of 80 columns, whatever its class."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.tallies import tally_of
from aiact_rules.gate import Gate
from aiact_rules.judging import inputs_of, judge_inputs
from aiact_rules.reports.screen import MOST_LINES, decision_lines
from aiact_rules.reports.text_report import Detail, TextReport
from aiact_rules.requests.overrides import Overrides

ROOT = Path(__file__).resolve().parents[2]
GATE = Gate()
AS_OF = date(2026, 11, 22)
EXAMPLES = ("silent", "cv-screening", "open-llm", "minimal")


def judged(example: str, **facts: object) -> Decision:
    return GATE.check(ROOT / "examples" / example, as_of=AS_OF, facts=facts)


def screen(decision: Decision, width: int = 80, name: str = "m") -> list[str]:
    item = replace(Batch.of(decision).items[0], name=name)
    return list(decision_lines(item, decision, width))


@pytest.mark.parametrize("width", [80, 100, 200])
@pytest.mark.parametrize("example", EXAMPLES)
def test_a_release_is_at_most_25_lines_within_the_width(example: str, width: int) -> None:
    lines = screen(judged(example), width)
    assert len(lines) <= MOST_LINES == 25
    assert all(len(line) <= width for line in lines)


def test_a_wide_terminal_is_used() -> None:
    decision = judged("cv-screening")
    assert "registration in the EU database" not in "\n".join(screen(decision))
    wide = screen(decision, 140)
    assert any(line.startswith("  registration in the EU database ") for line in wide)
    assert max(map(len, wide)) > 80


def test_a_card_that_says_nothing_gets_the_first_questions_in_ten_lines() -> None:
    lines = screen(judged("silent"))
    text = " ".join(" ".join(lines).split())
    assert len(lines) <= 10
    assert lines[0].startswith("HOLD  ticket-router · role not stated · release step not stated")
    assert "136 obligations undetermined, 6 open questions" in text
    assert "operator.roles (131), release.moment (123), release.subject (112)" in text
    assert "aiact-rules ask m" in text


def test_a_held_release_names_class_fact_line_and_what_to_state_first() -> None:
    decision = judged("cv-screening")
    text = " ".join(" ".join(screen(decision)).split())
    assert "Annex III, point 4(a); system.annex_iii_uses: recruitment (" in text
    assert "aiact.yaml:17)" in text
    tally = tally_of(decision)
    assert f"{tally.unmet} unmet · {tally.undetermined} undetermined" in text
    assert "· 0 violated" in text
    assert "technical_documentation.annex_iv (34)" in text
    assert "why aiact-rules explain art8.1.intended_purpose m" in text


def test_the_rows_of_the_table_add_up_to_the_tally() -> None:
    decision = judged("cv-screening")
    lines = screen(decision, 200)
    start = next(at for at, line in enumerate(lines) if line.startswith("  Document or provision"))
    rows = lines[start + 1 : lines.index("", start)]
    tally, heading = tally_of(decision), lines[start]
    unmet_ends, unsure_ends = heading.index("unmet") + 5, heading.index("undetermined") + 12

    def count(row: str, end: int) -> int:
        said = row[:end].split()[-1]
        return 0 if said == "-" else int(said)

    assert sum(count(row, unmet_ends) for row in rows) == tally.unmet
    assert sum(count(row, unsure_ends) for row in rows) == tally.undetermined


def test_an_allowed_release_says_what_it_is_not_and_nothing_to_do() -> None:
    lines = screen(judged("minimal"))
    assert lines[0].startswith("ALLOW  spam-filter · provider · placing on the market, ")
    assert any(line.startswith("  not: GPAI model, prohibited practice, high-risk") for line in lines)
    assert "  nothing unmet · 4 post-release" in lines
    assert not any(line.startswith("  next") for line in lines)
    assert len(lines) <= 10


def test_an_allowed_release_says_from_when_an_undetermined_class_matters() -> None:
    facts: dict[str, object] = {
        "release.subject": "system",
        "system.practices": [],
        "system.annex_iii_uses": [],
        "system.annex_i_law": ["toys"],
        "system.transparency_situations": [],
    }
    decision = GATE.check(
        facts,
        roles=["provider"],
        markets=["EU"],
        moment="placing_on_market",
        release_date=date(2027, 1, 10),
        as_of=AS_OF,
    )
    assert decision.verdict.value == "allow"
    assert "  high-risk (Chapter III applies): undetermined, matters from 2028-08-02" in screen(decision)


def test_a_breach_stands_with_what_was_stated() -> None:
    lines = screen(judged("minimal", **{"operator.supports_ai_literacy": "no"}))
    text = " ".join(" ".join(lines).split())
    assert lines[0].startswith("BLOCK  ")
    assert "violated: Art. 4(1): take measures that support the AI literacy" in text
    assert "operator.supports_ai_literacy: no (caller)" in text
    assert len(lines) <= MOST_LINES


@pytest.mark.parametrize("most", [1, 40])
def test_many_alarms_are_cut_and_counted_never_dropped(most: int) -> None:
    decision = judged("cv-screening", **dict.fromkeys(_CHECKLISTS, []))
    lines = screen(decision)
    assert lines[0].startswith("BLOCK  ")
    assert len(lines) <= MOST_LINES
    shown = [line for line in lines if line.startswith("  violated: ")]
    assert shown
    assert any(" more: --full" in line for line in lines)


_CHECKLISTS = (
    "technical_documentation.annex_iv",
    "risk_management.measures",
    "instructions_for_use.contents",
    "quality_management.aspects",
    "cybersecurity.measures",
)


def test_what_lets_a_hold_pass_stands_below_the_verdict() -> None:
    decision = judged("silent")
    item = Item("silent", decision, passes=True, waived=("`fail_on` is `block` (aiact.toml:3)",))
    text = " ".join(" ".join(decision_lines(item, decision)).split())
    assert "passes: although its verdict is hold; `fail_on` is `block` (aiact.toml:3)" in text


def test_a_path_with_a_blank_can_be_pasted_into_a_shell() -> None:
    assert any(
        "aiact-rules ask 'my models/silent'" in line for line in screen(judged("silent"), name="my models/silent")
    )


def test_everything_is_said_where_that_is_asked_for() -> None:
    decision = judged("cv-screening")
    text = TextReport().render(Batch.of(decision, full=True))
    for heading in (
        "Classification",
        "Unmet (applicable, not demonstrated) (154)",
        "Undetermined applicability (31)",
        "Open questions by impact (",
        "Post-release obligations (14)",
        "Interpretations applied (",
        "Evidence (14 facts by word only)",
        "id: sha256:",
    ):
        assert f"\n{heading}" in text, heading
    assert sum(line.startswith("    - ") for line in text.splitlines()) == 154 + 14
    assert all(len(line) <= 80 for line in text.splitlines())


def test_several_releases_are_a_line_each_and_a_count() -> None:
    batch = Batch.of(judged("minimal"), judged("silent"), judged("minimal", **{"operator.supports_ai_literacy": "no"}))
    lines = TextReport().render(batch).splitlines()
    assert lines[0].startswith("ALLOW  ")
    assert lines[1].endswith("README.md: 136 undetermined")
    assert lines[2].startswith("BLOCK  ")
    assert "1 violated" in lines[2]
    assert lines[3].startswith("       violated: Art. 4(1): ")
    assert "3 releases: 1 allowed, 1 held, 1 blocked, 0 errors" in lines
    quiet = TextReport(detail=Detail.QUIET).render(batch).splitlines()
    assert [line.split()[0] for line in quiet] == ["ALLOW", "HOLD", "BLOCK"]
    summary = TextReport(detail=Detail.SUMMARY).render(batch).splitlines()
    assert "upcoming: 2 from 2026-12-02" in summary[1]


def test_on_success_it_is_short() -> None:
    lines = TextReport().render(Batch.of(judged("minimal"), judged("minimal"))).splitlines()
    assert len(lines) == 4
    assert lines[-1] == "2 releases: 2 allowed, 0 held, 0 blocked, 0 errors"


LAWS = ("EU", "KR", "US-CA", "US-CO", "US-IL", "US-NY", "US-TX", "US-UT")


@pytest.mark.parametrize("markets", [LAWS[:2], LAWS])
def test_several_laws_are_a_line_each_on_one_screen(markets: tuple[str, ...]) -> None:
    if not {"kr_ai_basic_act", "us_ca"} <= set(GATE.catalogue.heads):
        pytest.skip("the packs of the other markets are not installed")
    decision = GATE.check(ROOT / "examples" / "cv-screening", as_of=AS_OF, markets=markets)
    lines = screen(decision)
    assert len(lines) <= MOST_LINES
    assert all(len(line) <= 80 for line in lines)
    assert sum(line.startswith("  hold   ") for line in lines) >= min(len(decision.packs), 6)
    assert any(line.startswith("  technical docu") for line in lines)


def test_what_is_waived_is_counted_and_said(tmp_path: Path) -> None:
    (tmp_path / "aiact.toml").write_text(
        '[[waivers]]\nprovision = "Art. 9"\nreason = "in review"\napprover = "A. Person"\nuntil = 2027-06-30\n'
    )
    (tmp_path / "aiact.yaml").write_text((ROOT / "examples" / "cv-screening" / "aiact.yaml").read_text())
    (item,) = judge_inputs(GATE, inputs_of(GATE, [tmp_path]), Overrides.of(as_of=AS_OF)).items
    (decision,) = item.decisions
    text = " ".join(" ".join(decision_lines(item, decision)).split())
    assert "154 unmet" in text
    assert "24 waived" in text
    assert "Art. 9 (24 findings) waived until 2027-06-30 by A. Person: in review" in text
    full = TextReport().render(Batch((item,), full=True))
    assert " ".join(full.split()).count("(waived until 2027-06-30 by A. Person: in review (") == 24
