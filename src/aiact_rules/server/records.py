"""Records: each answer is kept before it is given. What cannot be kept is not answered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Protocol

from aiact_rules.core.decisions import Decision
from aiact_rules.core.passing import said_of_waivers
from aiact_rules.core.printable import is_written
from aiact_rules.core.problems import InputError
from aiact_rules.decision_log.acts import Act, Artifact, Outcome
from aiact_rules.decision_log.entries import Entry
from aiact_rules.decision_log.log import Log
from aiact_rules.server.asked import Answer, Asked

MOST_KNOWN = 100_000


class Unrecorded(Exception):
    """An answer that cannot be kept, so that it is not given."""


class Records(Protocol):
    """Where answers are kept."""

    def keep(self, asked: Asked, answer: Answer) -> tuple[int, ...]:
        """Keep an answer, and return the numbers of its entries. Raises Unrecorded where it cannot be kept."""

    def find(self, decision_id: str) -> Entry | None:
        """Return the last entry with a decision, or None. Raises Unrecorded where nobody can look."""

    def check(self) -> None:
        """Raise Unrecorded where nothing can be kept at present."""


class NoRecords:
    """Keeps nothing, for a service without a database; plugins are told of each decision all the same."""

    def keep(self, asked: Asked, answer: Answer) -> tuple[int, ...]:  # noqa: ARG002
        """Return no numbers."""
        return ()

    def find(self, decision_id: str) -> Entry | None:  # noqa: ARG002
        """Return None: nothing is kept."""
        return None

    def check(self) -> None:
        """Return: nothing can fail."""


class LogRecords:
    """Keeps answers in a decision log. Safe to share between threads."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self._known: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, asked: Asked, answer: Answer) -> tuple[int, ...]:
        """Keep each decision, or what was wrong with the input, and return the numbers of the entries."""
        try:
            if answer.found is None:
                problems = [str(problem) for problem in answer.problems]
                return (self.log.append_error(asked.name, problems, act=_act(asked, answer)).seq,)
            entries = [
                (decision, self.log.append(decision.as_record(), notes=_notes(asked, decision), act=act))
                for act in [_act(asked, answer)]
                for decision in answer.decisions
            ]
        except Exception as error:
            raise Unrecorded(_said(error)) from error
        with self._lock:
            for decision, entry in entries:
                self._known[decision.decision_id] = entry.seq
                self._known.move_to_end(decision.decision_id)
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return tuple(entry.seq for _, entry in entries)

    def find(self, decision_id: str) -> Entry | None:
        """Return the last entry with a decision; one that this process did not write is looked for in the whole log."""
        with self._lock:
            seq = self._known.get(decision_id)
        try:
            if seq is not None:
                return self.log.entry(seq)
            found = None
            for entry in self.log.entries():
                if entry.decision is not None and entry.decision.get("decision_id") == decision_id:
                    found = entry
        except Exception as error:
            raise Unrecorded(_said(error)) from error
        return found

    def check(self) -> None:
        """Raise Unrecorded where the log does not take entries at present."""
        try:
            self.log.check_writable()
        except Exception as error:
            raise Unrecorded(_said(error)) from error


def _act(asked: Asked, answer: Answer) -> Act:
    """Return who asked to do what with which artefact, and what the service answered."""
    subject = answer.decisions[0].subject if answer.decisions else asked.subject
    name = subject.name or asked.subject.name
    outcome = Outcome(answer.outcome.value)
    if asked.is_afterwards and answer.found is not None:
        outcome = Outcome.JUDGED
    return Act(
        f"service:{asked.door}",
        asked.action if is_written(asked.action) else "release",
        outcome,
        asked.actor,
        None if name is None else Artifact(name, subject.version, subject.digest),
    )


def _notes(asked: Asked, decision: Decision) -> dict[str, object]:
    waived = [*said_of_waivers(decision)]
    return {"input": asked.name, "passes": decision.passes, "waived": waived, **asked.notes}


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, InputError) else f"{type(error).__name__}: {error}"
