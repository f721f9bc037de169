"""Options that the commands share, and what they hand over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

import click

from aiact_rules.cli.known import (
    complete_facts,
    complete_readings,
    complete_schools,
    known_option,
    markets,
    moments,
    packs,
    roles,
)
from aiact_rules.core.packs import SCHOOL
from aiact_rules.core.vocabulary import parse_date
from aiact_rules.requests.overrides import Overrides, facts_from_texts, pairs

FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(["hold", "block", "never"]),
    default=None,
    help="Minimum verdict that fails the run (default: as aiact.toml says, else hold). May only tighten that.",
)


def trees_option(says: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option that names folders in and below which releases are looked for, with its help."""
    return click.option("--tree", "trees", multiple=True, type=click.Path(path_type=Path), help=says)


ARTIFACT = click.option(
    "--artifact",
    metavar="FILE|FOLDER|sha256:…",
    help="The bytes that are released; their digest becomes part of the decision.",
)


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases of click
    """A date written as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Return the date. Fails with what was expected."""
        if isinstance(value, date):
            return value
        try:
            return parse_date(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


def judging(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say what is judged, by which packs and on which date, handed over as `said`, an Overrides."""
    return _with_options(command, _OPTIONS)


def judging_on_dates(command: Callable[..., None]) -> Callable[..., None]:
    """Add the same options without the date, which the command takes itself."""
    return _with_options(command, {name: option for name, option in _OPTIONS.items() if name != "as_of"})


def judging_under_schools(command: Callable[..., None]) -> Callable[..., None]:
    """Add the same options without the school of reading, of which the command takes several."""
    return _with_options(command, {name: option for name, option in _OPTIONS.items() if name != "school"})


def _with_options(command: Callable[..., None], options: dict[str, Any]) -> Callable[..., None]:
    @wraps(command)
    def gathering(**given: Any) -> None:
        own = {name: given.pop(name) for name in options}
        command(**given, said=_overrides_of(own))

    decorated: Callable[..., None] = gathering
    for option in reversed(options.values()):
        decorated = option(decorated)
    return decorated


def _overrides_of(own: dict[str, Any]) -> Overrides:
    """Return what the shared options say. Raises InputError for a text that is not of its form."""
    return Overrides.of(
        roles=own["roles"] or None,
        moment=own["moment"],
        as_of=own.get("as_of"),
        release_date=own["release_date"],
        markets=own["markets"],
        packs=own["packs"],
        readings=readings_of(own["readings"], own.get("school")),
        facts=facts_from_texts(own["settings"]),
        fact_files=own["fact_files"],
        uncovered=own["uncovered"],
        past_dates=own["past_dates"],
        require_evidence=own["require_evidence"] or None,
    )


def readings_of(readings: Iterable[str], school: str | None, option: str = "--reading") -> dict[str, str]:
    """Return single readings (`ID=CHOICE`) with the school of reading that they override."""
    return {**({} if school is None else {SCHOOL: school}), **pairs(readings, option, "ID=CHOICE")}


SCHOOL_HELP = "A school of reading, such as letter or strict, for every point that --reading leaves open."
_OPTIONS: dict[str, Any] = {
    "roles": known_option(
        "--role", "roles", words=roles, multiple=True, metavar="ROLE", help="A role of the operator (several allowed)."
    ),
    "moment": known_option("--moment", words=moments, metavar="STEP", help="The step that is judged, or an event."),
    "as_of": click.option("--as-of", type=Day(), help="The law as of this date (default: today)."),
    "release_date": click.option(
        "--release-date", type=Day(), help="The date of that step (default: as stated, else --as-of)."
    ),
    "markets": known_option(
        "--market", "markets", words=markets, multiple=True, metavar="CODE", help="A further market (several allowed)."
    ),
    "packs": known_option(
        "--pack", "packs", words=packs, multiple=True, metavar="ID", help="A further pack (several allowed)."
    ),
    "readings": click.option(
        "--reading",
        "readings",
        multiple=True,
        metavar="ID=CHOICE",
        shell_complete=complete_readings,
        help="Choose a reading of an open point.",
    ),
    "school": click.option("--readings", "school", metavar="NAME", shell_complete=complete_schools, help=SCHOOL_HELP),
    "fact_files": click.option(
        "--facts", "fact_files", multiple=True, type=click.Path(), help="Additional release file (several allowed)."
    ),
    "settings": click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="FACT=VALUE",
        shell_complete=complete_facts,
        help="State one fact, over what files say.",
    ),
    "uncovered": click.option(
        "--uncovered",
        multiple=True,
        metavar="MARKET",
        help="Leave out, on record, a market that no installed pack covers.",
    ),
    "past_dates": click.option(
        "--past-dates",
        type=click.Choice(["judge", "refuse"]),
        default=None,
        help="What to do with a release date that is past.",
    ),
    "require_evidence": click.option(
        "--require-evidence", is_flag=True, help="Conduct that only a word claims counts as not shown."
    ),
}
