"""Statuses: what becomes of an obligation for each answer of an engine, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

from aiact_rules.core.outcomes import DUE, EVENT, EVERY_CODE, IN_FORCE, MAYBE_DUE, MAYBE_IN_FORCE, MAYBE_MET, MET, OWED
from aiact_rules.core.packs import EVENTS, MOMENT
from aiact_rules.core.rules import Obligation
from aiact_rules.core.vocabulary import FactValue


class Status(Enum):
    """What became of an obligation.

    `BREACHED` blocks and `OPEN` holds, where the source may gate. `CONDITION` is owed at a later moment or afterwards;
    `UPCOMING` applies only from a later date; `ADVICE` comes from a source that cannot gate.
    """

    BREACHED = "breached"
    OPEN = "open"
    MET = "met"
    UPCOMING = "upcoming"
    CONDITION = "condition"
    ADVICE = "advice"

    __hash__ = object.__hash__  # there is one of each; the hash that Enum computes takes longer

    @property
    def gates(self) -> bool:
        """Return whether a finding with this status stands in the way of an allow."""
        return self in _GATING


class Verdict(Enum):
    """May the release go ahead: allow < hold < block."""

    ALLOW = "allow"
    HOLD = "hold"
    BLOCK = "block"

    @property
    def severity(self) -> int:
        """Return 0 for allow, 1 for hold, 2 for block."""
        return _SEVERITY[self]


_GATING = frozenset({Status.BREACHED, Status.OPEN})
_SEVERITY = {verdict: at for at, verdict in enumerate(Verdict)}


def verdict_of(statuses: Iterable[Status]) -> Verdict:
    """Return the verdict: any breach blocks, otherwise anything open holds, otherwise it is allowed."""
    found = set(statuses)
    if Status.BREACHED in found:
        return Verdict.BLOCK
    return Verdict.HOLD if Status.OPEN in found else Verdict.ALLOW


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the strictest of some verdicts. Raises ValueError for none: what nothing judged has no verdict."""
    return max(verdicts, key=lambda verdict: verdict.severity)


@dataclass(frozen=True, slots=True)
class Traits:
    """What decides the status of an obligation besides the four answers about it and whether an event is judged."""

    can_gate: bool
    is_signal: bool
    is_afterwards: bool
    is_at_once: bool
    has_moment: bool


def traits_of(o: Obligation) -> Traits:
    """Return the traits of an obligation."""
    return Traits(o.can_gate, o.is_signal, o.after is not None, o.at_once, bool(o.moments))


def event_in(facts: Mapping[str, FactValue]) -> int:
    """Return the bit that says that an event is judged, to join with what an engine says; 0 for a step."""
    return EVENT if facts.get(MOMENT) in EVENTS else 0


def status_of(o: Obligation, code: int) -> Status | None:
    """Return the status that an engine's answer about one obligation means. None where there is nothing to report."""
    return statuses_of(o)[code]


def statuses_of(o: Obligation) -> tuple[Status | None, ...]:
    """Return the status of an obligation for each answer an engine can give about it."""
    return table_of(traits_of(o))


@cache
def table_of(traits: Traits) -> tuple[Status | None, ...]:
    """Return the table of statuses by code. It is the only place that says what an answer means."""
    return tuple(_status(code, traits) for code in EVERY_CODE)


def _status(code: int, traits: Traits) -> Status | None:
    if code & EVENT and not code & (MAYBE_DUE if traits.has_moment or traits.is_signal else OWED):
        return None  # it does not trigger this, or what binds at every moment is not certain
    if code & MET:
        return Status.MET if code & OWED and not traits.is_signal else None
    if code & MAYBE_MET and traits.is_afterwards and traits.is_signal:
        return None
    if not code & MAYBE_IN_FORCE:
        return Status.UPCOMING
    if not traits.can_gate:
        return Status.ADVICE if code & OWED and code & IN_FORCE else None
    if not code & MAYBE_DUE:
        return Status.CONDITION
    breached = code & OWED and code & IN_FORCE and code & DUE and not code & MAYBE_MET
    if breached and not traits.is_signal:
        return Status.BREACHED
    pressing = code & EVENT or traits.is_at_once and code & OWED
    waits = traits.is_afterwards and code & MAYBE_MET and not pressing
    return Status.CONDITION if waits else Status.OPEN
