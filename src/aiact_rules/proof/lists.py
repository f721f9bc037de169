"""Lists: what a screening list leaves out is not thereby gone, where the rest of a practice is stated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import z3

from aiact_rules.core.conditions import ALWAYS, Condition, FactTest, Holds, ReadingIs, Test, leaves, rebuilt
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.packs import PackAt
from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.statuses import Status
from aiact_rules.core.truth import Truth
from aiact_rules.proof.meaning import Meaning
from aiact_rules.proof.pack_logic import Clock, PackLogic
from aiact_rules.proof.results import Property, Refutation
from aiact_rules.proof.witnesses import severity


def lists_hide_nothing(subject: PackLogic) -> Property:
    """Where a practice would be prohibited if the screening lists named everything, no list makes the verdict an allow.

    Checked of the prohibitions of prohibited practices, where they are in force and bind the operator, at every step. At an event
    nothing is placed on the market or used, so that only what is certainly prohibited stops it.
    """
    with Clock() as clock:
        named = all_named(subject.pack_at)
        meaning, refutations = Meaning(named, subject.view.rail), []
        prohibitions, step = tuple(_prohibitions(subject.pack_at)), z3.Not(subject.statuses.event)
        allowed = z3.Not(subject.some_status(Status.OPEN, Status.BREACHED)) if prohibitions else z3.BoolVal(False)
        for o in prohibitions:
            bound = (meaning.some_role(o).yes, meaning.in_force(o).yes, meaning.due(o).yes)
            model = subject.model(meaning.condition(o.given).yes, *bound, allowed, step)
            if model is None:
                continue
            message = f"what `{o.id}` prohibits is stated, a list leaves it out, and the verdict is allow"
            witness = subject.witness(subject.inputs.record(model), message, _allowed(subject, named, o))
            refutations.append(Refutation(o.id, message, o.place, witness))
    return Property(
        "lists_hide_nothing",
        "no screening list hides a prohibited practice whose elements are stated",
        len(prohibitions),
        clock.seconds,
        tuple(refutations),
    )


def all_named(pack_at: PackAt) -> PackAt:
    """Return the pack as if the screening lists named everything."""
    screening = frozenset((*pack_at.pack.screening, pack_at.pack.practices))

    def leaf(part: FactTest | Holds | ReadingIs) -> Condition:
        listed = isinstance(part, FactTest) and part.fact in screening and part.test is Test.INCLUDES
        return ALWAYS if listed else part

    rules = {name: replace(rule, when=rebuilt(rule.when, leaf)) for name, rule in pack_at.rules.items()}
    return replace(pack_at, rules=rules)


def _prohibitions(pack_at: PackAt) -> Iterator[Obligation]:
    prohibited = pack_at.pack.prohibited
    if prohibited is None or pack_at.pack.practices is None:
        return
    concluding = [rule.when for rule in pack_at.rules.values() if rule.concludes == prohibited]
    practices = {prohibited, *(name for when in concluding for name in _conclusions(when))}
    for o in pack_at.obligations.values():
        if o.kind is Kind.PROHIBITION and o.can_gate and not practices.isdisjoint(_conclusions(o.given)):
            yield o


def _conclusions(condition: Condition) -> Iterator[str]:
    return (leaf.conclusion for leaf in leaves(condition) if isinstance(leaf, Holds))


def _allowed(subject: PackLogic, named: PackAt, o: Obligation) -> Callable[[Evaluation], bool]:
    def shown(evaluation: Evaluation) -> bool:
        as_named = Evaluation(named, evaluation.facts)
        return (
            as_named.truth(o.given) is Truth.YES
            and (not o.roles or any(as_named.has_role(role) is Truth.YES for role in o.roles))
            and as_named.in_force(o) is Truth.YES
            and as_named.due(o) is Truth.YES
            and severity(evaluation, subject.statuses.status_of) == 0
        )

    return shown
