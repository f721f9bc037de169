"""Lowering: one form of a pack that every engine runs.

Exceptions are compiled away and negation is pushed to the leaves, so each formula can be read in two planes: what is
certain and what is possible. A positive literal asks its own plane; a negative one asks the other:
`certain(not x) = not possible(x)`. Unknown facts therefore need no support from an engine.
"""

from __future__ import annotations

from aiact_rules.core.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FactTest,
    Holds,
    Not,
    Test,
)
from aiact_rules.core.formulas import (
    FALSE,
    TRUE,
    Formula,
    Literal,
    Lowered,
    LoweredObligation,
    Node,
    conjunction,
    disjunction,
    specialised,
)
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES, PackAt
from aiact_rules.core.problems import PackError, Problem
from aiact_rules.core.rules import Obligation, Timetable


def lower(pack_at: PackAt) -> Lowered:
    """Lower a pack as it stands on one date. Raises PackError where conclusions or exceptions go round in a circle."""
    return _Lowering(pack_at).result()


class _Lowering:
    """Builds the nodes of one pack, each when it is first needed, so that they come out in computable order."""

    def __init__(self, pack_at: PackAt) -> None:
        self.pack_at = pack_at
        self.atoms: dict[FactTest, int] = {}
        self.nodes: list[Node] = []
        self.by_name: dict[str, int] = {}
        self.under_way: list[str] = []
        self.exceptions: dict[str, list[str]] = {}
        self.concluding: dict[str, list[str]] = {}
        for rule in pack_at.rules.values():
            for target in rule.exception_to:
                self.exceptions.setdefault(target, []).append(rule.id)
            if rule.concludes is not None:
                self.concluding.setdefault(rule.concludes, []).append(rule.id)

    def result(self) -> Lowered:
        pack_at = self.pack_at
        obligations = tuple(self.obligation(obligation) for obligation in pack_at.obligations.values())
        names = sorted({*self.concluding, *pack_at.pack.headlines})
        conclusions: dict[str, Formula] = {name: self.conclusion_literal(name, True) for name in names}
        return specialised(Lowered(tuple(self.atoms), tuple(self.nodes), conclusions, obligations), {})

    def obligation(self, o: Obligation) -> LoweredObligation:
        owed = conjunction(
            [
                self.role(o),
                self.formula(o.given, True),
                *(self.stands(rule, False) for rule in self.exceptions.get(o.id, ())),
            ]
        )
        met = FALSE if o.met is None else self.formula(o.met, True)
        in_force = TRUE if o.timetable is None else Literal(self.timetable(o.timetable), True, True)
        return LoweredObligation(
            o.id,
            Literal(self.node(f"owed:{o.id}", owed), True, True),
            in_force,
            self.due(o),
            Literal(self.node(f"met:{o.id}", met), True, True),
        )

    def role(self, o: Obligation) -> Formula:
        return disjunction([self.has_role(name) for name in o.roles]) if o.roles else TRUE

    def has_role(self, name: str) -> Formula:
        role = self.pack_at.pack.roles[name]
        named = self.atom(FactTest(ROLES, Test.INCLUDES, frozenset({name})), True)
        deemed = FALSE if role.deemed is None else self.conclusion_literal(role.deemed, True)
        replaced = TRUE if role.unless is None else self.conclusion_literal(role.unless, False)
        return disjunction([conjunction([named, replaced]), deemed])

    def due(self, o: Obligation) -> Formula:
        reached = self.pack_at.pack.reached(o)
        if not reached:
            return TRUE
        at = {moments: self.atom(FactTest(MOMENT, Test.ONE_OF, moments), True) for moments in reached}
        if len(reached) == 1:
            return next(iter(at.values()))
        key = "due:" + "; ".join(f"{' '.join(sorted(m))} for {' '.join(roles)}" for m, roles in reached.items())
        if key not in self.by_name:
            parts = [
                conjunction([at[moments], disjunction([self.has_role(name) for name in roles])])
                for moments, roles in reached.items()
            ]
            self.node(key, disjunction(parts))
        return Literal(self.by_name[key], True, True)

    def timetable(self, name: str) -> int:
        key = f"timetable:{name}"
        if key not in self.by_name:
            self.node(key, self.timetable_formula(self.pack_at.timetables[name]))
        return self.by_name[key]

    def timetable_formula(self, table: Timetable) -> Formula:
        def reached(parameter: str) -> Formula:
            return self.atom(FactTest(RELEASE_DATE, Test.AT_LEAST, self.pack_at.date_of(parameter)), True)

        routes = disjunction(
            [conjunction([reached(route.starts), self.formula(route.when, True)]) for route in table.routes]
        )
        deferrals = [
            disjunction(
                [FALSE if deferral.until is None else reached(deferral.until), self.formula(deferral.when, False)]
            )
            for deferral in table.deferrals
        ]
        return conjunction([routes, *deferrals])

    def conclusion(self, name: str) -> int:
        key = f"conclusion:{name}"
        if key not in self.by_name:
            with_it = self.concluding.get(name, ())
            self.enter(key)
            formula = disjunction([self.prevails(rule) for rule in with_it])
            self.leave()
            self.node(key, formula)
        return self.by_name[key]

    def conclusion_literal(self, name: str, positive: bool) -> Formula:
        return Literal(self.conclusion(name), True, positive)

    def prevails(self, rule_id: str) -> Formula:
        rule = self.pack_at.rules[rule_id]
        parts = [self.stands(rule_id, True)]
        overridden = [
            self.formula(target.when, True)
            for name in rule.exception_to
            if (target := self.pack_at.rules.get(name)) is not None
        ]
        overridden += [
            self.formula(obligation.given, True)
            for name in rule.exception_to
            if (obligation := self.pack_at.obligations.get(name)) is not None
        ]
        if rule.exception_to:
            parts.append(disjunction(overridden))
        return conjunction(parts)

    def stands(self, rule_id: str, positive: bool) -> Formula:
        rule = self.pack_at.rules[rule_id]
        exceptions = self.exceptions.get(rule_id, ())
        if not exceptions:
            return self.formula(rule.when, positive)
        key = f"stands:{rule_id}"
        if key not in self.by_name:
            self.enter(key)
            formula = conjunction([self.formula(rule.when, True), *(self.stands(name, False) for name in exceptions)])
            self.leave()
            self.node(key, formula)
        return Literal(self.by_name[key], True, positive)

    def enter(self, key: str) -> None:
        if key in self.under_way:
            circle = [name.split(":", 1)[1] for name in [*self.under_way[self.under_way.index(key) :], key]]
            raise PackError([Problem(f"rules go round in a circle: {' -> '.join(circle)}")])
        self.under_way.append(key)

    def leave(self) -> None:
        self.under_way.pop()

    def node(self, name: str, formula: Formula) -> int:
        self.by_name[name] = len(self.nodes)
        self.nodes.append(Node(name, formula))
        return self.by_name[name]

    def atom(self, test: FactTest, positive: bool) -> Formula:
        return Literal(self.atoms.setdefault(test, len(self.atoms)), False, positive)

    def formula(self, condition: Condition, positive: bool) -> Formula:
        if isinstance(condition, Not):
            return self.formula(condition.part, not positive)
        if isinstance(condition, AllOf | AnyOf):
            parts = [self.formula(part, positive) for part in condition.parts]
            return conjunction(parts) if isinstance(condition, AllOf) is positive else disjunction(parts)
        if isinstance(condition, Holds):
            return self.conclusion_literal(condition.conclusion, positive)
        assert isinstance(condition, FactTest), "readings are settled before lowering"
        return self.atom(condition, positive)
