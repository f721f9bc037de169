"""The decision log: an append-only chain of decisions, and of inputs that could not be judged, wherever its rows are kept.

Each entry holds the canonical text (RFC 8785) of the record, its number and the hash of the entry before it; the hash of
that text is what the next entry names. Edits, insertions and removals in the middle break the chain. What is cut off at the end
cannot be seen from the log alone: keep its head somewhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from aiact_rules.core.printable import encodable
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log.acts import Act, override_json
from aiact_rules.decision_log.chain import Verified, following, head_of, verified
from aiact_rules.decision_log.entries import Entry
from aiact_rules.decision_log.heads import EMPTY, Head
from aiact_rules.decision_log.parts import Part, Retained
from aiact_rules.decision_log.sqlite_storage import SqliteStorage
from aiact_rules.decision_log.storage import NewRow, Row, Storage, StorageError
from aiact_rules.overrides import Override

_KEPT = {"decision": "decision", "error": "input error", "override": "override", "retained": "retention"}


class Log:
    """An append-only log. Safe for several threads and processes."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    @property
    def name(self) -> str:
        """Return what the log is called in messages: its path, or its address without a password."""
        return self._storage.name

    def append(
        self,
        decision: Mapping[str, object],
        *,
        at: datetime | None = None,
        notes: Mapping[str, object] | None = None,
        act: Act | None = None,
    ) -> Entry:
        """Add a decision (its record), what is to be noted beside it, and what a host was asked to do and did.

        When this returns, the entry is on disk. Notes and act are part of the chain but not of the decision's id. Raises
        InputError where the entry cannot be kept.
        """
        return self._append({"decision": dict(decision), **({"notes": dict(notes)} if notes else {})}, at, act)

    def append_error(
        self, input: str, problems: Sequence[str], *, at: datetime | None = None, act: Act | None = None
    ) -> Entry:
        """Add an input that could not be judged, what was wrong with it, and what a host was asked to do and did.

        When this returns, the entry is on disk. Characters that are no Unicode, as in names of files, are written as escapes.
        Raises as `append` does.
        """
        return self._append(
            {"error": {"input": encodable(input), "problems": [encodable(each) for each in problems]}}, at, act
        )

    def append_override(self, override: Override, *, at: datetime | None = None, act: Act | None = None) -> Entry:
        """Add an override by itself, as `Gate(record_override=log.append_override)` does. Raises as `append` does."""
        return self._append({"override": override_json(override)}, at, act)

    def append_retained(self, retained: Retained, *, at: datetime | None = None) -> Entry:
        """Add that entries were moved to an archive, and take no more entries: the log goes on elsewhere. Raises as `append` does."""
        return self._append({"retained": retained.as_json()}, at, close=True)

    def _append(
        self,
        recorded: Mapping[str, object],
        at: datetime | None,
        act: Act | None = None,
        *,
        keep: bool = True,
        close: bool = False,
    ) -> Entry:
        moment = (at or datetime.now(UTC)).isoformat()
        acted = {} if act is None else {"act": act.as_json()}
        written: list[Entry] = []

        def row_after(last: Row | None) -> NewRow:
            entry = following(head_of(last), {**recorded, **acted}, moment)
            written.append(entry)
            return entry.seq, entry.hash, entry.text

        try:
            self._storage.append(row_after, keep=keep, close=close)
        except (StorageError, ValueError, RecursionError) as error:
            why = _why(error) if isinstance(error, StorageError) else str(error)
            what = next((says for kind, says in _KEPT.items() if kind in recorded), "entry")
            says = f"the {what} cannot be recorded" if keep else "nothing can be recorded in this log"
            raise InputError([Problem(says, Place(self.name), why)]) from error
        return written[-1]

    @contextmanager
    def held(self) -> Iterator[Log]:
        """Keep the log open while the block lasts, so that several entries cost less. Raises InputError where it cannot be written."""
        with ExitStack() as stack:
            try:
                stack.enter_context(self._storage.held())
            except StorageError as error:
                says = "nothing can be recorded in this log"
                raise InputError([Problem(says, Place(self.name), _why(error))]) from error
            yield self

    def fill(self, entries: Iterable[Entry], part: Part, *, close: bool = False) -> None:
        """Write all entries of a log that has none yet, as they are, or none of them. With `close` it takes no more.

        Raises InputError where it holds entries already or cannot be written.
        """
        try:
            self._storage.fill(((e.seq, e.hash, e.text) for e in entries), part.as_text(), close=close)
        except StorageError as error:
            raise InputError([Problem(error.message, Place(self.name), error.why)]) from error

    def part(self) -> Part:
        """Return which part of a longer log this is. Raises InputError where that cannot be read."""
        with self._reading():
            text = self._storage.part()
        try:
            return Part.from_text(text)
        except (ValueError, RecursionError) as error:
            message = "what this log says of the archive before it cannot be read"
            raise InputError([Problem(message, Place(self.name), str(error))]) from error

    def entries(self, after: int = 0) -> Iterator[Entry]:
        """Return all entries in order, or those after one, broken ones among them.

        Raises InputError where there is no decision log.
        """
        with self._reading():
            for row in self._storage.rows(after):
                yield Entry.of_row(*row)

    def entry(self, seq: int) -> Entry:
        """Return one entry by its number, or the last one for 0. Raises InputError where there is none or it is broken."""
        with self._reading():
            row = self._storage.row(seq)
        if row is None:
            raise InputError([Problem(f"there is no entry {seq or 'at all'}", Place(self.name))])
        return self._readable(row)

    def head(self) -> Head:
        """Return the number and the hash of the last entry, 0 and zeros where there is none.

        Raises InputError where there is no log, and where that entry is broken.
        """
        with self._reading():
            last = self._storage.row(0)
        if last is None:
            return EMPTY
        entry = self._readable(last)
        return Head(entry.seq, entry.hash)

    def _readable(self, row: Row) -> Entry:
        entry = Entry.of_row(*row)
        if entry.broken is not None:
            place = Place(f"{self.name}, entry {entry.seq}")
            raise InputError([Problem("this entry cannot be read", place, entry.broken)])
        return entry

    def verify(self, expected: Head | None = None) -> Verified:
        """Check the whole chain: every number, every link, every hash, and every decision's own id.

        Where the entries before it were moved to an archive, it is checked from there; `verify_parts` checks both.
        `expected` is a head that was kept elsewhere: with it, entries that were cut off and a chain that was written anew are
        found too.
        """
        return replace(verified(self.entries(), self.name, expected, self.part()), beside=self._storage.beside)

    def check_writable(self) -> None:
        """Raise InputError where an entry could not be written now. Nothing is added; a log that is not there is made."""
        self._append({}, None, keep=False)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except StorageError as error:
            raise InputError([Problem(error.message, Place(self.name), error.why)]) from error


class DecisionLog(Log):
    """A log in one SQLite file. `open_log` opens logs of every kind by their address."""

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        super().__init__(SqliteStorage(self.path))


def _why(error: StorageError) -> str:
    return error.message if error.why is None else f"{error.message}: {error.why}"
