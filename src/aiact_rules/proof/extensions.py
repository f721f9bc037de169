"""Extensions: a law with what extends it says of every release what it says alone.

Two proofs that need nothing of each other. One looks at definitions: each of the law is there unchanged, and nothing that was added
touches any; that holds on every date and under every reading. The other asks the solver about the lowered packs of one
date: verdict, conclusions and obligations of the law, for all facts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import z3

from aiact_rules.core.packs import Pack, PackAt
from aiact_rules.core.problems import Place
from aiact_rules.core.statuses import Status
from aiact_rules.proof.forms import Answers, differences
from aiact_rules.proof.inputs import Record
from aiact_rules.proof.pack_logic import Clock, answered
from aiact_rules.proof.results import Property, Refutation
from aiact_rules.proof.statuses import Shape, shape_of
from aiact_rules.proof.strictness import Comparing, Relation
from aiact_rules.proof.witnesses import Witness, code_of, shrunk


def extensions_change_nothing(law: PackAt, extended: PackAt) -> Property:
    """The extensions worked into a pack change nothing of the law: neither what it defines nor what it answers."""
    with Clock() as clock:
        refutations = list(_changed_definitions(law.pack, extended.pack))
        comparing = Comparing(law, extended)
        alone, joined = comparing.answers
        of_the_law = Answers(
            {name: said for name, said in joined.conclusions.items() if name in alone.conclusions},
            {name: said for name, said in joined.obligations.items() if name in alone.obligations},
        )
        found = differences(alone, of_the_law)
        refutations += _changed_verdict(comparing, bool(found))
        refutations += _changed_answers(comparing, found)
    return Property(
        "extensions_change_nothing",
        "the extensions change no verdict, conclusion or obligation of the law",
        1 + len(alone.conclusions) + len(alone.obligations),
        clock.seconds,
        tuple(refutations),
    )


def _changed_definitions(law: Pack, extended: Pack) -> Iterator[Refutation]:
    kinds: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [
        ("fact", law.vocabulary.declarations, extended.vocabulary.declarations),
        ("label", law.labels, extended.labels),
        ("role", law.roles, extended.roles),
        ("moment", law.moments, extended.moments),
        ("parameter", law.parameters, extended.parameters),
        ("timetable", law.timetables, extended.timetables),
        ("reading", law.readings, extended.readings),
        ("sanction", law.sanctions, extended.sanctions),
        ("cue", law.cues, extended.cues),
        ("rule", law.rules, extended.rules),
        ("obligation", law.obligations, extended.obligations),
    ]
    for kind, own, joined in kinds:
        for name, value in own.items():
            if joined.get(name) != value:
                yield Refutation(name, f"{kind} `{name}` is another with the extensions", _place(joined.get(name)))
        if kind in ("role", "moment", "cue"):
            for name in joined.keys() - own.keys():
                yield Refutation(name, f"{kind} `{name}` is not in the law", _place(joined[name]))
    for what in ("gates", "market", "in_force_since", "in_scope", "prohibited", "transition"):
        if getattr(law, what) != getattr(extended, what):
            yield Refutation(what, f"`{what}` is another with the extensions")
    ids = {*law.rules, *law.obligations, *(f"signal.{name}" for name in law.cues)}
    concluded = {rule.concludes for rule in law.rules.values() if rule.concludes is not None}
    for name in extended.labels.keys() - law.labels.keys():
        if name in concluded:
            yield Refutation(name, f"`{name}` of the law has a label of an extension")
    for rule in extended.rules.values():
        if rule.id in law.rules:
            continue
        for name in (*rule.exception_to, rule.id):
            if name in ids:
                yield Refutation(rule.id, f"rule `{rule.id}` touches `{name}` of the law", rule.place)
        if rule.concludes in concluded:
            yield Refutation(rule.id, f"rule `{rule.id}` concludes `{rule.concludes}` of the law", rule.place)
    for o in extended.obligations.values():
        if o.id not in law.obligations and (o.can_gate or o.id in ids):
            yield Refutation(o.id, f"obligation `{o.id}` of an extension binds", o.place)
    for sanction in extended.sanctions.values():
        if sanction.id not in law.sanctions and sanction.reaches:
            yield Refutation(sanction.id, f"sanction `{sanction.id}` reaches obligations of the law", sanction.place)


def _place(value: object) -> Place | None:
    place = getattr(value, "place", None)
    return place if isinstance(place, Place) else None


def _changed_verdict(comparing: Comparing, answers_differ: bool) -> Iterator[Refutation]:
    law, extended = comparing.sides
    same = not answers_differ and all(
        name not in extended.obligations or _weight(extended, name) == _weight(law, name) for name in law.obligations
    )
    added = [name for name in extended.obligations if name not in law.obligations]
    stops = [
        comparing.statuses.has(extended.obligations[name], comparing.rails[1][name], Status.OPEN, Status.BREACHED)
        for name in added
    ]
    # Where the law's own formulas are the very same, only what was added could tell the verdicts apart.
    if same and law.pack.gates == extended.pack.gates and all(z3.is_false(z3.simplify(each)) for each in stops):
        return
    verdict = comparing.verdict()
    if verdict.relation is not Relation.SAME:
        for witness in verdict.witnesses:
            yield Refutation("the verdict", f"the verdict is {verdict.relation.value} with them", witness=witness)


def _weight(pack_at: PackAt, name: str) -> Shape:
    return shape_of(pack_at.obligations[name])


def _changed_answers(comparing: Comparing, found: Mapping[str, Any]) -> Iterator[Refutation]:
    if not found:
        return
    law, extended = comparing.sides
    comparing.solver.push()
    try:
        comparing.solver.add(z3.Or(list(found.values())))
        if not answered(comparing.solver):
            return
        model = comparing.solver.model()
    finally:
        comparing.solver.pop()
    names = [name for name, formula in found.items() if z3.is_true(model.eval(formula, model_completion=True))]
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    message = f"with the extensions the law answers otherwise: {', '.join(names[:5])}{more}"

    def differs(record: Record) -> bool:
        alone, joined = (replay.evaluation(record) for replay in comparing.replays)
        if alone is None or joined is None:
            return alone is not joined
        concluded = {rule.concludes for rule in law.rules.values() if rule.concludes is not None}
        return any(alone.conclusion(name) is not joined.conclusion(name) for name in concluded) or any(
            name not in extended.obligations or code_of(alone, o) != code_of(joined, extended.obligations[name])
            for name, o in law.obligations.items()
        )

    witness = Witness(message, shrunk(comparing.inputs.record(model), differs), extended.pack.id, extended.as_of)
    yield Refutation(names[0], message, witness=witness.replayed(comparing.reader, differs))
