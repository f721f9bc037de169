"""Truths: whether each formula of a lowered pack is true of some facts, found when it is first asked for, and kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from aiact_rules.core.formulas import Conjunction, Formula, Literal, Lowered, holds
from aiact_rules.core.truth import NO, UNKNOWN, YES, Truth
from aiact_rules.core.vocabulary import FactValue

_TRUTH = (NO, UNKNOWN, YES)
UNSURE = 1
"""The level of what is unknown."""
_LEVEL_OF_CODE = {0: 0, 1: 1, 3: 2}  # of an outcome


class Truths:
    """The truth of formulas over the same facts. Looks only at what an answer needs: most of a pack concerns others.

    A truth is kept as a level: 0 no, 1 unknown, 2 yes. All of some parts are as true as the least of them, any of them
    as the greatest, and a negation is 2 less the level.
    """

    def __init__(
        self, lowered: Lowered, facts: Mapping[str, FactValue], conclusions: Sequence[int] | None = None
    ) -> None:
        """Begin with the codes of the conclusions that an engine found, in the order of the lowered pack."""
        self.lowered = lowered
        self.facts = facts
        self._atoms: dict[int, int] = {}
        self._nodes: dict[int | None, int] = {}
        if conclusions is not None:
            levels = map(_LEVEL_OF_CODE.__getitem__, conclusions)
            self._nodes = dict(zip(lowered.concluding_nodes, levels, strict=True))

    def of(self, formula: Formula) -> Truth:
        """Return the truth of a formula."""
        return _TRUTH[self.level(formula)]

    def level(self, formula: Formula) -> int:
        """Return the truth of a formula as a level."""
        if isinstance(formula, Literal):
            index = formula.index
            if formula.is_node:
                found = self._nodes.get(index)
                if found is None:
                    found = self._nodes[index] = self.level(self.lowered.nodes[index].formula)
            else:
                found = self._atoms.get(index)
                if found is None:
                    found = self._atoms[index] = self._atom(index)
            return found if formula.positive else 2 - found
        level = self.level
        if isinstance(formula, Conjunction):
            least = 2
            for part in formula.parts:
                if (found := level(part)) < least:
                    if found == 0:
                        return 0
                    least = found
            return least
        greatest = 0
        for part in formula.parts:
            if (found := level(part)) > greatest:
                if found == 2:
                    return 2
                greatest = found
        return greatest

    def _atom(self, index: int) -> int:
        atom = self.lowered.atoms[index]
        value = self.facts.get(atom.fact)
        passes = None if value is None else holds(atom, value)
        return UNSURE if passes is None else 2 if passes else 0
