"""Registries: tables of systems made by chance, in which no row contradicts itself."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from aiact_rules.core.conditions import fact_of
from aiact_rules.core.formulas import Lowered, literals
from aiact_rules.core.packs import FOUND, MOMENT, RELEASE_DATE, ROLES
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue, Vocabulary

KEY = "id"
UNKNOWN = 1 / 6
MARKET_CODES = ("EU", "DE", "FR")
FIRST = (
    "release.subject",
    "system.practices",
    "system.annex_iii_uses",
    "system.annex_i_law",
    "system.transparency_situations",
    "system.profiles_natural_persons",
    "release.markets",
    "release.exclusions",
    "operator.size",
    "model.training_compute",
)
_SAME_IN_ALL_ROWS = frozenset({ROLES, MOMENT, RELEASE_DATE})
_NOT_STATED = frozenset({*FOUND, "document.signals_dismissed"})


def registry_facts(lowered: Lowered, vocabulary: Vocabulary, count: int | None) -> list[str]:
    """Return the facts of a registry: those that classify, then those that most obligations turn on (None: every fact).

    A fact that follows from others stands there only without those, so that no row says it twice.
    """
    uses: dict[str, int] = {}
    for formula in (*(node.formula for node in lowered.nodes), *(obligation.met for obligation in lowered.obligations)):
        for literal in literals(formula):
            if not literal.is_node:
                fact = fact_of(lowered.atoms[literal.index].fact)
                uses[fact] = uses.get(fact, 0) + 1
    often = sorted(uses, key=lambda fact: (-uses[fact], fact))
    facts: list[str] = []
    taken: set[str] = {*_SAME_IN_ALL_ROWS, *_NOT_STATED}
    for fact in dict.fromkeys([*FIRST, *often]):
        derivation = vocabulary[fact].derivation
        parts = {*(derivation.of if derivation is not None else ())} - _SAME_IN_ALL_ROWS
        if fact in uses and fact not in taken and parts.isdisjoint(facts) and len(facts) != count:
            facts.append(fact)
            taken |= parts
    return facts


def registry(facts: Sequence[str], vocabulary: Vocabulary, rows: int, seed: int = 7) -> pa.Table:
    """Make a registry: a sixth of everything is unknown, most systems are harmless, lists are short.

    What is never more than something else is not more here either.
    """
    rng = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {KEY: pa.array(np.char.add("system-", np.arange(rows).astype(str)))}
    amounts: dict[str, Any] = {}
    for fact in _bounds_first(facts, vocabulary):
        declared = vocabulary[fact]
        silent = rng.random(rows) < UNKNOWN
        if declared.type is FactType.YES_NO:
            columns[fact] = pa.array(rng.random(rows) < 0.5, mask=silent)
        elif declared.type is FactType.SOME_OF:
            words = np.array(list(declared.values or MARKET_CODES))
            likely = 0.9 if declared.checklist else 0.15
            sizes = np.where(~silent & (rng.random(rows) < likely), rng.integers(1, min(4, len(words)) + 1, rows), 0)
            offsets = np.zeros(rows + 1, np.int32)
            np.cumsum(sizes, out=offsets[1:])
            flat = _texts(rng.integers(0, len(words), offsets[-1]), words)
            columns[fact] = pa.ListArray.from_arrays(pa.array(offsets), flat, mask=pa.array(silent))
        elif declared.type is FactType.QUANTITY:
            amounts[fact] = _amounts(declared, rng, rows, amounts)
            columns[fact] = pa.array(amounts[fact], mask=silent)
        elif declared.type is FactType.DATE:
            columns[fact] = pa.array(rng.integers(19000, 22000, rows).astype(np.int32), pa.date32(), mask=silent)
        else:
            words = np.array(list(declared.values or {"x": ""}))
            columns[fact] = _texts(rng.integers(0, len(words), rows), words, silent)
    return pa.table({name: columns[name] for name in (KEY, *facts)})


def _bounds_first(facts: Sequence[str], vocabulary: Vocabulary) -> list[str]:
    bounds = {bound for fact in facts for bound in vocabulary[fact].bounded_by}
    return sorted(facts, key=lambda fact: (len(vocabulary[fact].bounded_by), fact not in bounds))


def _amounts(declared: FactDeclaration, rng: Any, rows: int, others: Mapping[str, Any]) -> Any:
    if declared.unit is None:
        found = np.round(rng.random(rows), 6)
    else:
        found = np.round((0.1 + 0.9 * rng.random(rows)) * 10.0 ** rng.integers(20, 27, rows), -15)
    if declared.at_most is not None:
        found = np.minimum(found, float(declared.at_most))
    for bound in declared.bounded_by:
        found = np.minimum(found, others[bound]) if bound in others else found
    return found


def _texts(codes: Any, words: Any, silent: Any = None) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=silent), pa.array(words)).cast(
        pa.string()
    )


def as_codes(table: pa.Table) -> pa.RecordBatch:
    """Return a table as Parquet is read for a sweep: texts as codes with a dictionary."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        array = column.combine_chunks()
        if pa.types.is_string(array.type) and name != KEY:
            array = array.dictionary_encode()
        elif pa.types.is_list(array.type):
            mask = array.is_null() if array.null_count else None
            array = pa.ListArray.from_arrays(array.offsets, array.values.dictionary_encode(), mask=mask)
        columns[name] = array
    return pa.RecordBatch.from_pydict(columns)


def stated_in(table: pa.Table, vocabulary: Vocabulary) -> list[dict[str, FactValue]]:
    """Return what each row states, as values of facts."""
    found = []
    for row in table.to_pylist():
        found.append(
            {name: _value(vocabulary[name], said) for name, said in row.items() if said is not None and name != KEY}
        )
    return found


def _value(declared: FactDeclaration, said: Any) -> FactValue:
    from aiact_rules.sources.former_names import read_value

    if declared.type is FactType.SOME_OF:
        return read_value(declared, said).value
    if declared.type is FactType.QUANTITY:
        return Decimal(repr(said))
    value: bool | str | date = said
    return value


def write(table: pa.Table, path: Path) -> Path:
    """Write a registry as Parquet, CSV or JSON lines, whatever the name ends in."""
    if path.suffix == ".parquet":
        pq.write_table(table, path)
        return path
    with path.open("w", encoding="utf-8", newline="") as file:
        if path.suffix == ".csv":
            lines = csv.writer(file)
            lines.writerow(table.column_names)
            for batch in table.to_batches(1 << 14):
                lines.writerows([_cell(value) for value in row.values()] for row in batch.to_pylist())
        else:
            for batch in table.to_batches(1 << 14):
                for row in batch.to_pylist():
                    said = {name: value for name, value in row.items() if value is not None}
                    file.write(json.dumps(said, default=str) + "\n")
    return path


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ",".join(value) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
