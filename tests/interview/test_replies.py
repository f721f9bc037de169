"""Replies to lists: names, numbers, ranges, and what is left open."""

from __future__ import annotations

from decimal import Decimal

import pytest

from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.vocabulary import Derivation, FactDeclaration, FactType, FactValue
from aiact_rules.interview.replies import read_parts, read_reply

LETTERS = FactDeclaration("system.letters", FactType.SOME_OF, "Which?", values=dict.fromkeys("abcde", "a letter"))


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("1, c", frozenset("ac")),
        ("1 3", frozenset("ac")),
        ("1; 3 and d", frozenset("acd")),
        ("2-4", frozenset("bcd")),
        ("none", frozenset()),
        ("no", frozenset()),
        ("0", frozenset()),
        ("1, ?3", OpenList.of("a", "c")),
        ("1 3?", OpenList.of("a", "c")),
        ("a, c: unknown", OpenList.of("a", "c")),
        ("a, c: no", frozenset("a")),
    ],
)
def test_a_list_is_read_from_names_and_numbers(said: str, value: FactValue) -> None:
    assert read_reply(LETTERS, said) == value


@pytest.mark.parametrize("said", ["6", "3-9", "f", ",", "yes"])
def test_what_is_not_in_the_list_is_refused(said: str) -> None:
    with pytest.raises(ValueError, match="there is no choice|not one of the values|name what applies"):
        read_reply(LETTERS, said)


def test_a_sum_may_be_given_by_its_parts() -> None:
    total = FactDeclaration(
        "model.all", FactType.QUANTITY, "How much?", unit="FLOP", derivation=Derivation("sum", ("model.a", "model.b"))
    )
    assert read_parts(total, "9e23 + 2e19") == {"model.a": Decimal("9e23"), "model.b": Decimal("2e19")}
    assert read_parts(total, "9e23") is None
    assert read_reply(total, "9e23") == Decimal("9e23")
