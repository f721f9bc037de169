"""Real repositories: a bare one with the hook, and a clone that pushes to it as a person does."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.cli.git_hook import command

ALLOWED = (
    "format: 1\nname: scorer\nversion: 1.0.0\nsubject: system\nroles: [provider]\nmarkets: [EU]\nfacts:\n"
    "  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}\n"
)
HELD = "---\nlicense: mit\n---\n# A model\n"
BLOCKED = ALLOWED.replace(
    "practices: []",
    "practices: [targets_weaknesses], exploits_vulnerabilities_due_to: [age], distorts_behaviour: true, "
    "likely_to_cause_significant_harm: true",
)
ARTIFACTS = "scorer:\n  type: model\n  path: models/scorer/m.bin\n"


@dataclass(frozen=True)
class Pushed:
    """What git said of a push, and whether it went through whole."""

    code: int
    said: str


@dataclass(frozen=True)
class Bench:
    """A bare repository with the hook, and a clone of it."""

    bare: Path
    clone: Path

    def git(self, *arguments: str, data: bytes | None = None) -> str:
        """Run git in the clone, and return what it says."""
        done = subprocess.run(["git", *arguments], cwd=self.clone, capture_output=True, input=data, check=True)
        return done.stdout.decode().strip()

    def write(self, **files: str) -> str:
        """Commit files, named with `__` for a slash and `_dot_` for a dot, and return the commit."""
        return self.commit({name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()})

    def commit(self, files: dict[str, str]) -> str:
        """Commit files by their paths, and return the commit."""
        for name, text in files.items():
            path = self.clone / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        self.git("add", "--all", "--force")
        self.git("commit", "--quiet", "--allow-empty", "-m", "work")
        return self.git("rev-parse", "HEAD")

    def push(self, *refs: str, **environment: str) -> Pushed:
        """Push, and return what a person sees."""
        done = subprocess.run(
            ["git", "push", "origin", *refs],
            cwd=self.clone,
            capture_output=True,
            text=True,
            env=os.environ | environment,
            check=False,
        )
        lines = (line.removeprefix("remote: ").rstrip() for line in done.stderr.splitlines())
        return Pushed(done.returncode, "\n".join(lines))

    def tag(self, name: str, at: str = "HEAD") -> str:
        """Set an annotated tag, as GTO does, and return its reference."""
        self.git("tag", "--annotate", "--message", "tag", "--force", name, at)
        return f"refs/tags/{name}"

    def has(self, ref: str) -> bool:
        """Return whether the bare repository has a reference."""
        done = subprocess.run(["git", "show-ref", "--quiet", "--verify", ref], cwd=self.bare, check=False)
        return done.returncode == 0


def bench(folder: Path, *options: str, hook: bool = True) -> Bench:
    """Return repositories in a folder, with the hook installed by the command and these options."""
    bare, clone = folder / "origin.git", folder / "clone"
    subprocess.run(["git", "init", "--quiet", "--bare", "-b", "main", str(bare)], check=True)
    if hook:
        command.main(["install", str(bare), *options], standalone_mode=False)
    subprocess.run(["git", "clone", "--quiet", str(bare), str(clone)], check=True, capture_output=True)
    made = Bench(bare, clone)
    made.git("checkout", "--quiet", "-b", "main")
    for name, value in (("user.name", "T"), ("user.email", "t@example.org"), ("commit.gpgsign", "false")):
        made.git("config", name, value)
    return made
