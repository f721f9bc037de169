"""Grounds: the statements that a finding rests on, each with its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Sureness
from aiact_rules.core.findings import Finding
from aiact_rules.core.packs import ROLES
from aiact_rules.interview.replies import value_as_typed

_MOST = 3


def contradiction(decision: Decision, finding: Finding) -> str:
    """Return what contradicts itself, in words, with the statements."""
    because = "; ".join(finding.because) or finding.must
    said = "; ".join(statements(decision, finding))
    return because + (f": {said}" if said else "")


def statements(decision: Decision, finding: Finding, facts: Collection[str] = ()) -> Iterator[str]:
    """Yield the stated facts that a finding rests on, with their lines: those in `facts`, or else all."""
    stated = [
        decision.facts[name]
        for name in finding.facts
        if name in decision.facts and decision.facts[name].origin.sureness is Sureness.STATED and name != ROLES
    ]
    own = [fact for fact in stated if fact.name in facts]
    for fact in (own or stated)[:_MOST]:
        yield f"`{fact.name}: {value_as_typed(fact.value)}` ({fact.origin.place})"
