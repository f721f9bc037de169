"""Chain: each entry names the hash of the one before it, so that no change in the middle goes unseen, wherever it is kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.core.canonical import canonical
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log.entries import Entry
from aiact_rules.decision_log.storage import Row

FIRST = "0" * 64
"""What the first entry names as the hash of the one before it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a log at some moment: kept elsewhere, it shows whether entries were cut off or written anew."""

    seq: int
    hash: str


EMPTY = Head(0, FIRST)


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the chain found: how many entries, the last one, and what is wrong.

    `beside` is the file that holds the newest entries, where they do not all stand in the log itself: it belongs to it.
    """

    entries: int
    head: Head
    problems: tuple[Problem, ...]
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


def verified(entries: Iterable[Entry], name: str, expected: Head | None = None) -> Verified:
    """Check a whole chain: every number, every link, every hash, every decision's own id, and the head that is expected.

    Raises InputError where nothing of it can be read.
    """
    problems: list[Problem] = []
    head, count, reached = EMPTY, 0, expected in (None, EMPTY)
    try:
        for entry in entries:
            count += 1
            problems += _wrong_with(entry, head, name)
            head = Head(entry.seq, entry.hash)
            if expected is not None and head.seq == expected.seq:
                reached = True
                problems += _against(expected, head, name)
    except InputError as error:
        if not count:
            raise
        problems += [
            Problem(f"nothing after this entry can be read: {each.hint}", _place(name, head.seq))
            for each in error.problems
        ]
    if expected is not None and not reached:
        message = f"the head that was kept is of entry {expected.seq}, which is not there: entries were cut off"
        problems.append(Problem(message, _place(name, head.seq)))
    return Verified(count, head, tuple(problems))


def _against(expected: Head, head: Head, name: str) -> Iterator[Problem]:
    if head.hash != expected.hash:
        message = f"this is not the entry of the head that was kept, whose hash is {expected.hash}: it was written anew"
        yield Problem(message, _place(name, head.seq))


def _wrong_with(entry: Entry, before: Head, name: str) -> Iterator[Problem]:
    """Return what is wrong with an entry, given the one before."""
    place = _place(name, entry.seq)
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


def _place(name: str, seq: int) -> Place:
    return Place(f"{name}, entry {seq}")
