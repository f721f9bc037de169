"""Facts: what is stated about a release, each with its origin."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum

from aiact_rules.core.conditions import as_stated
from aiact_rules.core.open_lists import OpenList, filled, settled
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import OPERATIONS, FactDeclaration, FactValue, Vocabulary


class Sureness(Enum):
    """How sure the origin of a fact is."""

    STATED = "stated"
    DECLARED_BY_DEFAULT = "declared_by_default"
    DERIVED = "derived"
    NOT_SHOWN = "not_shown"
    """It is stated, but its evidence has expired, or evidence is required and there is none, so that it does not count."""


_STATED, _BY_DEFAULT, _NOT_SHOWN = Sureness.STATED, Sureness.DECLARED_BY_DEFAULT, Sureness.NOT_SHOWN


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a fact comes from: a file and line, a registry tag, the command line, a declared default.

    `renamed` says which names stood there that are called otherwise now, each in a sentence.
    """

    place: Place
    sureness: Sureness = Sureness.STATED
    because: str | None = None
    renamed: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.sureness is Sureness.STATED:
            return str(self.place)
        if self.sureness is Sureness.DECLARED_BY_DEFAULT:
            return "default value"
        return f"{self.place} ({self.sureness.value.replace('_', ' ')})"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: its name, its value in the type its declaration gives it, and its origin."""

    name: str
    value: FactValue
    origin: Origin

    @property
    def counts(self) -> bool:
        """Return whether the value is known. Of what is not shown, only what a list leaves open and denies is."""
        return self.origin.sureness is not _NOT_SHOWN or isinstance(self.value, OpenList)

    @property
    def is_computed(self) -> bool:
        """Return whether a vocabulary computed it from other facts, so that it is computed anew when these change."""
        return self.origin.sureness is Sureness.DERIVED and self.origin.because in OPERATIONS


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts by name. What is not in here is unknown, and so is what is not shown, though it is in here."""

    by_name: Mapping[str, Fact]

    @classmethod
    def of(cls, facts: Iterable[Fact]) -> Facts:
        """Collect facts. Raises InputError where two origins give one fact different values.

        A member that one leaves open in a list may be settled by the other.
        """
        collected: dict[str, Fact] = {}
        problems = []
        for fact in facts:
            other = collected.setdefault(fact.name, fact)
            if other.value != fact.value:
                if (joined := _joined(other, fact)) is not None:
                    collected[fact.name] = joined
                    continue
                problems.append(
                    Problem(
                        f"`{fact.name}` is {_show(fact.value)} here but {_show(other.value)} at {other.origin}",
                        fact.origin.place,
                        "make both say the same, or remove one",
                    )
                )
        if problems:
            raise InputError(problems)
        return cls(collected)

    def merged_with(self, other: Facts) -> Facts:
        """Join facts from two sources. Raises InputError where they disagree: a person must settle it."""
        if self.by_name.keys().isdisjoint(other.by_name):
            return self.overridden_by(other)
        return Facts.of([*self.by_name.values(), *other.by_name.values()])

    def overridden_by(self, other: Facts) -> Facts:
        """Join facts, `other` winning. Only for what a caller says explicitly, such as an argument over a file."""
        return Facts({**self.by_name, **other.by_name}) if other.by_name else self

    def value(self, name: str) -> FactValue | None:
        """Return the value of a fact, or None where it is unknown."""
        fact = self.by_name.get(name)
        return None if fact is None or not fact.counts else fact.value

    def values(self) -> dict[str, FactValue]:
        """Return the values as tests see them: by name, and under a second one where a declared default is not all of it."""
        found: dict[str, FactValue] = {}
        stated: dict[str, FactValue] = {}
        for name, fact in self.by_name.items():
            if fact.origin.sureness is _BY_DEFAULT:
                found[name] = fact.value
            elif fact.counts:
                found[name] = stated[as_stated(name)] = fact.value
        return found | stated

    def completed(self, vocabulary: Vocabulary) -> Facts:
        """Add what follows from other facts, then the declared defaults of facts nobody stated."""
        return Completion.of(vocabulary).of_facts(self)

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def __getitem__(self, name: str) -> Fact:
        return self.by_name[name]

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.by_name.values())

    def __len__(self) -> int:
        return len(self.by_name)


NO_FACTS = Facts({})

VOCABULARY = Place("vocabulary")
"""Where a declared default comes from."""


@dataclass(frozen=True, slots=True)
class Completion:
    """What a vocabulary adds to facts: what follows from other facts, and the declared defaults."""

    derived: tuple[FactDeclaration, ...]
    defaults: Mapping[str, Fact]
    bounded: tuple[FactDeclaration, ...] = ()

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Completion:
        """Collect what a vocabulary adds, once for any number of releases."""
        declarations = vocabulary.declarations.values()
        defaults = {
            d.name: Fact(d.name, d.if_absent, Origin(VOCABULARY, Sureness.DECLARED_BY_DEFAULT, d.if_absent_because))
            for d in declarations
            if d.if_absent is not None
        }
        derived = tuple(d for d in declarations if d.derivation is not None)
        return cls(derived, defaults, tuple(d for d in declarations if d.bounded_by))

    def of_facts(self, stated: Facts) -> Facts:
        """Complete facts. Raises InputError where what is stated and what follows disagree."""
        known = dict(stated.by_name)
        problems: list[Problem] = []
        for declaration in self.derived:
            _derive(declaration, known, problems)
        for declaration in self.bounded:
            _check_bounds(declaration, known, problems)
        if problems:
            raise InputError(problems)
        for name in known.keys() & self.defaults:
            known[name] = _filled(known[name], self.defaults[name].value)
        # What is known keeps its place and its value; the defaults of the rest follow.
        return Facts({**known, **self.defaults, **known})


def _derive(declaration: FactDeclaration, known: dict[str, Fact], problems: list[Problem]) -> None:
    derivation = declaration.derivation
    assert derivation is not None
    facts = [fact for name in derivation.of if (fact := known.get(name)) is not None and fact.counts]
    if len(facts) < len(derivation.of):
        return
    parts = [fact.value for fact in facts]
    numbers = [part for part in parts if isinstance(part, Decimal)]
    value: FactValue
    if derivation.period is not None:
        begins, on = (part for part in parts if isinstance(part, date))
        value = derivation.period.has_passed(begins, on)
        if derivation.or_more and not value:
            return  # it may be so for another reason
    elif derivation.operation == "ratio":
        if numbers[1] == 0:
            problems.append(
                Problem(
                    f"`{derivation.of[1]}` is zero, so `{declaration.name}` has no value",
                    known[derivation.of[1]].origin.place,
                )
            )
            return
        value = numbers[0] / numbers[1]
    else:
        value = sum(numbers, Decimal(0))
    stated = known.get(declaration.name)
    if stated is not None and stated.counts and not derivation.fits(stated.value, value):
        problems.append(
            Problem(
                f"`{declaration.name}` is stated as {_show(stated.value)} but follows as {_show(value)}"
                f" from {', '.join(derivation.of)}, so that they contradict each other",
                stated.origin.place,
                "remove it, or fix the facts it is computed from",
            )
        )
        return
    if stated is None:
        origin = Origin(Place(" and ".join(derivation.of)), Sureness.DERIVED, derivation.operation)
        known[declaration.name] = Fact(declaration.name, value, origin)


def _check_bounds(declaration: FactDeclaration, known: Mapping[str, Fact], problems: list[Problem]) -> None:
    fact = known.get(declaration.name)
    for name in declaration.bounded_by if fact is not None and fact.counts else ():
        bound = known.get(name)
        if fact is None or bound is None or not bound.counts or fact.value <= bound.value:  # type: ignore[operator]  # of one type, as loaded
            continue
        problems.append(
            Problem(
                f"`{fact.name}` is {_show(fact.value)}, which contradicts `{name}`, {_show(bound.value)} at {bound.origin}",
                fact.origin.place,
                f"`{fact.name}` is never more than `{name}`: correct one of the two",
            )
        )


def _joined(first: Fact, second: Fact) -> Fact | None:
    """Return what two statements about one list say together; None where they do not go together."""
    one, other = first.value, second.value
    if not isinstance(one, OpenList | frozenset) or not isinstance(other, OpenList | frozenset):
        return None
    value = settled(one, other)
    if value is None:
        return None
    if value == one:
        return first
    if value == other:
        return second
    place = first.origin.place
    if second.origin.place != place:
        place = Place(f"{first.origin.place} and {second.origin.place}")
    renamed = tuple(dict.fromkeys((*first.origin.renamed, *second.origin.renamed)))
    return Fact(first.name, value, Origin(place, renamed=renamed))


def _filled(fact: Fact, default: FactValue) -> Fact:
    """Return a list with the declared default for the members of which a former name could say nothing."""
    if (
        fact.origin.renamed
        and fact.origin.sureness is _STATED
        and isinstance(fact.value, OpenList)
        and isinstance(default, frozenset)
    ):
        return replace(fact, value=filled(fact.value, default))
    return fact


def _show(value: FactValue) -> str:
    if isinstance(value, OpenList):
        return f"`{value}`"
    if isinstance(value, bool):
        return "`yes`" if value else "`no`"
    if isinstance(value, frozenset):
        return f"`[{', '.join(sorted(value))}]`"
    return f"`{value}`"
