"""Artifacts: where the release of an artefact stands in a tree, by the annotations of GTO and DVC."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.artifacts import digest_of
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.hosts.git.objects import parts_of
from aiact_rules.sources.releases import releases_in
from aiact_rules.sources.text_files import read_text
from aiact_rules.yaml_text import Mapping, Scalar, read_yaml

_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n(?:[a-z.-]+ [^\n]*\n)*?oid sha256:([0-9a-f]{64})\n"
)
ANNOTATIONS = ("artifacts.yaml", "dvc.yaml")


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the release of an artefact stands, and the digest of the artefact's bytes where they are pushed, or git LFS has them."""

    folder: Path
    digest: str | None = None


def place_of(artifact: str, tree: Path) -> Placed | None:
    """Return where the release of an artefact stands; None where nothing says it, or no release does.

    `artifact` is a name in `artifacts.yaml` or in `artifacts:` of `dvc.yaml` at the root, or `folder:name` for one that those
    of a folder name. Its path leads to a file, whose folder is meant, or to a folder. Raises InputError where the path
    leads nowhere, or out of the tree.
    """
    where, colon, name = artifact.rpartition(":")
    base = tree / parts_of(where) if colon else tree
    for file in ANNOTATIONS:
        said = _path_in(base / file, name, tree)
        if said is not None:
            return _placed(said, base, tree)
    return None


def _path_in(file: Path, name: str, tree: Path) -> Scalar | None:
    if not file.is_file():
        return None
    shown = file.relative_to(tree).as_posix()
    root = read_yaml(read_text(file, shown).text, shown)
    named = root.get("artifacts") if file.name == "dvc.yaml" and isinstance(root, Mapping) else root
    entry = named.get(name) if isinstance(named, Mapping) else None
    path = entry.get("path") if isinstance(entry, Mapping) else None
    return path if isinstance(path, Scalar) and path.text.strip() else None


def _placed(said: Scalar, base: Path, tree: Path) -> Placed | None:
    text = said.text.strip().replace("\\", "/").rstrip("/")
    if "://" in text:
        return None  # kept elsewhere: the releases of the repository count
    path = tree
    for part in (*base.relative_to(tree).parts, *text.split("/")):
        if part == "..":
            if path == tree:
                raise InputError([Problem(f"`{said.text}` leads out of the repository", said.place)])
            path = path.parent
        elif part not in ("", "."):
            path = path / parts_of(part)
    folder = path if path.is_dir() else path.parent
    if not folder.is_dir():
        hint = "let it lead to a file or a folder that is pushed"
        raise InputError([Problem(f"`{said.text}` leads nowhere in what is pushed", said.place, hint)])
    found = releases_in(folder)
    if not found.releases and not found.broken:
        return None
    # An artefact is that of one release; where several stand in the folder, nobody says of which.
    digest = _digest(path) if path.is_file() and len(found.releases) == 1 and not found.broken else None
    return Placed(folder, digest)


def _digest(file: Path) -> str:
    """Return the digest of a file, by the pointer of git LFS that stands in for it where one does."""
    with file.open("rb") as stream:
        pointer = _POINTER.match(stream.read(200))
    return digest_of(file) if pointer is None else f"sha256:{pointer[1].decode()}"
