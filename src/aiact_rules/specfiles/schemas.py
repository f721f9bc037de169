"""JSON Schemas of the spec format, for editors: made from the models, so that they cannot differ from them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from aiact_rules.specfiles.cases import CasesFile
from aiact_rules.specfiles.coverage_ledger import CoverageFile
from aiact_rules.specfiles.format import (
    ArticleFile,
    CardWordsFile,
    ClaimsFile,
    CuesFile,
    DeliverablesFile,
    PackSpec,
    ParametersFile,
    ReadingsFile,
    SanctionsFile,
    SchoolsFile,
    TimetablesFile,
    VocabularyFile,
    WordsFile,
)

FORMAT = 1

_MODELS: dict[str, type[BaseModel]] = {
    "article": ArticleFile,
    "claims": ClaimsFile,
    "card_words": CardWordsFile,
    "cases": CasesFile,
    "coverage": CoverageFile,
    "cues": CuesFile,
    "deliverables": DeliverablesFile,
    "pack": PackSpec,
    "parameters": ParametersFile,
    "readings": ReadingsFile,
    "sanctions": SanctionsFile,
    "schools": SchoolsFile,
    "timetables": TimetablesFile,
    "vocabulary": VocabularyFile,
    "words": WordsFile,
}

_VALUE = {"type": ["string", "number", "boolean"]}
_VALUES = {"anyOf": [_VALUE, {"type": "array", "items": _VALUE, "minItems": 1}]}
_TEST: dict[str, Any] = {
    "anyOf": [
        *_VALUES["anyOf"],
        {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": False,
            "properties": {
                **dict.fromkeys(("is_not", "includes", "above", "at_least", "below", "at_most"), _VALUE),
                **dict.fromkeys(("after", "on_or_after", "before", "on_or_before"), _VALUE),
                **dict.fromkeys(("not_in", "includes_any", "includes_all", "includes_none"), _VALUES),
                "is_empty": {"type": "boolean"},
                "within": {"type": "string", "description": "another fact that is a list"},
            },
        },
    ]
}
_CONDITIONS = {"type": "array", "items": {"$ref": "#/$defs/Condition"}, "minItems": 1}
_CONDITION: dict[str, Any] = {
    "title": "Condition",
    "description": "What a rule asks of the facts; several keys in one mapping mean `and`.",
    "type": "object",
    "minProperties": 1,
    "properties": {"all": _CONDITIONS, "any": _CONDITIONS, "not": {"$ref": "#/$defs/Condition"}},
    "patternProperties": {
        r"^reading\.[a-z][a-z0-9_]*$": {"type": "string"},
        r"^(?!reading\.)[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$": {
            "anyOf": [
                *_TEST["anyOf"],
                {
                    "type": "object",
                    "required": ["stated"],
                    "additionalProperties": False,
                    "properties": {"stated": {**_TEST, "description": "passes only where the fact is stated"}},
                },
            ]
        },
        r"^(?!all$|any$|not$)[a-z][a-z0-9_]*$": {"type": "boolean", "description": "a conclusion"},
    },
    "additionalProperties": False,
}


def schemas() -> dict[str, dict[str, Any]]:
    """Return the schema of each kind of spec file by its name, such as `article`."""
    return {name: _schema(name, model) for name, model in _MODELS.items()}


def schema_texts() -> dict[str, str]:
    """Return the content of each published schema file by its file name."""
    return {
        f"{name}.schema.json": json.dumps(schema, indent=2, ensure_ascii=False, sort_keys=True) + "\n"
        for name, schema in schemas().items()
    }


def write_schemas(folder: Path) -> None:
    """Write every schema into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_texts().items():
        (folder / name).write_text(text, encoding="utf-8")


def _schema(name: str, model: type[BaseModel]) -> dict[str, Any]:
    schema = _with_conditions(model.model_json_schema(by_alias=True))
    if "#/$defs/Condition" in json.dumps(schema):
        schema.setdefault("$defs", {})["Condition"] = _CONDITION
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:aiact-rules:schema:{name}:{FORMAT}",
        **schema,
    }


def _with_conditions(part: Any) -> Any:
    """Put a reference to the condition schema where the models leave a condition unread."""
    if isinstance(part, dict):
        if part.get("format") == "condition":
            kept = {key: value for key, value in part.items() if key in ("default", "description")}
            return {"$ref": "#/$defs/Condition", **kept}
        return {key: _with_conditions(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_with_conditions(item) for item in part]
    return part
