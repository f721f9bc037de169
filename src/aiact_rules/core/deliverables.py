"""Deliverables: the documents and acts that the obligations of a law come down to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from aiact_rules.core.problems import Place


class DeliverableKind(Enum):
    """Whether it is something to write, or something to do."""

    DOCUMENT = "document"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading of an empty document: where the law asks for it, what belongs under it, and what it shows once written.

    The title is empty where the provision says enough. `shows` are facts, each with the member of it where it is a list.
    """

    provision: str
    title: str
    asks: str
    shows: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """An empty document to fill in, by the name under which `init --with` writes it; `note` is said at its top."""

    name: str
    headings: tuple[Heading, ...]
    note: str | None = None

    @property
    def shows(self) -> dict[str, tuple[str, ...]]:
        """Return the facts that its headings show, each with the members of it in their order; none where it is no list."""
        found: dict[str, dict[str, None]] = {}
        for fact, member in (shown for heading in self.headings for shown in heading.shows):
            members = found.setdefault(fact, {})
            if member is not None:
                members[member] = None
        return {fact: tuple(members) for fact, members in found.items()}


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A piece of work that settles obligations: the technical documentation, the registration, the practices to stop.

    `signed_by` says in words who signs it, or answers for it. `skeleton` is the empty document to begin it with.
    """

    id: str
    title: str
    kind: DeliverableKind
    provision: str
    signed_by: str
    skeleton: Skeleton | None = None
    place: Place | None = field(default=None, compare=False)
