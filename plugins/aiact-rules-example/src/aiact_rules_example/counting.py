"""The counting engine: the reference engine, with a count of what it is asked."""

from __future__ import annotations

from collections.abc import Mapping

from aiact_rules.core.formulas import Lowered
from aiact_rules.core.outcomes import Outcome
from aiact_rules.core.packs import PackAt
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.engines.reference import ReferenceEngine
from aiact_rules.plugins.interfaces import Evaluator


class CountingEngine:
    """Gives the outcomes of the reference engine. `evaluated` says how many there were."""

    name = "counting"

    def __init__(self) -> None:
        self.evaluated = 0
        self._reference = ReferenceEngine()

    def prepare(self, pack_at: PackAt, lowered: Lowered) -> Evaluator:
        """Return a function from facts to the outcome, which counts its calls."""
        evaluate = self._reference.prepare(pack_at, lowered)

        def counted(facts: Mapping[str, FactValue]) -> Outcome:
            self.evaluated += 1
            return evaluate(facts)

        return counted
