"""The pytest plugin collects an item per obligation with `--aiact`, and costs nothing without."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


def run_pytest(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-p", "aiact_rules.pytest_plugin", "-p", "no:cacheprovider", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    shutil.copytree(EXAMPLES / "minimal", tmp_path / "minimal")
    return tmp_path


def test_an_allowed_release_passes(folder: Path) -> None:
    done = run_pytest(folder, "--aiact", "--aiact-as-of", "2026-11-22", "-v", "-p", "no:aiact_rules")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verdict PASSED" in done.stdout


def test_a_release_that_holds_fails_with_what_is_needed(folder: Path) -> None:
    shutil.copytree(EXAMPLES / "silent", folder / "silent")
    done = run_pytest(folder, "--aiact", "-p", "no:aiact_rules")
    assert done.returncode == 1
    assert "the verdict is hold" in done.stdout
    assert "still needed: operator.roles" in done.stdout
    assert run_pytest(folder, "--aiact", "--aiact-fail-on", "block", "-p", "no:aiact_rules").returncode == 0


def test_what_cannot_be_read_is_an_error_with_file_and_line(folder: Path) -> None:
    (folder / "bad.aiact.yaml").write_text("format: 1\nsubject: sytem\n", encoding="utf-8")
    done = run_pytest(folder, "--aiact", "-p", "no:aiact_rules")
    assert done.returncode != 0
    assert "bad.aiact.yaml:2" in done.stdout


def test_without_the_option_nothing_is_collected_and_nothing_imported(folder: Path) -> None:
    (folder / "test_imports.py").write_text(
        "import sys\n\n\ndef test_nothing_of_it_is_loaded():\n"
        "    ours = {name for name in sys.modules if name.startswith('aiact_rules')}\n"
        "    assert ours <= {'aiact_rules', 'aiact_rules.pytest_plugin'}\n",
        encoding="utf-8",
    )
    done = run_pytest(folder, "-q", "-p", "no:aiact_rules")
    assert done.returncode == 0, done.stdout
    assert "1 passed" in done.stdout
