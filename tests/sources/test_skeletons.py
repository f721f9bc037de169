"""Skeletons are written empty and read back: what is written under a heading shows what the heading says, and nothing else does."""

from __future__ import annotations

import pytest

from aiact_rules.bundled import specs_folder
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.deliverables import Deliverable, DeliverableKind, Heading, Skeleton
from aiact_rules.core.packs import Pack
from aiact_rules.plugins.host import PluginHost
from aiact_rules.sources.skeletons import empty_document, sections_of

LAW = specs_folder() / "eu_ai_act" / "2024-1689"
SKELETON = Skeleton(
    "plan",
    (
        Heading("Art. 1", "aims", "what it is for", (("a.parts", "aims"),)),
        Heading("recital 2", "", "who does what", (("a.parts", "people"), ("a.planned", None))),
    ),
    "In the provider's language.",
)
DELIVERABLE = Deliverable("plan", "the plan", DeliverableKind.DOCUMENT, "Art. 1", "the provider", SKELETON)
EMPTY = empty_document(DELIVERABLE, SKELETON, "Small law")


@pytest.fixture(scope="module")
def law() -> Pack:
    return Catalogue(PluginHost()).pack("eu_ai_act")


def filled(*written: str) -> list[bool]:
    """Return which sections are filled once some texts stand in place of the first marks."""
    text = EMPTY
    for each in written:
        text = text.replace("[TODO]", each, 1)
    return [section.filled for section in sections_of(text, "plan.md")]


def test_an_empty_document_says_what_it_is_and_what_to_write() -> None:
    assert EMPTY.startswith(
        "# The plan\n\nSmall law, Art. 1. Answers for it: the provider.\nIn the provider's language.\n"
    )
    assert "## Art. 1: aims\n\n<!-- shows a.parts: aims -->\n> What it is for.\n\n[TODO]\n" in EMPTY
    assert "## Recital 2\n\n<!-- shows a.parts: people; a.planned -->\n> Who does what.\n\n[TODO]\n" in EMPTY


def test_what_a_heading_shows_is_read_with_its_line() -> None:
    aims, people = sections_of(EMPTY, "plan.md")
    assert (aims.title, aims.shows) == ("Art. 1: aims", (("a.parts", "aims"),))
    assert people.shows == (("a.parts", "people"), ("a.planned", None))
    assert EMPTY.split("\n")[people.place.line - 1] == "## Recital 2"  # type: ignore[operator]
    assert filled() == [False, False]


@pytest.mark.parametrize(
    ("written", "counts"),
    [
        ("It ranks applicants.", True),
        ("Version 2.1.0", True),
        ("See [the report](report.pdf).", True),
        ("Does not apply: no such changes.", True),
        ("```python\n# shown = compute()\n```", True),
        ("```jinja\n{{ applicant.name }} TODO\n```", True),
        ("~~~\n## No heading\n~~~", True),
        ("```python\n```", False),
        ("### A part\n\nIt ranks applicants.", True),
        ("", False),
        ("-", False),
        ("soon", False),
        ("### Only a heading within", False),
        ("> Only a quotation of what is asked", False),
        ("<!-- It ranks\napplicants. -->", False),
        ("It ranks applicants. TODO: whom", False),
        ("It ranks applicants.\n\n[TODO]", False),
        ("{{ describe the aims here }} and more", False),
        ("[More Information Needed]", False),
    ],
)
def test_a_heading_is_filled_once_something_is_written_under_it(written: str, counts: bool) -> None:
    assert filled(written) == [counts, False]


def test_a_heading_without_its_comment_shows_nothing() -> None:
    text = EMPTY.replace("<!-- shows a.parts: aims -->", "")
    (people,) = sections_of(text, "plan.md")
    assert people.title == "Recital 2"
    assert sections_of("# A report\n\nText.\n", "report.md") == ()


def test_a_comment_in_a_code_block_or_text_of_another_heading_is_none_of_it() -> None:
    text = "## One\n\n<!-- shows a.planned -->\n\n## Two\n\nText under the second.\n\n```\n## Three\n<!-- shows a.parts: aims -->\n```\n"
    (one,) = sections_of(text, "x.md")
    assert (one.title, one.filled) == ("One", False)


def test_a_comment_above_the_first_heading_shows_nothing() -> None:
    assert sections_of("<!-- shows a.planned -->\n\nText without a heading.\n", "x.md") == ()


def test_a_section_ends_where_another_one_shows_something_or_its_level_ends() -> None:
    text = (
        "# All\n\n<!-- shows a.planned -->\n\n## Aims\n\n<!-- shows a.parts: aims -->\n\nWritten in full.\n"
        "# More\n\nNot its own.\n## People\n\n<!-- shows a.parts: people -->\n\n### Within\n\nWritten as well.\n"
    )
    assert [(section.title, section.filled) for section in sections_of(text, "x.md")] == [
        ("All", False),
        ("Aims", True),
        ("People", True),
    ]


def test_every_list_of_the_law_that_a_skeleton_shows_is_shown_whole(law: Pack) -> None:
    skeletons = {each.skeleton.name: each.skeleton for each in law.deliverables.values() if each.skeleton is not None}
    assert sorted(skeletons) == [
        "annex-iv",
        "declaration",
        "fria",
        "instructions",
        "monitoring",
        "qms",
        "training-summary",
    ]
    for name, skeleton in skeletons.items():
        for fact, members in skeleton.shows.items():
            if name != "training-summary":  # what is published, and where, no text shows
                assert set(members) == set(law.vocabulary[fact].values or ()), fact


def test_every_skeleton_of_the_law_is_read_back_as_it_was_written(law: Pack) -> None:
    for each in law.deliverables.values():
        if each.skeleton is not None:
            sections = sections_of(empty_document(each, each.skeleton, law.title), "x.md")
            assert [section.shows for section in sections] == [heading.shows for heading in each.skeleton.headings]
            assert not any(section.filled for section in sections)
