"""Deliverables: the documents and acts that the obligations of a law come down to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from aiact_rules.core.problems import Place


class DeliverableKind(Enum):
    """Whether it is something to write, or something to do."""

    DOCUMENT = "document"
    ACT = "act"


@dataclass(frozen=True, slots=True)
class Deliverable:
    """A piece of work that settles obligations: the technical documentation, the registration, the practices to stop.

    `signed_by` says in words who signs it, or answers for it. `skeleton` names the empty document that `init --with`
    writes for it.
    """

    id: str
    title: str
    kind: DeliverableKind
    provision: str
    signed_by: str
    skeleton: str | None = None
    place: Place | None = field(default=None, compare=False)
