"""Small random packs: every type of fact and test, exceptions, timetables, roles that the law gives and takes."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal

from aiact_rules.core.conditions import ALWAYS, AllOf, AnyOf, Condition, FactTest, Holds, Not, Test
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES, Pack
from aiact_rules.core.rules import (
    Deferral,
    Moment,
    Obligation,
    Parameter,
    Role,
    Route,
    Rule,
    Timetable,
)
from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary

AS_OF = date(2026, 11, 22)
YES_NO = ("s.yes0", "s.yes1", "s.yes2", "s.yes3")
_WORDS = {"red": "red", "green": "green", "blue": "blue"}
_ROLES = {"provider": "makes", "deployer": "uses"}
_MOMENTS = {"placing": 1, "supply": 2, "use": 3}
_DECLARATIONS = [
    *(FactDeclaration(name, FactType.YES_NO, "?") for name in YES_NO),
    FactDeclaration("s.one", FactType.ONE_OF, "?", values=_WORDS),
    FactDeclaration("s.some", FactType.SOME_OF, "?", values=_WORDS),
    FactDeclaration("s.items", FactType.SOME_OF, "?", values=_WORDS, checklist=True),
    FactDeclaration("s.compute", FactType.QUANTITY, "?"),
    FactDeclaration("s.day", FactType.DATE, "?"),
    FactDeclaration(ROLES, FactType.SOME_OF, "?", values=_ROLES),
    FactDeclaration(MOMENT, FactType.ONE_OF, "?", values=dict.fromkeys(_MOMENTS, "step")),
    FactDeclaration(RELEASE_DATE, FactType.DATE, "?"),
]


def random_pack(seed: int, *, rules: int = 12, obligations: int = 8, only_yes_no: bool = False) -> Pack:
    """Make a pack without circles: rules conclude things that only later rules refer to.

    With `only_yes_no` its conditions test nothing but yes/no facts, so that every completion of what is unknown can be tried.
    """
    return _Making(random.Random(seed), seed, only_yes_no).pack(rules, obligations)


class _Making:
    def __init__(self, rng: random.Random, seed: int, only_yes_no: bool) -> None:
        self.rng = rng
        self.seed = seed
        self.only_yes_no = only_yes_no

    def pack(self, rules: int, obligations: int) -> Pack:
        rng = self.rng
        made: dict[str, Rule] = {}
        known: list[str] = []
        for number in range(rules):
            conclusion = f"c{number // 2}"
            below = [name for name in known if name != conclusion]
            made[f"r{number}"] = Rule(f"r{number}", "Art. 1", self.condition(below), "because", conclusion)
            if rng.random() < 0.5:
                self.exceptions(made, f"r{number}", below)
            known = list(dict.fromkeys([*known, conclusion]))
        first = known[:1]
        roles = {
            "provider": Role("provider", "Art. 3", "makes", "placing", deemed=known[0], unless=known[1]),
            "deployer": Role("deployer", "Art. 3", "uses", "use"),
        }
        owed: dict[str, Obligation] = {}
        shared = self.condition(known)
        for number in range(obligations):
            name = f"o{number}"
            owed[name] = Obligation(
                name,
                "Art. 4",
                "do it",
                roles=rng.choice([(), ("provider",), ("deployer",), ("provider", "deployer")]),
                given=rng.choice([ALWAYS, shared, AllOf((shared, self.condition(known))), self.condition(known)]),
                met=rng.choice([None, self.condition(known, 1), self.item(), self.item()]),
                before=rng.choice([(), ("placing",), ("supply",), ("use", "supply")]),
                timetable=rng.choice([None, "slow", "plain"]),
            )
            if rng.random() < 0.3:
                self.exceptions(made, name, first)
        start = Parameter("start", "Art. 9", {date(2024, 8, 1): date(2027, 12, 2)}, AS_OF)
        late = Parameter("late", "Art. 9", {date(2024, 8, 1): date(2030, 1, 1)}, AS_OF)
        timetables = {
            "plain": Timetable("plain", "Art. 9", (Route("Art. 9", "start"),)),
            "slow": Timetable(
                "slow",
                "Art. 9",
                (Route("Art. 9", "start", self.condition(known)), Route("Art. 9", "late")),
                (Deferral("Art. 10", self.condition(known), rng.choice([None, "late"])),),
            ),
        }
        return Pack(
            id=f"random{self.seed}",
            version="1",
            title="A random law",
            law="Law 1",
            market="XX",
            digest=str(self.seed),
            vocabulary=Vocabulary.of(_DECLARATIONS),
            headlines=(known[-1], "never_concluded"),
            roles=roles,
            moments={name: Moment(name, order, name, "Art. 1") for name, order in _MOMENTS.items()},
            parameters={"start": start, "late": late},
            timetables=timetables,
            rules=made,
            obligations=owed,
        )

    def exceptions(self, rules: dict[str, Rule], target: str, below: list[str]) -> None:
        """Add an exception, and sometimes an exception to it."""
        name = f"{target}.but"
        rules[name] = Rule(name, "Art. 2", self.condition(below), "but", None, (target,))
        if self.rng.random() < 0.5:
            rules[f"{name}.not"] = Rule(f"{name}.not", "Art. 2", self.condition(below), "still", None, (name,))

    def condition(self, conclusions: list[str], depth: int = 2) -> Condition:
        rng = self.rng
        if depth == 0 or rng.random() < 0.25:
            leaf: Condition = Holds(rng.choice(conclusions)) if conclusions and rng.random() < 0.4 else self.test()
            return Not(leaf) if rng.random() < 0.3 else leaf
        parts = tuple(self.condition(conclusions, depth - 1) for _ in range(rng.randint(1, 3)))
        return AllOf(parts) if rng.random() < 0.6 else AnyOf(parts)

    def yes_no(self) -> FactTest:
        return FactTest(self.rng.choice(YES_NO), Test.IS, self.rng.random() < 0.7)

    def item(self) -> FactTest:
        if self.only_yes_no:
            return self.yes_no()
        return FactTest("s.items", Test.INCLUDES, frozenset({self.rng.choice(list(_WORDS))}))

    def test(self) -> FactTest:
        rng = self.rng
        if self.only_yes_no:
            return self.yes_no()
        some = frozenset(rng.sample(sorted(_WORDS), rng.randint(1, 2)))
        order = rng.choice([Test.ABOVE, Test.AT_LEAST, Test.BELOW, Test.AT_MOST])
        return rng.choice(
            [
                self.yes_no(),
                FactTest("s.one", Test.ONE_OF, some),
                FactTest("s.some", Test.INCLUDES, some),
                FactTest("s.some", Test.EMPTY),
                FactTest("s.compute", order, Decimal(rng.choice(["1e25", "10", "0.3"]))),
                FactTest("s.day", order, date(2027, 12, rng.randint(1, 3))),
            ]
        )
