"""Deadlines: the step, what applies later, and the last days of periods, in order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.decisions import Decision
from aiact_rules.gate import Gate
from aiact_rules.reports.deadlines import DeadlineKind, deadlines_of, starts_of

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
AS_OF = date(2026, 11, 30)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="module")
def silent(gate: Gate) -> Decision:
    return gate.check(EXAMPLES / "silent", as_of=AS_OF)


def test_the_step_and_the_last_days_of_periods_that_can_be_counted_are_deadlines(gate: Gate) -> None:
    found = deadlines_of(gate.check(EXAMPLES / "cv-screening", as_of=AS_OF))
    assert [(each.on, each.kind) for each in found] == [
        (date(2027, 12, 15), DeadlineKind.STEP),
        (date(2037, 12, 15), DeadlineKind.DUE),
        (date(2037, 12, 15), DeadlineKind.DUE),
    ]
    assert {each.provisions for each in found[1:]} == {("Art. 18(1)",), ("Art. 47(1)",)}


def test_what_applies_later_is_counted_by_date_and_what_is_not_known_is_said_to_be_so(silent: Decision) -> None:
    coming = [each for each in deadlines_of(silent) if each.kind is DeadlineKind.APPLIES]
    assert [each.on for each in coming] == sorted(each.on for each in coming)
    assert sum(each.count for each in coming) == sum(finding.status.value == "upcoming" for finding in silent.findings)
    assert all("may apply" in each.says for each in coming)


def test_each_later_date_has_the_provision_that_sets_it(silent: Decision) -> None:
    starts = starts_of(silent.packs[0])
    assert [start.provision for start in starts[date(2027, 12, 2)]] == ["Art. 113, third paragraph, point (c)(i)"]
