"""Facts keep their origin, and two origins that disagree are a person's to settle."""

from __future__ import annotations

from decimal import Decimal

import pytest

from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.vocabulary import Derivation, FactDeclaration, FactType, FactValue, Vocabulary


def fact(name: str, value: FactValue, line: int = 1) -> Fact:
    return Fact(name, value, Origin(Place("aiact.yaml", line)))


def quantity(name: str, **more: object) -> FactDeclaration:
    return FactDeclaration(name, FactType.QUANTITY, "?", **more)  # type: ignore[arg-type]


SHARE = Vocabulary.of(
    [
        quantity("m.part"),
        quantity("m.whole"),
        quantity("m.share", derivation=Derivation("ratio", ("m.part", "m.whole"))),
    ]
)


def test_two_origins_that_disagree_are_an_error_with_both_places() -> None:
    with pytest.raises(InputError, match=r"aiact.yaml:7: `s.a` is `no` here but `yes` at aiact.yaml:3"):
        Facts.of([fact("s.a", True, 3), fact("s.a", False, 7)])


def test_two_origins_that_agree_are_one_fact_with_the_first_origin() -> None:
    assert Facts.of([fact("s.a", True, 3), fact("s.a", True, 7)])["s.a"].origin.place.line == 3


def test_what_nobody_states_is_unknown() -> None:
    assert Facts.of([]).value("s.a") is None


def test_a_declared_default_is_marked_as_one_and_never_replaces_what_is_stated() -> None:
    vocabulary = Vocabulary.of(
        [FactDeclaration("s.a", FactType.YES_NO, "?", if_absent=False, if_absent_because="nobody claims it")]
    )
    assert Facts.of([]).completed(vocabulary)["s.a"].origin.sureness is Sureness.DECLARED_BY_DEFAULT
    assert Facts.of([fact("s.a", True)]).completed(vocabulary).value("s.a") is True


def test_a_ratio_follows_from_its_parts_and_is_marked_as_derived() -> None:
    facts = Facts.of([fact("m.part", Decimal(2)), fact("m.whole", Decimal(8))]).completed(SHARE)
    assert facts.value("m.share") == Decimal("0.25")
    assert facts["m.share"].origin.sureness is Sureness.DERIVED


def test_a_ratio_with_a_part_unknown_is_unknown() -> None:
    assert "m.share" not in Facts.of([fact("m.part", Decimal(2))]).completed(SHARE)


def test_a_stated_ratio_that_does_not_follow_is_refused() -> None:
    stated = Facts.of([fact("m.part", Decimal(2)), fact("m.whole", Decimal(8)), fact("m.share", Decimal(1), 9)])
    with pytest.raises(InputError, match=r":9: `m.share` is stated as"):
        stated.completed(SHARE)


def test_a_whole_of_zero_is_refused() -> None:
    with pytest.raises(InputError, match="`m.whole` is zero"):
        Facts.of([fact("m.part", Decimal(2)), fact("m.whole", Decimal(0))]).completed(SHARE)
