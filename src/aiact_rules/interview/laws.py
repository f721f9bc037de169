"""Laws: what the packs of a decision are called in an interview, and citations that name them."""

from __future__ import annotations

from collections.abc import Iterable

from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import Pack

_UNNAMED = "eu_ai_act"
"""The pack whose law needs no name beside a citation where it is the only one."""


def law_of(pack: Pack) -> str:
    """Return what a person calls the law of a pack, with its market where the title does not name it."""
    return pack.title if pack.market in pack.title.split() else f"{pack.title} ({pack.market})"


def cited(decision: Decision, pack: Pack, provision: str) -> str:
    """Return a citation with its law, which only the EU AI Act may leave out, where no other law judges."""
    gating = [each for each in decision.packs if each.verdict is not None]
    return provision if pack.id == _UNNAMED and len(gating) == 1 else f"{law_of(pack)}, {provision}"


def laws_served(decision: Decision, packs: Iterable[PackDecision]) -> str | None:
    """Return the laws that a question is asked for; None where only the EU AI Act judges, so that there is nothing to tell."""
    gating = [each for each in decision.packs if each.verdict is not None]
    if [each.pack_id for each in gating] == [_UNNAMED]:
        return None
    return " and ".join(dict.fromkeys(law_of(each.pack_at.pack) for each in packs)) or None
