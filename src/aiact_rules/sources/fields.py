"""Fields: which fact comes from which field of which format; declared once for the tests and the table in the docs.

`docs/fields.md` is made from this, and a test reads every field declared here in a document of its format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, unique


@unique
class Use(Enum):
    """What becomes of a field."""

    STATES = "states"
    ASKS = "asks for"
    LIMITS = "leaves open"
    SEARCHED = "searched for signals"
    NAMES = "names the release"
    UNUSED = "not used"


@dataclass(frozen=True, slots=True)
class Field:
    """One field: where it stands, what becomes of it, the fact concerned, and how or why."""

    name: str
    use: Use
    fact: str | None = None
    note: str = ""


S, A, U = Use.STATES, Use.ASKS, Use.UNUSED

FORMATS: dict[str, tuple[Field, ...]] = {
    "Model card: front matter": (
        Field("license", S, "model.licence", "as it stands; `other` gives way to `license_name`"),
        Field("license_name", S, "model.licence", "where `license` is missing or `other`"),
        Field(
            "license (open)",
            S,
            "model.licence_freedoms",
            "follows from an SPDX licence or expression that is open to everybody",
        ),
        Field("base_model", S, "model.base_model", "several are joined; see below for a path"),
        Field("base_model_relation", S, "model.base_model_relation", "`finetune`, `adapter`, `merge`, `quantized`"),
        Field("pipeline_tag", S, "model.pipeline_tag", "searched for signals as well"),
        Field("extra_gated_eu_disallowed", S, "model.access_closed_in_union"),
        Field("gated", Use.LIMITS, "model.licence_freedoms", "whether everybody gets the model is asked"),
        Field("extra_gated_*", Use.LIMITS, "model.licence_freedoms", "the same"),
        Field("library_name", A, "model.base_model_relation", "where it is one of adapters, such as `peft`"),
        Field("co2_eq_emissions.training_type", A, "model.modification", "where it says that the model was tuned"),
        Field(
            "model-index",
            A,
            "model.generality",
            "where it reports results for three tasks or more; names the release too",
        ),
        Field("model_name", Use.NAMES),
        Field("tags", Use.SEARCHED),
        Field("co2_eq_emissions.emissions", U, None, "energy is asked for (Annex XI), and emissions do not tell it"),
        Field("language", U, None, "no rule turns on the languages of a model"),
        Field("datasets", U, None, "which data were used is documented, and their names alone document nothing"),
        Field("eu_ai_act", S, None, "the block states any fact, as a release file does"),
    ),
    "Model card: text": (
        Field(
            "a sentence on training compute",
            S,
            "model.training_compute",
            "where it is clear, such as `trained with 3.8e25 FLOPs`",
        ),
        Field(
            "an unclear one",
            A,
            "model.training_compute",
            "a part, a bound, a comparison, an estimate by size and data (6ND)",
        ),
        Field("all other text", Use.SEARCHED),
    ),
    "CycloneDX 1.5 to 2.0 (JSON)": (
        Field("component.licenses", S, "model.licence", "id, name or expression; open ones as in a card"),
        Field("component.pedigree.ancestors", S, "model.base_model"),
        Field("properties `aiact:FACT`", S, None, "any fact"),
        Field("component.name, version", Use.NAMES),
        Field("description, tags, modelCard, data, services, annotations", Use.SEARCHED),
        Field("modelCard.considerations.environmentalConsiderations", U, None, "as `co2_eq_emissions`"),
    ),
    "SPDX 3 (JSON)": (
        Field("relationship hasDeclaredLicense", S, "model.licence", "open ones as in a card"),
        Field("relationship descendantOf, ancestorOf", S, "model.base_model"),
        Field("extension cdxProperty `aiact:FACT`", S, None, "any fact"),
        Field("AIPackage name, packageVersion", Use.NAMES),
        Field("AIPackage texts, data sets", Use.SEARCHED),
        Field("ai_energyConsumption", U, None, "as `co2_eq_emissions`"),
    ),
    "safetensors": (
        Field(
            "header: shapes of all tensors",
            S,
            "model.parameters",
            "`model.safetensors`, or all its parts; packed weights are not counted",
        ),
        Field("model.safetensors.index.json: metadata.total_parameters", S, "model.parameters"),
        Field("header: __metadata__", U, None, "it names tools"),
    ),
    "adapter_config.json": (
        Field(
            "base_model_name_or_path", S, "model.base_model", "where it names a repository; a local path is asked about"
        ),
        Field("peft_type", S, "model.base_model_relation", "`adapter`"),
        Field("task_type", U, None, "it names a class of a library"),
    ),
    "config.json": (
        Field("_name_or_path", A, "model.base_model", "where it names another repository"),
        Field("quantization_config", A, "model.base_model_relation"),
        Field("architectures, model_type, sizes", U, None, "nothing is inferred from the name of an architecture"),
    ),
    "MLmodel": (
        Field(
            "flavors.transformers.task", S, "model.pipeline_tag", "a task of the Hub; MLflow's own (`llm/v1/…`) are not"
        ),
        Field("flavors.transformers.peft_adaptor", S, "model.base_model_relation", "`adapter`"),
        Field("flavors.transformers.source_model_name", S, "model.base_model", "beside `peft_adaptor` alone"),
        Field(
            "signature.inputs", A, "system.profiles_natural_persons", "where columns are called after traits of persons"
        ),
        Field("signature.outputs", U, None, "types of columns say nothing of what they mean"),
        Field("metadata.aiact", S, None, "read by the MLflow plugin, any fact"),
    ),
    "Croissant": (
        Field("rai:personalSensitiveInformation", A, "data_governance.personal_data_used"),
        Field("license", U, None, "it is that of the data"),
    ),
    ".eval_results/*.yaml": (
        Field("dataset.id", A, "model.generality", "where results for three or more are reported"),
        Field("value", U, None, "what a good result is, no rule says"),
    ),
    "Release file or record of the base model": (
        Field("model.training_compute", S, "model.original_training_compute"),
        Field("model.designated_systemic_risk", S, "model.original_systemic_risk", "a yes alone"),
        Field("model.licence", Use.LIMITS, "model.licence_freedoms", "where it is not known to be open"),
    ),
}
"""The fields of each format, in the order of the table."""


def table() -> Iterator[str]:
    """Yield the lines of the table in the docs, a section for each format."""
    for name, fields in FORMATS.items():
        yield from ("", f"## {name}", "", "| Field | What becomes of it | Fact | |", "| --- | --- | --- | --- |")
        for field in fields:
            fact = "" if field.fact is None else f"`{field.fact}`"
            note = f"because {field.note}" if field.use is Use.UNUSED else field.note
            yield f"| `{field.name}` | {field.use.value} | {fact} | {note} |".replace("``", "`")
    yield ""
