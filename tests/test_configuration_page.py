"""The page on configuration lists every key, and every fact that an organisation may state."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from aiact_rules import Gate
from aiact_rules.sources import organisation, release_file

PAGE = (Path(__file__).resolve().parents[1] / "docs" / "configuration.md").read_text(encoding="utf-8")


def keys_of(section: str) -> set[str]:
    """Return the keys in the first column of a section's table."""
    text = PAGE.split(f"## {section}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]+?) \|", text, re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


def test_every_key_of_an_organisation_is_there_and_no_other() -> None:
    assert keys_of("aiact.toml") == set(organisation.KEYS)


def test_every_key_of_a_release_file_is_there_and_no_other() -> None:
    assert keys_of("aiact.yaml") == set(release_file.KEYS)


@pytest.mark.parametrize(("key", "words"), organisation.WORDS.items())
def test_the_words_of_a_setting_are_named(key: str, words: tuple[str, ...]) -> None:
    assert f"| `{key}` | {', '.join(f'`{word}`' for word in words)} |" in PAGE


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
