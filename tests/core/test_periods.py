"""Periods that the law sets, counted from a day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from aiact_rules.core.periods import Period


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
        (date.max, 15, "days", date.max),
        (date.max, 1, "years", date.max),
    ],
)
def test_a_period_ends_on_its_last_day(begins: date, amount: int, unit: str, ends: date) -> None:
    assert Period(amount, unit).last_day(begins) == ends


def test_a_period_has_passed_the_day_after_its_last() -> None:
    period = Period(15, "days")
    assert not period.has_passed(date(2026, 2, 20), date(2026, 3, 7))
    assert period.has_passed(date(2026, 2, 20), date(2026, 3, 8))


@pytest.mark.parametrize("period", [Period(24, "hours"), Period(15, "days"), Period(1, "months"), Period(1, "years")])
@pytest.mark.parametrize("on", [date(2026, 3, 1), date(2028, 2, 29), date(2028, 3, 31), date(2026, 12, 31)])
def test_the_first_running_day_is_the_earliest_from_which_the_period_has_not_passed(period: Period, on: date) -> None:
    first = period.first_running(on)
    assert not period.has_passed(first, on)
    assert period.has_passed(first - timedelta(days=1), on)


def test_every_period_still_runs_on_the_first_day_there_is() -> None:
    assert Period(15, "days").first_running(date.min) == date.min
