"""Search: every release in a folder and below it, and what could not be looked into."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from aiact_rules.core.batches import LeftOut
from aiact_rules.core.problems import Problem
from aiact_rules.sources.release_folder import Found, ReleaseFiles, ReleaseFolder, is_folder, place_of
from aiact_rules.sources.release_names import (
    is_utf8,
    may_state,
)

_GIT_SECONDS = 20


class ReleaseSearch:
    """Looks through a folder and everything below it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder.resolve()
        self.ignored = _ignored_by_git(self.root)
        self.releases: list[ReleaseFiles] = []
        self.broken: list[tuple[Path, tuple[Problem, ...]]] = []
        self.left_out: list[LeftOut] = []

    def found(self) -> Found:
        """Look into every folder, and return what was found."""
        todo = [self.folder]
        while todo:
            below = self._look_into(todo.pop())
            todo += reversed(below)
        releases = sorted(self.releases, key=lambda release: release.path)
        return Found(tuple(releases), tuple(self.broken), tuple(self.left_out))

    def _look_into(self, place: Path) -> list[Path]:
        """Take the releases of one folder, and return the folders in it to look into."""
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError as error:
            message = f"this folder cannot be read: {(error.strerror or str(error)).lower()}"
            self._break(place, Problem(message, place_of(place), "give the right to read it"))
            return []
        below = []
        for entry in entries:
            path = place / entry.name
            if is_folder(entry):
                if self._is_looked_into(path, entry):
                    below.append(path)
            elif self._is_ignored(path) and may_state(path):
                self.left_out.append(LeftOut(self._name(path), "ignored by git"))
        kept = [entry for entry in entries if is_folder(entry) or not self._is_ignored(place / entry.name)]
        self._take(ReleaseFolder.of(place, kept))
        return below

    def _take(self, folder: ReleaseFolder) -> None:
        found = folder.found()
        self.releases += found.releases
        self.broken += found.broken
        self.left_out += [LeftOut(self._name(folder.path / each.name), each.reason) for each in found.left_out]

    def _is_looked_into(self, path: Path, entry: os.DirEntry[str]) -> bool:
        reason = None
        if not is_utf8(entry.name):
            self._break(path, Problem("the name of this folder is not UTF-8", place_of(path), "rename it"))
            return False
        if entry.name.startswith("."):
            reason = "hidden folder"
        elif entry.name == "node_modules":
            reason = "node_modules"
        elif _is_environment(path):
            reason = "virtual environment"
        elif self._is_ignored(path):
            reason = "ignored by git"
        elif entry.is_symlink():
            target = path.resolve()
            if not target.is_relative_to(self.root):
                problem = Problem("this link leads outside the folder", place_of(path), "name the folder it leads to")
                self._break(path, problem)
                return False
            reason = "link to a folder that is searched itself"
        if reason is not None:
            self.left_out.append(LeftOut(self._name(path), reason))
        return reason is None

    def _is_ignored(self, path: Path) -> bool:
        return bool(self.ignored) and str(self.root / path.relative_to(self.folder)) in self.ignored

    def _break(self, path: Path, *problems: Problem) -> None:
        self.broken.append((path, tuple(problems)))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def _is_environment(path: Path) -> bool:
    """Return whether a folder is a virtual environment: its `pyvenv.cfg` names the Python that it was made from."""
    try:
        text = (path / "pyvenv.cfg").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return any(line.split("=")[0].strip() == "home" for line in text.splitlines())


def _ignored_by_git(root: Path) -> frozenset[str]:
    """Return what git ignores below a folder; nothing where git cannot say, so that nothing is left out by mistake."""
    if not any((folder / ".git").exists() for folder in (root, *root.parents)):
        return frozenset()
    command = ["git", "-C", str(root), "ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_GIT_SECONDS, check=True, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    names = [os.fsdecode(name).rstrip("/") for name in done.stdout.split(b"\0") if name]
    return frozenset(str(root / name) for name in names)
