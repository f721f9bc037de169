"""Folders: the files of one folder, and the releases that they make."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from aiact_rules.core.batches import LeftOut
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.card_kinds import ELSEWHERE
from aiact_rules.sources.model_card import is_card, why_no_card
from aiact_rules.sources.near_misses import near_misses
from aiact_rules.sources.release_names import (
    EVAL_RESULTS,
    MARKDOWN,
    RELEASE_FILES,
    RELEASE_SUFFIXES,
    has_own_release,
    is_bill,
    is_named_card,
    is_read,
    is_readme,
    is_side_file,
    is_utf8,
    may_state,
    stem_of,
)
from aiact_rules.sources.text_files import Text, read_text

_PIECE = 1 << 20
_MODEL_MARKS = (b"machine-learning-model", b"ai_AIPackage")
_NO_MODEL = "bill of materials that names no model"

Texts = dict[Path, Text]


@dataclass(frozen=True, slots=True)
class ReleaseFiles:
    """The files that state one release. `path` is what it is named by; `beside` are technical files of the model, such as its
    weights, `left_out` what stands beside it and is not read.

    `texts` holds what was read of the files already, so that no file is read twice.
    """

    path: Path
    release: Path | None = None
    cards: tuple[Path, ...] = ()
    bills: tuple[Path, ...] = ()
    beside: tuple[Path, ...] = ()
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


@dataclass(frozen=True)
class ReleaseFolder:
    """The files of one folder, without those below it."""

    path: Path
    files: tuple[Path, ...]
    broken: tuple[tuple[Path, tuple[Problem, ...]], ...] = ()
    names: tuple[str, ...] = ()
    texts: Texts = field(default_factory=dict)

    @classmethod
    def of(cls, path: Path, entries: Iterable[os.DirEntry[str]] | None = None) -> ReleaseFolder:
        """List a folder. Raises InputError where it cannot be read."""
        try:
            listed = list(os.scandir(path)) if entries is None else list(entries)
        except OSError as error:
            message = f"this folder cannot be read: {(error.strerror or str(error)).lower()}"
            raise InputError([Problem(message, place_of(path), "give the right to read it")]) from error
        files, broken = [], []
        for entry in sorted(listed, key=lambda entry: entry.name):
            file = path / entry.name
            if is_folder(entry) or not may_state(file):
                continue
            why = _unreadable(file, entry)
            if why is None:
                files.append(file)
            else:
                broken.append((file, (Problem(why, place_of(file)),)))
        names = tuple(entry.name for entry in listed if not is_folder(entry))
        return cls(path, tuple(files), tuple(broken), names)

    @cached_property
    def misnamed(self) -> tuple[Problem, ...]:
        """Return which files are nearly, but not, named like those that are read. Raises InputError as `is_card` does."""
        return tuple(self._misnamed())

    def _misnamed(self) -> Iterator[Problem]:
        for miss in near_misses(self.names):
            file = self.path / miss.name
            # Two pages beside each other are no cards unless one of them is.
            if file.suffix.lower() != ".markdown" or has_own_release(file) or self.is_card(file):
                yield Problem(miss.message, place_of(file), miss.hint)

    def is_card(self, file: Path) -> bool:
        """Return whether a file is a model card. Raises InputError where its front matter is broken."""
        if not is_readme(file):
            return is_named_card(file)
        if file not in self.texts:
            self.texts[file] = read_text(file)
        return is_card(self.texts[file])

    def _card_of_another_kind(self, file: Path) -> str | None:
        why = why_no_card(self.texts[file])
        return why if why in ELSEWHERE.values() else None

    def found(self) -> Found:
        """Return the releases of the folder; what is broken in it does not hide the rest."""
        broken = [
            *self.broken,
            *((Path(problem.place.source) if problem.place else self.path, (problem,)) for problem in self.misnamed),
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
            left_out += [LeftOut(file.name, why) for file in self.texts if (why := self._card_of_another_kind(file))]
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
        shared = folders_release_file(self.path)
        if shared is not None:
            found.append(self.with_release(shared))
        else:
            cards = [file for file in self.files if not has_own_release(file) and self.is_card(file)]
            bills, left_out = self._bills()
            if len(cards) == 1 and not own:
                found.append(ReleaseFiles(cards[0], None, tuple(cards), bills, self.side_files(), left_out, self.texts))
            else:
                found += [ReleaseFiles(card, cards=(card,), texts=self.texts) for card in cards]
                found += [ReleaseFiles(bill, bills=(bill,), left_out=left_out) for bill in bills]
        return tuple(sorted(found, key=lambda release: release.path))

    def with_release(self, release: Path) -> ReleaseFiles:
        """Return a release file with the cards and bills that belong to it."""
        if release.name in RELEASE_FILES:
            bills, left_out = self._bills()
            beside = self.side_files()
            return ReleaseFiles(release, release, self._cards_of_folder(), bills, beside, left_out, self.texts)
        stem = stem_of(release)
        cards = [path for suffix in MARKDOWN if (path := release.with_name(stem + suffix)).is_file()]
        bills = tuple(path for path in self.files if is_bill(path) and path.name.startswith(f"{stem}."))
        return ReleaseFiles(release, release, tuple(cards[:1]), bills, texts=self.texts)

    def with_release_named(self, release: Path, texts: Texts) -> ReleaseFiles:
        """Return a release file of any name, with the cards and bills that belong to it or to no other."""
        own = [path for suffix in MARKDOWN if (path := release.with_name(release.stem + suffix)).is_file()]
        if own or folders_release_file(self.path) is not None:
            return ReleaseFiles(release, release, tuple(own[:1]), texts=texts)
        bills, left_out = self._bills()
        texts = {**self.texts, **texts}
        return ReleaseFiles(release, release, self._cards_of_folder(), bills, self.side_files(), left_out, texts)

    def side_files(self) -> tuple[Path, ...]:
        """Return the technical files of the model that a folder holds, where it holds one release alone."""
        if any(name.endswith(RELEASE_SUFFIXES) and name not in RELEASE_FILES for name in self.names):
            return ()
        found = [self.path / name for name in sorted(self.names) if is_side_file(name)]
        results = self.path / EVAL_RESULTS
        if results.is_dir():
            found += sorted(path for path in results.iterdir() if path.suffix in (".yaml", ".yml"))
        return tuple(path for path in found if path.is_file())

    def _cards_of_folder(self) -> tuple[Path, ...]:
        """Return what is named like a card, and the README where it is a card or stands alone."""
        named = [file for file in self.files if is_named_card(file) and not has_own_release(file)]
        readmes = [file for file in self.files if is_readme(file) and not has_own_release(file)]
        return tuple(readmes) if not named else (*named, *(file for file in readmes if self.is_card(file)))

    def _bills(self) -> tuple[tuple[Path, ...], tuple[LeftOut, ...]]:
        """Return the bills that are about a model, without those of a release file of their own, and the others."""
        stems = {stem_of(file) for file in self.files if file.name.endswith(RELEASE_SUFFIXES)}
        bills = [file for file in self.files if is_bill(file) and file.name.split(".")[0] not in stems]
        about = tuple(file for file in bills if _names_a_model(file))
        return about, tuple(LeftOut(file.name, _NO_MODEL) for file in bills if file not in about)


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


def is_folder(entry: os.DirEntry[str]) -> bool:
    """Return whether an entry is a folder; a link that leads nowhere or in a circle is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _unreadable(file: Path, entry: os.DirEntry[str]) -> str | None:
    """Return why a file cannot be read, or None. Only files that would be read count."""
    if not is_read(file):
        return None
    if not is_utf8(entry.name):
        return "the name of this file is not UTF-8"
    try:
        status = entry.stat()
    except OSError as error:
        return f"cannot be read: {(error.strerror or str(error)).lower()}"
    if not stat.S_ISREG(status.st_mode):
        return "this is not a file"
    return None


def release_file_of_card(card: Path) -> Path | None:
    """Return the release file of a card: its own, or else the folder's. Raises InputError where there are two."""
    own = [card.with_name(card.stem + suffix) for suffix in RELEASE_SUFFIXES]
    return _only([path for path in own if path.is_file()]) or folders_release_file(card.parent)


def folders_release_file(folder: Path) -> Path | None:
    """Return the release file of a whole folder. Raises InputError where there are two."""
    return _only([folder / name for name in RELEASE_FILES if (folder / name).is_file()])


def _only(found: list[Path]) -> Path | None:
    if len(found) > 1:
        raise InputError([Problem("two release files stand side by side", place_of(path)) for path in found[1:]])
    return found[0] if found else None


def place_of(path: Path) -> Place:
    """Return the place of a whole file or folder."""
    return Place(path.as_posix())
