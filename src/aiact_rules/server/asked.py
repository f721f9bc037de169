"""Asked: what one request asks, whatever dialect it was written in, and what is answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

from aiact_rules.core.chains import Chain
from aiact_rules.core.decisions import Decision, Subject
from aiact_rules.core.problems import Problem
from aiact_rules.core.words import counted
from aiact_rules.requests.overrides import Overrides

MOST_REASONS = 5


@dataclass(frozen=True, slots=True)
class NamedFiles:
    """The files of a release as bytes by name; `release` is the one, or the folder, that is judged (default: all)."""

    contents: Mapping[str, bytes]
    release: str = "."


Fetch = Callable[[], Mapping[str, object] | NamedFiles]
"""Fetches facts or files from a platform, when they are judged. Raises Unreachable, and InputError."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One question. `what` are facts or files, or what fetches them; `said` is what the caller says of them, as the options of `check`.

    `door` is the dialect it came in, `action` what the caller is about to do, `actor` who asked, by name of the token, `notes`
    what else belongs on record, such as the user of the host. With `is_rehearsal` nothing is recorded; with `is_afterwards`
    it has happened already, so that the answer stops nothing.
    """

    what: Mapping[str, object] | NamedFiles | Fetch
    door: str
    said: Overrides = Overrides()
    subject: Subject = Subject()
    source: str = "argument"
    action: str = "release"
    actor: str | None = None
    notes: Mapping[str, object] = field(default_factory=dict)
    is_rehearsal: bool = False
    is_afterwards: bool = False

    @property
    def name(self) -> str:
        """Return how the log calls what is asked about."""
        if self.subject.name is not None:
            return self.subject.name if self.subject.version is None else f"{self.subject.name} {self.subject.version}"
        return self.what.release if isinstance(self.what, NamedFiles) else self.source


class Outcome(Enum):
    """What the caller is told: it may go ahead, it may not, or nobody could tell, so that it may not either."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: a decision, or the chain of its operators, or the problems for which there is none.

    `failed` says that the fault is not the caller's; `entries` are the numbers under which the log keeps it.
    """

    found: Decision | Chain | None = None
    problems: tuple[Problem, ...] = ()
    failed: bool = False
    entries: tuple[int, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """Return what the caller is told. Only a decision that passes allows anything."""
        if self.found is None:
            return Outcome.UNDECIDED
        return Outcome.ALLOWED if self.found.passes is True else Outcome.REFUSED

    @property
    def allows(self) -> bool:
        """Return whether the caller may go ahead."""
        return self.outcome is Outcome.ALLOWED

    @property
    def word(self) -> str:
        """Return `allow`, `hold` or `block`, or `error` where nothing was decided."""
        return "error" if self.found is None else self.found.verdict.value

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return the decision, or those of all operators; none where nothing was decided."""
        if self.found is None:
            return ()
        return self.found.decisions if isinstance(self.found, Chain) else (self.found,)

    @property
    def decision_id(self) -> str | None:
        """Return the id of the decision, that of the strictest one where there are several."""
        if not self.decisions:
            return None
        return max(self.decisions, key=lambda each: each.verdict.severity).decision_id

    def reasons(self, most: int = MOST_REASONS) -> tuple[str, ...]:
        """Return why it may not go ahead, one line each, the first so many; empty where it may."""
        if self.allows:
            return ()
        if self.found is None:
            return tuple(_in_one_line(problem) for problem in self.problems)
        said = list(dict.fromkeys(self._gating()))
        left = len(said) - most
        return (*said[:most], *([f"and {counted(left, 'more obligation')}"] if left > 0 else []))

    def _gating(self) -> Iterator[str]:
        for decision in self.decisions:
            if decision.passes:
                continue
            for pack in decision.packs:
                for finding in pack.findings if pack.verdict is not None else ():
                    if finding.status.gates and (pack.pack_id, finding.id) not in decision.waived:
                        yield f"{finding.provision}: {finding.must} ({finding.status.value})"

    @property
    def sentence(self) -> str:
        """Return in one line what is answered and why."""
        head = {
            Outcome.ALLOWED: f"may go ahead ({self.word})",
            Outcome.REFUSED: f"refused ({self.word})",
            Outcome.UNDECIDED: "refused: nothing could be decided",
        }[self.outcome]
        return "; ".join([head, *self.reasons()])


def _in_one_line(problem: Problem) -> str:
    return " ".join(part.strip() for part in str(problem).splitlines())
