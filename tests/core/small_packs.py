"""Small random packs and facts, and a naive referee that tries every completion of what is unknown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import product

from hypothesis import strategies as st

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, Not, Test
from aiact_rules.core.packs import ROLES, Pack, PackAt
from aiact_rules.core.rules import Moment, Obligation, Role, Rule
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue, Vocabulary

FACTS = ("s.a", "s.b", "s.c", "s.d", "s.e")
CONCLUSIONS = ("one", "two", "three")
AS_OF = date(2026, 11, 22)


def conditions(conclusions: tuple[str, ...]) -> st.SearchStrategy[Condition]:
    tests = st.builds(lambda name, value: FactTest(name, Test.IS, value), st.sampled_from(FACTS), st.booleans())
    leaves: st.SearchStrategy[Condition] = tests
    if conclusions:
        leaves = st.one_of(tests, st.builds(Holds, st.sampled_from(conclusions)))
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        ),
        max_leaves=5,
    )


@st.composite
def packs(draw: st.DrawFn) -> Pack:
    """A pack without circles: conclusions only refer to earlier ones, exceptions only to earlier facts."""
    rules: dict[str, Rule] = {}
    for index, conclusion in enumerate(CONCLUSIONS):
        for number in range(draw(st.integers(1, 2))):
            name = f"r{index}.{number}"
            rules[name] = Rule(name, "Art. 1", draw(conditions(CONCLUSIONS[:index])), "because", conclusion)
            if draw(st.booleans()):
                exception = f"x{index}.{number}"
                own = draw(st.sampled_from([None, f"derogation{index}"]))
                when = draw(conditions(CONCLUSIONS[:index]))
                rules[exception] = Rule(exception, "Art. 2", when, "but", own, (name,))
                if draw(st.booleans()):
                    back = f"y{index}.{number}"
                    rules[back] = Rule(
                        back, "Art. 3", draw(conditions(CONCLUSIONS[:index])), "still", None, (exception,)
                    )
    obligations = {}
    for number in range(draw(st.integers(1, 3))):
        name = f"o{number}"
        given, met = draw(conditions(CONCLUSIONS)), draw(conditions(CONCLUSIONS))
        role = draw(st.sampled_from([(), ("provider",), ("deployer", "provider")]))
        obligations[name] = Obligation(name, "Art. 4", "do it", roles=role, given=given, met=met, before=("use",))
        if draw(st.booleans()):
            rules[f"e{number}"] = Rule(f"e{number}", "Art. 5", draw(conditions(CONCLUSIONS)), "spared", None, (name,))
    return make_pack(rules, obligations)


MOMENTS = {"use": Moment("use", 1, "use", "Art. 1")}


def make_pack(
    rules: Mapping[str, Rule], obligations: Mapping[str, Obligation], moments: Mapping[str, Moment] = MOMENTS
) -> Pack:
    return Pack(
        id="small",
        version="1",
        title="Small law",
        law="Law 1",
        market="XX",
        digest="0",
        vocabulary=Vocabulary.of(FactDeclaration(name, FactType.YES_NO, "?") for name in FACTS),
        headlines=CONCLUSIONS,
        roles={name: Role(name, "Art. 1", name, "use") for name in ("provider", "deployer")},
        moments=dict(moments),
        rules=dict(rules),
        obligations=dict(obligations),
    )


def shuffled(pack: Pack, order: list[int]) -> Pack:
    """The same pack with its rules in another order."""
    names = list(pack.rules)
    mixed = sorted(range(len(names)), key=lambda index: (order[index % len(order)], index))
    return replace(pack, rules={names[index]: pack.rules[names[index]] for index in mixed})


partial_facts = st.dictionaries(st.sampled_from(FACTS), st.booleans()).flatmap(
    lambda known: st.sampled_from([frozenset({"provider"}), frozenset({"deployer"}), None]).map(
        lambda roles: {**known, **({} if roles is None else {ROLES: roles})}
    )
)


def completions(known: Mapping[str, FactValue]) -> Iterator[dict[str, FactValue]]:
    """Every world that fits what is known."""
    unknown = [name for name in FACTS if name not in known]
    roles: list[FactValue] = (
        [known[ROLES]]
        if ROLES in known
        else [frozenset({"provider"}), frozenset({"deployer"}), frozenset({"deployer", "provider"})]
    )
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

    def owed(self, o: Obligation) -> bool:
        roles = self.world[ROLES]
        assert isinstance(roles, frozenset)
        spared = any(self.stands(rule) for rule in self.pack_at.rules.values() if o.id in rule.exception_to)
        return (not o.roles or bool(roles & set(o.roles))) and self.true(o.given) and not spared

    def met(self, o: Obligation) -> bool:
        return o.met is not None and self.true(o.met)
