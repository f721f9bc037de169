"""Subjects of a proof: a pack on one date, with its variables and a solver."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from typing import Any

import z3

from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.lowering import lower
from aiact_rules.core.packs import PackAt
from aiact_rules.core.problems import PackError, Problem
from aiact_rules.core.rules import Obligation
from aiact_rules.core.statuses import Status, status_of
from aiact_rules.proof.forms import ObligationRails
from aiact_rules.proof.inputs import Formula, Inputs, Rail, Record, View, event_judged, judged_facts
from aiact_rules.proof.meaning import Meaning, tests_of
from aiact_rules.proof.statuses import Shape, Statuses, StatusOf, shape_of
from aiact_rules.proof.witnesses import Replay, Witness, WitnessReader, shrunk


class PackLogic:
    """A pack on one date and under one choice of readings, with its variables, its meaning and a solver for both."""

    def __init__(self, pack_at: PackAt, status_of: StatusOf = status_of, lowered: Lowered | None = None) -> None:
        self.pack_at = pack_at
        self.lowered = lowered if lowered is not None else lower(pack_at)
        self.inputs = Inputs([pack_at.pack.vocabulary], [*tests_of(pack_at), *self.lowered.atoms])
        self.view = View(self.inputs, pack_at.pack.vocabulary)
        self.meaning = Meaning(pack_at, self.view.rail)
        self.judged = judged_facts(self.inputs, pack_at)
        self.solver = self.inputs.solver(*self.view.conditions, *self.judged)
        self.statuses = Statuses(status_of, event_judged(self.view))
        self.replay = Replay(pack_at)
        self.reader = WitnessReader(pack_at.pack.vocabulary)
        self._obligations: dict[str, ObligationRails] = {}

    def obligation(self, o: Obligation) -> ObligationRails:
        """Return the four answers about an obligation."""
        if o.id not in self._obligations:
            self._obligations[o.id] = self.meaning.obligation(o)
        return self._obligations[o.id]

    def can(self, *conditions: Formula) -> bool:
        """Return whether some facts fulfil the conditions."""
        return self.model(*conditions) is not None

    def model(self, *conditions: Formula) -> Any:
        """Return a model of the conditions, or None."""
        self.solver.push()
        try:
            self.solver.add(*conditions)
            return self.solver.model() if answered(self.solver) else None
        finally:
            self.solver.pop()

    @contextmanager
    def assuming(self, *conditions: Formula) -> Iterator[None]:
        """Take the conditions as given for everything that is asked meanwhile."""
        self.solver.push()
        try:
            self.solver.add(*conditions)
            yield
        finally:
            self.solver.pop()

    def impossible(self, conditions: Mapping[str, Formula]) -> list[str]:
        """Return the names of the conditions that no facts fulfil. Many are asked together, since most go together."""
        names = list(conditions)
        found: list[str] = []
        todo = [names[at : at + 16] for at in range(0, len(names), 16)]
        while todo:
            some = todo.pop()
            if self.can(*(conditions[name] for name in some)):
                continue
            if len(some) == 1:
                found += some
            else:
                todo += [some[: len(some) // 2], some[len(some) // 2 :]]
        return sorted(found, key=names.index)

    def under(self, choices: Mapping[str, str]) -> PackLogic | None:
        """Return the same pack under other readings, with these variables and this solver.

        None where it is no different.
        """
        other = self.pack_at.pack.at(self.pack_at.as_of, {**self.pack_at.choices, **choices})
        kept = self.pack_at
        if (kept.rules, kept.obligations, kept.timetables) == (other.rules, other.obligations, other.timetables):
            return None
        found = copy(self)
        found.pack_at, found.meaning, found._obligations = other, Meaning(other, self.view.rail), {}
        return found

    def some_status(self, *statuses: Status) -> Formula:
        """Return the formula that says when some obligation has one of the statuses."""
        obligations = self.pack_at.obligations.values()
        return z3.Or([self.statuses.has(o, self.obligation(o), *statuses) for o in obligations])

    def witness(self, record: Record, shows: str, shown: Callable[[Evaluation], bool]) -> Witness:
        """Make a witness of what a model states: as small as it goes, written down, read back and replayed."""
        pack_at, claim = self.pack_at, self.replay.claim(shown)
        defaults = {name: reading.default for name, reading in pack_at.pack.readings.items()}
        choices = {name: choice for name, choice in pack_at.choices.items() if choice != defaults[name]}
        witness = Witness(shows, shrunk(record, claim), pack_at.pack.id, pack_at.as_of, choices)
        return witness.replayed(self.reader, claim)


def answered(solver: Any) -> bool:
    """Return whether a solver finds facts. Raises PackError where it cannot tell: that is no proof."""
    answer = solver.check()
    if answer == z3.unknown:
        raise PackError([Problem(f"the solver gives no answer: {solver.reason_unknown()}")])
    return bool(answer == z3.sat)


class Clock:
    """Measures how long a proof takes."""

    seconds = 0.0

    def __enter__(self) -> Clock:
        self._began = time.perf_counter()
        return self

    def __exit__(self, *_: object) -> None:
        self.seconds = time.perf_counter() - self._began


def by_shape(subject: PackLogic) -> Mapping[Shape, list[Obligation]]:
    shapes: dict[Shape, list[Obligation]] = {}
    for o in subject.pack_at.obligations.values():
        shapes.setdefault(shape_of(o), []).append(o)
    return shapes


def free_obligation(tag: str) -> tuple[ObligationRails, list[Formula]]:
    rails = [Rail(z3.Bool(f"{part} certain {tag}"), z3.Bool(f"{part} possible {tag}")) for part in "ofdm"]
    return ObligationRails(*rails), [z3.Implies(rail.certain, rail.possible) for rail in rails]
