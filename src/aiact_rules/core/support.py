"""Support: the facts on which the answers of a pack rest, so that a stated fact which reached no rule can be named.

A conjunction that fails rests on the parts that fail, and not on what stands beside them; one that holds rests on all
of its parts. A disjunction the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping

from aiact_rules.core.conditions import fact_of
from aiact_rules.core.formulas import Conjunction, Formula, Literal, Lowered, truth_of, truths
from aiact_rules.core.packs import PackAt
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactValue


def supporting_facts(pack_at: PackAt, lowered: Lowered, values: Mapping[str, FactValue]) -> frozenset[str]:
    """Return the names of the facts on which the conclusions and the obligations of a pack rest.

    What only compares statements with each other counts for nothing here.
    """
    support = _Support(lowered, values)
    for formula in lowered.conclusions.values():
        support.visit(formula)
    for o, obligation in zip(pack_at.obligations.values(), lowered.obligations, strict=True):
        if o.is_signal:
            continue
        for formula in (obligation.owed, obligation.in_force, obligation.due):
            support.visit(formula)
        if support.truth(obligation.owed) is not Truth.NO:
            support.visit(obligation.met)
            support.facts.update(deadline.runs_from for deadline in o.deadlines)
    return frozenset(support.facts)


class _Support:
    def __init__(self, lowered: Lowered, values: Mapping[str, FactValue]) -> None:
        self._lowered = lowered
        self._values = values
        self._nodes = truths(lowered, values)
        self._seen: set[int] = set()
        self.facts: set[str] = set()

    def truth(self, formula: Formula) -> Truth:
        return truth_of(formula, self._lowered, self._values, self._nodes)

    def visit(self, formula: Formula) -> None:
        if isinstance(formula, Literal):
            if not formula.is_node:
                self.facts.add(fact_of(self._lowered.atoms[formula.index].fact))
            elif formula.index not in self._seen:
                self._seen.add(formula.index)
                self.visit(self._lowered.nodes[formula.index].formula)
            return
        settles = Truth.NO if isinstance(formula, Conjunction) else Truth.YES
        settling = [part for part in formula.parts if self.truth(part) is settles]
        for part in settling or formula.parts:
            self.visit(part)
