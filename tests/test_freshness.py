"""A pack that nobody has checked against its law for long says so, and so does an as-of date that is to come."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from aiact_rules import Gate
from aiact_rules.cli import packs as packs_command
from aiact_rules.requests.overrides import Overrides
from tests.cli.conftest import EXAMPLES, Answer, run

__all__ = ["run"]
GATE = Gate()
(PACK,) = GATE.packs()
CHECKED = min(parameter.checked_on for parameter in PACK.parameters.values())
FACTS = {"release.subject": "system"}


def notes(**said: object) -> tuple[str, ...]:
    return GATE.request(FACTS, **said).choices.notes  # type: ignore[arg-type]


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def test_a_pack_counts_as_checked_when_all_of_its_values_were() -> None:
    assert PACK.checked_on == CHECKED
    assert max(parameter.checked_on for parameter in PACK.parameters.values()) > CHECKED


def test_a_pack_is_old_after_180_days_by_the_day_of_the_run() -> None:
    day = CHECKED + timedelta(days=180)
    assert notes(at=at(day)) == ()
    (note,) = notes(at=at(day + timedelta(days=1)))
    assert note.startswith(
        f"eu_ai_act {PACK.version} was last checked against the law on {CHECKED}, 181 days before {day + timedelta(days=1)}"
    )


def test_an_as_of_date_in_the_future_is_noted_and_one_that_has_come_is_not() -> None:
    day = CHECKED + timedelta(days=90)
    assert notes(as_of=day, at=at(day)) == ()
    (note,) = notes(as_of=day + timedelta(days=3), at=at(day))
    assert note.startswith(f"the as-of date {day + timedelta(days=3)} is in the future")
    assert str(CHECKED) in note


def test_both_are_said_of_an_as_of_date_far_ahead_in_every_report(run: Callable[..., Answer]) -> None:
    for report in ("text", "markdown", "html"):
        said = " ".join(
            run("check", str(EXAMPLES / "minimal"), "--as-of", "2099-01-01", "--format", report).out.split()
        )
        assert "is in the future" in said, report
        assert "was last checked against the law on" in said, report
    decision = json.loads(run("check", str(EXAMPLES / "minimal"), "--as-of", "2099-01-01", "--format", "json").out)
    assert len(decision["choices"]["notes"]) == 2


def test_a_past_as_of_date_asks_no_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_clock() -> datetime:
        raise AssertionError

    monkeypatch.setattr("aiact_rules.requests.assembly.now", no_clock)
    assert notes(as_of=CHECKED) == ()


def test_the_list_of_packs_says_when_each_was_checked(
    run: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packs_command, "now", lambda: at(CHECKED))
    assert f"  last checked against the law on {CHECKED}\n" in run("packs").out
    monkeypatch.setattr(packs_command, "now", lambda: at(CHECKED + timedelta(days=200)))
    assert f"  last checked against the law on {CHECKED}, 200 days ago: look for a newer version\n" in run("packs").out
    rows = json.loads(run("packs", "--format", "json").out)
    assert {row["pack"]: row["checked_on"] for row in rows}["eu_ai_act"] == CHECKED.isoformat()


def test_a_table_is_told_too() -> None:
    asked = GATE.table_request(None, (), Overrides(at=at(CHECKED + timedelta(days=300))))
    assert any("last checked" in each for each in asked.choices.told)
