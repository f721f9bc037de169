"""What the README shows is what the tool does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aiact_rules.cli import _COMMANDS
from aiact_rules.gate import Gate
from aiact_rules.overrides import ReleaseRefused

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_example_runs_and_refuses_what_is_still_open(capsys: pytest.CaptureFixture[str]) -> None:
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert code is not None
    with pytest.raises(ReleaseRefused):
        exec(compile(code[1], "README.md", "exec"), {})
    assert capsys.readouterr().out.startswith("hold [")


def test_the_release_file_shown_is_the_minimal_example() -> None:
    shown = re.search(r"```yaml\n(format: 1\n.*?)```", README, re.DOTALL)
    assert shown is not None
    assert shown[1] == (ROOT / "examples" / "minimal" / "aiact.yaml").read_text(encoding="utf-8")


def test_every_command_in_the_table_exists() -> None:
    named = set(re.findall(r"^\| `([a-z-]+)[ `]|, `([a-z-]+)` \|", README, re.MULTILINE))
    words = {word for pair in named for word in pair if word}
    assert words
    assert words <= set(_COMMANDS)


def test_every_page_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_a_gate_without_facts_holds() -> None:
    assert Gate().check({}).verdict.value == "hold"
