"""Signals: words of a document that speak of a situation of the law."""

from __future__ import annotations

from dataclasses import dataclass

from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place


@dataclass(frozen=True, slots=True)
class Signal:
    """Words of a cue that stand in a document: which cue, where first, and the words as written."""

    cue: str
    place: Place
    words: str

    def as_json(self) -> dict[str, object]:
        """Return the words as they stand in a decision's JSON."""
        return {
            "cue": self.cue,
            "words": printable(self.words),
            "source": printable(self.place.source),
            "line": self.place.line,
        }
