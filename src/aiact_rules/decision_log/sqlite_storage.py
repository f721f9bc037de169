"""SQLite storage: the rows of a decision log in one file, which nothing but the standard library is needed for."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from aiact_rules.decision_log import log_file
from aiact_rules.decision_log.storage import (
    CLOSED,
    NEVER_CHANGED,
    NEVER_REMOVED,
    WAIT_SECONDS,
    NewRow,
    Row,
    StorageError,
)

_LAST = "SELECT seq, hash, text FROM entries ORDER BY seq DESC LIMIT 1"
_INSERT = "INSERT INTO entries VALUES (?, ?, ?)"


def _refusing(name: str, act: str, table: str, why: str) -> str:
    return f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{why}'); END;"


_SCHEMA = "\n".join(
    [
        "CREATE TABLE IF NOT EXISTS entries (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, text TEXT NOT NULL);",
        _refusing("entries_are_never_changed", "UPDATE", "entries", NEVER_CHANGED),
        _refusing("entries_are_never_removed", "DELETE", "entries", NEVER_REMOVED),
    ]
)
_PART = (
    "CREATE TABLE part (text TEXT NOT NULL)",
    _refusing("part_is_never_changed", "UPDATE", "part", NEVER_CHANGED),
    _refusing("part_is_never_removed", "DELETE", "part", NEVER_REMOVED),
    "INSERT INTO part VALUES (?)",
    _refusing("part_is_never_added_to", "INSERT", "part", NEVER_CHANGED),
)
_CLOSE = _refusing("entries_are_never_added", "INSERT", "entries", CLOSED)


class SqliteStorage:
    """The rows in one file. Each call opens it by itself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.absolute()

    @property
    def name(self) -> str:
        """Return the path as it was named."""
        return str(self.path)

    @property
    def beside(self) -> Path | None:
        """Return the file that SQLite keeps the newest rows in, where there is one."""
        return log_file.newest_rows_of(self._file)

    def append(self, make: Callable[[Row | None], NewRow], *, keep: bool = True, close: bool = False) -> None:
        """Write the row that `make` returns for the last one. When this returns, it is on disk."""
        with self._writing() as connection:
            connection.execute(_INSERT, make(connection.execute(_LAST).fetchone()))
            if close:
                connection.execute(_CLOSE)
            connection.execute("COMMIT" if keep else "ROLLBACK")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep a connection open meanwhile: whoever closes the last one has SQLite put the newest rows in their place, each time."""
        try:
            connection = self._open()
            connection.execute(_LAST).fetchone()
        except sqlite3.Error as error:
            raise StorageError("this file cannot be written", str(error)) from error
        with closing(connection):
            yield

    def fill(self, rows: Iterable[NewRow], part: str, *, close: bool = False) -> None:
        """Write the rows of a whole log that has none yet, and what it says of itself: all or none."""
        with self._writing() as connection:
            if connection.execute(_LAST).fetchone() is not None:
                raise StorageError("this log holds entries already")
            for statement in _PART:
                connection.execute(statement, (part,) if "?" in statement else ())
            connection.executemany(_INSERT, rows)
            if close:
                connection.execute(_CLOSE)
            connection.execute("COMMIT")

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Return the rows in order. Neither the file nor its folder need to be writable, and nothing is written."""
        with self._reading():
            yield from log_file.rows(self._file, after)

    def row(self, seq: int) -> Row | None:
        """Return one row by its number, or the last one for 0; None where there is none."""
        with self._reading():
            return log_file.row(self._file, seq)

    def part(self) -> str | None:
        """Return what the log says of itself as part of a longer one, None where it is no part."""
        with self._reading():
            return log_file.part(self._file)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        if not self._file.is_file():
            raise StorageError("there is no decision log here")
        try:
            yield
        except (sqlite3.Error, OverflowError) as error:
            raise StorageError("this is no decision log", str(error)) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._open()) as connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
        except sqlite3.Error as error:
            raise StorageError("this file cannot be written", str(error)) from error

    def _open(self) -> sqlite3.Connection:
        if self._file.exists() and not self._file.is_file():
            raise sqlite3.OperationalError("it is not a file")
        patience = time.monotonic() + WAIT_SECONDS
        while True:
            connection = sqlite3.connect(self._file, timeout=WAIT_SECONDS, isolation_level=None)
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
