"""Help: the commands in groups, none cut off; what options take; examples that can be typed as they stand."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from aiact_rules.cli import cli
from aiact_rules.cli.guide import GROUPS, listed

from .conftest import ROOT, Answer
from .test_start import HEAVY, modules_of

Run = Callable[..., Answer]
NAMES = [name for name, _ in listed()]
EXAMPLES = [(name, example) for name, each in listed() for example in each.examples]


def command(name: str) -> click.Command:
    found = cli.get_command(click.Context(cli), name)
    assert found is not None
    return found


def test_every_command_stands_in_one_group() -> None:
    modules = {
        file.stem.replace("_", "-")
        for file in (ROOT / "src" / "aiact_rules" / "cli").glob("*.py")
        if re.search(r"^@click\.(?:command|group)\(\"", file.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert sorted(NAMES) == sorted(modules)


def test_help_shows_the_groups_and_cuts_nothing_off(run: Run) -> None:
    answer = run("--help")
    assert answer.code == 0
    assert "..." not in answer.out.replace("[ARGS]...", "")
    for title, commands in GROUPS.items():
        section = answer.out.split(f"\n{title}:\n")[1].split("\n\n")[0]
        assert [line.split()[0] for line in section.splitlines()] == [*commands]
    assert max(map(len, answer.out.splitlines())) <= 80


@pytest.mark.parametrize("name", NAMES)
def test_each_command_has_two_examples_in_its_help(name: str, run: Run) -> None:
    (examples,) = (each.examples for known, each in listed() if known == name)
    assert len(examples) >= 2
    said = run(name, "--help").out
    for example in examples:
        assert f"    {example}\n" in said


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[example for _, example in EXAMPLES])
def test_the_example_can_be_typed(name: str, example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("examples", "specs", "src", "tests"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    for file in ("registry.parquet", "map.yaml"):
        (tmp_path / file).touch()
    monkeypatch.chdir(tmp_path)
    typed = re.search(r"aiact-rules (?P<rest>[^|>)]*)", example)
    assert typed is not None
    context = cli.make_context("aiact-rules", shlex.split(typed["rest"]))
    assert context.invoked_subcommand is None
    inner, arguments = name, shlex.split(typed["rest"])[1:]
    parsed = command(inner).make_context(inner, arguments, parent=context)
    if isinstance(parsed.command, click.Group):
        before = parsed._protected_args if hasattr(parsed, "_protected_args") else parsed.protected_args
        rest = [*before, *parsed.args]
        _, found, further = parsed.command.resolve_command(parsed, rest)
        assert found is not None
        found.make_context(found.name, further, parent=parsed)


def test_options_name_what_is_installed(run: Run) -> None:
    said = " ".join(run("check", "--help").out.split())
    assert re.search(r"--format NAME The report \(default: text\)\. Known: text, json, sarif, ", said)
    assert re.search(r"--role ROLE .*?Known: provider, deployer, ", said)
    assert re.search(r"--moment STEP .*?Known: real_world_testing, placing_on_market, ", said)
    assert re.search(r"--market CODE .*?Known: EU", said)
    assert re.search(r"--pack ID .*?Known: eu_ai_act, ", said)


def test_help_loads_no_rules(tmp_path: Path) -> None:
    assert not {name for name in modules_of(tmp_path, "--help") if name.startswith(("aiact_rules.gate", "yaml"))}
    modules_of(tmp_path, "check", "--help")
    started = modules_of(tmp_path, "check", "--help")
    assert not started & {*HEAVY, "aiact_rules.specfiles.loader", "aiact_rules.specfiles.format"}
