"""Retention: entries recorded before a day go into an archive, the others on in a new log, and both verify alone and together.

No entry is changed or removed anywhere: the archive is written first, then the log is closed by one more entry that says what
went where, then the new log is written. Each step is done whole or not at all, and whoever was interrupted runs it again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import takewhile

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log.entries import Entry
from aiact_rules.decision_log.heads import EMPTY, Head
from aiact_rules.decision_log.log import Log
from aiact_rules.decision_log.parts import Part, Retained


@dataclass(frozen=True, slots=True)
class Retention:
    """How many entries were moved to the archive, its head, how many go on in the new log, and the head of that."""

    moved: int
    archive: Head
    kept: int
    head: Head


def retain(
    log: Log, until: date, archive: Log, new: Log, *, by: str | None = None, at: datetime | None = None
) -> Retention | None:
    """Move the entries recorded before a day (UTC) to an archive and the others to a new log, and close this one.

    Returns None where no entry is so old: then nothing is done. `by` is who asks for it, `at` the moment (default: now).
    What was interrupted before is finished. Raises InputError where the log is broken, the day is to come, it was closed for
    another day, or archive or new log hold anything else.
    """
    moment = at if at is not None else datetime.now(UTC)
    if until > moment.astimezone(UTC).date():
        raise _refused(
            log, f"{until} is to come, and entries of today are not older than that", "name a day that is past"
        )
    verified = log.verify()
    if verified.problems:
        raise InputError(verified.problems)
    part = log.part()
    closed = _closed_by(log, part)
    if closed is None:
        archived = _last_before(log, until, part.after)
        if archived == part.after:
            return None
        _fill(archive, _up_to(log, archived), Part(part.after, archived), archived, close=True)
        _check_free(new)
        closed = Retained(until, archived, archive.name, new.name, by)
        log.append_retained(closed, at=moment)
    elif closed.until != until:
        raise _refused(log, f"this log was closed to move what was recorded before {closed.until}", "name that day")
    else:
        _fill(archive, _up_to(log, closed.archived), Part(part.after, closed.archived), closed.archived, close=True)
    head = log.head()
    _fill(new, log.entries(closed.archived.seq), Part(closed.archived), head)
    return Retention(closed.archived.seq - part.after.seq, closed.archived, head.seq - closed.archived.seq, head)


def _closed_by(log: Log, part: Part) -> Retained | None:
    """Return what closed a log, or None where it takes entries: in the one that goes on the same entry is no end."""
    if log.head() == part.after:
        return None
    retained = log.entry(0).retained
    return None if retained is None or retained.archived == part.after else retained


def _last_before(log: Log, until: date, after: Head) -> Head:
    """Return the last of the first entries that were recorded before a day, or the head before them where there is none."""
    last = after
    for entry in takewhile(lambda each: _day_of(each) < until, log.entries()):
        last = Head(entry.seq, entry.hash)
    return last


def _day_of(entry: Entry) -> date:
    try:
        at = datetime.fromisoformat(entry.at or "")
    except ValueError as error:
        place = Place(f"entry {entry.seq}")
        raise InputError([Problem(f"`{entry.at}` is not when it was recorded", place, str(error))]) from error
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(UTC).date()


def _up_to(log: Log, head: Head) -> Iterator[Entry]:
    return takewhile(lambda entry: entry.seq <= head.seq, log.entries())


def _fill(log: Log, entries: Iterator[Entry], part: Part, head: Head, *, close: bool = False) -> None:
    """Write a log that is not there yet; one that holds just these entries was written before, and may have gone on."""
    try:
        log.fill(entries, part, close=close)
    except InputError:
        if not _holds(log, part, head):
            raise


def _holds(log: Log, part: Part, head: Head) -> bool:
    try:
        return log.part() == part and not log.verify(head).problems
    except InputError:
        return False


def _check_free(new: Log) -> None:
    """Raise InputError where the new log cannot be written or holds entries, before the old one is closed for its sake."""
    new.check_writable()
    if new.head() != EMPTY:
        raise _refused(new, "this log holds entries already", "name one that is not there yet")


def _refused(log: Log, message: str, hint: str) -> InputError:
    return InputError([Problem(message, Place(log.name), hint)])
