"""Statuses: what becomes of each obligation, and the verdict, as planes over many rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aiact_rules.core.findings import Status
from aiact_rules.engines.plane_program import NONE, Circuit, Rails
from aiact_rules.sweep.plan import Case, Judgement


@dataclass(frozen=True, slots=True)
class JudgementPlanes:
    """The planes of one as-of date, as numbers of the circuit.

    `conclusions` gives for each headline what is possible and what is certain; `statuses` for each status the
    obligations that can have it, by id; `counts` the binary digits of how many have it.
    """

    block: int
    hold: int
    conclusions: Mapping[str, tuple[int, int]]
    statuses: Mapping[Status, Mapping[str, int]]
    counts: Mapping[Status, tuple[int, ...]]


def judgement_planes(circuit: Circuit, judgement: Judgement, *, counts: bool) -> JudgementPlanes:
    """Build the planes of all packs on one date. With several packs the names of what they say begin with the pack."""
    several = len(judgement.cases) > 1
    conclusions: dict[str, tuple[int, int]] = {}
    statuses: dict[Status, dict[str, int]] = {status: {} for status in Status}
    block, hold = [NONE], [NONE]
    for case in judgement.cases:
        before = f"{case.pack}." if several else ""
        rails = Rails(circuit, case.lowered, case.silence)
        for name in case.headlines:
            formula = case.lowered.conclusions[name]
            conclusions[before + name] = rails.possible(formula), rails.certain(formula)
        for status, planes in _statuses(circuit, rails, case).items():
            statuses[status] |= {before + name: plane for name, plane in planes.items()}
            if case.gates:
                block += planes.values() if status is Status.BREACHED else ()
                hold += planes.values() if status is Status.OPEN else ()
    blocked = circuit.some(block)
    return JudgementPlanes(
        blocked,
        circuit.both(circuit.some(hold), circuit.inverse(blocked)),
        conclusions,
        statuses,
        {status: circuit.count(planes.values()) for status, planes in statuses.items()} if counts else {},
    )


def _statuses(circuit: Circuit, rails: Rails, case: Case) -> dict[Status, dict[str, int]]:
    """Give the plane of each status an obligation can have; the same reading as `findings.status_of`, for many rows."""
    found: dict[Status, dict[str, int]] = {status: {} for status in Status}
    for duty, traits in zip(case.lowered.duties, case.duties, strict=True):
        owed = rails.certain(duty.owed)
        met = rails.certain(duty.met)
        stated_only = traits.is_signal and traits.is_afterwards
        not_met = circuit.both(
            rails.possible(duty.owed), circuit.inverse(rails.possible(duty.met) if stated_only else met)
        )
        maybe_in_force = rails.possible(duty.in_force)
        certainly_in_force = circuit.both(owed, rails.certain(duty.in_force))
        planes = {
            Status.MET: NONE if traits.is_signal else circuit.both(owed, met),
            Status.UPCOMING: circuit.both(not_met, circuit.inverse(maybe_in_force)),
        }
        if not traits.can_gate:
            planes[Status.ADVICE] = circuit.both(certainly_in_force, circuit.inverse(met))
        else:
            maybe_due = rails.possible(duty.due)
            now = circuit.both(not_met, maybe_in_force)
            later = circuit.both(now, circuit.inverse(maybe_due))
            rest = circuit.both(now, maybe_due)
            if not traits.is_signal:
                breached = circuit.every(
                    (certainly_in_force, rails.certain(duty.due), circuit.inverse(rails.possible(duty.met)))
                )
                planes[Status.BREACHED] = breached
                rest = circuit.both(rest, circuit.inverse(breached))
            if traits.is_afterwards:
                maybe_met = rails.possible(duty.met)
                later = circuit.either(later, circuit.both(rest, maybe_met))
                rest = circuit.both(rest, circuit.inverse(maybe_met))
            planes[Status.CONDITION], planes[Status.OPEN] = later, rest
        for status, plane in planes.items():
            if plane != NONE:
                found[status][traits.id] = plane
    return found
