"""Reaches: how far a refusal, or a phrase that only mentions, reaches what stands around it in a sentence."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiact_rules.sources.entries import Entries, Hit, Reading

WINDOW = 12
"""The most words from the first to the last of a pattern, and from a refusal to what it refuses."""

PLACES = ("before", "after", "headings", "exceptions", "ends")  # how phrases reach, as in Contexts


@dataclass(frozen=True, slots=True)
class Reach:
    """The labels of phrases that make notes, by how they reach what stands around them."""

    before: int
    after: int
    headings: int
    exceptions: int
    ends: int

    @classmethod
    def of(cls, entries: Entries, kind: str) -> Reach:
        """Return the labels of one kind of phrases."""
        return cls(*(entries.bits([(kind, place)]) for place in PLACES))


class Ordered:
    """Hits of one sentence, those near a word found without a look at all of them."""

    __slots__ = ("hits", "longest")

    def __init__(self, hits: Sequence[Hit]) -> None:
        self.hits = hits
        self.longest = max((hit.last - hit.first for hit in hits), default=0)

    def among(self, first: int, last: int) -> Iterable[Hit]:
        """Return the hits that have a word in a stretch of words."""
        begin = bisect_left(self.hits, first - self.longest, key=first_of)
        end = bisect_right(self.hits, last, key=first_of)
        return (hit for hit in self.hits[begin:end] if hit.last >= first)

    def at(self, word: int) -> Iterable[Hit]:
        """Return the hits that have this word, whichever else."""
        return self.among(word, word)


@dataclass(frozen=True, slots=True)
class Around:
    """What makes notes of words of one sentence: all of them (`all_over`), or those that one of its phrases reaches."""

    all_over: bool
    before: Ordered = Ordered(())
    after: Ordered = Ordered(())
    ends: Sequence[int] = ()

    @classmethod
    def of(cls, sentence: Reading, reach: Reach, headings: Iterable[Reading], intro: Reading | None) -> Around | None:
        """Return what reaches into a sentence from itself, the headings and the introduction above; None where nothing does."""
        if any(unexcepted(heading, reach.headings, reach) for heading in headings) or (
            intro is not None and unexcepted(intro, reach.before | reach.headings, reach)
        ):
            return cls(all_over=True)
        before, after = (Ordered(unexcepted(sentence, labels, reach)) for labels in (reach.before, reach.after))
        if not before.hits and not after.hits:
            return None
        return cls(False, before, after, [hit.first for hit in sentence.hits(reach.ends)])

    def reaches(self, first: int, last: int) -> bool:
        """Return whether a stretch of words is reached."""
        return (
            self.all_over
            or any(self._open(hit.last, first) for hit in self.before.among(first - WINDOW, last - 1))
            or any(self._open(last, hit.first) for hit in self.after.among(first + 1, last + WINDOW))
        )

    def _open(self, one: int, other: int) -> bool:
        """Return whether nothing between two words ends the reach of one to the other."""
        after = bisect_right(self.ends, one)
        return after == len(self.ends) or self.ends[after] >= other


def unexcepted(reading: Reading, labels: int, reach: Reach) -> Sequence[Hit]:
    """Return where some phrases are that are no part of one that only looks like them."""
    if not reading.labels & labels:
        return ()
    found = reading.hits(labels)
    if not reading.labels & reach.exceptions:
        return found
    excepted = Ordered(reading.hits(reach.exceptions))
    return [hit for hit in found if not any(map(hit.overlaps, excepted.among(hit.first, hit.last)))]


def first_of(hit: Hit) -> int:
    """Return the first word of a hit."""
    return hit.first
