"""Releases: which files make one release, by the path of any of them, and which releases stand in and below a folder."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from aiact_rules.core.problems import InputError, Problem
from aiact_rules.sources.model_card import why_no_card
from aiact_rules.sources.release_file import looks_like_release
from aiact_rules.sources.release_folder import (
    Found,
    NoRelease,
    ReleaseFiles,
    ReleaseFolder,
    Texts,
    place_of,
    release_file_of_card,
)
from aiact_rules.sources.release_names import (
    is_bill,
    is_readme,
    is_release_file,
)
from aiact_rules.sources.release_search import ReleaseSearch
from aiact_rules.sources.text_files import Text, read_text
from aiact_rules.yaml_text import read_yaml

_YAML = (".yaml", ".yml")


def releases_at(path: Path, beside: ReleaseFolder | None = None) -> tuple[ReleaseFiles, ...] | NoRelease:
    """Return the releases that a path names: one for a file; those that stand in a folder itself, not below it.

    A card and the release file beside it are one release, whichever of them is named. `beside` is the folder of a file,
    where it was listed already: many files of one folder need it once. Raises InputError where the path cannot be read, or
    where it is not clear which files belong together.
    """
    if path.is_dir():
        folder = ReleaseFolder.of(path)
        problems = [*folder.misnamed, *(problem for _, found in folder.broken for problem in found)]
        if problems:
            raise InputError(problems)
        releases = folder.releases()
        if not releases:
            hint = "write one with `aiact-rules init`"
            raise InputError([Problem("no model card and no release file here", place_of(path), hint)])
        return tuple(replace(release, path=path) for release in releases) if len(releases) == 1 else releases
    if not os.path.lexists(path):
        raise InputError([Problem("there is no such file", place_of(path))])
    beside = beside or ReleaseFolder.of(path.parent)
    if beside.misnamed:
        raise InputError(beside.misnamed)
    if is_release_file(path):
        return (beside.with_release(path),)
    if is_bill(path) or path.suffix.lower() == ".json":
        of_release = next((each for each in beside.releases() if path in each.bills), None)
        return (ReleaseFiles(path, bills=(path,)) if of_release is None else replace(of_release, path=path),)
    texts: Texts = {path: read_text(path)}
    if path.suffix.lower() in _YAML and _is_release_file_by_its_keys(texts[path]):
        return (beside.with_release_named(path, texts),)
    release = release_file_of_card(path)
    if release is None:
        if is_readme(path) and (why_not := why_no_card(texts[path])) is not None:
            return NoRelease(path, f"this README is {why_not}, and no release file stands beside it")
        alone = not any(each != path and beside.is_card(each) for each in beside.files if not is_bill(each))
        return (ReleaseFiles(path, cards=(path,), beside=beside.side_files() if alone else (), texts=texts),)
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
        raise InputError([Problem("there is no such folder", place_of(folder))])
    return ReleaseSearch(folder).found()


def releases_in(folder: Path) -> Found:
    """Return the releases that stand in a folder itself, and what is broken in it. Raises InputError where it is unreadable."""
    return ReleaseFolder.of(folder).found()


def _is_release_file_by_its_keys(text: Text) -> bool:
    node = read_yaml(text.text, text.name)
    return looks_like_release(node)
