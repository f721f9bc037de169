"""Marks: how an obligation stands, apart from which one it is.

A law has a thousand obligations and some dozens of marks, so whatever only counts or asks for the worst looks at these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from aiact_rules.core.outcomes import OWED
from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.statuses import Status, statuses_of

STATUS_CODES: Mapping[str, tuple[Status, bool]] = {
    "b": (Status.BREACHED, True),
    "o": (Status.OPEN, True),
    "u": (Status.OPEN, False),
    "m": (Status.MET, True),
    "c": (Status.CONDITION, True),
    "d": (Status.CONDITION, False),
    "p": (Status.UPCOMING, True),
    "q": (Status.UPCOMING, False),
    "a": (Status.ADVICE, True),
}
"""The letters of a record's `statuses`: what became of an obligation, and whether it certainly applies."""

_LETTER = {meaning: letter for letter, meaning in STATUS_CODES.items()}


@dataclass(frozen=True, slots=True, eq=False)  # there is one of each, so that it counts by itself
class Mark:
    """How an obligation of some kind stands, whether that it applies is certain, and its letter in a record.

    `timetable` says by what it is still to come, where it is.
    """

    status: Status
    certain: bool
    kind: Kind
    timetable: str | None
    letter: str
    gates: bool


def mark_of(o: Obligation, status: Status, certain: bool) -> Mark:
    """Return the mark of an obligation that stands so."""
    return _mark(status, certain, o.kind, o.timetable if status is Status.UPCOMING else None)


@cache
def _mark(status: Status, certain: bool, kind: Kind, timetable: str | None) -> Mark:
    letter = _LETTER.get((status, certain)) or _LETTER[status, True]
    return Mark(status, certain, kind, timetable, letter, status.gates)


class Marks(dict[int, Mark | None]):
    """The mark of one obligation, and of all like it, for each answer of an engine; None where there is nothing to report."""

    def __init__(self, o: Obligation) -> None:
        self._like = o
        self._statuses = statuses_of(o)

    def __missing__(self, code: int) -> Mark | None:
        status = self._statuses[code]
        self[code] = found = None if status is None else mark_of(self._like, status, bool(code & OWED))
        return found
