from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.organisation import find_organisation_file, read_organisation

TABLE = """\
name = "Example AG"
fail_on = "block"
packs = ["eu_ai_act"]
verify = true
readings = {section_5_deferral = "waits"}
[facts]
operator.size = "sme"
"model.training_compute" = 1.5e25
[facts.operator]
"""


def test_facts_and_settings_have_their_lines(tmp_path: Path, vocabulary: Vocabulary) -> None:
    file = tmp_path / "aiact.toml"
    file.write_text(TABLE.replace("[facts.operator]\n", "release.date = 2027-12-15\n"))
    read = read_organisation(file, vocabulary, "aiact.toml")
    assert {fact.name: str(fact.origin) for fact in read.facts} == {
        "operator.size": "aiact.toml:7",
        "model.training_compute": "aiact.toml:8",
        "release.date": "aiact.toml:9",
    }
    assert read.facts.value("model.training_compute") == 15 * 10**24
    assert read.name == "Example AG"
    assert read.settings == {
        "fail_on": "block",
        "packs": ("eu_ai_act",),
        "verify": True,
        "readings": {"section_5_deferral": "waits"},
    }
    assert read.places["fail_on"].line == 2


def test_the_table_of_pyproject_is_read_with_its_own_lines(tmp_path: Path, vocabulary: Vocabulary) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text(
        '[project]\nname = "x"\n[tool.aiact-rules]\nformat = "sarif"\n[tool.aiact-rules.facts]\noperator = {size = "sme"}\n'
    )
    read = read_organisation(file, vocabulary, "pyproject.toml")
    assert read.settings == {"format": "sarif"}
    assert str(read.facts["operator.size"].origin) == "pyproject.toml:6"
    file.write_text('[project]\nname = "x"\n')
    assert read_organisation(file, vocabulary).settings == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('fail_om = "hold"', "aiact.toml:1: unknown setting `fail_om`\n  did you mean `fail_on`"),
        ("fail_on = 3", "`fail_on` is one text"),
        ("markets = ['everywhere']", "aiact.toml:1: `markets`: expected a country"),
        ("verify = 'yes'", "`verify` is true or false"),
        ("packs = []", "`packs` is a list of texts, not an empty one"),
        ("readings = {a = 1}", "`readings` is a table of words"),
        ("facts = 3", "`facts` is a table"),
        ("[facts]\noperator.seize = 'sme'", "aiact.toml:2: unknown fact `operator.seize`"),
        ("[facts]\nrelease.date = 2027-12-15T10:00:00", "without a time of day"),
        ("a = \nb", "aiact.toml:1: not readable as TOML"),
        ("a = 1\na = 2", "not readable as TOML"),
        ("a = " + "9" * 5000, "not readable as TOML"),
        ("a = " + "[" * 5000, "not readable as TOML"),
    ],
)
def test_what_is_not_known_is_refused(text: str, said: str, tmp_path: Path, vocabulary: Vocabulary) -> None:
    file = tmp_path / "aiact.toml"
    file.write_text(text)
    with pytest.raises(InputError, match=said):
        read_organisation(file, vocabulary, "aiact.toml")


def test_the_nearest_file_counts_and_the_repository_ends_the_search(tmp_path: Path) -> None:
    inner = tmp_path / "repo" / "models" / "a"
    inner.mkdir(parents=True)
    (tmp_path / "aiact.toml").write_text("")
    assert find_organisation_file(inner) == (tmp_path / "aiact.toml").resolve()
    (tmp_path / "repo" / ".git").mkdir()
    assert find_organisation_file(inner) is None
    (tmp_path / "repo" / "pyproject.toml").write_text("[tool.aiact-rules]\n")
    assert find_organisation_file(inner) == (tmp_path / "repo" / "pyproject.toml").resolve()
    (tmp_path / "repo" / "models" / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "repo" / "models" / "aiact.toml").write_text("")
    assert find_organisation_file(inner) == (tmp_path / "repo" / "models" / "aiact.toml").resolve()


def test_settings_in_two_files_side_by_side_are_refused(tmp_path: Path) -> None:
    (tmp_path / "aiact.toml").write_text("")
    (tmp_path / "pyproject.toml").write_text("[tool.aiact-rules]\n")
    with pytest.raises(InputError, match="keep one of the two"):
        find_organisation_file(tmp_path)
