"""The page of a value chain: its operators in a picture, who owes what, and a page for each of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.batches import Batch
from aiact_rules.core.chains import Chain
from aiact_rules.gate import Gate
from aiact_rules.reports.html_report import HtmlReport
from tests.cli.conftest import Answer, run
from tests.reports.html_report.reading import Page

__all__ = ["run"]
EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "value-chain"
AS_OF = date(2026, 11, 30)


@pytest.fixture(scope="module")
def chain() -> Chain:
    gate = Gate()
    return gate.decide_chain(gate.request(EXAMPLE, as_of=AS_OF))


@pytest.fixture(scope="module")
def markup(chain: Chain) -> str:
    return HtmlReport().render(Batch.of(chain))


def test_the_picture_names_each_operator_with_its_verdict_and_what_moves_between_them(
    markup: str, chain: Chain
) -> None:
    picture = markup[markup.index("<svg") : markup.index("</svg>")]
    assert "The value chain" in picture
    for name in chain.operators:
        assert f">{name}</text>" in picture
    assert picture.count(">HOLD</text>") == len(chain.operators)
    assert ">role of provider</text>" in picture
    assert ">Art. 25(1)(a)</text>" in picture


def test_the_matrix_says_for_every_article_how_it_stands_for_each_operator(markup: str) -> None:
    text = Page.of(markup).text
    matrix = text[text.index("Who owes what") :]
    assert "24 unmet" in matrix
    assert "perhaps post-release" in matrix
    assert "Nordhand counts as provider" in text


def test_each_operator_has_a_page_to_which_its_row_leads(markup: str, chain: Chain) -> None:
    page = Page.of(markup)
    for number, decision in enumerate(chain.decisions, 1):
        assert f"#o{number}-top" in page.links
        assert f"o{number}-top" in page.ids
        assert page.text.count(decision.decision_id) >= 2
    assert len(set(page.ids)) == len(page.ids)
    assert page.text.count("Prepared by") == len(chain.decisions)


def test_the_command_shows_the_verdict_of_each_operator_by_date(run: Callable[..., Answer]) -> None:
    answer = run("check", str(EXAMPLE), "--as-of", str(AS_OF), "--format", "html")
    assert "Verdicts by date" in Page.of(answer.out).text
