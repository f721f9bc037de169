"""The decision log: an append-only chain of decisions, and of inputs that could not be judged, in one SQLite file.

Each entry holds the canonical text (RFC 8785) of the record, its number and the hash of the entry before it; the hash of
that text is what the next entry names. Edits, insertions and removals in the middle break the chain. What is cut off at the end
cannot be seen from the file alone: keep the head that `verify` gives somewhere else.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiact_rules.core.canonical import canonical
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log import log_file
from aiact_rules.decision_log.entries import Entry

FIRST = "0" * 64
_WAIT_SECONDS = 60.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
  seq INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS entries_are_never_changed BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'entries of the decision log are never changed'); END;
CREATE TRIGGER IF NOT EXISTS entries_are_never_removed BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'entries of the decision log are never removed'); END;
"""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the chain found: how many entries, the hash of the last one, and what is wrong.

    `beside` is the file that holds the newest entries, where they do not all stand in the log itself: it belongs to it.
    """

    entries: int
    head: str
    problems: tuple[Problem, ...]
    beside: Path | None = None


class DecisionLog:
    """An append-only log in one file. Safe for several threads and processes: each call opens the file by itself."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._file = self.path.absolute()

    def append(
        self, decision: Mapping[str, object], *, at: datetime | None = None, notes: Mapping[str, object] | None = None
    ) -> Entry:
        """Add a decision (its JSON), and what is to be noted beside it. When this returns, the entry is on disk.

        Notes are part of the chain but not of the decision's id. Raises InputError where the entry cannot be kept.
        """
        return self._append({"decision": dict(decision), **({"notes": dict(notes)} if notes else {})}, at)

    def append_error(self, input: str, problems: Sequence[str], *, at: datetime | None = None) -> Entry:
        """Add an input that could not be judged, and what was wrong with it. When this returns, the entry is on disk.

        Characters that are no Unicode, as in names of files, are written as escapes. Raises as `append` does.
        """
        return self._append(
            {"error": {"input": _unicode(input), "problems": [_unicode(each) for each in problems]}}, at
        )

    def _append(self, recorded: Mapping[str, object], at: datetime | None) -> Entry:
        moment = (at or datetime.now(UTC)).isoformat()
        try:
            with closing(self._open()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                last = connection.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
                seq, prev = (last[0] + 1, last[1]) if last is not None else (1, FIRST)
                record = {"seq": seq, "prev": prev, "at": moment, **recorded}
                text = canonical(record).decode("utf-8")
                digest = hashlib.sha256(text.encode()).hexdigest()
                connection.execute("INSERT INTO entries VALUES (?, ?, ?)", (seq, digest, text))
                connection.execute("COMMIT")
        except (sqlite3.Error, ValueError, RecursionError) as error:
            kept = "decision" if "decision" in recorded else "input error"
            raise InputError([Problem(f"the {kept} cannot be recorded", Place(str(self.path)), str(error))]) from error
        return Entry(seq, digest, text, record)

    def entries(self) -> Iterator[Entry]:
        """Return all entries in order, broken ones among them. Raises InputError where the file is no decision log.

        Neither the file nor its folder need to be writable, and nothing is written.
        """
        with self._reading():
            for row in log_file.rows(self._file):
                yield Entry.of_row(*row)

    def entry(self, seq: int) -> Entry:
        """Return one entry by its number, or the last one for 0. Raises InputError where there is none or it is broken."""
        with self._reading():
            row = log_file.row(self._file, seq)
        if row is None:
            raise InputError([Problem(f"there is no entry {seq or 'at all'}", Place(str(self.path)))])
        entry = Entry.of_row(*row)
        if entry.broken is not None:
            raise InputError([Problem("this entry cannot be read", self._place(entry.seq), entry.broken)])
        return entry

    def verify(self) -> Verified:
        """Check the whole chain: every number, every link, every hash, and every decision's own id."""
        problems: list[Problem] = []
        prev, last, count = FIRST, 0, 0
        try:
            for entry in self.entries():
                count += 1
                problems += self._problems(entry, last, prev)
                prev, last = entry.hash, entry.seq
        except InputError as error:
            if not count:
                raise
            problems += [
                Problem(f"nothing after this entry can be read: {each.hint}", self._place(last))
                for each in error.problems
            ]
        return Verified(count, prev, tuple(problems), log_file.newest_rows_of(self._file))

    def _problems(self, entry: Entry, last: int, prev: str) -> Iterator[Problem]:
        """Return what is wrong with an entry, given the number and the hash of the one before."""
        place = self._place(entry.seq)
        if entry.seq != last + 1:
            yield Problem(f"entry {last + 1} is missing or out of order", place)
        if entry.text and not entry.fits_its_hash:
            yield Problem("the text does not fit its hash", place)
        if entry.broken is not None:
            yield Problem(f"the entry is broken: {entry.broken}", place)
            return
        if entry.record["seq"] != entry.seq:
            yield Problem(f"the entry was number {entry.record['seq']}: it is out of order", place)
        if entry.record["prev"] != prev:
            yield Problem("the link to the entry before is broken", place)
        if not entry.fits_its_id:
            yield Problem("the decision does not fit its own id", place)

    def _place(self, seq: int) -> Place:
        return Place(f"{self.path}, entry {seq}")

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Raise InputError for what goes wrong in the block, as it does where the file is no decision log."""
        if not self._file.is_file():
            raise InputError([Problem("there is no decision log here", Place(str(self.path)))])
        try:
            yield
        except (sqlite3.Error, OverflowError) as error:
            raise InputError([Problem("this is no decision log", Place(str(self.path)), str(error))]) from error

    def _open(self) -> sqlite3.Connection:
        if self._file.exists() and not self._file.is_file():
            raise sqlite3.OperationalError("it is not a file")
        patience = time.monotonic() + _WAIT_SECONDS
        while True:
            connection = sqlite3.connect(self._file, timeout=_WAIT_SECONDS, isolation_level=None)
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute("PRAGMA synchronous = FULL")
                connection.executescript(_SCHEMA)
                return connection
            except sqlite3.OperationalError as error:
                connection.close()
                # SQLite does not wait by itself where two make the file, or its mode, at once.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > patience:
                    raise
                time.sleep(0.01)


def _unicode(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
