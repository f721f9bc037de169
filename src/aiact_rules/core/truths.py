"""Truths: whether each formula of a lowered pack is true of some facts, found when it is first asked for, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiact_rules.core.formulas import Conjunction, Formula, Literal, Lowered, holds
from aiact_rules.core.truth import NO, UNKNOWN, YES, Truth
from aiact_rules.core.vocabulary import FactValue

_NEGATED = {YES: NO, NO: YES, UNKNOWN: UNKNOWN}


class Truths:
    """The truth of formulas over the same facts. Looks only at what an answer needs: most of a pack concerns others."""

    def __init__(
        self, lowered: Lowered, facts: Mapping[str, FactValue], conclusions: Sequence[Truth] | None = None
    ) -> None:
        """Begin with what is known of the conclusions, in the order of the lowered pack."""
        self.lowered = lowered
        self.facts = facts
        self._atoms: list[Truth | None] = [None] * len(lowered.atoms)
        self._nodes: list[Truth | None] = [None] * len(lowered.nodes)
        for formula, truth in zip(lowered.conclusions.values(), conclusions or (), strict=conclusions is not None):
            if isinstance(formula, Literal) and formula.is_node:
                self._nodes[formula.index] = truth if formula.positive else _NEGATED[truth]

    def of(self, formula: Formula) -> Truth:
        """Return the truth of a formula."""
        if isinstance(formula, Literal):
            index = formula.index
            found = self._nodes[index] if formula.is_node else self._atoms[index]
            if found is None:
                found = self._node(index) if formula.is_node else self._atom(index)
            return found if formula.positive else _NEGATED[found]
        settles = NO if isinstance(formula, Conjunction) else YES
        result = _NEGATED[settles]
        for part in formula.parts:
            found = self.of(part)
            if found is settles:
                return settles
            if found is UNKNOWN:
                result = found
        return result

    def _node(self, index: int) -> Truth:
        self._nodes[index] = found = self.of(self.lowered.nodes[index].formula)
        return found

    def _atom(self, index: int) -> Truth:
        atom = self.lowered.atoms[index]
        value = self.facts.get(atom.fact)
        self._atoms[index] = found = UNKNOWN if value is None else Truth.of(holds(atom, value))
        return found
