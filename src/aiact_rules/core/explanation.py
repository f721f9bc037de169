"""Explanation: the tree of rules, conditions and facts behind an answer, down to file and line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from aiact_rules.core.citations import cites
from aiact_rules.core.conditions import ALWAYS, AllOf, AnyOf, Condition, FactTest, Holds, Not, Test, fact_of
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.facts import Facts
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.problems import InputError, Problem, did_you_mean
from aiact_rules.core.rules import Kind, Obligation, Rule, Timetable
from aiact_rules.core.truth import Truth
from aiact_rules.core.words import comparison_in_words, in_words, value_in_words

SEE_ABOVE = "see above"


@dataclass(frozen=True, slots=True)
class Explanation:
    """One step: what is asked, how it stands, by which provision, from which place, and the steps it rests on.

    `cut` says that there are such steps, and that they lie deeper than was asked for.
    """

    says: str
    truth: Truth
    provision: str | None = None
    note: str | None = None
    origin: str | None = None
    parts: tuple[Explanation, ...] = ()
    cut: bool = False

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Return the tree as indented lines of text."""
        text = f"{'  ' * depth}{_MARK[self.truth]} {self.says}"
        if self.provision is not None:
            text += f" [{self.provision}]"
        if self.origin is not None:
            text += f"  <- {self.origin}"
        yield f"{text} ..." if self.cut else f"{text} ({SEE_ABOVE})" if self.note == SEE_ABOVE else text
        if self.note is not None and self.note != SEE_ABOVE:
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
            "cut": self.cut,
        }


_MARK = {Truth.YES: "yes    ", Truth.NO: "no     ", Truth.UNKNOWN: "unknown"}


def explain(evaluation: Evaluation, facts: Facts, name: str, depth: int | None = None) -> Explanation | None:
    """Explain an obligation, a rule or a conclusion by its id, down to a depth; None where the pack has none of that name.

    What was explained above is not explained again.
    """
    explainer = _Explainer(evaluation, facts, depth)
    if name in evaluation.pack_at.obligations:
        return explainer.obligation(evaluation.pack_at.obligations[name])
    if name in evaluation.pack_at.rules:
        return explainer.rule(evaluation.pack_at.rules[name], 0)
    if evaluation.rules_concluding(name):
        return explainer.conclusion(name, 0)
    return None


def explanations(
    packs: Iterable[PackDecision], facts: Facts, name: str, depth: int | None = None
) -> tuple[Explanation, ...]:
    """Explain what has this id, or else everything that cites this provision or unit of the law.

    Raises InputError where nothing does.
    """
    each = (explain(pack.evaluation, facts, item, depth) for pack, item in meant_by(packs, name))
    return tuple(explanation for explanation in each if explanation is not None)


def meant_by(packs: Iterable[PackDecision], name: str) -> tuple[tuple[PackDecision, str], ...]:
    """Return what a name means: the one thing that has this id, or else what cites this provision or unit of any law.

    Contradictions that are none as stated are left out, unless nothing else cites it. Raises InputError where nothing does.
    """
    packs = tuple(packs)
    for pack in packs:
        if name in pack.pack_at.obligations or name in pack.pack_at.rules or pack.evaluation.rules_concluding(name):
            return ((pack, name),)
    cited = [(pack, item) for pack in packs for item in cited_by(_items(pack), name)]
    if cited:
        said = [(pack, item) for pack, item in cited if not _consistent(pack.evaluation, item)]
        return tuple((pack, item.id) for pack, item in said or cited)
    known = [
        each
        for pack in packs
        for each in (*pack.pack_at.rules, *pack.pack_at.obligations, *pack.conclusions, *pack.pack_at.pack.readings)
    ]
    if any(name in pack.pack_at.pack.vocabulary for pack in packs):
        raise InputError([a_fact(name)])
    hint = did_you_mean(name, known) or "name a finding, a rule, a conclusion or a provision such as `Art. 6(3)`"
    raise InputError([Problem(f"unknown rule or provision `{name}`", hint=hint)])


def a_fact(name: str) -> Problem:
    """Return the problem of a fact that was named where a rule or a provision should be."""
    hint = f"`aiact-rules vocabulary {name}` shows what it asks, `aiact-rules facts PATH` what was read"
    return Problem(f"`{name}` is a fact, not a rule or a provision", hint=hint)


def _items(pack: PackDecision) -> list[Rule | Obligation]:
    return [*pack.pack_at.rules.values(), *pack.pack_at.obligations.values()]


def _consistent(evaluation: Evaluation, item: Rule | Obligation) -> bool:
    """Return whether an item is a contradiction that what is stated does not make out."""
    if not isinstance(item, Obligation) or item.kind is not Kind.CONTRADICTION:
        return False
    return evaluation.owed(item) is Truth.NO or (item.met is not None and evaluation.met(item) is not Truth.NO)


def cited_by(items: Iterable[Rule | Obligation], name: str) -> list[Rule | Obligation]:
    """Return what cites a provision or stands for a unit of the law, such as `Art. 6(3)`."""
    return [item for item in items if cites(item.provision, name) or name in item.units]


class _Explainer:
    def __init__(self, evaluation: Evaluation, facts: Facts, depth: int | None) -> None:
        self.evaluation = evaluation
        self.facts = facts
        self.depth = depth
        self.said: set[str] = set()

    def obligation(self, o: Obligation) -> Explanation:
        parts = []
        if o.roles:
            held = [name for name in o.roles if self.evaluation.has_role(name) is Truth.YES]
            parts += [
                Explanation(f"the operator is {self.label(name)}", self.evaluation.has_role(name))
                for name in held or o.roles
            ]
        if o.given != ALWAYS:
            parts.append(self.titled("preconditions", o.given, 1))
        parts += [self.rule(exception, 1, "exception: ") for exception in self.evaluation.exceptions_to(o.id)]
        if o.timetable is not None:
            table = self.evaluation.pack_at.timetables[o.timetable]
            applies = Explanation("it applies on the release date", self.evaluation.in_force(o), table.provision)
            parts.append(self.cut_at(1, applies, lambda: self.dates(table)))
        if o.met is not None:
            parts.append(self.titled("it is met", o.met, 1))
        return Explanation(f"{o.id}: {o.must}", self.evaluation.owed(o), o.provision, o.reading, parts=tuple(parts))

    def label(self, name: str) -> str:
        """Return what the pack calls a conclusion or a role."""
        return self.evaluation.pack_at.pack.labels.get(name) or in_words(name)

    def cut_at(self, level: int, step: Explanation, parts: Callable[[], Iterable[Explanation]]) -> Explanation:
        """Return a step at this level with its parts, or cut where they lie too deep."""
        if self.depth is not None and level >= self.depth:
            return replace(step, note=None, cut=True)
        return replace(step, parts=tuple(parts()))

    def dates(self, table: Timetable) -> Iterator[Explanation]:
        """Explain each way in which a timetable can apply, and what defers it."""
        for route in table.routes:
            yield self.route(route.starts, route.when, route.provision)
        for deferral in table.deferrals:
            title = f"deferred: {deferral.proviso or 'transition'}"
            yield self.titled(title, deferral.when, 2, deferral.provision)

    def route(self, parameter: str, when: Condition, provision: str) -> Explanation:
        start = self.evaluation.pack_at.date_of(parameter)
        reached = FactTest("release.date", Test.AT_LEAST, start)
        step = Explanation(f"from {start} on", self.evaluation.truth(reached), provision)
        return step if when == ALWAYS else self.cut_at(2, step, lambda: self.parts_of(when, 3))

    def rule(self, rule: Rule, level: int, prefix: str = "") -> Explanation:
        says = f"{prefix}{rule.id}: {rule.reason}"
        step = Explanation(says, self.evaluation.prevails(rule), rule.provision, rule.reading)

        def parts() -> Iterator[Explanation]:
            self.said.add(rule.id)
            yield from self.parts_of(rule.when, level + 1)
            for exception in self.evaluation.exceptions_to(rule.id):
                yield self.rule(exception, level + 1, "exception: ")

        return replace(step, note=SEE_ABOVE) if rule.id in self.said else self.cut_at(level, step, parts)

    def conclusion(self, name: str, level: int) -> Explanation:
        rules = self.evaluation.rules_concluding(name)
        truth = self.evaluation.conclusion(name)
        telling = [rule for rule in rules if self.evaluation.prevails(rule) is truth] or rules
        step = Explanation(self.label(name), truth)
        if telling and all(rule.id in self.said for rule in telling):
            return replace(step, note=SEE_ABOVE)
        return self.cut_at(level, step, lambda: [self.rule(rule, level + 1) for rule in telling])

    def titled(self, says: str, condition: Condition, level: int, provision: str | None = None) -> Explanation:
        """Explain a condition under a title."""
        step = Explanation(says, self.evaluation.truth(condition), provision)
        return self.cut_at(level, step, lambda: self.parts_of(condition, level + 1))

    def parts_of(self, condition: Condition, level: int) -> Iterator[Explanation]:
        """Explain what must all hold, each part by itself."""
        for part in condition.parts if isinstance(condition, AllOf) else (condition,):
            if isinstance(part, AllOf):
                yield from self.parts_of(part, level)
            else:
                yield self.condition(part, level)

    def condition(self, condition: Condition, level: int) -> Explanation:
        truth = self.evaluation.truth(condition)
        if isinstance(condition, FactTest):
            return self.fact(condition, truth)
        if isinstance(condition, Holds):
            return self.conclusion(condition.conclusion, level)
        if isinstance(condition, Not):
            part = condition.part
            return self.cut_at(level, Explanation("not:", truth), lambda: self.parts_of(part, level + 1))
        assert isinstance(condition, AllOf | AnyOf)
        parts = condition.parts
        if len(parts) == 1:
            return self.condition(parts[0], level)
        words = "all of these" if isinstance(condition, AllOf) else "any of these"
        return self.cut_at(
            level, Explanation(words, truth), lambda: [self.condition(part, level + 1) for part in parts]
        )

    def fact(self, test: FactTest, truth: Truth) -> Explanation:
        name = fact_of(test.fact)
        says = f"{name}{' as stated' if name != test.fact else ''} {comparison_in_words(test)}"
        if name not in self.facts:
            return Explanation(says, truth, origin="not stated")
        fact = self.facts[name]
        return Explanation(says, truth, origin=f"{value_in_words(fact.value)}, {fact.origin}")
