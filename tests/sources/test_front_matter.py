from __future__ import annotations

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.sources.front_matter import split_front_matter


def test_front_matter_is_cut_off_with_its_lines() -> None:
    parts = split_front_matter("\n\n---\na: b\nc: d\n---  \nBody\n", "card.md")
    assert (parts.front, parts.front_line) == ("a: b\nc: d", 4)
    assert (parts.body, parts.body_line) == ("Body\n", 7)


def test_a_rule_of_dashes_further_down_is_text() -> None:
    parts = split_front_matter("Title\n---\nnot: metadata\n---\n", "card.md")
    assert parts.front is None
    assert parts.body.startswith("Title")


def test_what_looks_like_front_matter_below_the_top_is_pointed_out() -> None:
    assert split_front_matter("license: mit\ntags: x\n---\n# Title\n", "card.md").misplaced_at == 3
    assert split_front_matter("Title\n---\nText\n", "card.md").misplaced_at is None


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
