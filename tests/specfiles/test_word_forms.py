"""The forms of a verb are made from its stem, by the rules of its language."""

from __future__ import annotations

import pytest

from aiact_rules.specfiles.word_forms import forms_of


@pytest.mark.parametrize(
    ("entry", "among"),
    [
        ("rank~", {"rank", "ranks", "ranked", "ranking"}),
        ("triage~", {"triage", "triages", "triaged", "triaging"}),
        ("deny~", {"deny", "denies", "denied", "denying"}),
        ("flag~", {"flag", "flags", "flagged", "flagging"}),
        ("match~", {"match", "matches", "matched", "matching"}),
        ("choose~", {"choose", "chooses", "chose", "chosen", "choosing"}),
        ("draw~ up", {"draw up", "draws up", "drew up", "drawn up", "drawing up"}),
    ],
)
def test_an_english_verb_has_its_persons_participles_and_gerund(entry: str, among: set[str]) -> None:
    assert among <= set(forms_of(entry, "en"))


@pytest.mark.parametrize(
    ("entry", "forms"),
    [
        ("schalt~", {"schalt*", "geschalt*"}),
        ("um|schalt~", {"umschalt*", "umgeschalt*", "umzuschalt*"}),
    ],
)
def test_a_german_verb_has_its_participle_and_its_infinitive_with_zu(entry: str, forms: set[str]) -> None:
    assert set(forms_of(entry, "de")) == forms


def test_a_french_verb_has_its_passive_and_the_nouns_for_what_it_does() -> None:
    assert {"classe", "classent", "classee", "classees", "classement", "classeur"} <= set(forms_of("class~", "fr"))


def test_an_entry_without_a_verb_is_left_as_it_is() -> None:
    assert forms_of("job seeker*", "en") == ("job seeker*",)


@pytest.mark.parametrize(
    ("entry", "language", "said"),
    [
        ("rank~", "it", "the forms of a verb are known for en, de, fr"),
        ("ra~nk", "en", "`ra~nk` is no stem of a verb"),
        ("shut|down~", "en", "`shut|down~` is no stem of a verb"),
        ("~", "en", "`~` is no stem of a verb"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(entry: str, language: str, said: str) -> None:
    with pytest.raises(ValueError, match="verb") as error:
        forms_of(entry, language)
    assert said in str(error.value)
