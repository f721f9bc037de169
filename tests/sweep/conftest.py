"""The gate of the law in force, and small tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

pytest.importorskip("pyarrow")

from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.problems import InputError, Place
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
        row = {name: value for name, value in record.items() if _possible(name, value, vocabulary)}
        if row.get("operator.roles") == frozenset():
            del row["operator.roles"]
        if isinstance(markets := row.get("release.markets"), frozenset):
            row["release.markets"] = markets - {"something_nobody_listed"}
        for name, derivation in derived.items():
            if name in row:
                row.pop(derivation.of[0], None)
            elif derivation.operation == "ratio" and row.get(derivation.of[1]) == 0:
                del row[derivation.of[1]]
        found.append(_within_bounds(row, vocabulary))
    return found


def _possible(name: str, value: FactValue, vocabulary: Vocabulary) -> bool:
    if not isinstance(value, Decimal) or name not in vocabulary:
        return True
    try:
        vocabulary[name].check(value)
    except ValueError:
        return False
    return True


def _within_bounds(row: dict[str, FactValue], vocabulary: Vocabulary) -> dict[str, FactValue]:
    """Leave out the parts of what is more than its whole."""
    bounded = [d for d in vocabulary.declarations.values() if d.bounded_by]
    while True:
        known = {fact.name for fact in stated(row)}
        try:
            stated(row).completed(vocabulary)
        except InputError:
            parts = [*(d.name for d in bounded), *(name for d in bounded if d.derivation for name in d.derivation.of)]
            del row[next(name for name in parts if name in known)]
        else:
            return row


def number(text: str) -> Decimal:
    return Decimal(text)
