"""Plane columns: an Arrow column of one fact as input planes.

Every distinct text is read once, by the words of the vocabulary, and every test is made once for it; what is left for
each row is a look-up. Each kind of column has a module of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from aiact_rules.core.vocabulary import FactType
from aiact_rules.engines.plane_bits import read_bits
from aiact_rules.engines.plane_lists import ListColumn
from aiact_rules.engines.plane_numbers import NumberColumn
from aiact_rules.engines.plane_program import Input
from aiact_rules.engines.plane_texts import TextColumn
from aiact_rules.engines.plane_values import ColumnPlanes, FactReader, Parsed, row_by_row


class ColumnReader:
    """Reads columns of one fact, batch after batch, into the planes of certain inputs. Not to be shared between threads."""

    def __init__(self, reader: FactReader, inputs: Sequence[Input]) -> None:
        self._reader = reader
        self._inputs = tuple(inputs)
        self._texts = TextColumn(reader, self._inputs)
        self._numbers = NumberColumn(reader, self._inputs)
        self._lists = ListColumn(reader, self._inputs)

    def read(self, array: pa.Array) -> ColumnPlanes:
        """Return the planes of a column in the order of the inputs."""
        if not len(array):
            return ColumnPlanes((np.zeros(0, np.uint8),) * len(self._inputs))
        kind = array.type
        if pa.types.is_boolean(kind) and self._reader.type is FactType.YES_NO and self._reader.plain:
            return read_bits(array, self._inputs)
        if self._reader.type is FactType.QUANTITY and self._reader.plain and not pa.types.is_float16(kind):
            if pa.types.is_floating(kind):
                return self._numbers.floats(array)
            if pa.types.is_integer(kind):
                return self._numbers.integers(array)
        if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
            if self._reader.type is FactType.SOME_OF and self._reader.by_element:
                return self._lists.by_element(array)
            return self._lists.together(array)
        if pa.types.is_nested(kind):
            return row_by_row(self._inputs, array, _refused)
        if self._reader.type is FactType.QUANTITY and self._reader.plain and pa.types.is_string(kind):
            return self._numbers.texts(array, self._texts.read)
        if self._reader.separator is not None and self._reader.by_element and _holds_texts(kind):
            return self._lists.written(array, self._texts.read)
        return self._texts.read(array)


def _holds_texts(kind: pa.DataType) -> bool:
    texts = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(texts) or pa.types.is_large_string(texts))


def _refused(_: object) -> Parsed:
    return None, "expected one value or a list of values"
