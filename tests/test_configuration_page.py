"""The page on configuration lists every key, and every fact that an organisation may state."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from aiact_rules import Gate
from aiact_rules.sources.key_tables import tables_in
from aiact_rules.sources.keys import CLAIM_KEYS, EVIDENCE, RELEASE, RESULT, SETTINGS, WAIVER, Key

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "configuration.md").read_text(encoding="utf-8")


def test_the_tables_of_keys_are_those_that_the_readers_use() -> None:
    hint = "write the page anew: page.write_text(tables_in(page.read_text(), Gate().vocabulary()))"
    assert tables_in(PAGE, Gate().vocabulary()) == PAGE, hint
    tables = (
        ("aiact.toml", SETTINGS),
        ("a waiver", WAIVER),
        ("aiact.yaml", RELEASE),
        ("evidence", EVIDENCE),
        ("the result", RESULT),
        ("claims", CLAIM_KEYS),
    )
    for name, keys in tables:
        table = PAGE.split(f"<!-- keys of {name} -->\n")[1].split("<!-- end -->")[0]
        assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == [key.name for key in keys]


@pytest.mark.parametrize("key", SETTINGS, ids=lambda key: key.name)
def test_the_example_of_a_setting_is_read(key: Key, tmp_path: Path) -> None:
    file = tmp_path / "aiact.toml"
    file.write_text(f"{key.name} = {key.example}\n", encoding="utf-8")
    own = Gate(organisation=file).request({"release.subject": "system"}).organisation
    assert key.name in own.settings or {"name": own.name, "facts": own.facts, "waivers": own.waivers}[key.name]


@pytest.mark.parametrize("key", RELEASE, ids=lambda key: key.name)
def test_the_example_of_a_key_of_a_release_is_read(key: Key, tmp_path: Path) -> None:
    (tmp_path / "aiact.yaml").write_text(
        f"format: 1\n{key.name}: {key.example}\n" if key.name != "format" else f"format: {key.example}\n",
        encoding="utf-8",
    )
    request = Gate().request(tmp_path, uncovered=["CH"])
    for states in (key, *key.inner[: key.name == "dates"]):
        assert states.fact is None or states.fact in request.facts


@pytest.mark.parametrize("key", EVIDENCE, ids=lambda key: key.name)
def test_the_example_of_a_key_of_evidence_is_read(key: Key, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "annex-iv.pdf").write_bytes(b"%PDF-1.7 text")
    others = "" if key.name in ("file", "url", "registry") else "url: https://example.org, "
    text = f"format: 1\nevidence:\n  system.practices: {{{others}{key.name}: '{key.example}'}}\n"
    (tmp_path / "aiact.yaml").write_text(text, encoding="utf-8")
    (found,) = Gate().request(tmp_path).evidence
    assert str(getattr(found, key.name)) == key.example


def test_the_facts_of_an_organisation_are_those_of_the_vocabulary() -> None:
    listed = PAGE.split("<!-- facts of an organisation -->")[1].split("<!-- end -->")[0]
    vocabulary = Gate().vocabulary()
    assert re.findall(r"`([\w.]+)`", listed) == sorted(name for name in vocabulary if vocabulary[name].organisation)


def test_the_example_is_read_as_settings_of_an_organisation(tmp_path: Path) -> None:
    example = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    file = tmp_path / "aiact.toml"
    file.write_text(example[1], encoding="utf-8")
    gate = Gate(organisation=file)
    request = gate.request({"release.subject": "system"})
    assert request.operator == "Example AG"
    assert request.pack_ids == ("eu_ai_act", "gpai_guidelines")
    assert dict(request.readings) == tomllib.loads(example[1])["readings"]
    assert request.facts.value("operator.size") == "sme"


@pytest.mark.parametrize("key", CLAIM_KEYS, ids=lambda key: key.name)
def test_the_example_of_a_claim_is_read(key: Key, tmp_path: Path) -> None:
    for name in (key.name, *key.formerly):
        (tmp_path / "README.md").write_text(f"---\neu_ai_act:\n  {name}: {key.example}\n---\n", encoding="utf-8")
        (claim,) = Gate().request(tmp_path / "README.md").claims
        assert (claim.key, claim.words) == (name, key.example)
