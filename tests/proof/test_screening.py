from __future__ import annotations

from datetime import date

from aiact_rules.proof.screening import situations_held

from .conftest import Change

ARTICLE = "ch03/art_006.yaml"
LIST: Change = ("pack.yaml", "headlines: [high_risk]\n", "headlines: [high_risk]\nscreening: [system.uses]\n")
GRADES = """\
  - id: art6.2.grades
    provision: Art. 6(2)
    concludes: grades
    when: {system.uses: {includes: grading}, system.marks_pupils: true}
    reason: it grades pupils
given: {high_risk: true}
"""
SHARED = "given: {high_risk: true}\n"  # what stands below the rules
RULE: Change = (ARTICLE, SHARED, GRADES)
FACT = "  system.marks_pupils: {type: yes_no, asks: Does it mark pupils?, provision: Art. 6(2)%s}\n"
COLOUR = "  system.colour:"


def fact(more: str) -> Change:
    return ("vocabulary.yaml", COLOUR, FACT % more + COLOUR)


def test_a_stated_situation_that_a_list_denies_is_let_through_where_nothing_is_declared(subject):
    found = situations_held(subject(LIST, RULE, fact("")))
    (refutation,) = found.refutations
    assert (refutation.subject, found.checked) == ("art6.2.grades", 1)
    assert refutation.witness is not None
    assert refutation.witness.replays
    assert refutation.witness.facts["system.marks_pupils"] is True
    assert "grading" not in refutation.witness.facts["system.uses"]


def test_it_is_held_once_the_element_is_declared_to_belong_to_the_list(subject):
    found = situations_held(subject(LIST, RULE, fact(", belongs_to: {system.uses: [grading]}")))
    assert found.holds
    assert found.checked == 1


def test_a_list_that_leaves_open_another_way_to_the_situation_silences_nothing(subject):
    either = GRADES.replace(
        "when: {system.uses: {includes: grading}, system.marks_pupils: true}",
        "when: {any: [{system.uses: {includes: chat}}, {system.uses: {includes: grading}, system.marks_pupils: true}]}",
    )
    declared = fact(", belongs_to: {system.uses: [grading, chat]}")
    assert situations_held(subject(LIST, (ARTICLE, SHARED, either), declared)).holds


def test_an_element_that_nothing_speaks_against_is_no_situation(subject):
    found = situations_held(subject(LIST, RULE, fact(", uncontradicted: whoever marks need not grade")))
    assert (found.checked, found.holds) == (0, True)


def test_without_screening_lists_nothing_is_asked(subject):
    found = situations_held(subject(RULE, fact("")))
    assert (found.checked, found.holds) == (0, True)


def test_a_conclusion_behind_which_an_element_stands_is_a_situation_too(subject):
    behind = GRADES.replace("system.marks_pupils: true", "marks: true").replace(
        SHARED,
        "  - {id: marks, provision: Art. 6, concludes: marks, when: {system.marks_pupils: true}, reason: it marks}\n"
        + SHARED,
    )
    found = situations_held(subject(LIST, (ARTICLE, SHARED, behind), fact("")))
    assert {refutation.subject for refutation in found.refutations} == {"art6.2.grades", "marks"}


def test_text_of_other_dates_is_asked_about_on_these(load):
    from aiact_rules.proof.proving import prove

    old = GRADES.replace("    reason: it grades pupils\n", "    reason: it grades pupils\n    text_until: 2026-07-27\n")
    pack = load(LIST, (ARTICLE, SHARED, old), fact(""))
    proofs = list(prove(pack, date(2026, 11, 22)))
    refuted = [(p.as_of.isoformat(), each.key) for p in proofs for each in p.properties if not each.holds]
    assert ("2026-07-26", "situations_held") in refuted
    assert ("2026-11-22", "situations_held") not in refuted
