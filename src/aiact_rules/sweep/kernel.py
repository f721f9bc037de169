"""The kernel: one function from a batch of releases to a batch of verdicts.

It knows no framework: give it to `map_blocks`, `mapInArrow`, `map_batches` or a loop. The answer has a row for each row
of the batch, in the same order, with the key. A row with a value that cannot be read has the verdict `error`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from aiact_rules.core.conditions import fact_of
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, SIGNALS
from aiact_rules.core.statuses import Status
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.engines.plane_columns import ColumnReader
from aiact_rules.engines.plane_machine import Machine, Plane, Words, packed, unpacked
from aiact_rules.engines.plane_program import ALL, Circuit, Input
from aiact_rules.sweep.bitsets import row_sets, set_column
from aiact_rules.sweep.columns import BoundedColumn, DerivedColumn, MomentColumn, reader_of
from aiact_rules.sweep.mapping import ColumnMap
from aiact_rules.sweep.plan import Plan
from aiact_rules.sweep.statuses import JudgementPlanes, judgement_planes
from aiact_rules.sweep.words import WordsColumn

VERDICTS = ("allow", "hold", "block", "error")
TRUTHS = ("no", "unknown", "yes")
PREFIX = "aiact_"
ERROR = "error"
REASON = PREFIX + ERROR
MOST_ROWS = 1 << 18  # evaluated at once

_VERDICT_TYPE = pa.dictionary(pa.int8(), pa.string())


@dataclass
class Tally:
    """What was counted: rows by verdict for each date, rows by verdicts on two dates, obligations by status."""

    rows: int = 0
    verdicts: list[NDArray[np.int64]] = field(default_factory=list)
    changes: list[NDArray[np.int64]] = field(default_factory=list)
    statuses: list[dict[Status, NDArray[np.int64]]] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the counts of another batch."""
        if not self.verdicts:
            self.rows, self.verdicts, self.changes, self.statuses = 0, [], [], []
            self.verdicts = [np.zeros_like(counts) for counts in other.verdicts]
            self.changes = [np.zeros_like(counts) for counts in other.changes]
            self.statuses = [{s: np.zeros_like(c) for s, c in counts.items()} for counts in other.statuses]
        self.rows += other.rows
        for mine, theirs in zip([*self.verdicts, *self.changes], [*other.verdicts, *other.changes], strict=True):
            mine += theirs
        for mine_by, theirs_by in zip(self.statuses, other.statuses, strict=True):
            for status, counts in theirs_by.items():
                mine_by[status] += counts


@dataclass(frozen=True, slots=True)
class JudgedBatch:
    """The answer for one batch, its counts, and what was wrong with single rows."""

    batch: pa.RecordBatch
    tally: Tally
    faults: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class _Column:
    map: ColumnMap
    reader: ColumnReader
    numbers: tuple[int, ...]
    inputs: tuple[Input, ...]


class Kernel:
    """Judges batches by a plan. It can be sent to other processes; not to be shared between threads."""

    def __init__(self, plan: Plan, *, threads: int = 1) -> None:
        """Compile a plan. With several `threads` columns are read side by side; the answers are the same."""
        self.plan = plan
        self.earliest: date | None = None  # the earliest release date of any row so far
        self._pool = ThreadPoolExecutor(threads, "aiact-rules-columns") if threads > 1 else None
        circuit = Circuit()
        self._planes = [judgement_planes(circuit, judgement, counts=plan.counts) for judgement in plan.judgements]
        outputs: dict[int, int] = {}
        for planes in self._planes:
            for plane in _needed(planes, plan.sets):
                outputs.setdefault(plane, len(outputs))
        self._output = outputs
        self.program = circuit.program(list(outputs))
        self._machine = Machine(self.program)
        wanted: dict[str, list[int]] = {}
        for number, key in enumerate(self.program.inputs):
            wanted.setdefault(fact_of(key.fact), []).append(number)
        self._columns = [
            self._column(column, wanted.get(column.fact, []))
            for column in plan.columns
            if column.fact not in plan.derived
        ]
        inputs = {fact: [self.program.inputs[number] for number in numbers] for fact, numbers in wanted.items()}
        self._derived = [DerivedColumn(plan, name, inputs.get(name, ()), wanted.get(name, ())) for name in plan.derived]
        by_name = {derived.fact: derived for derived in self._derived}
        self._bounded = [BoundedColumn(plan, bound, by_name) for bound in plan.bounds]
        self._moment = (
            MomentColumn(plan, inputs.get(MOMENT, ()), wanted.get(MOMENT, ()))
            if plan.usual_moments is not None
            else None
        )
        self._words = WordsColumn(plan, inputs.get(SIGNALS, ()), wanted.get(SIGNALS, ())) if plan.cues else None

    def __reduce__(self) -> tuple[type[Kernel], tuple[Plan]]:
        return Kernel, (self.plan,)

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return the answer for a batch: the key, and for each row verdict, reason of an error, conclusions, counts and sets."""
        return self.judge(batch).batch

    def names(self, judgement: int, status: Status) -> tuple[str, ...]:
        """Return the obligations that can have a status on one of the dates, in the order of its set."""
        return tuple(self._planes[judgement].statuses[status])

    def schema(self, batch_schema: pa.Schema) -> pa.Schema:
        """Return the schema of the answer to batches of some schema."""
        empty = pa.RecordBatch.from_arrays([pa.nulls(0, kind.type) for kind in batch_schema], schema=batch_schema)
        return self(empty).schema

    def judge(self, batch: pa.RecordBatch, faults: Mapping[int, str] | None = None) -> JudgedBatch:
        """Judge a batch. `faults` are rows that could not even be read, with the reason."""
        if batch.num_rows > MOST_ROWS:
            return self._in_parts(batch, faults or {})
        wrong = dict(faults or {})
        rows = batch.num_rows
        self._machine.run(rows, self._inputs(batch, wrong))
        return self._answer(batch, wrong)

    def _in_parts(self, batch: pa.RecordBatch, faults: Mapping[int, str]) -> JudgedBatch:
        tally, wrong, batches = Tally(), dict(faults), []
        for first in range(0, batch.num_rows, MOST_ROWS):
            inside = {row - first: why for row, why in faults.items() if first <= row < first + MOST_ROWS}
            judged = self.judge(batch.slice(first, MOST_ROWS), inside)
            tally.add(judged.tally)
            wrong |= {row + first: why for row, why in judged.faults.items()}
            batches.append(judged.batch)
        return JudgedBatch(pa.Table.from_batches(batches).combine_chunks().to_batches()[0], tally, wrong)

    # Reading

    def _column(self, column: ColumnMap, numbers: list[int]) -> _Column:
        inputs = tuple(self.program.inputs[number] for number in numbers)
        reader = reader_of(self.plan, column)
        if column.fact == RELEASE_DATE:
            reader = replace(reader, parse=self._noting_dates(reader.parse))
        return _Column(column, ColumnReader(reader, inputs), tuple(numbers), inputs)

    def _noting_dates(self, parse: Callable[[str], FactValue | None]) -> Callable[[str], FactValue | None]:
        """Return the way to read a release date that also notes the earliest one."""

        def noting(text: str) -> FactValue | None:
            value = parse(text)
            if isinstance(value, date) and (self.earliest is None or value < self.earliest):
                self.earliest = value
            return value

        return noting

    def _inputs(self, batch: pa.RecordBatch, faults: dict[int, str]) -> Iterator[tuple[int, Plane]]:
        read = map if self._pool is None else self._pool.map
        readings = read(lambda column: column.reader.read(batch.column(column.map.column)), self._columns)
        for column, reading in zip(self._columns, readings, strict=True):
            _note(faults, f"`{column.map.column}`", reading.faults)
            if self._moment is not None and column.map.fact == MOMENT:
                self._moment.stated = dict(zip(column.inputs, reading.planes, strict=True))
                continue
            yield from zip(column.numbers, reading.planes, strict=True)
        if self._moment is not None:
            yield from self._moment.inputs(batch)
        if self._words is not None:
            yield from zip(self._words.numbers, self._words.read(batch).planes, strict=True)
        for derived in self._derived:
            reading = derived.read(batch)
            _note(faults, f"`{derived.fact}`", reading.faults)
            yield from zip(derived.numbers, reading.planes, strict=True)
        for bounded in self._bounded:
            _note(faults, f"`{bounded.fact}`", bounded.faults(batch))

    # Answering

    def _answer(self, batch: pa.RecordBatch, faults: Mapping[int, str]) -> JudgedBatch:
        rows = batch.num_rows
        faults = {**self._unjudged(rows), **faults}
        wrong = None
        if faults:
            wrong = np.zeros(rows, np.bool_)
            wrong[list(faults)] = True
        fields: list[pa.Field] = []
        columns: list[pa.Array] = []

        def put(kind: pa.Field, column: pa.Array) -> None:
            fields.append(kind)
            columns.append(column)

        if self.plan.key is not None:
            put(batch.schema.field(self.plan.key), batch.column(self.plan.key))
        put(pa.field(REASON, pa.string()), _reasons(faults, rows))
        tally = Tally(rows=rows)
        judged = None if wrong is None else _whole_words(~packed(wrong), self._machine.words)
        verdicts = []
        for judgement, planes in zip(self.plan.judgements, self._planes, strict=True):
            after = f"_{judgement.label}" if judgement.label else ""
            codes = self._codes(planes.hold, planes.block, rows)
            if wrong is not None:
                codes[wrong] = VERDICTS.index(ERROR)
            verdicts.append(codes)
            put(pa.field(f"{PREFIX}verdict{after}", _VERDICT_TYPE), _words(codes, VERDICTS, None))
            for name, (possible, certain) in planes.conclusions.items():
                truth = unpacked(self._plane(possible), rows) + unpacked(self._plane(certain), rows)
                missing = self._missing(planes.scopes[name], wrong, rows)
                put(pa.field(f"{PREFIX}{name}{after}", _VERDICT_TYPE), _words(truth, TRUTHS, missing))
            for status, digits in planes.counts.items():
                counts = pa.array(self._count(digits, rows), mask=wrong)
                put(pa.field(f"{PREFIX}{status.value}_count{after}", pa.uint16()), counts)
            tally.statuses.append({})
            for status in self.plan.sets:
                names = planes.statuses[status]
                lines = self._machine.outputs(self._output[plane] for plane in names.values())
                if rows % 64 and lines.size:
                    lines[:, -1] &= np.uint64((1 << rows % 64) - 1)
                if judged is not None:
                    lines &= judged
                tally.statuses[-1][status] = _ones(lines)
                put(*set_column(f"{PREFIX}{status.value}{after}", tuple(names), row_sets(lines, rows)))
        for codes in verdicts:
            tally.verdicts.append(np.bincount(codes, minlength=len(VERDICTS)))
            pairs = np.bincount(verdicts[0] * len(VERDICTS) + codes, minlength=len(VERDICTS) ** 2)
            tally.changes.append(pairs.reshape(len(VERDICTS), len(VERDICTS)))
        return JudgedBatch(pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields)), tally, faults)

    def _unjudged(self, rows: int) -> dict[int, str]:
        """Return the rows that no pack judges: they are never allowed."""
        found: dict[int, str] = {}
        for planes in self._planes:
            if planes.judged != ALL:
                judged = unpacked(self._plane(planes.judged), rows)
                found |= dict.fromkeys((int(row) for row in np.flatnonzero(judged == 0)), "no pack judges this row")
        return found

    def _missing(self, scope: int, wrong: NDArray[np.bool_] | None, rows: int) -> NDArray[np.bool_] | None:
        """Return the rows in which a conclusion has no value: those with an error, and those that its pack does not judge."""
        if scope == ALL:
            return wrong
        outside: NDArray[np.bool_] = unpacked(self._plane(scope), rows) == 0
        return outside if wrong is None else outside | wrong

    def _plane(self, plane: int) -> Words:
        return self._machine.output(self._output[plane])

    def _codes(self, hold: int, block: int, rows: int) -> NDArray[np.uint8]:
        codes = unpacked(self._plane(block), rows)
        codes += codes
        codes += unpacked(self._plane(hold), rows)
        return codes

    def _count(self, digits: tuple[int, ...], rows: int) -> NDArray[np.uint16]:
        low, high = np.zeros(rows, np.uint8), np.zeros(rows, np.uint8)
        for at, plane in enumerate(digits):
            (low if at < 8 else high)[:] |= unpacked(self._plane(plane), rows) << np.uint8(at % 8)
        found = low.astype(np.uint16)
        if len(digits) > 8:
            found |= high.astype(np.uint16) << np.uint16(8)
        return found


def _needed(planes: JudgementPlanes, sets: tuple[Status, ...]) -> Iterator[int]:
    yield planes.block
    yield planes.hold
    yield from {planes.judged, *planes.scopes.values()} - {ALL}
    for pair in planes.conclusions.values():
        yield from pair
    for digits in planes.counts.values():
        yield from digits
    for status in sets:
        yield from planes.statuses[status].values()


def _note(faults: dict[int, str], column: str, found: Mapping[int, str]) -> None:
    for row, why in found.items():
        said = f"{column}: {why}"
        faults[row] = f"{faults[row]}; {said}" if row in faults else said


def _words(codes: NDArray[np.uint8], words: tuple[str, ...], wrong: NDArray[np.bool_] | None) -> pa.Array:
    known = None if wrong is None else pa.py_buffer(packed(~wrong))
    indices = pa.Array.from_buffers(pa.int8(), len(codes), [known, pa.py_buffer(codes.view(np.int8))])
    return pa.DictionaryArray.from_arrays(indices, _dictionary(words))


@cache
def _dictionary(words: tuple[str, ...]) -> pa.StringArray:
    return pa.array(words, pa.string())


def _reasons(faults: Mapping[int, str], rows: int) -> pa.Array:
    if not faults:
        return pa.nulls(rows, pa.string())
    return pa.array([faults.get(row) for row in range(rows)], pa.string())


def _whole_words(plane: Plane, words: int) -> Words:
    whole = np.zeros(8 * words, np.uint8)
    whole[: len(plane)] = plane
    return whole.view(np.uint64)


if hasattr(np, "bitwise_count"):

    def _ones(lines: Words) -> NDArray[np.int64]:
        """Count the rows of each plane."""
        ones: NDArray[np.int64] = np.bitwise_count(lines).sum(axis=1, dtype=np.int64)
        return ones

else:  # numpy before 2.0
    _ONES = np.array([bin(byte).count("1") for byte in range(256)], np.uint8)

    def _ones(lines: Words) -> NDArray[np.int64]:
        """Count the rows of each plane."""
        ones: NDArray[np.int64] = _ONES[lines.view(np.uint8)].sum(axis=1, dtype=np.int64)
        return ones
