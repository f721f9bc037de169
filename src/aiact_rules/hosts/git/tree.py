"""Tree: the files of a pushed commit in a private folder, as they would stand in a checkout, without links and submodules."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.hosts.git.objects import Entry, Repository, parts_of
from aiact_rules.sources.near_misses import SETTINGS
from aiact_rules.sources.organisation import SHARED_FILE
from aiact_rules.sources.release_names import is_read, is_side_file
from aiact_rules.sources.weights import MOST_HEADER_BYTES

_HEADERS = ".safetensors"
_SMALLEST_HEADER = 8


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a tree is read: so many files, bytes of one and bytes of all. What is larger is refused, or left out where it
    states nothing."""

    files: int = 50_000
    bytes_each: int = 64 * 1024 * 1024
    bytes: int = 1024 * 1024 * 1024


@dataclass
class Tree:
    """The folder with the files, and what was left out of it: links, submodules, and large files that state nothing."""

    folder: Path
    left_out: list[str] = field(default_factory=list)
    settings_left_out: list[str] = field(default_factory=list)


def written_tree(repository: Repository, commit: str, folder: Path, limits: Limits, *, with_settings: bool) -> Tree:
    """Write the files of a commit to an empty folder that nobody else may read, and return it.

    A file named like one that states something is refused where it is a link, a submodule or too large. Without
    `with_settings` a pushed `aiact.toml` or `pyproject.toml` is left out, so that no release says how it is judged. Raises
    InputError where something cannot be read, and for a tree that is too large.
    """
    tree = Tree(folder)
    # A file that names no repository: names are relative to this folder, and git looks for none around it.
    (folder / ".git").write_text("gitdir: none\n", encoding="utf-8")
    entries, problems, total = [], [], 0
    for count, entry in enumerate(repository.entries(commit), 1):
        if count > limits.files:
            raise InputError([Problem(f"more than {limits.files:,} files are pushed", hint=_HOW_TO_ALLOW)])
        problem = _objection(entry, limits)
        if problem is not None:
            problems.append(problem)
        elif _is_left_out(entry, limits):
            tree.left_out.append(entry.name)
        elif not with_settings and parts_of(entry.name).name.casefold() in (SETTINGS, SHARED_FILE):
            tree.settings_left_out.append(entry.name)
        else:
            entries.append(entry)
            total += min(entry.size or 0, limits.bytes_each)
            if total > limits.bytes:
                raise InputError([Problem(f"more than {limits.bytes:,} bytes are pushed", hint=_HOW_TO_ALLOW)])
    if problems:
        raise InputError(problems)
    with repository.blobs() as blobs:
        for entry in entries:
            if (entry.size or 0) > limits.bytes_each:
                _write_header(repository, entry, folder)
            else:
                _write(folder, entry, blobs.read(entry))
    return tree


_HOW_TO_ALLOW = "let the repository allow more with `git config aiact.files` or `aiact.bytes`"


def _objection(entry: Entry, limits: Limits) -> Problem | None:
    """Return why an entry is refused: it is named like one that states something about a release, and cannot be read."""
    path = Path(parts_of(entry.name))
    if entry.is_file and (entry.size or 0) <= limits.bytes_each:
        return None
    if not (is_read(path) or is_side_file(path.name)) or (entry.is_file and path.name.endswith(_HEADERS)):
        return None
    if entry.is_file:
        return Problem(f"is larger than {limits.bytes_each:,} bytes", Place(entry.name))
    what = "submodule" if entry.kind == "commit" else "link"
    return Problem(f"a {what} is not followed here", Place(entry.name), "push the file itself")


def _is_left_out(entry: Entry, limits: Limits) -> bool:
    if not entry.is_file:
        return True
    return (entry.size or 0) > limits.bytes_each and not entry.name.endswith(_HEADERS)


def _write(folder: Path, entry: Entry, data: bytes) -> None:
    target = _place(folder, entry)
    with _opened(target, entry) as file:
        file.write(data)


def _write_header(repository: Repository, entry: Entry, folder: Path) -> None:
    """Write the head of a large file of weights alone; the rest is a hole of the same size, which takes no room."""
    size = entry.size or 0
    length = int.from_bytes(repository.beginning(entry.oid, _SMALLEST_HEADER), "little")
    read = _SMALLEST_HEADER + min(length, MOST_HEADER_BYTES, size - _SMALLEST_HEADER)
    data = repository.beginning(entry.oid, read)
    with _opened(_place(folder, entry), entry) as file:
        file.write(data)
        file.truncate(size)


def _place(folder: Path, entry: Entry) -> Path:
    target = folder / parts_of(entry.name)
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _unusable(entry, error) from error
    return target


def _opened(target: Path, entry: Entry) -> IO[bytes]:
    try:
        return os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except OSError as error:
        raise _unusable(entry, error) from error


def _unusable(entry: Entry, error: OSError) -> InputError:
    reason = (error.strerror or str(error)).lower()
    return InputError([Problem(f"this cannot be laid out to be read: {reason}", Place(entry.name), "rename it")])
