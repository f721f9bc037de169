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
    support = Support(lowered, values)
    formulas = list(lowered.conclusions.values())
    deadlines: set[str] = set()
    for o, obligation in zip(pack_at.obligations.values(), lowered.obligations, strict=True):
        if o.is_signal:
            continue
        formulas += (obligation.owed, obligation.in_force, obligation.due)
        if support.truth(obligation.owed) is not Truth.NO:
            formulas.append(obligation.met)
            deadlines.update(deadline.runs_from for deadline in o.deadlines)
    return support.behind(*formulas) | deadlines


class Support:
    """Finds the facts on which formulas rest; where one is unknown, those that may still decide it are among them."""

    def __init__(self, lowered: Lowered, values: Mapping[str, FactValue]) -> None:
        self._lowered = lowered
        self._values = values
        self._nodes = truths(lowered, values)

    def truth(self, formula: Formula) -> Truth:
        """Return the truth of a formula over these facts."""
        return truth_of(formula, self._lowered, self._values, self._nodes)

    def behind(self, *formulas: Formula) -> frozenset[str]:
        """Return the names of the facts on which formulas rest."""
        facts: set[str] = set()
        seen: set[int] = set()
        waiting = list(formulas)
        while waiting:
            formula = waiting.pop()
            if not isinstance(formula, Literal):
                settles = Truth.NO if isinstance(formula, Conjunction) else Truth.YES
                waiting += [part for part in formula.parts if self.truth(part) is settles] or formula.parts
            elif not formula.is_node:
                facts.add(fact_of(self._lowered.atoms[formula.index].fact))
            elif formula.index not in seen:
                seen.add(formula.index)
                waiting.append(self._lowered.nodes[formula.index].formula)
        return frozenset(facts)
