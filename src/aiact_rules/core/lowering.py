"""Lowering: one form of a pack that every engine runs.

Exceptions are compiled away and negation is pushed to the leaves, so each formula can be read in two planes: what is
certain and what is possible. A positive literal asks its own plane; a negative one asks the other:
`certain(not x) = not possible(x)`. Unknown facts therefore need no support from an engine.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from aiact_rules.core.conditions import (
    AllOf,
    AnyOf,
    Condition,
    FactTest,
    Holds,
    Not,
    Test,
)
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES, PackAt
from aiact_rules.core.problems import PackError, Problem
from aiact_rules.core.rules import Obligation, Timetable
from aiact_rules.core.truth import Truth, all_of, any_of, negate
from aiact_rules.core.vocabulary import FactValue


@dataclass(frozen=True, slots=True)
class Literal:
    """A test of one fact, or of one node, taken as it is or negated."""

    index: int
    is_node: bool
    positive: bool


@dataclass(frozen=True, slots=True)
class Conjunction:
    """All parts; no parts is true."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Some part; no parts is false."""

    parts: tuple[Formula, ...]


Formula = Literal | Conjunction | Disjunction

TRUE = Conjunction(())
FALSE = Disjunction(())


@dataclass(frozen=True, slots=True)
class Node:
    """A named formula. It refers only to atoms and to nodes before it."""

    name: str
    formula: Formula


@dataclass(frozen=True, slots=True)
class Duty:
    """The four questions about one obligation, each a literal, TRUE or FALSE."""

    id: str
    owed: Formula
    in_force: Formula
    due: Formula
    met: Formula


@dataclass(frozen=True, slots=True)
class Lowered:
    """A pack on one as-of date as atoms and nodes in an order in which they can be computed."""

    atoms: tuple[FactTest, ...]
    nodes: tuple[Node, ...]
    conclusions: Mapping[str, Formula]
    duties: tuple[Duty, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of all facts any atom tests, sorted."""
        return tuple(sorted({atom.fact for atom in self.atoms}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an engine says about one set of facts, in the order of the lowered pack.

    `conclusions` holds one truth code per conclusion: 0 no, 1 unknown (possible), 3 yes (certain and possible).
    `duties` holds (index, code) for each obligation that is possibly owed; the code joins the bits below.
    """

    conclusions: tuple[int, ...]
    duties: tuple[tuple[int, int], ...]


OWED = 1  # certainly owed
IN_FORCE = 2  # certainly in force on the release date
MAYBE_IN_FORCE = 4
MET = 8  # certainly met
MAYBE_MET = 16
DUE = 32  # certainly due at this moment
MAYBE_DUE = 64


def holds(atom: FactTest, value: FactValue) -> bool:
    """Apply one fact test to a known value."""
    test, operand = atom.test, atom.operand
    if test is Test.IS:
        return value is operand
    if test is Test.ONE_OF:
        return value in operand  # type: ignore[operator]  # the loader checked the types
    if test is Test.INCLUDES:
        return not operand.isdisjoint(value)  # type: ignore[union-attr,arg-type]
    if test is Test.EMPTY:
        return not value
    if test is Test.ABOVE:
        return value > operand  # type: ignore[operator]
    if test is Test.AT_LEAST:
        return value >= operand  # type: ignore[operator]
    if test is Test.BELOW:
        return value < operand  # type: ignore[operator]
    return value <= operand  # type: ignore[operator]


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
        duties = tuple(self.duty(obligation) for obligation in pack_at.obligations.values())
        names = sorted({*self.concluding, *pack_at.pack.headlines})
        conclusions: dict[str, Formula] = {name: self.conclusion_literal(name, True) for name in names}
        return specialised(Lowered(tuple(self.atoms), tuple(self.nodes), conclusions, duties), {})

    def duty(self, o: Obligation) -> Duty:
        owed = conjunction(
            [
                self.role(o),
                self.formula(o.given, True),
                *(self.stands(rule, False) for rule in self.exceptions.get(o.id, ())),
            ]
        )
        met = FALSE if o.met is None else self.formula(o.met, True)
        in_force = TRUE if o.timetable is None else Literal(self.timetable(o.timetable), True, True)
        return Duty(
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
        moments = self.pack_at.pack.moments
        if not o.moments:
            return TRUE
        first = min(moments[name].order for name in o.moments)
        reached = frozenset(name for name, moment in moments.items() if moment.order >= first)
        if len(reached) == len(moments):
            return TRUE
        return self.atom(FactTest(MOMENT, Test.ONE_OF, reached), True)

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
            self.formula(duty.given, True)
            for name in rule.exception_to
            if (duty := self.pack_at.obligations.get(name)) is not None
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


def conjunction(parts: list[Formula]) -> Formula:
    """Join formulas with "and": flat, without repeats, and constant where a part decides."""
    flat: dict[Formula, None] = {}
    for part in parts:
        for inner in part.parts if isinstance(part, Conjunction) else (part,):
            flat[inner] = None
    if FALSE in flat:
        return FALSE
    return next(iter(flat)) if len(flat) == 1 else Conjunction(tuple(flat))


def disjunction(parts: list[Formula]) -> Formula:
    """Join formulas with "or": flat, without repeats, and constant where a part decides."""
    flat: dict[Formula, None] = {}
    for part in parts:
        for inner in part.parts if isinstance(part, Disjunction) else (part,):
            flat[inner] = None
    if TRUE in flat:
        return TRUE
    return next(iter(flat)) if len(flat) == 1 else Disjunction(tuple(flat))


def literals(formula: Formula) -> Iterator[Literal]:
    """Give every literal of a formula, in order."""
    if isinstance(formula, Literal):
        yield formula
    else:
        for part in formula.parts:
            yield from literals(part)


def negation(formula: Formula) -> Formula:
    """Give the negation of a formula, with the negation again at the leaves."""
    if isinstance(formula, Literal):
        return Literal(formula.index, formula.is_node, not formula.positive)
    parts = [negation(part) for part in formula.parts]
    return disjunction(parts) if isinstance(formula, Conjunction) else conjunction(parts)


def specialised(lowered: Lowered, known: Mapping[str, FactValue]) -> Lowered:
    """Give the pack for facts already known (such as roles, moment and date): their atoms become constants.

    What remains gives the same outcome for every completion of the other facts. Formulas that are equal share one
    node, and nodes that no outcome needs are gone. With nothing known this only tidies.
    """
    meaning: dict[int, Formula] = {}
    node_of: dict[Formula, int] = {}
    nodes: list[Node] = []

    def settle(formula: Formula) -> Formula:
        if isinstance(formula, Literal):
            if formula.is_node:
                now = meaning[formula.index]
                return now if formula.positive else negation(now)
            atom = lowered.atoms[formula.index]
            if atom.fact not in known:
                return formula
            return TRUE if holds(atom, known[atom.fact]) is formula.positive else FALSE
        parts = [settle(part) for part in formula.parts]
        return conjunction(parts) if isinstance(formula, Conjunction) else disjunction(parts)

    for index, node in enumerate(lowered.nodes):
        formula = settle(node.formula)
        if isinstance(formula, Literal) or formula in (TRUE, FALSE):
            meaning[index] = formula
            continue
        if formula not in node_of:
            node_of[formula] = len(nodes)
            nodes.append(Node(node.name, formula))
        meaning[index] = Literal(node_of[formula], True, True)
    return _without_unneeded(
        lowered.atoms,
        nodes,
        {name: settle(formula) for name, formula in lowered.conclusions.items()},
        [Duty(d.id, settle(d.owed), settle(d.in_force), settle(d.due), settle(d.met)) for d in lowered.duties],
    )


def _without_unneeded(
    atoms: tuple[FactTest, ...], nodes: list[Node], conclusions: dict[str, Formula], duties: list[Duty]
) -> Lowered:
    used_nodes: set[int] = set()
    used_atoms: set[int] = set()

    def use(formula: Formula) -> None:
        for literal in literals(formula):
            (used_nodes if literal.is_node else used_atoms).add(literal.index)

    for formula in conclusions.values():
        use(formula)
    for duty in duties:
        for formula in (duty.owed, duty.in_force, duty.due, duty.met):
            use(formula)
    for index in range(len(nodes) - 1, -1, -1):
        if index in used_nodes:
            use(nodes[index].formula)
    node_index = {old: new for new, old in enumerate(sorted(used_nodes))}
    atom_index = {old: new for new, old in enumerate(sorted(used_atoms))}

    made: dict[Formula, Literal] = {}

    def renumbered(formula: Formula) -> Formula:
        if isinstance(formula, Literal):
            if formula not in made:
                index = (node_index if formula.is_node else atom_index)[formula.index]
                made[formula] = Literal(index, formula.is_node, formula.positive)
            return made[formula]
        return type(formula)(tuple([renumbered(part) for part in formula.parts]))

    return Lowered(
        tuple(atoms[index] for index in sorted(used_atoms)),
        tuple(Node(nodes[index].name, renumbered(nodes[index].formula)) for index in sorted(used_nodes)),
        {name: renumbered(formula) for name, formula in conclusions.items()},
        tuple(
            Duty(d.id, renumbered(d.owed), renumbered(d.in_force), renumbered(d.due), renumbered(d.met)) for d in duties
        ),
    )


def truths(lowered: Lowered, facts: Mapping[str, FactValue]) -> tuple[Truth, ...]:
    """Give the truth of every node for these facts."""
    found: list[Truth] = []
    for node in lowered.nodes:
        found.append(truth_of(node.formula, lowered, facts, found))
    return tuple(found)


def truth_of(formula: Formula, lowered: Lowered, facts: Mapping[str, FactValue], nodes: Sequence[Truth]) -> Truth:
    """Give the truth of one formula, given the facts and the truth of the nodes before it."""
    if isinstance(formula, Literal):
        if formula.is_node:
            truth = nodes[formula.index]
        else:
            atom = lowered.atoms[formula.index]
            value = facts.get(atom.fact)
            truth = Truth.UNKNOWN if value is None else Truth.of(holds(atom, value))
        return truth if formula.positive else negate(truth)
    parts = (truth_of(part, lowered, facts, nodes) for part in formula.parts)
    return all_of(parts) if isinstance(formula, Conjunction) else any_of(parts)
