from __future__ import annotations

import os
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.organisation import Search, look_for_organisation, read_organisation

TABLE = """\
name = "Example AG"
fail_on = "block"
packs = ["eu_ai_act"]
verify = "reference"
readings = {section_5_deferral = "waits"}
[facts]
operator.size = "sme"
"operator.established_in_union" = true
[facts.operator]
"""


def test_facts_and_settings_have_their_lines(tmp_path: Path, vocabulary: Vocabulary) -> None:
    file = tmp_path / "aiact.toml"
    file.write_text(TABLE.replace("[facts.operator]\n", "operator.is_public_body = true\n"))
    read = read_organisation(file, vocabulary, "aiact.toml")
    assert {fact.name: str(fact.origin) for fact in read.facts} == {
        "operator.size": "aiact.toml:7",
        "operator.established_in_union": "aiact.toml:8",
        "operator.is_public_body": "aiact.toml:9",
    }
    assert read.facts.value("operator.established_in_union") is True
    assert read.name == "Example AG"
    assert read.settings == {
        "fail_on": "block",
        "packs": ("eu_ai_act",),
        "verify": "reference",
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
    with pytest.raises(InputError, match="no table"):
        read_organisation(file, vocabulary)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('fail_om = "hold"', "aiact.toml:1: unknown setting `fail_om`\n  did you mean `fail_on`"),
        ("fail_on = 3", "`fail_on` is one of hold, block, never, found `3`"),
        ("fail_on = 'Block'", "`fail_on` is one of hold, block, never, found `Block`"),
        ("past_dates = 'maybe'", "`past_dates` is one of judge, refuse"),
        ("format = 3", "`format` is one text"),
        ("markets = ['everywhere']", "aiact.toml:1: `markets`: expected a country"),
        ("verify = true", "`verify` is one text"),
        ("ledger = 'a'\nlog = 'b'", "aiact.toml:1: `ledger` is `log`, which is set as well\n  keep one"),
        (
            "[organisation]\nsize = 'sme'",
            "aiact.toml:1: unknown setting `organisation`\n  known are name, facts, roles",
        ),
        ("output = 'a'", "unknown setting `output`\n  name the file with --output"),
        ("cards = ['a']", "unknown setting `cards`\n  known are name, facts"),
        ("packs = []", "`packs` is a list of texts, not an empty one"),
        ("readings = {a = 1}", "`readings` is a table of words"),
        ("facts = 3", "`facts` is a table"),
        ("[facts]\noperator.seize = 'sme'", "aiact.toml:2: unknown fact `operator.seize`"),
        ("[facts]\noperator.size = 2027-12-15T10:00:00", "without a time of day"),
        (
            "[facts]\nrelease.markets = ['EU']",
            "`release.markets` is a fact of a release, not of the organisation\n  say `markets`",
        ),
        ("[facts]\nsystem.uses = []", "aiact.toml:2: `system.uses` is a fact of a release, not of the organisation"),
        ("[facts.document]\nsignals_dismissed = ['a']", "`document.signals_dismissed` is a fact of a release"),
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
    assert look_for_organisation(inner).file == (tmp_path / "aiact.toml").resolve()
    (tmp_path / "repo" / ".git").mkdir()
    assert look_for_organisation(inner) == Search()
    (tmp_path / "repo" / "pyproject.toml").write_text("[tool.aiact-rules]\n")
    assert look_for_organisation(inner).file == (tmp_path / "repo" / "pyproject.toml").resolve()
    (tmp_path / "repo" / "models" / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "repo" / "models" / "aiact.toml").write_text("")
    assert look_for_organisation(inner).file == (tmp_path / "repo" / "models" / "aiact.toml").resolve()


def test_settings_in_two_files_side_by_side_are_refused(tmp_path: Path) -> None:
    (tmp_path / "aiact.toml").write_text("")
    (tmp_path / "pyproject.toml").write_text("[tool.aiact-rules]\n")
    with pytest.raises(InputError, match="keep one of the two"):
        look_for_organisation(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="the rights of Windows say nothing through these bits")
def test_outside_a_repository_a_folder_that_others_may_write_to_ends_the_search(tmp_path: Path) -> None:
    inner = tmp_path / "shared" / "mine"
    inner.mkdir(parents=True)
    (tmp_path / "shared" / "aiact.toml").write_text("")
    assert look_for_organisation(inner).file is not None
    (tmp_path / "shared").chmod(0o777)
    with pytest.raises(InputError, match="these settings are not trusted, since others may write here"):
        look_for_organisation(inner)
    (tmp_path / "shared" / "aiact.toml").unlink()
    (tmp_path / "aiact.toml").write_text("")
    assert look_for_organisation(inner).file == (tmp_path / "aiact.toml").resolve()
    (tmp_path / "shared" / "aiact.toml").write_text("")
    (tmp_path / "shared" / "mine" / ".git").mkdir()
    (tmp_path / "shared" / "mine" / "aiact.toml").write_text("")
    (tmp_path / "shared" / "mine" / "aiact.toml").chmod(0o666)
    assert (
        look_for_organisation(inner).file == (inner / "aiact.toml").resolve()
    )  # inside the repository it is committed


@pytest.mark.skipif(os.name != "posix", reason="the rights of Windows say nothing through these bits")
def test_a_folder_that_others_may_write_to_makes_no_repository(tmp_path: Path) -> None:
    inner = tmp_path / "mine"
    inner.mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "aiact.toml").write_text("")
    tmp_path.chmod(0o777)
    with pytest.raises(InputError, match="not trusted"):
        look_for_organisation(inner)
    tmp_path.chmod(0o775)
    assert look_for_organisation(inner).file == (tmp_path / "aiact.toml").resolve()


def test_a_nearer_file_is_used_and_those_above_it_are_named(tmp_path: Path) -> None:
    inner = tmp_path / "models"
    inner.mkdir()
    (tmp_path / ".git").mkdir()
    (tmp_path / "aiact.toml").write_text("")
    (inner / "aiact.toml").write_text("")
    assert look_for_organisation(inner) == Search(
        (inner / "aiact.toml").resolve(), ((tmp_path / "aiact.toml").resolve(),)
    )


@pytest.mark.parametrize(
    "name",
    [
        "AIACT.TOML",
        "ai_act.toml",
        "aiact.toml.txt",
        ".aiact.toml",
        "eu_aiact.toml",
        "aact.toml",
        "iact.toml",
        "aiact.tml",
        "aiact.toml~",
    ],
)
def test_a_file_with_nearly_the_name_of_one_with_settings_is_a_problem(name: str, tmp_path: Path) -> None:
    inner = tmp_path / "models"
    inner.mkdir()
    (tmp_path / name).write_text("")
    with pytest.raises(InputError, match="rename it to `aiact.toml`"):
        look_for_organisation(inner)


@pytest.mark.parametrize("table", ["aiact_rules", "aiact", "ai-act", "aiact-rule", "aiact-ruels"])
def test_a_table_with_nearly_the_name_is_a_problem(table: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.{table}]\n")
    with pytest.raises(InputError, match=r"write `\[tool.aiact-rules\]`"):
        look_for_organisation(tmp_path)


def test_a_file_that_is_far_too_large_is_refused(tmp_path: Path, vocabulary: Vocabulary) -> None:
    file = tmp_path / "aiact.toml"
    file.write_text("# " + "x" * 300_000)
    with pytest.raises(InputError, match="is larger than 262144 bytes"):
        read_organisation(file, vocabulary)


def test_the_former_name_of_a_setting_is_read_and_said(tmp_path: Path, vocabulary: Vocabulary) -> None:
    file = tmp_path / "aiact.toml"
    file.write_text('name = "A"\nledger = "decisions.sqlite"\n')
    read = read_organisation(file, vocabulary, "aiact.toml")
    assert read.settings == {"log": "decisions.sqlite"}
    assert read.places["log"].line == 2
    assert read.notes == ("aiact.toml:2: `ledger` is now called `log`",)
