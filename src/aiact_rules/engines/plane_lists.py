"""Plane lists: columns of lists. Each distinct element is read once, or each distinct list."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from aiact_rules.core.conditions import Test
from aiact_rules.core.formulas import holds
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.engines.plane_machine import Plane, packed
from aiact_rules.engines.plane_program import Input, Silent, Undecided
from aiact_rules.engines.plane_values import (
    Codes,
    ColumnPlanes,
    FactReader,
    Parsed,
    Values,
    bitmap,
    codes_of,
    looked_up,
    planes_of,
    row_by_row,
    rows_of,
    text_of,
)

_BETWEEN = "\x1f"  # stands in no word


def not_in(element: FactValue | None) -> bool:
    """Return whether an element alone puts nothing into its list."""
    return element is None or element == frozenset()


class ListColumn:
    """Reads columns of lists, and keeps what it has read for the next batch."""

    def __init__(self, reader: FactReader, inputs: tuple[Input, ...]) -> None:
        self._reader = reader
        self._inputs = inputs
        self._elements = Values(inputs)

    def together(self, array: pa.Array) -> ColumnPlanes:
        """Read lists whose elements say something only together: each distinct list once."""
        if array.flatten().null_count:
            return row_by_row(self._inputs, array, self._whole)
        if not pa.types.is_string(array.type.value_type):
            array = array.cast(pa.list_(pa.string()))
        codes, distinct = codes_of(pc.dictionary_encode(pc.binary_join(array, _BETWEEN)))
        numbers = []
        for text in distinct:
            number = self._elements.numbers.get(text)
            if number is None:
                texts = text.split(_BETWEEN) if text else []
                number = self._elements.add(text, *self._reader.parsed_many(texts))
            numbers.append(number)
        return looked_up(self._elements, np.array([*numbers, 0], np.intp), codes)

    def by_element(self, array: pa.Array) -> ColumnPlanes:
        """Return the planes of lists: each distinct element is read once, rows join what their elements pass."""
        rows = len(array)
        if pa.types.is_fixed_size_list(array.type):
            array = array.cast(pa.list_(array.type.value_type))
        known = rows_of(bitmap(array.buffers()[0], array.offset, rows), rows) if array.null_count else None
        offsets = array.offsets.to_numpy()
        lengths = np.diff(offsets)
        if known is not None:
            lengths[~known] = 0
        if int(lengths.sum()) == offsets[-1] - offsets[0]:
            flat = array.values.slice(offsets[0], offsets[-1] - offsets[0])
        else:  # rows without a list have elements all the same, which nobody sees
            flat = array.flatten()
        if not pa.types.is_dictionary(flat.type):
            flat = pc.dictionary_encode(flat)
        codes, distinct = codes_of(flat)
        numbers = np.array([*(self._element(text_of(value)) for value in distinct), 0], np.intp)
        if not self._inputs and not flat.null_count and self._elements.are_plain(numbers[:-1]):
            return ColumnPlanes(())  # nothing turns on this fact, and every word can be read
        filled = np.flatnonzero(lengths > 0)
        starts = np.zeros(len(filled), np.intp)
        if len(filled):
            np.cumsum(lengths.take(filled[:-1]), out=starts[1:])
        suspect = self._suspect(numbers, codes, filled, starts, lengths, has_empty_places=flat.null_count > 0)
        planes: list[Plane] = []
        for first in range(0, len(self._inputs), 64):
            table = self._elements.wide_table(first)
            joined = np.zeros(rows, table.dtype)
            if len(filled) == rows:
                joined = np.bitwise_or.reduceat(table.take(numbers).take(codes), starts)
            elif len(filled):
                joined[filled] = np.bitwise_or.reduceat(table.take(numbers).take(codes), starts)
            columns = joined.view(np.uint8).reshape(rows, -1)
            for at in range(first, min(first + 64, len(self._inputs)), 8):
                here = np.ascontiguousarray(columns[:, (at - first) // 8])
                planes += planes_of(here, min(8, len(self._inputs) - at))
        self._empties(planes, lengths, known)
        reading = ColumnPlanes(tuple(planes))
        self._elements.forget_if_many()
        return self._read_again(reading, array, suspect) if len(suspect) else reading

    def _element(self, text: str | None) -> int:
        number = self._elements.numbers.get(text)
        if number is None:
            number = self._elements.add(text, *((None, None) if text is None else self._reader.parsed_many([text])))
            value = self._elements.read[number]
            if isinstance(value, OpenList) or (isinstance(value, frozenset) and len(value) != 1):
                # a word that stands for several, such as `all`, or leaves itself open, is read with its whole list
                self._elements.special.add(number)
        return number

    def _suspect(
        self,
        numbers: Codes,
        codes: Codes,
        filled: Codes,
        starts: Codes,
        lengths: NDArray[Any],
        *,
        has_empty_places: bool,
    ) -> NDArray[np.intp]:
        """Return the rows with words that are unknown, or that stand for several and do not stand alone."""
        special = np.fromiter((int(n) in self._elements.special for n in numbers), np.bool_, len(numbers))
        # faulty, or silence inside a list, or an empty place in it, or a word that is denied
        faulty = np.fromiter((not_in(self._elements.read[n]) for n in numbers), np.bool_, len(numbers))
        odd = special | faulty
        if not len(filled) or not (odd[:-1].any() or has_empty_places) or not odd.take(codes).any():
            return np.zeros(0, np.intp)
        wrong = np.logical_or.reduceat(faulty.take(codes), starts)
        several = np.logical_or.reduceat(special.take(codes), starts) & (lengths[filled] > 1)
        return filled[wrong | several]

    def _empties(self, planes: list[Plane], lengths: NDArray[Any], known: NDArray[np.bool_] | None) -> None:
        """Correct the planes for empty lists and for rows without a list."""
        silent = None if known is None else ~known
        for at, key in enumerate(self._inputs):
            if isinstance(key, Silent):
                planes[at] = np.zeros_like(planes[at]) if silent is None else packed(silent)
                continue
            if isinstance(key, Undecided):
                continue
            if key.test.test is Test.EMPTY:
                empty = lengths == 0
                planes[at] = packed(empty if known is None else empty & known)
            if silent is not None and key.default is not None and holds(key.test, key.default):
                planes[at] = planes[at] | packed(silent)

    def _read_again(self, reading: ColumnPlanes, array: pa.Array, suspect: NDArray[np.intp]) -> ColumnPlanes:
        """Read the rows again, as whole lists, that contain words which are unknown or stand for several."""
        again = row_by_row(self._inputs, array.take(pa.array(suspect)), self._whole)
        planes = []
        for plane, fixed in zip(reading.planes, again.planes, strict=True):
            rows = rows_of(plane, len(array))
            rows[suspect] = rows_of(fixed, len(suspect))
            planes.append(packed(rows))
        return ColumnPlanes(tuple(planes), {int(suspect[row]): fault for row, fault in again.faults.items()})

    def _whole(self, said: list[Any]) -> Parsed:
        texts = [text for value in said if (text := text_of(value)) is not None]
        if len(texts) < len(said):
            return None, "expected a value, found an empty place in a list"
        return self._reader.parsed_many(texts)
