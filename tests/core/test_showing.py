"""What is stated and named as evidence by headings has something written under each of them."""

from __future__ import annotations

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.evidence import Evidence, Section
from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Obligation
from aiact_rules.core.showing import not_shown
from aiact_rules.core.vocabulary import FactValue

HERE = Place("aiact.yaml", 7)
PARTS = "a.parts"
DUTY = Obligation("art1", "Art. 1", "do it", met=FactTest(PARTS, Test.INCLUDES, frozenset({"people"})))


def stated(value: FactValue, name: str = PARTS, sureness: Sureness = Sureness.STATED) -> Facts:
    return Facts.of([Fact(name, value, Origin(HERE, sureness))])


def section(line: int, *members: str | None, filled: bool, fact: str = PARTS) -> Section:
    return Section(f"Part {line}", Place("plan.md", line), tuple((fact, member) for member in members), filled)


def piece(*sections: Section, about: str = PARTS, file: str = "plan.md") -> Evidence:
    return Evidence(about, Place("aiact.yaml", 20), file=file, sections=sections)


def said(evidence: list[Evidence], facts: Facts) -> list[str]:
    return [str(problem) for problem in not_shown(evidence, facts, {DUTY.id: DUTY})]


def test_a_stated_member_needs_something_under_its_heading() -> None:
    plan = piece(section(3, "aims", filled=True), section(9, "people", filled=False))
    assert said([plan], stated(frozenset({"aims"}))) == []
    assert said([plan], stated(frozenset({"aims", "people"}))) == [
        "plan.md:9: nothing is written under `Part 9`, so it does not show `a.parts: [people]`\n"
        "  write it, or take it out of what aiact.yaml:7 states"
    ]


def test_an_open_member_claims_nothing() -> None:
    plan = piece(section(3, "aims", filled=True), section(9, "people", filled=False))
    assert said([plan], stated(OpenList(frozenset({"aims"}), frozenset({"people"})))) == []


def test_what_several_headings_show_together_needs_all_of_them() -> None:
    plan = piece(
        section(3, None, filled=True, fact="a.planned"),
        section(9, None, filled=False, fact="a.planned"),
        about="a.planned",
    )
    assert len(said([plan], stated(True, "a.planned"))) == 1
    assert said([plan], stated(False, "a.planned")) == []


def test_a_member_without_a_heading_is_named_at_the_evidence() -> None:
    plan = piece(section(3, "aims", filled=True))
    assert said([plan], stated(frozenset({"aims", "people"}))) == [
        "aiact.yaml:20: no heading of `plan.md` shows `a.parts: [people]`\n"
        "  put the heading back, or name further evidence for this fact"
    ]


def test_other_evidence_for_the_fact_counts_beside_an_empty_heading() -> None:
    plan = piece(section(9, "people", filled=False))
    report = Evidence(PARTS, Place("aiact.yaml", 21), url="https://example.org/report")
    second = piece(section(2, "people", filled=True), file="second.md")
    assert said([plan, report], stated(frozenset({"people"}))) == []
    assert said([plan, second], stated(frozenset({"people"}))) == []


def test_nothing_is_asked_of_what_nobody_states() -> None:
    plan = piece(section(9, "people", filled=False))
    assert said([plan], Facts({})) == []
    assert said([plan], stated(frozenset({"people"}), sureness=Sureness.DECLARED_BY_DEFAULT)) == []


def test_evidence_for_an_obligation_shows_what_meets_it_and_no_other_heading() -> None:
    plan = piece(section(3, "aims", filled=True), section(9, "people", filled=False), about="art1")
    (problem,) = said([plan], stated(frozenset({"aims", "people"})))
    assert problem.startswith("plan.md:9: nothing is written under `Part 9`")
    assert said([plan], stated(frozenset({"aims"}))) == []
    report = Evidence("art1", Place("aiact.yaml", 21), url="https://example.org/report")
    assert said([plan, report], stated(frozenset({"people"}))) == []
    written = piece(section(9, "people", filled=True), about="art1")
    assert said([written], stated(frozenset({"people"}))) == []
