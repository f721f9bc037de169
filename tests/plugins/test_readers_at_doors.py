"""An installed reader that fails, at every door in a process of its own: none lets the release through, each names it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

READER = """\
import time
from aiact_rules import hookimpl

class Hangs:
    name, version, digest = "slow_reader", "0.9", "none"
    def read(self, text, questions):
        time.sleep(600)

@hookimpl
def aiact_rules_offer_readers():
    return [Hangs()]
"""
RELEASE = """\
format: 1
subject: system
roles: [provider]
markets: [EU]
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
"""
DOORS = {
    "check": ["-m", "aiact_rules", "check", "."],
    "check of a tree": ["-m", "aiact_rules", "check", "--tree", "."],
    "gate": ["-c", "from aiact_rules import Gate; gate = Gate(); gate.enforce(gate.check('.'))"],
    "pytest": [
        "-m",
        "pytest",
        "-p",
        "aiact_rules.pytest_plugin",
        "-p",
        "no:aiact_rules",
        "-p",
        "no:cacheprovider",
        "--aiact",
    ],
}


@pytest.mark.parametrize("door", DOORS)
def test_a_reader_that_hangs_is_named_at_every_door_and_nothing_waits_for_it(
    install: Callable[..., None], tmp_path: Path, door: str
) -> None:
    install("slow-plugin", READER)
    folder = tmp_path / "release"
    (folder / ".git").mkdir(parents=True)
    (folder / "aiact.yaml").write_text(RELEASE, encoding="utf-8")
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Sorter\n\nIt sorts.\n", encoding="utf-8")
    (folder / "aiact.toml").write_text("reader_seconds = 0.2\n", encoding="utf-8")
    paths = os.pathsep.join([str(tmp_path / "site"), *(path for path in sys.path if path)])
    environment = {**os.environ, "PYTHONPATH": paths, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [sys.executable, *DOORS[door]],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "slow_reader" in done.stdout + done.stderr
