"""JSON lines as batches: whole blocks by Arrow where every line is an object of the known shape, else line by line.

Numbers stay the decimal numbers that were written; a line that cannot be read is a row that cannot be judged.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from aiact_rules.sweep.chunks import Chunk
from aiact_rules.sweep.mapping import ColumnMap

LINES_LOOKED_AT = 1000
"""How many lines are looked at for the names of columns."""
_BLOCK_BYTES = 16 << 20
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
        number = 1
        for block in _blocks(self._path):
            chunk = None if self._schema is None else _read_whole(block, self._schema, names, maps, others)
            if chunk is None:
                chunk = _read_lines(block, number, names, maps, known)
            if chunk.batch.num_rows:
                yield chunk
            number += block.count(b"\n")


def _blocks(path: Path) -> Iterator[bytes]:
    """Return whole lines of a file in blocks."""
    with path.open("rb") as file:
        rest = file.read(len(_BYTE_ORDER_MARK)).removeprefix(_BYTE_ORDER_MARK)
        parts = [rest]
        while data := file.read(_BLOCK_BYTES):
            end = data.rfind(b"\n") + 1
            if not end:
                parts.append(data)
                continue
            yield b"".join([*parts, data[:end]])
            parts = [data[end:]]
        if last := b"".join(parts):
            yield last


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
    if kinds == {list} and all(item is None or isinstance(item, str) for value in values for item in value):
        return pa.list_(pa.string())
    inner = _schema_of(values) if kinds == {dict} else None
    return None if inner is None else pa.struct(inner)


def _read_whole(
    block: bytes, schema: pa.Schema, names: Sequence[str], maps: Mapping[str, ColumnMap], kept: Collection[str]
) -> Chunk | None:
    """Return the rows of a block; None where not every line is one object of these types.

    What is `kept` must stay as it is written, which decimal numbers do not.

    Every line begins and ends as an object does, so that none can hold a part of one, and as many rows as lines say that
    none holds two. What Arrow does not check is checked here, and what it refuses is told apart line by line.
    """
    lines = _lines_of(block)
    if lines is None or not _is_text(block):
        return None
    try:
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
    return Chunk(pa.RecordBatch.from_arrays(columns, list(names)), {}, lines)


def _lines_of(block: bytes) -> pa.BinaryArray | None:
    """Return the lines of a block without their ends; None where one does not look like an object."""
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == ord("\n"))
    if not block.endswith(b"\n"):
        ends = np.append(ends, len(block))
    starts = np.append(0, ends[:-1] + 1)
    last = ends - 1
    last -= data.take(last, mode="clip") == ord("\r")
    if (starts >= last).any() or (data.take(starts) != ord("{")).any() or (data.take(last) != ord("}")).any():
        return None
    if (last != ends - 1).any():
        return pa.array([line.rstrip(b"\r") for line in block.split(b"\n") if line], pa.binary())
    whole = pa.Array.from_buffers(
        pa.large_binary(), len(ends), [None, pa.py_buffer(np.append(starts, len(block))), pa.py_buffer(block)]
    )
    return pc.binary_slice(whole, 0, -1) if block.endswith(b"\n") else pa.array(block.split(b"\n"), pa.binary())


def _is_text(block: bytes) -> bool:
    try:
        return block.isascii() or bool(block.decode())
    except UnicodeDecodeError:
        return False


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
    block: bytes, number: int, names: Sequence[str], maps: Mapping[str, ColumnMap], known: frozenset[str]
) -> Chunk:
    """Return the rows of a block whose first line has a number, with what is wrong with single lines."""
    texts = block.decode(errors="surrogateescape").split("\n")
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
    lines = pa.array([line.encode(errors="surrogateescape") for _, line in numbered], pa.binary())
    return Chunk(pa.RecordBatch.from_arrays(columns, list(names)), faults, lines)


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
