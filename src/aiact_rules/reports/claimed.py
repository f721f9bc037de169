"""Claims in reports: each with its line, and where the facts say more, the line of the fact that decides it."""

from __future__ import annotations

from collections.abc import Iterator

from aiact_rules.core.claims import COMPARISONS, Comparison, compared, denied_claims
from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.printable import printable
from aiact_rules.reports.classification import deciding_of
from aiact_rules.reports.words import said_of


def told_claims(decision: Decision) -> Iterator[tuple[str, bool]]:
    """Yield what is to be said of the claims that nothing contradicts, those that compare alike together.

    The second part is whether a person should look at it: where a claim says more than the facts.
    """
    alike: dict[Comparison, list[str]] = {}
    for each in compared(decision):
        if each.comparison is not Comparison.LOWER:
            alike.setdefault(each.comparison, []).append(printable(str(each.claim)))
    for comparison, claims in alike.items():
        yield f"{', '.join(claims)}: {COMPARISONS[comparison]}", comparison is Comparison.HIGHER


def grounds_against(decision: Decision, pack: PackDecision, denial: str) -> tuple[str, ...]:
    """Return the claims that a contradiction is about and the fact that decides against them, each with its line.

    Empty where it is about no claim.
    """
    claims = tuple(f"the card claims {printable(str(claim))}" for claim in denied_claims(decision, denial))
    if not claims:
        return ()
    conclusion = next(rule.denials[denial] for rule in pack.pack_at.pack.claims.values() if denial in rule.denials)
    deciding = deciding_of(decision, pack, conclusion)
    if deciding is None:
        return claims
    fact = deciding.fact
    value = ", ".join(sorted(deciding.members)) or said_of(decision, fact.name, fact.value)
    return (*claims, f"but {fact.name}: {value} ({fact.origin})")
