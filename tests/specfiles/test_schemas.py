"""The published JSON Schemas are those of the models."""

from __future__ import annotations

import json
from pathlib import Path

import pydantic
import pytest
import yaml
from jsonschema import Draft202012Validator

from aiact_rules.specfiles.folder import spec_files
from aiact_rules.specfiles.schemas import schema_texts, schemas

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "specs" / "schemas"


@pytest.mark.skipif(
    tuple(map(int, pydantic.VERSION.split(".")[:2])) < (2, 10), reason="older pydantic says the same in other words"
)
@pytest.mark.parametrize("name", sorted(schema_texts()))
def test_the_published_schema_is_current(name: str) -> None:
    hint = "run `python -c 'from aiact_rules.specfiles.schemas import *; write_schemas(Path(\"specs/schemas\"))'`"
    assert (PUBLISHED / name).read_text(encoding="utf-8") == schema_texts()[name], hint


def test_no_schema_is_published_that_no_model_has() -> None:
    assert {path.name for path in PUBLISHED.iterdir()} - {
        "card-block.schema.json",
        "config.schema.json",
        "decision.schema.json",
        "gate_decision.schema.json",
        "release.schema.json",
    } == set(schema_texts())


def test_every_schema_has_a_stable_id_and_every_reference_leads_somewhere() -> None:
    for name, schema in schemas().items():
        assert schema["$id"] == f"urn:aiact-rules:schema:{name}:1"
        text = json.dumps(schema)
        for part in text.split('"$ref": "#/$defs/')[1:]:
            assert part.split('"')[0] in schema["$defs"]


def test_every_spec_file_fits_its_schema() -> None:
    validators = {name: Draft202012Validator(schema) for name, schema in schemas().items()}
    packs = [path.parent for folder in ("specs", "plugins") for path in (ROOT / folder).rglob("pack.yaml")]
    files = [file for folder in packs for file in spec_files(folder) if file.kind in validators]
    assert {file.kind for file in files} == set(validators)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    problems = [
        f"{file.name}: {error.json_path}: {error.message}"
        for file in files
        for error in validators[file.kind].iter_errors(as_json(yaml.load(file.content, loader)))  # noqa: S506
    ]
    assert not problems


def as_json(value: object) -> object:
    """Return YAML values as an editor sees them: dates are text."""
    if isinstance(value, dict):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return value if isinstance(value, bool | str | int | float) or value is None else str(value)
