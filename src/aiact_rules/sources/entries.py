"""Entries: words and phrases of several languages, with `*` for any letters, found in a text by an index over their words."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

from aiact_rules.sources.tokens import Tokens, folded

_WORD = re.compile(r"(?:[^\W_]|\*)+")
# What may stand between the words of a phrase: blanks, hyphens, marks of emphasis and quotation, or a single point,
# apostrophe or colon ("1:N").
_JOINED = re.compile(r"[\s\-\u2010-\u2015/*_`>|&+~]*\Z|[.:'\u2019]\Z")
_MOST_REMEMBERED = 100_000

Key = TypeVar("Key")
Value = TypeVar("Value")


class Hit(NamedTuple):
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


_Entry = tuple[_Part, tuple[_Part, ...], int, int]
"""The first word of an entry, the words that must follow, the number of its label, and its languages."""


class _Start(NamedTuple):
    """How an entry begins in a word: the letters it takes of it, the words that must follow, and the number of its label."""

    start: int
    end: int
    rest: tuple[_Part, ...]
    label: int


class _Beginnings(NamedTuple):
    """The entries that are a word, as a set of labels and each by itself, and the phrases that may begin with it."""

    labels: int
    words: tuple[_Start, ...]
    phrases: tuple[_Start, ...]


_NOTHING = _Beginnings(0, (), ())


class Reading:
    """The entries in a stretch of a text. `labels` has a bit for the label of each; where they are, is found when asked for."""

    __slots__ = ("_hits", "_phrases", "_words", "first", "labels", "last", "tokens")

    def __init__(self, tokens: Tokens, first: int, last: int) -> None:
        self.tokens = tokens
        self.first = first
        self.last = last
        self.labels = 0
        self._words: list[tuple[int, tuple[_Start, ...]]] = []
        self._phrases: list[tuple[int, Hit]] = []
        self._hits: dict[int, tuple[Hit, ...]] = {}

    def add(self, at: int, beginnings: _Beginnings) -> None:
        """Add the entries that are one word."""
        self.labels |= beginnings.labels
        if beginnings.words:
            self._words.append((at, beginnings.words))

    def add_phrase(self, label: int, hit: Hit) -> None:
        """Add an entry of several words."""
        self.labels |= 1 << label
        self._phrases.append((label, hit))

    def hits(self, labels: int) -> tuple[Hit, ...]:
        """Return where entries with one of some labels are, in the order of the text."""
        found = self._hits.get(labels)
        if found is None:
            words = (
                Hit(at, at, each.start, each.end)
                for at, starts in self._words
                for each in starts
                if labels >> each.label & 1
            )
            phrases = (hit for label, hit in self._phrases if labels >> label & 1)
            found = self._hits[labels] = tuple(sorted({*words, *phrases}))
        return found


class Entries:
    """An index of entries in several languages, each with a label. Reading a text takes time linear in its words.

    Labels are numbered in the order in which they come (`number`), languages are bits. `marks` are words by which a language
    is known.
    """

    def __init__(self, entries: Iterable[tuple[str, Hashable, int]], marks: Iterable[tuple[str, int]] = ()) -> None:
        self.number: dict[Hashable, int] = {}
        self._marks: dict[str, int] = defaultdict(int)
        for mark, language in marks:
            self._marks[folded(mark)] |= language
        languages: dict[tuple[str, int], int] = defaultdict(int)
        for text, label, language in entries:
            languages[text, self.number.setdefault(label, len(self.number))] |= language
        self._exact: dict[str, list[_Entry]] = defaultdict(list)
        self._starts: dict[str, list[_Entry]] = defaultdict(list)
        self._ends: dict[str, list[_Entry]] = defaultdict(list)
        self._inside: dict[str, list[_Entry]] = defaultdict(list)
        for (text, number), every in languages.items():
            parts = parts_of(text)
            if not parts:
                continue
            first = parts[0]
            kept = (first, parts[1:], number, every)
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
        self._words: dict[int, dict[str, _Beginnings]] = defaultdict(dict)
        self._pairs: dict[int, dict[tuple[str, str], tuple[_Start, ...]]] = defaultdict(dict)

    def bits(self, labels: Iterable[Hashable]) -> int:
        """Return the set of some labels as a number; labels of no entry are left out."""
        return sum(1 << self.number[label] for label in set(labels) if label in self.number)

    def spoken(self, words: Iterable[str]) -> dict[int, int]:
        """Return how many marks of each language, or of several that share them, are among some words."""
        found: dict[int, int] = {}
        known = self._marks
        for word in words:
            if word in known:
                of = known[word]
                found[of] = found.get(of, 0) + 1
        return found

    def read(self, tokens: Tokens, first: int, last: int, languages: int) -> Reading:
        """Return what stands in a stretch of a text, from its first to its last word, in some languages."""
        known, words = self._words[languages], tokens.words
        reading = Reading(tokens, first, last)
        for at in range(first, last + 1):
            word = words[at]
            beginnings = known.get(word)
            if beginnings is None:
                beginnings = self._beginning(word, languages)
            if beginnings is _NOTHING:
                continue
            reading.add(at, beginnings)
            if beginnings.phrases and at < last:
                for start, _, rest, label in self._followed(word, words[at + 1], beginnings.phrases, languages):
                    end = self._end(tokens, at, rest, last)
                    if end is not None:
                        reading.add_phrase(label, Hit(at, at + len(rest), start, end))
        return reading

    def _beginning(self, word: str, languages: int) -> _Beginnings:
        """Return what may begin with a word."""
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
        every = [
            _Start(*letters, rest, label)
            for first, rest, label, of in near
            if of & languages and (letters := first.within(word)) is not None
        ]
        words = tuple(each for each in every if not each.rest)
        labels = 0
        for each in words:
            labels |= 1 << each.label
        found = _Beginnings(labels, words, tuple(each for each in every if each.rest)) if every else _NOTHING
        _remember(self._words[languages], word, found)
        return found

    def _followed(self, word: str, following: str, phrases: tuple[_Start, ...], languages: int) -> tuple[_Start, ...]:
        """Return the phrases that may begin with two words."""
        pair = (word, following)
        found = self._pairs[languages].get(pair)
        if found is None:
            found = tuple(each for each in phrases if each.rest[0].within(following) is not None)
            _remember(self._pairs[languages], pair, found)
        return found

    def _end(self, tokens: Tokens, at: int, rest: tuple[_Part, ...], last: int) -> int | None:
        """Return where the last word of a phrase ends; None where its words do not follow each other."""
        if at + len(rest) > last:
            return None
        end = 0
        for number, part in enumerate(rest, at + 1):
            letters = part.within(tokens.words[number])
            if letters is None or _JOINED.match(tokens.between(number - 1, number)) is None:
                return None
            end = letters[1]
        return end


def _remember(kept: dict[Key, Value], key: Key, value: Value) -> None:
    if len(kept) >= _MOST_REMEMBERED:
        kept.clear()
    kept[key] = value


def parts_of(entry: str) -> tuple[_Part, ...]:
    """Return the words of an entry."""
    return tuple(_Part(tuple(folded(word).split("*"))) for word in _WORD.findall(entry))
