"""Deciding: the tests of facts by which a condition comes out as it does, through the rules behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, Not
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.rules import Obligation, Rule
from aiact_rules.core.truth import Truth


@dataclass(frozen=True, slots=True)
class Decided:
    """A test of a fact that decides something, and the provision of the rule that asks for it; None outside of rules."""

    test: FactTest
    provision: str | None


def deciding(evaluation: Evaluation, condition: Condition) -> tuple[Decided, ...]:
    """Return the tests on which it rests that a condition is true, false or unknown, in the order of the rules.

    Of alternatives that hold the first is enough, and of parts that must all hold the first that fails. What is unknown
    rests on everything in it that is unknown.
    """
    return tuple(dict.fromkeys(_Deciding(evaluation).condition(condition, None)))


def denying(evaluation: Evaluation, o: Obligation) -> tuple[Decided, ...]:
    """Return the tests by which an obligation does not apply in these circumstances; none where it does, or may."""
    found = _Deciding(evaluation)
    if evaluation.truth(o.given) is Truth.NO:
        return tuple(dict.fromkeys(found.condition(o.given, None)))
    for exception in evaluation.exceptions_to(o.id):
        if evaluation.stands(exception) is Truth.YES:
            return tuple(dict.fromkeys(found.rule(exception, Truth.YES)))
    return ()


class _Deciding:
    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._seen: set[str] = set()

    def condition(self, condition: Condition, provision: str | None) -> Iterator[Decided]:
        truth = self._evaluation.truth(condition)
        if isinstance(condition, FactTest):
            yield Decided(condition, provision)
        elif isinstance(condition, Not):
            yield from self.condition(condition.part, provision)
        elif isinstance(condition, Holds):
            yield from self.conclusion(condition.conclusion, truth)
        elif isinstance(condition, AllOf | AnyOf):
            telling = [part for part in condition.parts if self._evaluation.truth(part) is truth]
            settles = Truth.NO if isinstance(condition, AllOf) else Truth.YES
            for part in telling[:1] if truth is settles else telling:
                yield from self.condition(part, provision)

    def conclusion(self, name: str, truth: Truth) -> Iterator[Decided]:
        if name in self._seen:
            return
        self._seen.add(name)
        rules = self._evaluation.rules_concluding(name)
        telling = [rule for rule in rules if self._evaluation.prevails(rule) is truth]
        for rule in telling[:1] if truth is Truth.YES else telling:
            yield from self.rule(rule, truth)

    def rule(self, rule: Rule, truth: Truth) -> Iterator[Decided]:
        """Yield why a rule prevails, fails, or may do either."""
        if self._evaluation.truth(rule.when) is truth:
            yield from self.condition(rule.when, rule.provision)
            return
        # Its own condition holds, so what makes an exception to it says the rest.
        against = {Truth.NO: Truth.YES, Truth.UNKNOWN: Truth.UNKNOWN}.get(truth)
        for exception in self._evaluation.exceptions_to(rule.id):
            if self._evaluation.stands(exception) is against:
                yield from self.rule(exception, self._evaluation.stands(exception))
