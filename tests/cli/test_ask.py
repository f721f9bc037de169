"""Interviews: what is asked, what is written where, and that nothing is lost."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from aiact_rules.cli.ask import command, read_answer
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue
from aiact_rules.gate import Gate
from aiact_rules.sources.answers import Answers

SPAM_FILTER = """\
# the spam filter of the mail team
format: 1
name: spam-filter    # as in the registry

subject:             # system, model, both or neither
roles: []            # who are we?
markets: [EU]
facts:
  system:
    practices:       # to be discussed
    annex_i_law: []

  # Which of these does the system do?
  # system.transparency_situations: []
"""


def ask(path: Path, answers: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, [str(path), "--as-of", "2026-11-22"], input=answers, catch_exceptions=False)
    return result.exit_code, result.output


def test_an_interview_writes_a_file_that_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    code, output = ask(path, "provider\nEU\nsystem\nnone\nnone\nnone\nnone\nnone\n")
    assert code == 0
    assert "done: ALLOW" in output
    assert Gate().check(path, as_of=date(2026, 11, 22)).verdict.value == "allow"
    assert path.read_text(encoding="utf-8").startswith("# What is released")


def test_answers_go_where_they_are_waited_for_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(SPAM_FILTER, encoding="utf-8")
    _, output = ask(path, "1\nsystem\n" + "none\n" * 6)
    assert "done: ALLOW" in output
    text = path.read_text(encoding="utf-8")
    assert "# the spam filter of the mail team\n" in text
    assert "name: spam-filter    # as in the registry\n" in text
    assert "subject: system  # system, model, both or neither\n" in text
    assert "roles: [provider]  # who are we?\n" in text
    assert "    practices: []  # to be discussed\n" in text
    assert "\n  system.transparency_situations: []\n" in text
    assert "# system.transparency_situations" not in text


def test_an_answer_that_cannot_be_used_is_asked_for_again(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text("format: 1\nmarkets: [EU]\nroles: [provider]\n", encoding="utf-8")
    _, output = ask(path, "sistem\n9\nsystem\nq\n")
    assert "not one of the values" in output
    assert "there is no number 9" in output
    assert "subject: system" in path.read_text(encoding="utf-8")


def test_stopping_or_leaving_open_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    code, output = ask(path, "provider\n?\nwhy\nsystem\nq\n")
    assert code == 0
    assert "stopped: HOLD" in output
    text = path.read_text(encoding="utf-8")
    assert "roles: [provider]" in text
    assert "subject: system" in text
    assert "markets" not in text, "a question left open is not written"
    code, output = ask(path, "EU\n")
    assert code == 0
    assert "markets: [EU]" in path.read_text(encoding="utf-8")
    assert not list(tmp_path.glob(".*"))


def test_answers_about_a_card_go_into_the_release_file_beside_it(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("---\nlicense: mit\npipeline_tag: text-classification\n---\n# Sorts mail\n", encoding="utf-8")
    before = card.read_bytes()
    ask(card, "provider\nEU\nsystem\nq\n")
    assert card.read_bytes() == before
    assert "roles: [provider]" in (tmp_path / "aiact.yaml").read_text(encoding="utf-8")


def test_a_release_of_several_operators_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text("format: 1\noperators:\n  - {name: A, roles: [provider]}\n", encoding="utf-8")
    before = path.read_bytes()
    with pytest.raises(InputError, match="an interview is with one"):
        ask(path, "system\n")
    assert path.read_bytes() == before


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of the POSIX kind")
def test_control_c_on_a_terminal_keeps_what_was_answered(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    path = tmp_path / "aiact.yaml"
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "aiact_rules", "ask", str(path)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's background jobs ignore it
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    os.close(slave)
    request.addfinalizer(process.kill)
    seen = b""

    def until(words: bytes, act: Callable[[], object] = lambda: None) -> None:
        """Act, and wait for words; act again where nothing comes, since a prompt may show before the terminal reads."""
        nonlocal seen
        act()
        for _ in range(30):
            while words not in seen and select.select([master], [], [], 2)[0]:
                seen += os.read(master, 4096)
            if words in seen:
                break
            act()
        assert words in seen, seen[-400:]
        seen = seen.split(words, 1)[1]

    until(b"none > ")
    until(b"In which markets", lambda: os.write(master, b"provider\n"))
    until(b"none > ")
    until(b"stopped: HOLD", lambda: process.send_signal(signal.SIGINT))
    assert process.wait(timeout=20) == 0
    os.close(master)
    assert "roles: [provider]" in path.read_text(encoding="utf-8")


RANK = {"low": "low", "high": "high"}
KINDS = [
    (FactType.YES_NO, "y", True, "true"),
    (FactType.YES_NO, "no", False, "false"),
    (FactType.ONE_OF, "2", "high", "high"),
    (FactType.SOME_OF, "2, low", frozenset({"low", "high"}), "[high, low]"),
    (FactType.SOME_OF, "none", frozenset(), "[]"),
    (FactType.SOME_OF, "2, ?1", OpenList.of({"high"}, {"low"}), "{high: yes, low: unknown}"),
    (FactType.SOME_OF, "1: unknown", OpenList.of([], {"low"}), "{low: unknown}"),
    (FactType.QUANTITY, "2.5e25", Decimal("2.5e25"), "2.5e25"),
    (FactType.DATE, "2027-12-02", date(2027, 12, 2), "2027-12-02"),
    (FactType.TEXT, 'a "quoted": text # so', 'a "quoted": text # so', '"a \\"quoted\\": text # so"'),
]


@pytest.mark.parametrize(("kind", "said", "value", "written"), KINDS)
def test_every_kind_of_answer_is_read_and_written(kind: FactType, said: str, value: FactValue, written: str) -> None:
    values = RANK if kind in (FactType.ONE_OF, FactType.SOME_OF) else None
    declaration = FactDeclaration("system.thing", kind, "Which?", values=values)
    assert read_answer(declaration, said) == value
    assert Answers("format: 1\nfacts:\n", "x").with_answer(declaration, value) == (
        f"format: 1\nfacts:\n  system.thing: {written}\n"
    )


THING = FactDeclaration("system.thing", FactType.YES_NO, "Is it?")
PLACES = {
    "empty in its group": ("facts:\n  system:\n    thing:\n", "facts:\n  system:\n    thing: true\n"),
    "end of the facts": (
        "facts:\n  a.b: 1\n# end\nname: x\n",
        "facts:\n  a.b: 1\n  system.thing: true\n# end\nname: x\n",
    ),
    "facts in one line": ("facts: {a.b: 1}\n", "facts: {a.b: 1}\nsystem.thing: true\n"),
    "no facts": ("format: 1\n", "format: 1\nsystem.thing: true\n"),
    "no end of line": ("format: 1", "format: 1\nsystem.thing: true\n"),
    "another indentation": ("facts:\n    a.b: 1\n", "facts:\n    a.b: 1\n    system.thing: true\n"),
    "lines of the other kind": ("format: 1\r\nfacts:\r\n", "format: 1\r\nfacts:\r\n  system.thing: true\r\n"),
    "a key of that name elsewhere": (
        "facts:\n  model:\n    thing:\n  system:\n    other: 1\n",
        "facts:\n  model:\n    thing:\n  system:\n    other: 1\n  system.thing: true\n",
    ),
}


@pytest.mark.parametrize("name", PLACES)
def test_an_answer_finds_its_place(name: str) -> None:
    before, after = PLACES[name]
    assert Answers(before, "x").with_answer(THING, True) == after


def test_an_answer_without_a_place_is_not_forced_in() -> None:
    with pytest.raises(InputError, match="write it yourself: `system.thing: true`"):
        Answers("{format: 1}", "x").with_answer(THING, True)


def test_a_contradiction_is_shown_and_asked_about_once(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(
        "format: 1\nname: x\nsubject: system\nroles: [provider]\nmarkets: [EU]\nfacts:\n"
        "  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}\n",
        encoding="utf-8",
    )
    card = "---\nlicense: mit\n---\n# x\n\nIntended use: to screen job applicants.\n"
    path.with_name("README.md").write_text(card, encoding="utf-8")
    code, output = ask(path, "none\n")
    assert code == 0
    assert "annex_iii.recruitment: have a person confirm" in output
    assert "done: HOLD" in output
    code, output = ask(path, "annex_iii.recruitment\n")
    assert "done: ALLOW" in output


LEFT_OPEN = [
    "format: 1\nfacts:\n  a.list: {x: yes, y: unknown}  # for now\n  a.other: true\n",
    "format: 1\nfacts:\n  a.list:\n    x: yes\n    y: unknown\n  a.other: true\n",
    "format: 1\na:\n  list:\n    y: unknown\n  other: true\n",
]


@pytest.mark.parametrize("text", LEFT_OPEN)
def test_an_answer_takes_the_place_of_a_list_that_left_something_open(text: str) -> None:
    declaration = FactDeclaration("a.list", FactType.SOME_OF, "Which?", values={"x": "x", "y": "y"})
    now = Answers(text, "aiact.yaml").with_answer(declaration, frozenset({"y"}))
    assert "list: [y]\n" in now
    assert "unknown" not in now
    assert "other: true\n" in now


def test_a_list_that_is_left_open_is_asked_for_again_with_what_is_open(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(
        "format: 1\nsubject: system\nroles: [provider]\nmarkets: [EU]\n"
        "facts: {system: {practices: {scores_people: unknown}, annex_iii_uses: [], annex_i_law: [], "
        "transparency_situations: []}}\n",
        encoding="utf-8",
    )
    _, output = ask(path, "q\n")
    assert "so far: not known whether scores_people" in output
