"""Interviews: what is asked, what is written where, and that nothing is lost."""

from __future__ import annotations

import io
import os
import pty
import select
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from aiact_rules.cli.ask import command
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue
from aiact_rules.gate import Gate
from aiact_rules.interview.replies import read_reply
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


TALL = {"COLUMNS": "100", "LINES": "200"}


class Typed(io.BytesIO):
    """What somebody types until the input ends. Before click 8.2 its runner took that end for empty lines without end."""

    def read1(self, size: int | None = -1, /) -> bytes:
        if found := super().read1(-1 if size is None else size):
            return found
        raise EOFError


def ask(path: Path, answers: str, *options: str, screen: dict[str, str] = TALL) -> tuple[int, str]:
    arguments = [str(path), "--as-of", "2026-11-22", *options]
    typed = Typed(answers.encode())
    result = CliRunner(env=screen).invoke(command, arguments, input=typed, catch_exceptions=False)
    return result.exit_code, result.output


def test_an_interview_without_a_standard_input_stops(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    command_line = f"exec {sys.executable} -m aiact_rules ask {path} <&-"
    done = subprocess.run(["sh", "-c", command_line], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Stopped: HOLD" in done.stdout


def test_an_interview_writes_a_file_that_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    code, output = ask(path, "provider\nEU\nsystem\nnone\nnone\nnone\nnone\nnone\n")
    assert code == 0
    assert "Finished: ALLOW" in output
    assert Gate().check(path, as_of=date(2026, 11, 22)).verdict.value == "allow"
    assert path.read_text(encoding="utf-8").startswith("# What is released")


def test_answers_go_where_they_are_waited_for_and_comments_stay(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(SPAM_FILTER, encoding="utf-8")
    _, output = ask(path, "1\nsystem\n" + "none\n" * 6)
    assert "Finished: ALLOW" in output
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
    assert "there is no choice 9" in output
    assert "subject: system" in path.read_text(encoding="utf-8")


def test_stopping_or_leaving_open_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    code, output = ask(path, "provider\n?\nwhy\nsystem\nq\n")
    assert code == 0
    assert "Stopped: HOLD" in output
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

    until(b" > ")
    until(b"In which markets", lambda: os.write(master, b"provider\n"))
    until(b" > ")
    until(b"Stopped: HOLD", lambda: process.send_signal(signal.SIGINT))
    assert process.wait(timeout=20) == 0
    os.close(master)
    assert "roles: [provider]" in path.read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal of the POSIX kind")
def test_a_whole_interview_fits_a_real_terminal(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    import fcntl
    import termios

    path = tmp_path / "aiact.yaml"
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    unsized = {name: value for name, value in os.environ.items() if name not in ("LINES", "COLUMNS")}
    process = subprocess.Popen(
        [sys.executable, "-m", "aiact_rules", "ask", "aiact.yaml", "--as-of", "2026-11-22"],
        cwd=tmp_path,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        env={**unsized, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    os.close(slave)
    request.addfinalizer(process.kill)

    def shown(until: str) -> str:
        text = ""
        while until not in text and select.select([master], [], [], 60)[0]:
            text += os.read(master, 4096).decode()
        assert until in text, text[-400:]
        return text

    for reply in CHATBOT.splitlines():
        lines = shown("\n   > ").replace("\r", "").split("\n")
        start = max(n for n, line in enumerate(lines) if line.startswith("Question "))
        assert len(lines[start:]) <= 24
        assert all(len(line) <= 80 for line in lines)
        os.write(master, f"{reply}\n".encode())
    assert "Finished: ALLOW" in shown("Full report: aiact-rules check aiact.yaml")
    assert process.wait(timeout=20) == 0
    os.close(master)
    assert Gate().check(path, as_of=date(2026, 11, 22)).verdict.value == "allow"


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
    assert read_reply(declaration, said) == value
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
        "  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}\n"
        "  system.interacts_directly: yes\n",
        encoding="utf-8",
    )
    code, output = ask(path, "none\n")
    assert code == 0
    flat = " ".join(output.split())
    assert "1) direct_and_not_interacting: " in flat
    assert f"`system.interacts_directly: yes` ({path}:8)" in flat
    assert "Finished: HOLD" in output
    code, output = ask(path, "direct_and_not_interacting\n")
    assert "Finished: ALLOW" in output


LEFT_OPEN = [
    "format: 1\nfacts:\n  a.list: {x: yes, y: unknown}  # for now\n  a.other: true\n",
    "format: 1\nfacts:\n  a.list:\n    x: yes\n    y: unknown\n  a.other: true\n",
    "format: 1\na:\n  list:\n    y: unknown\n  other: true\n",
]


@pytest.mark.parametrize("text", LEFT_OPEN)
def test_an_answer_takes_the_place_of_a_list_that_left_something_open(text: str) -> None:
    declaration = FactDeclaration("a.list", FactType.SOME_OF, "Which?", values={"x": "x", "y": "y"})
    now = Answers(text, "aiact.yaml").with_answer(declaration, frozenset({"y"}))
    assert "list: [y]" in now
    assert "unknown" not in now
    assert ("# for now" in now) == ("# for now" in text)
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


SCREEN = {"COLUMNS": "80", "LINES": "24"}
CHATBOT = "provider\nEU\nsystem\n1 2\n\n" + "none\n" * 3 + "yes\n" + "none\n" * 7 + "none\nyes\nall\nall\n"
"""A text chatbot of a provider for the Union; a reply to each page of each list."""


def screens(output: str) -> list[list[str]]:
    """Return what stands on the terminal at each prompt, from the heading of its question on."""
    found = []
    for part in output.split("\n   > ")[:-1]:
        lines = [*part.split("\n"), "   > "]
        start = max((n for n, line in enumerate(lines) if line.startswith("Question ")), default=None)
        if start is not None:
            found.append(lines[start:])
    return found


def test_from_an_empty_card_to_allow_on_a_terminal_of_80_by_24(tmp_path: Path) -> None:
    card = Path(__file__).parents[2] / "examples" / "silent" / "README.md"
    path = tmp_path / "README.md"
    path.write_bytes(card.read_bytes())
    code, output = ask(path, CHATBOT, screen=SCREEN)
    assert code == 0, output
    assert "Finished: ALLOW" in output
    assert Gate().check(path, as_of=date(2026, 11, 22)).verdict.value == "allow"
    assert path.read_bytes() == card.read_bytes()
    shown = screens(output)
    assert len(shown) == len(CHATBOT.splitlines())
    assert all(len(lines) <= 24 for lines in shown)
    assert all(len(line) <= 80 for line in output.splitlines() if str(tmp_path) not in line)


def test_thirty_one_choices_are_paged_with_the_question_in_sight(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(
        "format: 1\nroles: [provider]\nmarkets: [EU]\nsubject: system\nfacts:\n"
        "  system: {practices: [], transparency_situations: []}\n",
        encoding="utf-8",
    )
    _, output = ask(path, "recruitment\nfly\n" + "\n" * 12 + "q\n", screen=SCREEN)
    pages = [lines for lines in screens(output) if any("page " in line for line in lines)]
    assert len(pages) > 3
    for lines in pages:
        assert len(lines) <= 24
        assert lines[1].startswith(("Which of", "What is"))
    assert sum(line.lstrip().split(")")[0].isdigit() for lines in pages for line in lines) >= 31
    assert "marked: recruitment" in output
    assert "`fly` is not one of the values" in output
    assert "system.annex_iii_uses: [recruitment]" in path.read_text(encoding="utf-8")


def test_choices_not_seen_yet_are_not_denied_by_naming_others(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(
        "format: 1\nroles: [provider]\nmarkets: [EU]\nsubject: system\nfacts:\n"
        "  system: {practices: [], transparency_situations: []}\n",
        encoding="utf-8",
    )
    before = path.read_bytes()
    for first in ("1", "none", "0", ""):
        ask(path, f"{first}\nq\n", screen=SCREEN)
        assert path.read_bytes() == before
    ask(path, "1\ndone\nq\n", screen=SCREEN)
    assert "system.annex_iii_uses: [biometric_identification]" in path.read_text(encoding="utf-8")
    path.write_bytes(before)
    ask(path, "none of them\nq\n", screen=SCREEN)
    assert "system.annex_iii_uses: []" in path.read_text(encoding="utf-8")


def test_all_of_a_checklist_is_all_of_what_a_page_shows(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    small = {"COLUMNS": "80", "LINES": "14"}
    text = READY.replace("[interacts_with_people]", "[generates_content]").replace(
        "  system.interacts_directly: true\n", ""
    )
    path.write_text(text, encoding="utf-8")
    _, output = ask(path, "none of them\nall\nq\n", screen=small)
    assert "marked: machine_readable, detectable" in output
    assert "system.marking" not in path.read_text(encoding="utf-8")
    ask(path, "all of them\nq\n", screen=small)
    assert (
        "system.marking: [detectable, effective, interoperable, machine_readable, reliable, robust]"
        in path.read_text(encoding="utf-8")
    )


def test_the_way_back_changes_an_answer_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    _, output = ask(path, "provider\nEU\nmodel\nback\nsystem\nb\nb\n\n\nq\n")
    assert "answered before: release.subject: model (Enter keeps it)" in output
    assert "answered before: release.markets: [EU] (Enter keeps it)" in output
    text = path.read_text(encoding="utf-8")
    assert "subject: system" in text
    assert "markets: [EU]" in text
    assert "model" not in text
    _, output = ask(path, "b\nq\n")
    assert "this is the first question" in output


def test_an_answer_is_taken_back_by_leaving_it_open(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    _, output = ask(path, "provider\nEU\nmodel\nback\n?\nq\n")
    text = path.read_text(encoding="utf-8")
    assert "model" not in text
    assert "markets: [EU]" in text
    assert "1 question answered with `don't know`: release.subject" in output


READY = """\
format: 1
name: chat
roles: [provider]
markets: [EU]
subject: system
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: [interacts_with_people]}
  system.interacts_directly: true
"""


def test_an_answer_that_blocks_is_told_at_once_with_its_line_and_can_be_taken_back(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(READY, encoding="utf-8")
    code, output = ask(path, "none\nno\nback\nyes\nall\n")
    assert code == 0
    line = path.read_text(encoding="utf-8").splitlines().index("  system.informs_of_ai_interaction: true") + 1
    flat = " ".join(output.split())
    assert "This blocks the release. Art. 50(1)" in flat
    assert f"`system.informs_of_ai_interaction: no` ({path}:{line})" in flat
    assert "Finished: ALLOW" in output
    path.write_text(READY, encoding="utf-8")
    code, output = ask(path, "none\nno\n\n")
    assert code == 0
    assert "Finished: BLOCK: Art. 50(1)" in output
    assert "`system.informs_of_ai_interaction: no`" in output.split("Finished: BLOCK")[1]
    assert "roles" not in output.split("Finished: BLOCK")[1]
    assert "system.interacts_directly" not in output.split("Finished: BLOCK")[1]


def test_an_answer_against_the_card_is_shown_with_its_line_and_not_saved(tmp_path: Path) -> None:
    card = tmp_path / "README.md"
    card.write_text("---\nlicense: mit\neu_ai_act:\n  subject: system\n---\n# X\n", encoding="utf-8")
    path = tmp_path / "aiact.yaml"
    path.write_text("format: 1\nroles: [provider]\nmarkets: [EU]\n", encoding="utf-8")
    code, output = ask(tmp_path, "none\nq\n")
    assert code == 0
    path.write_text(
        "format: 1\nroles: [provider]\nmarkets: [EU]\nsubject: model\nfacts:\n  model.generality: wide_range\n"
        "  model.modification: changed\n  model.original_training_compute: 1e20\n",
        encoding="utf-8",
    )
    card.write_text("---\nlicense: mit\neu_ai_act:\n  model.training_compute: 1e18\n---\n# X\n", encoding="utf-8")
    with pytest.raises(InputError):
        Gate().check(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace("1e20", "1e17"), encoding="utf-8")
    before = path.read_bytes()
    code, output = ask(tmp_path, "5 billion billion\n5,000,000,000,000,000,000\nq\n")
    assert code == 0
    assert "this answer does not fit what is stated elsewhere, so it was not saved" in output
    assert "README.md:4" in " ".join(output.split())
    assert path.read_bytes() == before


def test_options_are_written_into_the_file_once(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    options = ("--market", "EU", "--role", "provider", "--moment", "use", "--release-date", "2026-12-15")
    ask(path, "q\n", *options)
    text = path.read_text(encoding="utf-8")
    for line in ("markets: [EU]", "roles: [provider]", "moment: use", "release_date: 2026-12-15"):
        assert f"{line}\n" in text
    ask(path, "q\n", *options)
    assert path.read_text(encoding="utf-8") == text
    with pytest.raises(InputError, match=r"is \[provider\] here, but the option says \[deployer\]"):
        ask(path, "q\n", "--role", "deployer")
    assert path.read_text(encoding="utf-8") == text


def test_an_empty_reply_leaves_nothing_out_silently(tmp_path: Path) -> None:
    _, output = ask(tmp_path / "aiact.yaml", "\nskip\nq\n")
    assert "type an answer, `?` if you don't know it, or `skip`" in output
    assert "Question 2 of about" in output


def test_the_width_of_the_terminal_is_used(tmp_path: Path) -> None:
    def widest(columns: int) -> int:
        _, output = ask(tmp_path / "x.yaml", "q\n", screen={"COLUMNS": str(columns), "LINES": "50"})
        return max(len(line) for line in output.splitlines() if str(tmp_path) not in line)

    assert 60 < widest(80) <= 80
    assert 90 < widest(110) <= 110


def test_amounts_and_dates_are_written_in_plain_form(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(
        "format: 1\nroles: [provider]\nmarkets: [EU]\nsubject: model\nfacts:\n  model.generality: wide_range\n"
        "  model.modification: changed\n  model.original_training_compute: 1e24\n",
        encoding="utf-8",
    )
    _, output = ask(path, "a lot\n5,000,000,000\nq\n")
    assert "expected a number, e.g. 5000000000, 5 billion or 3e25, found `a lot`" in output
    assert "saved: model.modification_compute = 5000000000" in output
    assert "model.modification_compute: 5000000000\n" in path.read_text(encoding="utf-8")


def test_an_answer_that_contradicts_another_is_told_at_once_and_can_be_confirmed(tmp_path: Path) -> None:
    path = tmp_path / "aiact.yaml"
    path.write_text(
        READY.replace("[interacts_with_people]", "[interacts_with_people, generates_content]"), encoding="utf-8"
    )
    _, output = ask(path, "system.assists_standard_editing\nback\nnone\nq\n")
    flat = " ".join(output.split())
    assert (
        "This contradicts what is stated. It only assists with standard editing, and makes content or answers" in flat
    )
    assert "`system.assists_standard_editing: yes`" in flat
    assert f"`system.interacts_directly: yes` ({path}:8)" in flat
    assert "system.assists_standard_editing: false" in path.read_text(encoding="utf-8")
    _, output = ask(path, "q\n")
    assert "do not seem to go together" not in output
