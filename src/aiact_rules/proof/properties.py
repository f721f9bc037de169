"""Properties: what must hold of every pack, for all facts. Each is proved, or refuted by facts that show it.

All questions about rules and obligations are put to `Meaning`, the three sentences in logic; that the lowered pack and the
engines say the same is proved in `equality`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import z3

from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.packs import Pack, PackAt
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.statuses import Status
from aiact_rules.core.truth import Truth
from aiact_rules.proof.inputs import Formula
from aiact_rules.proof.meaning import Meaning
from aiact_rules.proof.pack_logic import Clock, PackLogic, answered, by_shape, free_obligation
from aiact_rules.proof.results import Property, Refutation
from aiact_rules.proof.statuses import Shape, is_breach, may_be_breach
from aiact_rules.proof.witnesses import severity


def other_dates(pack: Pack, as_of: date) -> tuple[date, ...]:
    """Return one date in each period of the text that holds something which is not in the law on `as_of`."""
    spans = [r.text for r in pack.rules.values()] + [o.text for o in pack.obligations.values()]
    found = set()
    for span in spans:
        if not span.covers(as_of):
            found.add(span.until - timedelta(days=1) if span.until is not None and span.until <= as_of else span.since)
    return tuple(sorted(day for day in found if day is not None))


# Rules and obligations that can never, or must always, apply


def rules_alive(subject: PackLogic, names: Iterable[str] | None = None) -> Property:
    """No rule can never prevail. One that can only under another reading is named in a note."""
    with Clock() as clock:
        rules = _chosen(subject.pack_at.rules, names)
        found = subject.impossible({rule.id: subject.meaning.prevails(rule).yes for rule in rules})
        dead = [subject.pack_at.rules[name] for name in found]

        def alive(other: PackLogic, name: str) -> bool:
            return name in other.pack_at.rules and other.can(other.meaning.prevails(other.pack_at.rules[name]).yes)

        rescued = under_other_readings(subject, {rule.id for rule in dead}, alive)
    return Property(
        "rules_alive",
        "every rule can prevail",
        len(rules),
        clock.seconds,
        tuple(
            Refutation(rule.id, f"rule `{rule.id}` can never prevail", rule.place)
            for rule in dead
            if rule.id not in rescued
        ),
        tuple(f"rule `{name}` can prevail only under {reading}" for name, reading in rescued.items()),
    )


def obligations_bite(subject: PackLogic, names: Iterable[str] | None = None) -> Property:
    """No obligation is never owed: some facts make it certainly owed, in force and due."""
    with Clock() as clock:
        obligations = _chosen(subject.pack_at.obligations, names)

        found = subject.impossible({o.id: _bites(subject, o) for o in obligations})
        never = [subject.pack_at.obligations[name] for name in found]

        def alive(other: PackLogic, name: str) -> bool:
            obligations = other.pack_at.obligations
            return name in obligations and other.can(_bites(other, obligations[name]))

        rescued = under_other_readings(subject, set(found), alive)
    refuted = [o for o in never if o.id not in rescued]
    return Property(
        "obligations_bite",
        "every obligation can be owed",
        len(obligations),
        clock.seconds,
        tuple(Refutation(o.id, f"obligation `{o.id}` is {_never(subject, o)}", o.place) for o in refuted),
        tuple(f"obligation `{name}` can be owed only under {reading}" for name, reading in rescued.items()),
    )


def _bites(subject: PackLogic, o: Obligation) -> Formula:
    obligation = subject.obligation(o)
    return z3.And(obligation.owed.certain, obligation.in_force.certain, obligation.due.certain)


def _never(subject: PackLogic, o: Obligation) -> str:
    obligation, meaning = subject.obligation(o), subject.meaning
    if not subject.can(meaning.condition(o.given).yes):
        return "never owed: its circumstances never hold"
    if not subject.can(obligation.owed.certain):
        return "never owed: its circumstances never go together with its role, or an exception always stands"
    if not subject.can(obligation.in_force.certain):
        return "never in force: no route of its timetable is ever open"
    if not subject.can(obligation.owed.certain, obligation.in_force.certain):
        return "never in force where it is owed"
    return "never due where it is owed and in force"


def obligations_lapse(subject: PackLogic, names: Iterable[str] | None = None) -> Property:
    """No obligation is always owed: some facts make it certainly not owed."""
    with Clock() as clock:
        chosen = _chosen(subject.pack_at.obligations, names)
        # A contradiction asks something of everybody: not to state both.
        obligations = [o for o in chosen if o.kind is not Kind.CONTRADICTION]
        found = subject.impossible({o.id: z3.Not(subject.obligation(o).owed.possible) for o in obligations})
        always = [subject.pack_at.obligations[name] for name in found]
    return Property(
        "obligations_lapse",
        "no obligation is always owed",
        len(obligations),
        clock.seconds,
        tuple(Refutation(o.id, f"obligation `{o.id}` is owed whatever the facts", o.place) for o in always),
    )


def obligations_fulfillable(subject: PackLogic, names: Iterable[str] | None = None) -> Property:
    """Where an obligation is owed it can be met, and it can be breached; a prohibition is never met."""
    with Clock() as clock:
        obligations = [o for o in _chosen(subject.pack_at.obligations, names) if o.met is not None]
        rails = {o.id: subject.obligation(o) for o in obligations}
        unmet = subject.impossible({n: z3.And(d.owed.certain, z3.Not(d.met.possible)) for n, d in rails.items()})
        met = subject.impossible({n: z3.And(d.owed.certain, d.met.certain) for n, d in rails.items()})
        refutations = []
        for o in obligations:
            # One that is never owed is refuted by `obligations_bite`.
            if o.id in met and subject.can(rails[o.id].owed.certain):
                refutations.append(Refutation(o.id, f"obligation `{o.id}` cannot be met where it is owed", o.place))
            elif o.id in unmet and subject.can(rails[o.id].owed.certain):
                refutations.append(Refutation(o.id, f"obligation `{o.id}` is met wherever it is owed", o.place))
    return Property(
        "obligations_fulfillable",
        "every obligation can be met and can fail to be",
        len(obligations),
        clock.seconds,
        tuple(refutations),
    )


def under_other_readings(
    subject: PackLogic, names: set[str], alive: Callable[[PackLogic, str], bool]
) -> dict[str, str]:
    """Return which of the names come alive under another choice of one reading, and under which."""
    found: dict[str, str] = {}
    pack_at = subject.pack_at
    for reading in pack_at.pack.readings.values():
        for choice in reading.choices:
            rest = names - set(found)
            if not rest or choice == pack_at.choices[reading.id]:
                continue
            other = subject.under({reading.id: choice})
            if other is None:
                continue
            for name in sorted(rest):
                if alive(other, name):
                    found[name] = f"reading `{reading.id}: {choice}`"
    return found


# Contradictions


def excluded_pairs(pack: Pack) -> tuple[tuple[str, str], ...]:
    """Return the pairs of conclusions that can never hold together: those the pack lists, and what names say.

    By its name, `not_x` or `no_x` denies `x`.
    """
    concluded = {rule.concludes for rule in pack.rules.values() if rule.concludes is not None}
    denied = [
        (name.removeprefix(prefix), name)
        for name in sorted(concluded)
        for prefix in ("not_", "no_")
        if name.startswith(prefix) and name.removeprefix(prefix) in concluded
    ]
    return tuple(dict.fromkeys((*pack.excludes, *denied)))


def no_contradiction(subject: PackLogic) -> Property:
    """No two conclusions that exclude each other can hold together."""
    with Clock() as clock:
        pairs = excluded_pairs(subject.pack_at.pack)
        refutations = []
        for one, other in pairs:
            said = [subject.meaning.conclusion(name).yes for name in (one, other)]
            model = subject.model(*said)
            if model is None:
                continue

            def both(evaluation: Evaluation, pair: tuple[str, str] = (one, other)) -> bool:
                return all(evaluation.conclusion(name) is Truth.YES for name in pair)

            message = f"`{one}` and `{other}` can hold together"
            witness = subject.witness(subject.inputs.record(model), message, both)
            refutations.append(Refutation(f"{one}, {other}", message, _place_of(subject, other), witness))
    return Property(
        "no_contradiction",
        "no two conclusions that exclude each other hold together",
        len(pairs),
        clock.seconds,
        tuple(refutations),
    )


def _place_of(subject: PackLogic, conclusion: str) -> Place | None:
    return next((r.place for r in subject.pack_at.rules.values() if r.concludes == conclusion), None)


# Prohibitions and verdicts


def prohibitions_block(subject: PackLogic, names: Iterable[str] | None = None) -> Property:
    """Where a prohibited practice is certain, in force, at its moment and by one whom it binds, the verdict is block."""
    with Clock() as clock:
        every = _prohibitions(subject.pack_at)
        meaning, refutations = subject.meaning, []
        not_blocked = None
        checks: list[tuple[str, Place | None, list[Formula], tuple[Obligation, ...]]] = [
            (o.id, o.place, [meaning.condition(o.given).yes, *_binds(meaning, o)], (o,))
            for o in _chosen({o.id: o for o in every}, names)
        ]
        prohibited = subject.pack_at.pack.prohibited
        if names is None and every and prohibited is not None:
            bound = [condition for o in every for condition in _binds(meaning, o)]
            holds = meaning.conclusion(prohibited).yes
            checks.append((prohibited, _place_of(subject, prohibited), [holds, *bound], every))
        for name, place, conditions, obligations in checks:
            breached = z3.Or([subject.statuses.has(o, subject.obligation(o), Status.BREACHED) for o in obligations])
            if not subject.can(*conditions, z3.Not(breached)):
                continue
            if not_blocked is None:
                not_blocked = z3.Not(subject.some_status(Status.BREACHED))
            model = subject.model(*conditions, not_blocked)
            if model is None:
                continue
            message = f"`{name}` is certain and in force, and yet nothing is breached"
            shown = _not_blocked(subject, name, obligations)
            witness = subject.witness(subject.inputs.record(model), message, shown)
            refutations.append(Refutation(name, message, place, witness))
    return Property(
        "prohibitions_block",
        "no facts let a prohibited practice through",
        len(checks),
        clock.seconds,
        tuple(refutations),
    )


def _prohibitions(pack_at: PackAt) -> tuple[Obligation, ...]:
    return tuple(o for o in pack_at.obligations.values() if o.kind is Kind.PROHIBITION and o.can_gate)


def _binds(meaning: Meaning, o: Obligation) -> list[Formula]:
    return [meaning.some_role(o).yes, meaning.in_force(o).yes, meaning.due(o).yes]


def _not_blocked(subject: PackLogic, name: str, obligations: tuple[Obligation, ...]) -> Callable[[Evaluation], bool]:
    def certain(evaluation: Evaluation) -> bool:
        if name == subject.pack_at.pack.prohibited:
            return evaluation.conclusion(name) is Truth.YES
        return all(evaluation.truth(o.given) is Truth.YES for o in obligations)

    def shown(evaluation: Evaluation) -> bool:
        return (
            certain(evaluation)
            and all(
                (not o.roles or any(evaluation.has_role(role) is Truth.YES for role in o.roles))
                and evaluation.in_force(o) is Truth.YES
                and evaluation.due(o) is Truth.YES
                for o in obligations
            )
            and severity(evaluation, subject.statuses.status_of) < 2
        )

    return shown


def allow_sound(subject: PackLogic) -> Property:
    """A breach by definition is a breach by status, and an allow leaves no obligation that gates possibly breached."""
    with Clock() as clock:
        checked = 0
        refutations = []
        for shape, obligations in by_shape(subject).items():
            checked += len(obligations)
            o = obligations[0]
            obligation, lemmas = free_obligation("now")
            stops = subject.statuses.has(o, obligation, Status.OPEN, Status.BREACHED)
            wrong = z3.Or(
                z3.And(may_be_breach(o, obligation, subject.statuses.event), z3.Not(stops)),
                z3.Xor(is_breach(o, obligation), subject.statuses.has(o, obligation, Status.BREACHED)),
            )
            solver = z3.Solver()
            solver.add(*lemmas, wrong)
            if answered(solver):
                refutations.append(_unsound(subject, shape, obligations))
    return Property(
        "allow_sound",
        "an allow leaves no gating obligation possibly breached, and a breach is what the definition says",
        checked,
        clock.seconds,
        tuple(refutations),
    )


def _unsound(subject: PackLogic, shape: Shape, obligations: list[Obligation]) -> Refutation:
    allow = z3.Not(subject.some_status(Status.OPEN, Status.BREACHED))
    for o in obligations:
        obligation = subject.obligation(o)
        model = subject.model(allow, may_be_breach(o, obligation, subject.statuses.event))
        if model is not None:
            message = f"the verdict is allow although `{o.id}` may be breached"

            def shown(evaluation: Evaluation, o: Obligation = o) -> bool:
                open_ = all(t is not Truth.NO for t in (evaluation.owed(o), evaluation.in_force(o), evaluation.due(o)))
                unmet = evaluation.met(o) is not Truth.YES
                return open_ and unmet and severity(evaluation, subject.statuses.status_of) == 0

            return Refutation(o.id, message, o.place, subject.witness(subject.inputs.record(model), message, shown))
    o = obligations[0]
    return Refutation(o.id, f"the status of obligations such as `{o.id}` ({shape}) is not as defined", o.place)


def _chosen(items: Mapping[str, Any], names: Iterable[str] | None) -> list[Any]:
    if names is None:
        return list(items.values())
    wanted = set(names)
    return [item for name, item in items.items() if name in wanted]
