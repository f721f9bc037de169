"""Waivers: an organisation lets a release pass although a finding is open, for a while, with a reason and a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from aiact_rules.core.citations import cites
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place
from aiact_rules.core.prohibitions import Articles, articles_of, prohibiting_articles
from aiact_rules.core.rules import Kind, Obligation

MOST_TIME = timedelta(days=366)
"""How far ahead of the as-of date a waiver may end."""
CONTRADICTION = "it is a contradiction, so that one of two statements is wrong"
"""Why a contradiction can never be waived."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Lets what is said of one finding, or of every finding of a provision, not count towards refusing a release.

    `about` is the id of a finding, or a provision where `is_provision`. It counts up to and including `until`, for the
    `releases` it names (none: for every one) under the `pack` it names (None: under any).
    """

    about: str
    reason: str
    approver: str
    until: date
    place: Place
    is_provision: bool = False
    releases: tuple[str, ...] = ()
    pack: str | None = None

    def names(self, release: str | None, version: str | None, documents: Iterable[str]) -> bool:
        """Return whether it is about a release: by its name, with its version or without, or by a path of its documents."""
        if not self.releases:
            return True
        known = {release, f"{release} {version}"} if release else set()
        return any(
            each in known or any(path == each or path.startswith(f"{each.rstrip('/')}/") for path in documents)
            for each in self.releases
        )

    def is_about(self, pack_id: str, finding_id: str, provision: str) -> bool:
        """Return whether it names a finding of a pack, be it one that can be waived or not."""
        if self.pack not in (None, pack_id):
            return False
        return cites(provision, self.about) if self.is_provision else finding_id == self.about

    def counts_on(self, as_of: date) -> bool:
        """Return whether it counts where the law is that of a date, which is its only clock."""
        return self.why_not(as_of) is None

    def why_not(self, as_of: date) -> str | None:
        """Return why it does not count on a date, or None where it does."""
        if as_of > self.until:
            return f"it ended on {self.until}"
        if self.until - as_of > MOST_TIME:
            return f"it would last until {self.until}, and {MOST_TIME.days} days are the most"
        return None

    def __str__(self) -> str:
        return f"waived until {self.until} by {self.approver}: {self.reason} ({self.place})"

    def as_json(self) -> dict[str, object]:
        """Return the waiver as it stands in a decision's JSON."""
        return {
            "finding": None if self.is_provision else printable(self.about),
            "provision": printable(self.about) if self.is_provision else None,
            "reason": printable(self.reason),
            "approver": printable(self.approver),
            "until": self.until.isoformat(),
            "releases": [printable(each) for each in self.releases],
            "pack": self.pack,
            "source": printable(self.place.source),
            "line": self.place.line,
        }


@dataclass(frozen=True, slots=True)
class Waivable:
    """What of a pack may be waived. Prohibitions and their articles, and contradictions, never are."""

    prohibiting: Articles

    @classmethod
    def of(cls, obligations: Mapping[str, Obligation]) -> Waivable:
        """Return what of these obligations may be waived."""
        return cls(prohibiting_articles(obligations.values()))

    def why_not(self, kind: Kind, provision: str) -> str | None:
        """Return why a finding can never be waived, or None where it can."""
        if kind is Kind.PROHIBITION:
            return "nobody may waive a prohibition"
        if kind is Kind.CONTRADICTION:
            return CONTRADICTION
        if self.prohibiting & articles_of(provision):
            return "nobody may waive what is said of a prohibition"
        return None
