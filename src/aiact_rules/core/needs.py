"""Needs: which unknown facts to ask for, the most decisive first, and nothing that cannot change the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiact_rules.core.conditions import FactTest, fact_of, leaves
from aiact_rules.core.formulas import Conjunction, Formula, Literal
from aiact_rules.core.packs import DISMISSED, MARKETS, MOMENT, RELEASE_DATE, ROLES, SUBJECT
from aiact_rules.core.rules import Obligation
from aiact_rules.core.truth import UNKNOWN
from aiact_rules.core.truths import Truths

_ABOUT_THE_RELEASE = frozenset({ROLES, MARKETS, MOMENT, RELEASE_DATE, SUBJECT})


@dataclass(frozen=True, slots=True)
class Need:
    """One fact to ask for and the number of open findings that its answer bears on."""

    fact: str
    decides: int


class Asking:
    """Finds the questions that come next for a formula whose truth is unknown.

    Inside a conclusion, of conditions joined with "and" only the first unknown one is asked: while it is open, the
    answers to the others may never matter. Of conditions joined with "or" every unknown one is asked, since each may decide.
    """

    def __init__(self, truths: Truths) -> None:
        self._truths = truths
        self._lowered = truths.lowered
        self._found: dict[tuple[int, bool], tuple[str, ...]] = {}

    def questions(self, formula: Formula, positive: bool = True) -> tuple[str, ...]:
        """Return the facts to ask for next, so that the formula (or its negation) becomes known; none where it is."""
        if self._truths.of(formula) is not UNKNOWN:
            return ()
        if isinstance(formula, Literal):
            if not formula.is_node:
                return (fact_of(self._lowered.atoms[formula.index].fact),)
            key = (formula.index, formula.positive is positive)
            if key not in self._found:
                self._found[key] = self.questions(self._lowered.nodes[formula.index].formula, key[1])
            return self._found[key]
        asked: dict[str, None] = {}
        for part in formula.parts:
            found = self.questions(part, positive)
            if found and isinstance(formula, Conjunction) is positive:
                return found
            asked |= dict.fromkeys(found)
        return tuple(asked)

    def questions_of_parts(self, formula: Formula) -> tuple[str, ...]:
        """Return the facts to ask for next for the parts of a conjunction: why an obligation may be owed.

        Asks what concerns the release and the operator as such, and the first part that is open besides: a person who has
        not yet said what the system does is spared the questions that only some systems raise. Exceptions wait until
        everything else is known.
        """
        about_the_release: dict[str, None] = {}
        first: tuple[str, ...] = ()
        for part in self._parts(formula):
            if isinstance(part, Literal) and part.is_node and not part.positive:
                continue
            found = self.questions(part)
            if _ABOUT_THE_RELEASE.issuperset(found):
                about_the_release |= dict.fromkeys(found)
            else:
                first = first or found
        return tuple(dict.fromkeys((*about_the_release, *first))) or self.questions(formula)

    def all_questions(self, formula: Formula) -> tuple[str, ...]:
        """Return the facts to ask for next for every part of a conjunction: all of them must be shown."""
        return tuple(dict.fromkeys(fact for part in self._parts(formula) for fact in self.questions(part)))

    def _parts(self, formula: Formula) -> tuple[Formula, ...]:
        while isinstance(formula, Literal) and formula.is_node and formula.positive:
            formula = self._lowered.nodes[formula.index].formula
        return formula.parts if isinstance(formula, Conjunction) else (formula,)


def clearing(signal: Obligation) -> tuple[str, ...]:
    """Return the fact that clears a certain signal: its dismissal where it allows one, else the first fact it tests.

    What the release is and who acts are named only where nothing else is tested.
    """
    conditions = (signal.given,) if signal.met is None else (signal.met, signal.given)
    tested = [
        fact_of(leaf.fact) for condition in conditions for leaf in leaves(condition) if isinstance(leaf, FactTest)
    ]
    return (DISMISSED,) if DISMISSED in tested else (*(f for f in tested if f not in _ABOUT_THE_RELEASE), *tested)[:1]


def in_order(questions_of_findings: Iterable[Sequence[str]]) -> tuple[Need, ...]:
    """Return every question once, the one that bears on most findings first; equal ones in the order they came up.

    Of one finding each question is asked once.
    """
    weight: dict[str, int] = {}
    for questions, findings in Counter(map(tuple, questions_of_findings)).items():
        for fact in questions:
            weight[fact] = weight.get(fact, 0) + findings
    order = {fact: index for index, fact in enumerate(weight)}
    return tuple(Need(fact, weight[fact]) for fact in sorted(weight, key=lambda f: (-weight[f], order[f])))
