from __future__ import annotations

import json
from typing import Any

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.core.rules import Cue
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.document import Stated
from aiact_rules.sources.ml_bom import read_ml_bom
from aiact_rules.sources.text_files import decoded

MODEL: dict[str, Any] = {
    "type": "machine-learning-model",
    "group": "example",
    "name": "ranker",
    "version": "2.0",
    "licenses": [{"license": {"id": "MIT"}}, {"license": {"name": "Own terms"}}],
    "pedigree": {"ancestors": [{"type": "machine-learning-model", "name": "base"}]},
    "properties": [{"name": "aiact:system.uses", "value": "recruitment"}, {"name": "other", "value": "x"}],
    "modelCard": {
        "considerations": {"useCases": ["Sorting mail", "Emotion recognition at work"]},
        "properties": [
            {"name": "aiact:model.training_compute", "value": "1e25"},
            {"name": "aiact:system.uses", "value": "credit"},
        ],
    },
}


def _bom(**more: Any) -> dict[str, Any]:
    return {"bomFormat": "CycloneDX", "specVersion": "1.7", **more}


def _read(bom: object, vocabulary: Vocabulary, cues: tuple[Cue, ...] = ()) -> Stated:
    text = bom if isinstance(bom, str) else json.dumps(bom)
    return read_ml_bom(decoded(text.encode(), "bom.json"), vocabulary, cues)


@pytest.mark.parametrize(
    ("bom", "at"),
    [
        (_bom(components=[{"type": "library"}, MODEL]), "/components/1"),
        (_bom(metadata={"component": MODEL}, components=[{"type": "machine-learning-model"}]), "/metadata/component"),
        (
            _bom(metadata={"component": {"type": "application", "components": [MODEL]}}),
            "/metadata/component/components/0",
        ),
    ],
)
def test_a_cyclonedx_bom_states_facts_at_json_pointers(
    bom: dict[str, Any], at: str, vocabulary: Vocabulary, cues: tuple[Cue, ...]
) -> None:
    stated = _read(bom, vocabulary, cues)
    assert {fact.name: (fact.value, str(fact.origin)) for fact in stated.facts} == {
        "model.licence": ("MIT, Own terms", f"bom.json#{at}/licenses/0"),
        "model.base_model": ("base", f"bom.json#{at}/pedigree/ancestors/0"),
        "system.uses": (frozenset({"recruitment", "credit"}), f"bom.json#{at}/properties/0"),
        "model.training_compute": (10**25, f"bom.json#{at}/modelCard/properties/0"),
        "document.signals": (frozenset({"uses.emotions"}), f"bom.json#{at}/modelCard/considerations/useCases/1"),
    }
    assert (stated.subject.name, stated.subject.version) == ("example/ranker", "2.0")


def test_an_spdx_document_states_licence_base_and_properties(vocabulary: Vocabulary) -> None:
    graph = [
        {"type": "SpdxDocument", "spdxId": "d", "rootElement": ["m"]},
        {
            "type": "ai_AIPackage",
            "spdxId": "m",
            "name": "Ranker",
            "software_packageVersion": "2.0",
            "extension": [
                {
                    "type": "extension_CdxPropertiesExtension",
                    "extension_cdxProperty": [
                        {"extension_cdxPropName": "aiact:system.uses", "extension_cdxPropValue": "[]"}
                    ],
                }
            ],
        },
        {"type": "ai_AIPackage", "spdxId": "b", "name": "Base"},
        {"type": "simplelicensing_LicenseExpression", "spdxId": "l", "simplelicensing_licenseExpression": "MIT"},
        {"type": "Relationship", "relationshipType": "hasDeclaredLicense", "from": "m", "to": ["l"]},
        {"type": "Relationship", "relationshipType": "hasConcludedLicense", "from": "m", "to": ["x"]},
        {"type": "Relationship", "relationshipType": "descendantOf", "from": "m", "to": ["b"]},
        {
            "type": "Relationship",
            "relationshipType": "hasDeclaredLicense",
            "from": "b",
            "to": ["https://spdx.org/licenses/0BSD"],
        },
    ]
    stated = _read({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": graph}, vocabulary)
    assert {fact.name: (fact.value, fact.origin.place.source) for fact in stated.facts} == {
        "model.licence": ("MIT", "bom.json#/@graph/4"),
        "model.base_model": ("Base", "bom.json#/@graph/6"),
        "system.uses": (frozenset(), "bom.json#/@graph/1/extension/0/extension_cdxProperty/0"),
    }
    assert (stated.subject.name, stated.subject.version) == ("Ranker", "2.0")


@pytest.mark.parametrize(
    ("bom", "said"),
    [
        ("{", "bom.json:1: not readable as JSON"),
        ("[]", "neither a CycloneDX nor an SPDX"),
        ({"bomFormat": "Other"}, "neither a CycloneDX nor an SPDX"),
        ('{"a": 1, "a": 2}', "the key `a` stands twice"),
        ("[" * 100_000, "nested too deeply|not readable"),
        ('{"bomFormat": "CycloneDX", "x": "\\ud800"}', "surrogate"),
        (_bom(), "no component is a machine-learning model"),
        (_bom(components=[MODEL, MODEL]), "2 components are models"),
        (
            _bom(components=[{**MODEL, "properties": [{"name": "aiact:system.usage", "value": "x"}]}]),
            "did you mean `system.uses`",
        ),
        (_bom(components=[{**MODEL, "properties": [{"name": "aiact:system.uses", "value": True}]}]), "has no text"),
        ({"@context": "https://spdx.org/x", "@graph": []}, "no element is an AI package"),
    ],
)
def test_a_bom_that_says_nothing_clear_is_refused(bom: object, said: str, vocabulary: Vocabulary) -> None:
    with pytest.raises(InputError, match=said):
        _read(bom, vocabulary)
