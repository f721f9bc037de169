"""Values are read by the type of their fact, exactly as written."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiact_rules.core.problems import PackError
from aiact_rules.core.vocabulary import (
    FactDeclaration,
    FactType,
    Vocabulary,
    format_quantity,
    parse_date,
    parse_quantity,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e25", Decimal(10) ** 25),
        ("1.0e25", Decimal(10) ** 25),
        ("10^25", Decimal(10) ** 25),
        ("10**25", Decimal(10) ** 25),
        ("2.5 x 10^24", Decimal("2.5e24")),
        ("3.8 * 10**25", Decimal("3.8e25")),
        ("12_000_000", Decimal(12_000_000)),
        ("-4", Decimal(-4)),
        ("0.5", Decimal("0.5")),
    ],
)
def test_a_number_means_what_it_says(text: str, value: Decimal) -> None:
    assert parse_quantity(text) == value


@pytest.mark.parametrize(
    "text", ["", "many", "1e", "nan", "inf", "1,5", "12:30:00", "1e25 FLOP", "0x10", "--1", "1e9999"]
)
def test_what_is_no_plain_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a number"):
        parse_quantity(text)


def test_one_more_operation_than_the_threshold_is_more() -> None:
    assert parse_quantity("10000000000000000000000001") > parse_quantity("1e25")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30, places=6))
def test_a_quantity_survives_being_written_and_read(value: Decimal) -> None:
    assert parse_quantity(format_quantity(value)) == value


@given(st.integers(0, 30))
def test_equal_numbers_have_one_spelling(exponent: int) -> None:
    assert format_quantity(Decimal(10) ** exponent) == format_quantity(parse_quantity(f"1e{exponent}"))


@pytest.mark.parametrize("text", ["2027-02-30", "2027-1-1", "1.2.2027", "tomorrow", "2027-12-02T00:00"])
def test_a_date_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="expected a date"):
        parse_date(text)


def test_a_date_is_a_date() -> None:
    assert parse_date(" 2027-12-02 ") == date(2027, 12, 2)


def declaration(kind: FactType, **more: object) -> FactDeclaration:
    return FactDeclaration("a.fact", kind, "?", **more)  # type: ignore[arg-type]


def test_yes_and_no_are_words_of_their_own() -> None:
    fact = declaration(FactType.YES_NO)
    assert [fact.parse(text) for text in ("yes", "true", "No", "FALSE")] == [True, True, False, False]
    with pytest.raises(ValueError, match="expected yes or no"):
        fact.parse("maybe")


def test_all_stands_for_every_item_of_a_checklist_only() -> None:
    values = {"one": "1", "two": "2"}
    assert declaration(FactType.SOME_OF, values=values, checklist=True).parse_many(["all"]) == {"one", "two"}
    with pytest.raises(ValueError, match="not one of the values"):
        declaration(FactType.SOME_OF, values=values).parse_many(["all"])


def test_a_slip_is_mended_but_an_opposite_is_not_proposed() -> None:
    fact = declaration(FactType.ONE_OF, values={"one_task": "one", "wide_range": "many"})
    with pytest.raises(ValueError, match="did you mean `one_task`"):
        fact.parse("one_tsk")
    with pytest.raises(ValueError, match="choose from one_task, wide_range"):
        fact.parse("many_tasks")


def test_a_fact_declared_twice_must_mean_the_same() -> None:
    first = declaration(FactType.YES_NO)
    assert len(Vocabulary.of([first, first])) == 1
    with pytest.raises(PackError, match="declared twice"):
        Vocabulary.of([first, declaration(FactType.TEXT)])


@pytest.mark.parametrize("text", ["-1e26", "-0.1", " -4"])
def test_an_amount_is_never_below_zero(text: str) -> None:
    compute = FactDeclaration("model.training_compute", FactType.QUANTITY, "How much?", unit="FLOP")
    with pytest.raises(ValueError, match=f"an amount is never below zero, found `{text}`"):
        compute.parse(text)
    assert compute.parse("0") == 0
