"""Interview: the questions put so far and what came of them, as one value; every step makes the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from aiact_rules.core.decisions import Decision
from aiact_rules.core.packs import MARKETS, ROLES
from aiact_rules.core.problems import ProblemsError
from aiact_rules.core.vocabulary import FactDeclaration, FactType
from aiact_rules.interview.questions import Question, pending

_MOST_LAYERS = 6
Judge = Callable[[Mapping[str, object]], Decision]


class Reply(Enum):
    """What became of a question."""

    ANSWERED = "answered"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Turn:
    """One question that was put, and what became of it."""

    question: Question
    reply: Reply


@dataclass(frozen=True)
class Interview:
    """Where an interview stands: the decision on what is stated, and the turns taken; `at` is a turn that is taken again."""

    decision: Decision
    turns: tuple[Turn, ...] = ()
    at: int | None = None

    @property
    def passed(self) -> frozenset[str]:
        """Return the facts that are not asked for again."""
        return frozenset(fact for turn in self.turns for fact in turn.question.facts)

    @property
    def question(self) -> Question | None:
        """Return the question to put now; None where nothing is left to ask."""
        if self.at is not None:
            return self.turns[self.at].question
        return next(iter(pending(self.decision, self.passed)), None)

    @property
    def position(self) -> int:
        """Return the number of the question to put now, from 1."""
        return (len(self.turns) if self.at is None else self.at) + 1

    def after(self, question: Question, reply: Reply, decision: Decision) -> Interview:
        """Return the interview once a question was replied to, with the decision on what is stated now."""
        turn = Turn(question, reply)
        if self.at is None:
            return replace(self, decision=decision, turns=(*self.turns, turn))
        turns = (*self.turns[: self.at], turn, *self.turns[self.at + 1 :])
        return replace(self, decision=decision, turns=turns, at=self._next(self.at))

    def kept(self) -> Interview:
        """Return the interview with the turn that is taken again left as it was."""
        return self if self.at is None else replace(self, at=self._next(self.at))

    def back(self) -> Interview:
        """Return the interview at the question before this one; at the first it stays where it is."""
        at = len(self.turns) if self.at is None else self.at
        return replace(self, at=at - 1) if at > 0 else self

    def _next(self, at: int) -> int | None:
        return at + 1 if at + 1 < len(self.turns) else None

    def replied(self, reply: Reply) -> tuple[Question, ...]:
        """Return the questions with this reply, in order."""
        return tuple(turn.question for turn in self.turns if turn.reply is reply)

    def about(self, judge: Judge) -> int:
        """Return about how many questions there will be in all, if nothing unusual is answered to those to come.

        `judge` decides on the release with some facts assumed.
        """
        assumed: dict[str, object] = {}
        passed, decision, count = set(self.passed), self.decision, len(self.turns)
        for _ in range(_MOST_LAYERS):
            questions = pending(decision, passed)
            if not questions:
                break
            count += len(questions)
            for question in questions:
                passed |= {*question.facts}
                assumed |= {declaration.name: _usual(declaration, question) for declaration in _declared(question)}
            try:
                decision = judge({name: value for name, value in assumed.items() if value is not None})
            except ProblemsError:
                break
        return max(count, self.position)


def _declared(question: Question) -> tuple[FactDeclaration, ...]:
    return question.claims or (() if question.raised is not None else (question.declaration,))


def _usual(declaration: FactDeclaration, question: Question) -> object:
    """Return the answer that most often comes; None where there is no such."""
    if declaration.name in (ROLES, MARKETS):
        return ["provider"] if declaration.name == ROLES else ["EU"]
    if declaration.type is FactType.YES_NO:
        return question.shows_compliance
    if declaration.type is FactType.SOME_OF:
        return [*(declaration.values or {})] if question.shows_compliance and declaration.checklist else []
    if declaration.type is FactType.ONE_OF:
        return next(iter(declaration.values or {}), None)
    return None
