"""Artifacts: find what a model brings with it about its release, and read just that."""

from __future__ import annotations

import hashlib
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlparse

from aiact_rules import InputError
from aiact_rules.core.problems import Place, Problem
from aiact_rules.sources.front_matter import split_front_matter
from aiact_rules.sources.model_card import BLOCK, read_metadata
from aiact_rules.sources.text_files import MOST_BYTES, Text, decoded
from aiact_rules.yaml_text import Mapping, Node, Scalar, Sequence, read_yaml
from mlflow.store.artifact.local_artifact_repo import LocalArtifactRepository

from aiact_rules_mlflow.mlmodel import read_block

RepositoryOf = Callable[[str], tuple[Any, str]]
"""Finds the repository behind a URI, and the path in it."""

MLMODEL = "MLmodel"
EXTRA = "extra_files"
MOST_EVIDENCE = 50
MOST_EVIDENCE_BYTES = 100 * 1024 * 1024

_RELEASE = re.compile(r"(?:aiact|[^/]*\.aiact)\.ya?ml\Z")
_CARD = re.compile(r"(?:readme|model[_-]?card[^/]*)\.(?:md|markdown)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """What was written to a folder: MLflow's own description of the model, and the release files and cards."""

    folder: Path
    mlmodel: Path | None
    releases: tuple[Path, ...]
    cards: tuple[Path, ...]


class Folder:
    """A folder for the time of a block, made when it is first asked for."""

    def __init__(self) -> None:
        self._made: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        if self._made is not None:
            self._made.cleanup()

    def __call__(self) -> Path:
        """Return the folder."""
        if self._made is None:
            self._made = tempfile.TemporaryDirectory(prefix="aiact-")
        return Path(self._made.name)


class Location:
    """A folder of artifacts, wherever the server keeps it."""

    def __init__(self, uri: str, repository_of: RepositoryOf) -> None:
        """Find the store behind a URI. Raises InputError for one that cannot be reached from here."""
        self.uri = uri
        self._repository, self._root = repository_of(uri)

    def files(self, folder: str = "") -> dict[str, int]:
        """Return the files of one folder with their sizes, by name."""
        listed = self._repository.list_artifacts(self._at(folder) or None)
        return {PurePosixPath(info.path).name: info.file_size or 0 for info in listed if not info.is_dir}

    def read(self, path: str) -> bytes:
        """Return the bytes of one file."""
        if isinstance(self._repository, LocalArtifactRepository):
            return Path(self._repository.download_artifacts(self._at(path))).read_bytes()
        with tempfile.TemporaryDirectory(prefix="aiact-") as folder:
            return self.copy(path, Path(folder)).read_bytes()

    def copy(self, path: str, into: Path) -> Path:
        """Copy one file to the same place below a folder."""
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._repository._download_file(self._at(path), str(target))
        return target

    def _at(self, path: str) -> str:
        return "/".join(part for part in (self._root, path) if part)


class Brought:
    """What a model brings with it about its release: its documents as they are now, and the evidence they name."""

    def __init__(self, uri: str, repository_of: RepositoryOf) -> None:
        """Read the release file, the cards and the MLmodel file. Raises InputError where one of them is too large."""
        self._location = Location(uri, repository_of)
        top = self._location.files()
        wanted = [name for name in sorted(top) if name == MLMODEL or _RELEASE.match(name) or _CARD.match(name)]
        sizes = {name: top[name] for name in wanted}
        for name, size in sorted(self._location.files(EXTRA).items()):
            if _RELEASE.match(name) or _CARD.match(name):
                sizes[f"{EXTRA}/{name}"] = size
        large = [name for name, size in sizes.items() if size > MOST_BYTES]
        if large:
            raise InputError(Problem(f"is larger than {MOST_BYTES} bytes", Place(name)) for name in large)
        self.documents = {name: self._location.read(name) for name in sizes}

    def found(self, folder: Callable[[], Path]) -> Found:
        """Return the documents as files of a folder, beside a copy of the evidence they name.

        Raises InputError where evidence is named that lies elsewhere or is too large.
        """
        into = folder()
        for name, data in self.documents.items():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            (into / name).write_bytes(data)
        paths = {name: into / name for name in self.documents}
        releases = tuple(path for name, path in paths.items() if _RELEASE.match(PurePosixPath(name).name))
        cards = tuple(path for name, path in paths.items() if _CARD.match(PurePosixPath(name).name))
        return Found(into, paths.get(MLMODEL), releases, cards)

    def fingerprint(self, folder: Callable[[], Path]) -> str:
        """Return a hash of every byte that the reading will see; evidence is copied to the folder and read from there.

        Sizes and times would not do: a store elsewhere tells no more than sizes. Raises as `found` does.
        """
        states = {name: hashlib.sha256(data).hexdigest() for name, data in self.documents.items()}
        for path in self._evidence():
            copied = self._location.copy(path, folder())
            with copied.open("rb") as stream:
                states[path] = hashlib.file_digest(stream, "sha256").hexdigest()
        return hashlib.sha256(repr(sorted(states.items())).encode()).hexdigest()

    def _evidence(self) -> Iterator[str]:
        """Return the files that documents name as evidence. One that is not there is left to the reading to name."""
        named = {
            (PurePosixPath(document).parent, file.text.strip()): file.place
            for document, data in self.documents.items()
            for file in _evidence_files(document, data)
        }
        if len(named) > MOST_EVIDENCE:
            raise InputError(
                [Problem(f"more than {MOST_EVIDENCE} files are named as evidence", next(iter(named.values())))]
            )
        for (folder, name), place in named.items():
            path = folder / name.replace("\\", "/")
            if path.is_absolute() or ".." in path.parts or not path.parts:
                raise InputError(
                    [Problem(f"the evidence `{name}` does not lie among the artifacts of the model", place)]
                )
            parent = "" if path.parent == PurePosixPath() else path.parent.as_posix()
            size = self._location.files(parent).get(path.name)
            if size is None:
                continue
            if size > MOST_EVIDENCE_BYTES:
                raise InputError([Problem(f"the evidence `{name}` is larger than {MOST_EVIDENCE_BYTES} bytes", place)])
            yield path.as_posix()


@lru_cache(maxsize=128)
def _evidence_files(name: str, data: bytes) -> tuple[Scalar, ...]:
    """Return the texts by which a document names files as evidence."""
    block = _stating(PurePosixPath(name), decoded(data, name))
    evidence = block.get("evidence") if isinstance(block, Mapping) else None
    found = []
    for entry in evidence if isinstance(evidence, Mapping) else ():
        for item in entry.value.items if isinstance(entry.value, Sequence) else (entry.value,):
            file = item.get("file") if isinstance(item, Mapping) else item
            if isinstance(file, Scalar) and file.text.strip() and (isinstance(item, Mapping) or "://" not in file.text):
                found.append(file)
    return tuple(found)


def _stating(document: PurePosixPath, text: Text) -> Node | None:
    """Return the part of a document that states facts and evidence."""
    if document.name == MLMODEL:
        return read_block(text)
    if document.suffix.lower() in (".md", ".markdown"):
        return read_metadata(split_front_matter(text.text, text.name), text.name)[0].get(BLOCK)
    return read_yaml(text.text, text.name)


def repository_of_server(uri: str) -> tuple[Any, str]:
    """Return the repository of a URI and the path in it; the server's own proxied artifacts are read where they lie."""
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    scheme = urlparse(uri).scheme.lower()
    if scheme in ("http", "https", "mlflow-artifacts"):
        from mlflow.server import handlers

        if not handlers._is_servable_proxied_run_artifact_root(uri):
            problem = "these artifacts are served by another server, so this one cannot read them"
            raise InputError(
                [Problem(problem, Place(uri), "state the facts in tags, with AIACT_MLFLOW_ARTIFACTS=ignore")]
            )
        path: str = handlers._get_proxied_run_artifact_destination_path(uri)
        scoped = getattr(handlers, "_get_workspace_scoped_repo_path_if_enabled", None)
        if scoped is not None:
            path = scoped(path)
        if ".." in PurePosixPath(path).parts:
            raise InputError([Problem("the location of the artifacts climbs out of their store", Place(uri))])
        return handlers._get_artifact_repo_mlflow_artifacts(), path
    server = sys.modules.get("mlflow.server.handlers")
    checked = getattr(server, "_get_artifact_repository_for_uri", get_artifact_repository)
    return checked(uri), ""
