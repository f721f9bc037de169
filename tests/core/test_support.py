"""Support: which stated facts an answer rests on."""

from datetime import date

import pytest

from aiact_rules.gate import Gate

AS_OF = date(2026, 11, 22)
SYSTEM = {
    "release.subject": "system",
    "release.markets": ["EU"],
    "operator.roles": ["provider"],
    "system.practices": [],
    "system.annex_iii_uses": [],
    "system.annex_i_law": [],
}


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


def unused(gate: Gate, **facts: object) -> tuple[str, ...]:
    stated = {**SYSTEM, **{name.replace("__", "."): value for name, value in facts.items()}}
    return gate.check(stated, as_of=AS_OF).unused_facts


def test_an_element_of_a_situation_that_the_list_denies_reached_no_rule(gate: Gate) -> None:
    found = unused(gate, system__transparency_situations=[], system__interacts_directly=True)
    assert found == ("system.interacts_directly",)


def test_an_element_of_a_situation_that_is_named_is_used(gate: Gate) -> None:
    found = unused(
        gate,
        system__transparency_situations=["interacts_with_people"],
        system__interacts_directly=True,
        system__ai_interaction_obvious=False,
    )
    assert found == ()


def test_an_element_beside_an_exception_that_settles_the_answer_is_not_needed(gate: Gate) -> None:
    found = unused(
        gate,
        system__transparency_situations=["interacts_with_people"],
        system__interacts_directly=True,
        system__ai_interaction_obvious=True,
    )
    assert found == ("system.interacts_directly",)


def test_a_list_that_denies_everything_is_used(gate: Gate) -> None:
    assert "system.practices" not in unused(gate, system__transparency_situations=[])


def test_unused_facts_are_beside_the_identity(gate: Gate) -> None:
    decision = gate.check({**SYSTEM, "system.transparency_situations": [], "system.marking": []}, as_of=AS_OF)
    assert decision.as_json()["unused_facts"] == ["system.marking"]
    assert b"unused_facts" not in decision.canonical_bytes
