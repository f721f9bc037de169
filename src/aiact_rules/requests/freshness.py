"""Freshness: how long before the as-of date a pack was last checked against its law, and what a person must be told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from aiact_rules.core.packs import Pack

MOST_DAYS = 180


def is_old(pack: Pack, day: date) -> bool:
    """Return whether a pack was last checked against its law more than `MOST_DAYS` before a day."""
    return pack.checked_on is not None and (day - pack.checked_on).days > MOST_DAYS


def notes_on_freshness(packs: Iterable[Pack], as_of: date) -> Iterator[str]:
    """Yield a note for each pack that gates whose law may have changed before the as-of date without anybody looking."""
    for pack in packs:
        if pack.gates and pack.checked_on is not None and is_old(pack, as_of):
            days = (as_of - pack.checked_on).days
            yield (
                f"{pack.id} {pack.version} was last checked against the law on {pack.checked_on}, {days} days before "
                f"{as_of}: later changes of the law are not in it; look for a newer version"
            )


def note_on_future(packs: Iterable[Pack], as_of: date, today: date) -> str | None:
    """Return a note on an as-of date that lies in the future, when nobody can know what the law will be."""
    if as_of <= today:
        return None
    known = sorted(
        {f"{pack.id} was last checked on {pack.checked_on}" for pack in packs if pack.gates and pack.checked_on}
    )
    checked = f" ({'; '.join(known)})" if known else ""
    return f"the as-of date {as_of} is in the future: only what is known of the law today counts{checked}"
