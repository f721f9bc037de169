"""Screening in logic: no facts let a situation through whose elements are stated, and which a list denies."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from dataclasses import replace

import z3

from aiact_rules.core.conditions import FactTest, Holds, Test, as_stated
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.packs import DISMISSED
from aiact_rules.core.rules import Kind, Obligation, Rule
from aiact_rules.core.screening import Members, Path, Screening
from aiact_rules.core.statuses import Status
from aiact_rules.core.truth import Truth
from aiact_rules.proof.inputs import Formula
from aiact_rules.proof.pack_logic import Clock, PackLogic
from aiact_rules.proof.results import Property, Refutation
from aiact_rules.proof.witnesses import severity


def situations_held(subject: PackLogic, names: Iterable[str] | None = None) -> Property:
    """Where all elements of a situation are certain and every list it belongs to denies it, the verdict is not allow.

    It is so at every step; at an event only what it triggers counts. Nothing is refuted by a situation that another entry
    of the lists makes out or leaves open all the same, by what the law does not reach, by what contradicts itself only from
    a later date on, and by what a person dismissed.
    """
    with Clock() as clock:
        screening = Screening.at(subject.pack_at)
        wanted = None if names is None else set(names)
        situations = [each for each in screening.situations() if wanted is None or each[0].id in wanted]
        refuted: dict[str, Refutation] = {}
        with subject.assuming(*_let_through(subject)) if situations else nullcontext():
            for rule, path, members in situations:
                stated = tuple(_as_stated(leaf) for leaf in path if not screening.listed(leaf))
                concluded = rule.concludes if len(stated) < len(path) else None
                found = None if rule.id in refuted else _refutation(subject, rule, stated, members, concluded)
                if found is not None:
                    refuted[rule.id] = found
    return Property(
        "situations_held",
        "no facts let a stated situation through that a list denies",
        len(situations),
        clock.seconds,
        tuple(refuted.values()),
    )


def _as_stated(leaf: FactTest | Holds) -> FactTest | Holds:
    """Return a test that no declared default passes: an element that silence answers is not stated."""
    return replace(leaf, fact=as_stated(leaf.fact)) if isinstance(leaf, FactTest) else leaf


def _refutation(
    subject: PackLogic, rule: Rule, stated: Path, members: Members, concluded: str | None
) -> Refutation | None:
    """Return what lets the stated elements of a rule through: facts under which it certainly concludes nothing (`concluded`)."""
    meaning, in_scope = subject.meaning, subject.pack_at.pack.in_scope
    denied = [FactTest(name, Test.INCLUDES, words) for name, words in members.items()]
    conditions = [meaning.condition(leaf).yes for leaf in stated] + [meaning.condition(test).no for test in denied]
    if concluded is not None:
        conditions.append(meaning.conclusion(concluded).no)
    model = subject.model(*conditions)
    if model is None:
        return None

    def shown(evaluation: Evaluation) -> bool:
        return (
            all(evaluation.truth(leaf) is Truth.YES for leaf in stated)
            and all(evaluation.truth(test) is Truth.NO for test in denied)
            and (concluded is None or evaluation.conclusion(concluded) is Truth.NO)
            and not evaluation.facts.get(DISMISSED)
            and (in_scope is None or evaluation.conclusion(in_scope) is not Truth.NO)
            and not any(_too_early(evaluation, o) for o in _dated(subject))
            and severity(evaluation, subject.statuses.status_of) == 0
        )

    lists = " and ".join(f"`{name}`" for name in sorted(members))
    message = f"the elements of `{rule.id}` are stated and denied by {lists}, and the verdict is allow"
    witness = subject.witness(subject.inputs.record(model), message, shown)
    return Refutation(rule.id, message, rule.place, witness)


def _let_through(subject: PackLogic) -> list[Formula]:
    """Return what is the case where the verdict is allow, the law may reach the release and nothing was dismissed."""
    conditions = [z3.Not(subject.some_status(Status.OPEN, Status.BREACHED)), z3.Not(subject.statuses.event)]
    in_scope, dismissed = subject.pack_at.pack.in_scope, subject.inputs.facts.get(DISMISSED)
    if in_scope is not None:
        conditions.append(z3.Not(subject.meaning.conclusion(in_scope).no))
    if dismissed is not None:
        conditions.append(z3.Not(z3.Or(list(dismissed.parts.values()))))
    meaning = subject.meaning
    for o in _dated(subject):
        conditions.append(z3.Not(z3.And(meaning.met(o).no, meaning.in_force(o).no)))
    return conditions


def _dated(subject: PackLogic) -> list[Obligation]:
    obligations = subject.pack_at.obligations.values()
    return [o for o in obligations if o.kind is Kind.CONTRADICTION and o.timetable is not None]


def _too_early(evaluation: Evaluation, o: Obligation) -> bool:
    """Return whether statements contradict each other, and the law will ask it only from a later date on."""
    return o.met is not None and evaluation.truth(o.met) is Truth.NO and evaluation.in_force(o) is Truth.NO
