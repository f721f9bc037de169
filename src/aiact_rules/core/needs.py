"""Needs: which unknown facts to ask for, the most decisive first, and nothing that cannot change the verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiact_rules.core.conditions import FactTest, fact_of, leaves
from aiact_rules.core.formulas import Circumstances, Conjunction, Formula, Literal
from aiact_rules.core.packs import DISMISSED, MARKETS, MOMENT, RELEASE_DATE, ROLES, SUBJECT
from aiact_rules.core.rules import Obligation
from aiact_rules.core.truths import UNSURE, Truths

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
        self._level = truths.level
        self._lowered = truths.lowered
        self._found: dict[bool, dict[int, tuple[str, ...]]] = {True: {}, False: {}}
        self._placed: dict[int, tuple[str, ...]] = {}
        self._applying: dict[int, tuple[str, ...]] = {}

    def questions(self, formula: Formula, positive: bool = True) -> tuple[str, ...]:
        """Return the facts to ask for next, so that the formula (or its negation) becomes known; none where it is."""
        return self._asked(formula, positive) if self._level(formula) == UNSURE else ()

    def _asked(self, formula: Formula, positive: bool) -> tuple[str, ...]:
        """Return the facts to ask for next about a formula that is unknown."""
        if isinstance(formula, Literal):
            if not formula.is_node:
                return (fact_of(self._lowered.atoms[formula.index].fact),)
            wanted = formula.positive is positive
            kept = self._found[wanted]
            found = kept.get(formula.index)
            if found is None:
                found = kept[formula.index] = self._asked(self._lowered.nodes[formula.index].formula, wanted)
            return found
        level, first = self._level, isinstance(formula, Conjunction) is positive
        asked: dict[str, None] = {}
        for part in formula.parts:
            if level(part) == UNSURE:
                found = self._asked(part, positive)
                if first:
                    return found
                for fact in found:
                    asked[fact] = None
        return tuple(asked)

    def whether_applies(self, number: int) -> tuple[str, ...]:
        """Return the facts to ask for next to know whether obligations apply, by their number in `Lowered.applying`.

        Of the parts of what they are owed under those that concern the release and the operator as such are asked, and
        the first one that is open besides: a person who has not yet said what the system does is spared the questions
        that only some systems raise. Exceptions wait until everything else is known.
        """
        found = self._applying.get(number)
        if found is None:
            circumstances = self._lowered.circumstances[number]
            asked = dict.fromkeys(self._whether_owed(circumstances))
            for place, time in circumstances.times:
                asked |= dict.fromkeys(self._at(place, time))
            found = self._applying[number] = tuple(asked)
        return found

    def _whether_owed(self, circumstances: Circumstances) -> tuple[str, ...]:
        about_the_release: dict[str, None] = {}
        first: tuple[str, ...] = ()
        for place, part in circumstances.parts:
            if isinstance(part, Literal) and part.is_node and not part.positive:
                continue
            found = self._at(place, part)
            if _ABOUT_THE_RELEASE.issuperset(found):
                about_the_release |= dict.fromkeys(found)
            else:
                first = first or found
        return (*about_the_release, *first) or self.questions(circumstances.owed)

    def _at(self, place: int, formula: Formula) -> tuple[str, ...]:
        """Return the questions of a formula, which are the same for all at this place."""
        found = self._placed.get(place)
        if found is None:
            found = self._placed[place] = self.questions(formula)
        return found

    def all_questions(self, formula: Formula) -> tuple[str, ...]:
        """Return the facts to ask for next for every part of a conjunction: all of them must be shown."""
        return tuple(dict.fromkeys(fact for part in self._lowered.parts(formula) for fact in self.questions(part)))


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
