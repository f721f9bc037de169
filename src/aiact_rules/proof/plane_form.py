"""Plane form: what a plane program computes, after planes have been put in places: that is what really runs."""

from __future__ import annotations

from collections.abc import Mapping

import z3

from aiact_rules.core.formulas import Lowered, holds
from aiact_rules.core.vocabulary import FactValue, Vocabulary
from aiact_rules.engines.plane_program import ALL, NONE, Circuit, Op, Passes, Program, Rails, Undecided
from aiact_rules.engines.planes import Outcomes
from aiact_rules.proof.forms import Answers, ObligationRails
from aiact_rules.proof.inputs import Formula, Rail, View


def program_of(lowered: Lowered, vocabulary: Vocabulary) -> Program:
    """Return the plane program with every answer of a lowered pack as its outputs, in the order `plane_answers` reads."""
    silence: dict[str, FactValue | None] = {}
    for fact in lowered.names:
        declaration = vocabulary.get(fact)
        silence[fact] = None if declaration is None else declaration.if_absent
    circuit = Circuit()
    rails = Rails(circuit, lowered, silence)
    formulas = list(lowered.conclusions.values())
    for obligation in lowered.obligations:
        formulas += [obligation.owed, obligation.in_force, obligation.due, obligation.met]
    return circuit.program([plane for f in formulas for plane in (rails.certain(f), rails.possible(f))])


def outputs_of(program: Program, view: View) -> list[Formula]:
    """Return what each output of a program is, for the facts of a view."""
    planes: dict[int, Formula] = {NONE: z3.BoolVal(False), ALL: z3.BoolVal(True)}
    for place, key in enumerate(program.inputs, start=2):
        if isinstance(key, Passes):
            # A row that is silent passes where the default does; without a default it does not pass.
            planes[place] = view.rail(key.test).certain
        elif isinstance(key, Undecided):
            planes[place] = view.undecided(key.test)
        else:
            planes[place] = z3.Not(view.known(key.fact))
    for instruction in program.instructions:
        first, second = planes[instruction.first], planes[instruction.second]
        if instruction.op is Op.NOT:
            planes[instruction.target] = z3.Not(first)
        else:
            join: Mapping[Op, object] = {Op.AND: z3.And, Op.OR: z3.Or, Op.XOR: z3.Xor}
            planes[instruction.target] = join[instruction.op](first, second)  # type: ignore[operator]
    return [planes[place] for place in program.outputs]


def plane_answers(program: Program, lowered: Lowered, view: View) -> Answers:
    """Return what a program from `program_of` answers."""
    outputs = outputs_of(program, view)
    pairs = [Rail(outputs[at], outputs[at + 1]) for at in range(0, len(outputs), 2)]
    names = list(lowered.conclusions)
    rest = pairs[len(names) :]
    return Answers(
        dict(zip(names, pairs, strict=False)),
        {d.id: ObligationRails(*rest[4 * at : 4 * at + 4]) for at, d in enumerate(lowered.obligations)},
    )


def engine_program(lowered: Lowered) -> Program:
    """Return the program that the planes engine itself runs."""
    program: Program = Outcomes(lowered)._program
    return program


def engine_answers(program: Program, lowered: Lowered, view: View) -> Answers:
    """Return what the engine answers: its outputs in the order in which it reads them."""
    outputs = outputs_of(program, view)
    names, at = list(lowered.conclusions), 2 * len(lowered.conclusions)
    obligations = {}
    for obligation in lowered.obligations:
        maybe_owed, owed, in_force, maybe_in_force, met, maybe_met, due, maybe_due = outputs[at : at + 8]
        obligations[obligation.id] = ObligationRails(
            Rail(owed, maybe_owed), Rail(in_force, maybe_in_force), Rail(due, maybe_due), Rail(met, maybe_met)
        )
        at += 8
    conclusions = {name: Rail(outputs[2 * n + 1], outputs[2 * n]) for n, name in enumerate(names)}
    return Answers(conclusions, obligations)


def run_on(program: Program, facts: Mapping[str, FactValue]) -> tuple[bool, ...]:
    """Run a program on one row of facts, step by step."""
    planes: dict[int, bool] = {NONE: False, ALL: True}
    for place, key in enumerate(program.inputs, start=2):
        if isinstance(key, Passes):
            value = facts.get(key.fact, key.default)
            planes[place] = value is not None and holds(key.test, value) is True
        elif isinstance(key, Undecided):
            planes[place] = key.fact in facts and holds(key.test, facts[key.fact]) is None
        else:
            planes[place] = key.fact not in facts
    for instruction in program.instructions:
        first, second = planes[instruction.first], planes[instruction.second]
        joined = {Op.AND: first and second, Op.OR: first or second, Op.XOR: first != second, Op.NOT: not first}
        planes[instruction.target] = joined[instruction.op]
    return tuple(planes[place] for place in program.outputs)
