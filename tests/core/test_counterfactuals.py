"""Counterfactuals: each does what it promises, none is larger than it must be, and no single yes or no is overlooked."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import combinations

import pytest

from aiact_rules.core.counterfactuals import Counterfactual
from aiact_rules.core.decisions import Decision
from aiact_rules.core.lowering import lower
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.vocabulary import FactValue
from tests.core.reasoned_law import decided, law, stated
from tests.engines.packs import AS_OF, YES_NO, random_pack
from tests.records import random_records

MANY = 50


def changes_of(decision: Decision, most: int = MANY) -> dict[frozenset[tuple[str, FactValue]], str]:
    return {frozenset(c.changes.items()): c.verdict.value for c in decision.counterfactuals(most=most)}


def changes(**facts: FactValue) -> frozenset[tuple[str, FactValue]]:
    return frozenset((name.replace("__", "."), value) for name, value in facts.items())


def test_a_violation_goes_by_doing_what_is_asked_and_by_no_other_description_of_the_release() -> None:
    decision = decided(law(), stated(system__keeps_logs=False, system__profiles=True))
    assert decision.verdict is Verdict.BLOCK
    assert changes_of(decision) == {changes(system__keeps_logs=True): "allow"}
    large = {"system__uses": frozenset(), "system__keeps_logs": False, "model__compute": Decimal("1e25")}
    decision = decided(law(), stated(release__moment="use", **large))
    assert decision.verdict is Verdict.BLOCK
    assert changes_of(decision) == {changes(system__keeps_logs=True): "allow"}


def test_an_allow_turns_on_a_quantity_by_another_quantity() -> None:
    small = {"system__uses": frozenset(), "system__keeps_logs": False, "model__compute": Decimal("5e24")}
    decision = decided(law(), stated(release__moment="use", **small))
    assert decision.verdict is Verdict.ALLOW
    assert changes_of(decision)[changes(model__compute=Decimal("1e25"))] == "block"


def test_two_changes_are_found_where_neither_alone_is_enough() -> None:
    decision = decided(law(), stated(system__uses=frozenset()))
    assert decision.verdict is Verdict.ALLOW
    both = changes(system__uses=frozenset({"recruitment"}), system__keeps_logs=False)
    found = changes_of(decision)
    assert found[both] == "block"
    assert not any(change < both for change in found)


def test_what_is_not_due_yet_changes_nothing() -> None:
    decision = decided(law(), stated(system__uses=frozenset(), system__keeps_logs=False))
    assert decision.verdict is Verdict.ALLOW
    names = {name for change in changes_of(decision) for name, _ in change}
    assert "system.uses" in names
    assert "model.compute" not in names  # what it brings is due at use


def test_what_is_not_in_force_yet_changes_nothing() -> None:
    decision = decided(law(), stated(release__date=date(2027, 12, 1), system__keeps_logs=False))
    assert decision.verdict is Verdict.ALLOW
    assert changes_of(decision) == {}


def test_the_smallest_come_first_and_no_more_than_asked_for() -> None:
    small = {"system__uses": frozenset(), "system__keeps_logs": False, "model__compute": Decimal("5e24")}
    decision = decided(law(), stated(release__moment="use", **small))
    assert decision.verdict is Verdict.ALLOW
    sizes = [len(c.changes) for c in decision.counterfactuals(most=MANY)]
    assert sizes == sorted(sizes)
    assert [len(decision.counterfactuals(most=most)) for most in (0, 1, 2)] == [0, 1, 2]


@pytest.mark.parametrize("role", ["provider", "deployer"])
def test_who_when_and_at_which_step_stay_as_they_are(role: str) -> None:
    release = stated(operator__roles=frozenset({role}), release__moment="use", system__keeps_logs=False)
    for change in changes_of(decided(law(), {**release, "model.compute": Decimal("1e25")})):
        assert not {ROLES, MOMENT, RELEASE_DATE} & {name for name, _ in change}


SEEDS = range(25)


@cache
def random_decision(seed: int) -> tuple[Decision, tuple[Counterfactual, ...]]:
    """Return a decision of a random law with every change found; its operator, moment and date are known."""
    rng = random.Random(seed)
    pack_at = random_pack(seed, rules=6, obligations=4).at(AS_OF)
    (record,) = random_records(lower(pack_at), pack_at.pack.vocabulary, 1, seed=seed)
    about = {ROLES: frozenset({rng.choice(["provider", "deployer"])}), MOMENT: rng.choice(["placing", "supply", "use"])}
    decision = decided(pack_at, {**record, **about, RELEASE_DATE: rng.choice([date(2028, 1, 1), date(2031, 1, 1)])})
    return decision, decision.counterfactuals(most=MANY)


def verdict_after(decision: Decision, change: Mapping[str, FactValue]) -> Verdict:
    (pack,) = decision.packs
    return decided(pack.pack_at, {**pack.values, **change}).verdict


def proper_parts(change: Mapping[str, FactValue]) -> Iterator[dict[str, FactValue]]:
    for size in range(1, len(change)):
        for part in combinations(change.items(), size):
            yield dict(part)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_gives_the_verdict_it_promises_and_no_part_of_it_changes_anything(seed: int) -> None:
    decision, found = random_decision(seed)
    for each in found[:12]:
        assert each.verdict is not decision.verdict
        assert verdict_after(decision, each.changes) is each.verdict
        for part in proper_parts(each.changes) if decision.verdict is Verdict.ALLOW else ():
            assert verdict_after(decision, part) is Verdict.ALLOW


@pytest.mark.parametrize("seed", SEEDS)
def test_no_single_yes_or_no_that_ends_an_allow_is_overlooked(seed: int) -> None:
    decision, found = random_decision(seed)
    if decision.verdict is not Verdict.ALLOW:
        return
    alone = {name for each in found if len(each.changes) == 1 for name in each.changes}
    for name in YES_NO:
        after = [verdict_after(decision, {name: value}) for value in (True, False)]
        if any(verdict is not Verdict.ALLOW for verdict in after):
            assert name in alone


def test_the_random_decisions_show_every_verdict_and_changes_of_several_facts() -> None:
    shown = [random_decision(seed) for seed in SEEDS]
    assert {decision.verdict for decision, _ in shown} == set(Verdict)
    assert {len(each.changes) for _, found in shown for each in found[:12]} == {1, 2, 3}
