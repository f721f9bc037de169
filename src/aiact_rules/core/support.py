"""Support: the facts on which the answers of a pack rest, so that a stated fact which reached no rule can be named.

A conjunction that fails rests on the parts that fail, and not on what stands beside them; one that holds rests on all
of its parts. A disjunction the other way round.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from aiact_rules.core.conditions import fact_of
from aiact_rules.core.formulas import Conjunction, Formula, Literal
from aiact_rules.core.packs import PackAt
from aiact_rules.core.truth import NO
from aiact_rules.core.truths import Truths


def facts_behind(truths: Truths, *formulas: Formula) -> frozenset[str]:
    """Return the names of the facts on which formulas rest; where one is unknown, also those that may still decide it."""
    facts: set[str] = set()
    seen: set[int] = set()
    waiting = list(formulas)
    while waiting:
        formula = waiting.pop()
        if not isinstance(formula, Literal):
            waiting += _resting(truths, formula)
        elif not formula.is_node:
            facts.add(fact_of(truths.lowered.atoms[formula.index].fact))
        elif formula.index not in seen:
            seen.add(formula.index)
            waiting.append(truths.lowered.nodes[formula.index].formula)
    return frozenset(facts)


def unsupporting(names: Collection[str], pack_at: PackAt, truths: Truths) -> frozenset[str]:
    """Return those of these facts on which neither the conclusions nor the obligations of a pack rest.

    What only compares statements with each other counts for nothing here.
    """
    if not names:
        return frozenset()
    lowered = truths.lowered
    search = _Search(truths, names)
    for name in sorted(search.wanted):
        for formula in lowered.conclusions_on(name):
            if name not in search.wanted:
                break
            search.visit(formula)
    obligations = pack_at.in_order
    for name in sorted(search.wanted):
        for index in lowered.turning_on(name):
            if name not in search.wanted:
                break
            if not obligations[index].is_signal:
                search.visit_obligation(index)
    for index, o in enumerate(obligations) if search.wanted else ():
        runs_from = search.wanted.intersection(deadline.runs_from for deadline in o.deadlines)
        if runs_from and truths.of(lowered.obligations[index].owed) is not NO:
            search.wanted -= runs_from
    return frozenset(search.wanted)


def _resting(truths: Truths, formula: Formula) -> Sequence[Formula]:
    """Return the parts on which what joins them rests."""
    assert not isinstance(formula, Literal)
    level, settles = truths.level, 0 if isinstance(formula, Conjunction) else 2
    return [part for part in formula.parts if level(part) == settles] or formula.parts


class _Search:
    """Goes through formulas for the facts still wanted, and passes over those that test none of them."""

    def __init__(self, truths: Truths, names: Collection[str]) -> None:
        self._truths = truths
        self._lowered = truths.lowered
        self._seen: set[int] = set()
        self.wanted = set(names)
        self.bits = sum(self._lowered.bits.get(name, 0) for name in self.wanted)

    def visit_obligation(self, index: int) -> None:
        """Go through what an obligation rests on."""
        obligation = self._lowered.obligations[index]
        for formula in (obligation.owed, obligation.in_force, obligation.due):
            self.visit(formula)
        if self._truths.of(obligation.owed) is not NO:
            self.visit(obligation.met)

    def visit(self, formula: Formula) -> None:
        """Go through what a formula rests on."""
        if not isinstance(formula, Literal):
            for part in _resting(self._truths, formula):
                self.visit(part)
        elif not formula.is_node:
            name = fact_of(self._lowered.atoms[formula.index].fact)
            self.wanted.discard(name)
            self.bits &= ~self._lowered.bits[name]
        elif self._lowered.reach[formula.index] & self.bits and formula.index not in self._seen:
            self._seen.add(formula.index)
            self.visit(self._lowered.nodes[formula.index].formula)
