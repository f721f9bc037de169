"""Tags: what a tag of GTO says happens to an artefact. `scorer@v1.2.3` registers, `scorer#prod#4` assigns, a `!` takes back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

REFS = "refs/"
TAGS = "refs/tags/"
HEADS = "refs/heads/"

# As GTO reads them: `folder=name` is the artefact `name` that the dvc.yaml or artifacts.yaml of a folder names.
_NAME = r"[a-zA-Z0-9](?:[a-zA-Z0-9\-/_]*[a-zA-Z0-9])?"
_VERSION = r"v(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9a-zA-Z.-]+)?(?:\+[0-9a-zA-Z.-]+)?"
_TAG = re.compile(
    rf"(?P<artifact>(?:[a-zA-Z0-9\-_./]+=)?{_NAME})"
    rf"(?:(?:\#(?P<stage>{_NAME})|@(?P<version>{_VERSION}))(?P<back>!?)|@(?P<word>deprecated|created))(?:\#\d+)?\Z",
    re.ASCII,
)


class Kind(Enum):
    """What happens to an artefact. The first two release it; the others release nothing."""

    REGISTER = "register"
    ASSIGN = "assign"
    DEREGISTER = "take back"
    UNASSIGN = "unassign"
    DEPRECATE = "deprecate"
    CREATE = "create"

    @property
    def releases(self) -> bool:
        """Return whether something is released by it."""
        return self in (Kind.REGISTER, Kind.ASSIGN)


@dataclass(frozen=True, slots=True)
class Event:
    """What a tag says. `artifact` is the name as GTO has it, `folder:name` for one that a folder below the root names."""

    kind: Kind
    artifact: str
    version: str | None = None
    stage: str | None = None

    def __str__(self) -> str:
        """Return what is to be done, such as `assign scorer to prod`."""
        if self.stage is not None:
            return f"{self.kind.value} {self.artifact} {'from' if self.kind is Kind.UNASSIGN else 'to'} {self.stage}"
        return f"{self.kind.value} {self.artifact}" + (f" {self.version}" if self.version else "")


def event_of(tag: str) -> Event | None:
    """Return what a tag, named without `refs/tags/`, says by GTO's rules; None for any other tag."""
    found = _TAG.match(tag)
    if found is None:
        return None
    artifact = found["artifact"].replace("=", ":")
    if found["word"]:
        return Event(Kind.DEPRECATE if found["word"] == "deprecated" else Kind.CREATE, artifact)
    if found["stage"]:
        return Event(Kind.UNASSIGN if found["back"] else Kind.ASSIGN, artifact, stage=found["stage"])
    return Event(Kind.DEREGISTER if found["back"] else Kind.REGISTER, artifact, version=found["version"])
