"""Pack pages: everything of a pack stands on the page of its article, and the pages in the documentation are current."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.document import command
from aiact_rules.core.packs import SIGNAL, Pack
from aiact_rules.core.pages import page_of
from aiact_rules.core.problems import InputError, PackError
from aiact_rules.reports.pack_pages import pack_pages

PAGES = Path(__file__).parents[2] / "docs" / "obligations"
TOGETHER = ("eu_ai_act", "gpai_code_of_practice", "gpai_guidelines", "transparency_guidelines")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of_installed_plugins()


@pytest.fixture(scope="module")
def pack(catalogue: Catalogue) -> Pack:
    (merged,) = catalogue.packs(TOGETHER)
    return merged


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    assert CliRunner().invoke(command, ["eu_ai_act", "--output", str(folder)]).exit_code == 0
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def anchors(text: str) -> list[str]:
    return re.findall(r'<a id="([^"]+)"></a>', text)


def test_the_pages_in_the_documentation_are_current(pages: Mapping[str, str]) -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in PAGES.glob("*.md")}
    differing = sorted(name for name in kept.keys() | pages.keys() if kept.get(name) != pages.get(name))
    assert differing == [], "run `aiact-rules document eu_ai_act --output docs/obligations` and commit it"


def test_every_name_stands_once_on_the_page_that_its_address_names(pack: Pack, pages: Mapping[str, str]) -> None:
    names = [*pack.obligations, *pack.rules, *pack.readings, *(f"{SIGNAL}{cue}" for cue in pack.cues)]
    for name in names:
        address = page_of(pack, name)
        assert address is not None
        page, anchor = re.fullmatch(r".*/obligations/(.*)/#(.*)", address).groups()  # type: ignore[union-attr]
        assert anchors(pages[f"{page}.md"]).count(anchor) == 1, name
    articles = [text for name, text in pages.items() if re.match(r"(art|annex|recital)-|c-20|code-|regulation-", name)]
    assert sum(len(anchors(text)) for text in articles) == len(names)


def test_every_link_leads_to_a_page_and_its_anchor(pages: Mapping[str, str]) -> None:
    for name, text in pages.items():
        for page, anchor in re.findall(r"\]\(([a-zA-Z0-9-]*\.md)(?:#([^)]*))?\)", text):
            assert page in pages, f"{name}: {page}"
            assert not anchor or anchor in anchors(pages[page]), f"{name}: {page}#{anchor}"


def test_the_index_leads_to_every_other_page(pages: Mapping[str, str]) -> None:
    assert set(re.findall(r"\]\(([^)#]*)", pages["README.md"])) == set(pages) - {"README.md"}


def test_the_index_counts_what_the_pack_holds(pack: Pack, pages: Mapping[str, str]) -> None:
    assert f"{len(pack.rules)} rules and {len(pack.readings)} open points" in pages["README.md"]
    assert re.search(r"\[Art\. 24\]\(art-24\.md\) \| 1 prohibition, \d+ obligations", pages["README.md"])


def test_readings_timetables_sanctions_and_values_stand_on_their_pages(pack: Pack, pages: Mapping[str, str]) -> None:
    assert all(f"[`{name}`](" in pages["interpretations.md"] for name in pack.readings)
    found = anchors(pages["values.md"])
    assert set(found) == {*pack.timetables, *pack.sanctions}
    assert all(f"| `{name}` | " in pages["values.md"] for name in pack.parameters)


def test_every_conclusion_stands_on_its_page_with_its_rules(pack: Pack, pages: Mapping[str, str]) -> None:
    sections = dict(re.findall(r'^## <a id="(\w+)"></a>[^\n]*\n(.*?)(?=^## |\Z)', pages["conclusions.md"], re.M | re.S))
    for rule in pack.rules.values():
        if rule.concludes is not None:
            assert f"[`{rule.id}`](" in sections[rule.concludes]


def test_every_obligation_of_a_deliverable_stands_in_its_checklist(pack: Pack, pages: Mapping[str, str]) -> None:
    sections = dict(
        re.findall(r'^## <a id="(\w+)"></a>[^\n]*\n(.*?)(?=^## |\Z)', pages["deliverables.md"], re.M | re.S)
    )
    assert sections.keys() == pack.deliverables.keys()
    for name in pack.obligations:
        deliverable = pack.deliverable_of(name)
        assert deliverable is None or f"[`{name}`](" in sections[deliverable.id]


def test_an_obligation_says_who_before_what_from_when_and_what_shows_it(pages: Mapping[str, str]) -> None:
    shared, own = re.search(
        r"## Obligations: the distributor\n(.*?)\n### .*?(\n### [^\n]*art24\.1\.ce_marking.*?)\n### ",
        pages["art-24.md"],
        re.S,
    ).groups()  # type: ignore[union-attr]
    assert "- Who: the distributor" in shared
    assert "- Applies: from 2027-12-02 where [*high-risk by Annex III*](conclusions.md#high_risk_annex_iii)" in shared
    assert "up to EUR 15,000,000 or 3 % of worldwide annual turnover (Art. 99(4))" in shared
    assert "**Art. 24(1), with Art. 48**: the distributor must verify that the system bears the CE marking" in own
    assert "- Before: placing on the market or making available on the market" in own
    assert "- Except where: [*assessment derogation*]" in own
    assert "- Met where: `distributor.verified` has ce_marking" in own
    assert "- Suggested evidence: photograph" in own
    assert "- Interpretation: [`derogation_reach`](art-46.md#derogation_reach), by default `assessment_only`" in own
    assert "- Shown by: the missing declaration is named" in own


def test_a_page_leads_to_its_article_in_the_law(pages: Mapping[str, str]) -> None:
    law = "https://eur-lex.europa.eu/eli/reg/2024/1689/2026-07-27"
    assert f"[Annex IV in the law]({law}#anx_IV)" in pages["annex-iv.md"]
    assert "in the law](" not in pages["code-of-practice.md"]


def test_the_pages_have_no_empty_places(pages: Mapping[str, str]) -> None:
    for name, page in pages.items():
        assert not re.search(r"\bNone\b|\n\n\n", page), name
        assert not re.search(r" $", page, re.MULTILINE), name


def test_every_pack_has_pages_that_hold_all_of_its_obligations(catalogue: Catalogue) -> None:
    for name in catalogue.heads:
        pack = catalogue.pack(name)
        found = [anchor for page in pack_pages(pack, {}).values() for anchor in anchors(page)]
        assert {*pack.obligations, *pack.rules} <= {*found}


def test_one_page_can_be_shown_and_an_unknown_one_is_refused(pages: Mapping[str, str]) -> None:
    assert CliRunner().invoke(command, ["eu_ai_act", "art-24"]).output == pages["art-24.md"]
    assert CliRunner().invoke(command, ["eu_ai_act"]).output == pages["README.md"]
    with pytest.raises(InputError, match="did you mean `art-24`"):
        CliRunner().invoke(command, ["eu_ai_act", "art-24x"], catch_exceptions=False)
    with pytest.raises(PackError, match="did you mean `eu_ai_act`"):
        CliRunner().invoke(command, ["eu_ai_ac"], catch_exceptions=False)


def test_a_page_that_is_none_any_more_is_removed_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "art-999.md").write_text("# Art. 999\n\n<!-- Written by `aiact-rules document eu_ai_act`; -->\n")
    (tmp_path / "notes.md").write_text("# Our notes\n")
    assert CliRunner().invoke(command, ["gpai_guidelines", "--output", str(tmp_path)]).exit_code == 0
    assert not (tmp_path / "art-999.md").exists()
    assert (tmp_path / "notes.md").exists()
    assert (tmp_path / "c-2025-7719.md").exists()
