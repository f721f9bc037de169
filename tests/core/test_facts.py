"""Facts keep their origin, and two origins that disagree are a person's to settle."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from aiact_rules.core.conditions import as_stated
from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.periods import Period
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


BOUNDED = Vocabulary.of(
    [
        quantity("m.own", bounded_by=("m.total",)),
        quantity("m.original"),
        quantity("m.change"),
        quantity("m.total", derivation=Derivation("sum", ("m.original", "m.change"), or_more=True)),
    ]
)


def amounts(**values: str) -> Facts:
    return Facts.of([fact(f"m.{name}", Decimal(text), line) for line, (name, text) in enumerate(values.items(), 1)])


def test_a_part_that_is_more_than_the_whole_is_refused_with_both_places() -> None:
    says = r"aiact.yaml:1: `m.own` is `3E\+26`, which contradicts `m.total`, `9E\+25` at aiact.yaml:2"
    with pytest.raises(InputError, match=says):
        amounts(own="3e26", total="9e25").completed(BOUNDED)


def test_a_part_may_be_the_whole_and_may_stand_alone() -> None:
    assert amounts(own="3e26", total="3e26").completed(BOUNDED).value("m.total") == Decimal("3e26")
    assert "m.total" not in amounts(own="3e26").completed(BOUNDED)


def test_what_follows_bounds_a_part_too() -> None:
    with pytest.raises(InputError, match="contradicts"):
        amounts(own="3e26", original="1e25", change="1e24").completed(BOUNDED)


def test_a_sum_that_may_be_more_is_the_total_where_nobody_states_it() -> None:
    assert amounts(original="8e24", change="3e24").completed(BOUNDED).value("m.total") == Decimal("1.1e25")
    assert amounts(original="8e24", change="3e24", total="2e25").completed(BOUNDED).value("m.total") == Decimal("2e25")
    with pytest.raises(InputError, match="contradict"):
        amounts(original="8e24", change="3e24", total="3e24").completed(BOUNDED)


def test_a_value_beyond_its_limits_is_refused_where_it_is_read() -> None:
    share = quantity("m.share", above=Decimal(0), at_most=Decimal(100))
    assert share.parse("100") == Decimal(100)
    for text in ("0", "100.1", "-1"):
        with pytest.raises(ValueError, match="found"):
            share.parse(text)
        with pytest.raises(ValueError, match="found"):
            share.check(Decimal(text))


def test_an_earlier_date_says_yes_and_a_later_one_says_nothing() -> None:
    since = Derivation("passed", ("r.first", "release.date"), or_more=True, period=Period(0, "days"))
    dates = [FactDeclaration(name, FactType.DATE, "?") for name in ("r.first", "release.date")]
    before = FactDeclaration("r.before", FactType.YES_NO, "?", derivation=since, if_absent=False, if_absent_because="-")
    vocabulary = Vocabulary.of([*dates, before])

    def judged(first: date, **stated: bool) -> FactValue | None:
        said = [fact(f"r.{name}", value) for name, value in stated.items()]
        facts = Facts.of([fact("r.first", first), fact("release.date", date(2028, 9, 1)), *said])
        return facts.completed(vocabulary).value("r.before")

    assert judged(date(2028, 8, 31)) is True
    assert judged(date(2028, 9, 1)) is False
    assert judged(date(2029, 1, 1), before=True) is True
    with pytest.raises(InputError, match="contradict"):
        judged(date(2028, 8, 31), before=False)


def test_values_say_what_is_stated_beside_what_is_assumed() -> None:
    vocabulary = Vocabulary.of(
        [FactDeclaration("s.a", FactType.YES_NO, "?", if_absent=False, if_absent_because="nobody claims it")]
    )
    assert Facts({}).completed(vocabulary).values() == {"s.a": False}
    said = Facts.of([fact("s.a", False)]).completed(vocabulary).values()
    assert said == {"s.a": False, as_stated("s.a"): False}
