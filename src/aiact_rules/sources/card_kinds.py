"""Kinds of card: whether the front matter of a page is that of a model, a data set or a Space, as the Hub writes each."""

from __future__ import annotations

from enum import StrEnum

from aiact_rules.yaml_text import Mapping, Scalar


class CardKind(StrEnum):
    """What a card is about."""

    MODEL = "a model"
    DATA_SET = "a data set"
    SPACE = "a Space"


ELSEWHERE = {
    CardKind.DATA_SET: "the card of a data set, which is neither an AI system nor a model",
    CardKind.SPACE: "the card of a Space, and states nothing under `eu_ai_act`",
}
"""What a card is that is not judged where it states nothing."""

# fmt: off
_MODEL_KEYS = frozenset({
    "base_model", "base_model_relation", "co2_eq_emissions", "eval_results", "inference", "library_name", "mask_token",
    "metrics", "model-index", "model_name", "new_version", "pipeline_tag", "widget",
})
_DATA_SET_KEYS = frozenset({
    "annotations_creators", "dataset_info", "language_creators", "multilinguality", "size_categories", "source_datasets",
    "task_categories", "task_ids",
})
_SPACE_KEYS = frozenset({"app_file", "app_port", "colorFrom", "colorTo", "emoji", "pinned", "sdk_version", "short_description"})
# fmt: on
_SDKS = frozenset({"docker", "gradio", "static", "streamlit"})


def kind_of_card(metadata: Mapping) -> CardKind:
    """Return what a card is about: a model, unless its keys are those of a data set or a Space and none is a model's."""
    keys = frozenset(metadata.keys())
    if keys & _MODEL_KEYS:
        return CardKind.MODEL
    sdk = metadata.get("sdk")
    if isinstance(sdk, Scalar) and sdk.text.strip().lower() in _SDKS and keys & _SPACE_KEYS:
        return CardKind.SPACE
    return CardKind.DATA_SET if keys & _DATA_SET_KEYS else CardKind.MODEL
