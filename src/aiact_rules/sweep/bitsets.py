"""Bit sets: which obligations concern a row, as one short binary value for each row."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from aiact_rules.engines.plane_machine import Words

NAMES = b"names"  # key in the metadata of a column: the JSON list of names, the first one for the lowest bit of the first byte

_STEPS = (
    (7, 0x00AA00AA00AA00AA),
    (14, 0x0000CCCC0000CCCC),
    (28, 0x00000000F0F0F0F0),
)
_BLOCK = 1 << 13  # words: what is turned at once stays in the cache


def row_sets(planes: Words, rows: int) -> NDArray[np.uint8]:
    """Turn planes, one line for each name, into sets, one line of bytes for each row."""
    width = (len(planes) + 7) // 8
    words = (rows + 63) // 64
    sets = np.zeros((64 * words, width), np.uint8)
    lines = planes.view(np.uint8)
    filled = [group for group in range(width) if planes[8 * group : 8 * group + 8].any()]
    size = 8 * _BLOCK
    for first in range(0, 8 * words, size):
        last = min(first + size, 8 * words)
        square = np.zeros((last - first, 8), np.uint8)
        turned, scratch = square.view(np.uint64)[:, 0], np.empty(last - first, np.uint64)
        for group in filled:
            part = lines[8 * group : 8 * group + 8, first:last]
            if len(part) < 8:
                square[:] = 0
            square[:, : len(part)] = part.T
            _turn(turned, scratch)
            sets[8 * first : 8 * last, group] = square.reshape(-1)
    return sets[:rows]


def _turn(squares: Words, scratch: Words) -> None:
    """Turn each word, eight bytes of eight bits, about its diagonal."""
    for shift, mask in _STEPS:
        np.right_shift(squares, np.uint64(shift), out=scratch)
        np.bitwise_xor(scratch, squares, out=scratch)
        np.bitwise_and(scratch, np.uint64(mask), out=scratch)
        np.bitwise_xor(squares, scratch, out=squares)
        np.left_shift(scratch, np.uint64(shift), out=scratch)
        np.bitwise_xor(squares, scratch, out=squares)


def set_column(name: str, names: Sequence[str], sets: NDArray[np.uint8]) -> tuple[pa.Field, pa.Array]:
    """Return the column of some sets, with the names of their bits in its metadata."""
    rows, width = sets.shape
    kind = pa.binary(max(width, 1))
    if not width:
        sets = np.zeros((rows, 1), np.uint8)
    column = pa.FixedSizeBinaryArray.from_buffers(kind, rows, [None, pa.py_buffer(np.ascontiguousarray(sets))])
    return pa.field(name, kind, metadata={NAMES: json.dumps(list(names)).encode()}), column


def names_of(field: pa.Field) -> tuple[str, ...]:
    """Return the names of the bits of a column of sets. Raises ValueError where the column holds no sets."""
    if field.metadata is None or NAMES not in field.metadata:
        raise ValueError(f"the column `{field.name}` holds no sets")
    return tuple(json.loads(field.metadata[NAMES]))


def members(value: bytes | None, names: Sequence[str]) -> tuple[str, ...]:
    """Return the names in one set, in the order of the pack; none for a row that could not be judged."""
    if value is None:
        return ()
    return tuple(names[at] for at in _bits(value))


def _bits(value: bytes) -> Iterator[int]:
    number = int.from_bytes(value, "little")
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest
