"""What was read in a secondary source alone neither frees nor founds silently what was read in the text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from aiact_rules.core.conditions import AllOf, FactTest, Test
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError

Loads = Callable[..., Pack]

RELIEF = """\
  - id: art6.3
    provision: Art. 6(3)
    exception_to: art6.2
    when: {system.narrow: true}
    reason: it is narrow
"""
PREMISE = """\
    concludes: high_risk
    when: {system.uses: {includes: recruitment}}
    reason: it is listed
"""
CONFIRMED = "  system.checked: {type: yes_no, asks: Has somebody read the text?}\n"


def problems_of(load: Loads, **replaced: str) -> list[str]:
    with pytest.raises(PackError) as refused:
        load(**replaced)
    return [problem.message for problem in refused.value.problems]


@pytest.fixture
def article(texts: dict[str, str]) -> str:
    return texts["ch03/art_006.yaml"]


@pytest.mark.parametrize("certainty", ["S", "K"])
@pytest.mark.parametrize("rule", [RELIEF, PREMISE], ids=["relief", "premise"])
def test_what_was_not_read_says_who_confirms_it(load: Loads, article: str, rule: str, certainty: str) -> None:
    unsure = rule.rstrip("\n") + f"\n    certainty: {certainty}\n"
    (message,) = problems_of(load, art_006=article.replace(rule, unsure))
    name = "art6.3" if rule is RELIEF else "art6.2"
    assert message == (f"rule `{name}` has certainty {certainty}, and `art24.1`, which can hold or block, rests on it")


def test_a_quotation_frees_and_founds(load: Loads, article: str) -> None:
    assert load(art_006=article.replace(RELIEF, f"{RELIEF}    certainty: Q\n")).rules["art6.3"].certainty.can_gate


def test_what_a_person_confirms_counts_only_then_and_says_so(load: Loads, texts: dict[str, str], article: str) -> None:
    confirmed = f"{RELIEF}    certainty: S\n    confirmed_by: system.checked\n"
    rule = load(art_006=article.replace(RELIEF, confirmed), vocabulary=texts["vocabulary.yaml"] + CONFIRMED).rules[
        "art6.3"
    ]
    narrow, checked = FactTest("system.narrow", Test.IS, True), FactTest("system.checked", Test.IS, True)
    assert rule.when == AllOf((narrow, checked))
    assert rule.reason == "it is narrow (not read in the text itself: a person confirmed it)"


def test_a_chosen_reading_says_on_what_a_finding_rests(load: Loads, article: str) -> None:
    read = RELIEF.replace("{system.narrow: true}", "{system.narrow: true, reading.waits: applies}")
    assert load(art_006=article.replace(RELIEF, f"{read}    certainty: S\n")).rules["art6.3"].confirmed_by is None


def test_advice_may_rest_on_what_was_not_read(load: Loads, article: str) -> None:
    advice = article.replace("met_when: {documentation", "certainty: S\n    met_when: {documentation")
    advice = advice.replace(
        "    when: {system.uses: {includes: grading}}", "    certainty: S\n    when: {high_risk: true}"
    )
    advice = advice.replace("met_when: {system.area", "certainty: S\n    met_when: {system.area")
    assert load(art_006=advice.replace(RELIEF, f"{RELIEF}    certainty: K\n")).rules["art6.3"].certainty.value == "K"


@pytest.mark.parametrize(
    ("certainty", "fact", "message"),
    [
        ("Q", "system.checked", "rule `art6.3`: `confirmed_by` is for what was not read in the text (S or K)"),
        ("S", "system.chekced", "rule `art6.3`: unknown fact `system.chekced`"),
        ("S", "system.narrow", "rule `art6.3`: `system.narrow` is no `yes_no` fact without `if_absent`"),
        ("S", "system.area", "rule `art6.3`: `system.area` is no `yes_no` fact without `if_absent`"),
    ],
)
def test_a_confirmation_is_a_yes_or_no_that_silence_does_not_give(
    load: Loads, texts: dict[str, str], article: str, certainty: str, fact: str, message: str
) -> None:
    confirmed = f"{RELIEF}    certainty: {certainty}\n    confirmed_by: {fact}\n"
    found = problems_of(
        load, art_006=article.replace(RELIEF, confirmed), vocabulary=texts["vocabulary.yaml"] + CONFIRMED
    )
    assert message in found
