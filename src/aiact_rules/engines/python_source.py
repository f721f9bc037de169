"""Python source: a lowered pack as one Python function.

The text holds only names made from numbers; names of facts, values and parameters stand in a table of constants beside
it. The same lowered pack always gives the same text.

The function is handed the facts twice: lists with what is certainly in them, and with what may be. They are the same
where no list leaves a member open, so that neither plane needs to know of open lists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.formulas import FALSE, TRUE, Conjunction, Formula, Literal, Lowered, LoweredObligation
from aiact_rules.core.outcomes import MAYBE_MET, MET, OWED
from aiact_rules.engines.python_blocks import Block, Layout, Local, due_local, in_force_local

_OF_LISTS = (Test.INCLUDES, Test.EMPTY)
_COMPARISONS = {Test.ABOVE: ">", Test.AT_LEAST: ">=", Test.BELOW: "<", Test.AT_MOST: "<="}


@dataclass(frozen=True, slots=True)
class PythonSource:
    """The text of a module that defines `run(facts, possible)`, and the constants it finds as `k0`, `k1`, ...

    The module also finds `outcome`, which makes an Outcome, `first`, which gives the first of a pair, and `rows`.
    """

    text: str
    constants: tuple[object, ...]


def source_of(lowered: Lowered) -> PythonSource:
    """Write a lowered pack as Python."""
    return _Writer(lowered).source()


class _Writer:
    def __init__(self, lowered: Lowered) -> None:
        self.lowered = lowered
        self.layout = Layout(lowered)
        self.constants: dict[tuple[type, object], str] = {}
        self.answers: dict[tuple[int, ...], str] = {}
        self.lines: list[str] = []
        self.locals: dict[Local, str] = {}
        self.fact_locals: dict[str, str] = {}
        self.lists = {atom.fact for atom in lowered.atoms if atom.test in _OF_LISTS}

    def source(self) -> PythonSource:
        self.lines = ["def run(facts, possible):", " get = facts.get", " may = possible.get", " out = []"]
        self.write(self.layout.root, "1")
        codes = [self.code(formula) for formula in self.lowered.conclusions.values()]
        self.lines.append(" out.sort(key=first)")
        self.lines.append(f" return outcome(({''.join(code + ', ' for code in codes)}), tuple(out))")
        answers = [f"{name} = rows({self.constant(indices)})" for indices, name in self.answers.items()]
        return PythonSource("\n".join([*answers, *self.lines]) + "\n", tuple(value for _, value in self.constants))

    def write(self, block: Block, owed: str) -> None:
        """Write a block; `owed` is the local, or the number, that is 1 where all guards so far are certain."""
        indent = " " * (block.depth + 1)
        for fact in block.facts:
            self.fact_locals[fact] = f"f{len(self.fact_locals)}"
            self.lines.append(f"{indent}{self.fact_locals[fact]} = get({self.constant(fact)})")
            if fact in self.lists:
                self.lines.append(f"{indent}{self.fact_locals[fact]}p = may({self.constant(fact)})")
        for value in block.values:
            if value.certain == 3:
                formula = self.layout.definition(value.formula)
                text = self.number(formula, value, inside=True)
            else:
                text = self.number(value.formula, value)
            name = f"v{len(self.locals)}"
            self.locals[value] = name
            self.lines.append(f"{indent}{name} = {text}")
        self.write_obligations(block, owed, indent)
        for child in block.children:
            self.lines.append(f"{indent}if {self.test(child.guard, certain=False)}:")
            name = f"o{len(self.lines)}"
            certain = f"1 if {self.test(child.guard, certain=True)} else 0"
            self.lines.append(f"{indent} {name} = " + (certain if owed == "1" else f"{owed} and ({certain})"))
            self.write(child, name)

    def write_obligations(self, block: Block, owed: str, indent: str) -> None:
        groups: dict[tuple[Formula, Formula], list[tuple[int, LoweredObligation]]] = {}
        for index, obligation in block.obligations:
            groups.setdefault((obligation.in_force, obligation.due), []).append((index, obligation))
        for (in_force, due), obligations in groups.items():
            base = f"b{len(self.lines)}"
            bits = f"{owed} | {self.locals[in_force_local(in_force)]} | {self.locals[due_local(due)]}"
            self.lines.append(f"{indent}{base} = {bits}")
            met, maybe = f"{base}m", f"{base}p"
            if any(obligation.met != FALSE for _, obligation in obligations):
                self.lines.append(f"{indent}{met} = {base} | {MET | MAYBE_MET}")
                self.lines.append(f"{indent}{maybe} = {base} | {MAYBE_MET}")
            for fact, items in self.by_fact(obligations):
                if fact is None:
                    self.add(indent, [(index, self.met(obligation.met, base)) for index, obligation in items])
                    continue
                name = self.fact_locals[fact]
                self.lines.append(f"{indent}if {name} is None:")
                self.lines.append(f"{indent} out += {self.rows(index for index, _ in items)}[{maybe}]")
                self.lines.append(f"{indent}else:")
                self.add(
                    indent + " ",
                    [(index, self.met_where_known(obligation.met, base)) for index, obligation in items],
                )

    def add(self, indent: str, items: Iterable[tuple[int, str]]) -> None:
        self.lines.append(f"{indent}out += ({''.join(f'({index}, {code}), ' for index, code in items)})")

    def rows(self, indices: Iterable[int]) -> str:
        """Return the name of the answers of several obligations that have the same code, by that code."""
        return self.answers.setdefault(tuple(indices), f"r{len(self.answers)}")

    def by_fact(
        self, obligations: list[tuple[int, LoweredObligation]]
    ) -> list[tuple[str | None, list[tuple[int, LoweredObligation]]]]:
        """Bring together the obligations whose being met is one test of the same fact, if there are several."""
        facts: Counter[str] = Counter()
        for _, obligation in obligations:
            fact = self.fact_of(obligation.met)
            if fact is not None:
                facts[fact] += 1
        found: dict[str | None, list[tuple[int, LoweredObligation]]] = {}
        for index, obligation in obligations:
            fact = self.fact_of(obligation.met)
            found.setdefault(fact if fact is not None and facts[fact] > 1 else None, []).append((index, obligation))
        return list(found.items())

    def fact_of(self, formula: Formula) -> str | None:
        if isinstance(formula, Literal) and not formula.is_node:
            return self.lowered.atoms[formula.index].fact
        return None

    def met_where_known(self, formula: Formula, base: str) -> str:
        """Return the code of an obligation whose being met is a test of one fact that is known."""
        assert isinstance(formula, Literal)
        atom = self.lowered.atoms[formula.index]
        certain, possible = (self.known(atom, formula.positive, certain) for certain in (True, False))
        maybe = base if atom.fact not in self.lists else f"{base}p if {possible} else {base}"
        return f"{base}m if {certain} else {maybe}"

    def known(self, atom: FactTest, positive: bool, certain: bool) -> str:
        """Return the text of a test of one fact that is known, or of its negation, in one plane."""
        text = self.comparison(atom, self.view(atom, positive, certain))
        return text if positive else f"not {text}"

    def view(self, atom: FactTest, positive: bool, certain: bool) -> str:
        """Return the local with the value that a plane looks at: of a list what is certainly in it, or what may be."""
        name = self.fact_locals[atom.fact]
        if atom.fact not in self.lists:
            return name
        # A list includes something for certain by what is in it, but is empty for certain by what may be.
        wants_members = certain is positive if atom.test is Test.INCLUDES else certain is not positive
        return name if wants_members else f"{name}p"

    def met(self, formula: Formula, base: str) -> str:
        if formula == FALSE:
            return base
        possible = self.test(formula, certain=False)
        return f"({base}m if {self.test(formula, certain=True)} else {base}p) if {possible} else {base}"

    def code(self, formula: Formula) -> str:
        """Return the truth code of a conclusion."""
        if isinstance(formula, Literal) and formula.is_node and formula.positive:
            return self.locals[Local(formula)]
        return self.number(formula, Local(formula))

    def number(self, formula: Formula, value: Local, *, inside: bool = False) -> str:
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
        key = None if inside else self.layout.local(formula)
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
        text = self.comparison(atom, self.view(atom, positive, certain))
        if positive:
            return f"({name} is None or {text})" if with_unknown else f"({name} is not None and {text})"
        return f"({name} is not None and not {text})" if with_unknown else f"({name} is None or not {text})"

    def comparison(self, atom: FactTest, name: str) -> str:
        """Return the text of a test of the known value in a local."""
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


def _plane(name: str, positive: bool, certain: bool) -> str:
    if certain is positive:
        return f"{name} == 3" if positive else f"{name} != 3"
    return name if positive else f"not {name}"


assert OWED == 1, "the local of a guard is the bit itself"
