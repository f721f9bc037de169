"""Waivers as an organisation writes them: `[[waivers]]` in its settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from aiact_rules.core.printable import is_written
from aiact_rules.core.problems import Place, Problem
from aiact_rules.core.vocabulary import parse_date
from aiact_rules.core.waivers import Waiver
from aiact_rules.sources.keys import WAIVER, hint_for, names

KEYS = names(WAIVER)
_NEEDED = "a waiver has a `finding` or a `provision`, a `reason`, an `approver` and the day `until` which it counts"


def read_waivers(values: object, place_of: Callable[[int], Place], problems: list[Problem]) -> tuple[Waiver, ...]:
    """Return the waivers in a list of tables, and note what is wrong with any of them."""
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        problems.append(Problem("`waivers` is a list of tables", place_of(0), "write `[[waivers]]` before each"))
        return ()
    read = [_waiver(value, place_of(number), problems) for number, value in enumerate(values)]
    return tuple(waiver for waiver in read if waiver is not None)


def _waiver(values: dict[str, object], place: Place, problems: list[Problem]) -> Waiver | None:
    before = len(problems)

    def wrong(message: str, hint: str | None = None) -> None:
        problems.append(Problem(message, place, hint))

    for key in values:
        if key not in KEYS:
            wrong(f"unknown key `{key}` of a waiver", hint_for(key, KEYS))
    for key in ("finding", "provision", "reason", "approver", "pack"):
        if key in values and not is_written(values[key]):
            wrong(f"`{key}` of a waiver is one text, not an empty one")
    if ("finding" in values) == ("provision" in values):
        wrong("a waiver names either a `finding` or a `provision`", _NEEDED)
    missing = [key for key in ("reason", "approver", "until") if key not in values]
    if missing:
        wrong(f"a waiver lacks {' and '.join(f'`{key}`' for key in missing)}", _NEEDED)
    until = _day(values["until"]) if "until" in values else None
    if "until" in values and until is None:
        wrong(f"`until` of a waiver is a date such as 2027-01-31, found `{values['until']}`")
    named = values.get("releases", [])
    releases = [named] if isinstance(named, str) else named
    if not isinstance(releases, list) or not all(map(is_written, releases)) or ("releases" in values and not releases):
        wrong("`releases` of a waiver is a list of names or paths, not an empty one", "leave it out for every release")
    if len(problems) > before or until is None:
        return None
    assert isinstance(releases, list), "anything else was noted"
    return Waiver(
        about=str(values.get("finding", values.get("provision"))).strip(),
        reason=str(values["reason"]).strip(),
        approver=str(values["approver"]).strip(),
        until=until,
        place=place,
        is_provision="provision" in values,
        releases=tuple(releases),
        pack=None if "pack" not in values else str(values["pack"]).strip(),
    )


def _day(value: object) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return parse_date(value) if isinstance(value, str) else None
    except ValueError:
        return None
