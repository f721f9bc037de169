"""The steps for contributors name files and commands that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aiact_rules.cli.guide import listed

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
_NEW = re.compile(r"NN|NAME|LAW|\bjp\b|dist/|aiact-rules-jp")
FILES = sorted({name for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", PAGE) if not _NEW.search(name)})


@pytest.mark.parametrize("name", FILES)
def test_every_file_it_names_exists(name: str) -> None:
    assert any((folder / name).exists() for folder in (ROOT, ROOT / "src" / "aiact_rules")), name


def test_every_command_it_names_exists() -> None:
    named = set(re.findall(r"`aiact-rules ([\w-]+)", PAGE))
    assert {"test", "coverage", "prove"} < named
    assert named <= {name for name, _ in listed()}


@pytest.mark.parametrize(
    "task", ["a rule", "a fact", "a date or a value of the law", "a jurisdiction", "a format", "a host"]
)
def test_every_task_has_numbered_steps(task: str) -> None:
    section = PAGE.split(f"## Add {task}\n")[1].split("\n## ")[0]
    assert "\n1. " in section
    assert "\n4. " in section


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", PAGE):
        assert (ROOT / target).exists(), target
