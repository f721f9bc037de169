"""Overrides: a person answers by name for one refused release, for a while (break-glass)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import READER_FAILED
from aiact_rules.core.printable import is_written
from aiact_rules.core.prohibitions import articles_of, prohibiting_articles
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Verdict

MOST_TIME = timedelta(days=31)
"""How long an override may last."""


@dataclass(frozen=True, slots=True)
class Override:
    """Lets one decision pass although it holds or blocks, until a moment, because a person says so.

    It speaks of a decision by its id, and so of exactly those facts, packs and dates: another fact or another as-of
    date is another decision. It never passes a prohibition, nor a signal that cites one.
    """

    decision_id: str
    who: str
    why: str
    until: datetime

    def as_json(self) -> dict[str, str]:
        """Return the override as JSON values."""
        return {
            "decision_id": self.decision_id,
            "who": self.who,
            "why": self.why,
            "until": self.until.isoformat(),
        }


def objection(override: Override, decision: Decision, at: datetime) -> str | None:
    """Return why an override does not let this decision pass at this moment, or None where it does."""
    if override.decision_id != decision.decision_id:
        return f"the override is for the decision {override.decision_id}, not for {decision.decision_id}"
    if not is_written(override.who) or not is_written(override.why):
        return "an override says who answers for it and why"
    if override.until.utcoffset() is None or at.utcoffset() is None:
        return "the end of an override is a moment with its time zone"
    if at >= override.until:
        return f"the override ended on {override.until.isoformat()}"
    if override.until - at > MOST_TIME:
        return f"an override lasts {MOST_TIME.days} days at the most; a person may give another one then"
    if forbidden := prohibitions(decision):
        return f"nobody may override a prohibition: {'; '.join(finding.provision for finding in forbidden)}"
    return None


def prohibitions(decision: Decision) -> tuple[Finding, ...]:
    """Return the prohibitions that are breached or open, and the signals that cite one, under any pack that gates.

    Nothing passes them: no override, no baseline and no waiver.
    """
    return tuple(
        finding
        for pack, finding in _gating(decision)
        if finding.kind is Kind.PROHIBITION or _cites_a_prohibition(finding, pack)
    )


def contradictions(decision: Decision) -> tuple[Finding, ...]:
    """Return the contradictions that hold, under any pack that gates: one of two statements is wrong.

    No baseline and no waiver passes them, or the laxer answer would win. A person may, by an override of that decision.
    """
    return tuple(finding for _, finding in _gating(decision) if finding.kind is Kind.CONTRADICTION)


def failed_readers(decision: Decision) -> tuple[Finding, ...]:
    """Return the findings that a reader failed, which no baseline and no waiver passes: nobody knows what it would have said."""
    if all(reader.failed is None for reader in decision.readers):
        return ()
    return tuple(finding for _, finding in _gating(decision) if finding.id.startswith(READER_FAILED))


def _gating(decision: Decision) -> Iterator[tuple[PackDecision, Finding]]:
    for pack in decision.packs:
        if pack.verdict not in (None, Verdict.ALLOW):
            yield from ((pack, finding) for finding in pack.findings if finding.status.gates)


def _cites_a_prohibition(finding: Finding, pack: PackDecision) -> bool:
    """Return whether a signal cites an article in which the pack has a prohibition."""
    if not finding.kind.is_signal:
        return False
    return bool(prohibiting_articles(pack.pack_at.obligations.values()) & articles_of(finding.provision))


class ReleaseRefused(Exception):
    """A release may not go ahead. Carries the decision that says why."""

    def __init__(self, decision: Decision) -> None:
        self.decision = decision
        worst = [
            finding
            for pack in decision.packs
            if pack.verdict is not None
            for finding in pack.findings
            if finding.status.gates and (pack.pack_id, finding.id) not in decision.waived
        ]
        first = "; ".join(f"{f.provision}: {f.must}" for f in worst[:3])
        super().__init__(f"the release is refused ({decision.verdict.value}): {first}")


class OverrideRefused(ReleaseRefused):
    """A release may not go ahead, and an override does not let it pass. Carries the decision and why not."""

    def __init__(self, decision: Decision, why: str) -> None:
        super().__init__(decision)
        self.why = why

    def __str__(self) -> str:
        return f"{super().__str__()}; {self.why}"
