"""Amounts as people write them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from aiact_rules.interview.amounts import read_amount

READ = [
    ("5000000000", None, "5000000000"),
    ("5,000,000,000", None, "5000000000"),
    ("5 000 000", "EUR", "5000000"),
    ("5.000.000,50", "EUR", "5000000.50"),
    ("1,234.5", "EUR", "1234.5"),
    ("2,000", "users", "2000"),
    ("5 billion", "KRW", "5e9"),
    ("₩5bn", "KRW", "5e9"),
    ("1.234 million euros", "EUR", "1234000"),
    ("8B", "parameters", "8e9"),
    ("0.02 %", None, "0.0002"),
    ("0,02 %", None, "0.0002"),
    ("33 per cent", None, "0.33"),
    ("0.625", None, "0.625"),
    ("3e25", "FLOP", "3e25"),
    ("1.234e24", "FLOP", "1.234e24"),
    ("1,5e25 FLOPs", "FLOP", "1.5e25"),
    ("10^25", "FLOP", "1e25"),
    ("10²⁵ FLOP", "FLOP", "1e25"),
    ("2.5 × 10^24", "FLOP", "2.5e24"),
    ("12 months", "months", "12"),
    ("1 month", "months", "1"),
]


@pytest.mark.parametrize(("said", "unit", "amount"), READ)
def test_an_amount_is_read_exactly(said: str, unit: str | None, amount: str) -> None:
    assert read_amount(said, unit) == Decimal(amount)


@pytest.mark.parametrize(("said", "unit"), [("1,234", None), ("10.000", "users"), ("1,234 million", "EUR")])
def test_what_could_be_two_numbers_is_refused_with_both(said: str, unit: str | None) -> None:
    with pytest.raises(ValueError, match="could be .* or .*; write the one that is meant"):
        read_amount(said, unit)


@pytest.mark.parametrize(
    ("said", "unit"), [("", None), ("many", None), ("$5", "EUR"), ("5 lakh", "KRW"), ("50 %", "FLOP"), ("1e1000", None)]
)
def test_what_is_no_amount_is_refused(said: str, unit: str | None) -> None:
    with pytest.raises(ValueError, match="expected a"):
        read_amount(said, unit)
