"""Evidence: what is offered to show a fact, or that an obligation is met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is offered to show one fact, or that one obligation is met.

    `about` is the fact's name or the obligation's id. `sha256` is the digest of the file as found, or for something
    elsewhere the digest that was stated. On the day `expires` it still counts, afterwards no longer.
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

    def has_expired(self, day: date) -> bool:
        """Return whether it no longer counts on a day."""
        return self.expires is not None and self.expires < day

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
