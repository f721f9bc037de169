"""Options that the commands share, and what they hand over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

import click

from aiact_rules.core.vocabulary import parse_date
from aiact_rules.requests.overrides import Overrides, facts_from_texts, pairs

FAIL_ON = click.option(
    "--fail-on",
    type=click.Choice(["hold", "block", "never"]),
    default=None,
    help="From which verdict on the exit code is 1 (default: as aiact.toml says, else hold). May only tighten that.",
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
    """Add the options that say what is judged, by which packs and on which dates, handed over as `said`, an Overrides."""

    @wraps(command)
    def gathering(**given: Any) -> None:
        own = {name: given.pop(name) for name in _NAMES}
        command(**given, said=overrides_of(own))

    decorated: Callable[..., None] = gathering
    for option in reversed(_OPTIONS):
        decorated = option(decorated)
    return decorated


def overrides_of(own: dict[str, Any]) -> Overrides:
    """Return what the shared options say. Raises InputError for a text that is not of its form."""
    return Overrides.of(
        roles=own["roles"] or None,
        moment=own["moment"],
        as_of=own["as_of"],
        release_date=own["release_date"],
        markets=own["markets"],
        packs=own["packs"],
        readings=pairs(own["readings"], "--reading", "ID=CHOICE"),
        facts=facts_from_texts(own["settings"]),
        fact_files=own["fact_files"],
        uncovered=own["uncovered"],
        past_dates=own["past_dates"],
    )


_NAMES = (
    "roles",
    "moment",
    "as_of",
    "release_date",
    "markets",
    "packs",
    "readings",
    "fact_files",
    "settings",
    "uncovered",
    "past_dates",
)
_OPTIONS = (
    click.option("--role", "roles", multiple=True, help="A role of the operator (several allowed)."),
    click.option("--moment", help="The step taken: placing_on_market, making_available, putting_into_service, use."),
    click.option("--as-of", type=Day(), help="The date on which the law is known (default: today)."),
    click.option("--release-date", type=Day(), help="The date of the step (default: as stated, else --as-of)."),
    click.option("--market", "markets", multiple=True, help="A further market, such as EU (several allowed)."),
    click.option("--pack", "packs", multiple=True, help="A further pack by id (several allowed)."),
    click.option(
        "--reading", "readings", multiple=True, metavar="ID=CHOICE", help="Choose a reading of an open point."
    ),
    click.option("--facts", "fact_files", multiple=True, type=click.Path(), help="A further document of the release."),
    click.option("--set", "settings", multiple=True, metavar="FACT=VALUE", help="State one fact, over what files say."),
    click.option(
        "--uncovered",
        multiple=True,
        metavar="MARKET",
        help="Leave out, on record, a market that no installed pack covers.",
    ),
    click.option(
        "--past-dates",
        type=click.Choice(["judge", "refuse"]),
        default=None,
        help="What to do with a release date that is past.",
    ),
)
