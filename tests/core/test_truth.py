"""Truth behaves as in strong Kleene logic."""

from __future__ import annotations

from itertools import product

import pytest

from aiact_rules.core.truth import Truth, all_of, any_of, negate

VALUES = (Truth.YES, Truth.NO, Truth.UNKNOWN)


def completions(value: Truth) -> set[bool]:
    return {Truth.YES: {True}, Truth.NO: {False}, Truth.UNKNOWN: {True, False}}[value]


@pytest.mark.parametrize("pair", list(product(VALUES, VALUES)))
def test_a_pair_is_certain_only_where_every_completion_agrees(pair: tuple[Truth, Truth]) -> None:
    worlds = list(product(completions(pair[0]), completions(pair[1])))
    for join, check in ((all_of, all), (any_of, any)):
        seen = {check(world) for world in worlds}
        expected = Truth.UNKNOWN if len(seen) == 2 else Truth.of(seen.pop())
        assert join(pair) is expected


def test_nothing_at_all_is_yes_for_all_and_no_for_any() -> None:
    assert all_of([]) is Truth.YES
    assert any_of([]) is Truth.NO


def test_negation_leaves_unknown_unknown() -> None:
    assert [negate(value) for value in VALUES] == [Truth.NO, Truth.YES, Truth.UNKNOWN]


def test_a_truth_cannot_be_taken_for_a_bool() -> None:
    with pytest.raises(TypeError, match="not a bool"):
        bool(Truth.UNKNOWN)
