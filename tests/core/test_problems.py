"""Problems say what they quote on one line, whatever it holds, and propose names for a few only."""

from __future__ import annotations

import pytest

from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Hints, InputError, Place, Problem, did_you_mean


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("zz\n::stop-commands::x", "zz\\n::stop-commands::x"),
        ("\x1b[2J\x1b[1;1HALLOW", "\\x1b[2J\\x1b[1;1HALLOW"),
        ("a\r\tb\x9b\x00", "a\\r\\tb\\x9b\\x00"),
        ("a\u2028b\u2029c\x85", "a\\u2028b\\u2029c\\x85"),
        ("\u202eback\u2066", "\\u202eback\\u2066"),
        ("m\udcff", "m\\xff"),
        ("m\ud800", "m\\ud800"),
        ("Größe, 大きさ \U0001f600", "Größe, 大きさ \U0001f600"),
    ],
)
def test_what_a_terminal_or_a_log_would_obey_is_written_as_an_escape(text: str, shown: str) -> None:
    assert printable(text) == shown


def test_no_input_begins_a_line_of_a_problem() -> None:
    evil = "x\n::error::y"
    problem = Problem(f"unknown key `{evil}`", Place(f"a/{evil}.yaml", 3), f"did you mean `{evil}`?")
    assert str(InputError([problem, problem])).count("\n") == 3
    assert str(problem) == ("a/x\\n::error::y.yaml:3: unknown key `x\\n::error::y`\n  did you mean `x\\n::error::y`?")


def test_a_word_is_proposed_where_one_is_near() -> None:
    assert did_you_mean("licens", ["licence", "tags"]) == "did you mean `licence`?"
    assert did_you_mean("zebra", ["licence", "tags"]) is None
    assert did_you_mean("a" * 101, ["a" * 100]) is None


def test_only_the_first_words_are_looked_up() -> None:
    hints = Hints(2)
    assert [hints.did_you_mean("licens", ["licence"]) is not None for _ in range(4)] == [True, True, False, False]
