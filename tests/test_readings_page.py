"""The page on readings lists the defaults that are laxer than the letter, and every school of the EU AI Act pack."""

from __future__ import annotations

from pathlib import Path

from aiact_rules import Gate
from aiact_rules.reports.pack_pages import laxer_defaults

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "readings.md").read_text(encoding="utf-8")
(PACK,) = Gate().packs(["eu_ai_act"])


def test_every_default_that_is_laxer_than_the_letter_stands_there_with_its_authority() -> None:
    listed = PAGE.split("<!-- laxer -->\n")[1].split("\n<!-- end -->")[0]
    assert listed == "\n".join([*laxer_defaults(PACK)][2:]).rstrip()


def test_every_school_stands_there() -> None:
    for name in (*PACK.schools, "default"):
        assert f"| `{name}` |" in PAGE


def test_letter_and_strict_choose_for_every_reading_and_the_commission_names_its_documents() -> None:
    assert PACK.school("letter").keys() == PACK.school("strict").keys() == PACK.readings.keys()
    for said in PACK.schools["commission"].choices.values():
        assert said.document
        assert said.status in ("final", "draft")
