"""Signals: words of a document that speak of a situation of the law, how much they say, and what a person says of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from aiact_rules.core.cues import Strength
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place

_SEEN_SIZE = 16


class Note(StrEnum):
    """Why words found in a document hold nothing, and are only told."""

    RULED_OUT = "ruled_out"
    MENTIONED = "mentioned"
    WEAK = "weak"
    SUGGESTED = "suggested"


NOTES = {
    Note.RULED_OUT: "ruled out by the document",
    Note.MENTIONED: "mentioned as a risk or as the work of others",
    Note.WEAK: "too little to hold the release",
    Note.SUGGESTED: "suggested by a reader",
}
"""What the reasons mean, for people."""


@dataclass(frozen=True, slots=True)
class Signal:
    """Words of a cue that stand in a document: which cue, where first, and the words as written.

    `note` says why they only are a note; without it they hold the release where the facts deny what they suggest. `seen`
    names all sentences of the document that speak of the cue: another sentence gives another one. `reader` is the name and
    version of the reader of a platform that suggested them; None where they are words of the cue.
    """

    cue: str
    place: Place
    words: str
    note: Note | None = None
    seen: str = ""
    reader: str | None = None

    @property
    def strength(self) -> Strength:
        """Return whether the words hold, or are a note."""
        return Strength.HOLD if self.note is None else Strength.NOTE

    @property
    def by_whom(self) -> str:
        """Return who suggested the words, as it follows them: `, suggested by reader lookout 1.2`; nothing for a cue's own."""
        return "" if self.reader is None else f", suggested by reader {printable(self.reader)}"

    @property
    def why_noted(self) -> str | None:
        """Return why the words are but a note, for people; None where they hold."""
        if self.note is Note.SUGGESTED:
            return self.by_whom.removeprefix(", ") or NOTES[self.note]
        return None if self.note is None else NOTES[self.note]

    def as_json(self) -> dict[str, object]:
        """Return the words as they stand in a decision's JSON."""
        return {
            "cue": self.cue,
            "words": printable(self.words),
            "source": printable(self.place.source),
            "line": self.place.line,
            "strength": self.strength.value,
            **({} if self.note is None else {"note": self.note.value}),
            "seen": self.seen,
            **({} if self.reader is None else {"reader": printable(self.reader)}),
        }


@dataclass(frozen=True, slots=True)
class Dismissal:
    """One entry of `signals_dismissed`: what is dismissed, why and by whom, and which words a person had seen.

    `signal` is the id of a signal or a contradiction without `signal.` or `contradiction.`. `seen` names the sentences as
    `Signal.seen` does; None where none are named, as in a plain id.
    """

    signal: str
    place: Place
    because: str | None = None
    by: str | None = None
    seen: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the dismissal as it stands in a decision's JSON, with what it says and no more."""
        said = {"because": self.because, "by": self.by, "seen": self.seen}
        return {
            "signal": self.signal,
            **{key: printable(text) for key, text in said.items() if text is not None},
            "source": printable(self.place.source),
            "line": self.place.line,
        }


def seen_in(sentences: Iterable[str]) -> str:
    """Return what names some sentences, in whatever order: the first letters of a hash."""
    text = "\n".join(sorted(set(sentences)))
    return hashlib.sha256(text.encode()).hexdigest()[:_SEEN_SIZE]


def seen_for(cue: str, signals: Iterable[Signal]) -> str:
    """Return what names all sentences of all documents that hold for a cue; empty where none does."""
    each = [signal.seen for signal in signals if signal.cue == cue and signal.strength is Strength.HOLD]
    return each[0] if len(set(each)) == 1 else seen_in(each) if each else ""


def held_cues(signals: Iterable[Signal]) -> frozenset[str]:
    """Return the cues whose words hold where the facts deny what they suggest."""
    return frozenset(signal.cue for signal in signals if signal.strength is Strength.HOLD)
