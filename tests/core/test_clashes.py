"""Clashes: what the operators of a chain state against each other becomes a fact of those concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pytest

from aiact_rules.core.clashes import with_clashes
from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.facts import Completion, Fact, Facts, Origin, Sureness
from aiact_rules.core.packs import CLASHES
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Clash
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue, Vocabulary

VOCABULARY = Vocabulary.of(
    [
        FactDeclaration("s.denies", FactType.YES_NO, "?"),
        FactDeclaration("s.says", FactType.YES_NO, "?"),
        FactDeclaration("s.silent", FactType.YES_NO, "?", if_absent=False, if_absent_because="nobody says so"),
        FactDeclaration("s.uses", FactType.SOME_OF, "?"),
    ]
)
AGAINST = Clash(
    "against",
    "Art. 1",
    "one denies what the other says",
    FactTest("s.denies", Test.IS, True),
    other=FactTest("s.says", Test.IS, True),
)
ALONE = Clash(
    "alone",
    "Art. 1",
    "nobody else says so",
    FactTest("s.denies", Test.IS, True),
    nobody=FactTest("s.says", Test.IS, True),
)
SAME = Clash("same.s.says", "Art. 1", "there is only one", same="s.says")


def stated(**values: FactValue) -> Facts:
    origin = Origin(Place("aiact.yaml", 1), Sureness.STATED)
    return Facts({f"s.{name}": Fact(f"s.{name}", value, origin) for name, value in values.items()})


def found(clash: Clash, operators: Mapping[str, Facts]) -> dict[str, frozenset[str]]:
    """Return the clashes of each operator that has any."""
    compared = with_clashes(operators, Completion.of(VOCABULARY), [clash])
    values = {name: facts.value(CLASHES) for name, facts in compared.items()}
    return {name: value for name, value in values.items() if isinstance(value, frozenset)}


def chain(*operators: Facts) -> dict[str, Facts]:
    return dict(zip("ABCD", operators, strict=False))


@pytest.mark.parametrize("first", [0, 1])
def test_a_clash_of_two_is_held_against_both_whoever_comes_first(first: int) -> None:
    pair = [stated(denies=True), stated(says=True)]
    operators = chain(pair[first], pair[1 - first], stated())
    assert found(AGAINST, operators) == {"A": {"against"}, "B": {"against"}}


@pytest.mark.parametrize("other", [stated(), stated(says=False)], ids=["silent", "agreeing"])
def test_an_operator_that_says_nothing_or_the_same_contradicts_nobody(other: Facts) -> None:
    assert found(AGAINST, chain(stated(denies=True), other)) == {}


def test_one_operator_is_not_held_against_itself() -> None:
    assert found(AGAINST, chain(stated(denies=True, says=True), stated())) == {}


def test_what_nobody_bears_out_is_held_against_whoever_states_it() -> None:
    assert found(ALONE, chain(stated(denies=True), stated(), stated(says=False))) == {"A": {"alone"}}
    assert found(ALONE, chain(stated(denies=True), stated(says=True))) == {}


def test_a_single_operator_is_compared_with_nobody() -> None:
    assert found(ALONE, chain(stated(denies=True))) == {}


def test_two_values_of_what_is_one_for_all_are_a_clash_of_those_who_state_them() -> None:
    assert found(SAME, chain(stated(says=True), stated(says=False), stated())) == {
        "A": {"same.s.says"},
        "B": {"same.s.says"},
    }
    assert found(SAME, chain(stated(says=True), stated(says=True), stated())) == {}


def test_a_declared_default_is_no_statement_about_what_is_one_for_all() -> None:
    clash = Clash("same.s.silent", "Art. 1", "there is only one", same="s.silent")
    assert found(clash, chain(stated(silent=True), stated())) == {}


@pytest.mark.parametrize(
    ("mine", "theirs", "clashes"),
    [
        (["a"], ["a", "b"], True),
        ([], ["b"], True),
        (["a", "b"], ["a"], False),
        (["a"], ["a"], False),
        (["a"], None, False),
        (None, ["a"], False),
    ],
)
def test_a_list_is_compared_for_what_it_has_beyond_the_other(
    mine: Iterable[str] | None, theirs: Iterable[str] | None, clashes: bool
) -> None:
    clash = Clash(
        "beyond",
        "Art. 1",
        "one leaves out what the other names",
        FactTest("s.denies", Test.IS, True),
        other=FactTest("s.says", Test.IS, True),
        beyond="s.uses",
    )
    one = stated(denies=True) if mine is None else stated(denies=True, uses=frozenset(mine))
    other = stated(says=True) if theirs is None else stated(says=True, uses=frozenset(theirs))
    assert found(clash, chain(one, other)) == ({"A": {"beyond"}, "B": {"beyond"}} if clashes else {})


def test_the_fact_names_the_operators_it_was_compared_with() -> None:
    compared = with_clashes(
        {"Maker": stated(denies=True), "Seller": stated(says=True), "User": stated()},
        Completion.of(VOCABULARY),
        [AGAINST],
    )
    assert compared["Maker"][CLASHES].origin.because == "compared with what is stated for Seller"
    assert CLASHES not in compared["User"]
