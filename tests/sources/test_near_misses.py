from __future__ import annotations

import pytest

from aiact_rules.sources.near_misses import is_near_block, near_misses


@pytest.mark.parametrize(
    ("names", "hints"),
    [
        (["AIACT.YAML"], ["rename it to `aiact.yaml`"]),
        (["Aiact.yml", "README.md"], ["rename it to `aiact.yaml`"]),
        (["ai_act.yaml"], ["rename it to `aiact.yaml`"]),
        (["ai-act.yml"], ["rename it to `aiact.yaml`"]),
        (["aiact.yaml.txt"], ["rename it to `aiact.yaml`"]),
        (["ranker.AIACT.yaml"], ["rename it to `ranker.aiact.yaml`"]),
        (["aiact.ymal", "aiact .yaml"], ["rename it to `aiact.yaml`", "rename it to `aiact.yaml`"]),
        (["AIACT.toml"], ["rename it to `aiact.toml`"]),
        (["README.md", "README.markdown"], ["keep one of the two"]),
        (["model_card.MARKDOWN", "Model_Card.md"], ["keep one of the two"]),
        (["ranker.md", "ranker.markdown", "ranker.aiact.yaml"], ["keep one of the two"]),
    ],
)
def test_a_file_that_is_almost_read_is_named_with_what_to_do(names: list[str], hints: list[str]) -> None:
    assert [miss.hint for miss in near_misses(names)] == hints


@pytest.mark.parametrize(
    "names",
    [
        ["aiact.yaml", "aiact.yml", "ranker.aiact.yaml", "aiact.toml", "README.md"],
        ["README.markdown"],
        ["ranker.md", "ranker.markdown"],
        ["fact.yaml", "contraiact.yaml", "aiact.yaml", "aiact.yaml.bak", "aiact.yaml~", "aiact-rules.yaml"],
    ],
)
def test_other_files_are_no_near_misses(names: list[str]) -> None:
    assert near_misses(names) == ()


@pytest.mark.parametrize(
    "key", ["EU_AI_ACT", "eu-ai-act", "euaiact", "eu_ai_acts", "eu_ai_atc", "eu_i_act", "ai_act", "euaiact_"]
)
def test_a_key_almost_that_of_the_block_is_told(key: str) -> None:
    assert is_near_block(key)


@pytest.mark.parametrize("key", ["eu_ai_act", "tags", "license", "exact", "react", "eu", "ai"])
def test_other_keys_are_not(key: str) -> None:
    assert not is_near_block(key)
