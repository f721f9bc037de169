"""Meaning: the three sentences of the semantics in logic, straight from the rules and without the lowering.

Every statement is a pair: when it is yes, and when it is no. Neither means unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import z3

from aiact_rules.core.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FactTest,
    Holds,
    Not,
    ParameterName,
    Test,
    leaves,
)
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES, PackAt
from aiact_rules.core.problems import PackError, Problem
from aiact_rules.core.rules import Obligation, Rule
from aiact_rules.proof.forms import Answers, ObligationRails, Rails
from aiact_rules.proof.inputs import Formula, Rail


@dataclass(frozen=True, slots=True)
class Said:
    """When a statement is yes, and when it is no."""

    yes: Formula
    no: Formula

    @property
    def rail(self) -> Rail:
        """Return this as what is certain and what is possible."""
        return Rail(self.yes, z3.Not(self.no))


YES = Said(z3.BoolVal(True), z3.BoolVal(False))
NO = Said(z3.BoolVal(False), z3.BoolVal(True))


def all_said(parts: Iterable[Said]) -> Said:
    """Yes where every part is yes, no where some part is no."""
    parts = list(parts)
    if len(parts) == 1:
        return parts[0]
    return Said(z3.And([p.yes for p in parts]), z3.Or([p.no for p in parts]))


def some_said(parts: Iterable[Said]) -> Said:
    """Yes where some part is yes, no where every part is no."""
    parts = list(parts)
    if len(parts) == 1:
        return parts[0]
    return Said(z3.Or([p.yes for p in parts]), z3.And([p.no for p in parts]))


def unsaid(part: Said) -> Said:
    """Yes where the part is no, and the reverse."""
    return Said(part.no, part.yes)


class Meaning:
    """What the rules of a pack on one date mean for any facts. Formulas are made when first asked for, and kept."""

    def __init__(self, pack_at: PackAt, atoms: Rails) -> None:
        self.pack_at = pack_at
        self._atoms = atoms
        self._stands: dict[str, Said] = {}
        self._conclusions: dict[str, Said | None] = {}
        self._timetables: dict[str, Said] = {}
        self._exceptions: dict[str, list[Rule]] = {}
        self._concluding: dict[str, list[Rule]] = {}
        for rule in pack_at.rules.values():
            for target in rule.exception_to:
                self._exceptions.setdefault(target, []).append(rule)
            if rule.concludes is not None:
                self._concluding.setdefault(rule.concludes, []).append(rule)

    def condition(self, condition: Condition) -> Said:
        """Return the formula that says when a condition holds."""
        if isinstance(condition, AllOf):
            return all_said(self.condition(part) for part in condition.parts)
        if isinstance(condition, AnyOf):
            return some_said(self.condition(part) for part in condition.parts)
        if isinstance(condition, Not):
            return unsaid(self.condition(condition.part))
        if isinstance(condition, Holds):
            return self.conclusion(condition.conclusion)
        assert isinstance(condition, FactTest), "readings are settled before"
        rail = self._atoms(condition)
        return Said(rail.certain, z3.Not(rail.possible))

    def stands(self, rule: Rule) -> Said:
        """Return the formula that says when a rule's condition holds and no exception to it stands."""
        if rule.id not in self._stands:
            exceptions = (unsaid(self.stands(exception)) for exception in self._exceptions.get(rule.id, ()))
            self._stands[rule.id] = all_said([self.condition(rule.when), *exceptions])
        return self._stands[rule.id]

    def prevails(self, rule: Rule) -> Said:
        """Return the formula that says when a rule prevails: it stands, and so does the condition of what it overrides."""
        if not rule.exception_to:
            return self.stands(rule)
        rules, obligations = self.pack_at.rules, self.pack_at.obligations
        overridden = [self.condition(rules[name].when) for name in rule.exception_to if name in rules]
        overridden += [self.condition(obligations[name].given) for name in rule.exception_to if name in obligations]
        return all_said([self.stands(rule), some_said(overridden)])

    def conclusion(self, name: str) -> Said:
        """Return the formula that says when some rule that concludes this prevails."""
        if name not in self._conclusions:
            self._conclusions[name] = None
            self._conclusions[name] = some_said(self.prevails(rule) for rule in self._concluding.get(name, ()))
        said = self._conclusions[name]
        if said is None:
            raise PackError([Problem(f"rules go round in a circle at `{name}`")])
        return said

    def role(self, name: str) -> Said:
        """Return the formula that says when the operator acts in a role."""
        role = self.pack_at.pack.roles[name]
        said = self.condition(FactTest(ROLES, Test.INCLUDES, frozenset({name})))
        if role.unless is not None:
            said = all_said([said, unsaid(self.conclusion(role.unless))])
        return said if role.deemed is None else some_said([said, self.conclusion(role.deemed)])

    def some_role(self, o: Obligation) -> Said:
        """Return the formula that says when the operator acts in a role that an obligation binds."""
        return some_said(self.role(name) for name in o.roles) if o.roles else YES

    def owed(self, o: Obligation) -> Said:
        """Return the formula that says when an obligation is owed, whatever the date."""
        exceptions = (unsaid(self.stands(rule)) for rule in self._exceptions.get(o.id, ()))
        return all_said([self.some_role(o), self.condition(o.given), *exceptions])

    def met(self, o: Obligation) -> Said:
        """Return the formula that says when an obligation is met; a prohibition never is."""
        return NO if o.met is None else self.condition(o.met)

    def in_force(self, o: Obligation) -> Said:
        """Return the formula that says when an obligation applies on the release date."""
        if o.timetable is None:
            return YES
        if o.timetable not in self._timetables:
            table = self.pack_at.timetables[o.timetable]
            routes = some_said(all_said([self._reached(r.starts), self.condition(r.when)]) for r in table.routes)
            waits = [
                all_said([self.condition(d.when), YES if d.until is None else unsaid(self._reached(d.until))])
                for d in table.deferrals
            ]
            self._timetables[o.timetable] = all_said([routes, *(unsaid(wait) for wait in waits)])
        return self._timetables[o.timetable]

    def due(self, o: Obligation) -> Said:
        """Return the formula that says when the moment from which an obligation counts has come."""
        reached = self.pack_at.pack.reached(o)
        if not reached:
            return YES
        at = {moments: self.condition(FactTest(MOMENT, Test.ONE_OF, moments)) for moments in reached}
        if len(reached) == 1:
            return next(iter(at.values()))
        return some_said(
            all_said([at[moments], some_said(self.role(name) for name in roles)]) for moments, roles in reached.items()
        )

    def _reached(self, parameter: str) -> Said:
        return self.condition(FactTest(RELEASE_DATE, Test.AT_LEAST, self.pack_at.date_of(parameter)))

    def obligation(self, o: Obligation) -> ObligationRails:
        """Return the four answers about an obligation."""
        return ObligationRails(self.owed(o).rail, self.in_force(o).rail, self.due(o).rail, self.met(o).rail)

    def answers(self) -> Answers:
        """Return every answer the pack has to give."""
        names: Mapping[str, None] = dict.fromkeys(sorted({*self._concluding, *self.pack_at.pack.headlines}))
        return Answers(
            {name: self.conclusion(name).rail for name in names},
            {o.id: self.obligation(o) for o in self.pack_at.obligations.values()},
        )


def tests_of(pack_at: PackAt) -> tuple[FactTest, ...]:
    """Return every test that the pack can rest on at this date, whatever the readings chosen and the text in the law."""
    pack = pack_at.pack
    conditions = [rule.when for rule in pack.rules.values()] + [cue.suggests for cue in pack.cues.values()]
    for o in (*pack.obligations.values(), *pack_at.obligations.values()):
        conditions += [o.given] if o.met is None else [o.given, o.met]
    starts = []
    for table in pack.timetables.values():
        conditions += [route.when for route in table.routes] + [deferral.when for deferral in table.deferrals]
        starts += [route.starts for route in table.routes] + [d.until for d in table.deferrals if d.until is not None]
    found: dict[FactTest, None] = {}
    for condition in conditions:
        for leaf in leaves(condition):
            if isinstance(leaf, FactTest):
                operand = leaf.operand
                if not isinstance(operand, ParameterName):
                    found[leaf] = None
                elif operand.name in pack_at.values:
                    found[replace(leaf, operand=pack_at.values[operand.name])] = None
    for name in starts:
        if name in pack_at.values:
            found[FactTest(RELEASE_DATE, Test.AT_LEAST, pack_at.date_of(name))] = None
    for name in pack.roles:
        found[FactTest(ROLES, Test.INCLUDES, frozenset({name}))] = None
    found[FactTest(MOMENT, Test.ONE_OF, frozenset(pack.moments))] = None
    return tuple(found)
