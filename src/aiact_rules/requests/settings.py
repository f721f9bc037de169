"""Settings: the organisation of a release as opened, once for all releases of a folder."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from aiact_rules.sources.discovery import base_of, name_of
from aiact_rules.sources.organisation import NOBODY, OpenOrganisation, Organisation, Search, look_for_organisation

MOST_KEPT = 4096
"""Of how many folders the settings are kept; a service, or a sweep of a large tree, sees ever new ones."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The organisation of a release as opened, and the files above it that do not count."""

    opened: OpenOrganisation | None = None
    further: tuple[Path, ...] = ()

    @property
    def organisation(self) -> Organisation:
        """Return the settings without facts, which need a vocabulary."""
        return NOBODY if self.opened is None else self.opened.settings


NO_SETTINGS = Settings()


class SettingsShelf:
    """The settings that go with releases, each file opened once. Safe to share between threads."""

    def __init__(self, file: Path | None = None) -> None:
        """`file` holds the settings of every release; None: each release has those of the nearest file."""
        self._file = file
        self._known: dict[Path, Settings] = {}
        self._lock = threading.RLock()

    def of(self, path: Path | None) -> Settings:
        """Return the settings that go with a release; without a path only a file of all releases counts.

        Raises InputError where they cannot be used.
        """
        if self._file is None and path is None:
            return NO_SETTINGS
        key = self._file or _folder_of(path)
        with self._lock:
            if key not in self._known:
                search = Search(key) if self._file is not None else look_for_organisation(key)
                opened = None if search.file is None else OpenOrganisation(search.file, shown(search.file))
                while len(self._known) >= MOST_KEPT:
                    del self._known[next(iter(self._known))]
                self._known[key] = Settings(opened, search.further)
            return self._known[key]


def _folder_of(path: Path | None) -> Path:
    assert path is not None, "asked for only where there is a path"
    return (path if path.is_dir() else path.parent).resolve()


def shown(path: Path) -> str:
    """Return how a file is called in a record: relative to its repository or the working folder."""
    return name_of(path, base_of(path))
