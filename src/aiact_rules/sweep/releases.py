"""Releases: a folder of release files and model cards as a table, one row for each operator of each release."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

from aiact_rules.core.problems import ProblemsError
from aiact_rules.core.vocabulary import FactType, FactValue, Vocabulary
from aiact_rules.gate import Gate
from aiact_rules.sources.discovery import RELEASE_FILES
from aiact_rules.sources.document import Skipped
from aiact_rules.sweep.mapping import ColumnMap, TableMap
from aiact_rules.sweep.tables import Chunk

KEY = "release"
OPERATOR = "operator"
_ROWS = 512
_KINDS = {FactType.YES_NO: pa.bool_(), FactType.SOME_OF: pa.list_(pa.string()), FactType.DATE: pa.date32()}
_NO_WORD_IS_SILENCE: frozenset[str] = frozenset()


class ReleaseFolder:
    """Every release below a folder: what holds a release file or a model card, by path."""

    def __init__(self, gate: Gate, folder: Path, packs: Sequence[str] | None, readings: Mapping[str, str]) -> None:
        self.name = folder.as_posix()
        self._gate = gate
        self._packs = packs
        self._readings = readings
        self._folder = folder
        self._paths = list(releases_below(folder))
        self._vocabulary: Vocabulary = gate.vocabulary(packs)
        self.skipped = 0
        self.rows: int | None = len(self._paths)
        self.columns = (KEY, OPERATOR, *self._vocabulary)

    def table_map(self) -> TableMap:
        """Give the map of the columns, which have the names of the facts."""
        columns = tuple(
            ColumnMap(name, name, separator="\x1f", missing=_NO_WORD_IS_SILENCE) for name in self._vocabulary
        )
        return TableMap(KEY, columns)

    def chunks(self, wanted: Sequence[ColumnMap], others: Sequence[str]) -> Iterator[Chunk]:
        """Give the releases; one that cannot be read is a row that cannot be judged."""
        rows: list[dict[str, object]] = []
        faults: dict[int, str] = {}
        for path in self._paths:
            name = path.relative_to(self._folder).as_posix()
            try:
                document = self._gate.document(path, self._packs)
                if isinstance(document, Skipped):
                    self.skipped += 1
                    continue
                own = {k: v for k, v in document.choices.items() if self._readings.get(k) != v}
                for each in document.per_operator():
                    if own:
                        faults[len(rows)] = f"it chooses readings of its own ({', '.join(own)}): judge it with `check`"
                    elif document.packs is not None and set(document.packs) != set(self._packs or self._gate.pack_ids):
                        faults[len(rows)] = f"it asks for the packs {', '.join(document.packs)}: sweep with these"
                    rows.append({KEY: name, OPERATOR: each.operator, **{f.name: _cell(f.value) for f in each.facts}})
            except ProblemsError as error:
                faults[len(rows)] = "; ".join(str(problem).replace("\n", " ") for problem in error.problems)
                rows.append({KEY: name})
            if len(rows) >= _ROWS:
                yield self._chunk(rows, faults, [c.column for c in wanted], others)
                rows, faults = [], {}
        if rows:
            yield self._chunk(rows, faults, [c.column for c in wanted], others)

    def _chunk(
        self, rows: list[dict[str, object]], faults: dict[int, str], wanted: Sequence[str], others: Sequence[str]
    ) -> Chunk:
        names = [name for name in self.columns if name in wanted or name in others]
        columns = []
        for name in names:
            kind = pa.string() if name in (KEY, OPERATOR) else _KINDS.get(self._vocabulary[name].type, pa.string())
            columns.append(pa.array([row.get(name) for row in rows], kind))
        return Chunk(pa.RecordBatch.from_arrays(columns, names), faults)


def releases_below(folder: Path) -> Iterator[Path]:
    """Give the paths to judge below a folder, sorted: folders with a release file, else each card by itself."""
    for place in sorted({folder, *(path for path in folder.rglob("*") if path.is_dir())}):
        if any(part.startswith(".") for part in place.relative_to(folder).parts):
            continue
        files = sorted(path for path in place.iterdir() if path.is_file())
        if any((place / name).is_file() for name in RELEASE_FILES):
            yield place
            files = [path for path in files if path.name.endswith((".aiact.yaml", ".aiact.yml"))]
        own = {path.name.rsplit(".aiact.", 1)[0] for path in files if ".aiact." in path.name}
        for path in files:
            if path.name.endswith((".aiact.yaml", ".aiact.yml")) or (
                path.suffix.lower() in (".md", ".markdown") and path.stem not in own
            ):
                yield path


def _cell(value: FactValue) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    return str(value) if isinstance(value, Decimal) else value
