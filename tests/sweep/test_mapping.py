"""Mapping files: what fits is read, what does not is said with file, line and hint; proposals can be used."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from aiact_rules.sweep.mapping import read_table_map, unit_factor
from aiact_rules.sweep.plan import make_plan
from aiact_rules.sweep.proposal import propose
from aiact_rules.sweep.tables import open_table
from tests.sweep.conftest import AS_OF


def problems_of(gate: Gate, text: str) -> str:
    try:
        make_plan(gate, read_table_map(text, "map.yaml"), as_of=[AS_OF])
    except InputError as error:
        return str(error)
    return "no problem"


def test_a_map_says_which_column_states_which_fact() -> None:
    table = read_table_map(
        "format: 1\nkey: id\nmissing: ['', n/a]\ncolumns:\n  a: release.subject\n"
        "  b: {fact: model.training_compute, unit: YFLOP}\n  c: {fact: system.practices, separator: '|', missing: '?'}\n"
        "facts:\n  operator.roles: [provider]\n",
        "map.yaml",
    )
    assert table.key == "id"
    assert [column.fact for column in table.columns] == [
        "release.subject",
        "model.training_compute",
        "system.practices",
    ]
    assert table.columns[0].missing == {"", "n/a"}
    assert table.columns[2].missing == {"?"}
    assert table.facts == {"operator.roles": ["provider"]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("columns: {}", "write `format: 1`"),
        ("format: 1\ncolumn: {}", "map.yaml:2: unknown key `column`\n  did you mean `columns`?"),
        (
            "format: 1\ncolumns:\n  a: release.subjekt",
            "map.yaml:3: column `a`: unknown fact `release.subjekt`\n  did you mean",
        ),
        (
            "format: 1\ncolumns:\n  a: release.subject\n  b: release.subject",
            "map.yaml:4: the columns `a` and `b` both state",
        ),
        ("format: 1\ncolumns:\n  a: {fact: release.subject, values: {S: sistem}}", "did you mean `system`?"),
        ("format: 1\ncolumns:\n  a: {fact: release.subject, unit: FLOP}", "no quantity"),
        ("format: 1\ncolumns:\n  a: {fact: model.training_compute, unit: QQFLOP}", "`QQ` before the unit `FLOP`"),
        ("format: 1\ncolumns:\n  a: {fact: model.training_compute, times: -1}", "above zero"),
        ("format: 1\ncolumns:\n  a: {values: {}}", "add `fact:`"),
        (
            "format: 1\ncolumns:\n  a: release.subject\nfacts: {release.subject: system}",
            "stated for all rows and by the column",
        ),
        ("format: 1\nfacts: {operator.roles: [providr]}", "map.yaml:2: `providr` is not one of the values"),
        ("format: 1\nfacts: {operator.roles: []}", "without any role"),
        ("[]", "maps columns to facts"),
    ],
)
def test_what_does_not_fit_is_said_with_line_and_hint(gate: Gate, text: str, said: str) -> None:
    assert said in problems_of(gate, text)


def test_units_are_made_from_the_declared_one() -> None:
    assert unit_factor("FLOP", "FLOP") == 1
    assert unit_factor("PFLOP", "FLOP") == Decimal("1e15")
    assert unit_factor("million EUR", "EUR") == Decimal("1e6")
    with pytest.raises(ValueError, match="use `times`"):
        unit_factor("USD", "EUR")


def test_a_proposal_maps_what_it_knows_and_asks_about_the_rest(gate: Gate, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "system_id,release_subject,practices,profiles natural persons,uses,operator.size\n"
        "1,system,none,Y,a,sme\n2,model,none,N,b,Larger\n"
    )
    text = propose(open_table(path), gate.vocabulary())
    assert "key: system_id" in text
    assert "release_subject: release.subject" in text
    assert "# practices:  # did you mean" in text
    assert "system.practices" in text
    assert '"profiles natural persons": {fact: system.profiles_natural_persons, values: {"Y": yes, "N": no}}' in text
    assert 'operator.size: {fact: operator.size, values: {"Larger": larger}}' in text
    table = read_table_map(text, "proposal")
    assert make_plan(gate, table, as_of=[AS_OF]).key == "system_id"
