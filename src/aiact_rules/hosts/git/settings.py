"""Settings: how the hook of one repository judges, from the server's own git configuration (`aiact.…`), never from a push."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.hosts.git.tree import Limits

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True)
class HookSettings:
    """What is judged, by which settings, and where it is recorded.

    `stages` are the stages of GTO that are guarded, `tags` and `branches` further names, as patterns; `registrations` says
    whether a new version is judged. `settings` is the organisation's file; `pushed_settings` lets the `aiact.toml` of a
    push count where there is none. `actor` is the variable in which the server puts the name of whoever pushes.
    """

    settings: Path | None = None
    pushed_settings: bool = False
    log: str | None = None
    stages: tuple[str, ...] = ("*",)
    registrations: bool = True
    tags: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    past_dates: str = "refuse"
    actor: str | None = None
    seconds: int = 60
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def of(cls, said: Mapping[str, list[str]], folder: Path) -> HookSettings:
        """Return the settings in a git configuration; paths in it are meant from `folder`. Raises InputError with all problems."""
        problems: list[Problem] = []
        found: dict[str, object] = {}
        limits: dict[str, int] = {}
        for key, values in said.items():
            place = Place(f"git config aiact.{key}")
            if key not in KEYS:
                problems.append(Problem("there is no such setting", place, did_you_mean(key, KEYS)))
                continue
            name, read = KEYS[key]
            try:
                value = read(values)
            except ValueError as error:
                problems.append(Problem(str(error), place))
                continue
            if key in ("files", "bytes"):
                limits[name] = int(str(value))
            else:
                found[name] = folder / str(value) if key == "settings" else value
        log = found.get("log")
        if isinstance(log, str) and "://" not in log:
            found["log"] = str(folder / log)
        if problems:
            raise InputError(problems)
        return cls(**found, limits=Limits(**limits))  # type: ignore[arg-type]  # each was read as what its field takes

    def guards_stage(self, stage: str) -> bool:
        """Return whether a stage is guarded, in any case."""
        return _matches(stage.casefold(), [pattern.casefold() for pattern in self.stages])

    def guards_tag(self, tag: str) -> bool:
        """Return whether a tag that is none of GTO is guarded."""
        return _matches(tag, self.tags)

    def guards_branch(self, branch: str) -> bool:
        """Return whether a branch is guarded."""
        return _matches(branch, self.branches)

    def pushed_by(self) -> str | None:
        """Return who pushes by the word of the server, or None where it does not say.

        Raises InputError where the variable named for it is not set: then nobody can say later who it was.
        """
        if self.actor is None:
            return None
        said = os.environ.get(self.actor, "").strip()
        if not said:
            hint = "let the server set it, or unset `aiact.actor`"
            raise InputError(
                [Problem(f"`{self.actor}` does not name who pushes", Place("git config aiact.actor"), hint)]
            )
        return said


def _matches(name: str, patterns: tuple[str, ...] | list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _text(values: list[str]) -> str:
    if not values[-1].strip():
        raise ValueError("this is empty")
    return values[-1]


def _texts(values: list[str]) -> tuple[str, ...]:
    return tuple(value for value in values if value.strip())


def _truth(values: list[str]) -> bool:
    said = values[-1].strip().lower()
    if said in ("true", "yes", "on", "1", ""):
        return True
    if said in ("false", "no", "off", "0"):
        return False
    raise ValueError(f"`{values[-1]}` is neither true nor false")


def _number(values: list[str]) -> int:
    said = values[-1].strip()
    if not said.isascii() or not said.isdigit() or not 0 < int(said[:12]) <= 10**11 or len(said) > 12:
        raise ValueError(f"`{values[-1]}` is no whole number above 0")
    return int(said)


def _variable(values: list[str]) -> str:
    if not _VARIABLE.match(values[-1]):
        raise ValueError(f"`{values[-1]}` is no name of a variable, such as GL_USERNAME")
    return values[-1]


def _past(values: list[str]) -> str:
    if values[-1] not in ("judge", "refuse"):
        raise ValueError(f"`{values[-1]}` is neither judge nor refuse")
    return values[-1]


KEYS: Mapping[str, tuple[str, Callable[[list[str]], object]]] = {
    "settings": ("settings", _text),
    "pushedsettings": ("pushed_settings", _truth),
    "log": ("log", _text),
    "stage": ("stages", _texts),
    "registrations": ("registrations", _truth),
    "tag": ("tags", _texts),
    "branch": ("branches", _texts),
    "pastdates": ("past_dates", _past),
    "actor": ("actor", _variable),
    "seconds": ("seconds", _number),
    "files": ("files", _number),
    "bytes": ("bytes", _number),
}
"""The settings by their names in a git configuration, in lower case as git hands them over."""
