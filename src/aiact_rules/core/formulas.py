"""Formulas: the lowered form of a pack, which every engine runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import ge, gt, is_, le, lt
from typing import Any

from aiact_rules.core.conditions import (
    FactTest,
    Test,
    fact_of,
)
from aiact_rules.core.open_lists import includes, is_empty
from aiact_rules.core.truth import UNKNOWN, Truth, all_of, any_of, negate
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
class LoweredObligation:
    """The four questions about one obligation, each a literal, TRUE or FALSE."""

    id: str
    owed: Formula
    in_force: Formula
    due: Formula
    met: Formula


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When obligations apply: what they are owed under, its parts, and what says that they are due and in force.

    Each part stands beside a number that it shares with the equal parts of other circumstances.
    """

    owed: Formula
    parts: tuple[tuple[int, Formula], ...]
    times: tuple[tuple[int, Formula], ...]


@dataclass(frozen=True)
class Lowered:
    """A pack on one as-of date as atoms and nodes in an order in which they can be computed."""

    atoms: tuple[FactTest, ...]
    nodes: tuple[Node, ...]
    conclusions: Mapping[str, Formula]
    obligations: tuple[LoweredObligation, ...]

    @property
    def facts(self) -> tuple[str, ...]:
        """The names of all facts any atom tests, sorted."""
        return tuple(sorted({fact_of(atom.fact) for atom in self.atoms}))

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which atoms see these facts, sorted: some also as they are stated."""
        return tuple(sorted({atom.fact for atom in self.atoms}))

    @cached_property
    def bits(self) -> Mapping[str, int]:
        """One bit for each fact that an atom tests."""
        return {name: 1 << at for at, name in enumerate(self.facts)}

    @cached_property
    def reach(self) -> tuple[int, ...]:
        """The bits of the facts that each node tests, itself or through other nodes."""
        found: list[int] = []
        for node in self.nodes:
            found.append(self._reach_of(node.formula, found))
        return tuple(found)

    @cached_property
    def place_of(self) -> Mapping[str, int]:
        """The place of each conclusion."""
        return {name: place for place, name in enumerate(self.conclusions)}

    def conclusions_on(self, name: str) -> tuple[Formula, ...]:
        """The conclusions that may turn on a fact, in order."""
        if name not in self._conclusions_on:
            bit = self.bits.get(name, 0)
            self._conclusions_on[name] = tuple(
                [formula for formula in self.conclusions.values() if self._reach_of(formula, self.reach) & bit]
            )
        return self._conclusions_on[name]

    @cached_property
    def _conclusions_on(self) -> dict[str, tuple[Formula, ...]]:
        return {}

    @cached_property
    def reach_of_obligations(self) -> tuple[int, ...]:
        """The bits of the facts on which each obligation may turn."""
        return tuple(
            self._reach_of(o.owed, self.reach)
            | self._reach_of(o.in_force, self.reach)
            | self._reach_of(o.due, self.reach)
            | self._reach_of(o.met, self.reach)
            for o in self.obligations
        )

    @cached_property
    def applying(self) -> tuple[int, ...]:
        """For each obligation a number that it shares with those that apply, are in force and are due alike."""
        return _numbered((o.owed, o.due, o.in_force) for o in self.obligations)

    @cached_property
    def concluding_nodes(self) -> tuple[int | None, ...]:
        """The node that is each conclusion as it stands; None for one that is a constant, a test or a negation."""
        return tuple(
            [
                formula.index if isinstance(formula, Literal) and formula.is_node and formula.positive else None
                for formula in self.conclusions.values()
            ]
        )

    @cached_property
    def circumstances(self) -> tuple[Circumstances, ...]:
        """By the numbers of `applying`, under which conditions an obligation applies; equal conditions have one place."""
        alike = dict(zip(self.applying, self.obligations, strict=True))
        places: dict[Formula, int] = {}

        def placed(formulas: Iterable[Formula]) -> tuple[tuple[int, Formula], ...]:
            return tuple([(places.setdefault(formula, len(places)), formula) for formula in formulas])

        return tuple(
            Circumstances(o.owed, placed(self.parts(o.owed)), placed((o.due, o.in_force)))
            for _, o in sorted(alike.items())
        )

    def parts(self, formula: Formula) -> tuple[Formula, ...]:
        """Return the formulas that must all be true for one to be."""
        while isinstance(formula, Literal) and formula.is_node and formula.positive:
            formula = self.nodes[formula.index].formula
        return formula.parts if isinstance(formula, Conjunction) else (formula,)

    @cached_property
    def meeting(self) -> tuple[int, ...]:
        """For each obligation a number that it shares with those that are met alike."""
        return _numbered(o.met for o in self.obligations)

    @cached_property
    def shown_by(self) -> tuple[str | None, ...]:
        """For each obligation the fact, as its atom sees it, whose test alone says whether it is met; None where more does."""
        met = (o.met for o in self.obligations)
        return tuple(
            self.atoms[each.index].fact if isinstance(each, Literal) and not each.is_node else None for each in met
        )

    def turning_on(self, name: str) -> tuple[int, ...]:
        """The obligations that may turn on a fact, in order."""
        if name not in self._turning_on:
            bit = self.bits.get(name, 0)
            self._turning_on[name] = tuple([i for i, bits in enumerate(self.reach_of_obligations) if bits & bit])
        return self._turning_on[name]

    @cached_property
    def _turning_on(self) -> dict[str, tuple[int, ...]]:
        return {}

    def _reach_of(self, formula: Formula, nodes: Sequence[int]) -> int:
        bits = 0
        for each in literals(formula):
            bits |= nodes[each.index] if each.is_node else self.bits[fact_of(self.atoms[each.index].fact)]
        return bits


def _numbered(values: Iterable[object]) -> tuple[int, ...]:
    numbers: dict[object, int] = {}
    return tuple([numbers.setdefault(value, len(numbers)) for value in values])


def holds(atom: FactTest, value: FactValue) -> bool | None:
    """Apply one fact test to a value that is stated; None where it turns on a member of a list that is left open."""
    return _HOLDS[atom.test](value, atom.operand)


def _is_in(value: FactValue, operand: frozenset[FactValue]) -> bool:
    return value in operand


_HOLDS: Mapping[Test, Callable[[Any, Any], bool | None]] = {  # the loader checked the types
    Test.IS: is_,
    Test.ONE_OF: _is_in,
    Test.INCLUDES: includes,
    Test.EMPTY: lambda value, _: is_empty(value),
    Test.ABOVE: gt,
    Test.AT_LEAST: ge,
    Test.BELOW: lt,
    Test.AT_MOST: le,
}


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
    """Return every literal of a formula, in order."""
    if isinstance(formula, Literal):
        yield formula
    else:
        for part in formula.parts:
            yield from literals(part)


def negation(formula: Formula) -> Formula:
    """Return the negation of a formula, with the negation again at the leaves."""
    if isinstance(formula, Literal):
        return Literal(formula.index, formula.is_node, not formula.positive)
    parts = [negation(part) for part in formula.parts]
    return disjunction(parts) if isinstance(formula, Conjunction) else conjunction(parts)


def specialised(lowered: Lowered, known: Mapping[str, FactValue]) -> Lowered:
    """Return the pack for facts already known (such as roles, moment and date): their atoms become constants.

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
            passes = holds(atom, known[atom.fact]) if atom.fact in known else None
            if passes is None:
                return formula
            return TRUE if passes is formula.positive else FALSE
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
        [
            LoweredObligation(d.id, settle(d.owed), settle(d.in_force), settle(d.due), settle(d.met))
            for d in lowered.obligations
        ],
    )


def _without_unneeded(
    atoms: tuple[FactTest, ...],
    nodes: list[Node],
    conclusions: dict[str, Formula],
    obligations: list[LoweredObligation],
) -> Lowered:
    used_nodes: set[int] = set()
    used_atoms: set[int] = set()

    def use(formula: Formula) -> None:
        for literal in literals(formula):
            (used_nodes if literal.is_node else used_atoms).add(literal.index)

    for formula in conclusions.values():
        use(formula)
    for obligation in obligations:
        for formula in (obligation.owed, obligation.in_force, obligation.due, obligation.met):
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
            LoweredObligation(d.id, renumbered(d.owed), renumbered(d.in_force), renumbered(d.due), renumbered(d.met))
            for d in obligations
        ),
    )


def truths(lowered: Lowered, facts: Mapping[str, FactValue]) -> tuple[Truth, ...]:
    """Return the truth of every node for these facts."""
    found: list[Truth] = []
    for node in lowered.nodes:
        found.append(truth_of(node.formula, lowered, facts, found))
    return tuple(found)


def truth_of(formula: Formula, lowered: Lowered, facts: Mapping[str, FactValue], nodes: Sequence[Truth]) -> Truth:
    """Return the truth of one formula, given the facts and the truth of the nodes before it."""
    if isinstance(formula, Literal):
        if formula.is_node:
            truth = nodes[formula.index]
        else:
            atom = lowered.atoms[formula.index]
            value = facts.get(atom.fact)
            truth = UNKNOWN if value is None else Truth.of(holds(atom, value))
        return truth if formula.positive else negate(truth)
    parts = (truth_of(part, lowered, facts, nodes) for part in formula.parts)
    return all_of(parts) if isinstance(formula, Conjunction) else any_of(parts)
