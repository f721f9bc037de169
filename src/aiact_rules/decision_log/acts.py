"""Acts: who asked a host to do what with which artefact, and what the host did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from aiact_rules.core.digests import is_digest
from aiact_rules.core.printable import encodable, is_written
from aiact_rules.overrides import Override


class Outcome(Enum):
    """What became of an act: let through, refused, refused because nothing could be decided, let through by a person's
    override, or judged only, where the host does not stand in the way."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNDECIDED = "undecided"
    OVERRIDDEN = "overridden"
    JUDGED = "judged"


@dataclass(frozen=True, slots=True)
class Artifact:
    """What the act is about, as the host names it; `digest` is that of its bytes, where the host knows it."""

    name: str
    version: str | None = None
    digest: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError for a digest of another form."""
        if self.digest is not None and not is_digest(self.digest):
            raise ValueError(f"`{self.digest}` is no digest: `sha256:` and 64 hexadecimal digits")

    def as_json(self) -> dict[str, object]:
        """Return the artefact as it stands in an entry, without what is not known."""
        return _known(name=self.name, version=self.version, digest=self.digest)


@dataclass(frozen=True, slots=True)
class Act:
    """What a host was asked to do, and what it did; written beside the decision that it rests on.

    `host` is the software that asked ("mlflow", "cli", "git"), `action` what it was about to do ("set alias champion"),
    `actor` the user as the host knows that user; None where it does not. `override` is a person's answer for a refused release:
    with `overridden` the one by which it passed, with `refused` one that did not count.
    """

    host: str
    action: str
    outcome: Outcome
    actor: str | None = None
    artifact: Artifact | None = None
    override: Override | None = None

    def __post_init__(self) -> None:
        """Raise ValueError where host or action say nothing, and for `overridden` without an override."""
        for name, text in (("host", self.host), ("action", self.action), ("actor", self.actor)):
            if text is not None and not is_written(text):
                raise ValueError(f"the {name} of an act is a text that says something")
        if self.outcome is Outcome.OVERRIDDEN and self.override is None:
            raise ValueError("an act that was overridden names its override")

    def as_json(self) -> dict[str, object]:
        """Return the act as it stands in an entry, without what is not known.

        Characters that are no Unicode, as in names of files and users, are written as escapes.
        """
        return _known(
            host=self.host,
            action=self.action,
            outcome=self.outcome.value,
            actor=self.actor,
            artifact=None if self.artifact is None else self.artifact.as_json(),
            override=None if self.override is None else override_json(self.override),
        )

    @classmethod
    def from_json(cls, value: object) -> Act:
        """Return the act in a JSON value. Raises ValueError where it is none."""
        row = _row(value, "act", ("host", "action", "outcome"))
        try:
            outcome = Outcome(row["outcome"])
        except ValueError as error:
            raise ValueError(f"the act has an outcome that does not exist: `{row['outcome']}`") from error
        return cls(
            _text(row, "host"),
            _text(row, "action"),
            outcome,
            _text(row, "actor") if "actor" in row else None,
            _artifact(row["artifact"]) if "artifact" in row else None,
            override_from(row["override"]) if "override" in row else None,
        )


def _artifact(value: object) -> Artifact:
    row = _row(value, "artefact", ("name",))
    return Artifact(_text(row, "name"), *(_text(row, key) if key in row else None for key in ("version", "digest")))


def override_json(override: Override) -> dict[str, object]:
    """Return an override as it stands in an entry."""
    return {key: encodable(text) for key, text in override.as_json().items()}


def override_from(value: object) -> Override:
    """Return the override in a JSON value. Raises ValueError where it is none."""
    row = _row(value, "override", ("decision_id", "who", "why", "until"))
    until = datetime.fromisoformat(_text(row, "until"))
    return Override(_text(row, "decision_id"), _text(row, "who"), _text(row, "why"), until)


def _row(value: object, what: str, needed: tuple[str, ...]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise ValueError(f"the {what} is not an object")
    for key in needed:
        if key not in value:
            raise ValueError(f"the {what} has no `{key}`")
    return value


def _text(row: Mapping[str, object], key: str) -> str:
    value = row[key]
    if not isinstance(value, str):
        raise ValueError(f"`{key}` is not a text")
    return value


def _known(**values: str | dict[str, object] | None) -> dict[str, object]:
    known = {key: value for key, value in values.items() if value is not None}
    return {key: encodable(value) if isinstance(value, str) else value for key, value in known.items()}
