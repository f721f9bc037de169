"""Statuses: what becomes of each obligation, and the verdict, as planes over many rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.outcomes import DUE, EVENT, EVERY_CODE, IN_FORCE, MAYBE_DUE, MAYBE_IN_FORCE, MAYBE_MET, MET, OWED
from aiact_rules.core.packs import EVENTS, MARKETS, MOMENT, SETTLED
from aiact_rules.core.statuses import Status, Traits, table_of
from aiact_rules.engines.plane_program import ALL, NONE, Circuit, Passes, Rails, Silent
from aiact_rules.sweep.plan import Judgement, PlannedPack


@dataclass(frozen=True, slots=True)
class JudgementPlanes:
    """The planes of one as-of date, as numbers of the circuit.

    `conclusions` gives for each headline what is possible and what is certain; `statuses` for each status the
    obligations that can have it, by id; `counts` the binary digits of how many have it. `judged` are the rows that some
    pack judges, `scopes` for each conclusion the rows that its pack judges.
    """

    block: int
    hold: int
    judged: int
    scopes: Mapping[str, int]
    conclusions: Mapping[str, tuple[int, int]]
    statuses: Mapping[Status, Mapping[str, int]]
    counts: Mapping[Status, tuple[int, ...]]


def judgement_planes(circuit: Circuit, judgement: Judgement, *, counts: bool) -> JudgementPlanes:
    """Build the planes of all packs on one date. With several packs the names of what they say begin with the pack."""
    several = len(judgement.packs) > 1
    conclusions: dict[str, tuple[int, int]] = {}
    statuses: dict[Status, dict[str, int]] = {status: {} for status in Status}
    scopes: dict[str, int] = {}
    block, hold, judged = [NONE], [NONE], [NONE]
    for planned in judgement.packs:
        scope = _judged_by(circuit, planned)
        before = f"{planned.pack}." if several else ""
        rails = Rails(circuit, planned.lowered, planned.silence, SETTLED)
        for name in planned.headlines:
            formula = planned.lowered.conclusions[name]
            conclusions[before + name] = rails.possible(formula), rails.certain(formula)
            scopes[before + name] = scope
        if planned.gates:
            judged.append(scope)
        for status, found in _statuses(circuit, rails, planned).items():
            planes = {name: plane for name, each in found.items() if (plane := circuit.both(scope, each)) != NONE}
            statuses[status] |= {before + name: plane for name, plane in planes.items()}
            if planned.gates:
                block += planes.values() if status is Status.BREACHED else ()
                hold += planes.values() if status is Status.OPEN else ()
    blocked = circuit.some(block)
    return JudgementPlanes(
        blocked,
        circuit.both(circuit.some(hold), circuit.inverse(blocked)),
        circuit.some(judged),
        scopes,
        conclusions,
        statuses,
        {status: circuit.count(planes.values()) for status, planes in statuses.items()} if counts else {},
    )


def _judged_by(circuit: Circuit, planned: PlannedPack) -> int:
    """Return the rows that a pack judges: those that name its market, and for the default one those that name none."""
    if planned.market is None:
        return ALL
    default = planned.silence.get(MARKETS)
    found = circuit.input(Passes(FactTest(MARKETS, Test.INCLUDES, frozenset({planned.market})), default))
    if planned.is_default:
        found = circuit.either(found, circuit.input(Passes(FactTest(MARKETS, Test.EMPTY), default)))
        if default is None:
            found = circuit.either(found, circuit.input(Silent(MARKETS)))
    return found


def _statuses(circuit: Circuit, rails: Rails, planned: PlannedPack) -> dict[Status, dict[str, int]]:
    """Return the plane of each status an obligation can have, made from the table that single decisions use."""
    found: dict[Status, dict[str, int]] = {status: {} for status in Status}
    event = _at_event(circuit, planned)
    for obligation, (name, traits) in zip(planned.lowered.obligations, planned.obligations, strict=True):
        answers = {
            EVENT: event,
            MET: rails.certain(obligation.met),
            MAYBE_MET: rails.possible(obligation.met),
            MAYBE_IN_FORCE: rails.possible(obligation.in_force),
            IN_FORCE: rails.certain(obligation.in_force),
            MAYBE_DUE: rails.possible(obligation.due),
            DUE: rails.certain(obligation.due),
            OWED: rails.certain(obligation.owed),
        }
        owed = rails.possible(obligation.owed)
        for status, codes in _codes_of(traits).items():
            plane = circuit.both(owed, _chosen(circuit, codes, _POSSIBLE, tuple(answers.items())))
            if plane != NONE:
                found[status][name] = plane
    return found


def _at_event(circuit: Circuit, planned: PlannedPack) -> int:
    """Return the rows that judge an event."""
    if planned.at_event is not None:
        return ALL if planned.at_event else NONE
    return circuit.input(Passes(FactTest(MOMENT, Test.ONE_OF, EVENTS), planned.silence.get(MOMENT)))


@cache
def _codes_of(traits: Traits) -> Mapping[Status, frozenset[int]]:
    codes: dict[Status, set[int]] = {}
    for code, status in enumerate(table_of(traits)):
        if status is not None and code in _POSSIBLE:
            codes.setdefault(status, set()).add(code)
    return {status: frozenset(found) for status, found in codes.items()}


def _is_possible(code: int) -> bool:
    """Return whether an engine can give this code: what is certain is possible too."""
    pairs = ((IN_FORCE, MAYBE_IN_FORCE), (MET, MAYBE_MET), (DUE, MAYBE_DUE))
    return all(code & possible or not code & certain for certain, possible in pairs)


_POSSIBLE = frozenset(code for code in EVERY_CODE if _is_possible(code))


def _chosen(
    circuit: Circuit, wanted: frozenset[int], possible: frozenset[int], answers: tuple[tuple[int, int], ...]
) -> int:
    """Return the rows whose answers form one of the wanted codes: a decision tree, in which impossible codes do not matter."""
    if not wanted:
        return NONE
    if wanted == possible:
        return ALL
    (bit, plane), rest = answers[0], answers[1:]

    def side(on: bool) -> tuple[frozenset[int], frozenset[int]]:
        return (
            frozenset(code & ~bit for code in wanted if bool(code & bit) is on),
            frozenset(code & ~bit for code in possible if bool(code & bit) is on),
        )

    (with_it, possible_with), (without, possible_without) = side(True), side(False)
    joined, either = with_it | without, possible_with | possible_without
    if with_it == joined & possible_with and without == joined & possible_without:
        return _chosen(circuit, joined, either, rest)  # this answer makes no difference
    yes = _chosen(circuit, with_it, possible_with, rest)
    no = _chosen(circuit, without, possible_without, rest)
    if yes == ALL:
        return circuit.either(plane, no)
    if no == ALL:
        return circuit.either(circuit.inverse(plane), yes)
    return circuit.either(circuit.both(plane, yes), circuit.both(circuit.inverse(plane), no))
