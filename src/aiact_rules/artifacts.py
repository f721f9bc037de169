"""Artefacts: the bytes that are released, named by one digest, whether they are a file or a folder."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from aiact_rules.core.digests import is_digest
from aiact_rules.core.problems import InputError, Place, Problem

PREFIX = "sha256:"
_FORM = "a digest is `sha256:` and 64 hexadecimal digits in lower case"


def digest_named(text: str) -> str:
    """Return the digest that a text is, or that of the file or folder at the path that it is.

    A text that begins with `sha256:` is never taken for a path. Raises InputError as `digest_of` does.
    """
    if not text.startswith(PREFIX):
        return digest_of(Path(text))
    if not is_digest(text):
        raise InputError([Problem(f"`{text}` is no digest of an artefact", hint=_FORM)])
    return text


def digest_of(path: Path | str) -> str:
    """Return the digest of an artefact as `sha256:` and 64 hexadecimal digits.

    Of a file it is the SHA-256 of its bytes. Of a folder it is the SHA-256 of a list with one line for each file in and
    below it: the SHA-256 of the file, two spaces, its path from the folder with slashes, a line feed; sorted by the UTF-8
    of the paths. Every file counts, hidden ones too, and links are followed. `docs/decision-log.md` has the same as a
    shell command.

    Raises InputError where something cannot be read, for a folder without files, and for a name that cannot stand in the list.
    """
    path = Path(path)
    if not path.is_dir():
        return PREFIX + _of_file(path)
    names = sorted(_names_in(path, (os.path.realpath(path),)), key=str.encode)
    if not names:
        raise InputError([Problem("there is no file in this folder, so it has no digest", Place(path.as_posix()))])
    whole = hashlib.sha256()
    for name in names:
        whole.update(f"{_of_file(path / name)}  {name}\n".encode())
    return PREFIX + whole.hexdigest()


def _of_file(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # opening a pipe would wait for ever
            raise OSError("it is not a file")
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise InputError([Problem("this artefact cannot be read", Place(path.as_posix()), said)]) from error


def _names_in(folder: Path, within: tuple[str, ...]) -> Iterator[str]:
    """Yield the path of every file below a folder, from there; `within` are the real paths of the folders that lead to it."""
    try:
        entries = list(os.scandir(folder))
    except OSError as error:
        raise InputError(
            [Problem("this folder cannot be read", Place(folder.as_posix()), error.strerror or str(error))]
        ) from error
    for entry in entries:
        place = Place((folder / entry.name).as_posix())
        if not _can_be_listed(entry.name):
            hint = "rename it: line breaks, backslashes and bytes that are no UTF-8 cannot stand in the list of files"
            raise InputError([Problem("the name of this file has no place in a digest", place, hint)])
        if not entry.is_dir():
            yield entry.name
            continue
        real = os.path.realpath(entry.path)
        if real in within:
            raise InputError([Problem("this link leads back to a folder that it lies in", place, "remove it")])
        for name in _names_in(folder / entry.name, (*within, real)):
            yield f"{entry.name}/{name}"


def _can_be_listed(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return not any(sign in name for sign in "\n\r\\")
