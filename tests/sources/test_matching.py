from __future__ import annotations

import sys
from dataclasses import replace
from types import FrameType

import pytest

from aiact_rules.core.conditions import ALWAYS
from aiact_rules.core.cues import Contexts, Cue, Language, Lexicon, Pattern, Strength
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.signals import Note
from aiact_rules.sources.matching import MOST_WORDS, MOST_WORDS_OF_ALL, Found, find, matchers_of
from aiact_rules.sources.passages import passages, value
from aiact_rules.sources.reaches import WINDOW

ENGLISH = Language(
    "en",
    common=True,
    marks=("the", "of", "and", "is"),
    classes={
        "applicant": ("applicant*", "job seeker*", "candidate*"),
        "evaluating": ("screen*", "rank*"),
        "document": ("cv", "cvs", "resume*"),
        "hiring": ("hiring", "recruit*"),
        "goods": ("parcel*",),
        "beam": ("beam",),
        "place": ("school*",),
    },
    ignored=("beam candidate*",),
    refusals=Contexts(
        ("must not", "never"),
        ("is out of scope", "prohibited"),
        ("out of scope",),
        ("not only", "never fails"),
        ("but",),
    ),
    mentions=Contexts(("risk of",), (), ("limitations",), ("uses limitations",)),
)
GERMAN = Language(
    "de",
    marks=("die", "der", "und", "das", "wird"),
    classes={"applicant": ("*bewerber*",), "evaluating": ("*auswahl*", "sortier*"), "place": ("die",)},
    refusals=Contexts(("darf nicht",)),
)
LEXICON = Lexicon((ENGLISH, GERMAN))


def cue(*patterns: Pattern, unless: tuple[str, ...] = (), name: str = "recruitment") -> Cue:
    return Cue(name, "Annex III", (), ALWAYS, patterns=patterns, unless=unless, lexicon=LEXICON)


PAIR = Pattern((("evaluating",), ("applicant",)))
CVS = Pattern((("evaluating",), ("document",)), near=("hiring",))
CUE = cue(PAIR, CVS)


def found(text: str, *cues: Cue) -> tuple[Found, ...]:
    return find(passages(text), cues or (CUE,))


@pytest.mark.parametrize(
    "text",
    [
        "It screens applicants.",
        "Applicants are SCREENED.",
        "Screening of the many people who are job-seekers",
        "- ranking candidates",
        "# Screening applicants",
        "Applicants, quickly, carefully and by a fine machine, are then ranked",
        "Die Bewerberauswahl geschieht in Sekunden.",
        "Das Modell sortiert die Bewerber.",
        "Das Modell wird zum Screening der Bewerber benutzt",
    ],
)
def test_classes_near_each_other_are_found_in_any_order_and_form(text: str) -> None:
    (one,) = found(text)
    assert (one.cue, one.note, one.line) == ("recruitment", None, 1)


@pytest.mark.parametrize(
    "text",
    [
        "It screens. Applicants wait.",
        "It screens\n\nApplicants",
        "screens " + "word " * WINDOW + "applicants",
        "Candidates",
        "It ranks beam candidates.",
        "It ranks CVs.",
        "Screenings",
    ],
)
def test_what_is_apart_or_of_another_meaning_is_not_found(text: str) -> None:
    assert found(text) == ()


def test_one_piece_of_text_is_not_two_classes() -> None:
    both = Lexicon((Language("en", True, classes={"one": ("screen*",), "two": ("screening",)}),))
    pattern = Pattern((("one",), ("two",)))
    twice = Cue("c", "p", (), ALWAYS, patterns=(pattern,), lexicon=both)
    assert found("screening", twice) == ()
    assert len(found("screening, screens", twice)) == 1


def test_the_words_and_their_line_are_as_written() -> None:
    (one,) = found("# Title\n\nFor the\nscreening of\nApplicants now.")
    assert (one.line, one.words) == (4, "screening of Applicants")


@pytest.mark.parametrize(
    "text",
    ["It ranks CVs for hiring.", "# Hiring\n\ntext\n\nIt ranks CVs.", "It ranks CVs. One. Two. Recruiters like it."],
)
def test_what_must_be_near_may_stand_close_by_in_the_title_or_a_heading(text: str) -> None:
    assert [one.note for one in found(text)] == [None]


def test_what_is_too_far_is_not_near() -> None:
    assert found("It ranks CVs. One. Two. Three. Recruiters like it.") == ()


def test_a_class_of_unless_takes_the_hit_away() -> None:
    assert found("It ranks candidates for parcels.", cue(PAIR, unless=("goods",))) == ()
    assert found("It ranks candidates for parcels.", cue(Pattern(PAIR.elements, unless=("goods",)))) == ()
    assert len(found("It ranks candidates. Parcels.", cue(PAIR, unless=("goods",)))) == 1


def test_what_stands_in_an_ignored_phrase_is_no_exit() -> None:
    document = cue(PAIR, unless=("beam",))
    assert found("It ranks applicants of a beam.", document) == ()
    assert len(found("It ranks applicants by beam candidates.", document)) == 1


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("It must not screen applicants.", Note.RULED_OUT),
        ("Screening applicants is out of scope.", Note.RULED_OUT),
        ("# A\n\n## Out of scope\n\n- screening applicants", Note.RULED_OUT),
        ("# A\n\n## Out of scope: screening applicants", Note.RULED_OUT),
        ("# A\n\nIt must not be used for:\n\n- screening applicants", Note.RULED_OUT),
        ("Das Modell darf nicht die Bewerber sortieren.", Note.RULED_OUT),
        ("There is a risk of screening applicants unfairly.", Note.MENTIONED),
        ("# A\n\n## Limitations\n\nScreening applicants is hard.", Note.MENTIONED),
        ("It must not be slow, but screens applicants.", None),
        ("It never fails: it screens applicants.", None),
        ("It screens applicants and must not be sold.", None),
        ("must not " + "word " * (WINDOW + 1) + "screen applicants", None),
        ("# A\n\n## Uses & limitations\n\nScreening applicants.", None),
        ("# Out of scope\n\nScreening applicants.", None),
    ],
)
def test_a_refusal_or_a_mention_makes_a_note_of_what_it_reaches(text: str, note: Note | None) -> None:
    assert [one.note for one in found(text)] == [note]


@pytest.mark.parametrize(
    "text",
    ["Screening applicants is prohibited.", "# A\n\n## Limitations\n\nScreening applicants."],
)
def test_a_cue_in_any_context_is_no_note_beside_a_refusal_or_a_mention(text: str) -> None:
    assert [one.note for one in found(text, replace(CUE, in_any_context=True))] == [None]


def test_a_weak_pattern_gives_a_note_and_a_strong_one_beside_it_holds() -> None:
    weak = Pattern((("document",),), strength=Strength.NOTE)
    assert [one.note for one in found("It reads CVs.", cue(weak))] == [Note.WEAK]
    assert [one.note for one in found("It reads CVs and ranks applicants.", cue(weak, PAIR))] == [None]


def test_words_of_a_language_count_where_the_text_is_in_it_and_common_ones_everywhere() -> None:
    place = cue(Pattern((("evaluating",), ("place",))))
    assert found("They rank the things and die of it.", place) == ()
    assert len(found("rank die", place)) == 1
    assert len(found("Das Ranking der Schools wird und bleibt", place)) == 1


def test_the_same_sentence_counts_once() -> None:
    assert len(found("It screens applicants.\n\nIt screens applicants.\n\nIt screens candidates.")) == 2


def test_phrases_of_a_cue_are_found_in_any_language() -> None:
    own = Cue("own", "p", ("screen* job applicants", "*-nc-*", "1.1"), ALWAYS)
    assert [one.words for one in found("screening job-applicants", own)] == ["screening job-applicants"]
    assert [one.words for one in found("cc-by-nc-4.0", own)] == ["by-nc-4"]
    assert [one.words for one in found("version 1.1", own)] == ["1.1"]
    assert found("screening job, applicants", own) == ()


def test_metadata_is_compared_whole_whatever_its_case_and_hyphens() -> None:
    (matcher,) = matchers_of([Cue("tag", "p", (), ALWAYS, metadata=("resume-screening",))])
    assert matcher.tagged("Resume_Screening") == ("tag",)
    assert matcher.tagged("resume-screening-data") == ()


def test_equal_cues_share_a_matcher_and_others_do_not() -> None:
    assert matchers_of([cue(PAIR)])[0] is matchers_of([cue(PAIR)])[0]
    assert matchers_of([cue(PAIR)])[0] is not matchers_of([cue(CVS)])[0]


@pytest.mark.parametrize(
    "unit",
    [
        "screens applicants ",
        "must not screen applicants ",
        "applicants must not ",
        "must not screen applicants. ",
        "screens applicants is out of scope ",
        "not only must not never fails screen applicants but ",
        "beam candidate screens ",
        "a ",
        "a. ",
        "screen ",
        "screen\n\n",
        "- screen\n",
        "# applicant\n",
        "beam candidate ",
        "risk of but ",
        "never fails ",
        "*bewerber*",
    ],
)
def test_work_grows_with_the_text_alone(unit: str) -> None:
    def calls(size: int) -> int:
        read = passages(unit * (size // len(unit)))
        count = 0

        def count_call(_frame: FrameType, event: str, _argument: object) -> None:
            nonlocal count
            count += event in ("call", "c_call")

        before = sys.getprofile()
        sys.setprofile(count_call)
        try:
            find(read, (CUE,))
        finally:
            sys.setprofile(before)
        return count

    calls(10_000)
    assert calls(40_000) < 2.2 * calls(20_000) + 1_000
    assert MOST_WORDS > WINDOW


def test_a_text_with_too_many_words_to_read_is_refused_at_its_place() -> None:
    assert found("a " * (MOST_WORDS_OF_ALL - 2) + "screen applicants") != ()
    for read in (passages("a-" * MOST_WORDS_OF_ALL + "screen"), [value("a", 1)] * (MOST_WORDS_OF_ALL + 1)):
        with pytest.raises(InputError, match=r"card\.md: has more than 60,000 words, too many to read\n  keep to"):
            find(read, (CUE,), place=Place("card.md"))
