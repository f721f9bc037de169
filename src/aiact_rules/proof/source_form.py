"""Source form: what generated Python computes, read from its syntax tree and not from what it was made from.

Numbers are kept as their bits, so that `|`, comparison and truth are exact. Every path is followed at once; a part that
is run only on some paths keeps the condition of its path. Python that is not of the kind the engine writes is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import z3

from aiact_rules.core.conditions import FactTest, Test
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.outcomes import DUE, IN_FORCE, MAYBE_DUE, MAYBE_IN_FORCE, MAYBE_MET, MET, OWED
from aiact_rules.core.problems import PackError, Problem
from aiact_rules.core.vocabulary import FactType
from aiact_rules.engines.python_source import PythonSource
from aiact_rules.proof.forms import Answers, ObligationRails
from aiact_rules.proof.inputs import FactInput, Formula, Inputs, Rail

_BITS = 7
_TRUE, _FALSE = z3.BoolVal(True), z3.BoolVal(False)
_ORDER: dict[type[ast.cmpop], Test] = {
    ast.Gt: Test.ABOVE,
    ast.GtE: Test.AT_LEAST,
    ast.Lt: Test.BELOW,
    ast.LtE: Test.AT_MOST,
}


@dataclass(frozen=True, slots=True)
class _Number:
    bits: tuple[Formula, ...]

    def truth(self) -> Formula:
        return _or(self.bits)


@dataclass(frozen=True, slots=True)
class _Truth:
    formula: Formula


@dataclass(frozen=True, slots=True)
class _FactValue:
    """What `get` or `may` gave: the value, or None where the fact is unknown.

    `parts` are the elements of a list: by `may` those that it leaves open as well.
    """

    fact: FactInput
    known: Formula
    parts: Mapping[str, Formula]


@dataclass(frozen=True, slots=True)
class _Constant:
    value: object


_Value = _Number | _Truth | _FactValue | _Constant


@dataclass
class _Run:
    """What came of following the function: what was appended, and where it would have failed."""

    appended: dict[int, list[tuple[Formula, _Number]]] = field(default_factory=dict)
    fails: list[Formula] = field(default_factory=list)
    conclusions: tuple[_Number, ...] | None = None


@dataclass(frozen=True, slots=True)
class SourceAnswers:
    """The answers of generated source, and when it would fail or report an obligation twice: never, if it is right."""

    answers: Answers
    faults: Formula


def source_answers(source: PythonSource, lowered: Lowered, inputs: Inputs) -> SourceAnswers:
    """Return what generated source answers. Raises PackError for Python that is not of its kind."""
    module = ast.parse(source.text)
    *shared, function = module.body
    if not isinstance(function, ast.FunctionDef) or function.name != "run":
        raise _strange(module)
    reader = _FunctionReader(source.constants, inputs)
    for statement in shared:
        reader.share(statement)
    reader.block(function.body, {}, _TRUE)
    run = reader.run
    if run.conclusions is None or len(run.conclusions) != len(lowered.conclusions):
        raise _strange(module)
    faults = list(run.fails)
    conclusions = {}
    for name, number in zip(lowered.conclusions, run.conclusions, strict=True):
        certain, possible = number.bits[1], number.bits[0]
        faults += [z3.And(certain, z3.Not(possible)), *number.bits[2:]]
        conclusions[name] = Rail(certain, possible)
    obligations = {}
    for index, obligation in enumerate(lowered.obligations):
        paths = run.appended.pop(index, [])
        for at, (guard, _) in enumerate(paths):
            faults += [z3.And(guard, other) for other, _ in paths[at + 1 :]]
        obligations[obligation.id] = _obligation(paths)
    if run.appended:
        raise PackError([Problem(f"the generated source answers about obligation {min(run.appended)}, which is none")])
    return SourceAnswers(Answers(conclusions, obligations), z3.Or([f for f in faults if not z3.is_false(f)]))


def _obligation(paths: Sequence[tuple[Formula, _Number]]) -> ObligationRails:
    def bit(mask: int) -> Formula:
        at = mask.bit_length() - 1
        return _or(_and((guard, number.bits[at])) for guard, number in paths)

    return ObligationRails(
        Rail(bit(OWED), z3.Or([guard for guard, _ in paths])),
        Rail(bit(IN_FORCE), bit(MAYBE_IN_FORCE)),
        Rail(bit(DUE), bit(MAYBE_DUE)),
        Rail(bit(MET), bit(MAYBE_MET)),
    )


class _FunctionReader:
    def __init__(self, constants: tuple[object, ...], inputs: Inputs) -> None:
        self.constants = {f"k{at}": value for at, value in enumerate(constants)}
        self.inputs = inputs
        self.run = _Run()
        self.rows: dict[str, tuple[int, ...]] = {}

    def share(self, statement: ast.stmt) -> None:
        """Read a table of answers that several obligations give with the same code."""
        match statement:
            case ast.Assign([ast.Name(name)], ast.Call(ast.Name("rows"), [ast.Name(key)], [])):
                indices = self.constants.get(key)
                if isinstance(indices, tuple):
                    self.rows[name] = indices
                    return
        raise _strange(statement)

    def block(self, statements: Sequence[ast.stmt], names: dict[str, _Value], path: Formula) -> None:
        for statement in statements:
            self.statement(statement, names, path)

    def statement(self, statement: ast.stmt, names: dict[str, _Value], path: Formula) -> None:
        match statement:
            case ast.Assign([ast.Name("get")], ast.Attribute(ast.Name("facts"), "get")):
                return
            case ast.Assign([ast.Name("may")], ast.Attribute(ast.Name("possible"), "get")):
                return
            case ast.Assign([ast.Name("out")], ast.List([])):
                return
            case ast.Expr(
                ast.Call(ast.Attribute(ast.Name("out"), "sort"), [], [ast.keyword("key", ast.Name("first"))])
            ):
                return  # in the order of the pack; that no obligation is there twice is proved
            case ast.Assign([ast.Name(name)], value):
                names[name] = self.value(value, names, path)
            case ast.AugAssign(ast.Name("out"), ast.Add(), ast.Subscript(ast.Name(rows), code)) if rows in self.rows:
                number = self.number(self.value(code, names, path))
                for index in self.rows[rows]:
                    self.run.appended.setdefault(index, []).append((path, number))
            case ast.AugAssign(ast.Name("out"), ast.Add(), ast.Tuple(items)):
                for item in items:
                    self.append(item, names, path)
            case ast.If(test, body, orelse):
                holds = self.truth(self.value(test, names, path))
                self.block(body, dict(names), _and((path, holds)))
                self.block(orelse, dict(names), _and((path, z3.Not(holds))))
            case ast.Return(
                ast.Call(
                    ast.Name("outcome"), [ast.Tuple(codes), ast.Call(ast.Name("tuple"), [ast.Name("out")], [])], []
                )
            ):
                if path is not _TRUE:
                    raise _strange(statement)
                self.run.conclusions = tuple(self.number(self.value(code, names, path)) for code in codes)
            case _:
                raise _strange(statement)

    def append(self, item: ast.expr, names: dict[str, _Value], path: Formula) -> None:
        match item:
            case ast.Tuple([ast.Constant(int() as index), code]):
                number = self.number(self.value(code, names, path))
                self.run.appended.setdefault(index, []).append((path, number))
            case _:
                raise _strange(item)

    def value(self, node: ast.expr, names: dict[str, _Value], path: Formula) -> _Value:
        match node:
            case ast.Constant(bool() as truth):
                return _Truth(_TRUE if truth else _FALSE)
            case ast.Constant(int() as number) if 0 <= number < 1 << _BITS:
                return _Number(tuple(_TRUE if number >> at & 1 else _FALSE for at in range(_BITS)))
            case ast.Constant(None):
                return _Constant(None)
            case ast.Name(name) if name in names:
                return names[name]
            case ast.Name(name) if name in self.constants:
                return _Constant(self.constants[name])
            case ast.Call(ast.Name("get"), [ast.Name(key)], []) if isinstance(self.constants.get(key), str):
                fact = self.inputs.facts[str(self.constants[key])]
                return _FactValue(fact, fact.known, fact.parts)
            case ast.Call(ast.Name("may"), [ast.Name(key)], []) if isinstance(self.constants.get(key), str):
                fact = self.inputs.facts[str(self.constants[key])]
                opened = {
                    word: z3.Or(part, fact.opens[word]) for word, part in fact.parts.items() if word in fact.opens
                }
                return _FactValue(fact, fact.known, {**fact.parts, **opened})
            case ast.Call(ast.Attribute(ast.Name(key), "isdisjoint"), [ast.Name(name)], []):
                return _Truth(z3.Not(self.includes(names.get(name), self.constants.get(key), path, node)))
            case ast.UnaryOp(ast.Not(), operand):
                value = self.value(operand, names, path)
                return _Truth(z3.Not(self.truth(value)))
            case ast.BoolOp(op, parts):
                return self.joined(isinstance(op, ast.And), parts, names, path)
            case ast.IfExp(test, body, orelse):
                holds = self.truth(self.value(test, names, path))
                yes = self.value(body, names, z3.And(path, holds))
                no = self.value(orelse, names, z3.And(path, z3.Not(holds)))
                return self.chosen(holds, yes, no, node)
            case ast.BinOp(left, ast.BitOr(), right):
                one, other = (self.number(self.value(side, names, path)) for side in (left, right))
                return _Number(tuple(_or((a, b)) for a, b in zip(one.bits, other.bits, strict=True)))
            case ast.Compare(left, [op], [right]):
                first, second = self.value(left, names, path), self.value(right, names, path)
                return _Truth(self.compared(first, op, second, path, node))
        raise _strange(node)

    def joined(self, both: bool, parts: list[ast.expr], names: dict[str, _Value], path: Formula) -> _Value:
        first = self.value(parts[0], names, path)
        if len(parts) == 1:
            return first
        holds = self.truth(first)
        rest = self.joined(both, parts[1:], names, z3.And(path, holds if both else z3.Not(holds)))
        if isinstance(first, _Truth) and isinstance(rest, _Truth):
            return _Truth(_and((holds, rest.formula)) if both else _or((holds, rest.formula)))
        if isinstance(first, _Number) and isinstance(rest, _Number):
            return self.chosen(holds, rest if both else first, first if both else rest, parts[0])
        return _Truth(z3.And(holds, self.truth(rest)) if both else z3.Or(holds, self.truth(rest)))

    def chosen(self, holds: Formula, yes: _Value, no: _Value, node: ast.AST) -> _Value:
        if isinstance(yes, _Number) and isinstance(no, _Number):
            return _Number(tuple(_if(holds, a, b) for a, b in zip(yes.bits, no.bits, strict=True)))
        if isinstance(yes, _Truth) and isinstance(no, _Truth):
            return _Truth(z3.If(holds, yes.formula, no.formula))
        raise _strange(node)

    def compared(self, first: _Value, op: ast.cmpop, second: _Value, path: Formula, node: ast.AST) -> Formula:
        if isinstance(op, ast.NotEq):
            return z3.Not(self.compared(first, ast.Eq(), second, path, node))
        if isinstance(op, ast.IsNot):
            return z3.Not(self.compared(first, ast.Is(), second, path, node))
        if isinstance(op, ast.NotIn):
            return z3.Not(self.compared(first, ast.In(), second, path, node))
        if isinstance(first, _Number) and isinstance(second, _Number) and isinstance(op, ast.Eq):
            return _and(_same(a, b) for a, b in zip(first.bits, second.bits, strict=True))
        if isinstance(op, ast.Is) and isinstance(first, _FactValue):
            if isinstance(second, _Truth):  # the constants True and False
                return z3.And(first.known, self.equals(first, second.formula is _TRUE))
            if isinstance(second, _Constant) and second.value is None:
                return z3.Not(first.known)
        if isinstance(op, ast.Eq) and isinstance(first, _FactValue) and isinstance(second, _Constant):
            return z3.And(first.known, self.equals(first, second.value))
        if isinstance(op, ast.In) and isinstance(first, _FactValue) and isinstance(second, _Constant):
            members = second.value
            if isinstance(members, frozenset):
                silent = z3.Not(first.known) if None in members else _FALSE
                said = [self.equals(first, member) for member in members if member is not None]
                return _or((silent, z3.And(first.known, z3.Or(said))))
        if isinstance(op, ast.In) and isinstance(first, _Constant) and isinstance(first.value, str):
            return self.includes(second, frozenset({first.value}), path, node)
        if type(op) in _ORDER and isinstance(first, _FactValue) and isinstance(second, _Constant):
            self.run.fails.append(z3.And(path, z3.Not(first.known)))
            return self.passes(first.fact, _ORDER[type(op)], second.value, node)
        raise _strange(node)

    def equals(self, value: _FactValue, other: object) -> Formula:
        fact = value.fact
        if isinstance(other, bool):
            return fact.passes(FactTest(fact.name, Test.IS, other)) if fact.type is FactType.YES_NO else _FALSE
        if isinstance(other, str) and fact.words:
            return fact.passes(FactTest(fact.name, Test.ONE_OF, frozenset({other})))
        return _FALSE

    def includes(self, value: _Value | None, words: object, path: Formula, node: ast.AST) -> Formula:
        if not isinstance(value, _FactValue) or not isinstance(words, frozenset) or not value.parts:
            raise _strange(node)
        self.run.fails.append(z3.And(path, z3.Not(value.known)))
        # An element that no test and no vocabulary names is never there.
        return z3.Or([value.parts[word] for word in sorted(words) if word in value.parts])

    def passes(self, fact: FactInput, test: Test, operand: Any, node: ast.AST) -> Formula:
        if fact.words or fact.parts or not isinstance(operand, Decimal | date):
            raise _strange(node)
        return fact.passes(FactTest(fact.name, test, operand))

    def truth(self, value: _Value) -> Formula:
        if isinstance(value, _Number):
            return value.truth()
        if isinstance(value, _Truth):
            return value.formula
        if isinstance(value, _FactValue) and value.parts:
            return z3.And(value.known, z3.Or(list(value.parts.values())))
        raise PackError([Problem("the generated source takes a value for a truth that is none")])

    def number(self, value: _Value) -> _Number:
        if isinstance(value, _Number):
            return value
        raise PackError([Problem("the generated source takes a value for a number that is none")])


# Constants are folded as they come, known by identity: most bits of most numbers are constant.


def _if(holds: Formula, yes: Formula, no: Formula) -> Formula:
    if yes.eq(no):
        return yes
    if yes is _TRUE:
        return holds if no is _FALSE else z3.Or(holds, no)
    if yes is _FALSE:
        return z3.Not(holds) if no is _TRUE else z3.And(z3.Not(holds), no)
    if no is _FALSE:
        return z3.And(holds, yes)
    return z3.Or(z3.Not(holds), yes) if no is _TRUE else z3.If(holds, yes, no)


def _or(parts: Iterable[Formula]) -> Formula:
    kept = [part for part in parts if part is not _FALSE]
    if any(part is _TRUE for part in kept):
        return _TRUE
    return kept[0] if len(kept) == 1 else z3.Or(kept) if kept else _FALSE


def _and(parts: Iterable[Formula]) -> Formula:
    kept = [part for part in parts if part is not _TRUE]
    if any(part is _FALSE for part in kept):
        return _FALSE
    return kept[0] if len(kept) == 1 else z3.And(kept) if kept else _TRUE


def _same(one: Formula, other: Formula) -> Formula:
    if one.eq(other):
        return _TRUE
    for left, right in ((one, other), (other, one)):
        if left is _TRUE:
            return right
        if left is _FALSE:
            return z3.Not(right)
    return one == other


def _strange(node: ast.AST) -> PackError:
    text = ast.unparse(node)[:80] if not isinstance(node, ast.Module) else "the module"
    return PackError([Problem(f"the generated source holds Python of another kind: `{text}`")])
