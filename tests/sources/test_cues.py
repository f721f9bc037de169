from __future__ import annotations

import time

import pytest

from aiact_rules.core.conditions import ALWAYS
from aiact_rules.core.cues import Cue
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.problems import Place
from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary
from aiact_rules.sources.cues import find_signals, signals_in_facts


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
        "scr**eens** job applicants",
        "scr<b></b>eens <i>job</i> appli<wbr>cants",
        "scr<b\n\tid='a'></b>eens job applicants",
        "scree&#110;s&nbsp;job appl&#x69;cants",
        "screens job<br>applicants",
        "scr[eens](https://a.example) job applicants",
        "screens job\\-applicants",
        *(f"scr{sign}eens job appli{sign}cants" for sign in "\u034f\u200b\u2062\u180e\ufe0f\u3164\U000e0041\x07\x1c"),
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


@pytest.mark.parametrize(
    "unit", ["<!--", "a_", "- ", "emotion ", "emotion\n", "```\n", "screen-", " ", "<b>", "a**b", "](", "&#65;"]
)
def test_no_text_takes_unreasonably_long(unit: str, cues: tuple[Cue, ...]) -> None:
    text = unit * (50_000 // len(unit))
    began = time.process_time()
    find_signals(text, cues, "card.md")
    assert time.process_time() - began < 1


def test_tags_and_comments_with_line_ends_leave_words_in_their_lines(cues: tuple[Cue, ...]) -> None:
    (signal,) = find_signals("a\n<b\nid='c'>emo</b>tion recognition", cues, "card.md")
    assert signal.place.line == 3
    (signal,) = find_signals("<a\nb>\nemotion recognition <b>x</b>", cues, "card.md")
    assert signal.place.line == 3


@pytest.mark.parametrize(
    "text", ["a" + "\u0315" * 50_000 + "\u0300" * 50_000, "\ufdfa" * 50_000, "a" + "\u0315" * 40 + "b"]
)
def test_combining_marks_take_no_time(text: str, cues: tuple[Cue, ...]) -> None:
    began = time.process_time()
    assert len(find_signals(text + " emotion recognition", cues, "card.md")) == 1
    assert time.process_time() - began < 1


def test_letters_that_only_look_like_others_in_capitals_hide_no_cue(cues: tuple[Cue, ...]) -> None:
    assert [signal.cue for signal in find_signals("EMOTİON RECOGNITION, emotıon recognıtıon", cues, "card.md")] == [
        signal.cue for signal in find_signals("emotion recognition", cues, "card.md")
    ]


def test_a_cue_for_facts_of_free_text_is_looked_for_in_them_alone() -> None:
    licence = Cue("licence", "Art. 53(2)", ("proprietary",), ALWAYS, ("model.licence",))
    task = Cue("task", "Art. 50(2)", ("text-to-image",), ALWAYS)
    names = ("model.licence", "model.pipeline_tag")
    vocabulary = Vocabulary.of(FactDeclaration(name, FactType.TEXT, "?") for name in names)

    def found(**texts: str) -> list[tuple[str, int | None]]:
        facts = (
            Fact(f"model.{name}", text, Origin(Place("aiact.yaml", line)))
            for line, (name, text) in enumerate(texts.items(), 1)
        )
        signals = signals_in_facts(Facts.of(facts), vocabulary, (licence, task))
        return [(signal.cue, signal.place.line) for signal in signals]

    assert found(licence="Proprietary", pipeline_tag="text-to-image") == [("licence", 1), ("task", 2)]
    assert found(licence="mit", pipeline_tag="proprietary") == []
    assert found(licence="propri\u200betary", pipeline_tag="text-to-\u00adimage") == [("licence", 1), ("task", 2)]
    assert not find_signals("better than proprietary models", (licence,), "card.md")
