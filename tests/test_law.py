"""The packs that ship hold to their own rules: every case, nothing unshown, every unit accounted for, every value dated."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

from aiact_rules.bundled import bundled_packs, specs_folder
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError
from aiact_rules.coverage import coverage_of
from aiact_rules.engines.generated import GeneratedEngine
from aiact_rules.plugins.host import PluginHost
from aiact_rules.specfiles.cases import Case
from aiact_rules.specfiles.coverage_ledger import Ledger, load_ledger
from aiact_rules.specfiles.loader import load_pack_text
from aiact_rules.specfiles.pack_head import read_head
from aiact_rules.testing import CaseRunner, cases_of

AS_OF = date(2026, 11, 22)
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


Runners = Callable[[Path], CaseRunner]


@pytest.fixture(scope="module")
def runners(catalogue: Catalogue) -> Runners:
    """Return a function that gives the runner of a pack's cases, joined with the packs it extends."""

    @cache
    def runner(folder: Path) -> CaseRunner:
        bases = [catalogue.pack(name) for name in read_head(folder, "test").extends]
        return CaseRunner.of(folder, bases=bases, engine=GeneratedEngine())

    return runner


EVERY_CASE = [(folder, case) for folder in bundled_packs() for case in cases_of(folder)]


# One engine is enough here: that every engine gives the same outcome has its own tests, and `aiact-rules test` takes another.
@pytest.mark.parametrize(("folder", "case"), EVERY_CASE, ids=[f"{folder.name}/{case}" for folder, case in EVERY_CASE])
def test_every_case_comes_out_as_it_says(folder: Path, case: Case, runners: Runners) -> None:
    runners(folder).check(case)


@pytest.mark.parametrize("folder", bundled_packs(), ids=lambda folder: folder.name)
def test_the_cases_of_a_pack_leave_nothing_unshown(folder: Path, runners: Runners) -> None:
    assert runners(folder).gaps(cases_of(folder)) == ()


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


def test_every_value_that_an_amendment_changed_names_the_amendment_and_was_read_since(law: Pack) -> None:
    changed = [parameter for parameter in law.parameters.values() if len(parameter.values) > 1]
    assert changed
    for parameter in changed:
        assert re.search(r"\(EU\) (?!2024/1689)\d{4}/\d+", parameter.source or ""), parameter.name
        assert max(parameter.values) <= parameter.checked_on, parameter.name


def test_every_choice_of_a_reading_changes_what_the_law_says(law: Pack) -> None:
    assert law.readings
    for reading in law.readings.values():
        said = [law.at(AS_OF, {reading.id: choice}) for choice in reading.choices]
        for one, other in combinations(said, 2):
            one_says, other_says = (
                (each.rules, each.obligations, each.timetables, each.sanctions) for each in (one, other)
            )
            same = one_says == other_says
            assert not same, f"{reading.id}: {one.choices[reading.id]} and {other.choices[reading.id]}"


def test_no_soft_law_and_no_earlier_text_can_gate(catalogue: Catalogue) -> None:
    for head in catalogue.heads.values():
        if head.id != "eu_ai_act":
            assert not head.gates, head.id


def test_everything_that_can_gate_comes_down_to_one_document_or_act(law: Pack) -> None:
    on_date = law.at(AS_OF)
    assert [name for name, each in on_date.obligations.items() if each.can_gate and not law.deliverable_of(name)] == []
    assert {law.delivered_by[name] for name in law.obligations if name in law.delivered_by} == set(law.deliverables)
