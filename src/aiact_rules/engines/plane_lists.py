"""Plane lists: columns of lists. Each distinct element is read once, or each distinct list."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from aiact_rules.core.conditions import Test
from aiact_rules.core.formulas import holds
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.engines.plane_joins import Joins, Kinds
from aiact_rules.engines.plane_machine import Plane, packed
from aiact_rules.engines.plane_program import Input, Passes, Silent, Undecided
from aiact_rules.engines.plane_values import (
    Codes,
    ColumnPlanes,
    FactReader,
    Parsed,
    Values,
    bitmap,
    codes_of,
    looked_up,
    rows_of,
    text_of,
)

_FEW_KEYS = 1 << 14
_IN_LIST, _SILENT, _EMPTY = range(3)
_EMPTY_PLACE: Parsed = (None, "expected a value, found an empty place in a list")


def not_in(element: FactValue | None) -> bool:
    """Return whether an element alone puts nothing into its list."""
    return element is None or element == frozenset()


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of rows: their elements as codes of distinct texts, and which rows have no list (None: all have one).

    The code behind the last text is that of an empty place in a list.
    """

    joins: Joins
    codes: Codes
    distinct: list[str | None]
    silent: NDArray[np.bool_] | None
    has_empty_places: bool

    @classmethod
    def of(cls, array: pa.Array) -> Lists:
        """Return the lists of an Arrow column of lists."""
        rows = len(array)
        if pa.types.is_fixed_size_list(array.type):
            array = array.cast(pa.list_(array.type.value_type))
        silent = ~rows_of(bitmap(array.buffers()[0], array.offset, rows), rows) if array.null_count else None
        offsets = array.offsets.to_numpy()
        lengths = np.diff(offsets)
        if silent is not None:
            lengths *= ~silent
        if int(lengths.sum()) == offsets[-1] - offsets[0]:
            flat = array.values.slice(offsets[0], offsets[-1] - offsets[0])
            starts = offsets[:-1].astype(np.intp) - offsets[0]
        else:  # rows without a list have elements all the same, which nobody sees
            flat = array.flatten()
            starts = np.cumsum(lengths, dtype=np.intp) - lengths
        if not pa.types.is_dictionary(flat.type):
            flat = pc.dictionary_encode(flat)
        codes, distinct = codes_of(flat)
        texts = [text_of(value) for value in distinct]
        return cls(Joins(starts, lengths), codes, texts, silent, None in texts or flat.null_count > 0)

    def alone(self, signs: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Return for each list the sign of its only element; 0 for lists with more or none."""
        found = np.zeros(len(self.joins.starts), np.uint8)
        single = np.flatnonzero(self.joins.lengths == 1)
        found[single] = signs.take(self.codes.take(self.joins.starts.take(single)))
        return found

    def without(self, signs: NDArray[np.uint8], of_row: Codes | None) -> Lists:
        """Return the lists without those whose sign says that they are silent or empty; each row has one of them."""
        joins = Joins(self.joins.starts, np.where(signs == _IN_LIST, self.joins.lengths, 0), of_row)
        silent = signs == _SILENT if self.silent is None else self.silent | (signs == _SILENT)
        return replace(self, joins=joins, silent=silent)

    def texts_of(self, key: int) -> list[str | None]:
        """Return the elements of the list with a key; None for an empty place."""
        found: list[str | None] = []
        while key:
            key, code = divmod(key, len(self.distinct) + 2)
            found.append([*self.distinct, None][code - 1])
        return found


class ListColumn:
    """Reads columns of lists, and keeps what it has read for the next batch."""

    def __init__(self, reader: FactReader, inputs: tuple[Input, ...]) -> None:
        self._reader = reader
        self._inputs = inputs
        # What is open to a list is not where another of its elements settles it.
        self._settling = tuple(Passes(key.test) for key in inputs if isinstance(key, Undecided) and reader.opened)
        self._elements = Values((*inputs, *self._settling))
        self._lists = Values(inputs)
        self._kinds: Kinds | None = None
        self._signs: dict[str | None, int] = {}
        self._mostly_differ = False

    def together(self, array: pa.Array) -> ColumnPlanes:
        """Read lists whose elements say something only together: each distinct list once."""
        lists = Lists.of(array)
        keys = lists.joins.keys(lists.codes, len(lists.distinct) + 2)
        if keys is None:
            said = array.to_pylist()
            codes = np.array([0 if each is None else self._list([text_of(value) for value in each]) for each in said])
            return looked_up(self._lists, np.arange(self._lists.count), codes)
        codes, distinct = _codes_of_keys(keys, lists.silent)  # of lists, of which each row has its own here
        numbers = [self._list(lists.texts_of(key)) for key in distinct]
        return looked_up(self._lists, np.array([*numbers, 0], np.intp), codes)

    def _list(self, texts: list[str | None]) -> int:
        name = json.dumps(texts)
        number = self._lists.numbers.get(name)
        if number is None:
            known = [text for text in texts if text is not None]
            is_whole = len(known) == len(texts)
            number = self._lists.add(name, *(self._reader.parsed_many(known) if is_whole else _EMPTY_PLACE))
        return number

    def by_element(self, array: pa.Array) -> ColumnPlanes:
        """Return the planes of lists: each distinct element is read once, rows join what their elements pass."""
        return self._joined(Lists.of(array), lambda rows: self.together(array.take(rows)))

    def written(self, array: pa.Array, again: Callable[[pa.Array], ColumnPlanes]) -> ColumnPlanes:
        """Return the planes of lists that are written as texts; `again` reads whole texts."""
        separator = self._reader.separator
        assert separator is not None
        if not pa.types.is_dictionary(array.type) and not self._mostly_differ:
            array = pc.dictionary_encode(array)
        of_row = None
        texts = array
        if pa.types.is_dictionary(array.type):
            texts = array.dictionary
            self._mostly_differ = 2 * len(texts) > len(array)
            of_row = codes_of(array)[0]
            if array.indices.null_count:
                texts = pa.concat_arrays([texts.cast(pa.string()), pa.nulls(1, pa.string())])
        lists = Lists.of(pc.split_pattern(texts.cast(pa.string()), separator))
        alone = np.array([*(self._alone(text) for text in lists.distinct), _IN_LIST], np.uint8)
        lists = lists.without(lists.alone(alone), of_row)
        return self._joined(lists, lambda rows: again(array.take(rows)))

    def _alone(self, text: str | None) -> int:
        """Return what a text without a separator is: silence, an empty list, or one element."""
        if text not in self._signs:
            value, fault = (None, None) if text is None else self._reader.parsed(text)
            silent = _SILENT if value is None else _EMPTY if value == frozenset() else _IN_LIST
            self._signs[text] = _IN_LIST if fault is not None else silent
        return self._signs[text]

    def _joined(self, lists: Lists, again: Callable[[pa.Array], ColumnPlanes]) -> ColumnPlanes:
        numbers = np.array([*(self._element(text) for text in lists.distinct), 0], np.intp)
        read = [self._elements.read[number] for number in numbers.tolist()[:-1]]
        is_plain = not lists.has_empty_places and all(self._joins(value) for value in read)
        if is_plain and not self._inputs:
            return ColumnPlanes(())  # nothing turns on this fact, and every word can be read
        if self._kinds is None:
            self._kinds = Kinds(self._elements.passed())
        planes = self._settled(self._kinds.planes(numbers, lists.codes, lists.joins), lists)
        reading = ColumnPlanes(tuple(planes))
        suspect = np.zeros(0, np.intp) if is_plain else self._suspect([*read, None], lists)
        if self._elements.forget_if_many():
            self._kinds = None
            self._signs.clear()
        if not len(suspect):
            return reading
        return reading.corrected(suspect, again(pa.array(suspect)), lists.joins.rows)

    def _element(self, text: str | None) -> int:
        number = self._elements.numbers.get(text)
        if number is None:
            self._kinds = None
            number = self._elements.add(text, *((None, None) if text is None else self._reader.parsed_many([text])))
        return number

    def _joins(self, value: FactValue | None) -> bool:
        """Return whether a list with this element and others says what they say one by one.

        Not so where a word stands for several, as `all` does, or leaves itself open, is denied, or cannot be read.
        """
        if isinstance(value, OpenList):
            return len(value.members) == 1 and value.open == self._reader.opened - value.members
        return isinstance(value, frozenset) and len(value) == 1

    def _suspect(self, read: list[FactValue | None], lists: Lists) -> NDArray[np.intp]:
        """Return the rows with elements that do not just join, unless such an element stands alone and can be read."""
        faulty, odd = np.uint8(1), np.uint8(2)
        signs = [faulty if not_in(v) else np.uint8(0) if self._joins(v) else odd for v in read]
        found = lists.joins.of(np.array(signs, np.uint8).take(lists.codes))
        several = lists.joins.by_row(lists.joins.lengths) > 1
        return np.flatnonzero((found & faulty) | (found.astype(np.bool_) & several))

    def _settled(self, joined: list[Plane], lists: Lists) -> Iterator[Plane]:
        """Return the planes of the inputs, corrected for empty lists and for rows without a list."""
        is_silent = None if lists.silent is None else lists.joins.by_row(lists.silent)
        silent = None if is_silent is None else packed(is_silent)
        settling = iter(joined[len(self._inputs) :])
        for key, plane in zip(self._inputs, joined, strict=False):
            if isinstance(key, Silent):
                yield np.zeros_like(plane) if silent is None else silent
            elif isinstance(key, Undecided):
                yield plane & ~next(settling) if self._settling else plane
            else:
                if key.test.test is Test.EMPTY:
                    empty = lists.joins.by_row(lists.joins.lengths) == 0
                    plane = packed(empty if is_silent is None else empty & ~is_silent)
                counts = key.default is not None and holds(key.test, key.default)
                yield plane | silent if silent is not None and counts else plane


def _codes_of_keys(keys: NDArray[np.int64], silent: NDArray[np.bool_] | None) -> tuple[Codes, list[int]]:
    """Return the code of each row and the distinct keys; a silent row has the code behind the last."""
    most = int(keys.max(initial=0)) + 1
    if most > _FEW_KEYS:
        return codes_of(pc.dictionary_encode(pa.array(keys, mask=silent)))
    there = np.zeros(most + 1, np.bool_)
    if silent is not None:
        keys = np.where(silent, most, keys)
    there[keys] = True
    there[most] = False
    codes = np.append(np.cumsum(there[:most]) - 1, np.count_nonzero(there))
    return codes.take(keys), np.flatnonzero(there).tolist()
