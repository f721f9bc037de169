"""Pack heads: what a pack says of itself, read without its rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aiact_rules.core.problems import PackError, Place, Problem, ProblemsError
from aiact_rules.yaml_text import plain, read_yaml


@dataclass(frozen=True, slots=True)
class PackHead:
    """The head of a `pack.yaml`, and the folder it stands in. `roles` and `moments` are those that it names."""

    id: str
    version: str
    title: str
    law: str
    market: str
    gates: bool
    extends: tuple[str, ...]
    folder: Path
    offered_by: str
    roles: tuple[str, ...] = ()
    moments: tuple[str, ...] = ()


def read_head(folder: Path, offered_by: str) -> PackHead:
    """Read the head of a pack. Raises PackError where there is no `pack.yaml` or it lacks what every pack says."""
    file = folder / "pack.yaml"
    place = Place(str(file))
    try:
        head = plain(read_yaml(file.read_text(encoding="utf-8"), str(file)))
    except OSError as error:
        raise PackError([Problem(f"{offered_by}: there is no readable `pack.yaml`", place, str(error))]) from error
    except UnicodeDecodeError as error:
        raise PackError([Problem(f"{offered_by}: `pack.yaml` is not UTF-8", place, str(error))]) from error
    except ProblemsError as error:
        raise PackError([Problem(f"{offered_by}: `pack.yaml` cannot be used"), *error.problems]) from error
    if not isinstance(head, dict):
        raise PackError([Problem(f"{offered_by}: `pack.yaml` must be a mapping", place)])
    missing = [key for key in ("id", "version", "title", "law", "market") if not isinstance(head.get(key), str)]
    if missing:
        raise PackError([Problem(f"{offered_by}: `pack.yaml` does not say its {', '.join(missing)}", place)])
    extends = head.get("extends") or []
    if isinstance(extends, str):
        extends = [extends]
    return PackHead(
        id=str(head["id"]),
        version=str(head["version"]),
        title=str(head["title"]),
        law=str(head["law"]),
        market=str(head["market"]),
        gates=str(head.get("gates", "true")).lower() in ("true", "yes"),
        extends=tuple(str(name) for name in extends) if isinstance(extends, list) else (),
        folder=folder,
        offered_by=offered_by,
        roles=(*_names(head.get("roles")), *_names(head.get("outside_roles"))),
        moments=_names(head.get("moments")),
    )


def _names(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, dict) else ()
