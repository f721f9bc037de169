"""The reference engine: the interpreter that defines the semantics."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiact_rules.core.evaluation import evaluate
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.outcomes import Outcome
from aiact_rules.core.packs import PackAt
from aiact_rules.core.vocabulary import FactValue


class ReferenceEngine:
    """Evaluates by the three sentences of the semantics, without compiling anything."""

    name = "reference"

    def prepare(self, pack_at: PackAt, lowered: Lowered) -> Callable[[Mapping[str, FactValue]], Outcome]:  # noqa: ARG002
        """Return a function from facts to the outcome."""
        return lambda facts: evaluate(pack_at, facts).outcome()
