"""Classification: what a release is under a law, with the provision, the fact and the line that decide it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, fact_of, leaves
from aiact_rules.core.decisions import ABOUT_THE_RELEASE, Decision
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.facts import Fact, Sureness
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.statuses import Status
from aiact_rules.core.truth import Truth
from aiact_rules.reports.words import label


@dataclass(frozen=True, slots=True)
class Deciding:
    """What decides a class: the provision of the rule that a fact reaches first, the fact, and what of it counts."""

    provision: str
    fact: Fact
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Class:
    """A class that a release is in, as its pack calls it; `deciding` is None where no single fact does."""

    name: str
    label: str
    deciding: Deciding | None


@dataclass(frozen=True, slots=True)
class OpenClass:
    """A class of which it is not known whether the release is in it, and from when that matters at the earliest.

    `matters_from` is None where no obligation that is to come rests on it.
    """

    label: str
    matters_from: date | None


def classes_of(decision: Decision, pack: PackDecision) -> tuple[Class, ...]:
    """Return the classes that a release certainly is in, without those that another of them rests on."""
    is_so = [name for name, truth in pack.headlines.items() if truth == "yes"]
    is_so = [name for name in is_so if name != pack.pack_at.pack.in_scope] or is_so
    behind = _Behind(pack.evaluation)
    tips = [name for name in is_so if not any(name in behind.conclusion(other) for other in is_so if other != name)]
    deciding = _Decides(decision, pack)
    return tuple(Class(name, label(pack.pack_at.pack, name), deciding.of(name)) for name in tips)


def deciding_of(decision: Decision, pack: PackDecision, conclusion: str) -> Deciding | None:
    """Return what decides a conclusion that holds; None where no single fact does."""
    return _Decides(decision, pack).of(conclusion)


def open_classes(pack: PackDecision) -> tuple[OpenClass, ...]:
    """Return the classes that are not determined, each family of them once, with the date from which that matters."""
    behind = _Behind(pack.evaluation)
    upcoming = [
        (standing.starts, behind.condition(standing.obligation.given))
        for standing in pack.standings
        if standing.status is Status.UPCOMING and standing.starts is not None
    ]
    found = []
    for name, said in _families(pack, "unknown").items():
        dates = [on for on, rests_on in upcoming if name in rests_on]
        found.append(OpenClass(said, min(dates, default=None)))
    return tuple(found)


def denied_classes(pack: PackDecision) -> tuple[str, ...]:
    """Return the classes that a release certainly is not in, each family of them once, without what their labels add in brackets."""
    return tuple(said.partition(" (")[0] for said in _families(pack, "no").values())


def _families(pack: PackDecision, truth: str) -> Mapping[str, str]:
    """Return the headlines with this truth, those whose labels begin alike (`high-risk by ...`) only once."""
    labels = {name: label(pack.pack_at.pack, name) for name in pack.headlines}
    more_telling = {"no": ("yes", "unknown"), "unknown": ("yes",)}[truth]
    others = {_stem(labels[name]) for name, said in pack.headlines.items() if said in more_telling}
    found: dict[str, str] = {}
    for name, said in pack.headlines.items():
        stem = _stem(labels[name])
        if said == truth and stem not in others and stem not in map(_stem, found.values()):
            found[name] = labels[name]
    return found


def _stem(said: str) -> str:
    return said.partition(" (")[0].partition(" by ")[0].partition(",")[0]


class _Behind:
    """Finds the conclusions that a conclusion or a condition rests on."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._found: dict[str, frozenset[str]] = {}

    def conclusion(self, name: str) -> frozenset[str]:
        if name not in self._found:
            self._found[name] = frozenset()  # rules are stratified, so that nothing rests on itself
            rules = self._evaluation.rules_concluding(name)
            self._found[name] = frozenset().union(*(self.condition(rule.when) for rule in rules))
        return self._found[name]

    def condition(self, condition: Condition) -> frozenset[str]:
        named = {leaf.conclusion for leaf in leaves(condition) if isinstance(leaf, Holds)}
        return frozenset(named).union(*(self.conclusion(name) for name in named))


class _Decides:
    """Follows the rules that prevail from a class down to the stated fact that reaches them."""

    def __init__(self, decision: Decision, pack: PackDecision) -> None:
        self._facts = decision.facts
        self._evaluation = pack.evaluation
        self._order = {name: at for at, name in enumerate(pack.headlines)}

    def of(self, name: str) -> Deciding | None:
        for rule in self._evaluation.rules_concluding(name):
            if self._evaluation.prevails(rule) is not Truth.YES:
                continue
            parts = tuple(self._supporting(rule.when))
            tested = [part for part in parts if isinstance(part, FactTest)]
            if (found := self._stated(tested, rule.provision)) is not None:
                return found
            # What only this class rests on says more than what it shares with others, such as the scope of the law.
            on_the_way = [part.conclusion for part in parts if isinstance(part, Holds)]
            for deeper in sorted(on_the_way, key=lambda each: self._order.get(each, len(self._order)), reverse=True):
                if (found := self.of(deeper)) is not None:
                    return found
            if (found := self._stated(tested, rule.provision, about_the_release=True)) is not None:
                return found
        return None

    def _supporting(self, condition: Condition) -> Iterator[FactTest | Holds]:
        """Yield the leaves on which it rests that a condition holds; of alternatives those of the first that does."""
        if isinstance(condition, FactTest | Holds):
            yield condition
        elif isinstance(condition, AllOf):
            for part in condition.parts:
                yield from self._supporting(part)
        elif isinstance(condition, AnyOf):
            first = next((part for part in condition.parts if self._evaluation.truth(part) is Truth.YES), None)
            if first is not None:
                yield from self._supporting(first)

    def _stated(self, tests: list[FactTest], provision: str, *, about_the_release: bool = False) -> Deciding | None:
        for test in tests:
            name = fact_of(test.fact)
            fact = self._facts.by_name.get(name)
            if fact is None or fact.origin.sureness is Sureness.DECLARED_BY_DEFAULT:
                continue
            if about_the_release or not name.startswith(ABOUT_THE_RELEASE):
                return Deciding(provision, fact, _members(test) & _members_of(fact))
        return None


def _members(test: FactTest) -> frozenset[str]:
    return test.operand if isinstance(test.operand, frozenset) else frozenset()


def _members_of(fact: Fact) -> frozenset[str]:
    if isinstance(fact.value, OpenList):
        return fact.value.members
    return fact.value if isinstance(fact.value, frozenset) else frozenset()
