"""Running: a whole table through the kernel, in order and in bounded memory."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sweep.chunks import Chunk
from aiact_rules.sweep.kernel import PREFIX, JudgedBatch, Kernel, Tally
from aiact_rules.sweep.mapping import TableMap
from aiact_rules.sweep.tables import Table
from aiact_rules.sweep.writing import Output

MOST_BAD_ROWS_NAMED = 20

Item = TypeVar("Item")


@dataclass
class BadRows:
    """The rows that could not be judged: how many, and the first of them by key with the reason."""

    count: int = 0
    named: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Swept:
    """What a sweep counted."""

    tally: Tally = field(default_factory=Tally)
    bad: BadRows = field(default_factory=BadRows)


def sweep(
    table: Table,
    table_map: TableMap,
    kernel: Kernel,
    output: Output | None = None,
    *,
    keep: Sequence[str] | None = None,
    done: Callable[[int], None] | None = None,
) -> Swept:
    """Judge every row of a table, write it with its answers, and count. `keep` are the columns written back (None: all).

    `done` is told after each batch how many rows it had. Raises InputError where the table does not fit the map or
    cannot be read to its end; then nothing is written.
    """
    check_columns(table, table_map)
    kept = list(table.columns) if keep is None else list(keep)
    taken = [] if output is None else [name for name in kept if name.startswith(PREFIX)]
    if taken:
        problem = f"this table has a column `{taken[0]}` already, as if it had been swept"
        raise InputError([Problem(problem, Place(table.name), "sweep the original table, or leave the column out")])
    others = [] if output is None or (table.has_lines and output.copies_lines) else kept
    found = Swept()
    for chunk, judged in judged_chunks(table, kernel, others):
        _count(found, chunk, judged, kernel.plan.key)
        if output is not None:
            output.write(chunk, kept, judged.batch)
        if done is not None:
            done(judged.batch.num_rows)
    return found


def judged_chunks(table: Table, kernel: Kernel, others: Sequence[str] = ()) -> Iterator[tuple[Chunk, JudgedBatch]]:
    """Return the rows of a table with their answers; the next rows are read while these are judged."""
    key = (*(() if kernel.plan.key is None else (kernel.plan.key,)), *kernel.plan.words)
    for chunk in read_ahead(table.chunks(kernel.plan.columns, tuple(dict.fromkeys((*others, *key))))):
        yield chunk, kernel.judge(chunk.batch, chunk.faults)


def check_columns(table: Table, table_map: TableMap) -> None:
    """Raise InputError for columns that the map names and the table does not have."""
    problems = list(table_map.column_problems(table.columns, table.name))
    if problems:
        raise InputError(problems)


def _count(found: Swept, chunk: Chunk, judged: JudgedBatch, key: str | None) -> None:
    first = found.tally.rows
    found.tally.add(judged.tally)
    found.bad.count += len(judged.faults)
    for row in sorted(judged.faults):
        if len(found.bad.named) >= MOST_BAD_ROWS_NAMED:
            break
        value = None if key is None else chunk.batch.column(key)[row].as_py()
        found.bad.named.append((f"row {first + row + 1}" if value is None else str(value), judged.faults[row]))


def read_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Yield items in order while another thread makes the next one."""
    waiting: queue.Queue[tuple[bool, object]] = queue.Queue(maxsize=1)
    stop = threading.Event()

    def put(is_item: bool, value: object) -> bool:
        while not stop.is_set():
            try:
                waiting.put((is_item, value), timeout=0.1)
                return True
            except queue.Full:
                continue
        return False

    def work() -> None:
        try:
            for item in items:
                if not put(True, item):
                    return
            put(False, None)
        except BaseException as error:
            put(False, error)

    thread = threading.Thread(target=work, name="aiact-rules-reader", daemon=True)
    thread.start()
    try:
        while True:
            is_item, value = waiting.get()
            if is_item:
                yield value  # type: ignore[misc]
                continue
            if isinstance(value, BaseException):
                raise value
            return
    finally:
        stop.set()
        thread.join()
