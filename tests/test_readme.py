"""What the README shows is what the tool does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from aiact_rules import Gate, ReleaseRefused
from aiact_rules.cli.check import command as check
from aiact_rules.cli.guide import listed

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


def test_the_table_of_commands_has_every_command_and_no_other() -> None:
    named = set(re.findall(r"^\| `([a-z][a-z-]*)[ `]|, `([a-z][a-z-]*)` \|", README, re.MULTILINE))
    assert {word for pair in named for word in pair if word} == {name for name, _ in listed()}


def test_every_option_in_the_table_is_one_of_check() -> None:
    named = {
        option
        for row in re.findall(r"^\| (`--.*?) \| ", README, re.MULTILINE)
        for option in re.findall(r"--[\w-]+", row)
    }
    assert {"--require", "--allow-empty", "--left-out", "--uncovered", "--past-dates"} < named
    assert named <= {option for parameter in check.params for option in parameter.opts}


def test_every_page_it_links_to_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target


def test_a_gate_without_facts_holds() -> None:
    assert Gate().check({}).verdict.value == "hold"
