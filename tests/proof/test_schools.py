"""The school `strict` takes the stricter choice: proved for each reading that has one, argued for each that has none."""

from __future__ import annotations

from datetime import date

import pytest

from aiact_rules import Gate
from aiact_rules.core.packs import PackAt
from aiact_rules.core.statuses import Status
from aiact_rules.proof.pack_logic import answered
from aiact_rules.proof.strictness import Comparing

z3 = pytest.importorskip("z3")
(PACK,) = Gate().packs(["eu_ai_act"])
DAY = date(2026, 11, 22)

_CLASS = (
    "decides whether a system is high-risk: one that leaves the class leaves its reliefs too, and owes what others do"
)
WITHOUT_ORDER = {
    "ai_office_and_authorities": "decides which authority is competent, so that a report is owed to one or to the other",
    "annex_x_dates": "moves a date to one that is earlier for one class and later for another",
    "art25_1_a_contract": "decides which of two operators is the provider: what one owes, the other does not",
    "covered_by_product_law": "decides between two procedures of conformity assessment, each with duties of its own",
    "credit_already_granted": _CLASS,
    "credit_and_essential_services": _CLASS,
    "derogation_conditions": "a system that is high-risk after all need not be documented and registered as one that is not",
    "derogations_of_product_law": "decides between two derogations, each with conditions of its own",
    "endangered_property": _CLASS,
    "established_calculations": "what is no AI system leaves the Act, its permissions (Art. 4a) among it",
    "generality_indication": "a model known to be general may be known to be exempt as an open one; an unassessed one is not",
    "insurance_assessment_and_pricing": _CLASS,
    "learning_outcomes_context": _CLASS,
    "listed_use_not_permitted": _CLASS,
    "optional_third_party_assessment": _CLASS,
    "protected_attributes": _CLASS,
    "recital_exclusions": _CLASS,
    "section_b_reach": "decides which rules reach a product of Annex I, Section B, the exceptions among them",
    "uses_beside_point_2": "decides in which of two registers a system is entered",
}
OTHERS = [
    (name, choice)
    for name, reading in PACK.readings.items()
    for choice in reading.choices
    if choice != reading.schools["strict"].choice and name not in WITHOUT_ORDER
]


def allows_more(strict: PackAt, other: PackAt) -> bool:
    """Return whether there are facts of which `strict` demands nothing that stops them, and `other` does.

    Signals and contradictions are left out: they ask about what is stated, not about what the law demands.
    """
    comparing = Comparing(strict, other)
    stops = [
        z3.Or(
            [
                comparing.statuses.has(o, rails[o.id], Status.BREACHED, Status.OPEN)
                for o in side.obligations.values()
                if not o.is_signal
            ]
        )
        for side, rails in zip(comparing.sides, comparing.rails, strict=True)
    ]
    comparing.solver.add(z3.Not(stops[0]), stops[1])
    return answered(comparing.solver)


@pytest.mark.parametrize(("reading", "choice"), OTHERS, ids=lambda each: each)
def test_strict_allows_nothing_that_another_choice_does_not_allow(reading: str, choice: str) -> None:
    default = {reading: PACK.readings[reading].schools["strict"].choice}
    assert not allows_more(PACK.at(DAY, default), PACK.at(DAY, {reading: choice}))


def test_every_reading_is_proved_or_argued() -> None:
    assert {name for name, _ in OTHERS} | WITHOUT_ORDER.keys() == PACK.readings.keys()
    assert not {name for name, _ in OTHERS} & WITHOUT_ORDER.keys()


@pytest.mark.parametrize("way", ["laxer", "stricter"])
def test_a_default_is_called_laxer_or_stricter_than_the_letter_as_it_is(way: str) -> None:
    for reading in PACK.readings.values():
        if getattr(reading, f"{way}_than_letter") is not None and reading.id not in WITHOUT_ORDER:
            strict = reading.schools["strict"].choice
            assert (reading.default != strict) is (way == "laxer"), reading.id
