"""Scripts of platforms, run in a process of their own with folders of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.decision_log.opening import open_log
from tests.cli.conftest import EXAMPLES


@dataclass(frozen=True)
class Done:
    """How a script ended, and all it said."""

    code: int
    said: str


@dataclass(frozen=True)
class Place:
    """A folder with a refused and an allowed release, a log, and a home for what the platform keeps."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Place:
        """Return such a folder."""
        shutil.copytree(EXAMPLES / "silent", folder / "silent")
        shutil.copytree(EXAMPLES / "minimal", folder / "minimal")
        (folder / "home").mkdir()
        return cls(folder)

    def run(self, script: str, *arguments: str, seconds: int = 240, **environment: str) -> Done:
        """Run a script with this interpreter in the folder."""
        file = self.folder / "script.py"
        file.write_text(script, encoding="utf-8")
        given = os.environ | {"HOME": str(self.folder / "home"), "USER": "ada", "NO_COLOR": "1"} | environment
        done = subprocess.run(
            [sys.executable, str(file), *arguments],
            cwd=self.folder,
            env=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=seconds,
        )
        return Done(done.returncode, done.stdout + done.stderr)

    def acts(self) -> list[tuple[str, str]]:
        """Return host and outcome of each act in the log."""
        acts = [entry.record["act"] for entry in open_log(self.folder / "log.sqlite").entries()]
        return [(act["host"], act["outcome"]) for act in acts]
