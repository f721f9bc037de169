"""A list may leave members open: what is named is known, what is open is unknown, what is not mentioned is denied."""

from __future__ import annotations

import pytest

from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.open_lists import MembersOpen, OpenList, includes, is_empty, settled
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.vocabulary import FactDeclaration, FactType

SOME = FactDeclaration("a.some", FactType.SOME_OF, "?", values={"x": "x", "y": "y", "z": "z"})
ITEMS = FactDeclaration("a.items", FactType.SOME_OF, "?", values={"x": "x", "y": "y", "z": "z"}, checklist=True)
ANY = FactDeclaration("a.any", FactType.SOME_OF, "?")


def test_each_member_is_known_open_or_denied() -> None:
    listed = OpenList.of({"x"}, {"y"})
    assert includes(listed, frozenset({"x", "y"})) is True
    assert includes(listed, frozenset({"y", "z"})) is None
    assert includes(listed, frozenset({"z"})) is False
    assert is_empty(listed) is False
    assert is_empty(OpenList.of((), {"y"})) is None


def test_a_list_in_which_nothing_is_open_is_a_set() -> None:
    assert OpenList.of({"x"}, {"x"}) == frozenset({"x"})


def test_an_open_list_gives_no_answer_as_a_set() -> None:
    listed = OpenList.of({"x"}, {"y"})
    for question in (bool, len, list, lambda it: "x" in it, frozenset({"x"}).isdisjoint):
        with pytest.raises(MembersOpen):
            question(listed)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("declaration", "texts", "value"),
    [
        (SOME, ["x", "y: unknown"], OpenList.of({"x"}, {"y"})),
        (SOME, ["x: yes", "y: no"], frozenset({"x"})),
        (SOME, ["x: no"], frozenset()),
        (ITEMS, ["all: yes", "y: unknown"], OpenList.of({"x", "z"}, {"y"})),
        (ITEMS, ["all: unknown", "y: no"], OpenList.of((), {"x", "z"})),
        (ANY, ["a:b", "c: unknown"], OpenList.of({"a:b"}, {"c"})),
    ],
)
def test_members_say_what_is_known_of_them(declaration: FactDeclaration, texts: list[str], value: object) -> None:
    assert declaration.parse_many(texts) == value
    assert declaration.parse(", ".join(texts)) == value


@pytest.mark.parametrize("texts", [["x: perhaps"], ["x", "x: no"], ["x: unknown", "x"], ["w: unknown"], ["all: yes"]])
def test_members_that_say_nothing_or_two_things_are_refused(texts: list[str]) -> None:
    with pytest.raises(ValueError, match="`"):
        SOME.parse_many(texts)


def test_what_one_document_leaves_open_another_may_settle_but_not_contradict() -> None:
    assert settled(OpenList.of({"x"}, {"y"}), frozenset({"x", "y"})) == frozenset({"x", "y"})
    assert settled(OpenList.of({"x"}, {"y", "z"}), OpenList.of({"y"}, {"x", "z"})) == OpenList.of({"x", "y"}, {"z"})
    assert settled(OpenList.of({"x"}, {"y"}), frozenset({"y"})) is None
    assert settled(OpenList.of((), {"y"}), frozenset({"x"})) is None


def facts(*values: object) -> Facts:
    return Facts.of(Fact("a.some", v, Origin(Place("f.yaml", n))) for n, v in enumerate(values, 1))  # type: ignore[arg-type]


def test_facts_join_what_documents_say_of_a_list() -> None:
    joined = facts(OpenList.of({"x"}, {"y"}), OpenList.of((), {"x", "y"}), frozenset({"x"}))["a.some"]
    assert (joined.value, str(joined.origin)) == (frozenset({"x"}), "f.yaml:3")
    both = facts(OpenList.of({"x"}, {"y", "z"}), OpenList.of({"y"}, {"x", "z"}))["a.some"]
    assert (both.value, str(both.origin)) == (OpenList.of({"x", "y"}, {"z"}), "f.yaml:1 and f.yaml:2")
    with pytest.raises(InputError, match=r"is `\[\]` here but `\{x: yes, y: unknown\}` at f.yaml:1"):
        facts(OpenList.of({"x"}, {"y"}), frozenset())


def test_what_is_open_stands_in_json_as_it_is_stated() -> None:
    assert SOME.format(OpenList.of({"z", "x"}, {"y"})) == {"x": "yes", "y": "unknown", "z": "yes"}
