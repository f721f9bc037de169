"""The portfolio: every release in one row, those that could not be assessed too, and the dates of all in one picture."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import Place, Problem
from aiact_rules.gate import Gate
from aiact_rules.reports.html_report import HtmlReport
from aiact_rules.reports.html_report.portfolio import class_of
from tests.cli.conftest import Answer, run
from tests.reports.html_report.reading import Page

__all__ = ["run"]
EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
AS_OF = date(2026, 11, 30)
BROKEN = Item(
    "teams/vision",
    problems=(
        Problem("unknown fact `system.practises`", Place("teams/vision/aiact.yaml", 7), "did you mean `practices`?"),
        Problem("the card beside it cannot be read", Place("teams/vision/README.md")),
    ),
)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="module")
def decisions(gate: Gate) -> tuple[Decision, ...]:
    return tuple(gate.check(EXAMPLES / name, as_of=AS_OF) for name in ("minimal", "cv-screening", "silent"))


@pytest.fixture(scope="module")
def markup(decisions: tuple[Decision, ...]) -> str:
    return HtmlReport().render(Batch((*Batch.of(*decisions).items, BROKEN)))


def rows_of(markup: str) -> list[str]:
    index = markup[markup.index('id="index"') : markup.index("Deadlines over the next")]
    return re.findall(r"<tr><th scope=\"row\">.*?</tr>", index, re.DOTALL)


def test_the_index_has_one_row_for_each_release_with_what_could_not_be_assessed_first(markup: str) -> None:
    rows = rows_of(markup)
    assert len(rows) == 4
    assert ["ERROR" in row for row in rows] == [True, False, False, False]
    assert "ALLOW" in rows[-1]
    assert "1 allowed, 2 held, 1 not assessed" in markup


def test_a_row_says_verdict_class_roles_next_date_operator_and_open_work(
    markup: str, decisions: tuple[Decision, ...]
) -> None:
    (row,) = [row for row in rows_of(markup) if "cv-screener" in row]
    for said in ("HOLD", "high-risk", "provider", "2027-12-15: placing on", "154 unmet, 31 undetermined", "not stated"):
        assert said in row
    named = replace(decisions[1], operator="Corvid Labs")
    (row, _) = rows_of(HtmlReport().render(Batch.of(named, decisions[0])))
    assert "Corvid Labs" in row


def test_an_error_stands_with_its_message_and_place_in_the_index_and_whole_in_its_section(markup: str) -> None:
    row = rows_of(markup)[0]
    assert "teams/vision/aiact.yaml:7" in row
    assert "unknown fact `system.practises`" in row
    assert "(1 more)" in row
    for said in ("did you mean `practices`?", "the card beside it cannot be read"):
        assert said in markup


def test_a_run_in_which_nothing_could_be_assessed_is_a_portfolio_of_errors_without_dates() -> None:
    shown = Page.of(HtmlReport().render(Batch((BROKEN, replace(BROKEN, name="teams/sound")))))
    assert "2 not assessed" in shown.text
    assert "teams/sound" in shown.text
    assert "svg" not in shown.tags
    assert {link[1:] for link in shown.links} <= set(shown.ids)


@pytest.mark.parametrize("many", [1, 3])
def test_problems_of_the_whole_run_stand_before_every_verdict(many: int, decisions: tuple[Decision, ...]) -> None:
    problem = Problem("the folder `lock` cannot be read", Place("lock"))
    text = Page.of(HtmlReport().render(Batch(Batch.of(*decisions[:many]).items, problems=(problem,)))).text
    assert "not everything was assessed" in text
    assert text.index("the folder `lock` cannot be read") < text.index("ALLOW")


def test_it_is_no_row_of_whole_pages_unless_asked(markup: str, decisions: tuple[Decision, ...]) -> None:
    whole = HtmlReport().render(Batch((*Batch.of(*decisions).items, BROKEN), full=True))
    assert len(markup) < 40_000
    assert "Default values relied on" not in markup
    assert Page.of(whole).text.count("Default values relied on") == 3
    assert Page.of(whole).text.count("Prepared by") == 3
    for shown in (Page.of(markup), Page.of(whole)):
        assert {link[1:] for link in shown.links if link.startswith("#")} <= set(shown.ids)
        assert len(set(shown.ids)) == len(shown.ids)


def test_the_picture_shows_the_dates_of_the_next_three_years_and_none_beyond(markup: str) -> None:
    picture = markup[markup.index("<svg") : markup.index("</svg>")]
    assert "Deadlines from 2026-11-30 on" in picture
    for said in ("2027", "2028", "2029", "cv-screener 2.1.0", "ticket-router"):
        assert f">{said}</text>" in picture
    assert ">2030</text>" not in picture
    assert picture.count("<circle") == 3  # two dates of the silent release, and the key


def test_a_release_that_passes_all_the_same_says_so_in_its_row(decisions: tuple[Decision, ...]) -> None:
    lax = replace(Batch.of(decisions[1]).items[0], passes=True, waived=("`fail_on` is `never` (the caller)",))
    (row, _) = rows_of(HtmlReport().render(Batch((lax, BROKEN))))[::-1]
    assert "passes" in row


def test_the_class_of_a_release_is_said_in_the_words_of_its_pack(decisions: tuple[Decision, ...]) -> None:
    minimal, screening, silent = map(class_of, decisions)
    assert screening == "high-risk (Chapter III applies): Annex III, point 4(a)"
    assert minimal.startswith("AI system")
    assert "undetermined: " in silent


def test_the_command_writes_a_portfolio_of_a_folder(run: Callable[..., Answer], tmp_path: Path) -> None:
    for name, text in (("a", "format: 1\nname: a\nsubject: neither\n"), ("b", "format: 1\nrolls: [provider]\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "aiact.yaml").write_text(text, encoding="utf-8")
    answer = run("check", "--tree", str(tmp_path), "--as-of", str(AS_OF), "--format", "html")
    assert answer.code == 2
    assert "Portfolio: 2 releases" in answer.out
    assert "unknown key `rolls`" in answer.out
