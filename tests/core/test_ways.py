"""Ways: what an operator does can make a condition true, and a description of the release never does."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, Not, Test
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import DISMISSED, MARKETS, MOMENT, ROLES, SUBJECT
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.core.ways import MOST_WAYS, Wanted, conduct_facts, stating, ways_to
from tests.core.reasoned_law import evaluated, law

LOGS = FactTest("system.keeps_logs", Test.IS, True)
NARROW = FactTest("system.is_narrow", Test.IS, True)
SMALL = FactTest("operator.is_small", Test.IS, True)
CONDUCT = frozenset({"system.keeps_logs", "operator.is_small"})


def ways(condition: Condition) -> list[list[tuple[str, bool]]]:
    unknown = evaluated(system__keeps_logs=None, system__is_narrow=None, operator__is_small=None, model__compute=None)
    return [[(each.fact, each.true) for each in way] for way in ways_to(unknown, condition, CONDUCT)]


def test_conduct_is_what_obligations_are_met_by() -> None:
    assert conduct_facts(law()) == {"system.keeps_logs"}


def test_what_the_act_describes_a_release_by_is_no_conduct() -> None:
    pack = Catalogue.of_installed_plugins().pack("eu_ai_act")
    conduct = conduct_facts(pack.at(date(2026, 11, 30)))
    described = {SUBJECT, MARKETS, ROLES, MOMENT, DISMISSED, *pack.screening}
    described |= {"system.is_machine_based", "system.acts_with_some_autonomy", "model.generality", "release.exclusions"}
    described |= {"system.interacts_directly", "system.profiles_natural_persons", "operator.size"}
    assert not conduct & described
    assert {"system.marking", "transparency_information.is", "risk_management.system"} <= conduct


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        (LOGS, [[("system.keeps_logs", True)]]),
        (Not(LOGS), [[("system.keeps_logs", False)]]),
        (NARROW, []),
        (AllOf((LOGS, SMALL)), [[("system.keeps_logs", True), ("operator.is_small", True)]]),
        (AllOf((LOGS, NARROW)), []),
        (AnyOf((NARROW, LOGS, SMALL)), [[("system.keeps_logs", True)], [("operator.is_small", True)]]),
        (Not(AnyOf((LOGS, SMALL))), [[("system.keeps_logs", False), ("operator.is_small", False)]]),
        (Not(AllOf((LOGS, SMALL))), [[("system.keeps_logs", False)], [("operator.is_small", False)]]),
        (AnyOf((LOGS, AllOf(()))), [[]]),
        (Holds("powerful"), []),
        (Not(Holds("powerful")), []),
    ],
)
def test_a_condition_comes_true_by_conduct_alone(condition: Condition, found: list[list[tuple[str, bool]]]) -> None:
    assert ways(condition) == found


def test_what_is_true_already_takes_nothing() -> None:
    assert ways_to(evaluated(), LOGS, CONDUCT) == ((),)


def test_so_many_ways_are_looked_at_and_no_more() -> None:
    one_of_two = AnyOf((LOGS, SMALL))
    assert len(ways(AllOf((one_of_two,) * 9))) <= MOST_WAYS


WORDS = ("red", "green", "blue")
A_DAY = date(2027, 1, 2)


@pytest.mark.parametrize(
    ("test", "operand", "true", "now", "value"),
    [
        (Test.IS, True, True, None, True),
        (Test.IS, True, False, True, False),
        (Test.ONE_OF, frozenset({"blue", "green"}), True, "red", "green"),
        (Test.INCLUDES, frozenset({"blue"}), True, None, frozenset({"blue"})),
        (Test.INCLUDES, frozenset({"blue"}), True, frozenset({"red"}), frozenset({"red", "blue"})),
        (Test.INCLUDES, frozenset({"blue", "red"}), True, frozenset({"red"}), frozenset({"red"})),
        (Test.INCLUDES, frozenset({"red"}), False, frozenset({"red", "blue"}), frozenset({"blue"})),
        (
            Test.INCLUDES,
            frozenset({"blue"}),
            True,
            OpenList(frozenset({"red"}), frozenset({"blue", "green"})),
            OpenList(frozenset({"red", "blue"}), frozenset({"green"})),
        ),
        (Test.EMPTY, None, True, frozenset({"red"}), frozenset()),
        (Test.AT_LEAST, Decimal(6), True, Decimal(3), Decimal(6)),
        (Test.AT_LEAST, Decimal(6), True, Decimal(12), Decimal(12)),
        (Test.ABOVE, Decimal(6), True, None, Decimal(7)),
        (Test.AT_MOST, Decimal(6), False, None, Decimal(7)),
        (Test.BELOW, A_DAY, True, None, date(2027, 1, 1)),
    ],
)
def test_a_value_comes_out_as_wanted_and_keeps_what_is_stated(
    test: Test, operand: object, true: bool, now: FactValue | None, value: FactValue
) -> None:
    wanted = Wanted(FactTest("s.a", test, operand), true)  # type: ignore[arg-type]
    assert next(stating(wanted, now, WORDS)) == value
