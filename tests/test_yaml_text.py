"""YAML is read as text with places, and what hides meaning is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiact_rules.core.problems import InputError, Place
from aiact_rules.yaml_text import Mapping, Scalar, Sequence, looks_boolean, plain, read_yaml


def problems_of(text: str, **options: int) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_yaml(text, "card.yaml", **options)
    return [str(problem) for problem in caught.value.problems]


def test_norway_a_big_number_and_a_version_stay_as_written() -> None:
    node = read_yaml("market: NO\ncompute: 1e25\nversion: 1.10\nday: 2027-12-02\noctal: 012\n", "f")
    assert plain(node) == {
        "market": "NO", "compute": "1e25", "version": "1.10", "day": "2027-12-02", "octal": "012",
    }  # fmt: skip


def test_nothing_written_is_none_but_a_quoted_null_is_text() -> None:
    assert plain(read_yaml("a:\nb: ~\nc: null\nd: 'null'\ne: ''\n", "f")) == {
        "a": None, "b": None, "c": None, "d": "null", "e": "",
    }  # fmt: skip


def test_every_key_value_and_item_knows_its_line() -> None:
    node = read_yaml("a: 1\nb:\n  - x\n  - {c: d}\n", "f")
    assert isinstance(node, Mapping)
    entry = node.entry("b")
    assert entry is not None
    assert entry.place == Place("f", 2)
    assert isinstance(entry.value, Sequence)
    assert [item.place.line for item in entry.value] == [3, 4]


def test_a_block_inside_a_larger_file_counts_lines_from_where_it_begins() -> None:
    node = read_yaml("a: 1\nb: 2\n", "README.md", first_line=5)
    assert isinstance(node, Mapping)
    assert [str(entry.place) for entry in node] == ["README.md:5", "README.md:6"]


def test_a_repeated_key_is_refused_with_both_lines() -> None:
    assert problems_of("a: 1\nb: 2\na: 3\n") == ["card.yaml:3: duplicate key `a`\n  the first is at card.yaml:1"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x 1\n", "anchor `&x` is not allowed"),
        ("a: &x 1\nb: *x\n", "alias `*x` is not allowed"),
        ("a: !!int 1\n", "tag `tag:yaml.org,2002:int` is not allowed"),
        ("a: !python/object x\n", "is not allowed"),
        ("<<: {a: 1}\n", "merge key `<<` is not allowed"),
        ("? [a]\n: b\n", "a key must be a word"),
        ("a: 1\n---\nb: 2\n", "a second document begins here"),
        ("a: [1\n", "not readable as YAML"),
        ("a: b: c\n", "not readable as YAML"),
        ("a: \x00\n", "not readable as YAML"),
        ("[" * 60 + "]" * 60, "nested deeper than 40 levels"),
        ("[" * 5000 + "]" * 5000, "nested deeper than 40 levels"),
        ("a: " + "[" * 5000, "nested deeper than 40 levels"),
        ("[\n" * 5000, "nested deeper than 40 levels"),
        ("- " * 5000, "nested deeper than 40 levels"),
        ("- a\n" * 100_001, "more than 100,000 keys and values"),
    ],
)
def test_what_hides_meaning_is_refused(text: str, said: str) -> None:
    assert any(said in problem for problem in problems_of(text))


def test_all_problems_come_at_once() -> None:
    assert len(problems_of("a: 1\na: 2\nb: {c: 1, c: 2}\n<<: {}\n")) == 3


def test_aliases_that_multiply_are_refused_before_anything_is_built() -> None:
    bomb = "a: &a [x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    assert any("alias" in problem for problem in problems_of(bomb))


def test_a_text_above_the_limit_is_refused_by_its_bytes() -> None:
    assert "larger than 5 bytes" in problems_of("a: ää", max_bytes=5)[0]


def test_an_empty_document_is_a_null_scalar() -> None:
    node = read_yaml("# nothing\n", "f")
    assert isinstance(node, Scalar)
    assert node.is_null


def test_json_is_read_too() -> None:
    assert plain(read_yaml('{"a": [true, 1.0, null]}', "f")) == {"a": ["true", "1.0", None]}


def test_only_an_unquoted_true_looks_like_a_boolean() -> None:
    node = read_yaml("[true, 'true', yes]", "f")
    assert isinstance(node, Sequence)
    assert [looks_boolean(item) for item in node if isinstance(item, Scalar)] == [True, False, False]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_and_never_crashes(text: str) -> None:
    with contextlib.suppress(InputError):
        read_yaml(text, "f")


@pytest.mark.parametrize(
    ("text", "cure"),
    [
        ("a:\n\tb: 1\n", "a tab stands here: indent with spaces"),
        ("a: [b, c\nd: 1\n", "the `[` opened in line 1, column 4 needs a `]`, with commas between the elements"),
        ("x: 1\na: {b: 1\nc: 2\n", "the `{` opened in line 2, column 4 needs a `}`, with commas between the keys"),
        ("a: 'x\nb: 1\n", "the quote opened in line 1, column 4 is not closed"),
        ("a: @x\n", "needs quotes"),
    ],
)
def test_a_syntax_error_says_how_it_is_fixed(text: str, cure: str) -> None:
    (problem,) = problems_of(text)
    assert cure in problem


def test_an_alias_that_stands_often_is_one_problem() -> None:
    text = "a: &a 1\n" + "".join(f"k{number}: [*a, *a, *a]\n" for number in range(20))
    assert len(problems_of(text)) == 2
