"""Releases: which files of a folder make one release, and which releases stand in a folder and below it."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiact_rules.core.batches import LeftOut
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.model_card import is_card
from aiact_rules.sources.near_misses import near_misses
from aiact_rules.sources.release_file import looks_like_release
from aiact_rules.sources.text_files import Text, read_text
from aiact_rules.yaml_text import read_yaml

RELEASE_FILES = ("aiact.yaml", "aiact.yml")
RELEASE_SUFFIXES = (".aiact.yaml", ".aiact.yml")
MARKDOWN = (".md", ".markdown")
_YAML = (".yaml", ".yml")
_BILLS = (".cdx.json", ".spdx.json", ".spdx3.json")
_BILL_NAMES = ("bom.json", "mlbom.json", "ml-bom.json", "aibom.json")
_README = re.compile(r"readme\.(?:md|markdown)\Z", re.IGNORECASE)
_CARD = re.compile(r"model[_-]?card[^/]*\.(?:md|markdown)\Z", re.IGNORECASE)
_GIT_SECONDS = 20
_PIECE = 1 << 20
_MODEL_MARKS = (b"machine-learning-model", b"ai_AIPackage")
_NO_MODEL = "bill of materials that names no model"

Texts = dict[Path, Text]


@dataclass(frozen=True, slots=True)
class ReleaseFiles:
    """The files that state one release. `path` is what it is named by; `left_out` what stands beside it and is not read.

    `texts` holds what was read of the files already, so that no file is read twice.
    """

    path: Path
    release: Path | None = None
    cards: tuple[Path, ...] = ()
    bills: tuple[Path, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    texts: Texts = field(default_factory=dict, compare=False, repr=False)

    @property
    def files(self) -> tuple[Path, ...]:
        """Return every file, the release file first."""
        return (*(() if self.release is None else (self.release,)), *self.cards, *self.bills)

    @property
    def key(self) -> tuple[str, ...]:
        """Return what is equal for two paths that name the same release."""
        return tuple(sorted(str(file.resolve()) for file in self.files))


@dataclass(frozen=True, slots=True)
class NoRelease:
    """A path at which no release is stated, such as a README that is no model card."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Found:
    """What a search came upon: releases, places that could not be looked into, and what was left out on purpose."""

    releases: tuple[ReleaseFiles, ...] = ()
    broken: tuple[tuple[Path, tuple[Problem, ...]], ...] = ()
    left_out: tuple[LeftOut, ...] = ()


def releases_at(path: Path) -> tuple[ReleaseFiles, ...] | NoRelease:
    """Return the releases that a path names: one for a file; those that stand in a folder itself, not below it.

    A card and the release file beside it are one release, whichever of them is named. Raises InputError where the path
    cannot be read, or where it is not clear which files belong together.
    """
    if path.is_dir():
        folder = _Folder.of(path)
        problems = [*folder.misnamed(), *(problem for _, found in folder.broken for problem in found)]
        if problems:
            raise InputError(problems)
        releases = folder.releases()
        if not releases:
            hint = "write one with `aiact-rules init`"
            raise InputError([Problem("no model card and no release file here", _place(path), hint)])
        return tuple(replace(release, path=path) for release in releases) if len(releases) == 1 else releases
    if not os.path.lexists(path):
        raise InputError([Problem("there is no such file", _place(path))])
    beside = _Folder.of(path.parent)
    if problems := list(beside.misnamed()):
        raise InputError(problems)
    if is_release_file(path):
        return (beside.with_release(path),)
    if is_bill(path) or path.suffix.lower() == ".json":
        of_release = next((each for each in beside.releases() if path in each.bills), None)
        return (ReleaseFiles(path, bills=(path,)) if of_release is None else replace(of_release, path=path),)
    texts: Texts = {path: read_text(path)}
    if path.suffix.lower() in _YAML and _is_release_file_by_its_keys(texts[path]):
        return (beside.with_release_named(path, texts),)
    release = _release_file_of_card(path)
    if release is None:
        if _README.match(path.name) and not is_card(texts[path]):
            return NoRelease(path, "this README is not a model card, and no release file stands beside it")
        return (ReleaseFiles(path, cards=(path,), texts=texts),)
    found = beside.with_release(release)
    cards = found.cards if path in found.cards else (*found.cards, path)
    return (replace(found, path=path, cards=cards),)


def releases_below(folder: Path) -> Found:
    """Return every release in a folder and below it, in the order of their paths.

    Hidden folders, `node_modules`, virtual environments and what git ignores are left out, and so is a link to what
    stands in the folder itself. What cannot be looked into, a link that leads outside and a name that is not UTF-8 are
    broken places. Raises InputError where there is no such folder.
    """
    if not folder.is_dir():
        raise InputError([Problem("there is no such folder", _place(folder))])
    return _Search(folder).found()


def releases_in(folder: Path) -> Found:
    """Return the releases that stand in a folder itself, and what is broken in it. Raises InputError where it is unreadable."""
    return _Folder.of(folder).found()


def is_release_file(path: Path) -> bool:
    """Return whether a file has the name of a release file."""
    return path.name in RELEASE_FILES or path.name.endswith(RELEASE_SUFFIXES)


def is_bill(path: Path) -> bool:
    """Return whether a file has the name of a bill of materials."""
    name = path.name.lower()
    return name in _BILL_NAMES or name.endswith(_BILLS)


@dataclass(frozen=True)
class _Folder:
    """The files of one folder, without those below it."""

    path: Path
    files: tuple[Path, ...]
    broken: tuple[tuple[Path, tuple[Problem, ...]], ...] = ()
    names: tuple[str, ...] = ()
    texts: Texts = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, entries: Iterable[os.DirEntry[str]] | None = None) -> _Folder:
        """List a folder. Raises InputError where it cannot be read."""
        try:
            listed = list(os.scandir(path)) if entries is None else list(entries)
        except OSError as error:
            message = f"this folder cannot be read: {(error.strerror or str(error)).lower()}"
            raise InputError([Problem(message, _place(path), "give the right to read it")]) from error
        files, broken = [], []
        for entry in sorted(listed, key=lambda entry: entry.name):
            file = path / entry.name
            if _is_folder(entry) or not _may_state(file):
                continue
            why = _unreadable(file, entry)
            if why is None:
                files.append(file)
            else:
                broken.append((file, (Problem(why, _place(file)),)))
        names = tuple(entry.name for entry in listed if not _is_folder(entry))
        return cls(path, tuple(files), tuple(broken), names)

    def misnamed(self) -> Iterator[Problem]:
        """Find files that are nearly, but not, named like those that are read."""
        for miss in near_misses(self.names):
            file = self.path / miss.name
            # Two pages beside each other are no cards unless one of them is.
            if file.suffix.lower() != ".markdown" or _has_own_release(file) or self.is_card(file):
                yield Problem(miss.message, _place(file), miss.hint)

    def is_card(self, file: Path) -> bool:
        """Return whether a file is a model card. Raises InputError where its front matter is broken."""
        if not _README.match(file.name):
            return bool(_CARD.match(file.name))
        if file not in self.texts:
            self.texts[file] = read_text(file)
        return is_card(self.texts[file])

    def found(self) -> Found:
        """Return the releases of the folder; what is broken in it does not hide the rest."""
        broken = [
            *self.broken,
            *((Path(problem.place.source) if problem.place else self.path, (problem,)) for problem in self.misnamed()),
        ]
        try:
            releases = self.releases()
        except InputError as error:
            file = self._only_broken(error)
            if file is None:
                return Found((), (*broken, (self.path, error.problems)))
            rest = replace(self, files=tuple(each for each in self.files if each != file), broken=()).found()
            return replace(rest, broken=(*broken, (file, error.problems), *rest.broken))
        left_out = [each for release in releases for each in release.left_out]
        if not releases:
            left_out += [LeftOut(file.name, _NO_MODEL) for file in self.files if is_bill(file)]
        return Found(releases, tuple(broken), tuple(dict.fromkeys(left_out)))

    def _only_broken(self, error: InputError) -> Path | None:
        """Return the one card that cannot be read, where no release file stands in the folder that it belongs to."""
        places = {problem.place.source for problem in error.problems if problem.place is not None}
        if len(places) != 1 or any((self.path / name).is_file() for name in RELEASE_FILES):
            return None
        return next((file for file in self.files if file.as_posix() in places), None)

    def releases(self) -> tuple[ReleaseFiles, ...]:
        """Return the releases that stand in the folder itself. Raises InputError where a card is broken."""
        own = [file for file in self.files if file.name.endswith(RELEASE_SUFFIXES) and file.name not in RELEASE_FILES]
        found = [self.with_release(file) for file in own]
        shared = _folders_release_file(self.path)
        if shared is not None:
            found.append(self.with_release(shared))
        else:
            cards = [file for file in self.files if not _has_own_release(file) and self.is_card(file)]
            bills, left_out = self._bills()
            if len(cards) == 1 and not own:
                found.append(ReleaseFiles(cards[0], None, tuple(cards), bills, left_out, self.texts))
            else:
                found += [ReleaseFiles(card, cards=(card,), texts=self.texts) for card in cards]
                found += [ReleaseFiles(bill, bills=(bill,), left_out=left_out) for bill in bills]
        return tuple(sorted(found, key=lambda release: release.path))

    def with_release(self, release: Path) -> ReleaseFiles:
        """Return a release file with the cards and bills that belong to it."""
        if release.name in RELEASE_FILES:
            bills, left_out = self._bills()
            return ReleaseFiles(release, release, self._cards_of_folder(), bills, left_out, self.texts)
        stem = _stem(release)
        cards = [path for suffix in MARKDOWN if (path := release.with_name(stem + suffix)).is_file()]
        bills = tuple(path for path in self.files if is_bill(path) and path.name.startswith(f"{stem}."))
        return ReleaseFiles(release, release, tuple(cards[:1]), bills, texts=self.texts)

    def with_release_named(self, release: Path, texts: Texts) -> ReleaseFiles:
        """Return a release file of any name, with the cards and bills that belong to it or to no other."""
        own = [path for suffix in MARKDOWN if (path := release.with_name(release.stem + suffix)).is_file()]
        if own or _folders_release_file(self.path) is not None:
            return ReleaseFiles(release, release, tuple(own[:1]), texts=texts)
        bills, left_out = self._bills()
        return ReleaseFiles(release, release, self._cards_of_folder(), bills, left_out, {**self.texts, **texts})

    def _cards_of_folder(self) -> tuple[Path, ...]:
        """Return what is named like a card, and the README where it is a card or stands alone."""
        named = [file for file in self.files if _CARD.match(file.name) and not _has_own_release(file)]
        readmes = [file for file in self.files if _README.match(file.name) and not _has_own_release(file)]
        return tuple(readmes) if not named else (*named, *(file for file in readmes if self.is_card(file)))

    def _bills(self) -> tuple[tuple[Path, ...], tuple[LeftOut, ...]]:
        """Return the bills that are about a model, without those of a release file of their own, and the others."""
        stems = {_stem(file) for file in self.files if file.name.endswith(RELEASE_SUFFIXES)}
        bills = [file for file in self.files if is_bill(file) and file.name.split(".")[0] not in stems]
        about = tuple(file for file in bills if _names_a_model(file))
        return about, tuple(LeftOut(file.name, _NO_MODEL) for file in bills if file not in about)


class _Search:
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
            self._break(place, Problem(message, _place(place), "give the right to read it"))
            return []
        below = []
        for entry in entries:
            path = place / entry.name
            if _is_folder(entry):
                if self._is_looked_into(path, entry):
                    below.append(path)
            elif self._is_ignored(path) and _may_state(path):
                self.left_out.append(LeftOut(self._name(path), "ignored by git"))
        kept = [entry for entry in entries if _is_folder(entry) or not self._is_ignored(place / entry.name)]
        self._take(_Folder.of(place, kept))
        return below

    def _take(self, folder: _Folder) -> None:
        found = folder.found()
        self.releases += found.releases
        self.broken += found.broken
        self.left_out += [LeftOut(self._name(folder.path / each.name), each.reason) for each in found.left_out]

    def _is_looked_into(self, path: Path, entry: os.DirEntry[str]) -> bool:
        reason = None
        if not _is_utf8(entry.name):
            self._break(path, Problem("the name of this folder is not UTF-8", _place(path), "rename it"))
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
                problem = Problem("this link leads outside the folder", _place(path), "name the folder it leads to")
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


def _is_release_file_by_its_keys(text: Text) -> bool:
    node = read_yaml(text.text, text.name)
    return looks_like_release(node)


def _stem(release: Path) -> str:
    return release.name.removesuffix(".yaml").removesuffix(".yml").removesuffix(".aiact")


def _names_a_model(bill: Path) -> bool:
    """Return whether a bill of materials speaks of a model at all; one that cannot be read counts as if it did."""
    kept = b""
    try:
        with bill.open("rb") as stream:
            while piece := stream.read(_PIECE):
                if any(mark in kept + piece for mark in _MODEL_MARKS):
                    return True
                kept = piece[-64:]
    except OSError:
        return True
    return False


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder; a link that leads nowhere or in a circle is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _may_state(file: Path) -> bool:
    """Return whether a file has a name under which something about a release may be stated."""
    lower = file.name.lower()
    if lower in RELEASE_FILES or lower.endswith(RELEASE_SUFFIXES) or is_bill(file):
        return True
    return bool(_CARD.match(file.name) or _README.match(file.name) or lower.endswith(MARKDOWN))


def _unreadable(file: Path, entry: os.DirEntry[str]) -> str | None:
    """Return why a file cannot be read, or None. Only files that would be read count."""
    if not (is_release_file(file) or is_bill(file) or _CARD.match(file.name) or _README.match(file.name)):
        return None
    if not _is_utf8(entry.name):
        return "the name of this file is not UTF-8"
    try:
        status = entry.stat()
    except OSError as error:
        return f"cannot be read: {(error.strerror or str(error)).lower()}"
    if not stat.S_ISREG(status.st_mode):
        return "this is not a file"
    return None


def _is_utf8(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


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


def _release_file_of_card(card: Path) -> Path | None:
    own = [card.with_name(card.stem + suffix) for suffix in RELEASE_SUFFIXES]
    return _only([path for path in own if path.is_file()]) or _folders_release_file(card.parent)


def _has_own_release(card: Path) -> bool:
    return any(card.with_name(card.stem + suffix).is_file() for suffix in RELEASE_SUFFIXES)


def _folders_release_file(folder: Path) -> Path | None:
    return _only([folder / name for name in RELEASE_FILES if (folder / name).is_file()])


def _only(found: list[Path]) -> Path | None:
    if len(found) > 1:
        raise InputError([Problem("two release files stand side by side", _place(path)) for path in found[1:]])
    return found[0] if found else None


def _place(path: Path) -> Place:
    return Place(path.as_posix())
