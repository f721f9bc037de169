"""Pack pages: everything of a pack stands on its page, and the page in the documentation is current."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.document import command
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError
from aiact_rules.reports.pack_page import pack_page

PAGE = Path(__file__).parents[2] / "docs" / "obligations.md"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue.of_installed_plugins()


@pytest.fixture(scope="module")
def pack(catalogue: Catalogue) -> Pack:
    return catalogue.pack("eu_ai_act")


@pytest.fixture(scope="module")
def page(pack: Pack) -> str:
    return pack_page(pack)


def test_the_page_in_the_documentation_is_current(page: str) -> None:
    current = PAGE.read_text(encoding="utf-8") == page
    assert current, "run `aiact-rules document eu_ai_act --output docs/obligations.md` and commit it"


def test_every_obligation_stands_on_the_page_once(pack: Pack, page: str) -> None:
    obligations = page.split("\n## Conclusions\n")[0]
    listed = re.findall(r"^- \*\*.* `([a-z0-9_.]+)`$", obligations, re.MULTILINE)
    assert sorted(listed) == sorted(pack.obligations)


def test_every_reading_timetable_sanction_and_value_stands_on_the_page(pack: Pack, page: str) -> None:
    for name, reading in pack.readings.items():
        assert f"### `{name}`\n" in page
        assert f"- `{reading.default}` (default): " in page
    assert all(f"### `{name}` (" in page for name in pack.timetables)
    assert all(f"| `{name}` | " in page for name in (*pack.sanctions, *pack.parameters))


def test_every_conclusion_stands_on_the_page_with_its_rules(pack: Pack, page: str) -> None:
    conclusions = page.split("\n## Conclusions\n")[1].split("\n## ")[0]
    for rule in pack.rules.values():
        if rule.concludes is not None:
            assert f"`{rule.id}`" in conclusions


def test_an_obligation_says_provision_date_evidence_and_fine(page: str) -> None:
    article = page.split("\n#### Art. 24\n", 2)[-1].split("\n#### ")[0]
    assert "*Applies:* from 2027-12-02 where *high-risk by Annex III*" in article
    assert "up to EUR 15,000,000 or 3 % of worldwide annual turnover (Art. 99(4))" in article
    assert "**Art. 24(1), with Art. 48**" in article
    assert "  - Would show it: " in article


def test_links_of_the_contents_lead_somewhere(page: str) -> None:
    headings = {
        re.sub(r"[^\w -]", "", h).strip().lower().replace(" ", "-") for h in re.findall(r"^#+ (.*)$", page, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", page)) <= headings


def test_the_page_has_no_empty_places(page: str) -> None:
    assert "None" not in page
    assert "\n\n\n" not in page
    assert not re.search(r" $", page, re.MULTILINE)


def test_packs_that_extend_another_have_a_page_too(catalogue: Catalogue) -> None:
    for name in catalogue.heads:
        pack = catalogue.pack(name)
        text = pack_page(pack)
        assert all(f"`{o.id}`" in text for o in pack.obligations.values())


def test_the_command_writes_the_page(tmp_path: Path, page: str) -> None:
    output = tmp_path / "page.md"
    assert CliRunner().invoke(command, ["eu_ai_act", "--output", str(output)]).exit_code == 0
    assert output.read_bytes() == page.encode()
    with pytest.raises(PackError, match="did you mean `eu_ai_act`"):
        CliRunner().invoke(command, ["eu_ai_ac"], catch_exceptions=False)
