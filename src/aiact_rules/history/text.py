"""A history as text: what each text of the Act asks of a release and what changed, for 80 columns."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiact_rules.core.citations import in_order
from aiact_rules.history.history import Asked, History, Owed, VersionDecision
from aiact_rules.reports.words import WIDTH, wrapped

MARKS = {Owed.YES: "●", Owed.PERHAPS: "○", Owed.NO: "·", Owed.NOT_HELD: "?"}
_PLACE = re.compile(r"(?:Art\. \w+(?:\(\d+\w*\))?|\w+ \w+)")


def render_text(history: History) -> str:
    """Return a history as lines of text."""
    return "\n".join(line.rstrip() for line in _lines(history)) + "\n"


def class_of(judged: VersionDecision) -> str:
    """Return in words what a text makes of the release."""
    if not judged.in_scope:
        return ", ".join([*(said for said, owed in judged.classes if owed is Owed.YES), "outside the text"])
    words = [f"{said}{'' if owed is Owed.YES else ' (?)'}" for said, owed in judged.classes]
    return ", ".join(words) or "none with obligations of its own"


def places_of(asked: Asked) -> tuple[str, ...]:
    """Return the paragraphs that ask for something on a topic, each once, in order: `Art. 53(1)`, `Annex XI`."""
    first = (_PLACE.match(provision) for provision in asked.provisions)
    return tuple(in_order(dict.fromkeys(found[0] for found in first if found)))


def _lines(history: History) -> Iterator[str]:
    yield from wrapped(f"HISTORY  {history.subject}", "", " " * 9)
    for judged in history.versions:
        yield ""
        yield from wrapped(f"{judged.version.key:6} {judged.version.date}  {judged.version.document}", "", " " * 19)
        yield from wrapped(class_of(judged), "  class   ", " " * 10)
        yield f"  applies {_count(judged)}"
        if judged.compared_with is not None:
            yield from _change("gained", judged.gained)
            yield from _change("lost", judged.lost)
        if judged.needs:
            yield from wrapped(", ".join(judged.needs[:4]), "  open    ", " " * 10)
        for note in judged.version.notes:
            yield from wrapped(note, "  note    ", " " * 10)
    if history.topics:
        yield ""
        yield from _matrix(history)


def _count(judged: VersionDecision) -> str:
    if not judged.version.whole:
        return "undetermined: the text is not held"
    perhaps = sum(asked.owed is Owed.PERHAPS for asked in judged.asked.values())
    certain = len(judged.asked) - perhaps
    said = f"{certain} topic{'' if certain == 1 else 's'}" if certain else "nothing"
    return f"{said}, and {perhaps} undetermined" if perhaps else said


def _change(word: str, changed: tuple[Asked, ...]) -> Iterator[str]:
    if not changed:
        return
    said = "; ".join(
        f"{asked.topic.title}{' (undetermined)' if asked.owed is Owed.PERHAPS else ''} ({', '.join(places_of(asked))})"
        for asked in changed
    )
    yield from wrapped(said, f"  {word:7} ", " " * 10)


def _matrix(history: History) -> Iterator[str]:
    label = WIDTH - 6 * len(history.versions)
    yield " " * label + "".join(f"{judged.version.key:>6}" for judged in history.versions)
    for topic in history.topics:
        cells = ""
        for judged in history.versions:
            keys = [asked.topic.key for asked in judged.gained], [asked.topic.key for asked in judged.lost]
            sign = "+" if topic.key in keys[0] else "-" if topic.key in keys[1] else " "
            cells += f"{sign + MARKS[judged.owed(topic.key)]:>6}"
        yield f"{topic.title[: label - 1]:{label}}{cells}"
    yield ""
    yield "● applies  ○ undetermined  · does not apply  ? text not held  + gained  - lost"
