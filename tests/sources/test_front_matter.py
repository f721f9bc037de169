from __future__ import annotations

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.sources.front_matter import Misplaced, split_front_matter


def test_front_matter_is_cut_off_with_its_lines() -> None:
    parts = split_front_matter("\n\n---\na: b\nc: d\n---  \nBody\n", "card.md")
    assert (parts.front, parts.front_line) == ("a: b\nc: d", 4)
    assert (parts.body, parts.body_line) == ("Body\n", 7)


def test_a_rule_of_dashes_further_down_is_text() -> None:
    parts = split_front_matter("Title\n---\nnot: metadata\n---\n", "card.md")
    assert parts.front is None
    assert parts.body.startswith("Title")


@pytest.mark.parametrize(
    ("text", "misplaced"),
    [
        ("license: mit\ntags: x\n---\n# Title\n", Misplaced(3, (("license", 1), ("tags", 2)), unopened=True)),
        ("<!-- x -->\n---\nlicense: mit\n---\n", Misplaced(2, (("license", 3),))),
        ("\n# T\n\n---\ntags:\n- a\n\n# b\nx: {\n}\n---\n", Misplaced(4, (("tags", 5), ("x", 9)))),
        ("# T\n---\n{'eu_ai_act': {a: b}}\n---\n", Misplaced(2, (("eu_ai_act", 3),))),
        ("# T\n---\n" + "a: b\n" * 100 + "---\n", Misplaced(2, tuple(("a", line) for line in range(3, 103)))),
        ("Title\n---\nText\n", None),
        ("# T\n---\nText: of a page.\nMore.\n---\n", Misplaced(5, (("Text", 3),), unopened=True)),
        ("# T\n```\n---\nlicense: mit\n---\n```\n", None),
        ("---\na: b\n---\nlicense: mit\n---\n", None),
    ],
)
def test_what_looks_like_front_matter_below_the_top_is_pointed_out(text: str, misplaced: Misplaced | None) -> None:
    assert split_front_matter(text, "card.md").misplaced == misplaced


def test_front_matter_that_never_ends_is_an_error_at_its_first_line() -> None:
    with pytest.raises(InputError, match=r"card.md:2: front matter begins here and never ends"):
        split_front_matter("\n---\na: b\n...\n", "card.md")


def test_indented_dashes_do_not_end_it() -> None:
    parts = split_front_matter("---\na: |\n  ---\n  b\n---\n", "card.md")
    assert parts.front == "a: |\n  ---\n  b"


@pytest.mark.parametrize("text", ["", "\n\n", "no metadata", "----\na: b\n----\n", "--- a\n---\n"])
def test_a_document_without_front_matter_is_all_body(text: str) -> None:
    parts = split_front_matter(text, "card.md")
    assert (parts.front, parts.body) == (None, text)
