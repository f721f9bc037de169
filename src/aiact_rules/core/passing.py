"""Passing: which findings are waived, and the verdict that is left where they do not count towards refusing a release."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.rules import Obligation
from aiact_rules.core.statuses import Status, Verdict, strictest, verdict_of
from aiact_rules.core.waivers import Waivable, Waiver

if TYPE_CHECKING:
    from aiact_rules.core.decisions import Decision

Waived = Mapping[tuple[str, str], Waiver]


def waived_in(decision: Decision) -> Waived:
    """Return the first waiver that counts for each finding that gates and has one, by the ids of its pack and its own."""
    found: dict[tuple[str, str], Waiver] = {}
    for pack, o in _waivable(decision):
        for waiver in decision.choices.waivers:
            if waiver.is_about(pack.pack_id, o.id, o.provision) and waiver.counts_on(pack.pack_at.as_of):
                found.setdefault((pack.pack_id, o.id), waiver)
    return found


def verdict_without(decision: Decision, left_aside: Collection[tuple[str, str]]) -> Verdict:
    """Return the strictest verdict of the packs that gate where some findings do not count."""
    return strictest(
        verdict_of(status for o, status in _gating(pack) if (pack.pack_id, o.id) not in left_aside)
        for pack in decision.packs
        if pack.verdict is not None
    )


def said_of_waivers(decision: Decision) -> tuple[str, ...]:
    """Return a sentence for each waiver that counts for a finding here, and for each that would but for its time."""
    numbers: dict[Waiver, int] = {}
    for waiver in decision.waived.values():
        numbers[waiver] = numbers.get(waiver, 0) + 1
    told = [f"{_what(waiver, number)} {waiver}" for waiver, number in numbers.items()]
    for pack, o in _waivable(decision):
        for waiver in decision.choices.waivers:
            why_not = waiver.why_not(pack.pack_at.as_of)
            if why_not and waiver.is_about(pack.pack_id, o.id, o.provision):
                told.append(f"the waiver of {waiver.about} ({waiver.place}) does not count: {why_not}")
    return tuple(dict.fromkeys(told))


def _what(waiver: Waiver, number: int) -> str:
    if not waiver.is_provision:
        return f"`{waiver.about}`"
    return f"{waiver.about} ({number} finding{'' if number == 1 else 's'})"


def _waivable(decision: Decision) -> Iterator[tuple[PackDecision, Obligation]]:
    """Yield what gates and may be waived at all, under the packs that gate."""
    for pack in decision.packs:
        if pack.verdict in (None, Verdict.ALLOW):
            continue
        waivable = Waivable.of(pack.pack_at.obligations)
        for o, _ in _gating(pack):
            if waivable.why_not(o.kind, o.provision) is None:
                yield pack, o


def _gating(pack: PackDecision) -> Iterator[tuple[Obligation, Status]]:
    obligations = pack.pack_at.in_order
    for index, mark in pack.marks:
        if mark.gates:
            yield obligations[index], mark.status
