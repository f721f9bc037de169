"""Counterfactuals: the smallest changes of fact that would change a verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import combinations, product

from aiact_rules.core.conditions import FactTest, Test, as_stated, fact_of
from aiact_rules.core.facts import Completion, Fact, Facts, Origin, Sureness
from aiact_rules.core.formulas import (
    FALSE,
    Conjunction,
    Formula,
    Literal,
    Lowered,
    LoweredObligation,
    Node,
    conjunction,
    disjunction,
    literals,
    specialised,
    truth_of,
    truths,
)
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.outcomes import code
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import EVENTS, MARKETS, MOMENT, RELEASE_DATE, ROLES, SUBJECT
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.rules import Obligation
from aiact_rules.core.statuses import Status, Verdict, event_in, status_of, strictest, traits_of, verdict_of
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import FactType, FactValue, Vocabulary

_MOST_FACTS = 3
_MOST_TRIALS = 2000

Changes = Mapping[str, FactValue]


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """A change of facts (name to new value) and the verdict it would lead to. `pack` is the one whose finding it is about."""

    pack: str
    changes: Changes
    verdict: Verdict

    def in_words(self, vocabulary: Vocabulary) -> str:
        """Return this as one sentence, with values as a release file states them."""
        stated = [f"{fact} = {_shown(vocabulary[fact].format(value))}" for fact, value in self.changes.items()]
        return f"it would be {self.verdict.value} if {' and '.join(stated)}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{word}: {said}' for word, said in value.items())}}}"
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


def counterfactuals(packs: Iterable[PackDecision], verdict: Verdict, *, most: int = 3) -> tuple[Counterfactual, ...]:
    """Search changes of one fact, then two, then three, for those that change the verdict of all packs together.

    First come answers that are missing and what would meet an obligation, the smallest changes first, then changes of what
    is stated otherwise. Roles, moment and dates stay as they are; so does what the release is, where it is not allowed: no
    change takes it out of the law. The search is bounded, so an empty answer means that no small change was found.
    """
    searches = [_Search(pack) for pack in packs if pack.verdict is not None]
    found: list[Counterfactual] = []
    for search in searches:
        others = [other for other in searches if other is not search]

        def together(changes: Changes, own: Verdict, others: list[_Search] = others) -> Verdict:
            return strictest([own, *(other.after(changes) or verdict for other in others)])

        if search.pack.verdict is verdict:
            found += search.changes(most - len(found), verdict, together)
        if len(found) >= most:
            break
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Near:
    """A pack for changes of a few facts: the obligations that turn on one of them, and the verdict of all others."""

    lowered: Lowered
    turning: tuple[int, ...]
    settled: Verdict

    @classmethod
    def of(cls, search: _Search, changing: frozenset[str]) -> _Near:
        """Return what changes of these facts leave to be decided."""
        values = search.pack.values
        lowered = specialised(search.lowered, {name: value for name, value in values.items() if name not in changing})
        touched: list[bool] = []

        def touches(formula: Formula) -> bool:
            return any(
                touched[part.index] if part.is_node else lowered.atoms[part.index].fact in changing
                for part in literals(formula)
            )

        for node in lowered.nodes:
            touched.append(touches(node.formula))
        nodes = truths(lowered, values)
        turning: dict[object, int] = {}
        statuses = []
        kept = [_nothing(o.id) for o in lowered.obligations]
        unknown = next((n for n, atom in enumerate(lowered.atoms) if atom.fact not in changing), None)

        def unified(formula: Formula) -> Formula:
            """Return the formula with one unknown for all: as far as truth goes, one is as good as another."""
            if isinstance(formula, Literal):
                is_unknown = not formula.is_node and lowered.atoms[formula.index].fact not in changing
                return formula if unknown is None or not is_unknown else Literal(unknown, False, True)
            parts = [unified(part) for part in formula.parts]
            return conjunction(parts) if isinstance(formula, Conjunction) else disjunction(parts)

        for index in search.gating:
            o = lowered.obligations[index]
            if any(map(touches, (o.owed, o.in_force, o.due, o.met))):
                kept[index] = LoweredObligation(o.id, *map(unified, (o.owed, o.in_force, o.due, o.met)))
            elif (found := _code(lowered, values, nodes, index)) is not None:
                statuses.append(status_of(search.obligations[index], found | search.event))
        settled = verdict_of(status for status in statuses if status is not None)
        alike = tuple(Node(node.name, unified(node.formula)) for node in lowered.nodes)
        shared = specialised(replace(lowered, nodes=alike, obligations=tuple(kept)), {})
        for index, o in enumerate(shared.obligations):
            if o.owed != FALSE:
                turning.setdefault((o.owed, o.in_force, o.due, o.met, traits_of(search.obligations[index])), index)
        return cls(shared, tuple(turning.values()), settled)


def _nothing(name: str) -> LoweredObligation:
    return LoweredObligation(name, FALSE, FALSE, FALSE, FALSE)


class _Search:
    def __init__(self, pack: PackDecision) -> None:
        self.pack = pack
        fixed = {name: value for name in (ROLES, MOMENT, RELEASE_DATE) if (value := pack.values.get(name)) is not None}
        self.event = event_in(pack.values)
        self.obligations: tuple[Obligation, ...] = tuple(pack.pack_at.obligations.values())
        self.gating = [index for index, o in enumerate(self.obligations) if o.can_gate]
        scope = pack.pack_at.pack.in_scope
        # What never gates needs no answer, so nothing of it is kept.
        nothing = [_nothing(o.id) for o in pack.lowered.obligations]
        for index in self.gating:
            nothing[index] = pack.lowered.obligations[index]
        conclusions = {name: formula for name, formula in pack.lowered.conclusions.items() if name == scope}
        self.lowered = specialised(replace(pack.lowered, conclusions=conclusions, obligations=tuple(nothing)), fixed)

    def changes(
        self, most: int, verdict: Verdict, together: Callable[[Changes, Verdict], Verdict]
    ) -> list[Counterfactual]:
        candidates = self.candidates()
        near = _Near.of(self, frozenset(_seen_as({*candidates, *self.arithmetic})))
        if near.settled is self.pack.verdict is Verdict.BLOCK:
            return []  # a breach that no candidate touches
        found: list[Counterfactual] = []
        seen: list[frozenset[str]] = []
        remedies = [name for name in candidates if name not in self.pack.values or name in self.meeting]
        for tier in (remedies, list(candidates)):
            trials = 0
            for names in _combined(tier):
                if any(smaller <= frozenset(names) for smaller in seen):
                    continue
                if tier is not remedies and set(names) <= set(remedies):
                    continue
                for values in product(*(candidates[name] for name in names)):
                    trials += 1
                    if trials > _MOST_TRIALS or len(found) >= most:
                        break
                    changes = dict(zip(names, values, strict=True))
                    own = self.after(changes, near)
                    if own is None or own is self.pack.verdict:
                        continue
                    after = together(changes, own)
                    if after is not verdict:
                        found.append(Counterfactual(self.pack.pack_id, changes, after))
                        seen.append(frozenset(names))
                        break
                if trials > _MOST_TRIALS or len(found) >= most:
                    break
        return found

    @cached_property
    def deciding(self) -> list[int]:
        """Return the obligations on whose findings the verdict rests."""
        deciding = [index for index, status, _ in self.pack.statuses if status.gates]
        if not deciding:
            return self.gating
        breached = [i for i, status, _ in self.pack.statuses if status is Status.BREACHED]
        # All breaches must go, so what the first one rests on must change.
        return breached[:1] or deciding[:1]

    @cached_property
    def meeting(self) -> frozenset[str]:
        """Return the facts by which the deciding obligations are met."""
        return frozenset(
            fact_of(atom.fact) for atom in self.atoms_below([self.lowered.obligations[i].met for i in self.deciding])
        )

    @cached_property
    def scope(self) -> Formula | None:
        """Return the conclusion that the law reaches the release, where the pack names it."""
        name = self.pack.pack_at.pack.in_scope
        return None if name is None else self.lowered.conclusions.get(name)

    @cached_property
    def stays_in_scope(self) -> bool:
        """Return whether a change must leave the release within the law: where it is not allowed, and not outside already."""
        if self.scope is None or self.pack.verdict is Verdict.ALLOW:
            return False
        values = self.pack.values
        return truth_of(self.scope, self.lowered, values, truths(self.lowered, values)) is not Truth.NO

    @cached_property
    def identity(self) -> frozenset[str]:
        """Return the facts that say what is released and where, which stay as they are stated."""
        if self.pack.verdict is Verdict.ALLOW:
            return frozenset()
        below = () if self.scope is None else self.atoms_below([self.scope])
        return frozenset({SUBJECT, MARKETS, *(fact_of(atom.fact) for atom in below)})

    def candidates(self) -> dict[str, list[FactValue]]:
        """Return, for each fact that the deciding findings rest on, the values worth trying."""
        obligations = [self.lowered.obligations[index] for index in self.deciding]
        values: dict[str, list[FactValue]] = {}
        for atom in self.atoms_below([formula for o in obligations for formula in (o.met, o.owed, o.in_force)]):
            name = fact_of(atom.fact)
            if name in self.identity and name in self.pack.values:
                continue
            for value in self.values_for(atom):
                listed = values.setdefault(name, [])
                if value != self.pack.values.get(atom.fact) and value not in listed:
                    listed.append(value)
        return {name: listed for name, listed in values.items() if listed}

    def atoms_below(self, formulas: Iterable[Formula]) -> list[FactTest]:
        nodes: set[int] = set()
        atoms: dict[int, None] = {}

        def visit(formula: Formula) -> None:
            for literal in literals(formula):
                if not literal.is_node:
                    atoms[literal.index] = None
                elif literal.index not in nodes:
                    nodes.add(literal.index)
                    visit(self.lowered.nodes[literal.index].formula)

        for formula in formulas:
            visit(formula)
        return [self.lowered.atoms[index] for index in atoms]

    def values_for(self, atom: FactTest) -> Iterator[FactValue]:
        now = self.pack.values.get(atom.fact)
        operand = atom.operand
        if atom.test is Test.IS:
            yield from (True, False)
        elif atom.test is Test.ONE_OF:
            declaration = self.pack.pack_at.pack.vocabulary.get(fact_of(atom.fact))
            if declaration is not None and declaration.type is FactType.ONE_OF and declaration.values:
                yield from (word for word in declaration.values if fact_of(atom.fact) != MOMENT or word not in EVENTS)
        elif atom.test in (Test.INCLUDES, Test.EMPTY):
            elements = operand if isinstance(operand, frozenset) else frozenset()
            known, left = (now.members, now.open) if isinstance(now, OpenList) else (now, ())
            known = known if isinstance(known, frozenset) else frozenset()
            yield OpenList.of(known - elements, frozenset(left) - elements)
            yield from (OpenList.of(known | {element}, left) for element in sorted(elements))
        elif isinstance(operand, date):
            yield from (operand, operand - timedelta(days=1), operand + timedelta(days=1))
        elif isinstance(operand, Decimal):
            yield from (operand, operand / 2, operand * 2)

    def after(self, changes: Changes, near: _Near | None = None) -> Verdict | None:
        """Return the verdict once facts are changed; None where they contradict others or deny what the release is.

        `near` is the pack for what no change touches.
        """
        near = near or _Near(self.lowered, tuple(self.gating), Verdict.ALLOW)
        lowered = near.lowered
        values = self.applied(changes)
        if values is None:
            return None
        nodes = truths(lowered, values)
        if self.stays_in_scope:
            scope = lowered.conclusions[str(self.pack.pack_at.pack.in_scope)]
            if truth_of(scope, lowered, values, nodes) is Truth.NO:
                return None
        codes = ((index, _code(lowered, values, nodes, index)) for index in near.turning)
        statuses = (status_of(self.obligations[index], code | self.event) for index, code in codes if code is not None)
        return strictest([near.settled, verdict_of(status for status in statuses if status is not None)])

    def applied(self, changes: Changes) -> Mapping[str, FactValue] | None:
        """Return all facts once some are changed, with what follows from them; None where they contradict each other."""
        if self.arithmetic.isdisjoint(changes):
            stated = {as_stated(name): value for name, value in changes.items()}
            return {**self.pack.values, **changes, **stated}
        said = [fact for fact in self.pack.facts if fact.origin.sureness is not Sureness.DERIVED]
        changed = Facts({name: Fact(name, value, Origin(Place("change"))) for name, value in changes.items()})
        try:
            facts = Facts.of(said).overridden_by(changed).completed(self.pack.pack_at.pack.vocabulary)
        except InputError:
            return None
        return facts.values()

    @cached_property
    def arithmetic(self) -> frozenset[str]:
        """Return the facts that follow by arithmetic or are bounded by others, and those others."""
        completion = Completion.of(self.pack.pack_at.pack.vocabulary)
        derived = (name for d in completion.derived if d.derivation is not None for name in (d.name, *d.derivation.of))
        return frozenset((*derived, *(name for d in completion.bounded for name in (d.name, *d.bounded_by))))


def _seen_as(names: Iterable[str]) -> Iterator[str]:
    """Return the names by which tests see facts."""
    for name in names:
        yield from (name, as_stated(name))


def _combined(names: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Return every choice of one name, then of two, and so on."""
    names = list(names)
    for size in range(1, _MOST_FACTS + 1):
        yield from combinations(names, size)


def _code(lowered: Lowered, values: Mapping[str, FactValue], nodes: tuple[Truth, ...], index: int) -> int | None:
    """Return the code of one obligation as an engine gives it, or None where it is certainly not owed."""
    obligation = lowered.obligations[index]

    def truth(formula: Formula) -> Truth:
        if isinstance(formula, Literal) and formula.is_node and formula.positive:
            return nodes[formula.index]
        return truth_of(formula, lowered, values, nodes)

    owed = truth(obligation.owed)
    return (
        None
        if owed is Truth.NO
        else code(owed, truth(obligation.in_force), truth(obligation.met), truth(obligation.due))
    )
