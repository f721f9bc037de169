"""Files: the texts of a release that came over the network, laid out where the readers of `check` find them.

They lie in a folder of their own that only this process can read, which counts as the root of a repository: so names in a
decision are those that were given, evidence is looked for among them alone, and no settings of this machine count.
"""

from __future__ import annotations

import queue
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath

from aiact_rules.core.printable import printable
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.server.asked import NamedFiles
from aiact_rules.sources.near_misses import SETTINGS, near_settings
from aiact_rules.sources.organisation import SHARED_FILE

MOST_FILES = 200
_LONGEST_NAME = 400
_MOST_LEVELS = 8
_ROOT = ".git"
_NOT_IN_NAMES = frozenset('\\:*?"<>|')


class Workspace:
    """Folders for the files of one release each. Safe to share between threads; `close` removes all of them."""

    def __init__(self) -> None:
        self._home: Path | None = None
        self._free: queue.LifoQueue[Path] = queue.LifoQueue()
        self._count = 0

    @contextmanager
    def laid_out(self, files: NamedFiles) -> Iterator[Path]:
        """Write the files, and yield the path of what is judged. Raises InputError for a name that cannot be used.

        Problems that are raised inside name the files as they were given.
        """
        check_names(files.contents)
        released = PurePosixPath(files.release)
        if files.release != ".":
            check_names([files.release], may_be_settings=True)
        root = self._take()
        try:
            _write(root, files.contents)
            yield root if files.release == "." else root / released
        except InputError as error:
            raise InputError([_as_given(problem, root) for problem in error.problems]) from error
        finally:
            _clear(root)
            self._free.put(root)

    def close(self) -> None:
        """Remove the folders."""
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)

    def _take(self) -> Path:
        try:
            return self._free.get_nowait()
        except queue.Empty:
            pass
        if self._home is None:
            self._home = Path(tempfile.mkdtemp(prefix="aiact-rules-")).resolve()
        root = Path(tempfile.mkdtemp(dir=self._home))
        (root / _ROOT).mkdir()
        return root


def check_names(names: Iterable[str], *, may_be_settings: bool = False) -> None:
    """Raise InputError, with every problem, for names that lead elsewhere, and for files with settings.

    Settings are those of the service: a release must not choose from which verdict on it is refused.
    """
    given = tuple(names)
    problems = [
        Problem(message, Place(printable(name[:_LONGEST_NAME])))
        for name in given
        if (message := _wrong_with(name)) is not None
    ]
    if not may_be_settings and not problems:
        folders: dict[str, list[str]] = {}
        for name in given:
            folders.setdefault(str(PurePosixPath(name).parent), []).append(PurePosixPath(name).name)
        for folder, inside in folders.items():
            misses = {miss.name for miss in near_settings(inside)}
            for name in inside:
                if name in (SETTINGS, SHARED_FILE) or name in misses:
                    hint = "leave it out; the service is started with `organisation`, which counts for every release"
                    message = "settings that come with a release do not count"
                    problems.append(Problem(message, Place(str(PurePosixPath(folder) / name)), hint))
    if not given:
        problems.append(Problem("there are no files", hint="send at least a model card or a release file"))
    if len(given) > MOST_FILES:
        problems.append(Problem(f"there are {len(given)} files", hint=f"send at most {MOST_FILES}"))
    if problems:
        raise InputError(problems)


def _wrong_with(name: str) -> str | None:
    """Return what is wrong with the name of a file, or None."""
    parts = name.split("/")
    if len(name) > _LONGEST_NAME or len(parts) > _MOST_LEVELS:
        return f"the name of a file has at most {_LONGEST_NAME} characters and {_MOST_LEVELS} levels"
    if not name.isprintable() or _NOT_IN_NAMES & set(name):
        return "the name of a file has no control characters and none of " + " ".join(sorted(_NOT_IN_NAMES))
    if any(part in ("", ".", "..") or part != part.strip() or len(part.encode()) > 200 for part in parts):
        return "the name of a file is relative, with `/` between its folders, and leads nowhere else"
    if any(part.casefold() == _ROOT for part in parts):
        return f"a file has no `{_ROOT}` in its name"
    return None


def _write(root: Path, contents: Mapping[str, bytes]) -> None:
    for name, content in contents.items():
        file = root / PurePosixPath(name)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as stream:
                stream.write(content)
        except (FileExistsError, NotADirectoryError, IsADirectoryError):
            message = "another file or folder has the same name here"
            raise InputError([Problem(message, Place(name), "names differ in more than their case")]) from None


def _clear(root: Path) -> None:
    for path in root.iterdir():
        if path.name == _ROOT:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _as_given(problem: Problem, root: Path) -> Problem:
    """Return a problem without the path of the folder in it."""

    def shown(text: str) -> str:
        return text.replace(f"{root.as_posix()}/", "").replace(root.as_posix(), ".")

    place = problem.place
    return Problem(
        shown(problem.message),
        None if place is None else replace(place, source=shown(place.source)),
        None if problem.hint is None else shown(problem.hint),
    )
