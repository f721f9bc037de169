from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.mapping import stated_in_mapping


def test_values_of_a_program_become_facts(vocabulary: Vocabulary) -> None:
    facts = stated_in_mapping(
        {
            "system": {"uses": ["recruitment"], "profiles_natural_persons": False},
            "model.training_compute": 10**25,
            "release.date": date(2027, 12, 2),
            "operator.roles": {"provider", "deployer"},
            "operator": {"size": None},
            "documentation": {"annex": "all"},
        },
        vocabulary,
    ).facts
    assert facts.value("system.uses") == frozenset({"recruitment"})
    assert facts.value("system.profiles_natural_persons") is False
    assert facts.value("model.training_compute") == Decimal("1e25")
    assert facts.value("release.date") == date(2027, 12, 2)
    assert facts.value("operator.roles") == frozenset({"provider", "deployer"})
    assert facts.value("documentation.annex") == frozenset({"a", "b"})
    assert "operator.size" not in facts
    assert str(facts["system.uses"].origin) == "argument"


@pytest.mark.parametrize("given", [1e25, "1e25", Decimal("1e25"), "10^25"])
def test_a_quantity_is_exact_however_it_is_given(given: object, vocabulary: Vocabulary) -> None:
    assert (
        stated_in_mapping({"model.training_compute": given}, vocabulary).facts.value("model.training_compute") == 10**25
    )


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"model.training_compute": float("nan")}, "expected a number"),
        ({"model.training_compute": float("inf")}, "expected a number"),
        ({"release.date": datetime(2027, 1, 1, 10, 0)}, "without a time of day"),
        ({"system.uses": object()}, "expected yes or no, text"),
        ({"system": {3: True}}, "a name must be text"),
        ({"system": "recruitment"}, "expected fact names"),
        ({"system": {"usage": []}}, "unknown fact `system.usage`"),
        ({"system.uses": ["recruitmnt"]}, "did you mean `recruitment`"),
        ({"system.uses": [["recruitment"]]}, "expected a list of words"),
        ({"system.profiles_natural_persons": 1}, "expected yes or no"),
        ({"model.licence": "\ud800"}, "surrogate"),
        ({"model.training_compute": -1e26}, "an amount is never below zero, found `-1e\\+26`"),
        ({"release.subject": ["system"]}, "expected one value, not a list"),
        ({"system.profiles_natural_persons": [True]}, "expected one value, not a list"),
        ({"model.training_compute": [1]}, "expected one value, not a list"),
    ],
)
def test_what_is_no_fact_is_refused(values: dict[str, object], said: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match=said):
        stated_in_mapping(values, vocabulary)


def test_endless_nesting_is_refused(vocabulary: Vocabulary) -> None:
    values: dict[str, object] = {}
    values["system"] = values
    with pytest.raises(InputError, match="nested deeper"):
        stated_in_mapping(values, vocabulary)


def test_an_empty_text_is_not_stated_and_an_empty_list_is_none(vocabulary: Vocabulary) -> None:
    assert "system.uses" not in stated_in_mapping({"system.uses": " "}, vocabulary).facts
    assert stated_in_mapping({"system.uses": []}, vocabulary).facts.value("system.uses") == frozenset()


def test_the_same_fact_said_twice_must_agree(vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match="make both say the same"):
        stated_in_mapping({"system": {"uses": []}, "system.uses": ["credit"]}, vocabulary)


@pytest.mark.parametrize(
    ("given", "markets"),
    [
        ("eu", {"EU"}),
        (["DE", "kr"], {"DE", "EU", "KR"}),
        ("US-CA, CH", {"US-CA", "CH"}),
        ([], set()),
        ("none", set()),
        ("eea", {"EEA", "EU"}),
    ],
)
def test_a_market_in_the_union_is_the_unions(given: object, markets: set[str], vocabulary: Vocabulary) -> None:
    assert stated_in_mapping({"release.markets": given}, vocabulary).facts.value("release.markets") == markets


def test_a_market_that_is_no_code_is_refused(vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match="expected a country or region code"):
        stated_in_mapping({"release.markets": ["worldwide"]}, vocabulary)
