"""Statuses in logic: what `status_of` does, read off the function itself, and what it must do, said independently."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import z3

from aiact_rules.core.outcomes import DUE, EVENT, IN_FORCE, MAYBE_DUE, MAYBE_IN_FORCE, MAYBE_MET, MET, OWED
from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.statuses import Status, status_of
from aiact_rules.proof.forms import ObligationRails
from aiact_rules.proof.inputs import Formula

StatusOf = Callable[[Obligation, int], Status | None]

NO_EVENT = z3.BoolVal(False)

_BITS = (EVENT, OWED, IN_FORCE, MAYBE_IN_FORCE, MET, MAYBE_MET, DUE, MAYBE_DUE)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the status of an obligation depends on besides the four answers."""

    gates: bool
    signal: bool
    afterwards: bool
    at_once: bool
    has_moment: bool
    prohibition: bool


def shape_of(o: Obligation) -> Shape:
    """Return the shape of an obligation."""
    return Shape(o.can_gate, o.is_signal, o.after is not None, o.at_once, bool(o.moments), o.kind is Kind.PROHIBITION)


def _bit_formulas(obligation: ObligationRails) -> dict[int, Formula]:
    return {
        OWED: obligation.owed.certain,
        IN_FORCE: obligation.in_force.certain,
        MAYBE_IN_FORCE: obligation.in_force.possible,
        MET: obligation.met.certain,
        MAYBE_MET: obligation.met.possible,
        DUE: obligation.due.certain,
        MAYBE_DUE: obligation.due.possible,
    }


class Statuses:
    """The status function as formulas over the answers: its whole table, made by calling it on every code.

    `event` says when an event is judged.
    """

    def __init__(self, status_of: StatusOf = status_of, event: Formula = NO_EVENT) -> None:
        self.status_of = status_of
        self.event = event
        self._tables: dict[Shape, dict[Status | None, list[int]]] = {}

    def has(self, o: Obligation, obligation: ObligationRails, *statuses: Status) -> Formula:
        """Return the formula that says when an obligation has one of these statuses."""
        codes = [code for status in statuses for code in self._table(o).get(status, ())]
        bits = {EVENT: self.event, **_bit_formulas(obligation)}
        return z3.And(obligation.owed.possible, _choose(codes, list(_BITS), bits))

    def _table(self, o: Obligation) -> dict[Status | None, list[int]]:
        shape = shape_of(o)
        if shape not in self._tables:
            table: dict[Status | None, list[int]] = {}
            for code in _possible_codes():
                table.setdefault(self.status_of(o, code), []).append(code)
            self._tables[shape] = table
        return self._tables[shape]


def _possible_codes() -> Iterator[int]:
    for chosen in product((False, True), repeat=len(_BITS)):
        yield sum(bit for bit, on in zip(_BITS, chosen, strict=True) if on)


def _choose(codes: list[int], rest: list[int], bits: dict[int, Formula]) -> Formula:
    """Return the formula that the bits form one of the codes, as a decision tree with equal branches joined."""
    if not codes:
        return z3.BoolVal(False)
    if len(codes) == 1 << len(rest):
        return z3.BoolVal(True)
    bit, after = rest[0], rest[1:]
    on, off = [c & ~bit for c in codes if c & bit], [c for c in codes if not c & bit]
    if on == off:
        return _choose(on, after, bits)
    return z3.If(bits[bit], _choose(on, after, bits), _choose(off, after, bits))


def is_breach(o: Obligation, obligation: ObligationRails) -> Formula:
    """Return the formula that says when an obligation is breached, by definition.

    It is certainly owed, in force and due, and not even possibly met.
    """
    if not o.can_gate or o.is_signal:
        return z3.BoolVal(False)
    return z3.And(
        obligation.owed.certain, obligation.in_force.certain, obligation.due.certain, z3.Not(obligation.met.possible)
    )


def may_be_breach(o: Obligation, obligation: ObligationRails, event: Formula = NO_EVENT) -> Formula:
    """Return the formula that says when an obligation that gates stands in the way of an allow, by definition.

    Before its moment, it does where it may be owed, in force and due and is not certainly met. What is owed afterwards
    does only where it is certainly not met, or due at once and certainly owed: until then it is a condition of the allow.
    An event that triggers it makes it due like what stands before its moment; what binds at every moment must be certain then.
    """
    if not o.can_gate:
        return z3.BoolVal(False)
    unmet = z3.Not(obligation.met.certain if o.after is None else obligation.met.possible)
    if o.at_once:
        unmet = z3.Or(unmet, z3.And(obligation.owed.certain, z3.Not(obligation.met.certain)))
    owed = obligation.owed.possible
    if o.moments and not o.is_signal:
        unmet = z3.Or(unmet, z3.And(event, z3.Not(obligation.met.certain)))
    elif not o.is_signal:
        owed = z3.If(event, obligation.owed.certain, owed)
    return z3.And(owed, obligation.in_force.possible, obligation.due.possible, unmet)
