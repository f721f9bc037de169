"""Storage: where the rows of a decision log lie. It keeps rows and their order, and knows nothing of the chain in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

Row = tuple[int, object, object]
"""Number, hash and text, as they stand there: what is no text is found out by whoever reads it."""
NewRow = tuple[int, str, str]

WAIT_SECONDS = 60
"""How long a writer waits for its turn."""
NEVER_CHANGED = "entries of the decision log are never changed"
NEVER_REMOVED = "entries of the decision log are never removed"
CLOSED = "this log takes no more entries: it is an archive, or was closed by `log retain`, and its last entry says so"
"""What a database says to whoever tries all the same."""


class StorageError(Exception):
    """Rows that cannot be written or read: what is wrong, in words for a person, and why."""

    def __init__(self, message: str, why: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.why = why


class Storage(Protocol):
    """Keeps the rows of one log. Safe for several threads and processes. Every method raises StorageError where it fails.

    The database itself refuses to change and to remove rows, and to add any to a log that is closed.
    """

    @property
    def name(self) -> str:
        """Return what the log is called in messages, without any password."""

    @property
    def beside(self) -> Path | None:
        """Return a file that holds some of the rows and belongs to the log, where they do not all stand in one place."""

    def append(self, make: Callable[[Row | None], NewRow], *, keep: bool = True, close: bool = False) -> None:
        """Write the row that `make` returns for the last one (None: there is none).

        Nobody else writes in between, and when this returns, the row is on disk. With `close` it is the last one for ever;
        without `keep` it is written and taken back, and an error is one that an entry would meet. What `make` raises reaches
        the caller, and nothing is written.
        """

    def held(self) -> AbstractContextManager[None]:
        """Keep the log open for as long as the block lasts, so that its entries cost less. Nothing else changes."""

    def fill(self, rows: Iterable[NewRow], part: str, *, close: bool = False) -> None:
        """Write the rows of a whole log that has none yet, and what it says of itself as part of a longer one: all or none."""

    def rows(self, after: int = 0) -> Iterator[Row]:
        """Return all rows in the order of their numbers, or those after one."""

    def row(self, seq: int) -> Row | None:
        """Return one row by its number, or the last one for 0; None where there is none."""

    def part(self) -> str | None:
        """Return what the log says of itself as part of a longer one, None where it is no part."""
