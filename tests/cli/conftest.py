"""Running the command line as a person does, in a process of its own or in this one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"


@dataclass(frozen=True)
class Answer:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run a command in this process through `main`, so that exit codes are the real ones."""

    def call(*arguments: str) -> Answer:
        from aiact_rules.cli import main

        monkeypatch.setattr(sys, "argv", ["aiact-rules", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        return Answer(code if isinstance(code, int) else 0 if code is None else 1, captured.out, captured.err)

    return call


def run_apart(*arguments: str, cwd: Path | None = None) -> Answer:
    """Run a command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "aiact_rules", *arguments], capture_output=True, text=True, cwd=cwd, check=False
    )
    return Answer(done.returncode, done.stdout, done.stderr)
