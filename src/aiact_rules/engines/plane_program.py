"""Plane program: a lowered pack as straight-line operations on bit planes, one bit for each row.

A formula has two planes, what is certain and what is possible. Equal operations are done once, whatever formula, obligation
or date they come from; constants are folded; a plane's place is used again when nothing needs the plane any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.formulas import TRUE as LOWERED_TRUE
from aiact_rules.core.formulas import Conjunction, Formula, Literal, Lowered
from aiact_rules.core.vocabulary import FactValue


class Op(IntEnum):
    """What is done to one or two planes, bit by bit."""

    AND = 0
    OR = 1
    XOR = 2
    NOT = 3


@dataclass(frozen=True, slots=True)
class Passes:
    """An input plane: the rows whose fact is known and passes the test, silence counting as `default` where there is one."""

    test: FactTest
    default: FactValue | None = None

    @property
    def fact(self) -> str:
        """Return the fact that is read."""
        return self.test.fact


@dataclass(frozen=True, slots=True)
class Silent:
    """An input plane: the rows that do not state the fact."""

    fact: str


@dataclass(frozen=True, slots=True)
class Undecided:
    """An input plane: the rows whose list leaves open a member on which the test turns."""

    test: FactTest

    @property
    def fact(self) -> str:
        """Return the fact that is read."""
        return self.test.fact


Input = Passes | Silent | Undecided

NONE = 0  # the plane of no row
ALL = 1  # the plane of every row


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation: `target` becomes `op` of the planes in two places (`second` is `first` for NOT)."""

    op: Op
    target: int
    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Program:
    """What to do to get the outputs from the inputs.

    Planes stand in numbered places: 0 holds no row, 1 every row, then come the inputs in their order. `outputs` gives
    the place of each output after all instructions.
    """

    inputs: tuple[Input, ...]
    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]
    places: int


class Circuit:
    """Collects operations on planes, each once, and folds constants."""

    def __init__(self) -> None:
        self._operations: dict[int, tuple[Op, int, int]] = {}
        self._made: dict[tuple[Op, int, int], int] = {}
        self._inputs: dict[Input, int] = {}
        self._inverse: dict[int, int] = {NONE: ALL, ALL: NONE}
        self._count = 2

    def _new(self) -> int:
        self._count += 1
        return self._count - 1

    def input(self, key: Input) -> int:
        """Return the plane of an input."""
        if key not in self._inputs:
            self._inputs[key] = self._new()
        return self._inputs[key]

    def _made_by(self, op: Op, first: int, second: int) -> int:
        key = (op, min(first, second), max(first, second))
        if key not in self._made:
            self._made[key] = self._new()
            self._operations[self._made[key]] = key
        return self._made[key]

    def inverse(self, plane: int) -> int:
        """Return the rows that are not in a plane."""
        if plane not in self._inverse:
            made = self._made_by(Op.NOT, plane, plane)
            self._inverse[plane] = made
            self._inverse[made] = plane
        return self._inverse[plane]

    def both(self, first: int, second: int) -> int:
        """Return the rows that are in both planes."""
        if NONE in (first, second) or self._inverse.get(first) == second:
            return NONE
        if first in (ALL, second):
            return second
        return first if second == ALL else self._made_by(Op.AND, first, second)

    def either(self, first: int, second: int) -> int:
        """Return the rows that are in one plane or the other."""
        if ALL in (first, second) or self._inverse.get(first) == second:
            return ALL
        if first in (NONE, second):
            return second
        return first if second == NONE else self._made_by(Op.OR, first, second)

    def differ(self, first: int, second: int) -> int:
        """Return the rows that are in exactly one of two planes."""
        if first == second:
            return NONE
        for one, other in ((first, second), (second, first)):
            if one == NONE:
                return other
            if one == ALL:
                return self.inverse(other)
        return self._made_by(Op.XOR, first, second)

    def every(self, planes: Iterable[int]) -> int:
        """Return the rows that are in all planes."""
        found = ALL
        for plane in sorted(set(planes)):
            found = self.both(found, plane)
        return found

    def some(self, planes: Iterable[int]) -> int:
        """Return the rows that are in some plane."""
        found = NONE
        for plane in sorted(set(planes)):
            found = self.either(found, plane)
        return found

    def count(self, planes: Iterable[int]) -> tuple[int, ...]:
        """Count for each row in how many planes it is: the planes of the binary digits, the lowest first."""
        digits = []
        now = [plane for plane in planes if plane != NONE]
        while now:
            carried = []
            while len(now) > 1:
                first, second = now.pop(), now.pop()
                sum_of_two = self.differ(first, second)
                carry = self.both(first, second)
                if now:
                    third = now.pop()
                    carry = self.either(carry, self.both(sum_of_two, third))
                    sum_of_two = self.differ(sum_of_two, third)
                carried.append(carry)
                now.insert(0, sum_of_two)
            digits.append(now[0])
            now = [plane for plane in carried if plane != NONE]
        return tuple(digits)

    def program(self, outputs: Sequence[int]) -> Program:
        """Put what the outputs need in an order, and planes in places."""
        order = self._order(outputs)
        inputs = {key: plane for key, plane in self._inputs.items() if plane in order}
        last_use: dict[int, int] = {}
        operations = [plane for plane in order if plane in self._operations]
        for at, plane in enumerate(operations):
            _, first, second = self._operations[plane]
            last_use[first] = last_use[second] = at
        kept = {*outputs, NONE, ALL}
        place = {NONE: NONE, ALL: ALL, **{plane: at for at, plane in enumerate(inputs.values(), start=2)}}
        free: list[int] = []
        places = len(place)
        instructions = []
        for at, plane in enumerate(operations):
            op, first, second = self._operations[plane]
            sources = place[first], place[second]
            for operand in {first, second}:
                if last_use[operand] == at and operand not in kept:
                    free.append(place[operand])
            if free:
                place[plane] = free.pop()
            else:
                place[plane] = places
                places += 1
            instructions.append(Instruction(op, place[plane], *sources))
        return Program(tuple(inputs), tuple(instructions), tuple(place[plane] for plane in outputs), places)

    def _order(self, outputs: Sequence[int]) -> dict[int, None]:
        """Return the planes that the outputs need, operands before what is made from them."""
        order: dict[int, None] = {}
        for output in outputs:
            todo = [output]
            while todo:
                plane = todo[-1]
                waiting: list[int] = []
                if plane not in order and plane in self._operations:
                    _, first, second = self._operations[plane]
                    waiting = [operand for operand in (second, first) if operand not in order]
                if waiting:
                    todo += waiting
                else:
                    order[todo.pop()] = None
        return order


class Rails:
    """The certain and the possible plane of each formula of one lowered pack, in a circuit.

    `silence` names the facts that the rows may state, with the value that silence has there, or None where it is
    unknown. All other facts are unknown in every row. Lists in `settled` leave no member open in any row.
    """

    def __init__(
        self,
        circuit: Circuit,
        lowered: Lowered,
        silence: Mapping[str, FactValue | None],
        settled: frozenset[str] = frozenset(),
    ) -> None:
        self._circuit = circuit
        self._lowered = lowered
        self._silence = silence
        self._settled = settled
        self._nodes: list[tuple[int, int]] = []
        for node in lowered.nodes:
            self._nodes.append((self.certain(node.formula), self.possible(node.formula)))

    def certain(self, formula: Formula) -> int:
        """Return the plane of the rows in which the formula is certain."""
        return self._plane(formula, certain=True)

    def possible(self, formula: Formula) -> int:
        """Return the plane of the rows in which the formula is possible."""
        return self._plane(formula, certain=False)

    def _plane(self, formula: Formula, *, certain: bool) -> int:
        circuit = self._circuit
        if isinstance(formula, Literal):
            # certain(not x) = not possible(x), and the other way round
            planes = self._nodes[formula.index] if formula.is_node else self._atom(formula.index)
            return planes[not certain] if formula.positive else circuit.inverse(planes[certain])
        if formula == LOWERED_TRUE:
            return ALL
        parts = [self._plane(part, certain=certain) for part in formula.parts]
        return circuit.every(parts) if isinstance(formula, Conjunction) else circuit.some(parts)

    def _atom(self, index: int) -> tuple[int, int]:
        test = self._lowered.atoms[index]
        if test.fact not in self._silence:
            return NONE, ALL
        default = self._silence[test.fact]
        passes = self._circuit.input(Passes(test, default))
        possible = passes
        if test.test in (Test.INCLUDES, Test.EMPTY) and test.fact not in self._settled:
            possible = self._circuit.either(possible, self._circuit.input(Undecided(test)))
        if default is None:
            possible = self._circuit.either(possible, self._circuit.input(Silent(test.fact)))
        return passes, possible
