"""Acts: what a caller asks of the registry that the gate stands before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """The three acts that are judged."""

    REGISTRATION = "registration"
    ALIAS = "alias"
    STAGE = "stage"


@dataclass(frozen=True, slots=True)
class RegistryAct:
    """One act: its kind, the alias or stage it sets, the model and version it is for, and who asks (None: unknown)."""

    kind: Kind
    model: str
    version: str | None = None
    target: str | None = None
    actor: str | None = None

    @property
    def action(self) -> str:
        """Return what is about to be done, as it stands in records and in the server's log."""
        if self.kind is Kind.REGISTRATION:
            return "register a version"
        return f"set alias {self.target}" if self.kind is Kind.ALIAS else f"move to stage {self.target}"

    def __str__(self) -> str:
        """Return the act as a refusal names it."""
        if self.kind is Kind.REGISTRATION:
            return f"registration of `{self.model}`"
        return f"{self.kind.value} `{self.target}` for `{self.model}` version {self.version}"
