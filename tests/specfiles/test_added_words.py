"""An extension adds words to the cues of its law: more is found, nothing less, and nothing that takes a hit away is let in."""

from __future__ import annotations

import pytest

from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError
from aiact_rules.core.signals import Note
from aiact_rules.sources.cues import find_signals
from aiact_rules.specfiles import load_pack_text
from aiact_rules.specfiles.extensions import merge_packs

EXTENSION = """\
id: soft
version: 0.1.0
title: Soft law
law: Code of practice
market: EU
gates: false
extends: small
"""
CUES = """\
cues:
  hiring:
    provision: Art. 6
    words: [hiring]
    metadata: [hiring]
    patterns: [{classes: [applicant, ranking], unless: [rental]}]
    suggests: {system.uses: {includes: recruitment}}
"""
WORDS = """\
language: en
common: true
marks: [the, of]
classes: {applicant: [applicant*], ranking: [rank~], rental: [flat, flats]}
refusals: {before: [must not]}
"""


@pytest.fixture
def law(texts: dict[str, str]) -> Pack:
    """Return the small law with a cue of classes."""
    return load_pack_text({**texts, "cues.yaml": CUES, "words.en.yaml": WORDS})


def extended(law: Pack, **files: str) -> Pack:
    """Return the law with an extension of some files."""
    texts = {"pack.yaml": EXTENSION, **{f"{name.replace('__', '.')}.yaml": text for name, text in files.items()}}
    return merge_packs(law, load_pack_text(texts, bases=[law]))


def held(pack: Pack, text: str) -> bool:
    """Return whether the cue holds in a text."""
    signals = find_signals(text, pack.cues.values(), "card.md")
    return any(signal.cue == "hiring" and signal.note is None for signal in signals)


def test_words_for_a_class_of_the_law_are_found_by_its_cues(law: Pack) -> None:
    more = extended(law, words__en="language: en\nclasses: {applicant: [talent*]}\n")
    assert not held(law, "It ranks talents.")
    assert held(more, "It ranks talents.")


def test_an_extension_adds_phrases_patterns_notes_and_metadata(law: Pack) -> None:
    adds = "adds: {hiring: {words: [sorting hat], patterns: [[radar, ranking]], notes: [[radar]], metadata: [talent-radar]}}\n"
    more = extended(law, cues=adds, words__en="language: en\nclasses: {radar: [radar]}\n")
    assert held(more, "A sorting hat.")
    assert held(more, "It ranks by radar.")
    (told,) = find_signals("A radar.", more.cues.values(), "card.md")
    assert told.note is Note.WEAK
    assert [cue.id for cue in more.cues["hiring"].more] == ["hiring"]
    assert more.cues["hiring"].more[0].metadata == ("talent-radar",)


def test_a_further_language_is_read_beside_those_of_the_law(law: Pack) -> None:
    dutch = "language: nl\nmarks: [het, van, een]\nclasses: {applicant: [sollicitant*], ranking: [rangschik*]}\n"
    more = extended(law, words__nl=dutch)
    assert held(more, "Het rangschikt een sollicitant van buiten.")
    assert held(more, "The rank of the applicant.")
    assert not held(law, "Het rangschikt een sollicitant van buiten.")


@pytest.mark.parametrize(
    "text",
    [
        "It ranks applicants.",
        "Hiring.",
        "Ranks the applicants of a town.",
        "Het van een: it ranks applicants.",
        "We rank each applicant.",
    ],
)
def test_what_held_by_the_words_of_the_law_holds_still(law: Pack, text: str) -> None:
    dutch = "language: nl\nmarks: [het, van, een]\nclasses: {applicant: [sollicitant*], other: [huis]}\n"
    assert held(law, text)
    assert held(extended(law, words__nl=dutch, cues="adds: {hiring: {patterns: [[other]]}}\n"), text)


def test_an_exit_and_a_refusal_of_the_law_reach_what_is_added_too(law: Pack) -> None:
    more = extended(law, words__en="language: en\nclasses: {applicant: [talent*]}\n")
    assert not held(more, "It ranks talents for flats.")
    assert not held(more, "It must not rank talents.")


def test_its_cue_asks_one_question_by_whatever_words_it_was_found(law: Pack) -> None:
    more = extended(law, words__en="language: en\nclasses: {applicant: [talent*]}\n")
    signals = find_signals("It ranks talents.\n\nIt ranks applicants.", more.cues.values(), "card.md")
    assert [signal.cue for signal in signals] == ["hiring"]
    assert more.cues == law.cues  # the law's own are as they were


REFUSED = {
    "an ignored phrase": (
        "words.en",
        "language: en\nignored: [applicant tracking]\n",
        "`ignored` stands in an extension",
    ),
    "a refusal": ("words.en", "language: en\nrefusals: {before: [hardly]}\n", "`refusals` stands in an extension"),
    "a mention": ("words.en", "language: en\nmentions: {before: [hardly]}\n", "`mentions` stands in an extension"),
    "marks": ("words.en", "language: en\nmarks: [applicant]\n", "`marks` stands in an extension"),
    "an exit": (
        "words.en",
        "language: en\nclasses: {rental: [applicant*]}\n",
        "class `rental` is an exit of cues of the law",
    ),
    "an exit of a cue": ("cues", "adds: {hiring: {unless: [rental], words: [x]}}\n", "unless"),
    "an unknown cue": (
        "cues",
        "adds: {hirin: {words: [x]}}\n",
        "adds to cue `hirin`, which no pack that it extends has",
    ),
    "an unknown class": (
        "cues",
        "adds: {hiring: {patterns: [[applicnt]]}}\n",
        "cue `hiring`: unknown class `applicnt`",
    ),
    "nothing": ("cues", "adds: {hiring: {}}\n", "cue `hiring` has nothing to find"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_would_take_a_hit_away_or_means_nothing_is_refused(law: Pack, case: str) -> None:
    file, text, said = REFUSED[case]
    with pytest.raises(PackError) as refused:
        load_pack_text({"pack.yaml": EXTENSION, f"{file}.yaml": text}, bases=[law])
    assert said in str(refused.value)


def test_a_law_adds_to_no_other(texts: dict[str, str]) -> None:
    with pytest.raises(PackError, match="adds to cue `hiring`, which no pack that it extends has"):
        load_pack_text({**texts, "cues.yaml": "adds: {hiring: {words: [x]}}\n"})
