"""The tables of the Act: no single answer and no natural slip turns a release that must not go ahead into `allow`.

Where this fails after a change of rules or vocabulary: `aiact-rules perturb tests/perturbation/eu_ai_act --write` makes
records and tables anew and names what needs a reason.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules import Gate, Verdict
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.packs import EVENTS
from aiact_rules.perturbation.records import ENDING, FOLDER
from aiact_rules.perturbation.tables import Tables

EU = Path(__file__).parent / "eu_ai_act"


@pytest.fixture(scope="module")
def tables() -> Tables:
    return Tables.of(EU, Catalogue.of_installed_plugins())


def test_every_change_that_is_allowed_has_a_reason_and_everything_is_up_to_date(tables: Tables) -> None:
    assert not list(tables.problems())


def test_there_is_a_record_for_each_role_and_step(tables: Tables) -> None:
    roles = {role for stated in tables.records.values() for role in stated["operator.roles"]}
    moments = {stated["release.moment"] for stated in tables.records.values()}
    assert roles == set(tables.bench.pack.roles)
    assert moments == set(tables.bench.pack.moments) - EVENTS


@pytest.mark.parametrize(
    "path", sorted((EU / FOLDER).glob(f"*{ENDING}")), ids=lambda path: path.name.removesuffix(ENDING)
)
def test_a_record_is_a_release_file_that_a_gate_allows(path: Path, tables: Tables) -> None:
    assert Gate().check(path, as_of=tables.bench.judge.pack_at.as_of).verdict is Verdict.ALLOW
