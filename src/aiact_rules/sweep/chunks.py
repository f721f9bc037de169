"""Chunks: some rows of a table, each in its place whatever is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a table: the columns that are needed, the rows that cannot be read, and the lines with their ends."""

    batch: pa.RecordBatch
    faults: Mapping[int, str] = field(default_factory=dict)
    lines: pa.ChunkedArray | None = None
