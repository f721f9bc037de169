"""The man page: every command and option, in roff that a formatter takes without a warning."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable

import click
import pytest

from aiact_rules.cli import cli
from aiact_rules.cli.guide import listed
from aiact_rules.cli.man import man_page

from .conftest import Answer

Run = Callable[..., Answer]


def test_it_names_every_command_every_option_and_every_example(run: Run) -> None:
    page = run("man").out
    assert page == man_page(cli)
    plain = page.replace(r"\-", "-").replace(r"\(dq", '"').replace(r"\(aq", "'").replace(r"\(ga", "`")
    for name, each in listed():
        assert f'.SS "aiact-rules {name} ' in plain
        for example in each.examples:
            assert f"\n{example}\n" in plain
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for option in command.params:
            if isinstance(option, click.Option):
                assert rf"\fB{', '.join(option.opts)}\fR" in plain


def test_no_text_is_taken_for_a_request() -> None:
    known = {".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".I", ".RS", ".RE", ".nf", ".fi"}
    lines = man_page(cli).splitlines()
    assert {line.split()[0] for line in lines if line.startswith((".", "'"))} <= known
    assert not [line for line in lines if re.search(r"(?<!\\)-", line)]


def test_a_formatter_takes_it_without_a_warning() -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("no groff")
    done = subprocess.run(
        [groff, "-man", "-Tutf8", "-ww", "-z"], input=man_page(cli), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
