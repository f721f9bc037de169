"""Records: facts made for comparing engines, from the tests of a lowered pack.

A record maps names of facts to values; what is not in it is unknown. Everything is seeded: the same pack gives the same
records.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from aiact_rules.core.conditions import FactTest, Test, fact_of
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import MARKETS, ROLES, SIGNALS
from aiact_rules.core.vocabulary import FactValue, Vocabulary

Record = dict[str, FactValue]

_SMALLEST = Decimal("1e-9")
_OTHER = "something_nobody_listed"


@dataclass(frozen=True, slots=True)
class Choices:
    """The values at which some test of one fact changes its answer, and their neighbours."""

    fact: str
    values: tuple[FactValue, ...]
    elements: tuple[str, ...]  # of a `some_of` fact

    def some(self, rng: random.Random, density: float) -> FactValue:
        """Return one value; `density` is how likely a yes is, and how likely each element of a set.

        Now and then a list leaves some of its elements open.
        """
        if self.elements:
            members = [element for element in self.elements if rng.random() < density]
            if self.fact in (ROLES, MARKETS, SIGNALS) or rng.random() < 0.7:
                return frozenset(members)
            return OpenList.of(members, (element for element in self.elements if rng.random() < 0.3))
        if self.values == (True, False):
            return rng.random() < density
        return rng.choice(self.values)


def choices(lowered: Lowered, vocabulary: Vocabulary) -> tuple[Choices, ...]:
    """Return the values worth trying for each fact that the pack tests, by name."""
    atoms: dict[str, list[FactTest]] = {}
    for atom in lowered.atoms:
        atoms.setdefault(fact_of(atom.fact), []).append(atom)
    return tuple(_choices(fact, atoms[fact], vocabulary) for fact in sorted(atoms))


def _choices(fact: str, atoms: Sequence[FactTest], vocabulary: Vocabulary) -> Choices:
    declared = list((vocabulary[fact].values or {}) if fact in vocabulary else {})
    tests = {atom.test for atom in atoms}
    if Test.IS in tests:
        return Choices(fact, (True, False), ())
    if tests & {Test.INCLUDES, Test.EMPTY}:
        named = {word for atom in atoms if isinstance(atom.operand, frozenset) for word in atom.operand}
        elements = tuple(dict.fromkeys([*declared, *sorted(named), *([] if declared else [_OTHER])]))
        alone: list[FactValue] = [frozenset({element}) for element in elements]
        if fact not in (ROLES, MARKETS, SIGNALS) and elements:
            alone.append(OpenList.of([], elements[:1]))
            alone.append(OpenList.of(elements[:1], elements[1:2]))
        return Choices(fact, tuple(dict.fromkeys([frozenset(), *alone, frozenset(elements)])), elements)
    if Test.ONE_OF in tests:
        named = {word for atom in atoms if isinstance(atom.operand, frozenset) for word in atom.operand}
        return Choices(fact, tuple(dict.fromkeys([*declared, *sorted(named)])), ())
    thresholds = [atom.operand for atom in atoms]
    dates = sorted({t for t in thresholds if isinstance(t, date)})
    if dates:
        day = timedelta(days=1)
        return Choices(fact, tuple(sorted({d for t in dates for d in (t - day, t, t + day)})), ())
    numbers = sorted({t for t in thresholds if isinstance(t, Decimal)})
    around = {n for t in numbers for n in (t - max(abs(t), 1) * _SMALLEST, t, t + max(abs(t), 1) * _SMALLEST)}
    return Choices(fact, tuple(sorted({n for n in around if n >= 0} | {Decimal(0), Decimal(1)})), ())


def random_records(lowered: Lowered, vocabulary: Vocabulary, count: int, *, seed: int = 0) -> Iterator[Record]:
    """Return that many records that differ in how much is known and in how much of it is yes."""
    rng = random.Random(seed)
    every = choices(lowered, vocabulary)
    for _ in range(count):
        unknown = rng.choice((0.0, 0.02, 0.1, 0.3, 0.6, 0.95))
        density = rng.choice((0.03, 0.15, 0.4, 0.6, 0.9, 0.98))
        yield {c.fact: c.some(rng, density) for c in every if rng.random() >= unknown}


def boundary_records(
    lowered: Lowered, vocabulary: Vocabulary, *, bases: Sequence[Mapping[str, FactValue]] | None = None, seed: int = 0
) -> Iterator[Record]:
    """Return, around each base, each fact at each of its values and unknown, all other facts as the base has them.

    The default bases: nothing known, everything known with few and with many a yes, and half known.
    """
    every = choices(lowered, vocabulary)
    for base in bases if bases is not None else default_bases(every, seed):
        yield dict(base)
        for c in every:
            without = {name: value for name, value in base.items() if name != c.fact}
            if c.fact in base:
                yield without
            for value in c.values:
                if base.get(c.fact) != value:
                    yield {**without, c.fact: value}


def default_bases(every: Sequence[Choices], seed: int = 0) -> tuple[Record, ...]:
    """Return the records around which `boundary_records` varies each fact."""
    rng = random.Random(seed)
    return (
        {},
        {c.fact: c.some(rng, 0.1) for c in every},
        {c.fact: c.some(rng, 0.9) for c in every},
        {c.fact: c.some(rng, 0.5) for c in every if rng.random() < 0.5},
    )


def completions(
    record: Mapping[str, FactValue], lowered: Lowered, vocabulary: Vocabulary, *, seed: int = 0, count: int = 2
) -> Iterator[Record]:
    """Return that many records in which some, and in the last one all, of what is unknown has become known."""
    rng = random.Random(seed)
    unknown = [c for c in choices(lowered, vocabulary) if c.fact not in record]
    half_known = {name: value for name, value in record.items() if isinstance(value, OpenList)}
    for share in [rng.random() for _ in range(count - 1)] + [1.0]:
        density = rng.random()
        settled = {
            name: frozenset({*value.members, *(word for word in sorted(value.open) if rng.random() < density)})
            for name, value in half_known.items()
            if rng.random() < share
        }
        yield {**record, **settled, **{c.fact: c.some(rng, density) for c in unknown if rng.random() < share}}
