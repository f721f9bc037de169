"""The plugins in this repository together: one release file serves them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aiact_rules.bundled import specs_folder
from aiact_rules.core.packs import Pack
from aiact_rules.core.rules import Kind
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.specfiles.loader import load_pack
from aiact_rules.specfiles.pack_head import read_head

ROOT = Path(__file__).parents[2]
PLUGINS = ROOT / "plugins"


def _folders() -> Iterator[Path]:
    yield from sorted(path.parent for path in PLUGINS.glob("*/src/*/specs/**/pack.yaml"))
    yield from sorted(path.parent for path in PLUGINS.glob("*/specs/**/pack.yaml"))


@pytest.fixture(scope="module")
def packs() -> list[Pack]:
    common = specs_folder() / "common"
    eu = load_pack(specs_folder() / "eu_ai_act" / "2024-1689", common=common)
    alone = [folder for folder in _folders() if not read_head(folder, "here").extends]
    return [eu, *(load_pack(folder, common=common) for folder in alone)]


def test_no_two_packs_share_an_id_or_use_a_fact_in_different_senses(packs: list[Pack]) -> None:
    assert len(packs) > 2
    assert len({pack.id for pack in packs}) == len(packs)
    vocabulary = Vocabulary({})
    for pack in packs:
        vocabulary = vocabulary.merged_with(pack.vocabulary)
    assert "release.markets" in vocabulary


def test_no_obligation_or_rule_has_the_id_of_another_packs(packs: list[Pack]) -> None:
    """Evidence names obligations by id, whatever the pack; contradictions, which no evidence meets, may be shared."""
    seen: dict[str, str] = {}
    for pack in packs:
        own = [o.id for o in pack.obligations.values() if o.kind is not Kind.CONTRADICTION]
        for name in (*pack.rules, *own):
            assert seen.setdefault(name, pack.id) == pack.id, name


def test_every_pack_that_gates_judges_all_moments_of_a_release(packs: list[Pack]) -> None:
    moments = {"placing_on_market", "putting_into_service", "making_available", "use"}
    for pack in packs:
        if pack.gates:
            assert moments <= set(pack.moments), pack.id


def test_every_plugin_is_named_in_the_guide() -> None:
    guide = (PLUGINS / "README.md").read_text(encoding="utf-8")
    for folder in PLUGINS.iterdir():
        if (folder / "pyproject.toml").is_file():
            assert f"`{folder.name}`" in guide
