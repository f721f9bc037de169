"""Evidence: what is offered to show a fact, or that an obligation is met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading of a file that shows facts, each with the member of it where it is a list.

    Where nothing is written there, it is not `filled`, and shows nothing.
    """

    title: str
    place: Place
    shows: tuple[tuple[str, str | None], ...]
    filled: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is offered to show one fact, or that one obligation is met.

    `about` is the fact's name or the obligation's id. `sha256` is the digest of the file as found, or for something
    elsewhere the digest that was stated. On the day `expires` it still counts, afterwards no longer. `sections` are
    those of a file whose headings say what they show; without any it is evidence as a whole.
    """

    about: str
    place: Place
    file: str | None = None
    sha256: str | None = None
    url: str | None = None
    registry: str | None = None
    by: str | None = None
    on: date | None = None
    expires: date | None = None
    sections: tuple[Section, ...] = ()

    def has_expired(self, day: date) -> bool:
        """Return whether it no longer counts on a day."""
        return self.expires is not None and self.expires < day

    def places_of(self, fact: str, member: str | None) -> tuple[Place, ...]:
        """Return where its file shows a fact, or one member of a list; none unless all that is to be written there is."""
        found = [section for section in self.sections if (fact, member) in section.shows]
        return tuple(section.place for section in found) if all(section.filled for section in found) else ()

    def as_json(self) -> dict[str, object]:
        """Return the evidence as it stands in a decision's JSON."""
        return {
            "about": self.about,
            "source": printable(self.place.source),
            "line": self.place.line,
            "file": self.file,
            "sha256": self.sha256,
            "url": self.url,
            "registry": self.registry,
            "by": self.by,
            "on": None if self.on is None else self.on.isoformat(),
            **({} if self.expires is None else {"expires": self.expires.isoformat()}),
        }
