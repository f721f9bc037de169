"""Plane joins: the planes of rows that have several elements each, made from what each distinct element passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiact_rules.engines.plane_machine import Plane, packed
from aiact_rules.engines.plane_values import Codes

_WIDTH = 64
_LONG = 8
"""Lists with more elements are joined one by one, shorter ones place by place."""
_MOST_KEYS = 1 << 62


@dataclass(frozen=True, slots=True)
class Joins:
    """The elements of the lists of all rows, one list behind another: where each begins, and how many elements it has.

    `of_row` says which list each row has, where rows share lists (None: each has its own).
    """

    starts: Codes
    lengths: NDArray[np.integer[Any]]
    of_row: Codes | None = None

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return len(self.starts if self.of_row is None else self.of_row)

    def by_row(self, of_lists: NDArray[Any]) -> NDArray[Any]:
        """Return for each row what was found of its list."""
        return of_lists if self.of_row is None else of_lists.take(self.of_row)

    def of(self, bits: NDArray[Any]) -> NDArray[Any]:
        """Return for each row the bits that any of its elements has; none for an empty list."""
        return self.by_row(self._of_lists(bits))

    def _of_lists(self, bits: NDArray[Any]) -> NDArray[Any]:
        rows = len(self.starts)
        longest = int(self.lengths.max(initial=0))
        if longest > _LONG:
            filled = np.flatnonzero(self.lengths)
            found = np.zeros(rows, bits.dtype)
            starts = self.starts.take(filled)
            bounds = np.stack([starts, starts + self.lengths.take(filled)], axis=1).reshape(-1)
            found[filled] = np.bitwise_or.reduceat(np.append(bits, bits.dtype.type(0)), bounds)[::2]
            return found
        if 2 * len(bits) > rows:
            return self._by_place(bits, longest)
        filled = np.flatnonzero(self.lengths > 0)
        found = np.zeros(rows, bits.dtype)
        found[filled] = Joins(self.starts.take(filled), self.lengths.take(filled))._by_place(bits, longest)
        return found

    def _by_place(self, bits: NDArray[Any], longest: int) -> NDArray[Any]:
        found = np.zeros(len(self.starts), bits.dtype)
        for place in range(longest):
            # What lies behind the end of a list is taken too, and then left out.
            found |= bits.take(self.starts + place, mode="clip") & -(self.lengths > place).astype(bits.dtype)
        return found

    def keys(self, codes: Codes, base: int) -> NDArray[np.int64] | None:
        """Return a number for each list: its elements' codes plus one are the digits in a base above them, lowest first.

        None where lists are too long for that.
        """
        longest = int(self.lengths.max(initial=0))
        if base**longest >= _MOST_KEYS:
            return None
        found = np.zeros(len(self.starts), np.int64)
        for place in range(longest):
            filled = np.flatnonzero(self.lengths > place)
            found[filled] += (codes.take(self.starts.take(filled) + place) + 1) * base**place
        return found


class Kinds:
    """Distinct elements by the inputs that they pass: those that pass the same ones are of one kind.

    `passed` has a line for each input and a column for each element. An element that passes nothing is of no kind.
    """

    def __init__(self, passed: NDArray[np.bool_]) -> None:
        self._width = len(passed)
        if not len(passed):
            passed = np.zeros((1, passed.shape[1]), np.bool_)
        kinds, of_element = np.unique(passed, axis=1, return_inverse=True)
        something = kinds.any(axis=0)
        self._inputs = [np.flatnonzero(kind).tolist() for kind in kinds[:, something].T]
        self._of_element: Codes = np.where(something, np.cumsum(something) - 1, -1)[of_element.reshape(-1)]

    def planes(self, numbers: Codes, codes: Codes, joins: Joins) -> list[Plane]:
        """Return for each input the rows of which an element passes it; `codes` point into `numbers`, those of elements."""
        nothing = np.zeros((joins.rows + 7) // 8, np.uint8)
        found = [nothing] * self._width
        for kind, plane in self._of_each_kind(numbers, codes, joins):
            for at in self._inputs[kind]:
                found[at] = plane if found[at] is nothing else found[at] | plane
        return found

    def _of_each_kind(self, numbers: Codes, codes: Codes, joins: Joins) -> Iterator[tuple[int, Plane]]:
        for first in range(0, len(self._inputs), _WIDTH):
            count = min(_WIDTH, len(self._inputs) - first)
            word = np.dtype(f"<u{next(size for size in (1, 2, 4, 8) if 8 * size >= count)}")
            at = self._of_element.take(numbers) - first
            is_here = (at >= 0) & (at < count)
            table = np.where(is_here, np.left_shift(np.uint64(1), at.clip(0).astype(np.uint64)), 0).astype(word)
            lines = joins.of(table.take(codes)).view(np.uint8).reshape(joins.rows, -1)
            for kind in range(count):
                if kind % 8 == 0:
                    column = np.ascontiguousarray(lines[:, kind // 8])
                yield first + kind, packed(column & np.uint8(1 << kind % 8))
