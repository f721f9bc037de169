"""Inputs: every set of facts that could be stated, as variables of a solver.

A fact is a flag that says whether it is known, and a value: a truth, a number for one of several words, one truth for
each element of a list that some test names. A quantity or a date is its place among the bounds that tests compare it
with (equal to one of them, or between two), which is all that a test can see of it. Where a fact takes part in
arithmetic it is an exact rational instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any, cast

import z3

from aiact_rules.core.conditions import FactTest, Test, as_stated, fact_of
from aiact_rules.core.formulas import holds
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import EVENTS, MOMENT, RELEASE_DATE, ROLES, SETTLED, PackAt
from aiact_rules.core.vocabulary import Derivation, FactType, FactValue, Vocabulary

Formula = Any  # a z3 Boolean expression; the library has no types
Record = dict[str, FactValue]

_OTHER = "something_nobody_listed"


@dataclass(frozen=True, slots=True)
class Rail:
    """What is certain and what is possible."""

    certain: Formula
    possible: Formula


@dataclass(frozen=True, slots=True)
class FactInput:
    """The variables of one fact. `words` numbers the values of a `one_of` fact; `parts` are the elements of a list.

    `opens` are the elements that the list leaves open, where they are not in it.

    `bounds` are what a quantity or a date is compared with, in order: place 2n is below bound n, place 2n + 1 is on it.
    Without bounds the value is a rational.
    """

    name: str
    type: FactType
    known: Formula
    value: Formula
    words: tuple[str, ...] = ()
    parts: Mapping[str, Formula] = field(default_factory=dict)
    opens: Mapping[str, Formula] = field(default_factory=dict)
    bounds: tuple[Any, ...] = ()

    def passes(self, atom: FactTest) -> Formula:
        """Return whether the value certainly passes a test."""
        test, operand = atom.test, atom.operand
        if test is Test.IS:
            return self.value if operand else z3.Not(self.value)
        if test is Test.ONE_OF:
            assert isinstance(operand, frozenset)
            return z3.Or([self.value == self.words.index(word) for word in sorted(operand) if word in self.words])
        if test is Test.INCLUDES:
            assert isinstance(operand, frozenset)
            return z3.Or([self.parts[word] for word in sorted(operand)])
        if test is Test.EMPTY:
            return z3.Not(z3.Or([*self.parts.values(), *self.opens.values()]))
        if self.bounds:
            place = 2 * self.bounds.index(operand) + 1
            if test is Test.ABOVE:
                return z3.UGT(self.value, place)
            if test is Test.AT_LEAST:
                return z3.UGE(self.value, place)
            return z3.ULT(self.value, place) if test is Test.BELOW else z3.ULE(self.value, place)
        bound = _number(operand)
        if test is Test.ABOVE:
            return self.value > bound
        if test is Test.AT_LEAST:
            return self.value >= bound
        return self.value < bound if test is Test.BELOW else self.value <= bound

    def may_pass(self, atom: FactTest) -> Formula:
        """Return whether the value passes a test for some choice of the elements that its list leaves open."""
        if not self.opens:
            return self.passes(atom)
        if atom.test is Test.EMPTY:
            return z3.Not(z3.Or(list(self.parts.values())))
        assert isinstance(atom.operand, frozenset)
        open_ones = [self.opens[word] for word in sorted(atom.operand) if word in self.opens]
        return z3.Or([self.passes(atom), *open_ones])

    def at(self, place: int) -> FactValue:
        """Return a quantity or a date that stands at a place among the bounds."""
        index, on = divmod(place, 2)
        bounds = self.bounds
        if on:
            return cast(FactValue, bounds[index])
        if isinstance(bounds[0], date):
            day = timedelta(days=1)
            return cast(FactValue, bounds[index] - day if index < len(bounds) else bounds[-1] + day)
        if index == 0:
            return Decimal(0)  # an amount is never below zero
        number = bounds[-1] * 2 + 1 if index == len(bounds) else (bounds[index - 1] + bounds[index]) / 2
        return cast(FactValue, number)


class Inputs:
    """Variables for the facts that some tests name, and for those that such facts follow from."""

    def __init__(self, vocabularies: Sequence[Vocabulary], tests: Iterable[FactTest]) -> None:
        by_fact: dict[str, list[FactTest]] = {}
        for test in tests:
            by_fact.setdefault(fact_of(test.fact), []).append(test)
        self.computed: set[str] = set()
        waiting = list(by_fact)
        while waiting:
            name = waiting[-1]
            for vocabulary in vocabularies:
                declaration = vocabulary.get(name)
                if declaration is None or declaration.type is not FactType.QUANTITY:
                    continue
                parts = (*(declaration.derivation.of if declaration.derivation else ()), *declaration.bounded_by)
                if parts:
                    self.computed |= {name, *parts}
                    for part in parts:
                        if part not in by_fact:
                            by_fact[part] = []
                            waiting.insert(0, part)
            waiting.remove(name)
        self.facts: dict[str, FactInput] = {}
        self.domain: list[Formula] = []
        for name in sorted(by_fact):
            self._declare(name, by_fact[name], vocabularies)
            # The same value; what differs is when it is known.
            self.facts[as_stated(name)] = self.facts[name]

    def _declare(self, name: str, tests: list[FactTest], vocabularies: Sequence[Vocabulary]) -> None:
        declared = [declaration for v in vocabularies if (declaration := v.get(name)) is not None]
        type_ = declared[0].type if declared else _type_of(tests)
        open_ = not declared or any(declaration.values is None for declaration in declared)
        words = dict.fromkeys(word for declaration in declared for word in declaration.values or ())
        tested = dict.fromkeys(
            word for test in tests if isinstance(test.operand, frozenset) for word in sorted(test.operand)
        )
        known, value, parts = z3.Bool(f"known {name}"), None, {}
        opens: dict[str, Formula] = {}
        numbered: tuple[str, ...] = ()
        bounds: tuple[Any, ...] = ()
        if type_ is FactType.YES_NO:
            value = z3.Bool(name)
        elif type_ is FactType.SOME_OF:
            parts = {word: z3.Bool(f"{name} includes {word}") for word in tested}
            rest = [word for word in words if word not in tested] or ([_OTHER] if open_ else [])
            if rest:
                parts[rest[0]] = z3.Bool(f"{name} includes {rest[0]}")
            if name not in SETTLED:
                opens = {word: z3.Bool(f"{name} leaves {word} open") for word in parts}
        elif type_ in (FactType.QUANTITY, FactType.DATE):
            if name in self.computed:
                value = z3.Real(name)
                above = [declaration.above for declaration in declared if declaration.above is not None]
                # An amount is never below zero, and above what its declaration says.
                self.domain += [value >= 0, *(value > _number(each) for each in above)]
            else:
                bounds = tuple(sorted({_bound(test.operand) for test in tests}))
                value = self._one_of(name, 2 * len(bounds) + 1)
                if type_ is FactType.QUANTITY and bounds and bounds[0] <= 0:
                    self.domain.append(value != 0)
                for index, (one, other) in enumerate(pairwise(bounds), start=1):
                    if isinstance(one, date) and (other - one).days == 1:
                        self.domain.append(value != 2 * index)
        else:
            numbered = (*words, *(word for word in tested if word not in words), *([_OTHER] if open_ else []))
            value = self._one_of(name, len(numbered))
        self.facts[name] = FactInput(name, type_, known, value, numbered, parts, opens, bounds)

    def _one_of(self, name: str, count: int) -> Any:
        value = z3.BitVec(name, max(1, (count - 1).bit_length()))
        if count < 1 << value.size():
            self.domain.append(z3.ULT(value, count))
        return value

    def nothing_open(self) -> list[Formula]:
        """Return that no list leaves an element open."""
        return [z3.Not(each) for fact in self.facts.values() for each in fact.opens.values()]

    def solver(self, *conditions: Formula) -> Any:
        """Return a solver that knows what values can be."""
        solver = z3.Solver()
        solver.add(self.domain)
        solver.add(*conditions)
        return solver

    def record(self, model: Any, *, known_only: bool = True) -> Record:
        """Return the facts that a model of the solver states, or all facts as they are in it."""
        found: Record = {}
        for name, fact in self.facts.items():
            if name != fact.name:
                continue
            if known_only and not z3.is_true(model.eval(fact.known, model_completion=True)):
                continue
            if fact.type is FactType.SOME_OF:
                found[fact.name] = OpenList.of(_true(fact.parts, model), _true(fact.opens, model))
                continue
            value = model.eval(fact.value, model_completion=True)
            if fact.type is FactType.YES_NO:
                found[fact.name] = z3.is_true(value)
            elif fact.bounds:
                found[fact.name] = fact.at(value.as_long())
            elif fact.type is FactType.QUANTITY:
                number = Fraction(value.numerator_as_long(), value.denominator_as_long())
                found[fact.name] = Decimal(number.numerator) / Decimal(number.denominator)
            else:
                found[fact.name] = fact.words[value.as_long()]
        return found


def _true(words: Mapping[str, Formula], model: Any) -> list[str]:
    return [word for word, formula in words.items() if z3.is_true(model.eval(formula, model_completion=True))]


class View:
    """Facts as they reach the rules: just as stated, or with what follows by arithmetic and by declared defaults."""

    def __init__(
        self, inputs: Inputs, completing: Vocabulary | None = None, learnt: Mapping[str, Formula] = {}
    ) -> None:  # noqa: B006
        """Complete the facts with `completing`; `learnt` says which facts are known beyond those that were stated."""
        self.inputs = inputs
        self.vocabulary = completing
        self.conditions: list[Formula] = []
        self._known: dict[str, Formula] = {}
        self._rails: dict[FactTest, Rail] = {}
        for fact in inputs.facts.values():
            name = fact.name
            self._known[name] = z3.Or(fact.known, learnt[name]) if name in learnt else fact.known
        if completing is not None:
            for declaration in completing.declarations.values():
                # What follows from dates can be either, as far as proofs go.
                arithmetic = declaration.derivation if declaration.type is FactType.QUANTITY else None
                if arithmetic is not None and declaration.name in inputs.facts:
                    self._derive(declaration.name, arithmetic)
            for declaration in completing.declarations.values():
                if declaration.type is FactType.QUANTITY and declaration.name in inputs.facts:
                    self._bound(declaration.name, declaration.bounded_by)
        self._known |= {as_stated(name): known for name, known in self._known.items()}

    def _derive(self, name: str, derivation: Derivation) -> None:
        fact = self.inputs.facts[name]
        follows = z3.And([self._known[part] for part in derivation.of])
        values = [self.inputs.facts[part].value for part in derivation.of]
        if derivation.operation == "ratio":
            equal = z3.And(values[1] != 0, fact.value * values[1] == values[0])
        else:
            equal = fact.value == z3.Sum(values)
            if derivation.or_more:
                equal = z3.Or(equal, z3.And(self._known[name], fact.value > z3.Sum(values)))
        self.conditions.append(z3.Implies(follows, equal))
        self._known[name] = z3.Or(self._known[name], follows)

    def _bound(self, name: str, bounds: tuple[str, ...]) -> None:
        for bound in bounds:
            both = z3.And(self._known[name], self._known[bound])
            fits = self.inputs.facts[name].value <= self.inputs.facts[bound].value
            self.conditions.append(z3.Implies(both, fits))

    def known(self, name: str) -> Formula:
        """Return whether a fact is known in this view."""
        declaration = None if self.vocabulary is None else self.vocabulary.get(name)
        if declaration is not None and declaration.if_absent is not None:
            return z3.BoolVal(True)
        return self._known[name]

    def rail(self, atom: FactTest) -> Rail:
        """Return the formula that says when a test is certainly, and when it is possibly, passed."""
        if atom not in self._rails:
            self._rails[atom] = self._rail(atom)
        return self._rails[atom]

    def undecided(self, atom: FactTest) -> Formula:
        """Return whether a list is known and leaves open whether it passes a test."""
        fact = self.inputs.facts[atom.fact]
        return z3.And(self._known[atom.fact], fact.may_pass(atom), z3.Not(fact.passes(atom)))

    def _rail(self, atom: FactTest) -> Rail:
        fact = self.inputs.facts[atom.fact]
        passes, may_pass, known = fact.passes(atom), fact.may_pass(atom), self._known[atom.fact]
        declaration = None if self.vocabulary is None else self.vocabulary.get(atom.fact)
        if declaration is not None and declaration.if_absent is not None:
            silent = holds(atom, declaration.if_absent)
            certain, possible = (
                z3.Or(z3.Not(known), each) if silent else z3.And(known, each) for each in (passes, may_pass)
            )
            return Rail(certain, possible)
        return Rail(z3.And(known, passes), z3.Or(z3.Not(known), may_pass))


def judged_facts(inputs: Inputs, pack_at: PackAt) -> list[Formula]:
    """Return what holds of all facts that a gate passes on.

    A date, a moment wherever there are roles, no empty roles, no event about which the law says nothing.
    """
    conditions = []
    if RELEASE_DATE in inputs.facts:
        conditions.append(inputs.facts[RELEASE_DATE].known)
    silent = FactTest(MOMENT, Test.ONE_OF, EVENTS - {*pack_at.pack.moments})
    if MOMENT in inputs.facts and pack_at.pack.gates:
        conditions.append(z3.Not(inputs.facts[MOMENT].passes(silent)))
    roles = inputs.facts.get(ROLES)
    if roles is not None:
        named = z3.Or(list(roles.parts.values()))
        conditions.append(z3.Implies(roles.known, named))
        moment = inputs.facts.get(MOMENT)
        if moment is not None:
            own = z3.Or([part for word, part in roles.parts.items() if word in pack_at.pack.roles])
            conditions.append(z3.Implies(z3.And(roles.known, own), moment.known))
    return conditions


def event_judged(view: View) -> Formula:
    """Return the formula that says when an event is judged."""
    test = FactTest(MOMENT, Test.ONE_OF, EVENTS)
    return view.rail(test).certain if MOMENT in view.inputs.facts else z3.BoolVal(False)


def _type_of(tests: Sequence[FactTest]) -> FactType:
    kinds = {test.test for test in tests}
    if Test.IS in kinds:
        return FactType.YES_NO
    if Test.ONE_OF in kinds:
        return FactType.ONE_OF
    if kinds & {Test.INCLUDES, Test.EMPTY}:
        return FactType.SOME_OF
    return FactType.DATE if any(isinstance(test.operand, date) for test in tests) else FactType.QUANTITY


def _bound(operand: object) -> Any:
    assert isinstance(operand, date | Decimal)
    return operand


def _number(operand: object) -> Any:
    assert isinstance(operand, Decimal)
    fraction = Fraction(operand)
    return z3.RatVal(fraction.numerator, fraction.denominator)
