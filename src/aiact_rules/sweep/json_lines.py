"""JSON lines as batches: whole blocks by Arrow where every line is an object of the known shape, else line by line.

Numbers stay the decimal numbers that were written; a line that cannot be read is a row that cannot be judged.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json
from numpy.typing import NDArray

from aiact_rules.sweep.chunks import Chunk
from aiact_rules.sweep.mapping import ColumnMap

LINES_LOOKED_AT = 1000
"""How many lines are looked at for the names of columns."""
_BLOCK_BYTES = 8 << 20
_MOST_JOINED = 4
"""Blocks that are judged at once, where they have fewer rows than a batch."""
_BATCH_ROWS = 1 << 14
_READERS = min(4, os.cpu_count() or 1)
_LOOKED_AT_ONCE = 1 << 18
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_NUMBER = pa.decimal256(76, 25)


class JsonLinesTable:
    """JSON lines. Nested objects are columns with dotted names.

    Columns are those of the first lines; a dotted name that comes later could be a fact that nothing reads, so its row
    cannot be judged.
    """

    has_lines = True

    def __init__(self, path: Path) -> None:
        self.name = path.as_posix()
        self.rows: int | None = None
        self._path = path
        names: dict[str, None] = {}
        first = []
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            for _, line in zip(range(LINES_LOOKED_AT), file, strict=False):
                try:
                    row = json.loads(line)
                    names |= dict.fromkeys(_flat(row) if isinstance(row, dict) else ())
                except (ValueError, RecursionError):
                    continue
                first.append(row)
        self.columns = tuple(names)
        self._schema = _schema_of(first)

    def chunks(self, wanted: Sequence[ColumnMap], others: Sequence[str]) -> Iterator[Chunk]:
        """Return the rows with the lines they stand in."""
        maps = {column.column: column for column in wanted}
        names, known = list(dict.fromkeys([*maps, *others])), frozenset(self.columns)

        def whole(block: memoryview) -> Chunk | None:
            return None if self._schema is None else _read_whole(block, self._schema, names, maps, others)

        number = 1
        waiting: list[Chunk] = []
        for block, chunk in _side_by_side(whole, _blocks(self._path)):
            if waiting and (chunk is None or _are_enough(waiting)):
                yield _as_one(waiting)
                waiting = []
            if chunk is not None:
                number += chunk.batch.num_rows
                waiting.append(chunk)
                continue
            chunk = _read_lines(block, number, names, maps, known)
            number += bytes(block).count(b"\n")
            if chunk.batch.num_rows:
                yield chunk
        if waiting:
            yield _as_one(waiting)


def _side_by_side(
    read: Callable[[memoryview], Chunk | None], blocks: Iterable[memoryview]
) -> Iterator[tuple[memoryview, Chunk | None]]:
    """Return each block in order with what is read of it, while threads read the next ones."""
    with ThreadPoolExecutor(_READERS, "aiact-rules-lines") as pool:
        waiting: deque[tuple[memoryview, Future[Chunk | None]]] = deque()
        for block in blocks:
            waiting.append((block, pool.submit(read, block)))
            if len(waiting) > _READERS:
                first, chunk = waiting.popleft()
                yield first, chunk.result()
        for first, chunk in waiting:
            yield first, chunk.result()


def _are_enough(chunks: Sequence[Chunk]) -> bool:
    return len(chunks) >= _MOST_JOINED or sum(chunk.batch.num_rows for chunk in chunks) >= _BATCH_ROWS


def _as_one(chunks: Sequence[Chunk]) -> Chunk:
    """Join chunks that were read whole."""
    batch = pa.Table.from_batches([chunk.batch for chunk in chunks]).combine_chunks().to_batches()[0]
    return Chunk(batch, {}, pa.chunked_array([part for chunk in chunks if chunk.lines for part in chunk.lines.chunks]))


def _blocks(path: Path) -> Iterator[memoryview]:
    """Return whole lines of a file in blocks; a line longer than a block is one of its own."""
    size = _BLOCK_BYTES
    with path.open("rb") as file:
        if file.read(len(_BYTE_ORDER_MARK)) != _BYTE_ORDER_MARK:
            file.seek(0)
        while data := file.read(size):
            end = data.rfind(b"\n") + 1 if len(data) == size else len(data)
            file.seek(end - len(data), os.SEEK_CUR)
            if end:
                yield memoryview(data)[:end]
            size = _BLOCK_BYTES if end else 2 * size


# By Arrow


def _schema_of(rows: Sequence[object]) -> pa.Schema | None:
    """Return the types of the columns of some objects; None where one has several, or two could have one dotted name."""
    values: dict[str, list[Any]] = {}
    for row in rows:
        for name, value in row.items() if isinstance(row, dict) else ():
            values.setdefault(name, []).append(value)
    fields = [(name, _type_of([value for value in said if value is not None])) for name, said in values.items()]
    heads = {name for name, kind in fields if kind is not None and pa.types.is_struct(kind)}
    if not fields or any(kind is None or ("." in name and name.partition(".")[0] in heads) for name, kind in fields):
        return None
    return pa.schema(fields)


def _type_of(values: Sequence[Any]) -> pa.DataType | None:
    kinds = {type(value) for value in values}
    if kinds == {int}:
        return pa.int64()
    if kinds and kinds <= {int, float}:
        return _NUMBER
    if kinds == {bool}:
        return pa.bool_()
    if kinds <= {str}:
        return pa.string()
    if kinds == {list} and {type(item) for value in values for item in value} <= {str, type(None)}:
        return pa.list_(pa.string())
    inner = _schema_of(values) if kinds == {dict} else None
    return None if inner is None else pa.struct(inner)


def _read_whole(
    block: memoryview, schema: pa.Schema, names: Sequence[str], maps: Mapping[str, ColumnMap], kept: Collection[str]
) -> Chunk | None:
    """Return the rows of a block; None where not every line is one object of these types.

    What is `kept` must stay as it is written, which decimal numbers do not.

    Every line begins and ends as an object does, so that none can hold a part of one, and as many rows as lines say that
    none holds two. What Arrow does not check is checked here, and what it refuses is told apart line by line.
    """
    lines = _lines_of(block)
    if lines is None:
        return None
    try:
        lines.view(pa.large_string()).validate(full=True)
        table = pyarrow.json.read_json(
            pa.BufferReader(block),
            read_options=pyarrow.json.ReadOptions(use_threads=False, block_size=len(block) + 1),
            parse_options=pyarrow.json.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
        )
    except pa.ArrowException:
        return None
    if table.num_rows != len(lines):
        return None
    batch = table.combine_chunks().to_batches()[0]
    columns = []
    for name in names:
        column = _column(batch, name)
        if column is None:
            columns.append(pa.nulls(len(lines), pa.string()))
        elif pa.types.is_struct(column.type) or (name in kept and pa.types.is_decimal(column.type)):
            return None
        else:
            columns.append(_as_written(column, states=name in maps))
    return Chunk(pa.RecordBatch.from_arrays(columns, list(names)), {}, pa.chunked_array([lines]))


def _lines_of(block: memoryview) -> pa.LargeBinaryArray | None:
    """Return the lines of a block with their ends; None where one does not look like an object."""
    data = np.frombuffer(block, np.uint8)
    bounds = _bounds_of(data)
    starts, last = bounds[:-1], bounds[1:] - 1
    for sign in "\n\r":
        last -= data.take(last, mode="clip") == ord(sign)
    if (starts >= last).any() or (data.take(starts) != ord("{")).any() or (data.take(last) != ord("}")).any():
        return None
    return pa.Array.from_buffers(pa.large_binary(), len(starts), [None, pa.py_buffer(bounds), pa.py_buffer(block)])


def _bounds_of(data: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Return where each line begins, and the end of the last one."""
    found = [np.zeros(1, np.int64)]
    for first in range(0, len(data), _LOOKED_AT_ONCE):
        found.append(np.flatnonzero(data[first : first + _LOOKED_AT_ONCE] == ord("\n")) + (first + 1))
    if data[-1] != ord("\n"):
        found.append(np.array([len(data)]))
    return np.concatenate(found, dtype=np.int64)


def _column(batch: pa.RecordBatch, name: str) -> pa.Array | None:
    """Return the column of a name, which may be that of a value in a nested object."""
    if name in batch.schema.names:
        return batch.column(name)
    for at, sign in enumerate(name):
        if sign == "." and name[:at] in batch.schema.names and pa.types.is_struct(batch.column(name[:at]).type):
            inner = batch.column(name[:at])
            nested = pa.RecordBatch.from_arrays(inner.flatten(), schema=pa.schema(list(inner.type)))
            return _column(nested, name[at + 1 :])
    return None


def _as_written(column: pa.Array, *, states: bool) -> pa.Array:
    """Return decimal numbers, and whatever states no fact, as texts."""
    if pa.types.is_decimal(column.type):
        texts = column.cast(pa.string())
        if pc.any(pc.match_substring(texts, "E")).as_py():  # as very small ones are written
            return pa.array([None if value is None else f"{value:f}" for value in column.to_pylist()], pa.string())
        return pc.utf8_rtrim(pc.utf8_rtrim(texts, "0"), ".")
    if not states and pa.types.is_list(column.type):
        return pa.array([None if value is None else json.dumps(value) for value in column.to_pylist()], pa.string())
    return column if states else column.cast(pa.string())


# Line by line


def _read_lines(
    block: memoryview, number: int, names: Sequence[str], maps: Mapping[str, ColumnMap], known: frozenset[str]
) -> Chunk:
    """Return the rows of a block whose first line has a number, with what is wrong with single lines."""
    texts = bytes(block).decode(errors="surrogateescape").split("\n")
    numbered = [(at, text.rstrip("\r")) for at, text in enumerate(texts, start=number) if text.strip()]
    faults: dict[int, str] = {}
    rows: list[dict[str, Any]] = []
    whole = frozenset(maps)
    for at, (line_number, line) in enumerate(numbered):
        try:
            row = json.loads(line, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_no_repeats)
            (json.dumps(row, ensure_ascii=False) if "\\u" in line else line).encode()  # refuses half a character
            row = _flat(row, whole) if isinstance(row, dict) else row
        except (ValueError, RecursionError) as error:
            faults[at] = f"line {line_number}: not readable as JSON: {error}"
            row = {}
        if not isinstance(row, dict):
            faults[at] = f"line {line_number}: expected an object"
            row = {}
        late = next((name for name in row if "." in name and name not in known), None)
        if late is not None:
            faults[at] = (
                f"line {line_number}: `{late}` is in none of the first {LINES_LOOKED_AT:,} lines, so it is not read"
            )
        rows.append(row)
    columns = [_column_of([row.get(name) for row in rows], maps.get(name), name, faults) for name in names]
    lines = pa.array([line.encode(errors="surrogateescape") + b"\n" for _, line in numbered], pa.large_binary())
    return Chunk(pa.RecordBatch.from_arrays(columns, list(names)), faults, pa.chunked_array([lines]))


def _flat(row: dict[str, Any], whole: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Return the values of nested objects under dotted names, those that are to be `whole` as they are.

    Raises ValueError for a name that two places give.
    """
    if not any(isinstance(value, dict) and value for value in row.values()):
        return row
    found: list[tuple[str, Any]] = []
    todo = list(reversed(row.items()))
    while todo:
        name, value = todo.pop()
        if isinstance(value, dict) and value and name not in whole:
            todo += [(f"{name}.{inner}", each) for inner, each in reversed(value.items())]
        else:
            found.append((name, value))
    return _no_repeats(found)


def _no_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        raise ValueError("duplicate name in one object")
    return row


def _column_of(values: list[Any], column: ColumnMap | None, name: str, faults: dict[int, str]) -> pa.Array:
    first = next((value for value in values if value is not None), None)
    try:  # where all values are of one kind, as they mostly are
        return pa.array(
            values, pa.list_(pa.string()) if isinstance(first, list) and column is not None else pa.string()
        )
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        pass

    def text(value: Any) -> str | None:
        if value is None or isinstance(value, str):
            return value
        return json.dumps(value) if isinstance(value, list | dict) else str(value).lower()

    if column is None or not any(isinstance(value, list) for value in values):
        for at, value in enumerate(values):
            if column is not None and isinstance(value, dict):
                faults.setdefault(at, f"`{name}`: expected one value or a list of values")
        return pa.array([text(value) for value in values], pa.string())
    found: list[list[str | None] | None] = []
    for at, value in enumerate(values):
        if isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, list | dict) for v in value)):
            faults.setdefault(at, f"`{name}`: expected one value or a list of values")
            found.append(None)
        elif isinstance(value, list):
            found.append([text(item) for item in value])
        else:
            said = text(value)
            is_silent = said is None or said.strip() in column.missing
            found.append(None if is_silent or said is None else [part.strip() for part in said.split(column.separator)])
    return pa.array(found, pa.list_(pa.string()))
