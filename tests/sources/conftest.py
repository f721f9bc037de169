"""A small vocabulary and small cues, so that these tests need no rule pack."""

from __future__ import annotations

import pytest

from aiact_rules.core.conditions import ALWAYS
from aiact_rules.core.cues import Cue
from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary

CODES = {"recruitment": "ranks applicants", "credit": "rates creditworthiness"}
ROLES = {role: role for role in ("provider", "deployer", "importer", "distributor")}


def _declared(name: str, kind: str, **more: object) -> FactDeclaration:
    return FactDeclaration(name, FactType(kind), f"What about {name}?", **more)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    return Vocabulary.of(
        [
            _declared("release.subject", "one_of", values={"system": "a system", "model": "a model"}),
            _declared("release.markets", "some_of"),
            _declared("operator.is_public_body", "yes_no", organisation=True),
            _declared("release.date", "date"),
            _declared("release.moment", "one_of", values={"placing_on_market": "first", "use": "using"}),
            _declared("release.first_placed_on", "date"),
            _declared("operator.roles", "some_of", values=ROLES),
            _declared("operator.size", "one_of", values={"sme": "small", "larger": "larger"}, organisation=True),
            _declared("operator.established_in_union", "yes_no", organisation=True),
            _declared("system.uses", "some_of", values=CODES),
            _declared("system.profiles_natural_persons", "yes_no"),
            _declared("system.released_open_source", "yes_no"),
            _declared("documentation.annex", "some_of", values={"a": "first", "b": "second"}, checklist=True),
            _declared("model.training_compute", "quantity", unit="FLOP"),
            _declared("model.licence", "text"),
            _declared("model.base_model", "text"),
            _declared("model.base_model_relation", "one_of", values={"finetune": "trained further"}),
            _declared("model.pipeline_tag", "text"),
            _declared("model.access_closed_in_union", "yes_no"),
            _declared("document.signals", "some_of"),
            _declared("document.signals_dismissed", "some_of"),
        ]
    )


@pytest.fixture(scope="session")
def cues() -> tuple[Cue, ...]:
    return (
        Cue("uses.recruitment", "Annex III", ("screen* job applicants", "cv ranking"), ALWAYS),
        Cue("uses.emotions", "Annex III", ("emotion recognition",), ALWAYS),
    )
