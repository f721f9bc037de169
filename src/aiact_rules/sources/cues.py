"""Cues: find in a document's prose the words that suggest a situation of the law."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Cue
from aiact_rules.sources.document import Signal

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_BETWEEN_WORDS = re.compile(r"[\s\-]+")
# The letters beyond ASCII that count as one of ASCII where capitals do not matter.
_FOLDED = {0x130: "i", 0x131: "i", 0x17F: "s", 0x212A: "k"}
# Between two words of a cue: spaces, hyphens, emphasis, quotation marks of a block, and one line break, never a blank line.
_GAP = r"(?:[^\S\n]|[*_`>|\-\u2010-\u2015]|\n(?![^\S\n]*\n))+"


def find_signals(text: str, cues: Iterable[Cue], name: str, first_line: int = 1) -> tuple[Signal, ...]:
    """Give each cue whose words occur in a text, with the line where they first do, in the order of the cues.

    Case, line breaks, hyphens, emphasis and invisible characters do not matter; words must be whole unless the cue
    ends them with `*`. The text begins at `first_line` of the document `name`.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    folded = plain.translate(_FOLDED).lower()
    found = []
    for cue in cues:
        # Making a pattern costs more than all the rest, so only phrases whose parts all occur somewhere get one.
        likely = [phrase for phrase, parts in _parts(cue.words) if all(part in folded for part in parts)]
        matches = [match for phrase in likely if (match := _pattern(phrase).search(plain))]
        if matches:
            first = min(matches, key=lambda match: match.start())
            line = first_line + plain.count("\n", 0, first.start())
            found.append(Signal(cue.id, Place(name, line), " ".join(first.group().split())))
    return tuple(found)


@lru_cache(maxsize=2048)
def _parts(phrases: tuple[str, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Give the phrases of a cue, each with parts that a text must hold, in lower case, for the phrase to occur in it.

    Only plain letters and digits are told so: how other letters are written in capitals is left to the pattern.
    """
    return tuple(
        (phrase, tuple(part.lower() for word in _words(phrase) for part in word.split("*") if part.isascii()))
        for phrase in phrases
    )


@lru_cache(maxsize=8192)
def _pattern(phrase: str) -> re.Pattern[str]:
    """Give the exact pattern of a phrase."""
    exact = _GAP.join(r"[^\W_]*".join(re.escape(part) for part in word.split("*")) for word in _words(phrase))
    return re.compile(rf"(?<![^\W_])(?:{exact})(?![^\W_])", re.IGNORECASE)


def _words(phrase: str) -> list[str]:
    return _BETWEEN_WORDS.split(unicodedata.normalize("NFKC", phrase).strip())
