"""Plane texts: columns of texts, and of whatever has few distinct values; each distinct value is read once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from aiact_rules.engines.plane_program import Input
from aiact_rules.engines.plane_values import ColumnPlanes, FactReader, Values, codes_of, looked_up, text_of


class TextColumn:
    """Reads texts, days and categories, and keeps what it has read for the next batch."""

    def __init__(self, reader: FactReader, inputs: tuple[Input, ...]) -> None:
        self._reader = reader
        self.values = Values(inputs)

    def read(self, array: pa.Array) -> ColumnPlanes:
        """Return the planes of a column."""
        if not pa.types.is_dictionary(array.type):
            array = pc.dictionary_encode(array)
        codes, distinct = codes_of(array)
        known = [self._number(text_of(value)) for value in distinct]
        return looked_up(self.values, np.array([*known, 0], np.intp), codes)

    def _number(self, text: str | None) -> int:
        number = self.values.numbers.get(text)
        if number is None:
            number = self.values.add(text, *((None, None) if text is None else self._reader.parsed(text)))
        return number
