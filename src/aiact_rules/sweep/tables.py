"""Tables: Parquet, CSV and JSON lines as batches of bounded size, each row in its place whatever is wrong with it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sweep.chunks import Chunk
from aiact_rules.sweep.json_lines import JsonLinesTable
from aiact_rules.sweep.mapping import ColumnMap

BATCH_ROWS = 1 << 17
BATCH_BYTES = 96 << 20
_LARGE_GROUP = 1 << 14
_READ_BYTES = 1 << 20
_CSV_BYTES = 2 << 20
FORMATS = {".parquet": "parquet", ".csv": "csv", ".tsv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl"}


class Table(Protocol):
    """Rows in order. `rows` is None where it is not known beforehand; `has_lines` where each stands in a line of its own."""

    name: str
    columns: tuple[str, ...]
    rows: int | None
    has_lines: bool

    def chunks(self, wanted: Sequence[ColumnMap], others: Sequence[str]) -> Iterator[Chunk]:
        """Return the rows with the wanted columns, which state facts, and others as they are."""


def open_table(path: Path) -> Table:
    """Open the table at a path: a file, or a folder of Parquet files. Raises InputError where it cannot be read."""
    try:
        if path.is_dir():
            return ParquetTable(sorted(path.glob("*.parquet")), path.as_posix())
        kind = FORMATS.get(path.suffix.lower())
        if kind is None:
            problem = f"tables are read as {', '.join(sorted(FORMATS))}, not `{path.suffix}`"
            raise InputError([Problem(problem, Place(path.as_posix()), "or name a folder of release files")])
        if kind == "parquet":
            return ParquetTable([path], path.as_posix())
        return CsvTable(path) if kind == "csv" else JsonLinesTable(path)
    except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
        raise _unreadable(path.as_posix(), error) from error


def _unreadable(name: str, error: Exception) -> InputError:
    return InputError([Problem(f"this table cannot be read: {str(error).splitlines()[0]}", Place(name))])


class ParquetTable:
    """One Parquet file, or several with the same columns."""

    has_lines = False

    def __init__(self, paths: Sequence[Path], name: str) -> None:
        self.name = name
        self._paths = paths
        if not paths:
            raise InputError([Problem("no Parquet files here", Place(name))])
        files = [pyarrow.parquet.ParquetFile(path) for path in paths]
        self.schema: pa.Schema = files[0].schema_arrow
        for path, file in zip(paths, files, strict=True):
            if not file.schema_arrow.equals(self.schema):
                raise InputError([Problem("has other columns than the files before it", Place(path.as_posix()))])
        self.columns = _without_repeats(self.schema.names, name)
        self.rows: int | None = sum(file.metadata.num_rows for file in files)
        size = sum(
            file.metadata.row_group(group).total_byte_size for file in files for group in range(file.num_row_groups)
        )
        self._batch_rows = _rows_within(size // max(self.rows or 0, 1))
        leaves = files[0].schema
        self._texts = [
            (column.path, top)
            for column in (leaves.column(at) for at in range(len(leaves)))
            if column.physical_type == "BYTE_ARRAY" and str(column.logical_type.type) == "STRING"
            if (top := self._top(column.path)) is not None
        ]

    def _top(self, path: str) -> str | None:
        return next((name for name in self.columns if path == name or path.startswith(f"{name}.")), None)

    def chunks(self, wanted: Sequence[ColumnMap], others: Sequence[str]) -> Iterator[Chunk]:
        """Return the rows; texts that state facts come as codes with a dictionary."""
        names = {column.column for column in wanted}
        columns = [name for name in self.columns if name in names or name in others]
        texts = [(path, path != top) for path, top in self._texts if top in names]
        try:
            for path in self._paths:
                for batch in self._batches(path, texts, columns):
                    yield Chunk(batch)
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(self.name, error) from error

    def _batches(
        self, path: Path, texts: Sequence[tuple[str, bool]], columns: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        def opened(*, nested: bool) -> pyarrow.parquet.ParquetFile:
            as_codes = [name for name, is_nested in texts if nested or not is_nested]
            return pyarrow.parquet.ParquetFile(
                path, read_dictionary=as_codes, pre_buffer=False, buffer_size=_READ_BYTES
            )

        plain = opened(nested=False)
        groups = plain.num_row_groups
        if not any(is_nested for _, is_nested in texts) or plain.metadata.num_rows < groups * _LARGE_GROUP:
            yield from plain.iter_batches(self._batch_rows, columns=columns)
            return
        # Arrow reads codes inside lists only where one dictionary serves a whole batch, which groups guarantee at best.
        coded = opened(nested=True)
        for group in range(groups):
            done = 0
            try:
                for batch in coded.iter_batches(self._batch_rows, row_groups=[group], columns=columns):
                    yield batch
                    done += batch.num_rows
            except pa.ArrowNotImplementedError:
                for batch in plain.iter_batches(self._batch_rows, row_groups=[group], columns=columns):
                    if done < batch.num_rows:
                        yield batch.slice(done)
                    done = max(0, done - batch.num_rows)


class CsvTable:
    """A CSV file. Every value stays the text that was written."""

    has_lines = False

    def __init__(self, path: Path) -> None:
        self.name = path.as_posix()
        self.rows: int | None = None
        self._path = path
        with path.open(encoding="utf-8-sig", newline="") as file:
            head = file.readline()
            while head.count('"') % 2 and (more := file.readline()):
                head += more
        if not head.strip():
            raise InputError([Problem("this table is empty", Place(self.name), "it needs a line with column names")])
        self.delimiter = max((",", ";", "\t", "|"), key=head.count)
        self.columns = _without_repeats(next(csv.reader(io.StringIO(head), delimiter=self.delimiter)), self.name)

    def chunks(self, wanted: Sequence[ColumnMap], others: Sequence[str]) -> Iterator[Chunk]:
        """Return the rows; a line with too many or too few values is a row that cannot be read."""
        names = {*(column.column for column in wanted), *others}
        bad: dict[int, str] = {}

        def note(row: Any) -> str:
            bad[row.number] = f"expected {row.expected_columns} values, found {row.actual_columns}"
            return "skip"

        columns = [name for name in self.columns if name in names]
        try:
            reader = pyarrow.csv.open_csv(
                self._path,
                read_options=pyarrow.csv.ReadOptions(use_threads=False, block_size=_CSV_BYTES),
                parse_options=pyarrow.csv.ParseOptions(
                    delimiter=self.delimiter, newlines_in_values=True, invalid_row_handler=note, ignore_empty_lines=True
                ),
                convert_options=pyarrow.csv.ConvertOptions(
                    column_types=dict.fromkeys(self.columns, pa.string()),
                    include_columns=columns,
                    strings_can_be_null=False,
                ),
            )
            done = 1  # rows are numbered from 1, the line with the names counting as one
            for batch in _in_larger_parts(reader):
                for part in _parts(batch):
                    chunk, done = _with_bad_rows(part, bad, done)
                    yield chunk
            chunk, _ = _with_bad_rows(
                pa.RecordBatch.from_arrays([pa.nulls(0, pa.string())] * len(columns), columns), bad, done
            )
            if chunk.faults:
                yield chunk
        except (OSError, pa.ArrowException) as error:
            raise _unreadable(self.name, error) from error


def _in_larger_parts(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Join batches that follow one another until there are enough rows to judge at once."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(each.num_rows for each in waiting) >= BATCH_ROWS // 2:
            yield _as_one(waiting)
            waiting = []
    if waiting:
        yield _as_one(waiting)


def _as_one(batches: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    whole = pa.Table.from_batches(batches).combine_chunks().to_batches()
    return whole[0] if whole else batches[0]


def _parts(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    for first in range(0, batch.num_rows, BATCH_ROWS):
        yield batch.slice(first, BATCH_ROWS)


def _with_bad_rows(batch: pa.RecordBatch, bad: dict[int, str], done: int) -> tuple[Chunk, int]:
    """Put rows without values where lines could not be split into values."""
    faults: dict[int, str] = {}
    pieces: list[pa.RecordBatch] = []
    used = 0
    row = 0  # in the chunk
    while used < batch.num_rows or done + row + 1 in bad:
        if (why := bad.pop(done + row + 1, None)) is not None:
            faults[row] = f"row {done + row}: {why}"
            pieces.append(
                pa.RecordBatch.from_arrays([pa.nulls(1, kind.type) for kind in batch.schema], batch.schema.names)
            )
            row += 1
            continue
        ahead = min((number for number in bad if number > done + row), default=None)
        size = batch.num_rows - used if ahead is None else min(batch.num_rows - used, ahead - done - row - 1)
        pieces.append(batch.slice(used, size))
        used, row = used + size, row + size
    if faults:
        batch = _as_one(pieces)
    return Chunk(batch, faults), done + row


def _rows_within(row_bytes: int) -> int:
    """Return how many rows a batch has so that it stays within its size in memory."""
    rows = BATCH_BYTES // max(4 * row_bytes, 1)  # what is packed in a file is larger in memory
    return max(1 << 12, min(BATCH_ROWS, rows // 64 * 64))


def _without_repeats(names: Iterable[str], table: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for name in names:
        if name in found:
            raise InputError([Problem(f"two columns are named `{name}`", Place(table), "rename one of them")])
        found[name] = None
    return tuple(found)


Progress = Callable[[int], None]
