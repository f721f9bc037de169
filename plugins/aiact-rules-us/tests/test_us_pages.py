"""The pages of the packs in the documentation are current, and every finding has its place on one."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.cli.document import command
from aiact_rules.core.pages import page_of
from aiact_rules.version import SITE

PAGES = Path(__file__).parents[3] / "docs" / "obligations"
PACKS = ("us_ca", "us_co", "us_ct", "us_fed", "us_il", "us_ny", "us_nyc", "us_tx", "us_ut")


@pytest.mark.parametrize("name", PACKS)
def test_the_pages_in_the_documentation_are_current(name: str, tmp_path: Path) -> None:
    assert CliRunner().invoke(command, [name, "--output", str(tmp_path)]).exit_code == 0
    kept, made = (
        {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
        for folder in (PAGES / name, tmp_path)
    )
    differing = sorted(page for page in kept.keys() | made.keys() if kept.get(page) != made.get(page))
    assert differing == [], f"run `aiact-rules document {name} --output docs/obligations/{name}` and commit it"


@pytest.mark.parametrize("name", PACKS)
def test_every_finding_has_its_place_on_a_page(name: str) -> None:
    pack = Catalogue.of_installed_plugins().pack(name)
    for finding in (*pack.obligations, *pack.rules, *(f"signal.{cue}" for cue in pack.cues)):
        address = page_of(pack, finding)
        assert address is not None
        page, anchor = address.removeprefix(f"{SITE}/obligations/").split("/#")
        assert (PAGES / f"{page}.md").read_text(encoding="utf-8").count(f'<a id="{anchor}"></a>') == 1, finding
