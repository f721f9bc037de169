"""Colour is only colour: the text is the same without it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from aiact_rules.cli.terminal import show, write_out

from .conftest import EXAMPLES, Answer

Run = Callable[..., Answer]


def test_colour_changes_nothing_but_colour(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = run("check", str(EXAMPLES / "silent"), "--as-of", "2026-11-22").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = run("check", str(EXAMPLES / "silent"), "--as-of", "2026-11-22").out
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_no_color_is_obeyed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in run("check", str(EXAMPLES / "minimal")).out


HOSTILE = "HOLD  x\n\x1b[2J\x1b[1;1HALLOW  may go ahead\x1b[0J\n  ::set-output name=verdict::allow\n\x9b31m \u202etxt m\udcff\n"
SHOWN = (
    "HOLD  x\n\\x1b[2J\\x1b[1;1HALLOW  may go ahead\\x1b[0J\n  \\x3a:set-output name=verdict::allow\n"
    "\\x9b31m \\u202etxt m\\xff\n"
)


@pytest.mark.parametrize("coloured", [False, True])
def test_a_report_cannot_steer_the_terminal(
    coloured: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR" if coloured else "NO_COLOR", "1")
    monkeypatch.delenv("NO_COLOR" if coloured else "FORCE_COLOR", raising=False)
    show(HOSTILE)
    out = capsys.readouterr().out
    assert ("\x1b[" in out) is coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", out) == SHOWN


def test_what_could_not_be_judged_is_no_plain_heading(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    colours = []
    for word in ("ALLOW", "ERROR", "NONE", "Operators"):
        show(f"{word}  x\n")
        colours.append(capsys.readouterr().out.split("m", 1)[0])
    assert len(set(colours)) == 4


def test_commands_for_a_ci_system_go_out_but_nothing_that_steers_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "::error file=a::b\x1b[2J\n\tm\udcff\r\n"
    write_out(text, None, "the report")
    assert capsys.readouterr().out.encode() == b"::error file=a::b\\x1b[2J\n\tm\\xff\r\n"
    target = tmp_path / "report.txt"
    write_out("m\udcff ü\n", target, "the report")
    assert target.read_text(encoding="utf-8") == "m\\udcff ü\n"


@pytest.mark.parametrize("command", [("facts",), ("explain", "art4.1.provider"), ("check",)])
@pytest.mark.parametrize("report", ["text", "json"])
def test_no_name_of_a_release_file_steers_the_terminal(
    run: Run, tmp_path: Path, command: tuple[str, ...], report: str
) -> None:
    folder = tmp_path / "x\n::error::y \x1b[2J"
    folder.mkdir()
    minimal = (EXAMPLES / "minimal" / "aiact.yaml").read_text(encoding="utf-8")
    named = minimal.replace("name: spam-filter", 'name: "zz\\n::error::y \\e[2J"')
    assert named != minimal
    (folder / "aiact.yaml").write_text(named, encoding="utf-8")
    answer = run(*command, str(folder), "--format", report)
    assert answer.code == 0
    for text in (answer.out, answer.err):
        assert "\x1b" not in text
        assert not re.search(r"^\s*::", text, re.MULTILINE)
    assert "::error::y" in answer.out


@pytest.mark.parametrize("arguments", [("packs",), ("vocabulary",), ("check", str(EXAMPLES / "minimal"))])
def test_a_reader_that_went_away_ends_it_quietly_and_never_as_allowed(arguments: tuple[str, ...]) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    command = [sys.executable, "-m", "aiact_rules", *arguments]
    done = subprocess.run(command, stdout=writes, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writes)
    assert (done.returncode, done.stderr) == (2, "")
