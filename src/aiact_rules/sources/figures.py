"""Figures: amounts that documents of a release give besides what a person states, and whether they agree with that."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Figure:
    """An amount for a fact, read from prose or counted in a file, and where; with `at_least` the fact may be more."""

    name: str
    value: Decimal
    place: Place
    at_least: bool = False


@dataclass(frozen=True, slots=True)
class Doubt:
    """Words of a document that may state a fact, for a person to say whether they do; of no interest once it is known."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a document says besides the facts it states: doubts, and figures."""

    doubts: tuple[Doubt, ...] = ()
    figures: tuple[Figure, ...] = ()

    def joined_with(self, other: Said) -> Said:
        """Return what two documents say."""
        return Said((*self.doubts, *other.doubts), (*self.figures, *other.figures))


def agree(one: Decimal, other: Decimal) -> bool:
    """Return whether two amounts are the same, or one is the other rounded to the digits that it has."""
    digits = min(_digits(one), _digits(other))
    context = Context(prec=digits, rounding=ROUND_HALF_UP)
    return context.plus(one) == context.plus(other)


def _digits(amount: Decimal) -> int:
    return max(1, len(amount.normalize().as_tuple().digits))


def with_figures(facts: Facts, figures: Iterable[Figure], vocabulary: Vocabulary) -> Facts:
    """Add what figures say to what is stated. Of two that agree, as one rounded does, the larger counts.

    Raises InputError with both places where they disagree.
    """
    known = dict(facts.by_name)
    problems: list[Problem] = []
    ordered = sorted((each for each in figures if each.name in vocabulary), key=lambda each: each.at_least)
    for figure in ordered:
        fact = known.get(figure.name)
        if fact is None or not isinstance(fact.value, Decimal):
            if fact is None and not figure.at_least:
                known[figure.name] = Fact(figure.name, figure.value, Origin(figure.place))
        elif agree(fact.value, figure.value):
            if fact.value < figure.value:
                known[figure.name] = Fact(figure.name, figure.value, Origin(figure.place))
        elif not figure.at_least or fact.value < figure.value:
            said = f"at least `{figure.value}`" if figure.at_least else f"`{figure.value}`"
            message = f"`{figure.name}` is {said} here but `{fact.value}` at {fact.origin}"
            problems.append(Problem(message, figure.place, "make both say the same, or remove one"))
    if problems:
        raise InputError(problems)
    return Facts(known) if known != facts.by_name else facts
