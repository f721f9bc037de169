"""The pages: every one is in the index, and every link of each leads somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "plugins" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]


def test_every_page_is_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = {(ROOT / "docs" / target).resolve() for target in re.findall(r"\]\(([^)#]+)\)", index)}
    assert {path.resolve() for path in PAGES} - {ROOT / "docs" / "README.md"} <= linked


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_imports_can_be_imported(page: Path) -> None:
    for module, names in re.findall(
        r"^from (aiact_rules[\w.]*) import ([\w, ]+)$", page.read_text("utf-8"), re.MULTILINE
    ):
        loaded = __import__(module, fromlist=["*"])
        for name in names.split(", "):
            assert hasattr(loaded, name), f"{module}: {name}"
