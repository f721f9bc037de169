"""Plane bits: columns of booleans. Arrow keeps them as bitmaps, which are planes already."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from aiact_rules.core.formulas import holds
from aiact_rules.engines.plane_program import Input, Passes, Silent
from aiact_rules.engines.plane_values import ColumnPlanes, bitmap, with_silence


def read_bits(array: pa.BooleanArray, inputs: tuple[Input, ...]) -> ColumnPlanes:
    """Return the planes of a column of booleans, without copying where nothing is turned round."""
    validity, data = array.buffers()
    rows = len(array)
    value = bitmap(data, array.offset, rows)
    known = None if validity is None or not array.null_count else bitmap(validity, array.offset, rows)
    planes = []
    for key in inputs:
        if isinstance(key, Silent):
            planes.append(np.zeros_like(value) if known is None else ~known)
            continue
        assert isinstance(key, Passes), "only lists leave something open"
        yes, no = holds(key.test, True), holds(key.test, False)
        plane = np.full_like(value, 255 if yes else 0) if yes == no else value if yes else ~value
        planes.append(with_silence(plane, known, key))
    return ColumnPlanes(tuple(planes))
