"""Storage: where the rows of a decision log lie. It keeps rows and their order, and knows nothing of the chain in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

Row = tuple[int, object, object]
"""Number, hash and text, as they stand there: what is no text is found out by whoever reads it."""
NewRow = tuple[int, str, str]


class StorageError(Exception):
    """Rows that cannot be written or read: what is wrong, in words for a person, and why."""

    def __init__(self, message: str, why: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.why = why


class Storage(Protocol):
    """Keeps the rows of one log. Safe for several threads and processes. Every method raises StorageError where it fails."""

    @property
    def name(self) -> str:
        """Return what the log is called in messages, without any password."""

    def append(self, make: Callable[[Row | None], NewRow]) -> NewRow:
        """Write the row that `make` returns for the last one (None: there is none), and return it.

        Nobody else writes in between, and when this returns, the row is on disk. What `make` raises reaches the caller.
        """

    def rows(self) -> Iterator[Row]:
        """Return all rows in the order of their numbers."""

    def row(self, seq: int) -> Row | None:
        """Return one row by its number, or the last one for 0; None where there is none."""

    def check_writable(self) -> None:
        """Write a row and take it back: an error now is one that a decision would meet."""

    @property
    def beside(self) -> Path | None:
        """Return a file that holds some of the rows and belongs to the log, where they do not all stand in one place."""
