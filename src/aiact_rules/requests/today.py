"""Today: the day that counts where nobody states one, by the time zones of the markets and of the organisation.

A day that has begun anywhere in a market has begun there, so the latest date among the zones counts: a law that applies
from that day already binds whoever releases into it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from aiact_rules.core.choices import Choice
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.zones import HOW_TO_GET_DATA, zone_named


@dataclass(frozen=True, slots=True)
class Today:
    """The latest date that has begun, with the zone that makes it so and who named it; no date from `first` on is over."""

    day: date
    first: date
    chosen: Choice


def now() -> datetime:
    """Return this moment. Nothing else of a request looks at a clock."""
    return datetime.now(UTC)


def today(packs: Iterable[Pack], own: Choice | None = None, at: datetime | None = None) -> Today:
    """Return the day at a moment (default: now; one without a time zone is in UTC).

    The zones are those of the packs that gate and `own`, the organisation's; without any it is the day in UTC. Raises
    InputError where this computer has no data on one of them.
    """
    moment = at if at is not None else now()
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    named = [Choice(pack.time_zone, Place(f"pack {pack.id}")) for pack in packs if pack.gates and pack.time_zone]
    named += [] if own is None else [own]
    days: list[tuple[date, Choice]] = []
    problems = []
    for choice in named:
        zone = zone_named(choice.value)
        if zone is None:
            hint = f"{HOW_TO_GET_DATA}; or state the day with --as-of"
            problems.append(Problem(f"no data on the time zone `{choice.value}`", choice.place, hint))
        else:
            days.append((moment.astimezone(zone).date(), choice))
    if problems:
        raise InputError(problems)
    in_utc = moment.astimezone(UTC).date()
    # The organisation's own word first, then the packs as they come, so that the same zones always name the same one.
    day, chosen = max(reversed(days), key=lambda each: each[0], default=(in_utc, Choice("UTC", Place("default"))))
    first = min([in_utc, *(each for each, _ in days)])
    return Today(day, first, Choice(day.isoformat(), Place(f"today in {chosen.value} ({chosen.place})")))
