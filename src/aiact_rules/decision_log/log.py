"""The decision log: an append-only chain of decisions in one SQLite file.

Each entry holds the canonical text (RFC 8785) of the decision, its number and the hash of the entry before it; the hash of
that text is what the next entry names. Edits, insertions and removals in the middle break the chain. What is cut off at the end
cannot be seen from the file alone: keep the head that `verify` gives somewhere else.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from aiact_rules.core.canonical import canonical
from aiact_rules.core.problems import InputError, Place, Problem

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
class Entry:
    """One entry: its number (from 1), its hash, the text as hashed, and the record in it."""

    seq: int
    hash: str
    text: str

    @property
    def record(self) -> dict[str, object]:
        """Give what was recorded: `seq`, `prev`, `at` and `decision`."""
        value: dict[str, object] = json.loads(self.text)
        return value

    @property
    def decision(self) -> dict[str, object]:
        """Give the decision as it was recorded."""
        value = self.record["decision"]
        assert isinstance(value, dict)
        return value


@dataclass(frozen=True, slots=True)
class Verified:
    """What a check of the chain found: how many entries, the hash of the last one, and what is wrong."""

    entries: int
    head: str
    problems: tuple[Problem, ...]


class DecisionLog:
    """An append-only log in one file. Safe for several threads and processes: each call opens the file by itself."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    def append(self, decision: Mapping[str, object], *, at: datetime | None = None) -> Entry:
        """Add a decision (its JSON). When this returns, the entry is on disk. Raises InputError where it cannot be kept."""
        moment = (at or datetime.now(UTC)).isoformat()
        try:
            with closing(self._open()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                last = connection.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
                seq, prev = (last[0] + 1, last[1]) if last is not None else (1, FIRST)
                record = {"seq": seq, "prev": prev, "at": moment, "decision": dict(decision)}
                text = canonical(record).decode("utf-8")
                digest = hashlib.sha256(text.encode()).hexdigest()
                connection.execute("INSERT INTO entries VALUES (?, ?, ?)", (seq, digest, text))
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise InputError([Problem("the decision cannot be recorded", Place(str(self.path)), str(error))]) from error
        return Entry(seq, digest, text)

    def entries(self) -> Iterator[Entry]:
        """Give all entries in order. Raises InputError where the file is no decision log."""
        if not self.path.is_file():
            raise InputError([Problem("there is no decision log here", Place(str(self.path)))])
        try:
            with closing(self._open(read_only=True)) as connection:
                rows = connection.execute("SELECT seq, hash, text FROM entries ORDER BY seq")
                yield from (Entry(*row) for row in rows)
        except sqlite3.Error as error:
            raise InputError([Problem("this is no decision log", Place(str(self.path)), str(error))]) from error

    def entry(self, seq: int) -> Entry:
        """Give one entry by its number, or the last one for 0. Raises InputError where there is none."""
        found = None
        for entry in self.entries():
            if entry.seq == seq or seq == 0:
                found = entry
        if found is None:
            raise InputError([Problem(f"there is no entry {seq or 'at all'}", Place(str(self.path)))])
        return found

    def verify(self) -> Verified:
        """Check the whole chain: every number, every link, every hash, and every decision's own id."""
        problems: list[Problem] = []
        prev, count = FIRST, 0
        for entry in self.entries():
            count += 1
            place = Place(f"{self.path}, entry {entry.seq}")
            if hashlib.sha256(entry.text.encode()).hexdigest() != entry.hash:
                problems.append(Problem("the text does not fit its hash", place))
            try:
                record = entry.record
            except ValueError:
                problems.append(Problem("the text is not readable", place))
                prev = entry.hash
                continue
            if record.get("seq") != count or entry.seq != count:
                problems.append(Problem(f"entry {count} is missing or out of order", place))
            if record.get("prev") != prev:
                problems.append(Problem("the link to the entry before is broken", place))
            if not _id_fits(entry.decision):
                problems.append(Problem("the decision does not fit its own id", place))
            prev = entry.hash
        return Verified(count, prev, tuple(problems))

    def _open(self, *, read_only: bool = False) -> sqlite3.Connection:
        target = f"file:{self.path.resolve().as_posix()}?mode=ro" if read_only else self.path
        patience = time.monotonic() + _WAIT_SECONDS
        while True:
            connection = sqlite3.connect(target, timeout=_WAIT_SECONDS, isolation_level=None, uri=read_only)
            try:
                if not read_only:
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


def _id_fits(decision: Mapping[str, object]) -> bool:
    identity = {name: value for name, value in decision.items() if name not in ("decision_id", "run")}
    digest = hashlib.sha256(canonical(identity)).hexdigest()
    return decision.get("decision_id") == f"sha256:{digest}"
