"""Periods: so many hours, days, months or years from an event, and the day on which they end."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Period:
    """A period that the law sets: an amount of `hours`, `days`, `weeks`, `months` or `years`."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount} {self.unit if self.amount != 1 else self.unit.removesuffix('s')}"

    def last_day(self, begins: date) -> date:
        """Return the last day of the period where the event falls on `begins`; at most the last date there is.

        Days, weeks, months and years are counted from the day after the event (Regulation (EEC, Euratom) No 1182/71,
        Art. 3). A period in hours ends, at the latest, so many whole days after the day of the event.
        """
        if self.unit in ("months", "years"):
            months = begins.month - 1 + self.amount * (12 if self.unit == "years" else 1)
            year, month = begins.year + months // 12, months % 12 + 1
            if year > date.max.year:
                return date.max
            return date(year, month, min(begins.day, calendar.monthrange(year, month)[1]))
        days = {"hours": -(-self.amount // 24), "days": self.amount, "weeks": 7 * self.amount}[self.unit]
        return begins + timedelta(days=min(days, (date.max - begins).days))

    def has_passed(self, begins: date, on: date) -> bool:
        """Return whether the last day of the period lies before a day."""
        return self.last_day(begins) < on

    def first_running(self, on: date) -> date:
        """Return the earliest day of an event from which the period has not passed on a day."""
        first, last = date.min, on
        while first < last:
            middle = first + (last - first) // 2
            if self.has_passed(middle, on):
                first = middle + timedelta(days=1)
            else:
                last = middle
        return first


def passed_fact(runs_from: str, period: Period) -> str:
    """Return the name of the fact that a period from the date in another fact had passed by the release."""
    return f"{runs_from}_past_{str(period).replace(' ', '_')}"
