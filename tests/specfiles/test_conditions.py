"""Conditions are compiled by the type of the fact, and a test that cannot be is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from aiact_rules.core.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FactTest,
    Holds,
    Not,
    ParameterName,
    ReadingIs,
    Test,
)
from aiact_rules.core.evaluation import evaluate
from aiact_rules.core.packs import Pack
from aiact_rules.core.truth import Truth

from .conftest import rule


def uses(*elements: str) -> FactTest:
    return FactTest("system.uses", Test.INCLUDES, frozenset(elements))


def area(*values: str) -> FactTest:
    return FactTest("system.area", Test.ONE_OF, frozenset(values))


NARROW = FactTest("system.narrow", Test.IS, True)
BROAD = FactTest("system.narrow", Test.IS, False)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("{system.narrow: true}", NARROW),
        ("{system.narrow: false}", BROAD),
        ("{system.area: employment}", area("employment")),
        ("{system.area: [employment, education]}", area("employment", "education")),
        ("{system.area: {is_not: none}}", Not(area("none"))),
        ("{system.area: {not_in: [none, education]}}", Not(area("none", "education"))),
        ("{system.uses: {includes: grading}}", uses("grading")),
        ("{system.uses: {includes_any: [grading, recruitment]}}", uses("grading", "recruitment")),
        ("{system.uses: {includes_all: [grading, recruitment]}}", AllOf((uses("grading"), uses("recruitment")))),
        ("{system.uses: {includes_none: [grading, recruitment]}}", Not(uses("grading", "recruitment"))),
        ("{system.uses: {is_empty: true}}", FactTest("system.uses", Test.EMPTY)),
        ("{system.uses: {is_empty: false}}", Not(FactTest("system.uses", Test.EMPTY))),
        ("{model.compute: {above: 1e25}}", FactTest("model.compute", Test.ABOVE, Decimal("1e25"))),
        (
            "{model.compute: {at_least: threshold}}",
            FactTest("model.compute", Test.AT_LEAST, ParameterName("threshold")),
        ),
        ("{model.compute: {below: 10^24}}", FactTest("model.compute", Test.BELOW, Decimal("1e24"))),
        ("{model.compute: {at_most: 7}}", FactTest("model.compute", Test.AT_MOST, Decimal(7))),
        ("{release.date: {after: 2027-12-02}}", FactTest("release.date", Test.ABOVE, date(2027, 12, 2))),
        ("{release.date: {on_or_after: start}}", FactTest("release.date", Test.AT_LEAST, ParameterName("start"))),
        ("{release.date: {before: start}}", FactTest("release.date", Test.BELOW, ParameterName("start"))),
        ("{release.date: {on_or_before: start}}", FactTest("release.date", Test.AT_MOST, ParameterName("start"))),
        ("{high_risk: true}", Holds("high_risk")),
        ("{high_risk: false}", Not(Holds("high_risk"))),
        ("{reading.waits: applies}", ReadingIs("waits", "applies")),
        ("{all: [{high_risk: true}, {system.narrow: true}]}", AllOf((Holds("high_risk"), NARROW))),
        ("{any: [{high_risk: true}, {system.narrow: true}]}", AnyOf((Holds("high_risk"), NARROW))),
        ("{not: {high_risk: true}}", Not(Holds("high_risk"))),
        ("{high_risk: true, system.narrow: true}", AllOf((Holds("high_risk"), NARROW))),
        (
            "{model.compute: {above: 1, at_most: 2}}",
            AllOf(
                (FactTest("model.compute", Test.ABOVE, Decimal(1)), FactTest("model.compute", Test.AT_MOST, Decimal(2)))
            ),
        ),
    ],
)
def test_each_form_says_what_the_manual_says(load: Callable[..., Pack], text: str, condition: Condition) -> None:
    assert load(art_009=rule(text)).rules["art9.1"].when == condition


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{system.narow: true}", "unknown fact `system.narow`\n  did you mean `system.narrow`?"),
        ("{high_rsk: true}", "unknown conclusion `high_rsk`\n  did you mean `high_risk`?"),
        ("{unheard_of: true}", "no rule concludes it"),
        ("{reading.wait: applies}", "unknown reading `wait`\n  did you mean `waits`?"),
        ("{reading.waits: apply}", "reading `waits` has no choice `apply`\n  did you mean `applies`?"),
        ("{system.narrow: maybe}", "`system.narrow` takes true or false"),
        ("{system.narrow: yes}", "`system.narrow` takes true or false"),
        ("{high_risk: no}", "`high_risk` takes true or false"),
        ("{system.uses: {is_empty: no}}", "`is_empty` takes true or false"),
        (
            "{system.narrow: {is_not: true}}",
            "`is_not` cannot test `system.narrow`, which is a yes_no fact\n  write true or false",
        ),
        ("{high_risk: unknown}", "`high_risk` takes true or false"),
        (
            "{system.area: employmnt}",
            "`employmnt` is not one of the values of `system.area`\n  did you mean `employment`?",
        ),
        ("{system.area: {includes: none}}", "`includes` cannot test `system.area`, which is a one_of fact"),
        ("{system.uses: grading}", "a value alone cannot test `system.uses`, which is a some_of fact"),
        ("{system.uses: {include: grading}}", "did you mean `includes`?"),
        ("{system.uses: {includes: [grading]}}", "`includes` takes one value of `system.uses`"),
        ("{system.uses: {includes_any: []}}", "an empty list tests nothing of `system.uses`"),
        ("{system.uses: {includes_any: [grading, grading]}}", "duplicate value `grading`"),
        ("{system.uses: {}}", "no test for `system.uses`"),
        ("{model.compute: 1e25}", "write {above: x}, {at_least: x}, {below: x} or {at_most: x}"),
        ("{model.compute: {after: 1}}", "`after` cannot test `model.compute`, which is a quantity fact"),
        (
            "{model.compute: {above: 25 to 30}}",
            "expected a number, e.g. 5000000000 or 1e25 (no separators or units), found `25 to 30`",
        ),
        ("{model.compute: {above: treshold}}", "unknown parameter `treshold`\n  did you mean `threshold`?"),
        ("{model.compute: {above: start}}", "parameter `start` is not a number"),
        ("{release.date: {after: threshold}}", "parameter `threshold` is not a date"),
        ("{release.date: {after: 2027-13-01}}", "expected a date such as 2027-12-02, found `2027-13-01`"),
        ("{system.name: x}", "`system.name` is free text, and free text decides nothing"),
        ("{all: {high_risk: true}}", "`all` needs a list of conditions"),
        ("{any: []}", "`any` needs a list of conditions"),
        ("{not: high_risk}", "a condition must be a mapping"),
        ("{}", "an empty condition"),
    ],
)
def test_a_condition_that_makes_no_sense_is_refused(problems: Callable[..., list[str]], text: str, said: str) -> None:
    found = problems(art_009=rule(text))
    assert len(found) == 1
    assert found[0].startswith("art_009.yaml:6: rule `art9.1`: ")
    assert said in found[0]


LISTS = """\
facts:
  system.listed:
    type: some_of
    asks: Which of these is it listed for?
    values: {grading: grades pupils, policing: polices}
  system.others: {type: some_of, asks: Which others?, values: {policing: polices}}
  system.open: {type: some_of, asks: Which codes?}
"""


def within(inner: str, outer: str) -> dict[str, str]:
    return {"art_009": rule(f"{{{inner}: {{within: {outer}}}}}"), "ch09/vocabulary": LISTS}


def test_a_list_within_another_is_written_out_over_the_values_declared(load: Callable[..., Pack]) -> None:
    listed = FactTest("system.listed", Test.INCLUDES, frozenset({"grading"}))
    condition = AllOf((Not(uses("recruitment")), AnyOf((Not(uses("grading")), listed))))
    assert load(**within("system.uses", "system.listed")).rules["art9.1"].when == condition


@pytest.mark.parametrize(
    ("inner", "outer", "truth"),
    [
        ((), (), Truth.YES),
        (("grading",), ("grading", "policing"), Truth.YES),
        (("grading",), ("policing",), Truth.NO),
        (("recruitment",), ("grading", "policing"), Truth.NO),
        (("grading",), None, Truth.UNKNOWN),
        (("recruitment",), None, Truth.NO),
        ((), None, Truth.YES),
        (None, ("grading",), Truth.UNKNOWN),
    ],
)
def test_a_value_that_the_other_list_lacks_is_not_within(
    load: Callable[..., Pack], inner: tuple[str, ...] | None, outer: tuple[str, ...] | None, truth: Truth
) -> None:
    pack = load(**within("system.uses", "system.listed"))
    stated = {"system.uses": inner, "system.listed": outer}
    facts = {name: frozenset(values) for name, values in stated.items() if values is not None}
    pack_at = pack.at(date(2026, 11, 22))
    assert evaluate(pack_at, facts).prevails(pack_at.rules["art9.1"]) is truth


@pytest.mark.parametrize(
    ("inner", "outer", "said"),
    [
        ("system.uses", "system.lsted", "unknown fact `system.lsted`\n  did you mean `system.listed`?"),
        (
            "system.uses",
            "system.area",
            "`system.area` has no values to compare\n  `within` names another `some_of` fact",
        ),
        ("system.uses", "system.open", "`system.open` has no values to compare"),
        ("system.open", "system.uses", "`system.open` has no values to compare"),
        ("system.uses", "system.others", "`system.uses` and `system.others` have no value in common"),
        ("system.uses", "system.uses", "`system.uses` is compared with itself"),
        ("system.uses", "[system.listed]", "`within` takes one value"),
    ],
)
def test_lists_that_cannot_be_compared_are_refused(
    problems: Callable[..., list[str]], inner: str, outer: str, said: str
) -> None:
    (found,) = problems(**within(inner, outer))
    assert found.startswith("art_009.yaml:6: rule `art9.1`: ")
    assert said in found
