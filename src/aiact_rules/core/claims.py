"""Claims: what the author of a card says that follows, compared with what follows from the facts. No claim is a fact."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from aiact_rules.core.cards import ClaimRule
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Place
from aiact_rules.core.truth import Truth

if TYPE_CHECKING:
    from aiact_rules.core.decisions import Decision
    from aiact_rules.core.pack_decisions import PackDecision


@dataclass(frozen=True, slots=True)
class Claim:
    """What stands in a card under one key: the words as written, and the claim of the vocabulary that they mean.

    `means` is None where the words mean none that is compared, such as a text.
    """

    key: str
    words: str
    place: Place
    means: str | None = None

    def __str__(self) -> str:
        return f"{self.key}: {self.words} ({self.place})"

    def as_json(self) -> dict[str, object]:
        """Return the claim as it stands in a decision's JSON."""
        return {
            "key": self.key,
            "words": printable(self.words),
            "means": self.means,
            "source": printable(self.place.source),
            "line": self.place.line,
        }


class Comparison(StrEnum):
    """How a claim compares with what follows from the facts."""

    LOWER = "lower"
    SAME = "same"
    HIGHER = "higher"
    OPEN = "open"
    NOT_COMPARED = "not_compared"


COMPARISONS = {
    Comparison.LOWER: "the facts say more",
    Comparison.SAME: "the facts say the same",
    Comparison.HIGHER: "the facts do not say as much",
    Comparison.OPEN: "not enough is stated to compare it",
    Comparison.NOT_COMPARED: "not compared with the facts",
}
"""What the comparisons mean, for people."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A claim with what a pack makes of it. `denials` are the contradictions that hold."""

    claim: Claim
    comparison: Comparison
    label: str | None = None
    denials: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.claim}: {COMPARISONS[self.comparison]}"


def compared(decision: Decision) -> tuple[Compared, ...]:
    """Return each claim of a decision's documents with how it compares: under several packs, the strictest comparison."""
    return tuple(_strictest(claim, decision) for claim in decision.claims)


def denied_claims(decision: Decision, denial: str) -> Iterator[Claim]:
    """Yield the claims that a contradiction with this id is about."""
    means = {rule.id for pack in decision.packs for rule in pack.pack_at.pack.claims.values() if denial in rule.denials}
    return (claim for claim in decision.claims if claim.means in means)


def _strictest(claim: Claim, decision: Decision) -> Compared:
    found = [
        _under(claim, rule, pack)
        for pack in decision.packs
        if (rule := pack.pack_at.pack.claims.get(claim.means or "")) is not None
    ]
    order = tuple(Comparison)
    return min(found, key=lambda each: order.index(each.comparison), default=Compared(claim, Comparison.NOT_COMPARED))


def _under(claim: Claim, rule: ClaimRule, pack: PackDecision) -> Compared:
    standing = {each.id for each in pack.standings if each.is_contradiction}
    denials = tuple(name for name in rule.denials if name in standing)
    if denials:
        return Compared(claim, Comparison.LOWER, rule.label, denials)
    truth = pack.evaluation.truth(rule.so_if)
    said = {Truth.YES: Comparison.SAME, Truth.NO: Comparison.HIGHER, Truth.UNKNOWN: Comparison.OPEN}
    return Compared(claim, said[truth], rule.label)
