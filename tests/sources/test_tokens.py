"""Words and sentences of a text, each word where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiact_rules.sources.tokens import Tokens, folded

TEXTS = st.text(
    alphabet=st.sampled_from("aZß\u0301é1 e.g. nr. z.B.!?;…。\n\t\u00a0\u0085\x1c\"')]»_-\u0130"), max_size=60
)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("...", []),
        ("one two", ["one two"]),
        ("One. Two! (Three?) Four", ["One", "Two", "Three", "Four"]),
        ("see e.g. two, nr. 3 of z.B. etc.", ["see e.g. two, nr. 3 of z.B. etc"]),
        ("one etc.; two", ["one etc", "two"]),
        ("one.two 3.4 a", ["one.two 3.4 a"]),
        ('"one." two', ["one", "two"]),
        ("eins… zwei。 drei", ["eins", "zwei", "drei"]),
    ],
)
def test_a_sentence_ends_at_its_mark_and_not_at_an_abbreviation(text: str, sentences: list[str]) -> None:
    tokens = Tokens(text)
    assert [tokens.written(first, last) for first, last in tokens.sentences(200)] == sentences


def test_a_sentence_of_many_words_is_cut() -> None:
    assert Tokens("x " * 7 + ". b").sentences(3) == [(0, 2), (3, 5), (6, 6), (7, 7)]


@given(TEXTS, st.integers(1, 5))
def test_sentences_hold_every_word_once_and_gaps_lie_between_words(text: str, longest: int) -> None:
    tokens = Tokens(text)
    stretches = tokens.sentences(longest)
    assert [at for first, last in stretches for at in range(first, last + 1)] == list(range(len(tokens.words)))
    assert all(last - first < longest for first, last in stretches)
    assert [folded(text[begin:end]) for begin, end in tokens.spans] == tokens.words
    for at in range(1, len(tokens.words)):
        assert tokens.between(at - 1, at) == text[tokens.spans[at - 1][1] : tokens.spans[at][0]]
