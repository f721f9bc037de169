"""Cards: what a pack says of them: the claims of their authors that it compares, and the words for their readers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from aiact_rules.core.conditions import Condition
from aiact_rules.core.problems import Place

MARK = "<!-- aiact-rules card: "
"""How the comments begin between which the section of a card stands."""


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """What a pack says of one claim: what would have to be so, and the contradictions that hold where it says too little.

    `denials` are the ids of these contradictions, each with the conclusion that raises it.
    """

    id: str
    label: str
    so_if: Condition
    denials: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = field(default=None, compare=False)


class Reader(StrEnum):
    """Whom a sentence of a card is for."""

    USER = "user"
    BUILDER = "builder"
    PROVIDER = "provider"


@dataclass(frozen=True, slots=True)
class CardDuty:
    """One thing that somebody must do after the release, with its provision."""

    reader: Reader
    says: str
    provision: str


@dataclass(frozen=True, slots=True)
class CardClass:
    """What a release in a class is, and what follows from that for those who use it, build on it or answer for it."""

    says: str
    duties: tuple[CardDuty, ...] = ()


@dataclass(frozen=True, slots=True)
class CardWords:
    """The words of a pack for cards: the heading of the section, each class by its conclusion, and the label of every headline."""

    title: str
    classes: Mapping[str, CardClass] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
