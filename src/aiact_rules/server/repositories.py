"""Repositories: the files of a release at one commit, fetched through the interface of the platform that keeps them.

Fetched is what `check` would read in the folder of the release, by name, and what the operator names besides, such as
evidence. Settings in a repository are not: those of the service count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.server.asked import NamedFiles
from aiact_rules.server.files import MOST_FILES
from aiact_rules.sources.near_misses import SETTINGS, near_misses
from aiact_rules.sources.organisation import SHARED_FILE
from aiact_rules.sources.release_names import EVAL_RESULTS, is_side_file, is_weights, may_state

_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a folder: its path from the root of the repository, and whether it is a folder itself."""

    path: str
    is_folder: bool


ListFolder = Callable[[str], Iterable[Listed]]
"""Returns the entries of a folder by its path (empty: the root)."""
ReadFile = Callable[[str], bytes]


def release_in(folder: str, also: Iterable[str], list_folder: ListFolder, read_file: ReadFile) -> NamedFiles:
    """Return the files of the release in a folder. Raises InputError where they are too many, or lead elsewhere."""
    folder = "" if folder in ("", ".") else str(PurePosixPath(folder))
    listed = [*list_folder(folder)]
    names = {PurePosixPath(each.path).name for each in listed if not each.is_folder}
    missed = {miss.name for miss in near_misses(names)}
    wanted = [each.path for each in listed if not each.is_folder and _is_read(each.path, missed)]
    if any(each.is_folder and PurePosixPath(each.path).name == EVAL_RESULTS for each in listed):
        wanted += _files_in(f"{folder}/{EVAL_RESULTS}".lstrip("/"), list_folder)
    for path in also:
        wanted += _also(path.strip("/"), list_folder)
    wanted = [*dict.fromkeys(path for path in wanted if PurePosixPath(path).name not in (SETTINGS, SHARED_FILE))]
    if len(wanted) > MOST_FILES:
        message = f"the release has {len(wanted)} files, and {MOST_FILES} at most are fetched"
        raise InputError([Problem(message, Place(folder or "."))])
    contents: dict[str, bytes] = {}
    for path in wanted:
        contents[path] = read_file(path)
        if sum(map(len, contents.values())) > _MOST_BYTES:
            raise InputError([Problem(f"the release has more than {_MOST_BYTES} bytes", Place(folder or "."))])
    return NamedFiles(contents, folder or ".")


def _is_read(path: str, missed: set[str]) -> bool:
    """Return whether `check` would look into a file with this name; weights are too large to be fetched."""
    name = PurePosixPath(path).name
    return may_state(Path(path)) or name in missed or (is_side_file(name) and not is_weights(name))


def _files_in(folder: str, list_folder: ListFolder) -> list[str]:
    return [each.path for each in list_folder(folder) if not each.is_folder]


def _also(path: str, list_folder: ListFolder) -> list[str]:
    """Return the files that a path means: all of a folder, where it is one, or itself."""
    parent = str(PurePosixPath(path).parent)
    beside = {each.path: each for each in list_folder("" if parent == "." else parent)}
    entry = beside.get(path)
    if entry is None:
        raise InputError([Problem("there is no such file or folder in the repository", Place(path), "see `also`")])
    return _files_in(path, list_folder) if entry.is_folder else [path]
