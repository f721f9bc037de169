"""Needs: which unknown facts to ask for, the most decisive first, and nothing that cannot change the verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from aiact_rules.core.lowering import Conjunction, Formula, Literal, Lowered, truth_of
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue


@dataclass(frozen=True, slots=True)
class Need:
    """One fact to ask for and the number of open findings that its answer bears on."""

    fact: str
    decides: int


class Asking:
    """Finds the questions that come next for a formula whose truth is unknown.

    Of conditions joined with "and" only the first unknown one is asked: while it is open, the answers to the others
    may never matter. Of conditions joined with "or" every unknown one is asked, since each may decide.
    """

    def __init__(self, lowered: Lowered, facts: Mapping[str, FactValue], nodes: Sequence[Truth]) -> None:
        self._lowered = lowered
        self._facts = facts
        self._nodes = nodes
        self._found: dict[tuple[int, bool], tuple[str, ...]] = {}

    def truth(self, formula: Formula) -> Truth:
        """Give the truth of a formula over these nodes."""
        return truth_of(formula, self._lowered, self._facts, self._nodes)

    def questions(self, formula: Formula, positive: bool = True) -> tuple[str, ...]:
        """Give the facts to ask for next, so that the formula (or its negation) becomes known; none where it is."""
        if self.truth(formula) is not Truth.UNKNOWN:
            return ()
        if isinstance(formula, Literal):
            if not formula.is_node:
                return (self._lowered.atoms[formula.index].fact,)
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


def in_order(questions_of_findings: Iterable[Sequence[str]]) -> tuple[Need, ...]:
    """Give a short list of questions that bears on every open finding, the most decisive first.

    Repeatedly takes the question that bears on most of the findings not yet reached. `decides` counts all findings the
    question bears on. Questions of equal weight keep the order in which they came up.
    """
    findings = [tuple(dict.fromkeys(questions)) for questions in questions_of_findings if questions]
    weight: dict[str, int] = {}
    for questions in findings:
        for fact in questions:
            weight[fact] = weight.get(fact, 0) + 1
    order = {fact: index for index, fact in enumerate(weight)}
    needs: list[Need] = []
    left = findings
    while left:
        bears: dict[str, int] = {}
        for questions in left:
            for fact in questions:
                bears[fact] = bears.get(fact, 0) + 1
        best = max(bears, key=lambda fact: (bears[fact], weight[fact], -order[fact]))
        needs.append(Need(best, weight[best]))
        left = [questions for questions in left if best not in questions]
    return tuple(sorted(needs, key=lambda need: (-need.decides, order[need.fact])))
