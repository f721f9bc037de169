"""Bench: one pack on one date, ready to give the verdict on many variations of a record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from aiact_rules.catalogue.cached_packs import cached_lowered
from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.conditions import FactTest, as_stated, fact_of
from aiact_rules.core.defaults import with_defaults
from aiact_rules.core.facts import Completion, Fact, Facts, Origin
from aiact_rules.core.formulas import Formula, literals
from aiact_rules.core.pack_decisions import Judge, PackDecision
from aiact_rules.core.packs import MOMENT, RELEASE_DATE, ROLES, Pack
from aiact_rules.core.problems import InputError, Place
from aiact_rules.core.statuses import Status, Verdict, verdict_of
from aiact_rules.core.vocabulary import FactValue, Vocabulary
from aiact_rules.plugins.interfaces import Evaluator

Values = Mapping[str, FactValue]

_ORIGIN = Origin(Place("record"))
_CHOSEN = frozenset({ROLES, MOMENT, RELEASE_DATE})


@dataclass(frozen=True)
class Bench:
    """One pack on one date with its evaluator. Judges stated values as a gate does: what follows and the defaults come in."""

    judge: Judge
    run: Evaluator
    completion: Completion

    @classmethod
    def of(cls, catalogue: Catalogue, pack_id: str, as_of: date, engine: str = "generated") -> Bench:
        """Prepare a pack. Raises PackError where it is unknown or cannot be used on that date."""
        pack = catalogue.pack(pack_id)
        pack_at = pack.at(as_of)
        lowered = cached_lowered(pack_at)
        evaluator = catalogue.engine(engine).prepare(pack_at, lowered)
        return cls(Judge.of(pack_at, lowered), evaluator, Completion.of(pack.vocabulary))

    @property
    def pack(self) -> Pack:
        """Return the pack that judges."""
        return self.judge.pack_at.pack

    @property
    def vocabulary(self) -> Vocabulary:
        """Return the facts that may be stated."""
        return self.pack.vocabulary

    @cached_property
    def defaulted(self) -> frozenset[str]:
        """Return the facts whose silence has a meaning: most of them are reliefs that nobody claims."""
        return frozenset(self.completion.defaults)

    def decide(self, stated: Values) -> PackDecision:
        """Return the decision on stated values. Raises InputError where they disagree with each other."""
        facts = self._completed(stated)
        values = facts.values()
        return self.judge.decide(facts, values, self.run(values))

    def verdict(self, stated: Values) -> Verdict | None:
        """Return the verdict on stated values; None where they are refused because they disagree with each other."""
        statuses = self.statuses(stated)
        return None if statuses is None else verdict_of(statuses)

    def statuses(self, stated: Values) -> list[Status] | None:
        """Return the status of every finding on stated values; None where they are refused. Quicker than a decision."""
        if stated.keys() >= _CHOSEN and stated[ROLES] and stated.keys().isdisjoint(self._counted):
            # What `_completed` does where nothing is to be computed or compared.
            values = {**self._defaults, **stated}
            values |= {as_stated(name): stated[name] for name in self._tested_as_stated if name in stated}
        else:
            try:
                values = self._completed(stated).values()
            except InputError:
                return None
        return [mark.status for _, mark in self.judge.marks_in(values, self.run(values))]

    def _completed(self, stated: Values) -> Facts:
        facts = Facts({name: Fact(name, value, _ORIGIN) for name, value in stated.items()})
        if not stated.keys() >= _CHOSEN or not stated[ROLES]:
            facts = with_defaults(facts, [self.pack], self.judge.pack_at.as_of)
        return self.completion.of_facts(facts)

    @cached_property
    def _defaults(self) -> Values:
        return {name: fact.value for name, fact in self.completion.defaults.items()}

    @cached_property
    def _tested_as_stated(self) -> frozenset[str]:
        """The facts of which some test sees only what is stated, and not the declared default."""
        tested = (atom.fact for atom in self.judge.lowered.atoms)
        return frozenset(fact_of(name) for name in tested if fact_of(name) != name)

    @cached_property
    def _counted(self) -> frozenset[str]:
        """The facts from which another follows by arithmetic, or that have another as their bound."""
        parts = (part for d in self.completion.derived if d.derivation is not None for part in d.derivation.of)
        bounded = (name for d in self.completion.bounded for name in (d.name, *d.bounded_by))
        return frozenset((*parts, *bounded))

    @cached_property
    def tests(self) -> Mapping[str, tuple[FactTest, ...]]:
        """Return every test that the pack makes of a fact, by fact; of what follows by arithmetic, none."""
        found: dict[str, list[FactTest]] = {}
        for atom in self.judge.lowered.atoms:
            found.setdefault(fact_of(atom.fact), []).append(atom)
        return {name: tuple(atoms) for name, atoms in found.items()}

    @cached_property
    def _facts_of_nodes(self) -> tuple[frozenset[str], ...]:
        found: list[frozenset[str]] = []
        for node in self.judge.lowered.nodes:
            found.append(frozenset(self._facts_of(node.formula, found)))
        return tuple(found)

    def _facts_of(self, formula: Formula, nodes: list[frozenset[str]] | tuple[frozenset[str], ...]) -> Iterator[str]:
        for literal in literals(formula):
            if literal.is_node:
                yield from nodes[literal.index]
            else:
                yield from self._stated_for(fact_of(self.judge.lowered.atoms[literal.index].fact))

    def _stated_for(self, fact: str) -> Iterable[str]:
        declaration = self.vocabulary.get(fact)
        if declaration is None or declaration.derivation is None:
            return (fact,)
        return (fact, *(part for of in declaration.derivation.of for part in self._stated_for(of)))

    @cached_property
    def facts_of_obligations(self) -> tuple[frozenset[str], ...]:
        """Return, for each obligation, the facts on which its status can turn."""
        nodes = self._facts_of_nodes
        return tuple(
            frozenset(fact for formula in (o.owed, o.in_force, o.due, o.met) for fact in self._facts_of(formula, nodes))
            for o in self.judge.lowered.obligations
        )

    def facts_of_meeting(self, index: int) -> frozenset[str]:
        """Return the facts on which it turns whether an obligation is met."""
        return frozenset(self._facts_of(self.judge.lowered.obligations[index].met, self._facts_of_nodes))
