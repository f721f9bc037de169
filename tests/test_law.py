"""The packs that ship hold to their own rules: every case, nothing unshown, every unit accounted for, every value dated."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aiact_rules.bundled import bundled_packs, specs_folder
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError
from aiact_rules.coverage import coverage_of
from aiact_rules.plugins.host import PluginHost
from aiact_rules.specfiles.coverage_ledger import Ledger, load_ledger
from aiact_rules.specfiles.loader import load_pack_text
from aiact_rules.specfiles.pack_head import read_identity
from aiact_rules.testing import run_cases

LAW = specs_folder() / "eu_ai_act" / "2024-1689"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return Catalogue(PluginHost())


@pytest.fixture(scope="module")
def law(catalogue: Catalogue) -> Pack:
    return catalogue.pack("eu_ai_act")


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load_ledger(LAW)


@pytest.mark.parametrize("folder", bundled_packs(), ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_every_case_comes_out_as_it_says_and_nothing_is_left_unshown(folder: Path, catalogue: Catalogue) -> None:
    identity = read_identity(folder, "test")
    report = run_cases(folder, bases=[catalogue.pack(name) for name in identity.extends])
    assert report.passed, report.text()
    assert report.gaps == ()


def test_every_unit_of_the_law_is_accounted_for(law: Pack, ledger: Ledger) -> None:
    coverage = coverage_of(law, ledger)
    assert [account.unit for account in coverage.accounts if account.status is None] == []
    assert coverage.problems == ()
    assert len(coverage.accounts) == len(ledger.units) == 1603


def test_a_unit_nobody_accounts_for_is_found(law: Pack, ledger: Ledger) -> None:
    without = {name: entry for name, entry in ledger.entries.items() if name != "art_64"}
    coverage = coverage_of(law, Ledger(without, ledger.units))
    assert [account.unit for account in coverage.accounts if account.status is None][0] == "art_64"


def test_a_rule_that_cites_nothing_is_found(law: Pack, ledger: Ledger) -> None:
    name, rule = next(iter(law.rules.items()))
    uncited = replace(law, rules={**law.rules, name: replace(rule, units=())})
    assert any(f"`{name}` cites no unit" in problem.message for problem in coverage_of(uncited, ledger).problems)


def test_every_unit_was_read_in_a_text_that_has_a_hash(ledger: Ledger) -> None:
    assert all(unit.hash is not None and len(unit.hash) == 16 for unit in ledger.units.values())


def test_a_provision_that_does_not_exist_is_refused() -> None:
    texts = {
        "pack.yaml": "id: p\nversion: 1.0.0\ntitle: P\nlaw: L\nmarket: EU\n",
        "units.jsonl": '{"id": "art_1", "label": "Art. 1"}\n',
        "art_001.yaml": "rules:\n  - {id: a, provision: Art. 77, concludes: one, when: {}, reason: because}\n",
    }
    with pytest.raises(PackError, match="Art. 77"):
        load_pack_text(texts)


def test_every_value_of_the_law_is_dated_and_has_a_source(law: Pack) -> None:
    for parameter in law.parameters.values():
        assert parameter.values, parameter.name
        assert parameter.provision, parameter.name
        assert parameter.checked_on.year >= 2026, parameter.name


def test_every_reading_says_its_authority_and_an_alternative(law: Pack) -> None:
    assert law.readings
    for reading in law.readings.values():
        assert reading.authority, reading.id
        assert len(reading.choices) >= 2, reading.id
        assert reading.default in reading.choices, reading.id


def test_every_default_of_silence_says_why(law: Pack) -> None:
    for declaration in law.vocabulary.declarations.values():
        if declaration.if_absent is not None:
            assert declaration.if_absent_because, declaration.name


def test_no_soft_law_and_no_earlier_text_can_gate(catalogue: Catalogue) -> None:
    for identity in catalogue.identities.values():
        if identity.id != "eu_ai_act":
            assert not identity.gates, identity.id
