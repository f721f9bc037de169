"""The published JSON Schemas are those of the models."""

from __future__ import annotations

import json
from pathlib import Path

import pydantic
import pytest

from aiact_rules.specfiles.schemas import schema_texts, schemas

PUBLISHED = Path(__file__).parents[2] / "specs" / "schemas"


@pytest.mark.skipif(
    tuple(map(int, pydantic.VERSION.split(".")[:2])) < (2, 10), reason="older pydantic says the same in other words"
)
@pytest.mark.parametrize("name", sorted(schema_texts()))
def test_the_published_schema_is_current(name: str) -> None:
    hint = "run `python -c 'from aiact_rules.specfiles.schemas import *; write_schemas(Path(\"specs/schemas\"))'`"
    assert (PUBLISHED / name).read_text(encoding="utf-8") == schema_texts()[name], hint


def test_no_schema_is_published_that_no_model_has() -> None:
    assert {path.name for path in PUBLISHED.iterdir()} - {"decision.schema.json"} == set(schema_texts())


def test_every_schema_has_a_stable_id_and_every_reference_leads_somewhere() -> None:
    for name, schema in schemas().items():
        assert schema["$id"] == f"urn:aiact-rules:schema:{name}:1"
        text = json.dumps(schema)
        for part in text.split('"$ref": "#/$defs/')[1:]:
            assert part.split('"')[0] in schema["$defs"]
