"""Grounds: what a condition rests on, as reasons, facts and readings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from aiact_rules.core.conditions import (
    ALWAYS,
    NEVER,
    AllOf,
    AnyOf,
    Condition,
    FactTest,
    Holds,
    Not,
    ParameterName,
    ReadingIs,
    fact_of,
    leaves,
    rebuilt,
)
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.rules import Obligation
from aiact_rules.core.truth import NO, YES, Truth


class Grounds:
    """Finds what a condition rests on: reasons of the rules that prevail, known facts, readings of the law."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._reasons: dict[str, Mapping[str, None]] = {}
        self._facts: dict[str, dict[str, None]] = {}
        self._readings: dict[str, dict[str, None]] = {}
        self._timetables: dict[str, dict[str, None]] = {}

    def reasons(self, o: Obligation) -> tuple[str, ...]:
        """Return the reasons for which the obligation is owed."""
        found: dict[str, None] = {} if o.because is None else {o.because: None}
        for condition in [o.given]:
            found |= self._reasons_of(condition)
        return tuple(found)

    def _reasons_of(self, condition: Condition) -> dict[str, None]:
        found: dict[str, None] = {}
        for leaf in leaves(condition):
            if isinstance(leaf, Holds) and self._evaluation.truth(leaf) is YES:
                if leaf.conclusion not in self._reasons:
                    self._reasons[leaf.conclusion] = self.reasons_for(leaf.conclusion)
                found |= self._reasons[leaf.conclusion]
        return found

    def reasons_for(self, conclusion: str) -> Mapping[str, None]:
        """Return the reasons of the rules that make a conclusion hold, and of those behind them, in order."""
        found: dict[str, None] = {}
        if self._evaluation.conclusion(conclusion) is not YES:
            return found
        rules = self._evaluation.rules_concluding(conclusion)
        for rule in rules:
            # What only one rule concludes holds by that rule.
            if len(rules) == 1 or self._evaluation.prevails(rule) is YES:
                found[f"{rule.reason} ({rule.provision})"] = None
                found |= self._reasons_of(rule.when)
        return found

    def known_facts(self, conditions: list[Condition]) -> tuple[str, ...]:
        """Return the names of all known facts that the conditions and the conclusions in them test, sorted."""
        found: dict[str, None] = {}
        for condition in conditions:
            found |= self._known(condition)
        return tuple(sorted(found))

    def _known(self, condition: Condition) -> dict[str, None]:
        found: dict[str, None] = {}
        for leaf in leaves(condition):
            if isinstance(leaf, FactTest):
                if leaf.fact in self._evaluation.facts:
                    found[fact_of(leaf.fact)] = None
            elif isinstance(leaf, Holds):
                if leaf.conclusion not in self._facts:
                    self._facts[leaf.conclusion] = {}
                    for part in self._conditions_of(leaf.conclusion):
                        self._facts[leaf.conclusion] |= self._known(part)
                found |= self._facts[leaf.conclusion]
        return found

    def _conditions_of(self, conclusion: str) -> Iterator[Condition]:
        for rule in self._evaluation.rules_concluding(conclusion):
            yield rule.when
            for exception in self._evaluation.exceptions_to(rule.id):
                yield exception.when

    def readings(self, o: Obligation) -> tuple[str, ...]:
        """Return the open readings of the law on which what is said of the obligation turns, sorted.

        A reading counts where it stands in or behind a condition the obligation rests on, or an exception to it, and no part
        beside it settles that condition in any case.
        """
        pack = self._evaluation.pack_at.pack
        original = pack.obligations.get(o.id)
        if original is None:
            return ()
        conditions = [original.given] if original.met is None else [original.given, original.met]
        conditions += [pack.rules[exception.id].when for exception in self._evaluation.exceptions_to(o.id)]
        found = {} if o.timetable is None else dict(self._readings_of_timetable(o.timetable))
        for condition in conditions:
            found |= self._readings_of(condition)
        return tuple(sorted(found))

    def _readings_of_timetable(self, name: str) -> dict[str, None]:
        if name not in self._timetables:
            table = self._evaluation.pack_at.pack.timetables[name]
            found: dict[str, None] = {}
            for condition in [*(r.when for r in table.routes), *(d.when for d in table.deferrals)]:
                found |= self._readings_of(condition)
            self._timetables[name] = found
        return self._timetables[name]

    def _readings_of(self, condition: Condition) -> dict[str, None]:
        """Return the readings in and behind a condition, but for parts beside one that settles it whatever the reading."""
        if isinstance(condition, ReadingIs):
            return {condition.reading: None}
        if isinstance(condition, Holds):
            if condition.conclusion not in self._readings:
                self._readings[condition.conclusion] = {}
                self._readings[condition.conclusion] |= self._readings_behind(condition.conclusion)
            return self._readings[condition.conclusion]
        if isinstance(condition, Not):
            return self._readings_of(condition.part)
        found: dict[str, None] = {}
        if isinstance(condition, AllOf | AnyOf):
            settles = NO if isinstance(condition, AllOf) else YES
            for part in condition.parts:
                of_part = self._readings_of(part)
                if not of_part and self._truth(part) is settles:
                    return {}
                found |= of_part
        return found

    def _readings_behind(self, conclusion: str) -> dict[str, None]:
        rules = self._evaluation.pack_at.pack.rules
        found: dict[str, None] = {}
        for rule in self._evaluation.rules_concluding(conclusion):
            own = self._readings_of(rules[rule.id].when)
            found |= own
            # Where a rule fails in any case there is nothing to make an exception to.
            if own or self._evaluation.truth(rule.when) is not NO:
                for exception in self._evaluation.exceptions_to(rule.id):
                    found |= self._readings_of(rules[exception.id].when)
        return found

    def _truth(self, condition: Condition) -> Truth:
        """Return the truth of a condition as it stands in the pack, under the readings chosen."""
        values, chosen = self._evaluation.pack_at.values, self._evaluation.pack_at.choices

        def leaf(part: FactTest | Holds | ReadingIs) -> Condition:
            if isinstance(part, ReadingIs):
                return ALWAYS if chosen[part.reading] == part.choice else NEVER
            if isinstance(part, FactTest) and isinstance(part.operand, ParameterName):
                return replace(part, operand=values[part.operand.name])
            return part

        return self._evaluation.truth(rebuilt(condition, leaf))
