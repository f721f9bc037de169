"""Tokens: a text as words, folded so that case and accents do not matter, each with its place, and cut into sentences."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
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


class Tokens:
    """The words of one text, folded. Where each stands is found when first asked for, since most texts say nothing."""

    __slots__ = ("_spans", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        found = _TOKEN.findall(text.lower() if text.isascii() else text)
        self.words: list[str] = found if text.isascii() else [folded(word) for word in found]
        self._spans: list[tuple[int, int]] | None = None

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Return where each word begins and ends in the text."""
        if self._spans is None:
            self._spans = [match.span() for match in _TOKEN.finditer(self.text)]
        return self._spans

    def between(self, first: int, second: int) -> str:
        """Return what stands between two words that follow each other."""
        return self.text[self.spans[first][1] : self.spans[second][0]]

    def written(self, first: int, last: int) -> str:
        """Return the text from one word to another, as written, on one line."""
        return " ".join(self.text[self.spans[first][0] : self.spans[last][1]].split())

    def sentences(self, longest: int) -> list[tuple[int, int]]:
        """Return the first and the last word of each sentence; one with more words than `longest` is cut."""
        ends = [len(self.words)]
        marks = [match.start() for match in _SENTENCE_END.finditer(self.text)]
        if marks:
            starts = [start for start, _ in self.spans]
            for mark in marks:
                end = bisect_left(starts, mark)
                if end and (self.text[mark] != "." or self.words[end - 1] not in _ABBREVIATIONS):
                    ends.append(end)
        found = []
        first = 0
        for end in sorted(set(ends)):
            found += [(at, min(at + longest, end) - 1) for at in range(first, end, longest)]
            first = end
        return found


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
