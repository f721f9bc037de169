"""The gate of the law in force, and small tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.problems import Place
from aiact_rules.core.vocabulary import FactValue, Vocabulary
from aiact_rules.gate import Gate

AS_OF = date(2026, 11, 22)
SAME = {"operator.roles": ["provider"]}
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate(engine="generated")


def stated(record: Mapping[str, FactValue]) -> Facts:
    """Return a record as facts, the words found among them, which nobody could state."""
    origin = Origin(Place("record"))
    return Facts.of([Fact(name, value, origin) for name, value in record.items()])


def readable(records: Iterable[Mapping[str, FactValue]], vocabulary: Vocabulary) -> list[dict[str, FactValue]]:
    """Leave out of records what no document could state, and sources that contradict what follows from them."""
    derived = {name: d.derivation for name, d in vocabulary.declarations.items() if d.derivation is not None}
    found = []
    for record in records:
        row = {name: value for name, value in record.items() if not (isinstance(value, Decimal) and value < 0)}
        if row.get("operator.roles") == frozenset():
            del row["operator.roles"]
        if isinstance(markets := row.get("release.markets"), frozenset):
            row["release.markets"] = markets - {"something_nobody_listed"}
        for name, derivation in derived.items():
            if name in row:
                row.pop(derivation.of[0], None)
            elif derivation.operation == "ratio" and row.get(derivation.of[1]) == 0:
                del row[derivation.of[1]]
        found.append(row)
    return found


def number(text: str) -> Decimal:
    return Decimal(text)
