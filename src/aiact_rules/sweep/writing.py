"""Writing: a swept table as Parquet, CSV or JSON lines, whole or not at all."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sweep.bitsets import members, names_of
from aiact_rules.sweep.kernel import PREFIX, REASON
from aiact_rules.sweep.tables import FORMATS, Chunk


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
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file)
        self._started = False

    def write(self, chunk: Chunk, kept: pa.RecordBatch, answer: pa.RecordBatch) -> None:  # noqa: ARG002
        columns = _columns(kept) + [(f, c) for f, c in _columns(answer) if f.name not in kept.schema.names]
        if not self._started:
            self._writer.writerow([field.name for field, _ in columns])
            self._started = True
        texts = [[_cell(value) for value in _words(field, column)] for field, column in columns]
        self._writer.writerows(zip(*texts, strict=True))

    def close(self) -> None:
        self._file.close()


class _JsonLines:
    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", errors="surrogateescape")

    def write(self, chunk: Chunk, kept: pa.RecordBatch, answer: pa.RecordBatch) -> None:
        columns = [(f, c) for f, c in _columns(answer) if chunk.lines is None or f.name.startswith(PREFIX)]
        if chunk.lines is None:
            columns = _columns(kept) + [(f, c) for f, c in columns if f.name not in kept.schema.names]
        names = [field.name for field, _ in columns]
        values = [_words(field, column) for field, column in columns]
        for at, row in enumerate(zip(*values, strict=True)):
            said = {name: value for name, value in zip(names, row, strict=True) if value is not None}
            text = json.dumps(said, ensure_ascii=False, default=str)
            if chunk.lines is not None:
                text = _joined(chunk.lines[at], text, said)
            self._file.write(text + "\n")

    def close(self) -> None:
        self._file.close()


def _joined(line: str, text: str, said: Mapping[str, object]) -> str:
    """Put the answer behind what a line says, which stays as it was written."""
    before = line.strip()
    if not (before.startswith("{") and before.endswith("}")) or "line " in str(said.get(REASON, ""))[:5]:
        return json.dumps({"line": line, **said}, ensure_ascii=True)
    inner = before[:-1].rstrip()
    return text if inner == "{" else f"{inner}, {text[1:]}"


def _columns(batch: pa.RecordBatch) -> list[tuple[pa.Field, pa.Array]]:
    return list(zip(batch.schema, batch.columns, strict=True))


def _plain(kind: pa.DataType) -> pa.DataType:
    """Return the type a column had before its texts were read as codes."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_list(kind) and pa.types.is_dictionary(kind.value_type):
        return pa.list_(kind.value_field.with_type(kind.value_type.value_type))
    return kind


def _words(field: pa.Field, column: pa.Array) -> list[Any]:
    """Return the values of a column as Python values, sets as lists of names."""
    if not pa.types.is_fixed_size_binary(column.type):
        return list(column.to_pylist())
    try:
        names = names_of(field)
    except ValueError:
        return [None if value is None else value.hex() for value in column.to_pylist()]
    codes = pc.dictionary_encode(column)
    distinct = [list(members(value, names)) for value in codes.dictionary.to_pylist()]
    return [None if code is None else distinct[code] for code in codes.indices.to_pylist()]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ";".join(_cell(item) for item in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
