"""Small packs and facts, and a naive referee that tries every completion of what is unknown."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, Not
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES, Pack, PackAt
from aiact_rules.core.rules import Moment, Obligation, Role, Rule
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue, Vocabulary
from tests.engines.packs import YES_NO, random_pack

FACTS = ("s.a", "s.b", "s.c", "s.d", "s.e")
MOMENTS = {"use": Moment("use", 1, "use", "Art. 1")}


def make_pack(
    rules: Mapping[str, Rule], obligations: Mapping[str, Obligation], moments: Mapping[str, Moment] = MOMENTS
) -> Pack:
    """Return a pack of these rules and obligations, about yes/no facts."""
    return Pack(
        id="small",
        version="1",
        title="Small law",
        law="Law 1",
        market="XX",
        digest="0",
        vocabulary=Vocabulary.of(FactDeclaration(name, FactType.YES_NO, "?") for name in FACTS),
        headlines=("one", "two", "three"),
        roles={name: Role(name, "Art. 1", name, "use") for name in ("provider", "deployer")},
        moments=dict(moments),
        rules=dict(rules),
        obligations=dict(obligations),
    )


def small_law(seed: int) -> Pack:
    """Return a random pack whose every completion can be tried."""
    return random_pack(seed, rules=6, obligations=3, only_yes_no=True)


def known_facts(seed: int) -> dict[str, FactValue]:
    """Return random facts: moment and date are known, the operator's roles mostly, and of the rest more or less."""
    rng = random.Random(seed)
    share = rng.choice((0.2, 0.5, 0.8, 1.0))
    known: dict[str, FactValue] = {name: rng.random() < 0.5 for name in YES_NO if rng.random() < share}
    if rng.random() < 0.8:
        known[ROLES] = rng.choice(_OPERATORS)
    known[MOMENT] = rng.choice(("placing", "supply", "use"))
    known[RELEASE_DATE] = rng.choice((date(2027, 12, 1), date(2027, 12, 2), date(2030, 1, 1)))
    return known


def shuffled(pack: Pack, seed: int) -> Pack:
    """Return the same pack with its rules in another order."""
    names = list(pack.rules)
    random.Random(seed).shuffle(names)
    return replace(pack, rules={name: pack.rules[name] for name in names})


_OPERATORS = (frozenset({"provider"}), frozenset({"deployer"}), frozenset({"deployer", "provider"}))


def completions(known: Mapping[str, FactValue]) -> Iterator[dict[str, FactValue]]:
    """Return every world that fits what is known."""
    unknown = [name for name in YES_NO if name not in known]
    roles: list[FactValue] = [known[ROLES]] if ROLES in known else list(_OPERATORS)
    for values in product((True, False), repeat=len(unknown)):
        for role in roles:
            yield {**known, **dict(zip(unknown, values, strict=True)), ROLES: role}


class Referee:
    """Two-valued logic on a whole world, written from the three sentences and from nothing else."""

    def __init__(self, pack_at: PackAt, world: Mapping[str, FactValue]) -> None:
        self.pack_at = pack_at
        self.world = world

    def true(self, condition: Condition) -> bool:
        if isinstance(condition, AllOf):
            return all(self.true(part) for part in condition.parts)
        if isinstance(condition, AnyOf):
            return any(self.true(part) for part in condition.parts)
        if isinstance(condition, Not):
            return not self.true(condition.part)
        if isinstance(condition, Holds):
            return self.holds(condition.conclusion)
        assert isinstance(condition, FactTest)
        return self.world[condition.fact] == condition.operand

    def stands(self, rule: Rule) -> bool:
        exceptions = [other for other in self.pack_at.rules.values() if rule.id in other.exception_to]
        return self.true(rule.when) and not any(self.stands(exception) for exception in exceptions)

    def prevails(self, rule: Rule) -> bool:
        if not rule.exception_to:
            return self.stands(rule)
        conditions_of = {r.id: r.when for r in self.pack_at.rules.values()}
        conditions_of |= {o.id: o.given for o in self.pack_at.obligations.values()}
        return self.stands(rule) and any(self.true(conditions_of[target]) for target in rule.exception_to)

    def holds(self, conclusion: str) -> bool:
        return any(self.prevails(rule) for rule in self.pack_at.rules.values() if rule.concludes == conclusion)

    def acts_as(self, name: str) -> bool:
        roles = self.world[ROLES]
        assert isinstance(roles, frozenset)
        role = self.pack_at.pack.roles[name]
        taken = role.unless is not None and self.holds(role.unless)
        given = role.deemed is not None and self.holds(role.deemed)
        return (name in roles and not taken) or given

    def owed(self, o: Obligation) -> bool:
        spared = any(self.stands(rule) for rule in self.pack_at.rules.values() if o.id in rule.exception_to)
        return (not o.roles or any(map(self.acts_as, o.roles))) and self.true(o.given) and not spared

    def met(self, o: Obligation) -> bool:
        return o.met is not None and self.true(o.met)

    def reached(self, parameter: str) -> bool:
        released = self.world[RELEASE_DATE]
        assert isinstance(released, date)
        return released >= self.pack_at.date_of(parameter)

    def in_force(self, o: Obligation) -> bool:
        if o.timetable is None:
            return True
        table = self.pack_at.timetables[o.timetable]
        started = any(self.reached(route.starts) and self.true(route.when) for route in table.routes)
        return started and not any(
            self.true(later.when) and not (later.until is not None and self.reached(later.until))
            for later in table.deferrals
        )

    def due(self, o: Obligation) -> bool:
        order = {name: moment.order for name, moment in self.pack_at.pack.moments.items()}
        return not o.before or order[str(self.world[MOMENT])] >= min(order[name] for name in o.before)

    def breaches(self, o: Obligation) -> bool:
        return self.owed(o) and self.in_force(o) and self.due(o) and not self.met(o)
