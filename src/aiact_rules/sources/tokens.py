"""Tokens: a text as words, folded so that case and accents do not matter, each with its place, and cut into sentences."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_MARKS = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_TOKEN = re.compile(rf"((?:[^\W_][{_MARKS}]*)+)")
_ASCII_TOKEN = re.compile("([a-z0-9]+)")  # the same in half the time
_SENTENCE_END = re.compile(r"[.!?;\u2026\u3002](?=[\"'\u201d\u2019\u00bb)\]]*\s)")
# fmt: off
_ABBREVIATIONS = frozenset({
    "e", "g", "i", "z", "b", "d", "h", "p", "u", "a", "ex", "etc", "vs", "art", "arts", "nr", "no", "dr", "mr", "mrs", "ms",
    "prof", "ca", "approx", "fig", "figs", "al", "bzw", "inkl", "incl", "cf", "resp", "st",
})
# fmt: on
_LETTERS = {"ß": "ss", "\u0131": "i", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"}


class Tokens:
    """The words of one text, folded, and the gaps around them. Where each stands is found when first asked for."""

    __slots__ = ("_gaps", "_spans", "text", "words")

    def __init__(self, text: str) -> None:
        self.text = text
        is_ascii = text.isascii()
        parts: list[str] = _ASCII_TOKEN.split(text.lower()) if is_ascii else _TOKEN.split(text)
        self.words = parts[1::2] if is_ascii else list(map(folded, parts[1::2]))
        self._gaps = parts[::2]
        self._spans: list[tuple[int, int]] | None = None

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Return where each word begins and ends in the text."""
        if self._spans is None:
            self._spans = [match.span() for match in _TOKEN.finditer(self.text)]
        return self._spans

    def between(self, first: int, second: int) -> str:  # noqa: ARG002
        """Return what stands between two words that follow each other."""
        return self._gaps[second]

    def written(self, first: int, last: int) -> str:
        """Return the text from one word to another, as written, on one line."""
        return " ".join(self.text[self.spans[first][0] : self.spans[last][1]].split())

    def sentences(self, longest: int) -> list[tuple[int, int]]:
        """Return the first and the last word of each sentence; one with more words than `longest` is cut."""
        count = len(self.words)
        found = []
        first = 0
        for end in (*self._ends(), count):
            found += [(at, min(at + longest, end) - 1) for at in range(first, end, longest)]
            first = end
        return found

    def _ends(self) -> list[int]:
        """Return the words that begin a sentence after another one."""
        if _SENTENCE_END.search(self.text) is None:
            return []
        words, gaps = self.words, self._gaps
        return [
            number
            for number in range(1, len(words))
            if len(gaps[number]) > 1
            and (mark := _SENTENCE_END.search(gaps[number])) is not None
            and (mark[0] != "." or words[number - 1] not in _ABBREVIATIONS or _ends_otherwise(gaps[number]))
        ]


def _ends_otherwise(gap: str) -> bool:
    """Return whether a sentence ends here by more than the point of an abbreviation."""
    return any(mark[0] != "." for mark in _SENTENCE_END.finditer(gap))


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
