"""SQLite storage: the rows of a decision log in one file, which nothing but the standard library is needed for."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from aiact_rules.decision_log import log_file
from aiact_rules.decision_log.storage import NewRow, Row, StorageError

_WAIT_SECONDS = 60.0
_LAST = "SELECT seq, hash, text FROM entries ORDER BY seq DESC LIMIT 1"
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

    def append(self, make: Callable[[Row | None], NewRow]) -> NewRow:
        """Write the row that `make` returns for the last one. When this returns, it is on disk."""
        with self._writing() as connection:
            row = make(connection.execute(_LAST).fetchone())
            connection.execute("INSERT INTO entries VALUES (?, ?, ?)", row)
            connection.execute("COMMIT")
        return row

    def check_writable(self) -> None:
        """Write a row and take it back."""
        with self._writing() as connection:
            last = connection.execute(_LAST).fetchone()
            connection.execute("INSERT INTO entries VALUES (?, '', '')", (1 if last is None else last[0] + 1,))
            connection.execute("ROLLBACK")

    def rows(self) -> Iterator[Row]:
        """Return all rows in order. Neither the file nor its folder need to be writable, and nothing is written."""
        with self._reading():
            yield from log_file.rows(self._file)

    def row(self, seq: int) -> Row | None:
        """Return one row by its number, or the last one for 0; None where there is none."""
        with self._reading():
            return log_file.row(self._file, seq)

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
