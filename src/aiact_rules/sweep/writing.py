"""Writing: a swept table as Parquet, CSV or JSON lines, whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sweep.bitsets import names_of
from aiact_rules.sweep.chunks import Chunk
from aiact_rules.sweep.kernel import PREFIX, REASON
from aiact_rules.sweep.tables import FORMATS

_WRITTEN_ROWS = 1 << 14


class _Format(Protocol):
    def write(self, chunk: Chunk, kept: pa.RecordBatch, answer: pa.RecordBatch) -> None: ...

    def close(self) -> None: ...


class Output:
    """The file a swept table is written to. It appears under its name only when everything is written."""

    def __init__(self, path: Path) -> None:
        kind = FORMATS.get(path.suffix.lower())
        if kind is None:
            hint = f"end its name with {', '.join(sorted(FORMATS))}"
            raise InputError([Problem(f"a table cannot be written as `{path.suffix}`", Place(path.as_posix()), hint)])
        self.path = path
        self._partial = path.with_name(f".{path.name}.partial-{os.getpid()}")
        formats: Mapping[str, Any] = {"parquet": _Parquet, "csv": _Csv, "jsonl": _JsonLines}
        try:
            self._format: _Format = formats[kind](self._partial)
        except OSError as error:
            problem = f"the table cannot be written here: {error.strerror}"
            raise InputError([Problem(problem, Place(path.as_posix()))]) from error

    @property
    def copies_lines(self) -> bool:
        """Return whether rows that stand in lines are written as those, so that their columns are not needed."""
        return isinstance(self._format, _JsonLines)

    def write(self, chunk: Chunk, kept: Sequence[str], answer: pa.RecordBatch) -> None:
        """Write the kept columns of some rows with the answer for them."""
        self._format.write(
            chunk, chunk.batch.select([name for name in kept if name in chunk.batch.schema.names]), answer
        )

    def __enter__(self) -> Output:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._format.close()
        if kind is None:
            os.replace(self._partial, self.path)
        else:
            self._partial.unlink(missing_ok=True)


class _Parquet:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pyarrow.parquet.ParquetWriter | None = None
        path.touch()

    def write(self, chunk: Chunk, kept: pa.RecordBatch, answer: pa.RecordBatch) -> None:  # noqa: ARG002
        plain = [(field.with_type(_plain(field.type)), column) for field, column in _columns(kept)]
        new = [(field, column) for field, column in _columns(answer) if field.name not in kept.schema.names]
        fields = [field for field, _ in (*plain, *new)]
        arrays = [column if column.type == field.type else column.cast(field.type) for field, column in (*plain, *new)]
        table = pa.Table.from_arrays(arrays, schema=pa.schema(fields))
        if self._writer is None:
            self._writer = pyarrow.parquet.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()


class _Csv:
    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")
        self._started = False

    def write(self, chunk: Chunk, kept: pa.RecordBatch, answer: pa.RecordBatch) -> None:  # noqa: ARG002
        columns = _columns(kept) + [(f, c) for f, c in _columns(answer) if f.name not in kept.schema.names]
        if not self._started:
            names = _quoted(pa.array([field.name for field, _ in columns]))
            self._file.write(",".join(names.to_pylist()).encode() + b"\r\n")
            self._started = True
        for first in range(0, answer.num_rows, _WRITTEN_ROWS):
            cells = [_csv_cells(field, column.slice(first, _WRITTEN_ROWS)) for field, column in columns]
            lines = pc.binary_join_element_wise(*cells, ",", null_handling="replace", null_replacement="")
            _write(self._file, pc.binary_join_element_wise(lines, "\r\n", ""))

    def close(self) -> None:
        self._file.close()


class _JsonLines:
    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def write(self, chunk: Chunk, kept: pa.RecordBatch, answer: pa.RecordBatch) -> None:
        columns = [(f, c) for f, c in _columns(answer) if chunk.lines is None or f.name.startswith(PREFIX)]
        if chunk.lines is None:
            columns = _columns(kept) + [(f, c) for f, c in columns if f.name not in kept.schema.names]
        for first in range(0, answer.num_rows, _WRITTEN_ROWS):
            members = [_json_members(field, column.slice(first, _WRITTEN_ROWS)) for field, column in columns]
            said = pc.binary_join_element_wise(*members, ", ", null_handling="skip")
            if chunk.lines is None:
                lines = pc.binary_join_element_wise("{", said, "}\n", "")
            else:
                lines = _behind(chunk.lines.slice(first, _WRITTEN_ROWS), said, answer.slice(first, _WRITTEN_ROWS))
            _write(self._file, lines)

    def close(self) -> None:
        self._file.close()


def _write(file: BinaryIO, lines: pa.Array) -> None:
    """Write texts one behind another."""
    file.write(_data_of(lines))


def _data_of(texts: pa.StringArray) -> bytes:
    """Return all texts one behind another."""
    _, offsets, data = texts.buffers()
    if data is None:
        return b""
    bounds = np.frombuffer(offsets, np.int32)
    return bytes(memoryview(data)[bounds[texts.offset] : bounds[texts.offset + len(texts)]])


def _behind(lines: pa.ChunkedArray, said: pa.StringArray, answer: pa.RecordBatch) -> pa.Array:
    """Return lines of JSON with the answer put behind what each says, which stays as it was written."""
    lines = pc.ascii_trim_whitespace(lines.combine_chunks().cast(pa.binary()).view(pa.string()))
    reasons = answer.column(REASON)
    whole = pc.and_(pc.starts_with(lines, "{"), pc.ends_with(lines, "}"))
    whole = pc.and_(whole, pc.invert(pc.fill_null(pc.starts_with(reasons, "line "), False)))
    inner = pc.ascii_rtrim_whitespace(pc.binary_slice(lines.view(pa.binary()), 0, -1).view(pa.string()))
    joined = pc.binary_join_element_wise(inner, pc.if_else(pc.equal(inner, "{"), "", ", "), said, "}\n", "")
    if pc.all(whole).as_py():
        return joined
    texts = [
        json.dumps({"line": line.decode(errors="surrogateescape")})[:-1] for line in lines.view(pa.binary()).to_pylist()
    ]
    return pc.if_else(whole, joined, pc.binary_join_element_wise(pa.array(texts), ", ", said, "}\n", ""))


def _csv_cells(field: pa.Field, column: pa.Array) -> pa.Array:
    """Return a column as the cells of a CSV file; null for an empty one."""
    if pa.types.is_fixed_size_binary(column.type) and (names := _names_of(field)) is not None:
        return pc.binary_join(_names_in(column, names), ";")
    if pa.types.is_dictionary(column.type) and pa.types.is_string(column.type.value_type):
        return _quoted(column.dictionary).take(column.indices)
    if pa.types.is_string(column.type):
        return _quoted(column)
    if pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
        return column.cast(pa.string())
    return _quoted(pa.array([_cell(value) for value in _words(column)], pa.string()))


def _quoted(texts: pa.StringArray) -> pa.StringArray:
    """Return texts as CSV writes them: in quotes where they hold a sign that divides cells or lines."""
    data = _data_of(texts)
    if not any(sign in data for sign in (b",", b'"', b"\r", b"\n")):
        return texts
    coded = pc.dictionary_encode(texts)
    if 2 * len(coded.dictionary) < len(texts):
        return _in_quotes(coded.dictionary).take(coded.indices)
    return _in_quotes(texts)


def _in_quotes(texts: pa.StringArray) -> pa.StringArray:
    special = pc.match_substring_regex(texts, '[",\r\n]')
    quoted = pc.binary_join_element_wise('"', pc.replace_substring(texts, '"', '""'), '"', "")
    return pc.if_else(special, quoted, texts)


def _json_members(field: pa.Field, column: pa.Array) -> pa.Array:
    """Return a column as members of JSON objects; null for none."""
    name = f"{json.dumps(field.name, ensure_ascii=False)}: "
    if pa.types.is_fixed_size_binary(column.type) and (names := _names_of(field)) is not None:
        texts = tuple(json.dumps(each, ensure_ascii=False) for each in names)
        return pc.binary_join_element_wise(name + "[", pc.binary_join(_names_in(column, texts), ", "), "]", "")
    if pa.types.is_dictionary(column.type):
        return pc.binary_join_element_wise(name, _json_texts(column.dictionary), "").take(column.indices)
    if pa.types.is_boolean(column.type) or pa.types.is_integer(column.type):
        return pc.binary_join_element_wise(name, column.cast(pa.string()), "")
    return pc.binary_join_element_wise(name, _json_texts(column), "")


def _json_texts(column: pa.Array) -> pa.StringArray:
    said = [None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in _words(column)]
    return pa.array(said, pa.string())


def _names_in(column: pa.FixedSizeBinaryArray, names: Sequence[str]) -> pa.ListArray:
    """Return the names in each set."""
    width = column.type.byte_width
    sets = np.frombuffer(column.buffers()[1], np.uint8)[column.offset * width :][: len(column) * width]
    bits = np.unpackbits(sets.reshape(-1, width), axis=1, count=len(names), bitorder="little")
    offsets = np.append(0, np.cumsum(bits.sum(axis=1, dtype=np.int32), dtype=np.int32))
    return pa.ListArray.from_arrays(
        offsets, pa.array(names, pa.string()).take(pa.array(np.flatnonzero(bits.view(np.bool_)) % len(names)))
    )


def _names_of(field: pa.Field) -> tuple[str, ...] | None:
    """Return the names of the bits of a column of sets; None for a column that holds none."""
    try:
        return names_of(field)
    except ValueError:
        return None


def _columns(batch: pa.RecordBatch) -> list[tuple[pa.Field, pa.Array]]:
    return list(zip(batch.schema, batch.columns, strict=True))


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return the type a column had before its texts were read as codes."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_list(kind) and pa.types.is_dictionary(kind.value_type):
        return pa.list_(kind.value_field.with_type(kind.value_type.value_type))
    return kind


def _words(column: pa.Array) -> list[Any]:
    """Return the values of a column as Python values, bytes as hexadecimal digits."""
    if not pa.types.is_fixed_size_binary(column.type):
        return list(column.to_pylist())
    return [None if value is None else value.hex() for value in column.to_pylist()]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(_cell(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
