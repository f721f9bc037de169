"""Deciding: the facts by which a condition comes out as it does, through rules and their exceptions."""

from __future__ import annotations

from decimal import Decimal

import pytest

from aiact_rules.core.conditions import Condition, Holds, fact_of
from aiact_rules.core.deciding import deciding, denying
from aiact_rules.core.vocabulary import FactValue
from tests.core.reasoned_law import evaluated, law

RECRUITING: dict[str, FactValue | None] = {"system__uses": frozenset({"recruitment"})}
TALKING: dict[str, FactValue | None] = {"system__uses": frozenset({"chat", "recruitment"})}


def facts_deciding(condition: Condition, **changes: FactValue | None) -> list[str]:
    return [fact_of(each.test.fact) for each in deciding(evaluated(**changes), condition)]


@pytest.mark.parametrize(
    ("changes", "facts"),
    [
        ({**RECRUITING, "system__is_narrow": False}, ["system.uses"]),
        ({**TALKING, "system__is_narrow": False}, ["system.uses"]),
        ({"system__uses": frozenset(), "system__is_narrow": False}, ["system.uses", "system.uses"]),
        ({**RECRUITING, "system__is_narrow": True, "system__profiles": False}, ["system.is_narrow"]),
        ({**RECRUITING, "system__is_narrow": None}, ["system.is_narrow"]),
        ({**RECRUITING, "system__is_narrow": True, "system__profiles": None}, ["system.profiles"]),
    ],
    ids=[
        "a fact that reaches a rule",
        "the first of alternatives",
        "all that would have reached one",
        "an exception that stands",
        "an exception of which nothing is known",
        "an exception to the exception",
    ],
)
def test_a_conclusion_rests_on_the_facts_that_make_it_so(
    changes: dict[str, FactValue | None], facts: list[str]
) -> None:
    changes = {"system__profiles": None, **changes}
    assert facts_deciding(Holds("high_risk"), **changes) == facts


def test_an_obligation_is_denied_by_its_circumstances_or_by_an_exception() -> None:
    logs = law().obligations["art12.logs"]
    listed: dict[str, FactValue | None] = {**RECRUITING, "system__is_narrow": False}
    assert [fact_of(each.test.fact) for each in denying(evaluated(system__uses=frozenset()), logs)] == [
        "system.uses"
    ] * 2
    spared = evaluated(**listed, operator__is_small=True, model__compute=Decimal(1))
    assert [fact_of(each.test.fact) for each in denying(spared, logs)] == ["operator.is_small", "model.compute"]
    perhaps_spared = evaluated(**listed, operator__is_small=True, model__compute=None)
    assert denying(perhaps_spared, logs) == ()
    assert denying(evaluated(**listed, operator__is_small=False), logs) == ()


def test_a_fact_is_named_with_the_provision_of_the_rule_that_it_reaches() -> None:
    listed = evaluated(**RECRUITING, system__is_narrow=False)
    assert [each.provision for each in deciding(listed, Holds("high_risk"))] == ["Annex III, point 4"]
    logs = law().obligations["art12.logs"].met
    assert logs is not None
    assert [each.provision for each in deciding(listed, logs)] == [None]
