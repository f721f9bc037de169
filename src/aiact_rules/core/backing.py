"""Backing: which statements about a release still count, by the evidence that is named for them.

Evidence that has expired on the day of the release no longer backs what it is about, and where evidence is required a
word alone backs nothing that obligations test. Such a fact counts as not stated, and takes no declared default either.
What a statement admits stands: nothing is made laxer by evidence that is missing, and what is violated as stated stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from aiact_rules.core.choices import Choice
from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Not, Test, fact_of
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Fact, Facts, Sureness
from aiact_rules.core.formulas import holds
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import FOUND, MARKETS, MOMENT, RELEASE_DATE, ROLES, SUBJECT, PackAt
from aiact_rules.core.vocabulary import FactValue, Vocabulary

ALWAYS_COUNT = frozenset({ROLES, MARKETS, MOMENT, RELEASE_DATE, SUBJECT, *FOUND})
"""Who acts, where, when and on what is judged, whatever shows it."""

_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class _Tested:
    """One test of a fact in the `met` of an obligation, and whether it is met by what passes or by what fails it."""

    obligation: str
    test: FactTest
    positive: bool


@dataclass(frozen=True)
class Conduct:
    """The facts by which obligations are met, with every test of each."""

    tests: Mapping[str, tuple[_Tested, ...]]

    @classmethod
    def of(cls, packs: Iterable[PackAt]) -> Conduct:
        """Return what the obligations of packs test."""
        found: dict[str, list[_Tested]] = {}
        for pack_at in packs:
            for o in pack_at.obligations.values():
                for test, positive in _tests(o.met) if o.met is not None and not o.is_signal else ():
                    found.setdefault(fact_of(test.fact), []).append(_Tested(o.id, test, positive))
        return cls({name: tuple(tests) for name, tests in found.items()})

    @classmethod
    def joined(cls, several: Iterable[Conduct]) -> Conduct:
        """Return what the obligations of several packs test."""
        found: dict[str, tuple[_Tested, ...]] = {}
        for conduct in several:
            for name, tests in conduct.tests.items():
                found[name] = (*found.get(name, ()), *tests)
        return cls(found)

    def obligations(self, fact: str) -> frozenset[str]:
        """Return the ids of the obligations that a fact can show to be met."""
        return frozenset(each.obligation for each in self.tests.get(fact, ()))

    def claimed_away(self, fact: Fact) -> Fact | None:
        """Return a fact of conduct without what it claims; None where it claims nothing, or is against whoever states it."""
        value, tests = fact.value, self.tests[fact.name]
        if isinstance(value, frozenset | OpenList):
            return self._list_claimed_away(fact)
        return fact if any(holds(each.test, value) is each.positive for each in tests) else None

    def _list_claimed_away(self, fact: Fact) -> Fact | None:
        """Return a list of which what is claimed is open, what is denied stays denied, and what is admitted stays in."""
        tests = self.tests[fact.name]
        members, unknown = _parts(fact.value)
        empty = {each.positive for each in tests if each.test.test is Test.EMPTY}
        if not members:
            return fact if True in empty else None
        helping, hurting = _named(tests, True), _named(tests, False)
        admitted = (members if True in empty else members & hurting) - helping
        value = OpenList.of(admitted, members | unknown)
        return None if value == fact.value else replace(fact, value=value)


def _named(tests: Iterable[_Tested], positive: bool) -> frozenset[str]:
    """Return the members of a list that tests name, of those that help by passing or of those that help by failing."""
    operands = (each.test.operand for each in tests if each.positive is positive)
    return frozenset(word for operand in operands if isinstance(operand, frozenset) for word in operand)


@dataclass(frozen=True, slots=True)
class Backed:
    """The facts that count, those that do not marked as not shown, and what a person must be told of that."""

    facts: Facts
    notes: tuple[str, ...] = ()


def backed(
    stated: Facts,
    evidence: Iterable[Evidence],
    day: date,
    *,
    conduct: Conduct,
    vocabulary: Vocabulary,
    required: Choice | None = None,
) -> Backed:
    """Return the facts of a release that count on a day. With `required`, conduct that nothing shows does not count."""
    pieces = tuple(evidence)
    valid = {each.about for each in pieces if not each.has_expired(day)}
    expired = {each.about: each for each in pieces if each.has_expired(day) and each.about not in valid}
    kept: dict[str, Fact] = {}
    notes: list[str] = []
    by_word: list[str] = []
    for fact in stated:
        kept[fact.name] = fact
        if fact.origin.sureness is not Sureness.STATED or fact.name in ALWAYS_COUNT or fact.name in valid:
            continue
        declaration = vocabulary.get(fact.name)
        if declaration is not None and declaration.if_absent == fact.value:
            continue  # silence says the same
        obligations = conduct.obligations(fact.name)
        gone = next((expired[name] for name in (fact.name, *sorted(obligations)) if name in expired), None)
        if gone is not None:
            because = f"its evidence expired on {gone.expires} ({gone.place})"
        elif required is not None and obligations and not obligations <= valid:
            because = f"evidence is required ({required.place}), and there is none"
        else:
            continue
        left = conduct.claimed_away(fact) if obligations else replace(fact, value=_closed(fact.value))
        if left is None:
            continue
        kept[fact.name] = replace(left, origin=replace(fact.origin, sureness=Sureness.NOT_SHOWN, because=because))
        if gone is None:
            by_word.append(fact.name)
        else:
            notes.append(
                f"{gone.place}: the evidence for `{gone.about}` expired on {gone.expires}, before {day}, "
                f"so `{fact.name}` ({fact.origin.place}) counts as not shown"
            )
    if required is not None and by_word:
        notes.append(f"evidence is required ({required.place}): {_listed(by_word)}, claimed by word alone, not shown")
    return Backed(Facts(kept), tuple(notes)) if notes else Backed(stated)


Violated = Callable[[Facts], frozenset[tuple[str, int]]]
"""What is violated by some facts: obligations by their pack and place."""


def with_admissions(
    found: Backed, stated: Facts, *, conduct: Conduct, vocabulary: Vocabulary, violated: Violated
) -> Backed:
    """Return the same, but each fact without which something would no longer be violated stands as far as it admits that.

    Of a list that stands, what it does not name is open, unless it is violated by that, too.
    """
    taken = {
        fact.name: stated[fact.name]
        for fact in found.facts
        if fact.origin.sureness is Sureness.NOT_SHOWN
        and stated[fact.name].origin.sureness is Sureness.STATED
        and not conduct.obligations(fact.name)
    }
    whole = Facts({**found.facts.by_name, **taken})
    if not taken or not (breaches := violated(whole)) or breaches <= violated(found.facts):
        return found
    needed = {
        name: fact
        for name, fact in taken.items()
        if not breaches <= violated(Facts({**whole.by_name, name: found.facts[name]}))
    }
    if not breaches <= violated(Facts({**found.facts.by_name, **needed})):
        needed = taken
    facts = {**found.facts.by_name, **needed}
    for name, fact in needed.items():
        members_only = replace(found.facts[name], value=_admitted(fact, vocabulary))
        if isinstance(members_only.value, OpenList) and breaches <= violated(Facts({**facts, name: members_only})):
            facts[name] = members_only
    told = [note for note in found.notes if not any(f"so `{name}` (" in note for name in needed)]
    told += [
        f"`{name}` ({fact.origin.place}) stands, although its evidence expired: what it admits is violated"
        for name, fact in needed.items()
    ]
    return Backed(Facts(facts), tuple(told))


def _admitted(fact: Fact, vocabulary: Vocabulary) -> FactValue:
    """Return a list with its members in, and open whatever else it could name; any other value as it is."""
    value, declaration = fact.value, vocabulary.get(fact.name)
    if not isinstance(value, frozenset | OpenList) or declaration is None or declaration.values is None:
        return value
    return OpenList.of(_parts(value)[0], declaration.values)


def _tests(condition: Condition, positive: bool = True) -> Iterator[tuple[FactTest, bool]]:
    """Yield the tests of facts in a condition, and whether each helps it by passing or by failing."""
    if isinstance(condition, Not):
        yield from _tests(condition.part, not positive)
    elif isinstance(condition, AllOf | AnyOf):
        for part in condition.parts:
            yield from _tests(part, positive)
    elif isinstance(condition, FactTest):
        yield condition, positive


def _parts(value: FactValue) -> tuple[frozenset[str], frozenset[str]]:
    """Return the members of a list that are in it, and those that are open."""
    if isinstance(value, OpenList):
        return value.members, value.open
    assert isinstance(value, frozenset)
    return value, frozenset()


def _closed(value: FactValue) -> FactValue:
    """Return a value of which nothing counts once it is not shown: a list without members that it leaves open."""
    return value.members if isinstance(value, OpenList) else value


def _listed(names: list[str]) -> str:
    """Return the first names, and how many more there are."""
    shown = ", ".join(f"`{name}`" for name in names[:_MOST_NAMED])
    further = len(names) - _MOST_NAMED
    return f"{shown} and {further} more" if further > 0 else shown
