"""Standings: how each obligation stands in one decision, without the finding that says why."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.statuses import Status


class Standing(NamedTuple):
    """One obligation, and what became of it.

    `certain` is False where it is not yet known whether it applies at all; `starts` is the date from which it does where that
    is still to come. What counts, groups and sorts needs no more than this: a finding costs many times as much to write.
    """

    obligation: Obligation
    status: Status
    certain: bool
    starts: date | None = None

    @property
    def id(self) -> str:
        """Return the id of the obligation, by which its decision writes the finding."""
        return self.obligation.id

    @property
    def gates(self) -> bool:
        """Return whether it stands in the way of an allow."""
        return self.status.gates

    @property
    def is_violated(self) -> bool:
        """Return whether it is stated that it is not met."""
        return self.status is Status.BREACHED

    @property
    def is_signal(self) -> bool:
        """Return whether it certainly asks a person to settle what the words of a document mean."""
        return self.status is Status.OPEN and self.certain and self.obligation.kind is Kind.SIGNAL

    @property
    def is_contradiction(self) -> bool:
        """Return whether what is stated certainly contradicts itself."""
        return self.status is Status.OPEN and self.certain and self.obligation.kind is Kind.CONTRADICTION

    @property
    def is_unmet(self) -> bool:
        """Return whether it applies and nothing shows that it is met."""
        return self.status is Status.OPEN and self.certain and not self.obligation.is_signal

    @property
    def is_undetermined(self) -> bool:
        """Return whether it holds because it is not known whether it applies."""
        return self.status is Status.OPEN and not self.certain
