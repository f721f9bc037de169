"""Objects: what a pushed commit holds, read from the store of the repository, the quarantine of a push included.

Nothing is checked out and nothing of the tree is run: no filter, no attribute, no link. Replacements (`refs/replace/`), which
whoever pushes could have pushed before, do not count.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from aiact_rules.core.problems import InputError, Place, Problem

_OBJECT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})\Z")
# Git's own variables for configuration on the command line: nobody who pushes says how this repository is read.
_NOT_HANDED_ON = ("GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_EXTERNAL_DIFF")
_LONGEST_RECORD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a tree, with its path from the root. `size` is None for a submodule."""

    mode: str
    kind: str
    oid: str
    size: int | None
    path: bytes

    @property
    def name(self) -> str:
        """Return the path as text; a byte that is not UTF-8 stands for itself."""
        return os.fsdecode(self.path)

    @property
    def is_file(self) -> bool:
        """Return whether it is a file; links and submodules are none."""
        return self.kind == "blob" and self.mode in ("100644", "100755", "100664")


@dataclass(frozen=True)
class Repository:
    """A repository as a hook sees it: git finds it by the environment and the working folder."""

    folder: Path

    def commit(self, oid: str) -> str:
        """Return the commit that an object is, or that a tag leads to. Raises InputError for anything else."""
        _refuse_other_than_object(oid)
        found = self._answer("rev-parse", "--verify", "--quiet", "--end-of-options", f"{oid}^{{commit}}").strip()
        return found.decode("ascii")

    def entries(self, commit: str) -> Iterator[Entry]:
        """Yield every entry of a commit's tree. Raises InputError where it cannot be read whole."""
        _refuse_other_than_object(commit)
        with self._running("ls-tree", "-r", "-z", "--long", "--full-tree", commit) as process:
            assert process.stdout is not None
            for record in _records(process.stdout):
                yield _entry(record)

    @contextmanager
    def blobs(self) -> Iterator[Blobs]:
        """Return what reads one blob after the other."""
        with self._running("cat-file", "--batch", stdin=subprocess.PIPE) as process:
            yield Blobs(process)
            assert process.stdin is not None
            process.stdin.close()

    def beginning(self, oid: str, size: int) -> bytes:
        """Return the first bytes of a blob, without reading the rest. Raises InputError where it cannot be read."""
        process = self._start("cat-file", "blob", oid)
        assert process.stdout is not None
        try:
            data = process.stdout.read(size)
        finally:
            process.kill()
            _closed(process)
        if len(data) < size:
            raise InputError([Problem("git cannot read an object of what is pushed", Place(oid))])
        return data

    def settings(self) -> dict[str, list[str]]:
        """Return the settings `aiact.…` of the repository, the user and the machine, by their names in lower case."""
        process = self._start("config", "--null", "--get-regexp", r"^aiact\.")
        said, error = process.communicate()
        if process.returncode not in (0, 1):  # 1: there are none
            raise _failed("config", error)
        found: dict[str, list[str]] = {}
        for record in said.decode("utf-8", "surrogateescape").split("\0"):
            if record:
                key, _, value = record.partition("\n")
                found.setdefault(key.removeprefix("aiact."), []).append(value)
        return found

    def path_of(self, name: str) -> Path:
        """Return where git keeps something of this repository, such as `hooks`."""
        said = os.fsdecode(self._answer("rev-parse", "--git-path", name)).removesuffix("\n")
        return self.folder / said

    def set(self, name: str, *values: str) -> None:
        """Set `aiact.NAME` of this repository to these values, in place of all it has."""
        self._run("config", "--local", "--unset-all", f"aiact.{name}", allowed=(0, 5))
        for value in values:
            self._answer("config", "--local", "--add", f"aiact.{name}", value)

    def _answer(self, *arguments: str) -> bytes:
        return self._run(*arguments, allowed=(0,))

    def _run(self, *arguments: str, allowed: tuple[int, ...]) -> bytes:
        process = self._start(*arguments)
        said, error = process.communicate()
        if process.returncode not in allowed:
            raise _failed(arguments[0], error)
        return said

    def _start(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if name not in _NOT_HANDED_ON}
        environment |= {
            "GIT_NO_REPLACE_OBJECTS": "1",
            "GIT_OPTIONAL_LOCKS": "0",
            "GIT_TERMINAL_PROMPT": "0",
            "LC_ALL": "C",
        }
        command = ["git", "--no-pager", "--no-replace-objects", *arguments]
        try:
            return subprocess.Popen(
                command, cwd=self.folder, env=environment, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except OSError as error:
            hint = "install git where the hook runs"
            raise InputError([Problem(f"git cannot be run: {error.strerror or error}", hint=hint)]) from error

    @contextmanager
    def _running(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> Iterator[subprocess.Popen[bytes]]:
        """Run git while its output is read. Raises InputError where it fails, also after all of it was read."""
        process = self._start(*arguments, stdin=stdin)
        try:
            yield process
            assert process.stdout is not None
            assert process.stderr is not None
            error = process.stderr.read() if not process.stdout.read(1) else b"it says more than it was asked for"
            if process.wait() != 0 or error.startswith(b"it says more"):
                raise _failed(arguments[0], error)
        finally:
            process.kill()
            _closed(process)


class Blobs:
    """Reads blobs through one process of git."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def read(self, entry: Entry) -> bytes:
        """Return the bytes of a file. Raises InputError where git has others, fewer or none."""
        into, out = self._process.stdin, self._process.stdout
        assert into is not None
        assert out is not None
        assert entry.size is not None
        into.write(f"{entry.oid}\n".encode("ascii"))
        into.flush()
        head = out.readline(200).decode("ascii", "replace").split()
        if head != [entry.oid, "blob", str(entry.size)]:
            raise InputError([Problem("git cannot read an object of what is pushed", Place(entry.name))])
        data = out.read(entry.size)
        if len(data) != entry.size or out.read(1) != b"\n":
            raise InputError([Problem("git cannot read an object of what is pushed to its end", Place(entry.name))])
        return data


def _records(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield what stands between zero bytes. Raises InputError where the last record has no end."""
    kept = b""
    while piece := stream.read(_LONGEST_RECORD):
        *records, kept = (kept + piece).split(b"\0")
        yield from records
        if len(kept) > _LONGEST_RECORD:
            break
    if kept:
        raise InputError([Problem("git cannot list what is pushed")])


def _entry(record: bytes) -> Entry:
    head, tab, path = record.partition(b"\t")
    fields = head.decode("ascii", "replace").split()
    if not tab or len(fields) != 4 or not _OBJECT.match(fields[2]) or not (fields[3].isdigit() or fields[3] == "-"):
        raise InputError([Problem("git lists what is pushed in a way that cannot be read", Place(os.fsdecode(path)))])
    mode, kind, oid, size = fields
    return Entry(mode, kind, oid, None if size == "-" else int(size), path)


def _refuse_other_than_object(oid: str) -> None:
    if not _OBJECT.match(oid):
        raise InputError([Problem(f"`{oid}` is no name of an object")])


def _failed(command: str, error: bytes) -> InputError:
    said = " ".join(error.decode("utf-8", "replace").split())[:300] or "without a word"
    return InputError([Problem(f"git {command} failed: {said}")])


def _closed(process: subprocess.Popen[bytes]) -> None:
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            try:
                stream.close()
            except OSError:  # git went away while something was still to be written
                continue
    process.wait()


def parts_of(path: str) -> PurePosixPath:
    """Return a path of a tree. Raises InputError for one that could lead out of a folder, or into what git keeps there."""
    parts = path.split("/")
    bad = [part for part in parts if part in ("", ".", "..") or part.casefold() == ".git" or "\0" in part]
    if os.name == "nt":
        bad += [part for part in parts if set(part) & set('\\:<>"|?*') or part.rstrip(". ") != part]
    if bad:
        raise InputError([Problem("a path of this form is not read", Place(path), "rename it")])
    return PurePosixPath(path)
