"""Kleene's laws: what is certain is possible, and what is learnt takes back no certainty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import z3

from aiact_rules.core.conditions import fact_of
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.packs import MOMENT
from aiact_rules.core.rules import Obligation
from aiact_rules.core.statuses import Status
from aiact_rules.proof.forms import ObligationRails, negated, rail_of
from aiact_rules.proof.inputs import Formula, Rail, Record, View
from aiact_rules.proof.meaning import Meaning
from aiact_rules.proof.pack_logic import Clock, PackLogic, answered, by_shape, free_obligation
from aiact_rules.proof.results import Property, Refutation
from aiact_rules.proof.witnesses import code_of, severity


def planes_ordered(subject: PackLogic) -> Property:
    """What is certain is possible: for every test, and from the parts of each node to the node."""
    with Clock() as clock:
        lowered = subject.lowered
        tests = [subject.view.rail(atom) for atom in lowered.atoms]
        free = _free_nodes(lowered, "now")
        wrong = {n: z3.And(rail.certain, z3.Not(rail.possible)) for n, rail in _steps(lowered, free)}
        refutations = list(
            _refuted_nodes(lowered, wrong, [_ordered(rail) for rail in free.values()], "certain, not possible")
        )
        solver = subject.inputs.solver(*subject.view.conditions)
        solver.add(z3.Or([z3.And(rail.certain, z3.Not(rail.possible)) for rail in tests]))
        if answered(solver):
            refutations.append(Refutation("tests", "a test of a fact is certain and not possible"))
    return Property(
        "planes_ordered",
        "what is certain is possible",
        len(tests) + len(lowered.nodes),
        clock.seconds,
        tuple(refutations),
    )


def learning_keeps(subject: PackLogic) -> Property:
    """Learning what was unknown keeps what is certain, rules out no more than it did, and never takes back an allow.

    What is owed afterwards may turn out not to be met: then it is breached, as a condition of the allow said it might. What is
    due at once may turn out to be owed, as such a condition said too. At an event, what binds at every moment counts once it is
    certain.
    """
    with Clock() as clock:
        lowered, inputs = subject.lowered, subject.inputs
        vocabulary = subject.pack_at.pack.vocabulary
        learnt = {
            name: z3.Bool(f"learnt {name}")
            for name in inputs.facts
            # Silence about some is a value already; that it is an event is chosen, and not learnt.
            if (name not in vocabulary or vocabulary[name].if_absent is None) and fact_of(name) != MOMENT
        }
        later = View(inputs, vocabulary, learnt)
        solver = inputs.solver(*subject.view.conditions, *later.conditions)
        solver.add(z3.Or([_lost(subject.view.rail(atom), later.rail(atom)) for atom in lowered.atoms]))
        refutations = []
        if answered(solver):
            refutations.append(Refutation("tests", "learning a fact changes the answer of a test of another"))
        now, then = _free_nodes(lowered, "now"), _free_nodes(lowered, "then")
        lemmas = [_ordered(rail) for rail in (*now.values(), *then.values())]
        lemmas += [z3.Not(_lost(now[key], then[key])) for key in now]
        steps = dict(_steps(lowered, then))
        wrong = {n: _lost(rail, steps[n]) for n, rail in _steps(lowered, now)}
        refutations += _refuted_nodes(lowered, wrong, lemmas, "changed by learning")
        for obligations in by_shape(subject).values():
            o = obligations[0]
            (one, first), (two, second) = free_obligation("now"), free_obligation("then")
            pairs = zip(one.named(), two.named(), strict=True)
            grown = [z3.Not(_lost(a, b)) for (_, a), (_, b) in pairs]
            check = z3.Solver()
            check.add(*first, *second, *grown, _taken_back(subject, o, one, two))
            if answered(check):
                refutations.append(_turned(subject, later, learnt, obligations))
    return Property(
        "learning_keeps",
        "an allow stays an allow whatever is learnt",
        len(lowered.atoms) + len(lowered.nodes) + len(subject.pack_at.obligations),
        clock.seconds,
        tuple(refutations),
    )


def _taken_back(subject: PackLogic, o: Obligation, now: ObligationRails, then: ObligationRails) -> Formula:
    has = subject.statuses.has
    stops = has(o, then, Status.OPEN, Status.BREACHED)
    if o.after is not None:
        stops = z3.And(stops, then.met.possible)
    if o.at_once:
        stops = z3.And(stops, z3.Not(then.owed.certain))
    if not o.moments and not o.is_signal:
        stops = z3.And(stops, z3.Not(z3.And(subject.statuses.event, z3.Not(now.owed.certain))))
    return z3.And(z3.Not(has(o, now, Status.OPEN, Status.BREACHED)), stops)


def _turned(
    subject: PackLogic, later: View, learnt: Mapping[str, Formula], obligations: list[Obligation]
) -> Refutation:
    meaning = Meaning(subject.pack_at, later.rail)
    allow = z3.Not(subject.some_status(Status.OPEN, Status.BREACHED))
    for o in obligations:
        then = meaning.obligation(o)
        model = subject.model(allow, *later.conditions, _taken_back(subject, o, subject.obligation(o), then))
        if model is None:
            continue
        now = subject.inputs.record(model)
        told = {
            name: value
            for name, value in subject.inputs.record(model, known_only=False).items()
            if name in learnt and name not in now and z3.is_true(model.eval(learnt[name], model_completion=True))
        }
        message = f"the verdict is allow, and learning more takes it back by `{o.id}`"

        def shown(evaluation: Evaluation, o: Obligation = o, told: Record = told) -> bool:
            replay, status = subject.replay, subject.statuses.status_of
            after = replay.evaluation({**evaluation.facts, **told})
            if after is None or severity(evaluation, status) != 0:
                return False
            code = code_of(after, o)
            return code is not None and status(o, code) in (Status.OPEN, Status.BREACHED)

        names = ", ".join(sorted(told)) or "more"
        return Refutation(
            o.id, message, o.place, subject.witness(now, f"{message}\nonce this is known: {names}", shown)
        )
    o = obligations[0]
    return Refutation(o.id, f"the status of obligations such as `{o.id}` can turn on learning more", o.place)


def _free_nodes(lowered: Lowered, tag: str) -> dict[tuple[bool, int], Rail]:
    keys = [(False, n) for n in range(len(lowered.atoms))] + [(True, n) for n in range(len(lowered.nodes))]
    return {
        (node, n): Rail(z3.Bool(f"c {node} {n} {tag}"), z3.Bool(f"p {node} {n} {tag}"))  # any answer that fits
        for node, n in keys
    }


def _steps(lowered: Lowered, free: Mapping[tuple[bool, int], Rail]) -> Iterator[tuple[int, Rail]]:
    """Return each node as its formula makes it from any answers of what it refers to."""
    atoms = {atom: free[False, n] for n, atom in enumerate(lowered.atoms)}
    nodes = [free[True, n] for n in range(len(lowered.nodes))]
    for n, node in enumerate(lowered.nodes):
        yield n, rail_of(node.formula, lowered, atoms.__getitem__, nodes)


def _ordered(rail: Rail) -> Formula:
    return z3.Implies(rail.certain, rail.possible)


def _lost(now: Rail, then: Rail) -> Formula:
    unsure, ruled_out = negated(then).possible, negated(now).certain
    return z3.Or(z3.And(now.certain, unsure), z3.And(then.possible, ruled_out))


def _refuted_nodes(
    lowered: Lowered, wrong: Mapping[int, Formula], lemmas: list[Formula], what: str
) -> Iterator[Refutation]:
    solver = z3.Solver()
    solver.add(*lemmas)
    solver.push()
    solver.add(z3.Or(list(wrong.values())))
    if answered(solver):
        solver.pop()
        for n, formula in wrong.items():
            solver.push()
            solver.add(formula)
            if answered(solver):
                yield Refutation(lowered.nodes[n].name, f"`{lowered.nodes[n].name}` can be {what}")
            solver.pop()
