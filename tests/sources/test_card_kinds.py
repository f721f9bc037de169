"""The card of a data set or of a Space is told from that of a model, and judged only where it states something."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules.core.batches import LeftOut
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.card_kinds import CardKind, kind_of_card
from aiact_rules.sources.front_matter import split_front_matter
from aiact_rules.sources.model_card import is_card, read_metadata, read_model_card
from aiact_rules.sources.release_folder import NoRelease
from aiact_rules.sources.releases import releases_at, releases_below
from aiact_rules.sources.text_files import decoded

SPACE = "title: Demo\nemoji: x\ncolorFrom: blue\nsdk: gradio\nsdk_version: 5.1.0\napp_file: app.py\nlicense: mit\n"
DATA_SET = "license: cc-by-4.0\ntask_categories:\n- text-classification\nsize_categories: [1K<n<10K]\n"


@pytest.mark.parametrize(
    ("front", "kind"),
    [
        (SPACE, CardKind.SPACE),
        ("title: Demo\nsdk: docker\napp_port: 7860\n", CardKind.SPACE),
        (DATA_SET, CardKind.DATA_SET),
        ("dataset_info: {features: []}\n", CardKind.DATA_SET),
        ("license: mit\n", CardKind.MODEL),
        ("license: mit\ndatasets: [squad]\nsdk: gradio\n", CardKind.MODEL),
        (SPACE + "pipeline_tag: text-generation\n", CardKind.MODEL),
        (DATA_SET + "library_name: transformers\n", CardKind.MODEL),
        ("sdk: another\nemoji: x\n", CardKind.MODEL),
        ("", CardKind.MODEL),
    ],
)
def test_the_keys_of_a_card_tell_what_it_is_about(front: str, kind: CardKind) -> None:
    parts = split_front_matter(f"---\n{front}---\n", "README.md")
    assert kind_of_card(read_metadata(parts, "README.md")[0]) is kind


@pytest.mark.parametrize(("front", "said"), [(SPACE, "the card of a Space"), (DATA_SET, "the card of a data set")])
def test_a_card_of_another_kind_is_no_release_unless_it_states_something(front: str, said: str, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"---\n{front}---\n# X\n", encoding="utf-8")
    found = releases_at(readme)
    assert isinstance(found, NoRelease)
    assert said in found.reason
    below = releases_below(tmp_path)
    assert below.releases == ()
    assert [type(each) for each in below.left_out] == [LeftOut]
    assert said in below.left_out[0].reason
    readme.write_text(f"---\n{front}eu_ai_act:\n  subject: system\n---\n# X\n", encoding="utf-8")
    assert not isinstance(releases_at(readme), NoRelease)
    readme.write_text(f"---\n{front}---\n# X\n", encoding="utf-8")
    (tmp_path / "aiact.yaml").write_text("format: 1\nsubject: system\n", encoding="utf-8")
    assert not isinstance(releases_at(readme), NoRelease)


@pytest.mark.parametrize(("front", "of"), [(SPACE, "a Space"), (DATA_SET, "a data set")])
def test_what_such_a_card_says_of_itself_is_no_fact_about_a_model(front: str, of: str, vocabulary: Vocabulary) -> None:
    text = f"---\n{front}eu_ai_act:\n  system: {{uses: []}}\n---\n# X\n"
    stated = read_model_card(decoded(text.encode(), "README.md"), vocabulary)
    assert [fact.name for fact in stated.facts] == ["system.uses"]
    assert stated.notes == (f"README.md: the card of {of}, not of a model; judged as what is stated",)


def test_a_key_that_is_nearly_the_block_keeps_a_card_from_being_passed_over() -> None:
    assert is_card(decoded(f"---\n{SPACE}EU-AI-Act: {{}}\n---\n".encode(), "README.md"))
