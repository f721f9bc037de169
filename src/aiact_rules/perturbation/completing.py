"""Completing: from the beginning of a record to one in which every question is answered, well or badly."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import DISMISSED
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.perturbation.bench import Bench, Values
from aiact_rules.perturbation.changes import possible_values

_MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Completer:
    """Answers what a pack asks, each time with the answer after which least (or, to deny everything, most) is breached or
    open. What a seed states stays, and no signal is ever dismissed.
    """

    bench: Bench

    def completed(self, seed: Values) -> dict[str, FactValue]:
        """Return the record with every question answered, as far as answers help; the verdict says whether they did."""
        stated = dict(seed)
        for _ in range(_MOST_ROUNDS):
            decision = self.bench.decide(stated)
            asked = self._asked(decision, stated)
            if not asked:
                if decision.verdict is Verdict.ALLOW or not self._repaired(stated, seed, decision):
                    break
                continue
            for fact in asked:
                best = min(self._scored(stated, [fact]), key=_first, default=None)
                if best is not None:
                    stated[fact] = best[2]
        return stated

    def denied(self, seed: Values) -> dict[str, FactValue]:
        """Return the record with every question answered so that most is breached."""
        stated = dict(seed)
        for _ in range(_MOST_ROUNDS):
            asked = self._asked(self.bench.decide(stated), stated)
            if not asked:
                break
            for fact in asked:
                worst = max(self._scored(stated, [fact]), key=_first, default=None)
                if worst is not None:
                    stated[fact] = worst[2]
        return stated

    def _asked(self, decision: PackDecision, stated: Values) -> list[str]:
        asked = (need.fact for need in decision.open_questions)
        return [fact for fact in asked if fact not in stated and fact != DISMISSED]

    def _repaired(self, stated: dict[str, FactValue], seed: Values, decision: PackDecision) -> bool:
        """Change the one answer that leaves least in the way, and return whether that helped. No relief is claimed for it."""
        now = _score([status for _, status, _ in decision.statuses])
        gating = [index for index, status, _ in decision.statuses if status.gates]
        for index in gating:
            facts = sorted(self.bench.facts_of_meeting(index) - seed.keys() - self.bench.defaulted)
            best = min(self._scored(stated, facts), key=_first, default=None)
            if best is not None and best[0] < now:
                stated[best[1]] = best[2]
                return True
        return False

    def _scored(self, stated: Values, facts: Iterable[str]) -> Iterable[tuple[tuple[int, int], str, FactValue]]:
        for fact in facts:
            declaration = self.bench.vocabulary[fact]
            for value in possible_values(declaration, self.bench.tests.get(fact, ())):
                statuses = self.bench.statuses({**stated, fact: value})
                if statuses is not None:
                    yield _score(statuses), fact, value


def _score(statuses: Sequence[Status]) -> tuple[int, int]:
    """Return how many findings block, and how many hold."""
    return statuses.count(Status.BREACHED), statuses.count(Status.OPEN)


def _first(scored: tuple[tuple[int, int], str, FactValue]) -> tuple[int, int]:
    return scored[0]
