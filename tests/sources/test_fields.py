"""Fields: every field of the table in the docs is read in a document of its format, and what it says may be disagreed with."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from aiact_rules.sources.fields import FORMATS, Field, Use, table

ROOT = Path(__file__).parents[2]
RELEASE = "format: 1\nsubject: model\nroles: [provider]\nmarkets: [EU]\nfacts:\n  release.first_placed_on: 2026-01-01\n"


def tensors(**shapes: list[int]) -> bytes:
    """Return a safetensors file with these tensors of 16-bit floats, without their data."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, shape in shapes.items():
        size = 2
        for length in shape:
            size *= length
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + bytes(at)


@dataclass(frozen=True)
class Sample:
    """A document with the field in it: its name and content; the fact that comes of it; another value, and what it says."""

    file: str
    content: str | bytes
    value: str | None = None
    other: str | None = None
    place: str | None = None


def _card(front: str, text: str = "# Foo\n") -> Sample:
    return Sample("README.md", f"---\nlanguage: en\n{front}\n---\n{text}")


def _bom(component: str, more: str = "") -> str:
    return f'{{"specFormat": "CycloneDX", "specVersion": "2.0", "components": [{{"type": "machine-learning-model", "name": "m", {component}}}]{more}}}'


def _spdx(*elements: dict[str, object], **package: object) -> str:
    first = {"type": "ai_AIPackage", "spdxId": "urn:m", "name": "m", **package}
    return json.dumps({"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [first, *elements]})


MLMODEL = "mlflow_version: 2.9.0\nflavors:\n  transformers:\n    task: text-generation\n    peft_adaptor: peft\n    source_model_name: one/base\n"
RESULT = "- dataset: {{id: some/{}}}\n  value: 0.5\n"
CARD_RESULTS = "model-index:\n- name: Foo\n  results:\n" + "".join(
    f"  - task: {{type: {task}}}\n" for task in ("text-generation", "summarization", "translation")
)

SAMPLES: dict[tuple[str, str], Sample] = {}


def _add(
    fmt: str, field: str, sample: Sample, value: str | None = None, other: str | None = None, place: str | None = None
) -> None:
    SAMPLES[fmt, field] = Sample(sample.file, sample.content, value, other, place)


FRONT, PROSE, CDX, SPDX = list(FORMATS)[:4]
_add(FRONT, "license", _card("license: mit"), "mit", "proprietary", "README.md:3")
_add(FRONT, "license_name", _card("license_name: own"), "own", "proprietary", "README.md:3")
_add(FRONT, "license (open)", _card("license: mit"), "frozenset", "[access]", "README.md:3")
_add(FRONT, "base_model", _card("base_model: [one/base, two/base]"), "one/base, two/base", "three/base", "README.md:3")
_add(FRONT, "base_model_relation", _card("base_model_relation: merge"), "merge", "finetune", "README.md:3")
_add(FRONT, "pipeline_tag", _card("pipeline_tag: text-ranking"), "text-ranking", "fill-mask", "README.md:3")
_add(FRONT, "extra_gated_eu_disallowed", _card("extra_gated_eu_disallowed: true"), "True", "no", "README.md:3")
_add(FRONT, "library_name", _card("library_name: peft"), place="README.md:3")
_add(
    FRONT,
    "co2_eq_emissions.training_type",
    _card("co2_eq_emissions:\n  training_type: fine-tuning"),
    place="README.md:4",
)
_add(FRONT, "model-index", _card(CARD_RESULTS), place="README.md:6")
_add(FRONT, "eu_ai_act", _card("eu_ai_act: {model.monetised: true}"), "True", "no", "README.md:3")
_add(
    PROSE,
    "a sentence on training compute",
    _card("license: mit", "This model was trained with 3e24 FLOPs.\n"),
    "3E+24",
    "5e24",
    "README.md:5",
)
_add(
    PROSE,
    "an unclear one",
    _card("license: mit", "This model was trained with less than 3e24 FLOPs.\n"),
    place="README.md:5",
)
_add(
    CDX,
    "component.licenses",
    Sample("bom.json", _bom('"licenses": [{"license": {"id": "MIT"}}]')),
    "MIT",
    "proprietary",
    "bom.json#/components/0/licenses/0",
)
_add(
    CDX,
    "component.pedigree.ancestors",
    Sample("bom.json", _bom('"pedigree": {"ancestors": [{"group": "one", "name": "base"}]}')),
    "one/base",
    "two/base",
    "bom.json#/components/0/pedigree/ancestors/0",
)
_add(
    CDX,
    "properties `aiact:FACT`",
    Sample("bom.json", _bom('"properties": [{"name": "aiact:model.monetised", "value": "yes"}]')),
    "True",
    "no",
    "bom.json#/components/0/properties/0",
)
_add(
    SPDX,
    "relationship hasDeclaredLicense",
    Sample(
        "m.spdx.json",
        _spdx({"relationshipType": "hasDeclaredLicense", "from": "urn:m", "to": ["https://spdx.org/licenses/MIT"]}),
    ),
    "MIT",
    "proprietary",
    "m.spdx.json#/@graph/1",
)
_add(
    SPDX,
    "relationship descendantOf, ancestorOf",
    Sample("m.spdx.json", _spdx({"relationshipType": "descendantOf", "from": "urn:m", "to": ["one/base"]})),
    "one/base",
    "two/base",
    "m.spdx.json#/@graph/1",
)
_add(
    SPDX,
    "extension cdxProperty `aiact:FACT`",
    Sample(
        "m.spdx.json",
        _spdx(
            extension=[
                {
                    "extension_cdxProperty": [
                        {"extension_cdxPropName": "aiact:model.monetised", "extension_cdxPropValue": "yes"}
                    ]
                }
            ]
        ),
    ),
    "True",
    "no",
    "m.spdx.json#/@graph/0/extension/0/extension_cdxProperty/0",
)
_add(
    "safetensors",
    "header: shapes of all tensors",
    Sample("model.safetensors", tensors(a=[3, 4], b=[5])),
    "17",
    "99",
    "model.safetensors",
)
_add(
    "safetensors",
    "model.safetensors.index.json: metadata.total_parameters",
    Sample("model.safetensors.index.json", '{"metadata": {"total_parameters": 1234567}, "weight_map": {}}'),
    "1234567",
    "99",
    "model.safetensors.index.json#/metadata/total_parameters",
)
_add(
    "adapter_config.json",
    "base_model_name_or_path",
    Sample("adapter_config.json", '{"peft_type": "LORA", "base_model_name_or_path": "one/base"}'),
    "one/base",
    "two/base",
    "adapter_config.json#/base_model_name_or_path",
)
_add(
    "adapter_config.json",
    "peft_type",
    Sample("adapter_config.json", '{"peft_type": "LORA"}'),
    "adapter",
    "merge",
    "adapter_config.json#/base_model_name_or_path",
)
_add(
    "config.json",
    "_name_or_path",
    Sample("config.json", '{"model_type": "x", "_name_or_path": "one/base"}'),
    place="config.json#/_name_or_path",
)
_add(
    "config.json",
    "quantization_config",
    Sample("config.json", '{"quantization_config": {"bits": 4}}'),
    place="config.json#/quantization_config",
)
_add("MLmodel", "flavors.transformers.task", Sample("MLmodel", MLMODEL), "text-generation", "fill-mask", "MLmodel:4")
_add("MLmodel", "flavors.transformers.peft_adaptor", Sample("MLmodel", MLMODEL), "adapter", "merge", "MLmodel:6")
_add(
    "MLmodel", "flavors.transformers.source_model_name", Sample("MLmodel", MLMODEL), "one/base", "two/base", "MLmodel:6"
)
_add(
    "MLmodel",
    "signature.inputs",
    Sample("MLmodel", 'mlflow_version: 2.9.0\nsignature:\n  inputs: \'[{"name": "applicant_age", "type": "long"}]\'\n'),
    place="MLmodel:3",
)
_add(
    "Croissant",
    "rai:personalSensitiveInformation",
    Sample("croissant.json", '{"rai:personalSensitiveInformation": ["gender"]}'),
    place="croissant.json#/rai:personalSensitiveInformation",
)
_add(
    ".eval_results/*.yaml",
    "dataset.id",
    Sample(".eval_results/all.yaml", "".join(RESULT.format(n) for n in "abc")),
    place=".eval_results/all.yaml:1",
)

# The block of a card and the properties of a BOM state any fact; this one stands for all. The rest have tests of their own.
_ANY = "model.monetised"
_ELSEWHERE = {
    ("MLmodel", "metadata.aiact"),  # the plugin's own tests
    *(
        (name, field.name)
        for name, fields in FORMATS.items()
        for field in fields
        if field.use in (Use.SEARCHED, Use.NAMES, Use.LIMITS, Use.UNUSED)
    ),
    *(
        ("Release file or record of the base model", field.name)
        for field in FORMATS["Release file or record of the base model"]
    ),
}
FIELDS = [(name, field) for name, fields in FORMATS.items() for field in fields if (name, field.name) not in _ELSEWHERE]


def _write(folder: Path, sample: Sample, release: str = RELEASE) -> Path:
    (folder / ".git").mkdir(exist_ok=True)
    path = folder / sample.file
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(sample.content.encode() if isinstance(sample.content, str) else sample.content)
    (folder / "aiact.yaml").write_text(release, encoding="utf-8")
    return folder


def test_the_page_is_made_from_the_declared_fields() -> None:
    page = (ROOT / "docs" / "fields.md").read_text(encoding="utf-8")
    before, _, rest = page.partition("<!-- fields -->\n")
    _, _, after = rest.partition("<!-- end -->")
    assert page == before + "<!-- fields -->\n" + "\n".join(table()) + "\n<!-- end -->" + after


def test_every_fact_of_the_table_is_one_of_the_vocabulary() -> None:
    (pack,) = Gate().packs()
    named = {field.fact for fields in FORMATS.values() for field in fields if field.fact is not None}
    assert {name for name in named if name not in pack.vocabulary} == set()


def test_every_field_has_a_sample() -> None:
    assert {(name, field.name) for name, field in FIELDS} == set(SAMPLES)


@pytest.mark.parametrize(("name", "field"), FIELDS, ids=lambda each: each if isinstance(each, str) else each.name)
def test_a_field_is_read(name: str, field: Field, tmp_path: Path) -> None:
    sample = SAMPLES[name, field.name]
    decision = Gate().check(_write(tmp_path, sample))
    fact = field.fact or _ANY
    if field.use is Use.STATES:
        assert str(decision.facts[fact].value).startswith(str(sample.value))
        assert str(decision.facts[fact].origin.place) == sample.place
    else:
        assert fact not in decision.facts or decision.facts[fact].origin.place.source == "vocabulary"
        notes = [note for note in decision.choices.notes if f"`{fact}" in note]
        assert len(notes) == 1
        assert notes[0].startswith(f"{sample.place}: ")


@pytest.mark.parametrize(
    ("name", "field"),
    [each for each in FIELDS if each[1].use is Use.STATES],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_who_states_otherwise_is_told_both_places(name: str, field: Field, tmp_path: Path) -> None:
    sample = SAMPLES[name, field.name]
    folder = _write(tmp_path, sample, RELEASE + f"  {field.fact or _ANY}: {sample.other}\n")
    with pytest.raises(InputError) as refused:
        Gate().check(folder)
    said = " ".join(f"{problem.place} {problem.message}" for problem in refused.value.problems)
    assert "aiact.yaml:7" in said
    assert str(sample.place) in said


@pytest.mark.parametrize(
    ("name", "field"),
    [each for each in FIELDS if each[1].use is Use.ASKS],
    ids=lambda each: each if isinstance(each, str) else each.name,
)
def test_what_is_stated_is_not_asked(name: str, field: Field, tmp_path: Path) -> None:
    answers = {
        "model.base_model": "one/base",
        "model.base_model_relation": "quantized",
        "model.modification": "minor",
        "model.generality": "one_task",
        "model.training_compute": "1e22",
    }
    folder = _write(
        tmp_path, SAMPLES[name, field.name], RELEASE + f"  {field.fact}: {answers.get(field.fact or '', 'no')}\n"
    )
    assert [note for note in Gate().check(folder).choices.notes if f"`{field.fact}" in note] == []
