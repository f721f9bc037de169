"""The pages of hosts: each says what is installed, what a refusal looks like, who can walk round it, and whether it blocks."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs" / "hosts").glob("*.md"))
SECTIONS = ("## Install", "## What a refused release looks like", "## Who can walk round it")
WORDS = ("**Blocks**", "**Blocks in the pipeline**", "**Only records**")


def ids(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_it_has_the_sections_and_says_first_whether_it_blocks(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line in SECTIONS] == [*SECTIONS]
    assert text.split("\n\n")[1].startswith(WORDS)


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_the_refusal_it_shows_is_one_of_ours(page: Path) -> None:
    shown = page.read_text(encoding="utf-8").split("## What a refused release looks like")[1].split("\n## ")[0]
    assert "refused: " in shown
    assert re.search(r"decision sha256:[0-9a-f]{64}", shown)


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_it_is_in_the_index_and_in_the_navigation(page: Path) -> None:
    index = (ROOT / "docs" / "hosts.md").read_text(encoding="utf-8")
    row = next(line for line in index.splitlines() if f"](hosts/{page.name})" in line)
    word = page.read_text(encoding="utf-8").split("\n\n")[1].split("**")[1]
    assert row.rstrip(" |").split("| ")[-1].casefold().startswith(word.casefold())
    assert f": hosts/{page.name}" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", [*PAGES, ROOT / "docs" / "hosts.md"], ids=ids)
def test_its_code_can_be_read(page: Path) -> None:
    for kind, code in re.findall(r"^```(python|yaml)\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL):
        if kind == "python":
            compile(code, page.name, "exec")
        else:
            assert yaml.safe_load(code)


@pytest.mark.parametrize("page", [*PAGES, ROOT / "docs" / "hosts.md"], ids=ids)
def test_what_it_imports_of_ours_is_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for module, names in re.findall(r"^from (aiact_rules[\w.]*) import ([\w, ]+)$", text, re.MULTILINE):
        # The platforms that most adapters import are not installed.
        source = (ROOT / "src" / Path(*module.split("."))).with_suffix(".py").read_text(encoding="utf-8")
        known = {node.name for node in ast.parse(source).body if isinstance(node, ast.ClassDef | ast.FunctionDef)}
        assert set(names.split(", ")) <= known, module
