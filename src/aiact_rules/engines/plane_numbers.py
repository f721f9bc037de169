"""Plane numbers: columns of integers and floats, compared as the decimal numbers they stand for.

A float counts as its shortest decimal, so that `1e25` is `1e25` and its neighbours are not.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from aiact_rules.core.conditions import Test
from aiact_rules.engines.plane_machine import Plane, packed
from aiact_rules.engines.plane_program import Input, Passes, Silent
from aiact_rules.engines.plane_values import EXACT, ColumnPlanes, FactReader, bitmap, rows_of, with_silence

_PLAIN = r"^[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$"


class NumberColumn:
    """Reads columns of one quantity, and keeps where the numbers of each type begin to pass a test."""

    def __init__(self, reader: FactReader, inputs: tuple[Input, ...]) -> None:
        self._reader = reader
        self._inputs = inputs
        self._thresholds: dict[tuple[str, Passes], Any] = {}

    def integers(self, array: pa.Array) -> ColumnPlanes:
        """Return the planes of whole numbers."""
        known, data = _numbers(array)
        limits = np.iinfo(data.dtype)

        def passing(key: Passes) -> NDArray[np.bool_]:
            first = self._first(str(data.dtype), key, self._first_integer)
            if first > limits.max:
                return np.zeros(len(data), np.bool_)
            return np.ones(len(data), np.bool_) if first <= limits.min else data >= data.dtype.type(first)

        return ColumnPlanes(self._compared(known, passing, len(data)), self._refused(known, data))

    def floats(self, array: pa.Array) -> ColumnPlanes:
        """Return the planes of floats."""
        known, data = _numbers(array)

        def passing(key: Passes) -> NDArray[np.bool_]:
            first = self._first_of_floats(data.dtype, key)
            passes: NDArray[np.bool_] = data >= first
            return passes

        faults = self._refused(known, data)
        planes = self._compared(known, passing, len(data))
        finite = np.isfinite(data)
        if finite.all():
            return ColumnPlanes(planes, faults)
        stated = _stated(known, data)
        silent = np.zeros(len(data), np.bool_)
        for row in np.flatnonzero(~finite & stated):
            value, fault = self._reader.parsed(str(float(data[row])))
            if fault is not None or value is not None:
                found = f"found `{data[row]}`"
                faults[int(row)] = (
                    fault or f"expected a number, e.g. 5000000000 or 1e25 (no separators or units), {found}"
                )
            else:  # `nan` counts as silence here
                silent[row] = True
        if silent.any():
            planes = self._compared(packed(stated & ~silent), passing, len(data))
        return ColumnPlanes(planes, faults)

    def texts(self, array: pa.StringArray, again: Callable[[pa.Array], ColumnPlanes]) -> ColumnPlanes:
        """Return the planes of numbers written as texts, by the floats nearest to them.

        `again` reads the texts where those do not settle it: what is no plain number, may be out of bounds, or differs from
        where a test begins to pass by less than a float can tell.
        """
        plain = np.asarray(pc.fill_null(pc.match_substring_regex(array, _PLAIN), False))
        numbers = np.zeros(len(array), np.float64)
        numbers[plain] = pc.cast(array.filter(pa.array(plain)), pa.float64()).to_numpy(zero_copy_only=False)
        unsettled = ~plain | ~np.isfinite(numbers) | self._may_be_refused(numbers)

        def passing(key: Passes) -> NDArray[np.bool_]:
            first = self._first_of_floats(numbers.dtype, key)
            np.logical_or(unsettled, (numbers == first) | (np.nextafter(numbers, np.inf) == first), out=unsettled)
            passes: NDArray[np.bool_] = numbers >= first
            return passes

        reading = ColumnPlanes(self._compared(None, passing, len(array)))
        rows = np.flatnonzero(unsettled)
        return reading.corrected(rows, again(array.take(pa.array(rows))), len(array)) if len(rows) else reading

    def _refused(self, known: Plane | None, data: NDArray[Any]) -> dict[int, str]:
        """Return what the vocabulary says against numbers that it may refuse, each distinct one asked once."""
        rows = np.flatnonzero(self._may_be_refused(data) & np.isfinite(data) & _stated(known, data))
        if not len(rows):
            return {}
        distinct, places = np.unique(data[rows], return_inverse=True)
        said = [self._reader.parsed(str(_decimal(number)))[1] for number in distinct]
        return {int(row): fault for row, at in zip(rows, places, strict=True) if (fault := said[at]) is not None}

    def _may_be_refused(self, data: NDArray[Any]) -> NDArray[np.bool_]:
        least, most = self._reader.between
        outside: NDArray[np.bool_] = (data <= least) | (data >= most)
        return outside

    def _compared(
        self, known: Plane | None, passing: Callable[[Passes], NDArray[np.bool_]], rows: int
    ) -> tuple[Plane, ...]:
        planes = []
        for key in self._inputs:
            if isinstance(key, Silent):
                planes.append(np.zeros((rows + 7) // 8, np.uint8) if known is None else ~known)
                continue
            assert isinstance(key, Passes), "only lists leave something open"
            plane = packed(passing(key))
            if key.test.test in (Test.BELOW, Test.AT_MOST):
                plane = ~plane
            planes.append(with_silence(plane, known, key))
        return tuple(planes)

    def _scaled(self, number: Decimal) -> Decimal:
        return EXACT.multiply(number, self._reader.scale)

    def _first_of_floats(self, kind: np.dtype[Any], key: Passes) -> Any:
        return self._first(
            str(kind), key, lambda reached: first_float(kind, lambda number: reached(self._scaled(number)))
        )

    def _first(self, kind: str, key: Passes, find: Callable[[Callable[[Decimal], bool]], Any]) -> Any:
        """Return the first number of a column's type that reaches the operand (passes it, where equality does not count)."""
        if (kind, key) not in self._thresholds:
            operand = key.test.operand
            assert isinstance(operand, Decimal)
            beyond = key.test.test in (Test.ABOVE, Test.AT_MOST)
            self._thresholds[kind, key] = find(lambda number: number > operand if beyond else number >= operand)
        return self._thresholds[kind, key]

    def _first_integer(self, reached: Callable[[Decimal], bool]) -> int:
        low, high = -(1 << 65), 1 << 65
        while low < high:
            middle = (low + high) // 2
            if reached(self._scaled(Decimal(middle))):
                high = middle
            else:
                low = middle + 1
        return low


def first_float(kind: np.dtype[Any], reached: Callable[[Decimal], bool]) -> Any:
    """Return the smallest finite float whose shortest decimal satisfies a condition that larger numbers satisfy too.

    Infinity where none does.
    """
    limits = np.finfo(kind)
    whole = np.dtype(f"u{kind.itemsize}")

    def at(position: int) -> Any:
        number = np.array([abs(position)], whole).view(kind)[0]
        return -number if position < 0 else number

    most = int(np.array([limits.max], kind).view(whole)[0])
    low, high = -most, most + 1
    while low < high:
        middle = (low + high) // 2
        if reached(shortest_decimal(at(middle))):
            high = middle
        else:
            low = middle + 1
    return kind.type(np.inf) if low > most else at(low)


def shortest_decimal(number: Any) -> Decimal:
    """Return the shortest decimal number that stands for a float of its type."""
    return Decimal(np.format_float_scientific(number, unique=True, trim="-"))


# Arrow's names of types that have other names in numpy; integers have the same. (`to_pandas_dtype` may want pandas.)
_FLOATS = {"halffloat": "float16", "float": "float32", "double": "float64"}


def _numbers(array: pa.Array) -> tuple[Plane | None, NDArray[Any]]:
    """Return which rows are known (None: all) and the numbers, arbitrary where unknown."""
    validity, data = array.buffers()
    name = str(array.type)
    numbers = np.frombuffer(data, np.dtype(_FLOATS.get(name, name)))[array.offset : array.offset + len(array)]
    return (bitmap(validity, array.offset, len(array)) if array.null_count else None), numbers


def _stated(known: Plane | None, data: NDArray[Any]) -> NDArray[np.bool_]:
    return np.ones(len(data), np.bool_) if known is None else rows_of(known, len(data))


def _decimal(number: Any) -> Decimal:
    return shortest_decimal(number) if isinstance(number, np.floating) else Decimal(int(number))
