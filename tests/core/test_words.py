"""Words as a person writes them."""

from __future__ import annotations

import pytest

from aiact_rules.core.words import counted


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 findings"), (1, "1 finding"), (2, "2 findings"), (2000, "2,000 findings")]
)
def test_a_count_goes_with_the_number_of_what_is_counted(count: int, words: str) -> None:
    assert counted(count, "finding") == words


def test_a_plural_may_be_named() -> None:
    assert (counted(1, "entry", "entries"), counted(3, "entry", "entries")) == ("1 entry", "3 entries")
