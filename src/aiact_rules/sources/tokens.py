"""Tokens: a text as words, folded so that case and accents do not matter, each with its place, and cut into sentences."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_TOKEN = re.compile(rf"(?:[^\W_][{_MARKS}]*)+")
_SENTENCE_END = re.compile(r"[.!?;\u2026\u3002](?=[\"'\u201d\u2019\u00bb)\]]*(?:\s|\Z))")
# fmt: off
_ABBREVIATIONS = frozenset({
    "e", "g", "i", "z", "b", "d", "h", "p", "u", "a", "ex", "etc", "vs", "art", "arts", "nr", "no", "dr", "mr", "mrs", "ms",
    "prof", "ca", "approx", "fig", "figs", "al", "bzw", "inkl", "incl", "cf", "resp", "st",
})
# fmt: on
_LETTERS = {"ß": "ss", "\u0131": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of one text: folded, where each begins and ends, and the number of the sentence it belongs to."""

    text: str
    words: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    sentences: tuple[int, ...]

    def between(self, first: int, second: int) -> str:
        """Return what stands between two words that follow each other."""
        return self.text[self.spans[first][1] : self.spans[second][0]]

    def written(self, first: int, last: int) -> str:
        """Return the text from one word to another, as written, on one line."""
        return " ".join(self.text[self.spans[first][0] : self.spans[last][1]].split())


def tokens_of(text: str) -> Tokens:
    """Return the words of a text."""
    found = [match.span() for match in _TOKEN.finditer(text)]
    words = tuple(folded(text[start:end]) for start, end in found)
    ends = iter(match.start() for match in _SENTENCE_END.finditer(text))
    end, number, numbers, before = next(ends, None), 0, [], ""
    for word, (start, _) in zip(words, found, strict=True):
        while end is not None and end < start:
            if before not in _ABBREVIATIONS or text[end] != ".":
                number += 1
            end = next(ends, None)
        numbers.append(number)
        before = word
    return Tokens(text, words, tuple(found), tuple(numbers))


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """Return a word without what does not tell words apart: case, accents and letters written in two ways."""
    word = word.lower()
    if word.isascii():
        return word
    for letter, plain in _LETTERS.items():
        word = word.replace(letter, plain)
    parts = unicodedata.normalize("NFKD", word)
    return "".join(sign for sign in parts if not unicodedata.combining(sign)).lower()
