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
# Between two words of a cue: spaces, hyphens, emphasis, quotation marks of a block, and one line break, never a blank line.
_GAP = r"(?:[^\S\n]|[*_`>|\-\u2010-\u2015]|\n(?![^\S\n]*\n))+"


def find_signals(text: str, cues: Iterable[Cue], name: str, first_line: int = 1) -> tuple[Signal, ...]:
    """Give each cue whose words occur in a text, with the line where they first do, in the order of the cues.

    Case, line breaks, hyphens, emphasis and invisible characters do not matter; words must be whole unless the cue
    ends them with `*`. The text begins at `first_line` of the document `name`.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    lowered = plain.lower()
    found = []
    for cue in cues:
        stems, pattern = _pattern(cue.words)
        if not any(stem in lowered for stem in stems):
            continue
        if match := pattern.search(plain):
            line = first_line + plain.count("\n", 0, match.start())
            found.append(Signal(cue.id, Place(name, line), " ".join(match.group().split())))
    return tuple(found)


@lru_cache(maxsize=2048)
def _pattern(phrases: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Give for a cue the beginnings of which one must occur at all, and the exact pattern."""
    stems, alternatives = [], []
    for phrase in phrases:
        words = re.split(r"[\s\-]+", unicodedata.normalize("NFKC", phrase).strip())
        stems.append(words[0].split("*")[0].lower())
        alternatives.append(_GAP.join(r"[^\W_]*".join(re.escape(part) for part in word.split("*")) for word in words))
    return tuple(stems), re.compile(rf"(?<![^\W_])(?:{'|'.join(alternatives)})(?![^\W_])", re.IGNORECASE)
