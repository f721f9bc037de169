from __future__ import annotations

from datetime import date

import pytest

from aiact_rules.core.problems import PackError
from aiact_rules.proof.strictness import Relation, compare

from .conftest import AS_OF

ARTICLE = "ch03/art_006.yaml"


def relations(comparison):
    return {each.subject: each.relation for each in comparison.changed}


def test_a_pack_is_the_same_as_itself(load):
    comparison = compare(load().at(AS_OF), load().at(AS_OF))
    assert comparison.changed == ()


def test_other_words_for_the_same_condition_are_the_same(load):
    other = load(
        (
            ARTICLE,
            "when: {system.narrow: true, high_compute: false}",
            "when: {not: {any: [{system.narrow: false}, {high_compute: true}]}}",
        )
    )
    assert compare(load().at(AS_OF), other.at(AS_OF)).changed == ()


def test_one_changed_operator_is_found_with_the_smallest_facts_that_show_it(load):
    stricter = load(
        (
            ARTICLE,
            "met_when: {documentation.items: {includes: purpose}}",
            "met_when: {documentation.items: {includes_all: [purpose, versions]}}",
        )
    )
    comparison = compare(load().at(AS_OF), stricter.at(AS_OF))
    assert relations(comparison) == {"art9.purpose": Relation.STRICTER}
    witness = comparison.changed[0].stricter
    assert witness.replays
    assert witness.facts["documentation.items"] == {"purpose"}
    assert set(witness.facts) == {"documentation.items", "release.date"}  # unknown roles and uses leave it open


def test_an_exception_more_is_more_lenient_and_the_other_way_round_stricter(load):
    hole = "\n    exception_to: art6.2\n    when: {system.colour: blue}\n    reason: blue\n  - id: art51\n"
    other = load((ARTICLE, "  - id: art51\n", f"  - id: art6.4\n    provision: Art. 6(4){hole}"))
    there = relations(compare(load().at(AS_OF), other.at(AS_OF)))
    back = relations(compare(other.at(AS_OF), load().at(AS_OF)))
    assert there["art9.purpose"] is there["the verdict"] is Relation.MORE_LENIENT
    assert back["art9.purpose"] is back["the verdict"] is Relation.STRICTER


def test_another_condition_is_incomparable_and_shown_both_ways(load):
    other = load(
        (
            ARTICLE,
            "met_when: {documentation.items: {includes: purpose}}",
            "met_when: {documentation.items: {includes: versions}}",
        )
    )
    verdict, changed = compare(load().at(AS_OF), other.at(AS_OF)).changed
    assert verdict.relation is Relation.MORE_LENIENT  # the versions were asked for anyway
    assert changed.relation is Relation.INCOMPARABLE
    assert changed.stricter.replays
    assert changed.more_lenient.replays


def test_two_dates_of_one_pack_differ_by_what_the_text_changed(load):
    comparison = compare(load().at(date(2026, 7, 26)), load().at(AS_OF))
    found = relations(comparison)
    assert found["art5.old"] is Relation.ONLY_IN_A
    assert found["art9.purpose"] is Relation.MORE_LENIENT  # it starts later
    assert all(witness.replays for each in comparison.changed for witness in each.witnesses)


def test_a_fact_of_another_type_is_refused(load):
    other = load(
        (
            "vocabulary.yaml",
            "system.profiles: {type: yes_no, asks: Does it profile people?}",
            "system.profiles: {type: one_of, asks: Does it?, values: {often: often, never: never}}",
        ),
        (ARTICLE, "when: {system.profiles: true}", "when: {system.profiles: often}"),
    )
    with pytest.raises(PackError, match=r"system.profiles. is yes_no in A and one_of in B"):
        compare(load().at(AS_OF), other.at(AS_OF))
