"""What a screening list would silence, found from the conditions of a pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError
from aiact_rules.core.screening import Screening, declaration_gaps, paths
from aiact_rules.specfiles import load_pack_text
from aiact_rules.testing import run_cases

PACK = """\
id: small
version: 0.1.0
title: Small law
law: Regulation 1
market: EU
screening: [system.uses, product.laws]
"""
VOCABULARY = """\
facts:
  system.uses: {{type: some_of, asks: Which uses?, values: {{grading: grades, talking: talks}}}}
  product.laws: {{type: some_of, asks: Which laws?, values: {{toys: toys, lifts: lifts}}}}
  product.role: {{type: one_of, asks: What is it in the product?, values: {{part: a part, other: something else}}}}
  system.marks: {{type: yes_no, asks: Does it mark?, provision: Art. 1{marks}}}
  system.minor: {{type: yes_no, asks: Is it minor?, if_absent: false, if_absent_because: nobody relies on it{minor}}}
  system.talks: {{type: yes_no, asks: Does it talk?}}
"""
RULES = """\
article: 1
rules:
  - {id: a, provision: Art. 1, concludes: graded, reason: r, when: {system.uses: {includes: grading}, system.marks: true}}
  - {id: b, provision: Art. 1, exception_to: a, reason: r, when: {system.minor: true}}
  - {id: c, provision: Art. 1, concludes: talked, reason: r, when: {system.uses: {includes: talking}, system.talks: true}}
  - {id: d, provision: Art. 1, concludes: heard, reason: r, when: {system.talks: true}}
  - {id: e, provision: Art. 1, concludes: product, reason: r, when: {product.laws: {includes_any: [toys, lifts]}}}
  - {id: f, provision: Art. 1, concludes: built_in, reason: r, when: {product.role: part}}
  - {id: g, provision: Art. 1, concludes: regulated, reason: r, when: {product: true, built_in: true}}
"""


def pack(marks: str = "", minor: str = "", head: str = PACK, rules: str = RULES) -> Pack:
    return load_pack_text(
        {"pack.yaml": head, "vocabulary.yaml": VOCABULARY.format(marks=marks, minor=minor), "art_001.yaml": rules}
    )


def test_a_fact_belongs_to_the_lists_that_every_use_of_it_stands_beside() -> None:
    assert dict(Screening.of(pack()).facts) == {
        "system.marks": {"system.uses": frozenset({"grading"})},
        "product.role": {"product.laws": frozenset({"toys", "lifts"})},
    }


def test_what_founds_something_without_a_list_belongs_to_none() -> None:
    assert "system.talks" not in Screening.of(pack()).facts


def test_an_element_that_no_contradiction_reaches_is_a_gap_with_its_place() -> None:
    gaps = list(declaration_gaps(pack()))
    assert len(gaps) == 2
    assert gaps[1].startswith("vocabulary.yaml:5: no contradiction reaches `system.marks` beside a `system.uses`")


@pytest.mark.parametrize(
    "declared", ["belongs_to: {system.uses: [grading]}", "uncontradicted: whoever marks need not grade"]
)
def test_a_declaration_closes_it(declared: str) -> None:
    assert not [gap for gap in declaration_gaps(pack(marks=f", {declared}")) if "system.marks" in gap]


def test_a_list_without_the_member_that_it_belongs_to_closes_nothing() -> None:
    gaps = declaration_gaps(pack(marks=", belongs_to: {system.uses: [talking]}"))
    assert [gap for gap in gaps if "system.marks" in gap]


def test_an_empty_list_may_be_what_is_contradicted() -> None:
    empty = RULES + (
        "contradictions:\n  - {id: no_law, provision: Art. 1, because: r,"
        " when: {product.laws: {is_empty: true}, product.role: part}}\n"
    )
    assert not [gap for gap in declaration_gaps(pack(rules=empty)) if "product.role" in gap]


def test_an_answer_that_frees_needs_what_refutes_it_only_where_the_pack_says_so() -> None:
    asked = PACK + "exemptions_refutable: true\n"
    assert not [gap for gap in declaration_gaps(pack()) if "system.minor" in gap]
    assert [gap for gap in declaration_gaps(pack(head=asked)) if "system.minor" in gap]
    refuted = ", contradicted_by: [{id: minor, provision: Art. 1, because: r, when: {system.talks: true}}]"
    for declared in (refuted, ", uncontradicted: nobody else knows"):
        assert not [gap for gap in declaration_gaps(pack(minor=declared, head=asked)) if "system.minor" in gap]


def test_the_runner_of_cases_reports_them_with_what_no_case_shows(tmp_path: Path) -> None:
    for name, text in (
        ("pack.yaml", PACK),
        ("vocabulary.yaml", VOCABULARY.format(marks="", minor="")),
        ("art_001.yaml", RULES),
    ):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [gap for gap in run_cases(tmp_path).gaps if "no contradiction reaches `system.marks`" in gap]


def test_only_a_list_of_situations_screens() -> None:
    with pytest.raises(PackError, match="`system.marks` is no list of situations"):
        pack(head=PACK.replace("product.laws]", "system.marks]"))


def test_a_list_that_no_vocabulary_has_is_refused() -> None:
    with pytest.raises(PackError, match="unknown fact `system.use`"):
        pack(head=PACK.replace("system.uses", "system.use"))


def test_the_ways_to_fulfil_a_condition_leave_out_what_must_not_be() -> None:
    rule = pack(
        rules=RULES.replace(
            "when: {product.role: part}", "when: {any: [{product.role: part}, {not: {system.talks: true}}]}"
        )
    )
    assert [len(path) for path in paths(rule.rules["f"].when)] == [1, 0]
