"""Contradictions: how a pack declares which statements cannot all be true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.lowering import lower
from aiact_rules.core.pack_decisions import PackDecision, decide
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import PackError, Place
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Status
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.engines.reference import ReferenceEngine

Loads = Callable[..., Pack]

AREA = """\
  system.area:
    type: one_of
    asks: Which area?
    provision: Art. 6(2)
    values: {employment: work, education: schools, none: neither}
"""
NARROW = (
    "  system.narrow: {type: yes_no, asks: Is it narrow?, if_absent: false, if_absent_because: nobody relies on it}\n"
)


def vocabulary(texts: Mapping[str, str], **instead: str) -> str:
    """Return the small vocabulary with the declaration of a fact replaced."""
    text = texts["vocabulary.yaml"]
    if "area" in instead:
        start, end = text.index("  system.area:"), text.index("  system.uses:")
        text = text[:start] + instead["area"] + text[end:]
    if "narrow" in instead:
        text = text.replace(NARROW, instead["narrow"])
    return text


def judged(pack: Pack, facts: Mapping[str, FactValue]) -> PackDecision:
    stated = Facts.of(Fact(name, value, Origin(Place("aiact.yaml", 1))) for name, value in facts.items())
    complete = stated.completed(pack.vocabulary)
    pack_at = pack.at(date(2026, 11, 30))
    lowered = lower(pack_at)
    return decide(pack_at, lowered, complete, ReferenceEngine().prepare(pack_at, lowered)(complete.values()))


def status(pack: Pack, name: str, **facts: FactValue) -> Status | None:
    base = {"release.date": date(2028, 9, 1), "release.moment": "making_available"}
    return judged(pack, base | {key.replace("__", "."): value for key, value in facts.items()}).status(name)


CONTRADICTED = AREA + (
    "    contradicted_by:\n"
    "      - {id: no_area, answer: none, when: {system.uses: {includes: recruitment}}, because: recruiting is work}\n"
)


def test_an_answer_that_another_refutes_holds(load: Loads, texts: dict[str, str]) -> None:
    pack = load(vocabulary=vocabulary(texts, area=CONTRADICTED))
    found = pack.obligations["contradiction.no_area"]
    assert (found.kind, found.provision) == (Kind.CONTRADICTION, "Art. 6(2)")
    both = {"system__area": "none", "system__uses": frozenset({"recruitment"})}
    assert status(pack, "contradiction.no_area", **both) is Status.OPEN


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"system__area": "none"},
        {"system__uses": frozenset({"recruitment"})},
        {"system__area": "employment", "system__uses": frozenset({"recruitment"})},
        {"system__area": "none", "system__uses": frozenset({"grading"})},
    ],
)
def test_an_answer_that_nobody_gave_contradicts_nothing(
    load: Loads, texts: dict[str, str], facts: dict[str, FactValue]
) -> None:
    pack = load(vocabulary=vocabulary(texts, area=CONTRADICTED))
    assert status(pack, "contradiction.no_area", **facts) is None


def test_an_element_belongs_to_a_list_that_names_its_situation(load: Loads, texts: dict[str, str]) -> None:
    narrow = NARROW.replace("asks:", "provision: Art. 6(3), belongs_to: {system.uses: [grading]}, asks:")
    pack = load(vocabulary=vocabulary(texts, narrow=narrow))
    name = "contradiction.system.narrow"
    assert status(pack, name, system__narrow=True, system__uses=frozenset({"recruitment"})) is Status.OPEN
    assert status(pack, name, system__narrow=True, system__uses=frozenset({"grading"})) is None
    assert status(pack, name, system__narrow=False, system__uses=frozenset()) is None
    assert status(pack, name, system__narrow=True) is None


def test_a_person_may_dismiss_only_what_may_be_dismissed(load: Loads, texts: dict[str, str]) -> None:
    texts["vocabulary.yaml"] += "  document.signals_dismissed: {type: some_of, asks: Which?}\n"
    facts = {"system__area": "none", "system__uses": frozenset({"recruitment"})}
    dismissed = {"document__signals_dismissed": frozenset({"no_area"})}
    firm = load(vocabulary=vocabulary(texts, area=CONTRADICTED))
    assert status(firm, "contradiction.no_area", **facts, **dismissed) is Status.OPEN
    soft = load(vocabulary=vocabulary(texts, area=CONTRADICTED.replace("because:", "dismissible: true, because:")))
    assert status(soft, "contradiction.no_area", **facts, **dismissed) is None


def test_a_declared_default_is_not_what_somebody_stated(load: Loads, texts: dict[str, str]) -> None:
    area = AREA + (
        "    contradicted_by:\n"
        "      - {id: assumed, answer: none, when: {system.narrow: false}, because: r}\n"
        "      - {id: said, answer: none, when: {system.narrow: {stated: false}}, because: r}\n"
    )
    pack = load(vocabulary=vocabulary(texts, area=area))
    assert status(pack, "contradiction.assumed", system__area="none") is Status.OPEN
    assert status(pack, "contradiction.said", system__area="none") is None
    assert status(pack, "contradiction.said", system__area="none", system__narrow=False) is Status.OPEN


def test_what_an_article_declares_counts_within_the_files_circumstances(load: Loads) -> None:
    rules = (
        "article: 9\ngiven: {system.area: employment}\n"
        "contradictions:\n"
        "  - {id: both, provision: Art. 9(1), because: r, when: {system.uses: {includes_all: [recruitment, grading]}}}\n"
    )
    pack = load(art_009=rules)
    uses = frozenset({"recruitment", "grading"})
    assert status(pack, "contradiction.both", system__uses=uses, system__area="employment") is Status.OPEN
    assert status(pack, "contradiction.both", system__uses=uses, system__area="education") is None


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ("{id: a, when: {system.nowhere: true}, because: r}", "unknown fact `system.nowhere`"),
        ("{id: a, answer: banana, when: {system.narrow: true}, because: r}", "`banana` is not one of the values"),
        ("{id: a, when: {system.narrow: true}, because: r}", "a one_of fact needs its answer"),
        ("{id: a, answer: none, when: {system.narrow: true}}", "`because` is missing"),
    ],
)
def test_a_declaration_that_cannot_be_meant_is_refused(
    load: Loads, texts: dict[str, str], declared: str, says: str
) -> None:
    with pytest.raises(PackError, match=says):
        load(vocabulary=vocabulary(texts, area=f"{AREA}    contradicted_by:\n      - {declared}\n"))


def test_two_of_one_name_are_refused(load: Loads, texts: dict[str, str]) -> None:
    twice = CONTRADICTED + CONTRADICTED.splitlines(keepends=True)[-1]
    with pytest.raises(PackError, match=r"`contradiction.no_area` is defined twice"):
        load(vocabulary=vocabulary(texts, area=twice))


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ("one: {system.narrow: true}", "needs one of `other`, `nobody` and `same`"),
        ("other: {system.narrow: true}", "needs `one` beside `other` or `nobody`"),
        ("same: [system.nowhere]", "unknown fact `system.nowhere`"),
        ("one: {high_risk: true}, other: {system.narrow: true}", "may test facts alone"),
    ],
)
def test_a_clash_that_cannot_be_compared_is_refused(load: Loads, declared: str, says: str) -> None:
    rules = f"article: 9\nbetween_operators:\n  - {{id: c, provision: Art. 9(1), because: r, {declared}}}\n"
    with pytest.raises(PackError, match=says):
        load(art_009=rules)
