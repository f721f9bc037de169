"""Days as people write them (`2 December 2027`, `02.12.2027`), where only one day can be meant."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = (
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
)
_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\Z")
_DAY_FIRST = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})\Z")
_EITHER = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})\Z")
_DAY_AND_WORD = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)?[ -]+(?:of )?([a-z]{3,})\.?,?[ -]+(\d{4})\Z")
_WORD_AND_DAY = re.compile(r"([a-z]{3,})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})\Z")


def read_day(said: str) -> date:
    """Read a day. Raises ValueError for what is none, and for what could be two, such as `02/12/2027`."""
    text = " ".join(said.split()).lower()
    if match := _YEAR_FIRST.match(text):
        return _day(said, int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.match(text):
        return _day(said, int(match[3]), int(match[2]), int(match[1]))
    if match := _EITHER.match(text):
        first, second, year = int(match[1]), int(match[2]), int(match[3])
        if first <= 12 and second <= 12 and first != second:
            raise ValueError(
                f"`{said.strip()}` could be {_day(said, year, second, first)} or {_day(said, year, first, second)}; "
                "write the one that is meant"
            )
        return _day(said, year, first, second) if first <= 12 else _day(said, year, second, first)
    if match := _DAY_AND_WORD.match(text):
        return _day(said, int(match[3]), _month(said, match[2]), int(match[1]))
    if match := _WORD_AND_DAY.match(text):
        return _day(said, int(match[3]), _month(said, match[1]), int(match[2]))
    raise _unread(said)


def _day(said: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _unread(said) from None


def _month(said: str, word: str) -> int:
    found = [number for number, name in enumerate(_MONTHS, 1) if name.startswith(word)]
    if len(found) != 1:
        raise _unread(said)
    return found[0]


def _unread(said: str) -> ValueError:
    return ValueError(f"expected a date, e.g. 2027-12-02 or 2 December 2027, found `{said.strip()}`")
