"""Plane machine: runs a plane program over so many rows at once, with numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiact_rules.engines.plane_program import ALL, NONE, Op, Program

Plane = NDArray[np.uint8]  # eight rows in a byte, the first row in the lowest bit
Words = NDArray[np.uint64]
Rows = NDArray[np.bool_]

_UFUNCS: dict[Op, Any] = {Op.AND: np.bitwise_and, Op.OR: np.bitwise_or, Op.XOR: np.bitwise_xor}


def packed(rows: NDArray[Any]) -> Plane:
    """Turn one byte for each row into a plane; anything but zero counts as in it."""
    return np.packbits(rows, bitorder="little")


def unpacked(planes: NDArray[Any], rows: int) -> NDArray[np.uint8]:
    """Turn a plane, or several of one array, into one byte, 0 or 1, for each row."""
    return np.unpackbits(planes.view(np.uint8), axis=-1, count=rows, bitorder="little")


class Machine:
    """Holds the planes of one program. Not to be shared between threads."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._planes: Words = np.zeros((program.places, 0), np.uint64)
        self._calls: list[tuple[Callable[..., object], tuple[Words, ...]]] = []
        self.words = 0

    def run(self, rows: int, inputs: Iterable[tuple[int, Plane]]) -> None:
        """Do all instructions. `inputs` gives for each input, by its number, its plane of at least so many rows."""
        words = (rows + 63) // 64
        if words > self._planes.shape[1]:
            self._planes = np.zeros((self._program.places, words), np.uint64)
            self.words = 0
        if words != self.words:
            self._prepare(words)
        whole = (rows + 7) // 8
        for number, plane in inputs:
            self._planes[number + 2].view(np.uint8)[:whole] = plane[:whole]
        for call, operands in self._calls:
            call(*operands)

    def _prepare(self, words: int) -> None:
        self.words = words
        self._planes[NONE, :] = 0
        self._planes[ALL, :] = np.iinfo(np.uint64).max
        at = [self._planes[place, :words] for place in range(self._program.places)]
        self._calls = [
            (np.invert, (at[instruction.first], at[instruction.target]))
            if instruction.op is Op.NOT
            else (_UFUNCS[instruction.op], (at[instruction.first], at[instruction.second], at[instruction.target]))
            for instruction in self._program.instructions
        ]

    def output(self, number: int) -> Words:
        """Return an output by its number, as words of 64 rows; what lies behind the last row is arbitrary.

        The words are the machine's own and change with the next run.
        """
        return self._planes[self._program.outputs[number], : self.words]

    def outputs(self, numbers: Iterable[int]) -> Words:
        """Return several outputs as one array of their own, one line for each."""
        return self._planes[[self._program.outputs[number] for number in numbers], : self.words]
