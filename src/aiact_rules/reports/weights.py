"""Weights: what each obligation of a decision means for its release, once waivers and a baseline are taken into account."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from aiact_rules.core.batches import Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.standings import Standing


class Weight(IntEnum):
    """How much an obligation weighs, the heaviest first.

    `UNDETERMINED` ones may not even apply. `KNOWN` ones stand in the baseline, and `WAIVED` ones have a waiver that counts.
    """

    VIOLATED = 0
    UNMET = 1
    UNDETERMINED = 2
    KNOWN = 3
    WAIVED = 4
    MET = 5


def weight_of(item: Item, decision: Decision, pack: PackDecision, standing: Standing) -> Weight:
    """Return what an obligation that gates or is met weighs."""
    if not standing.gates:
        return Weight.MET
    if (pack.pack_id, standing.id) in decision.waived:
        return Weight.WAIVED
    if item.known is not None and (decision.operator, pack.pack_id, standing.id) in item.known:
        return Weight.KNOWN
    if standing.is_violated:
        return Weight.VIOLATED
    return Weight.UNDETERMINED if standing.is_undetermined else Weight.UNMET


def gating_packs(decision: Decision) -> Iterator[PackDecision]:
    """Yield what is said under the packs that gate."""
    return (pack for pack in decision.packs if pack.verdict is not None)
