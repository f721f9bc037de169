from __future__ import annotations

import time

import pytest

from aiact_rules.core.rules import Cue
from aiact_rules.sources.cues import find_signals
from aiact_rules.sources.prose import prose


@pytest.mark.parametrize(
    "text",
    [
        "It screens job applicants.",
        "SCREENING JOB\nAPPLICANTS",
        "It **screens** job-applicants",
        "> it screens\n> job applicants",
        "screen\u00ading job\u00a0applicants",
        "tags: [screening_job_applicants]",
        "ｓｃｒｅｅｎｓ job applicants",
    ],
)
def test_a_cue_is_found_however_it_is_written(text: str, cues: tuple[Cue, ...]) -> None:
    assert [signal.cue for signal in find_signals(text, cues, "card.md")] == ["uses.recruitment"]


@pytest.mark.parametrize(
    "text",
    [
        "It screens applicants.",
        "screens job.\n\napplicants",
        "screens job, applicants",
        "touchscreens job applicants",
        "emotion recognitions",
    ],
)
def test_other_words_are_not_a_cue(text: str, cues: tuple[Cue, ...]) -> None:
    assert find_signals(text, cues, "card.md") == ()


def test_a_signal_names_the_line_and_the_words(cues: tuple[Cue, ...]) -> None:
    (signal,) = find_signals("one\ntwo\nfor emotion\n  recognition", cues, "card.md", 10)
    assert str(signal.place) == "card.md:12"
    assert signal.words == "emotion recognition"


def test_code_and_comments_are_not_prose_and_lines_stay() -> None:
    text = "a\n```python\nb\n```\n<!-- c\nd -->\ne\n\n    f\n\n- g\n\n    h\n~~~\ni"
    assert prose(text).split("\n") == ["a", "", "", "", "", "", "e", "", "", "", "- g", "", "    h", "", ""]


def test_a_comment_that_never_ends_stays_text() -> None:
    assert "hidden" in prose("<!-- hidden")


@pytest.mark.parametrize("unit", ["<!--", "a_", "- ", "emotion ", "emotion\n", "```\n", "screen-", " "])
def test_no_text_takes_unreasonably_long(unit: str, cues: tuple[Cue, ...]) -> None:
    text = unit * (200_000 // len(unit))
    began = time.monotonic()
    find_signals(prose(text), cues, "card.md")
    assert time.monotonic() - began < 3


def test_letters_that_only_look_like_others_in_capitals_hide_no_cue(cues: tuple[Cue, ...]) -> None:
    assert [signal.cue for signal in find_signals("EMOTİON RECOGNITION, emotıon recognıtıon", cues, "card.md")] == [
        signal.cue for signal in find_signals("emotion recognition", cues, "card.md")
    ]
