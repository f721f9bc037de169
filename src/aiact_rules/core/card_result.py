"""Card results: what a card says was decided of its release, in words from closed lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class CardResult:
    """The result in the block of a card, from which its section is written.

    `classes` are the headlines that hold and that the pack has words for, `undetermined` those of which it is not known.
    `released_on` is the date of the release, `as_of` the day of judging. `packs` are ids with versions. Only `contact` is free text.
    """

    verdict: str
    classes: tuple[str, ...]
    undetermined: tuple[str, ...]
    roles: tuple[str, ...]
    released_on: date
    as_of: date
    decision_id: str
    tool: str
    packs: tuple[str, ...]
    contact: str | None = None
