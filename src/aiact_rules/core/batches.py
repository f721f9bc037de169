"""Batches: the inputs of one run and what became of each, the ones that could not be judged among them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiact_rules.core.chains import Chain
from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import Problem
from aiact_rules.core.statuses import Verdict, strictest

if TYPE_CHECKING:
    from aiact_rules.core.timelines import Timeline


@dataclass(frozen=True)
class Item:
    """One input: its decision, or the chain of its operators, or the problems for which there is neither.

    `waived` says, one sentence each, what lets the release pass although its verdict holds or blocks (a threshold, a
    baseline, an override), or why that does not count. It passes only where `passes`. `settings` are what its
    organisation says of reports and logs. `timelines`, one for each decision, are there only for a report that shows them.
    `known` are the findings that stand in a baseline, no worse than there, by operator, pack and id; None where no
    baseline counts. `given` is the path as the caller named it, where the name, which may begin at the root of a
    repository, leads elsewhere from the folder of this run.
    """

    name: str
    answer: Decision | Chain | None = None
    problems: tuple[Problem, ...] = ()
    passes: bool = False
    waived: tuple[str, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)
    timelines: tuple[Timeline, ...] = ()
    known: frozenset[tuple[str | None, str, str]] | None = None
    given: str | None = None

    @property
    def argument(self) -> str:
        """Return what a command is given to be about this input, from the folder of this run."""
        path = self.given or self.name
        return f"./{path}" if path.startswith("-") else path

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return the decision, or those of all operators; empty where the input could not be judged."""
        if self.answer is None:
            return ()
        return self.answer.decisions if isinstance(self.answer, Chain) else (self.answer,)

    @property
    def verdict(self) -> Verdict | None:
        """Return the strictest verdict, or None where the input could not be judged."""
        return None if self.answer is None else self.answer.verdict

    @property
    def word(self) -> str:
        """Return `allow`, `hold`, `block` or `error`."""
        return "error" if self.verdict is None else self.verdict.value

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what a person must be told besides the decision, each once."""
        notes = [note for decision in self.decisions for note in decision.choices.told]
        although = f"passes although its verdict is {self.word}; " if self.passes and self.word != "allow" else ""
        return tuple(dict.fromkeys([*notes, *(f"{although}{each}" for each in self.waived)]))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A path that was not judged on purpose, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Batch:
    """Everything one run was asked about. `problems` are those of no single input, such as that nothing was found.

    `full` asks reports for every finding; without it they show what gates now, and counts of the rest.
    """

    items: tuple[Item, ...]
    left_out: tuple[LeftOut, ...] = ()
    problems: tuple[Problem, ...] = ()
    full: bool = False

    @classmethod
    def of(cls, *answers: Decision | Chain, full: bool = False) -> Batch:
        """Return a batch of decisions that are at hand, each refused unless it allows."""
        items = (Item(_name(answer), answer, passes=answer.verdict is Verdict.ALLOW) for answer in answers)
        return cls(tuple(items), full=full)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """Return every decision, those of a chain one by one."""
        return tuple(decision for item in self.items for decision in item.decisions)

    @property
    def failed(self) -> bool:
        """Return whether something could not be judged."""
        return bool(self.problems) or any(item.answer is None for item in self.items)

    @property
    def verdict(self) -> Verdict | None:
        """Return the strictest verdict, or None where nothing was judged."""
        verdicts = [item.verdict for item in self.items if item.verdict is not None]
        return strictest(verdicts) if verdicts else None

    @property
    def word(self) -> str:
        """Return `allow`, `hold` or `block`, or `error` where something could not be judged; `none` for an empty batch."""
        if self.failed:
            return "error"
        return "none" if self.verdict is None else self.verdict.value

    @property
    def exit_code(self) -> int:
        """Return 2 where something could not be judged, 1 where a release is refused, else 0."""
        return 2 if self.failed else 0 if all(item.passes for item in self.items) else 1


def left_out_by_reason(left_out: Iterable[LeftOut]) -> dict[str, int]:
    """Return how many paths were left out for each reason, in order of first appearance."""
    counts: dict[str, int] = {}
    for each in left_out:
        counts[each.reason] = counts.get(each.reason, 0) + 1
    return counts


def _name(answer: Decision | Chain) -> str:
    first = answer.decisions[0] if isinstance(answer, Chain) else answer
    return first.subject.documents[0] if first.subject.documents else first.subject.name or "release"
