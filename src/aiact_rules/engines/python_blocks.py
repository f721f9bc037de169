"""Blocks: where in a function each part of a lowered pack is computed.

- A *node* that is used more than once, or asked for, is one local: 0 no, 1 possible, 3 certain and possible.
- Obligations are grouped under the conditions they share, so that one test skips all of them where it is not possible.
- A fact, and a node, is fetched in the innermost block that holds all its uses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from aiact_rules.core.formulas import FALSE, TRUE, Conjunction, Formula, Literal, Lowered, LoweredObligation, literals
from aiact_rules.core.outcomes import DUE, IN_FORCE, MAYBE_DUE, MAYBE_IN_FORCE


@dataclass(frozen=True, slots=True)
class Local:
    """A formula kept in a local, as the number it has where it is certain, possible, and neither."""

    formula: Formula
    certain: int = 3
    possible: int = 1


@dataclass(eq=False)
class Block:
    """Statements that run where a guard is possible."""

    guard: Formula
    parent: Block | None
    depth: int
    obligations: list[tuple[int, LoweredObligation]] = field(default_factory=list)
    children: list[Block] = field(default_factory=list)
    values: list[Local] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Owing:
    """Obligations owed under the same conditions, of which these are still to be tested."""

    conditions: tuple[Formula, ...]
    obligations: tuple[tuple[int, LoweredObligation], ...]


class Layout:
    """The blocks of a lowered pack, outermost first, each with the facts, locals and obligations of its own."""

    def __init__(self, lowered: Lowered) -> None:
        self._lowered = lowered
        self.root = Block(TRUE, None, 0)
        owing = self._owing()
        self._shared = self._shared_formulas(owing)
        self._place_obligations(self.root, owing)
        self._find_homes(self.root)

    # What is shared

    def _owing(self) -> list[_Owing]:
        """Group obligations by what they are owed under, as the parts of a conjunction."""
        inner = {literal.index for node in self._lowered.nodes for literal in literals(node.formula) if literal.is_node}
        groups: dict[Formula, list[tuple[int, LoweredObligation]]] = {}
        for index, obligation in enumerate(self._lowered.obligations):
            if obligation.owed != FALSE:
                groups.setdefault(obligation.owed, []).append((index, obligation))
        found = []
        for owed, obligations in groups.items():
            formula = owed
            if isinstance(owed, Literal) and owed.is_node and owed.positive and owed.index not in inner:
                formula = self._lowered.nodes[owed.index].formula
            parts = formula.parts if isinstance(formula, Conjunction) else (formula,)
            found.append(_Owing(parts, tuple(obligations)))
        return found

    def _shared_formulas(self, owing: list[_Owing]) -> set[Formula]:
        """Return the formulas that get a local: nodes and parts of formulas that are used more than once, and answers."""
        uses: Counter[Formula] = Counter()
        reached: set[int] = set()

        def use(formula: Formula) -> None:
            if isinstance(formula, Literal):
                if formula.is_node:
                    uses[_positive(formula)] += 1
                    if formula.index not in reached:
                        reached.add(formula.index)
                        for part in _parts(self._lowered.nodes[formula.index].formula):
                            use(part)
                return
            uses[formula] += 1
            if uses[formula] == 1:
                for part in formula.parts:
                    use(part)

        for formula in self._lowered.conclusions.values():
            use(formula)
            if isinstance(formula, Literal) and formula.is_node:
                uses[_positive(formula)] += 1
        for group in owing:
            for part in group.conditions:
                use(part)
            for formula in {d.met: None for _, d in group.obligations}:
                use(formula)
        for formula in {f: None for d in self._lowered.obligations for f in (d.in_force, d.due)}:
            use(formula)
        return {formula for formula, count in uses.items() if count > 1 and formula not in (TRUE, FALSE)}

    # Blocks

    def _place_obligations(self, block: Block, owing: list[_Owing]) -> None:
        """Put obligations in a block and below it: first under the condition that most of them share, and so on."""
        rest: list[_Owing] = []
        for group in owing:
            if group.conditions:
                rest.append(group)
            else:
                block.obligations.extend(group.obligations)
        while rest:
            weight: Counter[Formula] = Counter()
            for group in rest:
                for part in group.conditions:
                    weight[part] += len(group.obligations)
            # The first of the heaviest, in the order of the pack.
            guard = max(weight, key=lambda part: weight[part])
            inside = [group for group in rest if guard in group.conditions]
            if len(inside) == 1:
                guards = inside[0].conditions
                child = self._child(block, guards[0] if len(guards) == 1 else Conjunction(guards))
                child.obligations.extend(inside[0].obligations)
            else:
                child = self._child(block, guard)
                self._place_obligations(
                    child, [_Owing(tuple(p for p in g.conditions if p != guard), g.obligations) for g in inside]
                )
            rest = [group for group in rest if guard not in group.conditions]

    def _child(self, block: Block, guard: Formula) -> Block:
        child = Block(guard, block, block.depth + 1)
        block.children.append(child)
        return child

    def _find_homes(self, root: Block) -> None:
        """Find for each shared formula and each fact the innermost block that holds all its uses."""
        uses: dict[Local | str, Block] = {}
        blocks = list(_walk(root))

        def used(key: Local | str, block: Block) -> None:
            uses[key] = _common(uses[key], block) if key in uses else block

        def use(formula: Formula, block: Block) -> None:
            key = self.local(formula)
            if key is not None:
                used(key, block)
            elif isinstance(formula, Literal):
                if formula.is_node:
                    use(self._lowered.nodes[formula.index].formula, block)
                else:
                    used(self._lowered.atoms[formula.index].fact, block)
            else:
                for part in formula.parts:
                    use(part, block)

        for formula in self._lowered.conclusions.values():
            use(formula, root)
        for block in blocks:
            if block.parent is not None:
                use(block.guard, block.parent)
            for _, obligation in block.obligations:
                used(in_force_local(obligation.in_force), block)
                used(due_local(obligation.due), block)
                use(obligation.met, block)
        shared = self._in_order()
        scaled = [key for key in uses if isinstance(key, Local) and key.certain != 3]
        for value in scaled:
            use(value.formula, uses[value])
        for value in reversed(shared):
            if value in uses:
                for part in _parts(self.definition(value.formula)):
                    use(part, uses[value])
        for value in (*shared, *scaled):
            if value in uses:
                uses[value].values.append(value)
        for fact in self._lowered.names:
            if fact in uses:
                uses[fact].facts.append(fact)

    def _in_order(self) -> list[Local]:
        """Return the shared formulas in an order in which they can be computed."""
        found: dict[Local, None] = {}
        seen: set[Formula] = set()

        def visit(formula: Formula) -> None:
            if formula in seen:
                return
            seen.add(formula)
            key = self.local(formula)
            for part in _parts(self.definition(formula)):
                if part != formula:
                    visit(part)
            if key is not None:
                found[key] = None

        for index in range(len(self._lowered.nodes)):
            visit(Literal(index, True, True))
        for obligation in self._lowered.obligations:
            for formula in (obligation.in_force, obligation.due, obligation.owed, obligation.met):
                visit(formula)
        for formula in self._lowered.conclusions.values():
            visit(formula)
        return list(found)

    def local(self, formula: Formula) -> Local | None:
        """Return the local that holds a formula, or None where it is written out wherever it is used."""
        shared = _positive(formula) if isinstance(formula, Literal) else formula
        return Local(shared) if shared in self._shared else None

    def definition(self, formula: Formula) -> Formula:
        """Return what a local stands for: the formula of a node, or the formula itself."""
        if isinstance(formula, Literal) and formula.is_node:
            return self._lowered.nodes[formula.index].formula
        return formula


def _positive(literal: Literal) -> Literal:
    return Literal(literal.index, literal.is_node, True)


def _parts(formula: Formula) -> tuple[Formula, ...]:
    return (formula,) if isinstance(formula, Literal) else formula.parts


def in_force_local(formula: Formula) -> Local:
    return Local(formula, IN_FORCE | MAYBE_IN_FORCE, MAYBE_IN_FORCE)


def due_local(formula: Formula) -> Local:
    return Local(formula, DUE | MAYBE_DUE, MAYBE_DUE)


def _walk(block: Block) -> Iterator[Block]:
    yield block
    for child in block.children:
        yield from _walk(child)


def _common(one: Block, other: Block) -> Block:
    """Return the innermost block that holds both."""
    while one is not other:
        if one.depth < other.depth:
            one, other = other, one
        assert one.parent is not None
        one = one.parent
    return one
