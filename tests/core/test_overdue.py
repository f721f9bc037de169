"""A period that has passed with no word is not left for afterwards."""

from __future__ import annotations

from datetime import date

import pytest

from aiact_rules.core.counterfactuals import counterfactuals
from aiact_rules.core.evaluation import evaluate
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.lowering import lower
from aiact_rules.core.pack_decisions import PackDecision, decide
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES, Pack
from aiact_rules.core.periods import Period, passed_fact
from aiact_rules.core.problems import Place
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.specfiles import load_pack_text

PACK = """\
id: small
version: 1.0.0
title: Small law
law: Law 1
market: XX
roles: {provider: {provision: Art. 1, means: makes it, moment: supply}}
moments: {supply: {order: 1, provision: Art. 1, means: supply}, use: {order: 2, provision: Art. 1, means: use}}
"""
VOCABULARY = """\
facts:
  operator.roles: {type: some_of, asks: Which roles?}
  release.moment: {type: one_of, asks: Which step?, values: {supply: supply, use: use}}
  release.date: {type: date, asks: When?}
  incident.aware_on: {type: date, asks: When did you know?}
  incident.grave: {type: yes_no, asks: Was it grave?}
  incident.reported: {type: yes_no, asks: Was it reported?}
  incident.excused: {type: yes_no, asks: Need it not be reported?, if_absent: false, if_absent_because: nobody claims it}
"""
TIMES = """\
parameters: {start: {provision: Art. 9, values: {2020-01-01: 2026-01-01}, checked_on: 2026-11-22}}
timetables: {law: {provision: Art. 9, starts: start}}
"""
ARTICLE = """\
article: 2
role: provider
after: supply
timetable: law
rules:
  - {id: art2.excused, provision: Art. 2, exception_to: art2.report, when: {incident.excused: true}, reason: excused}
obligations:
  - id: art2.report
    provision: Art. 2
    must: report the incident
    met_when: {incident.reported: true}
    deadline:
      - {runs_from: incident.aware_on, days: 2, provision: Art. 2, when: {incident.grave: true}}
      - {runs_from: incident.aware_on, days: 15, provision: Art. 2, when: {incident.grave: false}}
"""
DAY = date(2026, 11, 30)


@pytest.fixture(scope="module")
def pack() -> Pack:
    parameters, timetables = TIMES.splitlines()
    files = {"pack.yaml": PACK, "vocabulary.yaml": VOCABULARY, "art_002.yaml": ARTICLE}
    return load_pack_text({**files, "parameters.yaml": parameters, "timetables.yaml": timetables})


def judged(pack: Pack, **incident: FactValue) -> PackDecision:
    stated: dict[str, FactValue] = {f"incident.{name}": value for name, value in incident.items()}
    stated |= {ROLES: frozenset({"provider"}), RELEASE_DATE: DAY, MOMENT: "supply"}
    origin = Origin(Place("test"))
    facts = Facts.of(Fact(name, value, origin) for name, value in stated.items()).completed(pack.vocabulary)
    pack_at = pack.at(DAY)
    outcome = evaluate(pack_at, {fact.name: fact.value for fact in facts}).outcome()
    return decide(pack_at, lower(pack_at), facts, outcome)


def statuses(pack: Pack, **incident: FactValue) -> tuple[Verdict | None, Status | None, Status | None]:
    decision = judged(pack, **incident)
    return decision.verdict, decision.status("art2.report"), decision.status("signal.overdue.art2.report")


def test_what_is_owed_afterwards_is_a_condition_while_its_period_runs(pack: Pack) -> None:
    expected = (Verdict.ALLOW, Status.CONDITION, None)
    assert statuses(pack) == expected
    assert statuses(pack, grave=False, aware_on=date(2026, 11, 15)) == expected
    assert statuses(pack, grave=True, aware_on=date(2026, 11, 28)) == expected


def test_a_period_that_passed_with_no_word_holds(pack: Pack) -> None:
    expected = (Verdict.HOLD, Status.CONDITION, Status.OPEN)
    assert statuses(pack, grave=False, aware_on=date(2026, 11, 14)) == expected
    assert statuses(pack, grave=True, aware_on=date(2026, 11, 27)) == expected


def test_no_signal_is_raised_by_a_period_that_may_not_be_the_one_that_counts(pack: Pack) -> None:
    assert statuses(pack, aware_on=date(2026, 11, 20))[0] is Verdict.ALLOW


def test_what_was_done_or_denied_or_excused_needs_no_further_word(pack: Pack) -> None:
    long_ago = date(2026, 3, 1)
    assert statuses(pack, grave=True, aware_on=long_ago, reported=True) == (Verdict.ALLOW, Status.MET, None)
    assert statuses(pack, grave=True, aware_on=long_ago, reported=False)[0] is Verdict.BLOCK
    assert statuses(pack, grave=True, aware_on=long_ago, excused=True) == (Verdict.ALLOW, None, None)


def test_no_period_ran_before_the_law_applied(pack: Pack) -> None:
    assert statuses(pack, grave=True, aware_on=date(2025, 12, 31)) == (Verdict.ALLOW, Status.CONDITION, None)
    assert statuses(pack, grave=True, aware_on=date(2026, 1, 1))[0] is Verdict.HOLD


def test_a_change_of_facts_is_never_proposed_for_what_follows_from_dates(pack: Pack) -> None:
    decision = judged(pack, grave=True, aware_on=date(2026, 3, 1))
    changes = counterfactuals([decision], Verdict.HOLD, most=9)
    assert changes
    assert not any(name.endswith("_days") for change in changes for name in change.changes)


def test_an_extension_takes_over_the_facts_that_follow_from_dates(pack: Pack) -> None:
    head = "{id: soft, version: 1.0.0, title: Soft, law: Guidance, market: XX, gates: false, extends: [small]}"
    soft = load_pack_text({"pack.yaml": head}, bases=[pack])
    assert "incident.aware_on_past_15_days" in soft.vocabulary


def test_one_day_is_called_so() -> None:
    assert passed_fact("incident.aware_on", Period(1, "days")) == "incident.aware_on_past_1_day"
