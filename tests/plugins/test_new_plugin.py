"""`aiact-rules new-plugin` writes a distribution that passes its own tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import aiact_rules
from aiact_rules.cli import cli
from aiact_rules.cli.new_plugin import names_for
from aiact_rules.core.problems import InputError


def test_what_is_written_passes_its_own_tests(tmp_path: Path) -> None:
    target = tmp_path / "us-co"
    result = CliRunner().invoke(cli, ["new-plugin", "us-co", "--folder", str(target)], catch_exceptions=False)
    assert result.exit_code == 0
    assert (target / "src/aiact_rules_us_co/specs/us_co_ai_law/pack.yaml").is_file()
    assert not [path for path in target.rglob("*") if path.suffix == ".txt" or "MODULE" in str(path)]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=target,
        env={**os.environ, "PYTHONPATH": str(Path(aiact_rules.__file__).parents[1]), "AIACT_RULES_CACHE": "off"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 passed" in ran.stdout or ".." in ran.stdout


def test_without_a_folder_it_takes_the_name_of_the_distribution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["new-plugin", "JP"], catch_exceptions=False).exit_code == 0
    assert 'name = "aiact-rules-jp"' in (tmp_path / "aiact-rules-jp" / "pyproject.toml").read_text(encoding="utf-8")


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="not empty"):
        CliRunner().invoke(cli, ["new-plugin", "JP", "--folder", str(tmp_path)], catch_exceptions=False)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("code", ["japan", "J", "", "EU", "de", "../x", "U S"])
def test_a_code_that_is_none_or_the_unions_is_refused(code: str) -> None:
    with pytest.raises(InputError):
        names_for(code)


def test_the_core_it_asks_for_is_this_one() -> None:
    names = names_for("JP")
    assert aiact_rules.__version__.startswith(names["core"])
    assert names["next_core"] != names["core"]
