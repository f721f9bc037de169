"""The pages: every one is in the index, and every link of each leads somewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from aiact_rules import Batch, Gate, Subject
from aiact_rules.core.problems import Problem
from aiact_rules.plugins.interfaces import Report
from aiact_rules.specfiles.cases import CaseSpec, ExpectSpec, GroupSpec
from aiact_rules.specfiles.format import (
    FactSpec,
    MomentSpec,
    ObligationSpec,
    PackSpec,
    ParametersFile,
    RoleSpec,
    RuleSpec,
    TimetablesFile,
    TransitionSpec,
)

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


def test_the_report_of_the_guide_to_plugins_writes_what_was_judged_and_what_was_not() -> None:
    page = (ROOT / "plugins" / "README.md").read_text(encoding="utf-8")
    code = next(code for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL) if "LinesReport" in code)
    names: dict[str, Any] = {}
    exec(compile(code, "plugins/README.md", "exec"), names)
    report = names["LinesReport"]()
    assert isinstance(report, Report)
    decision = Gate().check({"release.subject": "system"}, roles=["provider"], subject=Subject("m"))
    item = replace(Batch.of(decision).items[0], name="m")
    assert report.render(Batch((item,), problems=(Problem("no release"),))) == "m: hold\nerror: no release\n"
    assert report.render(Batch(())) == "nothing was judged\n"


@pytest.mark.parametrize(
    "model",
    [PackSpec, RoleSpec, MomentSpec, TransitionSpec, FactSpec, RuleSpec, ObligationSpec, ParametersFile, TimetablesFile,
     CaseSpec, GroupSpec, ExpectSpec],
)  # fmt: skip
def test_the_page_on_writing_rules_names_every_key(model: type[BaseModel]) -> None:
    page = (ROOT / "docs" / "writing-rules.md").read_text(encoding="utf-8")
    assert [name for name in model.model_fields if not re.search(rf"\b{name}\b", page)] == []
