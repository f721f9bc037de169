"""Artifacts: find what a model brings with it about its release, and copy just that to a folder."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlparse

from aiact_rules import InputError
from aiact_rules.core.problems import Place, Problem
from aiact_rules.sources.front_matter import split_front_matter
from aiact_rules.sources.model_card import BLOCK, read_metadata
from aiact_rules.sources.text_files import MOST_BYTES, Text, read_text
from aiact_rules.yaml_text import Mapping, Node, Scalar, Sequence, read_yaml

from aiact_rules_mlflow.mlmodel import read_block

MLMODEL = "MLmodel"
EXTRA = "extra_files"
MOST_EVIDENCE = 50
MOST_EVIDENCE_BYTES = 100 * 1024 * 1024

_RELEASE = re.compile(r"(?:aiact|[^/]*\.aiact)\.ya?ml\Z")
_CARD = re.compile(r"(?:readme|model[_-]?card[^/]*)\.(?:md|markdown)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Found:
    """What was copied: MLflow's own description of the model, and the release files and cards."""

    folder: Path
    mlmodel: Path | None
    releases: tuple[Path, ...]
    cards: tuple[Path, ...]


class Location:
    """A folder of artifacts, wherever the server keeps it."""

    def __init__(self, uri: str) -> None:
        """Find the store behind a URI. Raises InputError for one that this server does not keep."""
        self.uri = uri
        self._repository, self._root = _repository_of(uri)

    def files(self, folder: str = "") -> dict[str, int]:
        """Return the files of one folder with their sizes, by name."""
        listed = self._repository.list_artifacts(self._at(folder) or None)
        return {PurePosixPath(info.path).name: info.file_size or 0 for info in listed if not info.is_dir}

    def copy(self, path: str, into: Path) -> Path:
        """Copy one file to the same place below a folder."""
        target = into / path
        target.parent.mkdir(parents=True, exist_ok=True)
        self._repository._download_file(self._at(path), str(target))
        return target

    def _at(self, path: str) -> str:
        return "/".join(part for part in (self._root, path) if part)


def collect(uri: str, into: Path) -> Found:
    """Copy the release file, the cards, their evidence and the MLmodel file of a model.

    Raises InputError where one of them is too large, or evidence is named that lies elsewhere.
    """
    location = Location(uri)
    top = location.files()
    wanted = [name for name in sorted(top) if name == MLMODEL or _RELEASE.match(name) or _CARD.match(name)]
    sizes = {name: top[name] for name in wanted}
    for name, size in location.files(EXTRA).items():
        if _RELEASE.match(name) or _CARD.match(name):
            sizes[f"{EXTRA}/{name}"] = size
    large = [name for name, size in sizes.items() if size > MOST_BYTES]
    if large:
        raise InputError(Problem(f"is larger than {MOST_BYTES} bytes", Place(name)) for name in large)
    paths = {name: location.copy(name, into) for name in sizes}
    releases = tuple(path for name, path in paths.items() if _RELEASE.match(PurePosixPath(name).name))
    cards = tuple(path for name, path in paths.items() if _CARD.match(PurePosixPath(name).name))
    _copy_evidence(location, list(paths.values()), into)
    return Found(into, paths.get(MLMODEL), releases, cards)


def _copy_evidence(location: Location, documents: list[Path], into: Path) -> None:
    """Copy the files that documents name as evidence. One that is not there is left to the reading to name."""
    named = {
        (document.parent.relative_to(into), file.text.strip()): file.place
        for document in documents
        for file in _evidence_files(document, into)
    }
    if len(named) > MOST_EVIDENCE:
        raise InputError(
            [Problem(f"more than {MOST_EVIDENCE} files are named as evidence", next(iter(named.values())))]
        )
    for (folder, name), place in named.items():
        path = PurePosixPath(folder.as_posix()) / name.replace("\\", "/")
        if path.is_absolute() or ".." in path.parts or not path.parts:
            raise InputError([Problem(f"the evidence `{name}` does not lie among the artifacts of the model", place)])
        size = location.files("" if path.parent == PurePosixPath() else path.parent.as_posix()).get(path.name)
        if size is None:
            continue
        if size > MOST_EVIDENCE_BYTES:
            raise InputError([Problem(f"the evidence `{name}` is larger than {MOST_EVIDENCE_BYTES} bytes", place)])
        location.copy(path.as_posix(), into)


def _evidence_files(document: Path, root: Path) -> Iterator[Scalar]:
    """Return the texts by which a document names files as evidence."""
    block = _stating(document, read_text(document, document.relative_to(root).as_posix()))
    evidence = block.get("evidence") if isinstance(block, Mapping) else None
    for entry in evidence if isinstance(evidence, Mapping) else ():
        for item in entry.value.items if isinstance(entry.value, Sequence) else (entry.value,):
            file = item.get("file") if isinstance(item, Mapping) else item
            if isinstance(file, Scalar) and file.text.strip() and (isinstance(item, Mapping) or "://" not in file.text):
                yield file


def _stating(document: Path, text: Text) -> Node | None:
    """Return the part of a document that states facts and evidence."""
    if document.name == MLMODEL:
        return read_block(text)
    if document.suffix.lower() in (".md", ".markdown"):
        return read_metadata(split_front_matter(text.text, text.name), text.name)[0].get(BLOCK)
    return read_yaml(text.text, text.name)


def _repository_of(uri: str) -> tuple[Any, str]:
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
