"""Source: a lowered pack as one Python function.

The text holds only names made from numbers; names of facts, values and parameters stand in a table of constants beside
it. The same lowered pack always gives the same text.

- A *node* that is used more than once, or asked for, is one local: 0 no, 1 possible, 3 certain and possible.
- Duties are grouped under the conditions they share, so that one test skips all of them where it is not possible.
- A fact, and a node, is fetched in the innermost block that holds all its uses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.formulas import FALSE, TRUE, Conjunction, Duty, Formula, Literal, Lowered, literals
from aiact_rules.core.outcomes import DUE, IN_FORCE, MAYBE_DUE, MAYBE_IN_FORCE, MAYBE_MET, MET, OWED

_COMPARISONS = {Test.ABOVE: ">", Test.AT_LEAST: ">=", Test.BELOW: "<", Test.AT_MOST: "<="}


@dataclass(frozen=True, slots=True)
class Source:
    """The text of a module that defines `run(facts)`, and the constants it finds as `k0`, `k1`, ...

    The module also finds `outcome`, which makes an Outcome, `first`, which gives the first of a pair, and `rows`.
    """

    text: str
    constants: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Value:
    """A formula kept in a local, as the number it has where it is certain, possible, and neither."""

    formula: Formula
    certain: int = 3
    possible: int = 1


@dataclass(eq=False)
class _Block:
    """Statements that run where a guard is possible."""

    guard: Formula
    parent: _Block | None
    depth: int
    duties: list[tuple[int, Duty]] = field(default_factory=list)
    children: list[_Block] = field(default_factory=list)
    values: list[_Value] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Owing:
    """Duties owed under the same conditions, of which these are still to be tested."""

    conditions: tuple[Formula, ...]
    duties: tuple[tuple[int, Duty], ...]


def source_of(lowered: Lowered) -> Source:
    """Write a lowered pack as Python."""
    return _Writer(lowered).source()


class _Writer:
    def __init__(self, lowered: Lowered) -> None:
        self.lowered = lowered
        self.constants: dict[tuple[type, object], str] = {}
        self.answers: dict[tuple[int, ...], str] = {}
        self.lines: list[str] = []
        self.locals: dict[_Value, str] = {}
        self.fact_locals: dict[str, str] = {}

    def source(self) -> Source:
        root = _Block(TRUE, None, 0)
        owing = self.owing()
        self.shared = self.shared_formulas(owing)
        self.place_duties(root, owing)
        self.find_homes(root)
        self.lines = ["def run(facts):", " get = facts.get", " out = []"]
        self.write(root, "1")
        codes = [self.code(formula) for formula in self.lowered.conclusions.values()]
        self.lines.append(" out.sort(key=first)")
        self.lines.append(f" return outcome(({''.join(code + ', ' for code in codes)}), tuple(out))")
        answers = [f"{name} = rows({self.constant(indices)})" for indices, name in self.answers.items()]
        return Source("\n".join([*answers, *self.lines]) + "\n", tuple(value for _, value in self.constants))

    # What is shared

    def owing(self) -> list[_Owing]:
        """Group duties by what they are owed under, as the parts of a conjunction."""
        inner = {literal.index for node in self.lowered.nodes for literal in literals(node.formula) if literal.is_node}
        groups: dict[Formula, list[tuple[int, Duty]]] = {}
        for index, duty in enumerate(self.lowered.duties):
            if duty.owed != FALSE:
                groups.setdefault(duty.owed, []).append((index, duty))
        found = []
        for owed, duties in groups.items():
            formula = owed
            if isinstance(owed, Literal) and owed.is_node and owed.positive and owed.index not in inner:
                formula = self.lowered.nodes[owed.index].formula
            parts = formula.parts if isinstance(formula, Conjunction) else (formula,)
            found.append(_Owing(parts, tuple(duties)))
        return found

    def shared_formulas(self, owing: list[_Owing]) -> set[Formula]:
        """Return the formulas that get a local: nodes and parts of formulas that are used more than once, and answers."""
        uses: Counter[Formula] = Counter()
        reached: set[int] = set()

        def use(formula: Formula) -> None:
            if isinstance(formula, Literal):
                if formula.is_node:
                    uses[_positive(formula)] += 1
                    if formula.index not in reached:
                        reached.add(formula.index)
                        for part in _parts(self.lowered.nodes[formula.index].formula):
                            use(part)
                return
            uses[formula] += 1
            if uses[formula] == 1:
                for part in formula.parts:
                    use(part)

        for formula in self.lowered.conclusions.values():
            use(formula)
            if isinstance(formula, Literal) and formula.is_node:
                uses[_positive(formula)] += 1
        for group in owing:
            for part in group.conditions:
                use(part)
            for formula in {d.met: None for _, d in group.duties}:
                use(formula)
        for formula in {f: None for d in self.lowered.duties for f in (d.in_force, d.due)}:
            use(formula)
        return {formula for formula, count in uses.items() if count > 1 and formula not in (TRUE, FALSE)}

    # Blocks

    def place_duties(self, block: _Block, owing: list[_Owing]) -> None:
        """Put duties in a block and below it: first under the condition that most of them share, and so on."""
        rest: list[_Owing] = []
        for group in owing:
            if group.conditions:
                rest.append(group)
            else:
                block.duties.extend(group.duties)
        while rest:
            weight: Counter[Formula] = Counter()
            for group in rest:
                for part in group.conditions:
                    weight[part] += len(group.duties)
            # The first of the heaviest, in the order of the pack.
            guard = max(weight, key=lambda part: weight[part])
            inside = [group for group in rest if guard in group.conditions]
            if len(inside) == 1:
                guards = inside[0].conditions
                child = self.child(block, guards[0] if len(guards) == 1 else Conjunction(guards))
                child.duties.extend(inside[0].duties)
            else:
                child = self.child(block, guard)
                self.place_duties(
                    child, [_Owing(tuple(p for p in g.conditions if p != guard), g.duties) for g in inside]
                )
            rest = [group for group in rest if guard not in group.conditions]

    def child(self, block: _Block, guard: Formula) -> _Block:
        child = _Block(guard, block, block.depth + 1)
        block.children.append(child)
        return child

    def find_homes(self, root: _Block) -> None:
        """Find for each shared formula and each fact the innermost block that holds all its uses."""
        uses: dict[_Value | str, _Block] = {}
        blocks = list(_walk(root))

        def used(key: _Value | str, block: _Block) -> None:
            uses[key] = _common(uses[key], block) if key in uses else block

        def use(formula: Formula, block: _Block) -> None:
            key = self.key(formula)
            if key is not None:
                used(key, block)
            elif isinstance(formula, Literal):
                if formula.is_node:
                    use(self.lowered.nodes[formula.index].formula, block)
                else:
                    used(self.lowered.atoms[formula.index].fact, block)
            else:
                for part in formula.parts:
                    use(part, block)

        for formula in self.lowered.conclusions.values():
            use(formula, root)
        for block in blocks:
            if block.parent is not None:
                use(block.guard, block.parent)
            for _, duty in block.duties:
                used(_in_force(duty.in_force), block)
                used(_due(duty.due), block)
                use(duty.met, block)
        shared = self.in_order()
        scaled = [key for key in uses if isinstance(key, _Value) and key.certain != 3]
        for value in scaled:
            use(value.formula, uses[value])
        for value in reversed(shared):
            if value in uses:
                for part in _parts(self.definition(value.formula)):
                    use(part, uses[value])
        for value in (*shared, *scaled):
            if value in uses:
                uses[value].values.append(value)
        for fact in self.lowered.facts:
            if fact in uses:
                uses[fact].facts.append(fact)

    def in_order(self) -> list[_Value]:
        """Return the shared formulas in an order in which they can be computed."""
        found: dict[_Value, None] = {}
        seen: set[Formula] = set()

        def visit(formula: Formula) -> None:
            if formula in seen:
                return
            seen.add(formula)
            key = self.key(formula)
            for part in _parts(self.definition(formula)):
                if part != formula:
                    visit(part)
            if key is not None:
                found[key] = None

        for index in range(len(self.lowered.nodes)):
            visit(Literal(index, True, True))
        for duty in self.lowered.duties:
            for formula in (duty.in_force, duty.due, duty.owed, duty.met):
                visit(formula)
        for formula in self.lowered.conclusions.values():
            visit(formula)
        return list(found)

    def key(self, formula: Formula) -> _Value | None:
        """Return the local that holds a formula, or None where it is written out wherever it is used."""
        shared = _positive(formula) if isinstance(formula, Literal) else formula
        return _Value(shared) if shared in self.shared else None

    def definition(self, formula: Formula) -> Formula:
        """Return what a local stands for: the formula of a node, or the formula itself."""
        if isinstance(formula, Literal) and formula.is_node:
            return self.lowered.nodes[formula.index].formula
        return formula

    # Text

    def write(self, block: _Block, owed: str) -> None:
        """Write a block; `owed` is the local, or the number, that is 1 where all guards so far are certain."""
        indent = " " * (block.depth + 1)
        for fact in block.facts:
            self.fact_locals[fact] = f"f{len(self.fact_locals)}"
            self.lines.append(f"{indent}{self.fact_locals[fact]} = get({self.constant(fact)})")
        for value in block.values:
            if value.certain == 3:
                formula = self.definition(value.formula)
                text = self.number(formula, value, inside=True)
            else:
                text = self.number(value.formula, value)
            name = f"v{len(self.locals)}"
            self.locals[value] = name
            self.lines.append(f"{indent}{name} = {text}")
        self.write_duties(block, owed, indent)
        for child in block.children:
            self.lines.append(f"{indent}if {self.test(child.guard, certain=False)}:")
            name = f"o{len(self.lines)}"
            certain = f"1 if {self.test(child.guard, certain=True)} else 0"
            self.lines.append(f"{indent} {name} = " + (certain if owed == "1" else f"{owed} and ({certain})"))
            self.write(child, name)

    def write_duties(self, block: _Block, owed: str, indent: str) -> None:
        groups: dict[tuple[Formula, Formula], list[tuple[int, Duty]]] = {}
        for index, duty in block.duties:
            groups.setdefault((duty.in_force, duty.due), []).append((index, duty))
        for (in_force, due), duties in groups.items():
            base = f"b{len(self.lines)}"
            bits = f"{owed} | {self.locals[_in_force(in_force)]} | {self.locals[_due(due)]}"
            self.lines.append(f"{indent}{base} = {bits}")
            met, maybe = f"{base}m", f"{base}p"
            if any(duty.met != FALSE for _, duty in duties):
                self.lines.append(f"{indent}{met} = {base} | {MET | MAYBE_MET}")
                self.lines.append(f"{indent}{maybe} = {base} | {MAYBE_MET}")
            for fact, items in self.by_fact(duties):
                if fact is None:
                    self.add(indent, [(index, self.met(duty.met, base)) for index, duty in items])
                    continue
                name = self.fact_locals[fact]
                self.lines.append(f"{indent}if {name} is None:")
                self.lines.append(f"{indent} out += {self.rows(index for index, _ in items)}[{maybe}]")
                self.lines.append(f"{indent}else:")
                self.add(
                    indent + " ",
                    [(index, f"{met} if {self.known(duty.met)} else {base}") for index, duty in items],
                )

    def add(self, indent: str, items: Iterable[tuple[int, str]]) -> None:
        self.lines.append(f"{indent}out += ({''.join(f'({index}, {code}), ' for index, code in items)})")

    def rows(self, indices: Iterable[int]) -> str:
        """Return the name of the answers of several duties that have the same code, by that code."""
        return self.answers.setdefault(tuple(indices), f"r{len(self.answers)}")

    def by_fact(self, duties: list[tuple[int, Duty]]) -> list[tuple[str | None, list[tuple[int, Duty]]]]:
        """Bring together the duties whose being met is one test of the same fact, if there are several."""
        facts: Counter[str] = Counter()
        for _, duty in duties:
            fact = self.fact_of(duty.met)
            if fact is not None:
                facts[fact] += 1
        found: dict[str | None, list[tuple[int, Duty]]] = {}
        for index, duty in duties:
            fact = self.fact_of(duty.met)
            found.setdefault(fact if fact is not None and facts[fact] > 1 else None, []).append((index, duty))
        return list(found.items())

    def fact_of(self, formula: Formula) -> str | None:
        if isinstance(formula, Literal) and not formula.is_node:
            return self.lowered.atoms[formula.index].fact
        return None

    def known(self, formula: Formula) -> str:
        """Return the text of a test of one fact that is known."""
        assert isinstance(formula, Literal)
        text = self.comparison(self.lowered.atoms[formula.index])
        return text if formula.positive else f"not {text}"

    def met(self, formula: Formula, base: str) -> str:
        if formula == FALSE:
            return base
        possible = self.test(formula, certain=False)
        return f"({base}m if {self.test(formula, certain=True)} else {base}p) if {possible} else {base}"

    def code(self, formula: Formula) -> str:
        """Return the truth code of a conclusion."""
        if isinstance(formula, Literal) and formula.is_node and formula.positive:
            return self.locals[_Value(formula)]
        return self.number(formula, _Value(formula))

    def number(self, formula: Formula, value: _Value, *, inside: bool = False) -> str:
        if formula == TRUE:
            return str(value.certain)
        if formula == FALSE:
            return "0"
        certain, possible = (self.test(formula, certain=c, inside=inside) for c in (True, False))
        return f"({value.certain} if {certain} else {value.possible}) if {possible} else 0"

    def test(self, formula: Formula, *, certain: bool, negated: bool = False, inside: bool = False) -> str:
        """Return a formula, or its negation, in one plane. With `inside`, its own local does not exist yet."""
        if formula in (TRUE, FALSE):
            return str((formula == TRUE) is not negated)
        key = None if inside else self.key(formula)
        if isinstance(formula, Literal):
            positive = formula.positive is not negated
            if not formula.is_node:
                return self.atom(self.lowered.atoms[formula.index], positive, certain)
            if key is None:
                inner = self.lowered.nodes[formula.index].formula
                return self.test(inner, certain=certain, negated=not positive)
            return _plane(self.locals[key], positive, certain)
        if key is not None:
            return _plane(self.locals[key], not negated, certain)
        word = " and " if isinstance(formula, Conjunction) is not negated else " or "
        return f"({word.join(self.test(p, certain=certain, negated=negated) for p in formula.parts)})"

    def atom(self, atom: FactTest, positive: bool, certain: bool) -> str:
        name = self.fact_locals[atom.fact]
        # A test is possible, and its negation is not certain, where the fact is unknown.
        with_unknown = certain is not positive
        if atom.test is Test.IS:
            if with_unknown:
                return f"{name} is {'not ' if positive else ''}{not atom.operand}"
            return f"{name} is {'' if positive else 'not '}{atom.operand}"
        if atom.test is Test.ONE_OF:
            assert isinstance(atom.operand, frozenset)
            if not with_unknown and len(atom.operand) == 1:
                return f"{name} {'==' if positive else '!='} {self.constant(*atom.operand)}"
            values = atom.operand | {None} if with_unknown else atom.operand
            return f"{name} {'' if positive else 'not '}in {self.constant(values)}"
        text = self.comparison(atom)
        if positive:
            return f"({name} is None or {text})" if with_unknown else f"({name} is not None and {text})"
        return f"({name} is not None and not {text})" if with_unknown else f"({name} is None or not {text})"

    def comparison(self, atom: FactTest) -> str:
        """Return the text of a test of a fact that is known."""
        name = self.fact_locals[atom.fact]
        if atom.test is Test.IS:
            return f"{name} is {atom.operand}"
        if atom.test is Test.ONE_OF:
            return f"({name} in {self.constant(atom.operand)})"
        if atom.test is Test.INCLUDES:
            assert isinstance(atom.operand, frozenset)
            if len(atom.operand) == 1:
                return f"({self.constant(*atom.operand)} in {name})"
            return f"(not {self.constant(atom.operand)}.isdisjoint({name}))"
        if atom.test is Test.EMPTY:
            return f"(not {name})"
        return f"({name} {_COMPARISONS[atom.test]} {self.constant(atom.operand)})"

    def constant(self, value: object) -> str:
        # With the type: a date and a text, or 1 and Decimal(1), are never one constant.
        return self.constants.setdefault((type(value), value), f"k{len(self.constants)}")


def _positive(literal: Literal) -> Literal:
    return Literal(literal.index, literal.is_node, True)


def _parts(formula: Formula) -> tuple[Formula, ...]:
    return (formula,) if isinstance(formula, Literal) else formula.parts


def _in_force(formula: Formula) -> _Value:
    return _Value(formula, IN_FORCE | MAYBE_IN_FORCE, MAYBE_IN_FORCE)


def _due(formula: Formula) -> _Value:
    return _Value(formula, DUE | MAYBE_DUE, MAYBE_DUE)


def _plane(name: str, positive: bool, certain: bool) -> str:
    if certain is positive:
        return f"{name} == 3" if positive else f"{name} != 3"
    return name if positive else f"not {name}"


def _walk(block: _Block) -> Iterator[_Block]:
    yield block
    for child in block.children:
        yield from _walk(child)


def _common(one: _Block, other: _Block) -> _Block:
    """Return the innermost block that holds both."""
    while one is not other:
        if one.depth < other.depth:
            one, other = other, one
        assert one.parent is not None
        one = one.parent
    return one


assert OWED == 1, "the local of a guard is the bit itself"
