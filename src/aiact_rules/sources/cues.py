"""Cues: find in a document's prose the words that suggest a situation of the law."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from aiact_rules.core.facts import Facts
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Cue
from aiact_rules.core.signals import Signal
from aiact_rules.core.vocabulary import FactType, Vocabulary
from aiact_rules.sources.shown import shown

_BETWEEN_WORDS = re.compile(r"[\s\-]+")
# The letters beyond ASCII that count as one of ASCII where capitals do not matter.
_FOLDED = {0x130: "i", 0x131: "i", 0x17F: "s", 0x212A: "k"}
# Between two words of a cue: spaces, hyphens, emphasis, quotation marks of a block, and one line break, never a blank line.
_GAP = r"(?:[^\S\n]|[*_`>|\-\u2010-\u2015]|\n(?![^\S\n]*\n))+"


@dataclass(frozen=True, slots=True)
class Found:
    """The words of a cue as they stand in a text, and the line (from 0) where they begin."""

    cue: str
    line: int
    words: str


def find_words(text: str, cues: Iterable[Cue], fact: str | None = None) -> tuple[Found, ...]:
    """Return each cue whose words occur in a text, where they first do, in the order of the cues.

    `fact` is the fact of free text that states it; None: it is prose, in which cues for such facts do not count.
    Case, line breaks, hyphens, emphasis, tags and invisible characters do not matter; words must be whole unless the cue
    ends them with `*`.
    """
    ways = [(way, way.translate(_FOLDED).lower()) for way in shown(text)]
    found = []
    for cue in cues:
        if cue.facts and fact not in cue.facts:
            continue
        matches = [
            (way.count("\n", 0, match.start()), match.start(), match.group())
            for way, folded in ways
            # Making a pattern costs more than all the rest, so only phrases whose parts all occur somewhere get one.
            for phrase, parts in _parts(cue.words)
            if all(part in folded for part in parts)
            if (match := _pattern(phrase).search(way))
        ]
        if matches:
            line, _, words = min(matches)
            found.append(Found(cue.id, line, " ".join(words.split())))
    return tuple(found)


def find_signals(text: str, cues: Iterable[Cue], name: str, first_line: int = 1) -> tuple[Signal, ...]:
    """Return each cue whose words occur in a text that begins at `first_line` of the document `name`."""
    return tuple(
        Signal(found.cue, Place(name, first_line + found.line), found.words) for found in find_words(text, cues)
    )


def signals_in_facts(facts: Facts, vocabulary: Vocabulary, cues: Iterable[Cue]) -> tuple[Signal, ...]:
    """Return each cue whose words occur in what a fact of free text states, such as a task or the name of a licence."""
    cues = tuple(cues)
    texts = [fact for fact in facts if isinstance(fact.value, str) and vocabulary[fact.name].type is FactType.TEXT]
    return tuple(
        Signal(found.cue, fact.origin.place, found.words)
        for fact in texts
        for found in find_words(str(fact.value), cues, fact.name)
    )


@lru_cache(maxsize=2048)
def _parts(phrases: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the phrases of a cue, each with parts that a text must hold, in lower case, for the phrase to occur in it.

    Only plain letters and digits are told so: how other letters are written in capitals is left to the pattern.
    """
    return tuple(
        (phrase, tuple(part.lower() for word in _words(phrase) for part in word.split("*") if part.isascii()))
        for phrase in phrases
    )


@lru_cache(maxsize=8192)
def _pattern(phrase: str) -> re.Pattern[str]:
    """Return the exact pattern of a phrase."""
    exact = _GAP.join(r"[^\W_]*".join(re.escape(part) for part in word.split("*")) for word in _words(phrase))
    return re.compile(rf"(?<![^\W_])(?:{exact})(?![^\W_])", re.IGNORECASE)


def _words(phrase: str) -> list[str]:
    return _BETWEEN_WORDS.split(unicodedata.normalize("NFKC", phrase).strip())
