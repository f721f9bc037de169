"""Plane columns: an Arrow column of one fact as input planes.

Every distinct text is read once, by the words of the vocabulary, and every test is made once for it; what is left for
each row is a look-up. Numbers are compared as the decimal numbers they stand for: a float as its shortest decimal, so
that `1e25` is `1e25` and its neighbours are not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Context, Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from aiact_rules.core.conditions import Test
from aiact_rules.core.formulas import holds
from aiact_rules.core.vocabulary import FactType, FactValue
from aiact_rules.engines.plane_machine import Plane, packed
from aiact_rules.engines.plane_program import Input, Passes, Silent

EXACT = Context(prec=2000)
MOST_DISTINCT = 1 << 17  # values kept from one batch to the next

_BETWEEN = "\x1f"  # stands in no word

Codes = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Reader:
    """How the values of one fact are read from a column.

    `parse` reads one text, `parse_many` the texts of a list; both give None for what counts as silence and raise
    ValueError, whose message says what was expected. A quantity counts `scale` times. `plain` says that yes/no
    values and numbers of the column need no words to be read; `by_element` that each element of a list can be read alone.
    """

    type: FactType
    parse: Callable[[str], FactValue | None]
    parse_many: Callable[[list[str]], FactValue | None]
    scale: Decimal = Decimal(1)
    plain: bool = True
    by_element: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """The planes of one column, and what is wrong with single rows."""

    planes: tuple[Plane, ...]
    faults: Mapping[int, str] = field(default_factory=dict)


class ColumnReader:
    """Reads columns of one fact, batch after batch, into the planes of certain inputs. Not to be shared between threads."""

    def __init__(self, reader: Reader, inputs: Sequence[Input]) -> None:
        self._reader = reader
        self._inputs = tuple(inputs)
        self._values = _Values(self._inputs)
        self._elements = _Values(self._inputs)
        self._thresholds: dict[tuple[str, Passes], Any] = {}

    def read(self, array: pa.Array) -> Reading:
        """Return the planes of a column in the order of the inputs."""
        if not len(array):
            return Reading((np.zeros(0, np.uint8),) * len(self._inputs))
        kind = array.type
        if pa.types.is_boolean(kind) and self._reader.type is FactType.YES_NO and self._reader.plain:
            return self._yes_no(array)
        if self._reader.type is FactType.QUANTITY and self._reader.plain and not pa.types.is_float16(kind):
            if pa.types.is_floating(kind):
                return self._floats(array)
            if pa.types.is_integer(kind):
                return self._integers(array)
        if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
            if self._reader.type is FactType.SOME_OF and self._reader.by_element:
                return self._lists(array)
            return self._joined(array)
        if pa.types.is_nested(kind):
            return self._each(array, _refused)
        return self._coded(array)

    # Texts, and whatever has few distinct values

    def _coded(self, array: pa.Array) -> Reading:
        if not pa.types.is_dictionary(array.type):
            array = pc.dictionary_encode(array)
        codes, distinct = _codes(array)
        known = [self._value(_text(value)) for value in distinct]
        return self._looked_up(self._values, np.array([*known, 0], np.intp), codes)

    def _value(self, text: str | None) -> int:
        values = self._values
        number = values.numbers.get(text)
        if number is None:
            number = values.add(text, *self._parsed(self._reader.parse, text))
        return number

    def _parsed(self, parse: Callable[[Any], FactValue | None], said: Any) -> tuple[FactValue | None, str | None]:
        if said is None:
            return None, None
        try:
            value = parse(said)
        except ValueError as error:
            return None, str(error)
        if isinstance(value, Decimal) and self._reader.scale != 1:
            value = EXACT.multiply(value, self._reader.scale)
        return value, None

    def _looked_up(self, values: _Values, numbers: Codes, codes: Codes) -> Reading:
        """Return the planes of rows from the numbers of their values; `codes` point into `numbers`."""
        planes: list[Plane] = []
        for first, table in values.tables():
            here = table.take(numbers).take(codes)
            planes += _bits(here, min(8, len(self._inputs) - first))
        faults: dict[int, str] = {}
        if values.faults:
            wrong = np.fromiter((int(number) in values.faults for number in numbers), np.bool_, len(numbers))
            if wrong.any():
                for row in np.flatnonzero(wrong.take(codes)):
                    faults[int(row)] = values.faults[int(numbers[codes[row]])]
        values.forget_if_many()
        return Reading(tuple(planes), faults)

    def _each(self, array: pa.Array, read: Callable[[Any], tuple[FactValue | None, str | None]]) -> Reading:
        """Read row by row."""
        values = _Values(self._inputs)
        codes = np.zeros(len(array), np.intp)
        for row, said in enumerate(array.to_pylist()):
            if said is not None:
                codes[row] = values.add(None, *read(said))
        return self._looked_up(values, np.arange(values.count, dtype=np.intp), codes)

    def _listed(self, said: list[Any]) -> tuple[FactValue | None, str | None]:
        texts = [_text(value) for value in said]
        if None in texts:
            return None, "expected a value, found an empty place in a list"
        return self._parsed(self._reader.parse_many, texts)

    def _joined(self, array: pa.Array) -> Reading:
        """Read lists whose elements say something only together: each distinct list once."""
        if array.flatten().null_count:
            return self._each(array, self._listed)
        if not pa.types.is_string(array.type.value_type):
            array = array.cast(pa.list_(pa.string()))
        codes, distinct = _codes(pc.dictionary_encode(pc.binary_join(array, _BETWEEN)))
        numbers = []
        for text in distinct:
            number = self._elements.numbers.get(text)
            if number is None:
                texts = text.split(_BETWEEN) if text else []
                number = self._elements.add(text, *self._parsed(self._reader.parse_many, texts))
            numbers.append(number)
        return self._looked_up(self._elements, np.array([*numbers, 0], np.intp), codes)

    # Bitmaps, which are planes already

    def _yes_no(self, array: pa.BooleanArray) -> Reading:
        validity, data = array.buffers()
        rows = len(array)
        value = _bitmap(data, array.offset, rows)
        known = None if validity is None or not array.null_count else _bitmap(validity, array.offset, rows)
        planes = []
        for key in self._inputs:
            if isinstance(key, Silent):
                planes.append(np.zeros_like(value) if known is None else ~known)
                continue
            yes, no = holds(key.test, True), holds(key.test, False)
            plane = np.full_like(value, 255 if yes else 0) if yes == no else value if yes else ~value
            planes.append(_with_silence(plane, known, key))
        return Reading(tuple(planes))

    # Numbers

    def _integers(self, array: pa.Array) -> Reading:
        known, data = _numbers(array)
        limits = np.iinfo(data.dtype)

        def passing(key: Passes) -> NDArray[np.bool_]:
            first = self._first(str(data.dtype), key, self._first_integer)
            if first > limits.max:
                return np.zeros(len(data), np.bool_)
            return np.ones(len(data), np.bool_) if first <= limits.min else data >= data.dtype.type(first)

        return self._compared(known, passing, len(data))

    def _floats(self, array: pa.Array) -> Reading:
        known, data = _numbers(array)

        def passing(key: Passes) -> NDArray[np.bool_]:
            first = self._first(
                str(data.dtype), key, lambda reached: first_float(data.dtype, lambda d: reached(self._scaled(d)))
            )
            passes: NDArray[np.bool_] = data >= first
            return passes

        reading = self._compared(known, passing, len(data))
        finite = np.isfinite(data)
        if finite.all():
            return reading
        stated = np.ones(len(data), np.bool_) if known is None else _rows(known, len(data))
        faults = {}
        for row in np.flatnonzero(~finite & stated):
            value, fault = self._parsed(self._reader.parse, str(float(data[row])))
            if fault is not None or value is not None:
                faults[int(row)] = fault or f"expected a number such as 1e25, found `{data[row]}`"
        silent = np.zeros(len(data), np.bool_)
        silent[[row for row in np.flatnonzero(~finite & stated) if int(row) not in faults]] = True
        if silent.any():  # `nan` counts as silence here
            known = packed(stated & ~silent)
            reading = self._compared(known, passing, len(data))
        return Reading(reading.planes, faults)

    def _compared(self, known: Plane | None, passing: Callable[[Passes], NDArray[np.bool_]], rows: int) -> Reading:
        planes = []
        for key in self._inputs:
            if isinstance(key, Silent):
                planes.append(np.zeros((rows + 7) // 8, np.uint8) if known is None else ~known)
                continue
            plane = packed(passing(key))
            if key.test.test in (Test.BELOW, Test.AT_MOST):
                plane = ~plane
            planes.append(_with_silence(plane, known, key))
        return Reading(tuple(planes))

    def _scaled(self, number: Decimal) -> Decimal:
        return EXACT.multiply(number, self._reader.scale)

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

    # Lists

    def _lists(self, array: pa.Array) -> Reading:
        """Return the planes of lists: each distinct element is read once, rows join what their elements pass."""
        rows = len(array)
        if pa.types.is_fixed_size_list(array.type):
            array = array.cast(pa.list_(array.type.value_type))
        known = _rows(_bitmap(array.buffers()[0], array.offset, rows), rows) if array.null_count else None
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
        codes, distinct = _codes(flat)
        numbers = np.array([*(self._element(_text(value)) for value in distinct), 0], np.intp)
        if not self._inputs and not flat.null_count and self._elements.are_plain(numbers[:-1]):
            return Reading(())  # nothing turns on this fact, and every word can be read
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
                planes += _bits(here, min(8, len(self._inputs) - at))
        self._empties(planes, lengths, known)
        reading = Reading(tuple(planes))
        self._elements.forget_if_many()
        return self._mended(reading, array, suspect) if len(suspect) else reading

    def _element(self, text: str | None) -> int:
        number = self._elements.numbers.get(text)
        if number is None:
            number = self._elements.add(text, *self._parsed(self._reader.parse_many, [text]))
            value = self._elements.read[number]
            if isinstance(value, frozenset) and len(value) != 1:
                # a word that stands for several, such as `all`, is read with its whole list
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
        # faulty, or silence inside a list, or an empty place in it
        faulty = np.fromiter((self._elements.read[n] is None for n in numbers), np.bool_, len(numbers))
        odd = special | faulty
        if not len(filled) or not (odd[:-1].any() or has_empty_places) or not odd.take(codes).any():
            return np.zeros(0, np.intp)
        wrong = np.logical_or.reduceat(faulty.take(codes), starts)
        several = np.logical_or.reduceat(special.take(codes), starts) & (lengths[filled] > 1)
        return filled[wrong | several]

    def _empties(self, planes: list[Plane], lengths: NDArray[Any], known: NDArray[np.bool_] | None) -> None:
        """Mend the planes for empty lists and for rows without a list."""
        silent = None if known is None else ~known
        for at, key in enumerate(self._inputs):
            if isinstance(key, Silent):
                planes[at] = np.zeros_like(planes[at]) if silent is None else packed(silent)
                continue
            if key.test.test is Test.EMPTY:
                empty = lengths == 0
                planes[at] = packed(empty if known is None else empty & known)
            if silent is not None and key.default is not None and holds(key.test, key.default):
                planes[at] = planes[at] | packed(silent)

    def _mended(self, reading: Reading, array: pa.Array, suspect: NDArray[np.intp]) -> Reading:
        """Read the rows again, as whole lists, that contain words which are unknown or stand for several."""
        again = self._each(array.take(pa.array(suspect)), self._listed)
        planes = []
        for plane, fixed in zip(reading.planes, again.planes, strict=True):
            rows = _rows(plane, len(array))
            rows[suspect] = _rows(fixed, len(suspect))
            planes.append(packed(rows))
        return Reading(tuple(planes), {int(suspect[row]): fault for row, fault in again.faults.items()})


class _Values:
    """Distinct values, each with a number and with the bits of the inputs it passes. Number 0 is silence."""

    def __init__(self, inputs: tuple[Input, ...]) -> None:
        self._inputs = inputs
        self._clear()

    def _clear(self) -> None:
        self.numbers: dict[str | None, int] = {}
        self.faults: dict[int, str] = {}
        self.special: set[int] = set()
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
            if fault is None and _passes(key, value):
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

    def wide_table(self, first: int) -> NDArray[Any]:
        """Return the bits of all values for up to 64 inputs, in the smallest word that holds them."""
        lines = self._bits[first // 8 : first // 8 + 8, : self.count]
        size = next(size for size in (1, 2, 4, 8) if size >= len(lines))
        table = np.zeros((self.count, size), np.uint8)
        table[:, : len(lines)] = lines.T
        return table.view(f"<u{size}").reshape(self.count)

    def are_plain(self, numbers: Codes) -> bool:
        """Return whether all of some values could be read and stand for one word each."""
        return all(self.read[number] is not None and number not in self.special for number in numbers.tolist())

    def forget_if_many(self) -> None:
        """Forget everything where there are too many values to keep."""
        if self.count > MOST_DISTINCT:
            self._clear()


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


def _passes(key: Input, value: FactValue | None) -> bool:
    if isinstance(key, Silent):
        return value is None
    known = key.default if value is None else value
    return known is not None and holds(key.test, known)


def _bits(rows: NDArray[np.uint8], count: int) -> list[Plane]:
    """Split bytes of one row each into the planes of their lowest bits."""
    if count == 1:
        return [packed(rows)]
    return [packed(rows & np.uint8(1 << bit)) for bit in range(count)]


def _codes(array: pa.DictionaryArray) -> tuple[Codes, list[Any]]:
    """Return the code of each row and the distinct values; a row without value has the code behind the last."""
    distinct = array.dictionary.to_pylist()
    indices = array.indices
    if indices.null_count:
        indices = pc.fill_null(indices.cast(pa.int64()), len(distinct))
    return indices.to_numpy(zero_copy_only=False).astype(np.intp), distinct


def _text(value: object) -> str | None:
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


def _refused(_: object) -> tuple[FactValue | None, str | None]:
    return None, "expected one value or a list of values"


def _bitmap(buffer: pa.Buffer, offset: int, rows: int) -> Plane:
    """Return a bitmap of Arrow as a plane, without copying where its first row begins a byte."""
    data = np.frombuffer(buffer, np.uint8)
    if offset % 8 == 0:
        return data[offset // 8 : offset // 8 + (rows + 7) // 8]
    first = offset // 8
    bits = np.unpackbits(data[first : (offset + rows + 7) // 8], bitorder="little")
    return packed(bits[offset - 8 * first :][:rows])


def _rows(plane: Plane, rows: int) -> NDArray[np.bool_]:
    return np.unpackbits(plane, count=rows, bitorder="little").view(np.bool_)


# Arrow's names of types that have other names in numpy; integers have the same. (`to_pandas_dtype` may want pandas.)
_FLOATS = {"halffloat": "float16", "float": "float32", "double": "float64"}


def _numbers(array: pa.Array) -> tuple[Plane | None, NDArray[Any]]:
    """Return which rows are known (None: all) and the numbers, arbitrary where unknown."""
    validity, data = array.buffers()
    name = str(array.type)
    numbers = np.frombuffer(data, np.dtype(_FLOATS.get(name, name)))[array.offset : array.offset + len(array)]
    return (_bitmap(validity, array.offset, len(array)) if array.null_count else None), numbers


def _with_silence(plane: Plane, known: Plane | None, key: Passes) -> Plane:
    if known is None:
        return plane
    plane = plane & known
    return plane | ~known if key.default is not None and holds(key.test, key.default) else plane
