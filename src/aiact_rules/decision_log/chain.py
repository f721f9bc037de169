"""Chain: each entry names the hash of the one before it, so that no change in the middle goes unseen, wherever it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.core.canonical import canonical
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log.entries import Entry
from aiact_rules.decision_log.heads import EMPTY, Head
from aiact_rules.decision_log.parts import Part
from aiact_rules.decision_log.storage import Row

WHOLE = Part()


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the chain found: how many entries, the last one, and what is wrong.

    `after` is the entry that the log begins after, which an archive ends with. `beside` is the file that holds the newest
    entries, where they do not all stand in the log itself: it belongs to it.
    """

    entries: int
    head: Head
    problems: tuple[Problem, ...]
    after: Head = EMPTY
    beside: Path | None = None


def head_of(last: Row | None) -> Head:
    """Return the head of a log by its last row, whose text may be broken. Raises ValueError where it has no hash."""
    if last is None:
        return EMPTY
    seq, digest, _ = last
    if not isinstance(digest, str):
        raise ValueError(f"the hash of the last entry, number {seq}, is not text")
    return Head(seq, digest)


def following(head: Head, recorded: Mapping[str, object], at: str) -> Entry:
    """Return the entry after a head. Raises ValueError and RecursionError for what has no canonical form."""
    record = {"seq": head.seq + 1, "prev": head.hash, "at": at, **recorded}
    text = canonical(record).decode("utf-8")
    return Entry(head.seq + 1, hashlib.sha256(text.encode()).hexdigest(), text, record)


def verified(entries: Iterable[Entry], name: str, expected: Head | None = None, part: Part = WHOLE) -> Verified:
    """Check a chain: every number, every link, every hash, every decision's own id, and the head that is expected.

    A part is checked from where it says that it begins to where it says that it ends. Raises InputError where nothing of it
    can be read.
    """
    found = _Check(name, expected, part)
    try:
        for entry in entries:
            found.take(entry)
    except InputError as error:
        if not found.count:
            raise
        hints = [each.hint for each in error.problems]
        found.problems += [found.problem(f"nothing after this entry can be read: {hint}") for hint in hints]
    found.end()
    return Verified(found.count, found.head, tuple(found.problems), part.after)


class _Check:
    """The check of one chain, entry by entry."""

    def __init__(self, name: str, expected: Head | None, part: Part) -> None:
        self.name = name
        self.expected = expected
        self.part = part
        self.head = part.after
        self.count = 0
        self.problems: list[Problem] = []
        self.says_what_was_moved = part.after == EMPTY
        self.compared = False
        self.compare()

    def take(self, entry: Entry) -> None:
        self.count += 1
        self.problems += _wrong_with(entry, self.head, self.place(entry.seq))
        self.head = Head(entry.seq, entry.hash)
        if entry.retained is not None and entry.retained.archived == self.part.after:
            self.says_what_was_moved = True
        self.compare()

    def compare(self) -> None:
        """Compare the entry that was reached with the head that is expected, where it is of this one."""
        expected = self.expected
        if expected is None or expected.seq != self.head.seq:
            return
        self.compared = True
        if expected.hash != self.head.hash:
            says = (
                f"this is not the entry of the head that was kept, whose hash is {expected.hash}: it was written anew"
            )
            self.problems.append(self.problem(says))

    def end(self) -> None:
        part, expected = self.part, self.expected
        if part.ends is not None and part.ends != self.head:
            says = f"this archive ends with entry {part.ends.seq}, whose hash is {part.ends.hash}, and that is not here"
            self.problems.append(self.problem(says))
        if part.ends is None and not self.says_what_was_moved:
            says = f"the log begins after entry {part.after.seq}, and no entry says that the others were moved to an archive"
            self.problems.append(self.problem(says))
        if expected is None or self.compared:
            return
        says = f"the head that was kept is of entry {expected.seq}, which is not there"
        if expected.seq < part.after.seq:
            self.problems.append(
                Problem(f"{says}: it was moved to an archive", Place(self.name), "name the archive, too")
            )
        elif expected.seq > self.head.seq:
            self.problems.append(self.problem(f"{says}: entries were cut off"))
        else:
            self.problems.append(self.problem(says))

    def problem(self, message: str) -> Problem:
        return Problem(message, self.place(self.head.seq))

    def place(self, seq: int) -> Place:
        return Place(f"{self.name}, entry {seq}")


def _wrong_with(entry: Entry, before: Head, place: Place) -> Iterator[Problem]:
    """Return what is wrong with an entry, given the one before."""
    if entry.seq != before.seq + 1:
        yield Problem(f"entry {before.seq + 1} is missing or out of order", place)
    if entry.text and not entry.fits_its_hash:
        yield Problem("the text does not fit its hash", place)
    if entry.broken is not None:
        yield Problem(f"the entry is broken: {entry.broken}", place)
        return
    if entry.record["seq"] != entry.seq:
        yield Problem(f"the entry was number {entry.record['seq']}: it is out of order", place)
    if entry.record["prev"] != before.hash:
        yield Problem("the link to the entry before is broken", place)
    if not entry.fits_its_id:
        yield Problem("the decision does not fit its own id", place)
