"""Grounds: for which reasons something is owed, which known facts that rests on, and which open readings it turns on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from aiact_rules.core.evaluation import evaluate
from aiact_rules.core.grounds import Grounds
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.specfiles import load_pack_text
from tests.core.reasoned_law import AS_OF, TEXTS, evaluated, law

OWN = "logs show what a system did"
LISTED = "it does what the annex lists (Art. 6(2))"
HIRES = "it finds applicants (Annex III, point 4)"
TALKS = "it talks (Annex III, point 9)"


def reasons(**changes: FactValue | None) -> tuple[str, ...]:
    return Grounds(evaluated(**changes)).reasons(law().obligations["art12.logs"])


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({}, (OWN, LISTED, HIRES)),
        ({"system__uses": frozenset({"chat"})}, (OWN, LISTED, TALKS)),
        ({"system__uses": frozenset({"chat", "recruitment"})}, (OWN, LISTED, HIRES, TALKS)),
        ({"system__uses": frozenset()}, (OWN,)),
        ({"system__uses": None}, (OWN,)),
        ({"system__is_narrow": True, "system__profiles": False}, (OWN,)),
        ({"system__is_narrow": True, "system__profiles": True}, (OWN, LISTED, HIRES)),
        ({"system__is_narrow": None}, (OWN,)),
    ],
)
def test_the_reasons_are_its_own_and_those_of_every_rule_behind_it_that_prevails(
    changes: dict[str, FactValue | None], because: tuple[str, ...]
) -> None:
    assert reasons(**changes) == because


def test_a_reason_that_two_conditions_share_is_given_once() -> None:
    twice = TEXTS["art_012.yaml"].replace("given: {high_risk: true}", "given: {high_risk: true, listed: true}")
    pack_at = load_pack_text({**TEXTS, "art_012.yaml": twice}).at(AS_OF)
    found = Grounds(evaluate(pack_at, evaluated().facts)).reasons(pack_at.obligations["art12.logs"])
    assert found == (OWN, LISTED, HIRES)


def test_the_facts_are_the_known_ones_that_its_conditions_and_conclusions_test() -> None:
    o = law().obligations["art12.logs"]
    assert o.met is not None
    grounds = Grounds(evaluated(system__is_narrow=None, operator__is_small=True, model__compute=Decimal("1e25")))
    assert grounds.known_facts([o.given]) == ("system.uses",)
    assert grounds.known_facts([o.given, o.met]) == ("system.keeps_logs", "system.uses")
    assert Grounds(evaluated()).known_facts([o.given]) == ("system.is_narrow", "system.uses")


@pytest.mark.parametrize(
    ("changes", "readings"),
    [
        ({"system__uses": frozenset({"chat"})}, ("chats",)),
        ({"system__uses": None}, ("chats",)),
        # Without talk the point settles itself.
        ({"system__uses": frozenset({"recruitment"})}, ()),
        ({"system__uses": frozenset()}, ()),
    ],
)
def test_a_reading_is_named_only_where_the_answer_turns_on_it(
    changes: dict[str, FactValue | None], readings: tuple[str, ...]
) -> None:
    assert Grounds(evaluated(**changes)).readings(law().obligations["art12.logs"]) == readings


def test_what_no_reading_stands_behind_names_none() -> None:
    grounds = Grounds(evaluated(system__uses=frozenset({"chat"})))
    assert grounds.readings(law().obligations["art26.logs"]) == ()
