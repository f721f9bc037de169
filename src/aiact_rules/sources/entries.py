"""Entries: words and phrases with `*` for any letters, found in a text by an index over their first words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from aiact_rules.sources.tokens import Tokens, folded

Label = TypeVar("Label", bound=Hashable)

_WORD = re.compile(r"(?:[^\W_]|\*)+")
# What may stand between the words of a phrase: blanks, hyphens, marks of emphasis and quotation, or a single point or apostrophe.
_JOINED = re.compile(r"[\s\-\u2010-\u2015/*_`>|&+~]*\Z|[.'\u2019]\Z")
_MOST_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece of a text that an entry stands for: its words, and the letters within the first and the last of them."""

    first: int
    last: int
    start: int
    end: int

    def overlaps(self, other: Hit) -> bool:
        """Return whether two hits share a letter."""
        return (self.first, self.start) < (other.last, other.end) and (other.first, other.start) < (self.last, self.end)


@dataclass(frozen=True, slots=True)
class _Part:
    """One word of an entry, in the forms `word`, `word*`, `*word`, `*word*` and `one*two`."""

    pieces: tuple[str, ...]

    def within(self, word: str) -> tuple[int, int] | None:
        """Return the letters of a word that this part stands for; None where it is another word."""
        first, *rest = self.pieces
        if not any(self.pieces):
            return 0, len(word)
        if not rest:
            return (0, len(word)) if word == first else None
        last = rest[-1]
        if len(word) < len(first) + len(last) or not word.startswith(first) or not word.endswith(last):
            return None
        at, begin = len(first), 0 if first else None
        for piece in rest[:-1]:
            found = word.find(piece, at, len(word) - len(last))
            if found < 0:
                return None
            begin = found if begin is None else begin
            at = found + len(piece)
        end = len(word) if last else at
        begin = len(word) - len(last) if begin is None else begin
        return begin, end


_Start = tuple[int, int, tuple[_Part, ...], Label]
"""An entry as it begins in a word: the letters it takes of it, the words that must follow, and its label."""


class Entries(Generic[Label]):
    """An index of entries, each with a label. Finding all of them in a text takes time linear in its words."""

    def __init__(self, entries: Iterable[tuple[str, Label]]) -> None:
        self._exact: dict[str, list[tuple[_Part, tuple[_Part, ...], Label]]] = defaultdict(list)
        self._starts: dict[str, list[tuple[_Part, tuple[_Part, ...], Label]]] = defaultdict(list)
        self._ends: dict[str, list[tuple[_Part, tuple[_Part, ...], Label]]] = defaultdict(list)
        self._inside: dict[str, list[tuple[_Part, tuple[_Part, ...], Label]]] = defaultdict(list)
        for text, label in dict.fromkeys(entries):
            parts = parts_of(text)
            if not parts:
                continue
            first = parts[0]
            kept = (first, parts[1:], label)
            if len(first.pieces) == 1:
                self._exact[first.pieces[0]].append(kept)
            elif first.pieces[0] or first.pieces == ("", ""):
                self._starts[first.pieces[0]].append(kept)
            elif first.pieces[-1]:
                self._ends[first.pieces[-1]].append(kept)
            else:
                self._inside[max(first.pieces, key=len)].append(kept)
        self._start_lengths = sorted({len(start) for start in self._starts})
        self._end_lengths = sorted({len(end) for end in self._ends})
        inside = sorted(map(re.escape, self._inside), key=len)
        self._any_inside = re.compile("|".join(inside)) if inside else None
        self._words: dict[str, tuple[tuple[_Start[Label], ...], tuple[_Start[Label], ...]]] = {}
        self._pairs: dict[tuple[str, str], tuple[_Start[Label], ...]] = {}

    def find(self, tokens: Tokens) -> list[tuple[Label, Hit]]:
        """Return every entry that stands in a text, by its label, in the order of the text."""
        found: list[tuple[Label, Hit]] = []
        known, words = self._words, tokens.words
        for at, word in enumerate(words):
            known_here = known.get(word)
            singles, phrases = self._beginning(word) if known_here is None else known_here
            for start, end, _, label in singles:
                found.append((label, Hit(at, at, start, end)))
            if phrases and at + 1 < len(words):
                for start, _, rest, label in self._followed(word, words[at + 1], phrases):
                    last = self._last(tokens, at, rest)
                    if last is not None:
                        found.append((label, Hit(at, at + len(rest), start, last)))
        return found

    def _beginning(self, word: str) -> tuple[tuple[_Start[Label], ...], tuple[_Start[Label], ...]]:
        """Return the entries that are a word, and the phrases that may begin with it."""
        near = list(self._exact.get(word, ()))
        for length in self._start_lengths:
            if length > len(word):
                break
            near += self._starts.get(word[:length], ())
        for length in self._end_lengths:
            if length > len(word):
                break
            near += self._ends.get(word[len(word) - length :], ())
        if self._any_inside is not None and self._any_inside.search(word):
            for piece, entries in self._inside.items():
                if piece in word:
                    near += entries
        every = [(*letters, rest, label) for first, rest, label in near if (letters := first.within(word)) is not None]
        found = tuple(each for each in every if not each[2]), tuple(each for each in every if each[2])
        if len(self._words) >= _MOST_REMEMBERED:
            self._words.clear()
        self._words[word] = found
        return found

    def _followed(self, word: str, following: str, phrases: tuple[_Start[Label], ...]) -> tuple[_Start[Label], ...]:
        """Return the phrases that may begin with two words."""
        pair = (word, following)
        found = self._pairs.get(pair)
        if found is None:
            found = tuple(each for each in phrases if each[2][0].within(following) is not None)
            if len(self._pairs) >= _MOST_REMEMBERED:
                self._pairs.clear()
            self._pairs[pair] = found
        return found

    def _last(self, tokens: Tokens, at: int, rest: tuple[_Part, ...]) -> int | None:
        """Return where the last word of a phrase ends; None where its words do not follow each other."""
        if at + len(rest) >= len(tokens.words):
            return None
        end = 0
        for number, part in enumerate(rest, at + 1):
            letters = part.within(tokens.words[number])
            if letters is None or _JOINED.match(tokens.between(number - 1, number)) is None:
                return None
            end = letters[1]
        return end


def parts_of(entry: str) -> tuple[_Part, ...]:
    """Return the words of an entry."""
    return tuple(_Part(tuple(folded(word).split("*"))) for word in _WORD.findall(entry))
