"""Skeletons of deliverables: headings come from lists that obligations test, or are written out, and must show something real."""

from __future__ import annotations

import pytest

from aiact_rules.core.deliverables import Heading, Skeleton
from aiact_rules.core.problems import PackError
from aiact_rules.specfiles import load_pack_text

TEXTS = {
    "pack.yaml": "id: small\nversion: 0.1.0\ntitle: Small law\nlaw: Regulation 1\nmarket: EU\n"
    "roles: {provider: {provision: Art. 3, means: makes it, moment: supply}}\n"
    "moments: {supply: {order: 1, provision: Art. 3, means: supply}}\n",
    "vocabulary.yaml": "facts:\n"
    "  a.done: {type: yes_no, asks: Done?}\n"
    "  a.amount: {type: quantity, asks: How much?}\n"
    "  a.parts:\n    type: some_of\n    checklist: true\n    asks: Which?\n"
    "    values: {point_1a: its aims, point_1b_risks: 'its risks, with who is at risk', people: who does it}\n"
    "  a.others: {type: some_of, asks: Which?, values: {x: one}}\n",
    "art_001.yaml": "role: provider\nbefore: supply\nobligations:\n"
    "  - {id: art1.b, provision: 'Art. 1(2), with Art. 9', must: m, met_when: {a.parts: {includes: point_1b_risks}}}\n"
    "  - {id: art1.a, provision: Art. 1(1), must: m, met_when: {any: [{a.done: true}, {a.parts: {includes: point_1a}}]}}\n"
    "  - {id: art1.old, provision: Art. 1(1), must: m, met_when: {a.parts: {includes: people}}, text_until: 2025-01-01}\n"
    "  - {id: art2, provision: Art. 2, must: m, met_when: {a.parts: {includes: people}}}\n",
    "deliverables.yaml": "deliverables:\n"
    "  plan:\n    title: plan\n    kind: document\n    provision: Art. 1\n    signed_by: s\n    covers: Art. 1\n"
    "    skeleton:\n      name: plan\n      note: A note.\n      lists: [a.parts]\n      headings:\n"
    "        - {provision: Art. 4, title: rest, asks: the rest, shows: {a.done: true, a.others: [x]}}\n",
}


def skeleton(old: str = "", new: str = "") -> Skeleton:
    texts = {**TEXTS, "deliverables.yaml": TEXTS["deliverables.yaml"].replace(old, new, 1)}
    found = load_pack_text(texts).deliverables["plan"].skeleton
    assert found is not None
    return found


def test_headings_follow_the_obligations_of_the_deliverable_then_those_written_out() -> None:
    assert skeleton().headings == (
        Heading("Art. 1(2)", "risks", "its risks, with who is at risk", (("a.parts", "point_1b_risks"),)),
        Heading("Art. 1(1)", "", "its aims", (("a.parts", "point_1a"),)),
        Heading("Art. 4", "rest", "the rest", (("a.done", None), ("a.others", "x"))),
    )
    assert (skeleton().name, skeleton().note) == ("plan", "A note.")
    assert skeleton().shows == {"a.parts": ("point_1b_risks", "point_1a"), "a.done": (), "a.others": ("x",)}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "[a.parts]",
            "[a.part]",
            "deliverables.yaml:11: skeleton `plan`: unknown fact `a.part`\n  did you mean `a.parts`?",
        ),
        ("[a.parts]", "[a.done]", "skeleton `plan`: `a.done` is no list of named members"),
        ("[a.parts]", "[a.others]", "skeleton `plan`: `a.others` gives no heading"),
        (
            "a.others: [x]",
            "a.others: [y]",
            "deliverables.yaml:13: heading `rest` of skeleton `plan`: `a.others` has no member `y`",
        ),
        ("a.done: true", "a.amount: true", "`a.amount` is answered by more than yes and no"),
        ("{a.done: true, a.others: [x]}", "{}", "shows"),
        ("a.done: true", "a.done: false", "shows"),
    ],
)
def test_a_heading_that_shows_nothing_real_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    assert TEXTS["deliverables.yaml"].count(old) == 1
    with pytest.raises(PackError) as error:
        skeleton(old, new)
    assert said in str(error.value)


def test_two_skeletons_of_one_name_are_refused() -> None:
    second = (
        TEXTS["deliverables.yaml"]
        .removeprefix("deliverables:\n")
        .replace("  plan:", "  other:")
        .replace("Art. 1\n    skel", "Art. 2\n    skel")
    )
    with pytest.raises(PackError, match="skeleton `plan` is defined twice\n  the first is at deliverables.yaml"):
        load_pack_text(
            {**TEXTS, "deliverables.yaml": TEXTS["deliverables.yaml"] + second.replace("lists: [a.parts]", "lists: []")}
        )
