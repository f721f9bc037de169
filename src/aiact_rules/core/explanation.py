"""Explanation: the tree of rules, conditions and facts behind an answer, down to file and line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, Not, Test, fact_of
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.facts import Facts
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.problems import InputError, Problem, did_you_mean
from aiact_rules.core.rules import Kind, Obligation, Rule
from aiact_rules.core.truth import Truth
from aiact_rules.core.words import comparison_in_words, in_words, value_in_words


@dataclass(frozen=True, slots=True)
class Explanation:
    """One step: what is asked, how it stands, by which provision, from which place, and the steps it rests on."""

    says: str
    truth: Truth
    provision: str | None = None
    note: str | None = None
    origin: str | None = None
    parts: tuple[Explanation, ...] = ()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Return the tree as indented lines of text."""
        text = f"{'  ' * depth}{_MARK[self.truth]} {self.says}"
        if self.provision is not None:
            text += f" [{self.provision}]"
        if self.origin is not None:
            text += f"  <- {self.origin}"
        yield text
        if self.note is not None:
            yield f"{'  ' * (depth + 1)}note: {self.note}"
        for part in self.parts:
            yield from part.lines(depth + 1)

    def as_json(self) -> dict[str, object]:
        """Return the tree as JSON values."""
        return {
            "says": self.says,
            "truth": self.truth.value,
            "provision": self.provision,
            "note": self.note,
            "origin": self.origin,
            "parts": [part.as_json() for part in self.parts],
        }


_MARK = {Truth.YES: "yes    ", Truth.NO: "no     ", Truth.UNKNOWN: "unknown"}


def explain(evaluation: Evaluation, facts: Facts, name: str) -> Explanation | None:
    """Explain an obligation, a rule or a conclusion by its id; None where the pack has none of that name."""
    explainer = _Explainer(evaluation, facts)
    if name in evaluation.pack_at.obligations:
        return explainer.obligation(evaluation.pack_at.obligations[name])
    if name in evaluation.pack_at.rules:
        return explainer.rule(evaluation.pack_at.rules[name])
    if evaluation.rules_concluding(name):
        return explainer.conclusion(name)
    return None


def explanations(packs: Iterable[PackDecision], facts: Facts, name: str) -> tuple[Explanation, ...]:
    """Explain what has this id, or else everything that cites this provision or unit of the law.

    Contradictions that are none as stated are left out, unless nothing else cites it. Raises InputError where nothing does.
    """
    known: list[str] = []
    packs = tuple(packs)
    for pack in packs:
        found = explain(pack.evaluation, facts, name)
        if found is not None:
            return (found,)
    for pack in packs:
        items: list[Rule | Obligation] = [*pack.pack_at.rules.values(), *pack.pack_at.obligations.values()]
        cited = cited_by(items, name)
        if cited:
            said = [item for item in cited if not _consistent(pack.evaluation, item)]
            each = (explain(pack.evaluation, facts, item.id) for item in said or cited)
            return tuple(explanation for explanation in each if explanation is not None)
        known += [item.id for item in items]
        known += list(pack.conclusions)
    hint = did_you_mean(name, known) or "name a finding, a rule, a conclusion or a provision such as `Art. 6(3)`"
    raise InputError([Problem(f"unknown rule or provision `{name}`", hint=hint)])


def _consistent(evaluation: Evaluation, item: Rule | Obligation) -> bool:
    """Return whether an item is a contradiction that what is stated does not make out."""
    if not isinstance(item, Obligation) or item.kind is not Kind.CONTRADICTION:
        return False
    return evaluation.owed(item) is Truth.NO or (item.met is not None and evaluation.met(item) is not Truth.NO)


def cited_by(items: Iterable[Rule | Obligation], name: str) -> list[Rule | Obligation]:
    """Return what cites a provision or stands for a unit of the law, such as `Art. 6(3)`."""
    wanted = name.replace(" ", "").lower()
    return [item for item in items if _cites(item.provision, wanted) or name in item.units]


def _cites(provision: str, wanted: str) -> bool:
    text = provision.replace(" ", "").lower()
    return text == wanted or (text.startswith(wanted) and not text[len(wanted)].isalnum())


class _Explainer:
    def __init__(self, evaluation: Evaluation, facts: Facts) -> None:
        self.evaluation = evaluation
        self.facts = facts
        self.said: set[str] = set()

    def obligation(self, o: Obligation) -> Explanation:
        parts = []
        if o.roles:
            parts += [
                Explanation(f"the operator is {in_words(name)}", self.evaluation.has_role(name)) for name in o.roles
            ]
        parts.append(self.condition(o.given, "the circumstances are given"))
        parts += [self.rule(exception, "exception: ") for exception in self.evaluation.exceptions_to(o.id)]
        if o.timetable is not None:
            table = self.evaluation.pack_at.timetables[o.timetable]
            parts.append(
                Explanation(
                    "it applies on the release date",
                    self.evaluation.in_force(o),
                    table.provision,
                    parts=tuple(self.route(r.starts, r.when, r.provision) for r in table.routes)
                    + tuple(
                        self.condition(d.when, f"deferred: {d.proviso or 'transition'}", d.provision)
                        for d in table.deferrals
                    ),
                )
            )
        if o.met is not None:
            parts.append(self.condition(o.met, "it is met"))
        return Explanation(f"{o.id}: {o.must}", self.evaluation.owed(o), o.provision, o.reading, parts=tuple(parts))

    def route(self, parameter: str, when: Condition, provision: str) -> Explanation:
        start = self.evaluation.pack_at.date_of(parameter)
        reached = FactTest("release.date", Test.AT_LEAST, start)
        parts = () if when == AllOf(()) else (self.condition(when),)
        return Explanation(f"from {start} on", self.evaluation.truth(reached), provision, parts=parts)

    def rule(self, rule: Rule, prefix: str = "") -> Explanation:
        truth = self.evaluation.prevails(rule)
        says = f"{prefix}{rule.id}: {rule.reason}"
        if rule.id in self.said:
            return Explanation(says, truth, rule.provision, "explained above")
        self.said.add(rule.id)
        parts = [self.condition(rule.when)]
        parts += [self.rule(exception, "exception: ") for exception in self.evaluation.exceptions_to(rule.id)]
        return Explanation(says, truth, rule.provision, rule.reading, parts=tuple(parts))

    def conclusion(self, name: str) -> Explanation:
        rules = self.evaluation.rules_concluding(name)
        truth = self.evaluation.conclusion(name)
        telling = [rule for rule in rules if self.evaluation.prevails(rule) is truth] or rules
        parts = tuple(self.rule(rule) for rule in telling)
        return Explanation(in_words(name), truth, parts=parts)

    def condition(self, condition: Condition, says: str | None = None, provision: str | None = None) -> Explanation:
        truth = self.evaluation.truth(condition)
        if isinstance(condition, FactTest):
            step = self.fact(condition, truth)
        elif isinstance(condition, Holds):
            step = self.conclusion(condition.conclusion)
        elif isinstance(condition, Not):
            step = Explanation("not so:", truth, parts=(self.condition(condition.part),))
        else:
            assert isinstance(condition, AllOf | AnyOf)
            words = "all of these" if isinstance(condition, AllOf) else "any of these"
            parts = tuple(self.condition(part) for part in condition.parts)
            if len(parts) == 1 and says is None:
                return parts[0]
            step = Explanation(words if parts else "always", truth, parts=parts)
        if says is None:
            return step
        return Explanation(says, truth, provision, parts=(step,) if step.says != "always" else ())

    def fact(self, test: FactTest, truth: Truth) -> Explanation:
        name = fact_of(test.fact)
        says = f"{name}{' as stated' if name != test.fact else ''} {comparison_in_words(test)}"
        if name not in self.facts:
            return Explanation(says, truth, origin="not stated")
        fact = self.facts[name]
        return Explanation(says, truth, origin=f"{value_in_words(fact.value)}, {fact.origin}")
