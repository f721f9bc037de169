"""Heard: the words of documents that were found and hold nothing, as notes for a person."""

from __future__ import annotations

from collections.abc import Iterator

from aiact_rules.core.decisions import Decision
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place
from aiact_rules.core.raising import notes_in
from aiact_rules.core.signals import Note, Signal
from aiact_rules.core.words import counted
from aiact_rules.reports.words import wrapped

TITLE = "Words noted, which hold nothing"
_VERBS = {Note.RULED_OUT: "rules out", Note.MENTIONED: "mentions", Note.WEAK: "speaks of", Note.SUGGESTED: "speaks of"}


def notes_line(decision: Decision) -> str | None:
    """Return how many words were noted, and the first of them; None where none were."""
    notes = notes_in(decision)
    if not notes:
        return None
    provision, first = notes[0]
    shows = "--full shows why" if len(notes) == 1 else "--full shows them"
    return f"{counted(len(notes), 'note')}: {_said(provision, first)}{first.by_whom}; {shows}"


def notes_told(decision: Decision) -> Iterator[tuple[Place, str]]:
    """Yield each note with its place: its words, the provision they speak of, and why they hold nothing."""
    for provision, signal in notes_in(decision):
        yield signal.place, f"{_said(provision, signal)}: {signal.why_noted}"


def noted_lines(decision: Decision) -> Iterator[str]:
    """Yield the words that hold nothing, each with why."""
    notes = tuple(notes_told(decision))
    if notes:
        yield f"{TITLE} ({len(notes)})"
        for _, told in notes:
            yield from wrapped(told, "  ", "      ")
        yield ""


def _said(provision: str, signal: Signal) -> str:
    assert signal.note is not None, "a note says why it is one"
    return f"{printable(str(signal.place))} {_VERBS[signal.note]} `{printable(signal.words)}` ({provision})"
