"""The engines of this distribution, each imported only when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from aiact_rules.core.formulas import Lowered
from aiact_rules.core.outcomes import Outcome
from aiact_rules.core.packs import PackAt
from aiact_rules.core.vocabulary import FactValue


@dataclass(frozen=True, slots=True)
class BuiltInEngine:
    """An engine by name, with the class that does its work."""

    name: str
    module: str
    kind: str

    def prepare(self, pack_at: PackAt, lowered: Lowered) -> Callable[[Mapping[str, FactValue]], Outcome]:
        """Return a function from facts to the outcome.

        Raises EngineUnavailable where a library it needs is not installed.
        """
        engine = getattr(importlib.import_module(f"aiact_rules.engines.{self.module}"), self.kind)()
        evaluator: Callable[[Mapping[str, FactValue]], Outcome] = engine.prepare(pack_at, lowered)
        return evaluator


BUILT_IN = (
    BuiltInEngine("generated", "generated", "GeneratedEngine"),
    BuiltInEngine("reference", "reference", "ReferenceEngine"),
    BuiltInEngine("durable", "durable", "DurableEngine"),
    BuiltInEngine("planes", "planes", "PlanesEngine"),
)
