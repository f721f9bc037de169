"""Counterfactuals: the smallest changes of fact that would change a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from itertools import combinations, product

from aiact_rules.core.conditions import FactTest, Test, as_stated, fact_of
from aiact_rules.core.facts import Completion, Fact, Facts, Origin
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
from aiact_rules.core.packs import CLASHES, EVENTS, MOMENT, RELEASE_DATE, ROLES
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.remedies import remedies
from aiact_rules.core.rules import Obligation
from aiact_rules.core.statuses import Verdict, event_in, status_of, strictest, traits_of, verdict_of
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
    """Search for what would change the verdict of all packs together, the smallest changes first.

    Where it is not allowed, these are the remedies that lead to a laxer verdict: what would be done, and nothing that
    describes the release otherwise. Where it is, changes of one fact, then two, then three, that would hold or block it;
    roles, moment and dates stay as they are. The search is bounded, so an empty answer means that nothing small was found.
    """
    gating = [pack for pack in packs if pack.verdict is not None]
    if verdict is not Verdict.ALLOW:
        strictest_pack = next(pack for pack in gating if pack.verdict is verdict)
        return tuple(
            Counterfactual(strictest_pack.pack_id, remedy.states, remedy.verdict)
            for remedy in remedies(gating, most=most)
            if remedy.verdict.severity < verdict.severity
        )[:most]
    found: list[Counterfactual] = []
    for pack in gating:
        found += _Search(pack).changes(most - len(found))
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
        # What never gates needs no answer, so nothing of it is kept.
        nothing = [_nothing(o.id) for o in pack.lowered.obligations]
        for index in self.gating:
            nothing[index] = pack.lowered.obligations[index]
        self.lowered = specialised(replace(pack.lowered, conclusions={}, obligations=tuple(nothing)), fixed)

    def changes(self, most: int) -> list[Counterfactual]:
        candidates = self.candidates()
        near = _Near.of(self, frozenset(_seen_as({*candidates, *self.arithmetic})))
        found: list[Counterfactual] = []
        seen: list[frozenset[str]] = []
        trials = 0
        for names in _combined(candidates):
            if any(smaller <= frozenset(names) for smaller in seen):
                continue
            for values in product(*(candidates[name] for name in names)):
                trials += 1
                if trials > _MOST_TRIALS or len(found) >= most:
                    return found
                changes = dict(zip(names, values, strict=True))
                after = self.after(changes, near)
                if after is not None and after is not Verdict.ALLOW:
                    found.append(Counterfactual(self.pack.pack_id, changes, after))
                    seen.append(frozenset(names))
                    break
        return found

    def candidates(self) -> dict[str, list[FactValue]]:
        """Return, for each fact that what can gate rests on, the values worth trying."""
        obligations = [self.lowered.obligations[index] for index in self.gating]
        values: dict[str, list[FactValue]] = {}
        for atom in self.atoms_below([formula for o in obligations for formula in (o.met, o.owed, o.in_force)]):
            listed = values.setdefault(fact_of(atom.fact), [])
            for value in self.values_for(atom):
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

    def after(self, changes: Changes, near: _Near) -> Verdict | None:
        """Return the verdict once facts are changed; None where they contradict others.

        `near` is the pack for what no change touches.
        """
        lowered = near.lowered
        values = self.applied(changes)
        if values is None:
            return None
        nodes = truths(lowered, values)
        codes = ((index, _code(lowered, values, nodes, index)) for index in near.turning)
        statuses = (status_of(self.obligations[index], code | self.event) for index, code in codes if code is not None)
        return strictest([near.settled, verdict_of(status for status in statuses if status is not None)])

    def applied(self, changes: Changes) -> Mapping[str, FactValue] | None:
        """Return all facts once some are changed, with what follows from them; None where they contradict each other."""
        if self.arithmetic.isdisjoint(changes):
            stated = {as_stated(name): value for name, value in changes.items()}
            return {**self.pack.values, **changes, **stated}
        said = [fact for fact in self.pack.facts if not fact.is_computed and fact.name != CLASHES]
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
