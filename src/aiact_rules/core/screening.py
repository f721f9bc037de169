"""Screening: which facts only matter beside a member of a list, so that a list that denies it would silence them.

A screening list asks which of many situations are present; what it leaves out is denied. Facts that are the elements of a
situation say nothing where the list denies it, and a pack declares that the two contradict each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, Not, Test, fact_of, leaves
from aiact_rules.core.packs import DISMISSED, FOUND, Pack, PackAt
from aiact_rules.core.rules import Kind, Obligation, Rule

Members = Mapping[str, frozenset[str]]
"""Some members of each of some screening lists: at least one of them is needed."""

Path = tuple[FactTest | Holds, ...]
"""Everything that one way to fulfil a condition demands; what it demands not to be is left out."""


class Screening:
    """The screening lists of some rules, and what hangs on their members."""

    def __init__(self, pack: Pack, rules: Iterable[Rule], obligations: Iterable[Obligation]) -> None:
        self.lists = frozenset(pack.screening)
        self.vocabulary = pack.vocabulary
        self.rules = tuple(rules)
        self.obligations = tuple(obligations)
        self._needed: dict[str, Members | None] = {}
        self._concluding: dict[str, list[Rule]] = {}
        for rule in self.rules:
            if rule.concludes is not None:
                self._concluding.setdefault(rule.concludes, []).append(rule)

    @classmethod
    def of(cls, pack: Pack) -> Screening:
        """Return the screening lists of a pack, whatever the date."""
        return cls(pack, pack.rules.values(), pack.obligations.values())

    @classmethod
    def at(cls, pack_at: PackAt) -> Screening:
        """Return the screening lists of a pack on its date."""
        return cls(pack_at.pack, pack_at.rules.values(), pack_at.obligations.values())

    @cached_property
    def facts(self) -> Mapping[str, Members]:
        """Return each fact that founds something only beside members of screening lists, with these.

        One of which the vocabulary says that nothing speaks against it is left out.
        """
        names = {
            leaf.fact
            for rule in self.rules
            if not rule.exception_to
            for path in paths(rule.when)
            for leaf in path
            if isinstance(leaf, FactTest) and self._is_element(leaf)
        }
        found = {name: self._around(name) for name in sorted(names)}
        return {name: members for name, members in found.items() if members}

    def needed(self, conclusion: str) -> Members | None:
        """Return the members beside which alone a conclusion founds anything; None where it does so without any."""
        if conclusion not in self._needed:
            self._needed[conclusion] = None
            self._needed[conclusion] = self._around(conclusion)
        return self._needed[conclusion]

    def situations(self) -> Iterator[tuple[Rule, Path, Members]]:
        """Return each rule with the elements it needs beside members of screening lists, and these."""
        for rule in self.rules:
            for path in paths(rule.when) if rule.concludes is not None else ():
                elements = tuple(leaf for leaf in path if self._belonging(leaf))
                if elements:
                    yield rule, path, _joined(self._belonging(leaf) or {} for leaf in elements)

    def listed(self, leaf: FactTest | Holds) -> bool:
        """Return whether a leaf cannot hold where the lists deny what it needs."""
        return bool(self._required(leaf))

    def _is_element(self, leaf: FactTest) -> bool:
        declaration = self.vocabulary.get(leaf.fact)
        free = declaration is not None and declaration.uncontradicted is not None
        return leaf.fact not in self.lists and leaf.operand is not False and not free

    def _belonging(self, leaf: FactTest | Holds) -> Members | None:
        if self.listed(leaf):
            return None
        if isinstance(leaf, FactTest):
            return self.facts.get(leaf.fact) if self._is_element(leaf) else None
        rules = self._concluding.get(leaf.conclusion, ())
        behind = (part for rule in rules for path in paths(rule.when) for part in path)
        return self.needed(leaf.conclusion) if any(self._belonging(part) for part in behind) else None

    def _around(self, name: str) -> Members | None:
        """Return the members that stand beside every use of a fact or conclusion; None where one has none beside it."""
        uses = []
        for rule in self.rules:
            if rule.exception_to and rule.concludes is None:
                continue
            for path in paths(rule.when):
                if any(_named(leaf) == name for leaf in path):
                    outer = None if rule.concludes is None else self.needed(rule.concludes)
                    uses.append(_joined([self._beside(path), outer or {}]))
        for o in self.obligations:
            if o.is_signal:
                continue
            uses += [self._beside(path) for path in paths(o.given) if any(_named(leaf) == name for leaf in path)]
        return _joined(uses) if uses and all(uses) else None

    def _beside(self, path: Path) -> Members:
        return _joined(self._required(leaf) for leaf in path)

    def _required(self, condition: FactTest | Holds) -> Members:
        if isinstance(condition, FactTest):
            if condition.test is Test.INCLUDES and condition.fact in self.lists:
                assert isinstance(condition.operand, frozenset)
                return {condition.fact: condition.operand}
            return {}
        # A conclusion that says no more than that a list has some members, such as a section of an annex.
        rules = self._concluding.get(condition.conclusion, ())
        each = [self._required(rule.when) if isinstance(rule.when, FactTest) else {} for rule in rules]
        return _joined(each) if each and all(each) else {}


def paths(condition: Condition) -> tuple[Path, ...]:
    """Return the ways to fulfil a condition, each as what it demands."""
    if isinstance(condition, AnyOf):
        return tuple(path for part in condition.parts for path in paths(part))
    if isinstance(condition, AllOf):
        found: tuple[Path, ...] = ((),)
        for part in condition.parts:
            found = tuple(one + other for one in found for other in paths(part))
        return found
    return ((condition,),) if isinstance(condition, FactTest | Holds) else ((),)


def screening_gaps(pack: Pack) -> Iterator[str]:
    """Return each fact that a screening list would silence, and no contradiction declares so.

    A fact may say itself that nothing speaks against it beside such a list (`uncontradicted`).
    """
    screening = Screening.of(pack)
    declared = [(_tested(o.met), _denied(o.met)) for o in pack.obligations.values() if o.kind is Kind.CONTRADICTION]
    for name, members in screening.facts.items():
        if not any(name in tested and _overlap(members, denied) for tested, denied in declared):
            lists = " and ".join(f"`{each}`" for each in sorted(members))
            place = pack.vocabulary[name].place if name in pack.vocabulary else None
            yield f"{place}: no contradiction reaches `{name}` beside a {lists} that denies what it belongs to"


def declaration_gaps(pack: Pack) -> Iterator[str]:
    """Return what the contradictions of a pack leave open, as far as the pack asks for it."""
    yield from screening_gaps(pack)
    if pack.exemptions_refutable:
        yield from exemption_gaps(pack)


def exemption_gaps(pack: Pack) -> Iterator[str]:
    """Return each fact that silence answers, where neither what contradicts another answer is declared nor why nothing can."""
    declared = {name for o in pack.obligations.values() if o.kind is Kind.CONTRADICTION for name in _tested(o.met)}
    used = {leaf.fact for each in _conditions(pack) for leaf in leaves(each) if isinstance(leaf, FactTest)}
    for name, declaration in pack.vocabulary.declarations.items():
        if declaration.if_absent is None or name in declared or declaration.uncontradicted is not None:
            continue
        if name in used and name not in (*FOUND, DISMISSED):
            yield f"{declaration.place}: nothing is declared to contradict `{name}`, and no reason why nothing can (`uncontradicted`)"


def _conditions(pack: Pack) -> Iterator[Condition]:
    for rule in pack.rules.values():
        yield rule.when
    for o in pack.obligations.values():
        if o.kind is not Kind.CONTRADICTION:
            yield from (o.given, *(() if o.met is None else (o.met,)))
    for timetable in pack.timetables.values():
        yield from (route.when for route in timetable.routes)
        yield from (deferral.when for deferral in timetable.deferrals)


def _named(leaf: FactTest | Holds) -> str:
    return leaf.fact if isinstance(leaf, FactTest) else leaf.conclusion


def _joined(parts: Iterable[Members]) -> Members:
    found: dict[str, frozenset[str]] = {}
    for part in parts:
        for name, members in part.items():
            found[name] = found.get(name, frozenset()) | members
    return found


def _tested(met: Condition | None) -> set[str]:
    return set() if met is None else {fact_of(leaf.fact) for leaf in leaves(met) if isinstance(leaf, FactTest)}


def _denied(condition: Condition | None, *, negated: bool = False) -> dict[str, frozenset[str] | None]:
    """Return the lists that a condition says to lack some members, with these; None stands for an empty list."""
    if isinstance(condition, Not):
        return _denied(condition.part, negated=not negated)
    if isinstance(condition, AllOf | AnyOf):
        return {name: what for part in condition.parts for name, what in _denied(part, negated=negated).items()}
    if not isinstance(condition, FactTest):
        return {}
    # `met` is the opposite of what contradicts itself.
    if condition.test is Test.INCLUDES and not negated:
        assert isinstance(condition.operand, frozenset)
        return {condition.fact: condition.operand}
    return {condition.fact: None} if condition.test is Test.EMPTY and negated else {}


def _overlap(members: Members, denied: Mapping[str, frozenset[str] | None]) -> bool:
    return any(
        name in denied and ((what := denied[name]) is None or bool(what & some)) for name, some in members.items()
    )
