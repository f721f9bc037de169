"""Processes that write to one log at once, and are killed in the middle of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Writers:
    """Processes that write to one log, and what they said is kept."""

    process: subprocess.Popen[str]
    kept: dict[int, str] = field(default_factory=dict)
    done: set[int] = field(default_factory=set)

    def start(self, name: str, count: int) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{name} {count}\n")
        self.process.stdin.flush()

    def told(self) -> list[str]:
        """Return the next line, as words."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline().split()
        if line[0] == "kept":
            assert int(line[2]) not in self.kept, "two entries with one number were acknowledged"
            self.kept[int(line[2])] = line[3]
        elif line[0] == "done":
            self.done.add(int(line[1]))
        return line

    def until(self, *words: str) -> list[str]:
        while (line := self.told())[: len(words)] != list(words):
            pass
        return line

    def rest(self) -> None:
        """Read what was said before the last of them ended."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        for line in self.process.stdout:
            words = line.split()
            if words[0] == "kept":
                self.kept[int(words[2])] = words[3]


@contextmanager
def writers(address: str) -> Iterator[Writers]:
    command = [sys.executable, "-m", "tests.decision_log.writer", address]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdin=pipe, stdout=pipe, text=True, bufsize=1) as process:
        try:
            yield Writers(process)
        finally:
            process.kill()
