from __future__ import annotations

import json
from typing import Any

import pytest

from aiact_rules.core.conditions import ALWAYS
from aiact_rules.core.cues import Cue
from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.document import Stated
from aiact_rules.sources.ml_bom import MOST_TEXTS, read_ml_bom
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
        ('{"a": 1, "a": 2}', "duplicate key `a`"),
        ("[" * 100_000, "nested too deeply|not readable"),
        ('{"bomFormat": "CycloneDX", "x": "\\ud800"}', "surrogate"),
        (_bom(), "no component is a machine-learning model"),
        (_bom(components=[MODEL, MODEL]), "2 components are models"),
        (_bom(components=[{**MODEL, "tags": ["a"] * MOST_TEXTS}]), "bom.json: has more than 30,000 texts"),
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


EMOTIONS = "Emotion recognition at work"


@pytest.mark.parametrize(
    ("model", "at"),
    [
        (
            {"modelCard": {"considerations": {"technicalLimitations": ["x", EMOTIONS]}}},
            "modelCard/considerations/technicalLimitations/1",
        ),
        (
            {"modelCard": {"considerations": {"ethicalConsiderations": [{"name": EMOTIONS}]}}},
            "modelCard/considerations/ethicalConsiderations/0/name",
        ),
        (
            {
                "modelCard": {
                    "modelParameters": {"datasets": [{"type": "dataset", "contents": {"description": EMOTIONS}}]}
                }
            },
            "modelCard/modelParameters/datasets/0/contents/description",
        ),
        ({"modelCard": {"modelParameters": {"a/b~c": EMOTIONS}}}, "modelCard/modelParameters/a~1b~0c"),
        ({"data": [{"description": EMOTIONS}]}, "data/0/description"),
        ({"externalReferences": [{"url": "https://a.example", "comment": EMOTIONS}]}, "externalReferences/0/comment"),
        ({"properties": [{"name": "purpose", "value": EMOTIONS}]}, "properties/0/value"),
        ({"tags": ["emotion", "recognition", "emotion-recognition"]}, "tags/2"),
    ],
)
def test_every_text_about_the_model_is_searched(
    model: dict[str, Any], at: str, vocabulary: Vocabulary, cues: tuple[Cue, ...]
) -> None:
    stated = _read(_bom(components=[{"type": "machine-learning-model", **model}]), vocabulary, cues)
    assert [(signal.cue, str(signal.place)) for signal in stated.signals] == [
        ("uses.emotions", f"bom.json#/components/0/{at}")
    ]


def test_a_data_set_that_the_model_refers_to_is_searched(vocabulary: Vocabulary, cues: tuple[Cue, ...]) -> None:
    card = {"modelParameters": {"datasets": [{"ref": "d"}]}}
    data = {"type": "data", "bom-ref": "d", "data": [{"type": "dataset", "description": EMOTIONS}]}
    other = {"type": "data", "bom-ref": "e", "description": "CV ranking"}
    model = {"type": "machine-learning-model", "modelCard": card}
    stated = _read(_bom(components=[model, {"components": [data]}, other]), vocabulary, cues)
    assert [str(signal.place) for signal in stated.signals] == [
        "bom.json#/components/1/components/0/data/0/description"
    ]


def test_links_and_facts_are_not_searched(vocabulary: Vocabulary, cues: tuple[Cue, ...]) -> None:
    model = {
        "type": "machine-learning-model",
        "tags": ["https://a.example/emotion-recognition"],
        "properties": [{"name": "aiact:model.licence", "value": EMOTIONS}],
    }
    assert _read(_bom(components=[model]), vocabulary, cues).signals == ()


@pytest.mark.parametrize("key", ["ai_limitation", "ai_safetyRiskAssessment", "comment", "summary"])
def test_every_text_of_an_spdx_package_is_searched(key: str, vocabulary: Vocabulary, cues: tuple[Cue, ...]) -> None:
    graph = [{"type": "ai_AIPackage", "spdxId": "m", key: EMOTIONS}]
    stated = _read({"@context": "https://spdx.org/x", "@graph": graph}, vocabulary, cues)
    assert [str(signal.place) for signal in stated.signals] == [f"bom.json#/@graph/0/{key}"]


def test_a_data_set_of_an_spdx_package_is_searched(vocabulary: Vocabulary, cues: tuple[Cue, ...]) -> None:
    graph = [
        {"type": "ai_AIPackage", "spdxId": "m"},
        {"type": "Relationship", "relationshipType": "trainedOn", "from": "m", "to": ["d"]},
        {"type": "dataset_DatasetPackage", "spdxId": "d", "dataset_intendedUse": EMOTIONS},
        {"type": "dataset_DatasetPackage", "spdxId": "e", "dataset_intendedUse": "CV ranking"},
    ]
    stated = _read({"@context": "https://spdx.org/x", "@graph": graph}, vocabulary, cues)
    assert [str(signal.place) for signal in stated.signals] == ["bom.json#/@graph/2/dataset_intendedUse"]


@pytest.mark.parametrize("depth", [61, 100])
def test_a_model_too_deep_to_be_read_is_refused_and_not_left_out(depth: int, vocabulary: Vocabulary) -> None:
    inner: dict[str, Any] = MODEL
    for _ in range(depth):
        inner = {"type": "application", "components": [inner]}
    with pytest.raises(InputError, match="components are nested deeper than 60 levels"):
        _read(_bom(components=[MODEL, inner]), vocabulary)


def test_only_the_first_unknown_properties_get_a_hint(vocabulary: Vocabulary) -> None:
    properties = [{"name": f"aiact:system.use{number}", "value": "x"} for number in range(30)]
    with pytest.raises(InputError) as error:
        _read(_bom(components=[{"type": "machine-learning-model", "properties": properties}]), vocabulary)
    assert [problem.hint is not None for problem in error.value.problems] == [True] * 20 + [False] * 10


def test_the_application_that_the_model_is_in_is_searched(vocabulary: Vocabulary, cues: tuple[Cue, ...]) -> None:
    application = {"type": "application", "name": "suite", "description": EMOTIONS}
    bom = _bom(metadata={"component": application}, components=[{"type": "machine-learning-model", "name": "m"}])
    assert [str(signal.place) for signal in _read(bom, vocabulary, cues).signals] == [
        "bom.json#/metadata/component/description"
    ]


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"services": [{"name": "api", "description": EMOTIONS}]}, "/services/0/description"),
        ({"annotations": [{"subjects": ["m"], "text": EMOTIONS}]}, "/annotations/0/text"),
        ({"components": [{"type": "machine-learning-model", "name": EMOTIONS}]}, "/components/0/name"),
    ],
)
def test_names_services_and_annotations_are_searched(
    parts: dict[str, Any], place: str, vocabulary: Vocabulary, cues: tuple[Cue, ...]
) -> None:
    bom = _bom(**{"components": [{"type": "machine-learning-model", "name": "m"}], **parts})
    assert [str(signal.place) for signal in _read(bom, vocabulary, cues).signals] == [f"bom.json#{place}"]


@pytest.mark.parametrize(
    ("inputs", "output", "found"),
    [
        ([{"format": "text"}], "image", True),
        ([{"format": "string"}], "image/png", True),
        ([], "audio/wav", True),
        ([{"format": "image"}], "text", False),
        ([{"format": "text"}], "float", False),
    ],
)
def test_formats_of_output_speak_of_the_task(
    inputs: list[dict[str, str]], output: str, found: bool, vocabulary: Vocabulary
) -> None:
    words = ("text-to-image", "audio generation", "image-to-text", "text-to-float")
    made = Cue("makes.media", "Art. 50(2)", words, ALWAYS)
    parameters = {"inputs": inputs, "outputs": [{"format": output}]}
    model = {"type": "machine-learning-model", "modelCard": {"modelParameters": parameters}}
    places = [str(signal.place) for signal in _read(_bom(components=[model]), vocabulary, (made,)).signals]
    assert places == (["bom.json#/components/0/modelCard/modelParameters/outputs/0"] if found else [])


def test_formats_of_version_2_name_modality_and_type_apart(vocabulary: Vocabulary) -> None:
    for output in (
        {"name": "x", "modality": "video"},
        {"name": "x", "format": {"mimeType": "video/mp4", "dataType": "tensor"}},
    ):
        parameters = {"inputs": [{"name": "y", "modality": "text"}], "outputs": [output]}
        model = {"type": "machine-learning-model", "name": "m", "modelCard": {"modelParameters": parameters}}
        root = {"specFormat": "CycloneDX", "specVersion": "2.0", "components": [model]}
        cue = Cue("made.video", "Art. 50", ("text-to-video",), ALWAYS)
        stated = read_ml_bom(decoded(json.dumps(root).encode(), "bom.json"), vocabulary, [cue])
        assert [signal.cue for signal in stated.signals] == ["made.video"]
