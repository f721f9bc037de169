"""Log file: the rows of a decision log, read without writing anything: neither to the file nor beside it.

SQLite keeps the newest rows in a file of its own, named as the log with `-wal` at its end, until the last writer closes the
log. Where there is none, the log is whole, and may lie in a folder or on a medium that nobody can write to.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from aiact_rules.decision_log.storage import Row

_AT_ONCE = 64
_MOST_TRIES = 100
_COLUMNS = "SELECT seq, hash, text FROM entries"


def newest_rows_of(path: Path) -> Path | None:
    """Return the file beside a log that holds its newest rows, or None where all stand in the log itself."""
    beside = _beside(path, "-wal")
    return beside if _state(beside)[1] > 0 else None


def rows(path: Path, after: int = 0) -> Iterator[Row]:
    """Return all rows in the order of their numbers, or those after one. Raises sqlite3.Error where the file is no decision log."""
    if after:
        found = _read(path, f"{_COLUMNS} WHERE seq > ? ORDER BY seq LIMIT {_AT_ONCE}", after)
    else:
        found = _read(path, f"{_COLUMNS} ORDER BY seq LIMIT {_AT_ONCE}")
    while found:
        yield from found
        if len(found) < _AT_ONCE:
            return
        found = _read(path, f"{_COLUMNS} WHERE seq > ? ORDER BY seq LIMIT {_AT_ONCE}", found[-1][0])


def row(path: Path, seq: int) -> Row | None:
    """Return one row by its number, or the last one for 0; None where there is none. Raises as `rows` does."""
    if seq == 0:
        found = _read(path, f"{_COLUMNS} ORDER BY seq DESC LIMIT 1")
    else:
        found = _read(path, f"{_COLUMNS} WHERE seq = ?", seq)
    return found[0] if found else None


def part(path: Path) -> str | None:
    """Return what a log says of itself as part of a longer one, None where it is no part. Raises as `rows` does."""
    if not _found(path, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'part'"):
        return None
    found = _found(path, "SELECT text FROM part")
    return str(found[0][0]) if found else None


def _read(path: Path, query: str, *values: int) -> list[Row]:
    return [_checked(each) for each in _found(path, query, *values)]


def _found(path: Path, query: str, *values: int) -> list[tuple[object, ...]]:
    """Return some rows as they stood together at one moment.

    A log that nobody has open is read without a lock, so whoever wrote to it meanwhile is noticed, and it is read again.
    """
    path = path.resolve()
    files = [path, *(_beside(path, ending) for ending in ("-wal", "-shm", "-journal"))]
    for _ in range(_MOST_TRIES):
        before = [_state(file) for file in files]
        how = _how(*(size for _, size in before[1:]))
        try:
            with closing(_opened(path, how)) as connection:
                found = connection.execute(query, values).fetchall()
        except sqlite3.Error:
            if [_state(file) for file in files] == before:
                raise
        else:
            if how == _LOCKED or [_state(file) for file in files] == before:
                return found
        time.sleep(0.01)
    raise sqlite3.OperationalError("it is written to all the time")


_LOCKED = "mode=ro"
_AS_IT_LIES = "mode=ro&immutable=1"
_WITH_NEWEST_ROWS = "mode=ro&vfs=unix-none"


def _how(wal: int, shm: int, journal: int) -> str:
    """Return how to open a log to read it, given the sizes of the files beside it."""
    if wal < 0 or (wal == 0 and shm < 0):
        return _AS_IT_LIES if journal <= 0 else _LOCKED
    # Without the second file this is a copy that nobody has open: it needs no locks, and no file for them.
    return _WITH_NEWEST_ROWS if shm < 0 and os.name == "posix" else _LOCKED


def _opened(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.as_uri()}?{how}", uri=True, isolation_level=None, timeout=60.0)
    if how == _WITH_NEWEST_ROWS:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.text_factory = _text
    return connection


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _checked(found: tuple[object, ...]) -> Row:
    seq, digest, text = found
    if not isinstance(seq, int):
        raise sqlite3.DatabaseError("its entries have no numbers")
    return seq, digest, text


_ABSENT = (0, -1)


def _state(file: Path) -> tuple[int, int]:
    """Return when a file was last changed, and its size; -1 where there is none."""
    try:
        status = os.stat(file)
    except OSError:
        return _ABSENT
    return status.st_mtime_ns, status.st_size


def _beside(path: Path, ending: str) -> Path:
    return path.with_name(path.name + ending)
