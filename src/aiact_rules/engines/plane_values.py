"""Plane values: what the columns of every kind share. Distinct values, the inputs they pass, and planes made of those."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Context, Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from aiact_rules.core.formulas import holds
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.vocabulary import FactType, FactValue
from aiact_rules.engines.plane_machine import Plane, packed
from aiact_rules.engines.plane_program import Input, Passes, Silent, Undecided

EXACT = Context(prec=2000)
MOST_DISTINCT = 1 << 17  # values kept from one batch to the next

Codes = NDArray[np.intp]
Parsed = tuple[FactValue | None, str | None]
"""A value, None for silence, and what is wrong where it cannot be read."""


@dataclass(frozen=True, slots=True)
class FactReader:
    """How the values of one fact are read from a column.

    `parse` reads one text, `parse_many` the texts of a list; both give None for what counts as silence and raise
    ValueError, whose message says what was expected. A quantity counts `scale` times. `plain` says that yes/no
    values and numbers of the column need no words to be read; `by_element` that each element of a list can be read alone.
    `opened` are the words that a list with any other member leaves open. `separator` divides the elements of a list that is
    written as one text, where each is read as in a list; a text without one may be silent or an empty list. A number
    `between` these two, before it is scaled, is never refused.
    """

    type: FactType
    parse: Callable[[str], FactValue | None]
    parse_many: Callable[[list[str]], FactValue | None]
    scale: Decimal = Decimal(1)
    plain: bool = True
    by_element: bool = True
    opened: frozenset[str] = frozenset()
    separator: str | None = None
    between: tuple[float, float] = (0.0, math.inf)

    def parsed(self, said: str) -> Parsed:
        """Return the value of one text, or what is wrong with it."""
        return self._parsed(self.parse, said)

    def parsed_many(self, said: list[str]) -> Parsed:
        """Return the value of the texts of a list, or what is wrong with them."""
        return self._parsed(self.parse_many, said)

    def _parsed(self, parse: Callable[[Any], FactValue | None], said: Any) -> Parsed:
        try:
            value = parse(said)
        except ValueError as error:
            return None, str(error)
        if isinstance(value, Decimal) and self.scale != 1:
            value = EXACT.multiply(value, self.scale)
        return value, None


@dataclass(frozen=True, slots=True)
class ColumnPlanes:
    """The planes of one column, and what is wrong with single rows."""

    planes: tuple[Plane, ...]
    faults: Mapping[int, str] = field(default_factory=dict)

    def corrected(self, rows: NDArray[np.intp], again: ColumnPlanes, count: int) -> ColumnPlanes:
        """Return the same reading of so many rows with some of them as they were read again."""
        planes = []
        for plane, fixed in zip(self.planes, again.planes, strict=True):
            whole = rows_of(plane, count)
            whole[rows] = rows_of(fixed, len(rows))
            planes.append(packed(whole))
        faults = {int(rows[row]): fault for row, fault in again.faults.items()}
        return ColumnPlanes(tuple(planes), {**self.faults, **faults})


class Values:
    """Distinct values, each with a number and with the bits of the inputs it passes. Number 0 is silence."""

    def __init__(self, inputs: tuple[Input, ...]) -> None:
        self._inputs = inputs
        self.width = len(inputs)
        self._clear()

    def _clear(self) -> None:
        self.numbers: dict[str | None, int] = {}
        self.faults: dict[int, str] = {}
        self.read: list[FactValue | None] = []
        self.count = 0
        self._bits = np.zeros(((len(self._inputs) + 7) // 8, 16), np.uint8)
        self.add(None, None, None)

    def add(self, text: str | None, value: FactValue | None, fault: str | None) -> int:
        """Add a value, or what is wrong with it, under its text."""
        number = self.count
        if number == self._bits.shape[1]:
            self._bits = np.concatenate([self._bits, np.zeros_like(self._bits)], axis=1)
        for at, key in enumerate(self._inputs):
            if fault is None and passes(key, value):
                self._bits[at // 8, number] |= 1 << at % 8
        if fault is not None:
            self.faults[number] = fault
        self.count += 1
        self.numbers.setdefault(text, number)
        self.read.append(value)
        return number

    def tables(self) -> Iterator[tuple[int, NDArray[np.uint8]]]:
        """Return for each eight inputs the number of the first and the bits of all values."""
        for group in range(len(self._bits)):
            yield 8 * group, self._bits[group, : self.count]

    def passed(self) -> NDArray[np.bool_]:
        """Return which values pass which inputs: a line for each input, a column for each value."""
        bits = np.unpackbits(self._bits[:, : self.count].T, axis=1, count=self.width, bitorder="little")
        return bits.T.astype(np.bool_)

    def forget_if_many(self) -> bool:
        """Forget everything where there are too many values to keep; return whether that was so."""
        is_many = self.count > MOST_DISTINCT
        if is_many:
            self._clear()
        return is_many


def looked_up(values: Values, numbers: Codes, codes: Codes) -> ColumnPlanes:
    """Return the planes of rows from the numbers of their values; `codes` point into `numbers`."""
    planes: list[Plane] = []
    for first, table in values.tables():
        here = table.take(numbers).take(codes)
        planes += planes_of(here, min(8, values.width - first))
    faults: dict[int, str] = {}
    if values.faults:
        wrong = np.fromiter((int(number) in values.faults for number in numbers), np.bool_, len(numbers))
        if wrong.any():
            for row in np.flatnonzero(wrong.take(codes)):
                faults[int(row)] = values.faults[int(numbers[codes[row]])]
    values.forget_if_many()
    return ColumnPlanes(tuple(planes), faults)


def row_by_row(inputs: tuple[Input, ...], array: pa.Array, read: Callable[[Any], Parsed]) -> ColumnPlanes:
    """Return the planes of a column whose cells are read one by one."""
    values = Values(inputs)
    codes = np.zeros(len(array), np.intp)
    for row, said in enumerate(array.to_pylist()):
        if said is not None:
            codes[row] = values.add(None, *read(said))
    return looked_up(values, np.arange(values.count, dtype=np.intp), codes)


def passes(key: Input, value: FactValue | None) -> bool:
    if isinstance(key, Silent):
        return value is None
    if isinstance(key, Undecided):
        return isinstance(value, OpenList) and holds(key.test, value) is None
    known = key.default if value is None else value
    return known is not None and holds(key.test, known) is True


def planes_of(rows: NDArray[np.uint8], count: int) -> list[Plane]:
    """Split bytes of one row each into the planes of their lowest bits."""
    if count == 1:
        return [packed(rows)]
    return [packed(rows & np.uint8(1 << bit)) for bit in range(count)]


def codes_of(array: pa.DictionaryArray) -> tuple[Codes, list[Any]]:
    """Return the code of each row and the distinct values; a row without value has the code behind the last."""
    distinct = array.dictionary.to_pylist()
    indices = array.indices
    if indices.null_count:
        indices = pc.fill_null(indices.cast(pa.int64()), len(distinct))
    return indices.to_numpy(zero_copy_only=False).astype(np.intp), distinct


def text_of(value: object) -> str | None:
    """Write a value of a column as the text by which the vocabulary reads it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        midnight = value.time() == time() and (value.utcoffset() is None or not value.utcoffset())
        return value.date().isoformat() if midnight else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return str(int(value))
    return str(value)


def bitmap(buffer: pa.Buffer, offset: int, rows: int) -> Plane:
    """Return a bitmap of Arrow as a plane, without copying where its first row begins a byte."""
    data = np.frombuffer(buffer, np.uint8)
    if offset % 8 == 0:
        return data[offset // 8 : offset // 8 + (rows + 7) // 8]
    first = offset // 8
    bits = np.unpackbits(data[first : (offset + rows + 7) // 8], bitorder="little")
    return packed(bits[offset - 8 * first :][:rows])


def rows_of(plane: Plane, rows: int) -> NDArray[np.bool_]:
    return np.unpackbits(plane, count=rows, bitorder="little").view(np.bool_)


def with_silence(plane: Plane, known: Plane | None, key: Passes) -> Plane:
    if known is None:
        return plane
    plane = plane & known
    return plane | ~known if key.default is not None and holds(key.test, key.default) else plane
