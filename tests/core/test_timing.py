"""Periods that the law sets, counted from a day."""

from __future__ import annotations

from datetime import date

import pytest

from aiact_rules.core.rules import Deadline
from aiact_rules.core.timing import last_day


@pytest.mark.parametrize(
    ("begins", "amount", "unit", "ends"),
    [
        (date(2026, 10, 1), 24, "hours", date(2026, 10, 2)),
        (date(2026, 10, 1), 36, "hours", date(2026, 10, 3)),
        (date(2026, 10, 1), 48, "hours", date(2026, 10, 3)),
        (date(2026, 2, 20), 15, "days", date(2026, 3, 7)),
        (date(2026, 2, 20), 2, "weeks", date(2026, 3, 6)),
        (date(2026, 1, 31), 1, "months", date(2026, 2, 28)),
        (date(2024, 2, 29), 10, "years", date(2034, 2, 28)),
    ],
)
def test_a_period_ends_on_its_last_day(begins: date, amount: int, unit: str, ends: date) -> None:
    assert last_day(begins, Deadline("incident.aware_on", amount, unit, "Art. 1")) == ends
