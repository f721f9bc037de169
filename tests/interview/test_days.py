"""Days as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from aiact_rules.interview.days import read_day


@pytest.mark.parametrize(
    "said",
    [
        "2027-12-02",
        "2027/12/2",
        "2 December 2027",
        "2nd of Dec 2027",
        "Dec. 2, 2027",
        "December 2 2027",
        "02.12.2027",
        "2. 12. 2027",
        "2-dec-2027",
    ],
)
def test_every_spelling_is_the_same_day(said: str) -> None:
    assert read_day(said) == date(2027, 12, 2)


def test_slashes_are_read_where_only_one_order_is_possible() -> None:
    assert read_day("15/12/2027") == read_day("12/15/2027") == date(2027, 12, 15)
    with pytest.raises(ValueError, match="could be 2027-12-02 or 2027-02-12"):
        read_day("02/12/2027")


@pytest.mark.parametrize(
    "said", ["", "soon", "December 2027", "30 February 2027", "13/13/2027", "ju 1 2027", "2/12/27"]
)
def test_what_is_no_day_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="expected a date"):
        read_day(said)
