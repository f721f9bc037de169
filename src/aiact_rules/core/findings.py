"""Findings: what became of one obligation, prohibition or signal in one decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache

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
    leaves,
    rebuilt,
)
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.lowering import DUE, IN_FORCE, MAYBE_DUE, MAYBE_IN_FORCE, MAYBE_MET, MET, OWED
from aiact_rules.core.penalties import Ceiling, ceiling_for
from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.timing import DueDate, Start, due_dates, start_of
from aiact_rules.core.truth import Truth
from aiact_rules.core.vocabulary import format_quantity


class Status(Enum):
    """What became of an obligation.

    `BREACHED` blocks and `OPEN` holds, where the source may gate. `CONDITION` is owed at a later step or afterwards;
    `UPCOMING` applies only from a later date; `ADVICE` comes from a source that cannot gate.
    """

    BREACHED = "breached"
    OPEN = "open"
    MET = "met"
    UPCOMING = "upcoming"
    CONDITION = "condition"
    ADVICE = "advice"


_CODES = OWED | IN_FORCE | MAYBE_IN_FORCE | MET | MAYBE_MET | DUE | MAYBE_DUE


def status_of(o: Obligation, code: int) -> Status | None:
    """Read an engine's answer about one obligation. None where there is nothing to report."""
    return statuses_of(o)[code]


def statuses_of(o: Obligation) -> tuple[Status | None, ...]:
    """Give the status of an obligation for each answer an engine can give about it."""
    return _statuses(o.can_gate, o.kind is not Kind.SIGNAL, o.after is not None)


@cache
def _statuses(can_gate: bool, can_breach: bool, after: bool) -> tuple[Status | None, ...]:
    return tuple(_status(code, can_gate, can_breach, after) for code in range(_CODES + 1))


def _status(code: int, can_gate: bool, can_breach: bool, after: bool) -> Status | None:
    if code & MET:
        return Status.MET if code & OWED and can_breach else None
    if code & MAYBE_MET and after and not can_breach:
        return None
    if not code & MAYBE_IN_FORCE:
        return Status.UPCOMING
    if not can_gate:
        return Status.ADVICE if code & OWED and code & IN_FORCE else None
    if not code & MAYBE_DUE:
        return Status.CONDITION
    breached = code & OWED and code & IN_FORCE and code & DUE and not code & MAYBE_MET
    if breached and can_breach:
        return Status.BREACHED
    return Status.CONDITION if after and code & MAYBE_MET else Status.OPEN


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of a decision: what must be done, by whom, by which provision, and how it stands.

    `because` gives reasons, `facts` the names of the known facts used, `needs` the facts to ask for next, `evidence` what would
    show that it is met. `certain` is False where it is not yet known whether it is owed at all.
    """

    id: str
    status: Status
    kind: Kind
    provision: str
    units: tuple[str, ...]
    roles: tuple[str, ...]
    before: tuple[str, ...]
    after: str | None
    must: str
    certain: bool
    because: tuple[str, ...]
    facts: tuple[str, ...]
    needs: tuple[str, ...]
    evidence: tuple[str, ...]
    start: Start | None
    due_dates: tuple[DueDate, ...]
    sanction: Ceiling | None
    readings: tuple[str, ...]
    reading: str | None
    see_also: tuple[str, ...]
    force: str
    certainty: str

    def as_json(self) -> dict[str, object]:
        """Give the finding as it stands in a decision's JSON."""
        return {
            "id": self.id,
            "status": self.status.value,
            "kind": self.kind.value,
            "provision": self.provision,
            "units": list(self.units),
            "role": self.roles[0] if self.roles else None,
            "roles": list(self.roles),
            "before": self.before[0] if self.before else None,
            "after": self.after,
            "applies_from": None if self.start is None else self.start.on.isoformat(),
            "provisos": [] if self.start is None else list(self.start.provisos),
            "must": self.must,
            "owed": "yes" if self.certain else "unknown",
            "because": list(self.because),
            "facts": list(self.facts),
            "needs": list(self.needs),
            "evidence": list(self.evidence),
            "deadlines": [
                {
                    "date": None if due.on is None else due.on.isoformat(),
                    "period": due.period,
                    "provision": due.provision,
                }
                for due in self.due_dates
            ],
            "sanction": None if self.sanction is None else _sanction_json(self.sanction),
            "readings": list(self.readings),
            "reading": self.reading,
            "see_also": list(self.see_also),
            "force": self.force,
            "certainty": self.certainty,
        }


def _sanction_json(ceiling: Ceiling) -> dict[str, object]:
    return {
        "provision": ceiling.provision,
        "currency": ceiling.currency,
        "fixed": None if ceiling.fixed is None else format_quantity(ceiling.fixed),
        "share_percent": None if ceiling.share is None else format_quantity(ceiling.share),
        "takes": ceiling.takes,
        "ceiling": None if ceiling.amount is None else format_quantity(ceiling.amount),
        "note": ceiling.note,
    }


class FindingWriter:
    """Writes the findings of one decision from the answers of an engine."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._grounds = Grounds(evaluation)
        self._starts: dict[str | None, Start | None] = {}

    def finding(self, o: Obligation, status: Status, code: int, needs: tuple[str, ...]) -> Finding | None:
        """Write one finding. None where an obligation that is not in force never will be for this release."""
        evaluation = self._evaluation
        if o.timetable not in self._starts:
            self._starts[o.timetable] = start_of(o, evaluation)
        start = self._starts[o.timetable]
        if status is Status.UPCOMING:
            release_date = evaluation.facts.get("release.date")
            if start is None or (release_date is not None and start.on <= release_date):  # type: ignore[operator]
                return None
        conditions = [o.given] if o.met is None else [o.given, o.met]
        return Finding(
            id=o.id,
            status=status,
            kind=o.kind,
            provision=o.provision,
            units=o.units,
            roles=self._roles(o),
            before=o.before,
            after=o.after,
            must=o.must,
            certain=bool(code & OWED),
            because=self._grounds.reasons(o),
            facts=self._grounds.known_facts(conditions),
            needs=needs,
            evidence=o.evidence,
            start=start,
            due_dates=due_dates(o, evaluation),
            sanction=ceiling_for(o, evaluation),
            readings=self._grounds.readings(o),
            reading=o.reading,
            see_also=o.see_also,
            force=o.force.value,
            certainty=o.certainty.value,
        )

    def _roles(self, o: Obligation) -> tuple[str, ...]:
        return tuple(name for name in o.roles if self._evaluation.has_role(name) is not Truth.NO)


class Grounds:
    """Finds what a condition rests on: reasons of the rules that prevail, known facts, readings of the law."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._reasons: dict[str, dict[str, None]] = {}
        self._facts: dict[str, dict[str, None]] = {}
        self._readings: dict[str, dict[str, None]] = {}
        self._timetables: dict[str, dict[str, None]] = {}

    def reasons(self, o: Obligation) -> tuple[str, ...]:
        """Give the reasons for which the obligation is owed."""
        found: dict[str, None] = {} if o.because is None else {o.because: None}
        for condition in [o.given]:
            found |= self._reasons_of(condition)
        return tuple(found)

    def _reasons_of(self, condition: Condition) -> dict[str, None]:
        found: dict[str, None] = {}
        for leaf in leaves(condition):
            if isinstance(leaf, Holds) and self._evaluation.truth(leaf) is Truth.YES:
                if leaf.conclusion not in self._reasons:
                    self._reasons[leaf.conclusion] = self._reasons_for(leaf.conclusion)
                found |= self._reasons[leaf.conclusion]
        return found

    def _reasons_for(self, conclusion: str) -> dict[str, None]:
        found: dict[str, None] = {}
        for rule in self._evaluation.rules_concluding(conclusion):
            if self._evaluation.prevails(rule) is Truth.YES:
                found[f"{rule.reason} ({rule.provision})"] = None
                found |= self._reasons_of(rule.when)
        return found

    def known_facts(self, conditions: list[Condition]) -> tuple[str, ...]:
        """Give the names of all known facts that the conditions and the conclusions in them test, sorted."""
        found: dict[str, None] = {}
        for condition in conditions:
            found |= self._known(condition)
        return tuple(sorted(found))

    def _known(self, condition: Condition) -> dict[str, None]:
        found: dict[str, None] = {}
        for leaf in leaves(condition):
            if isinstance(leaf, FactTest):
                if leaf.fact in self._evaluation.facts:
                    found[leaf.fact] = None
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
        """Give the open readings of the law on which what is said of the obligation turns, sorted.

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
        """Give the readings in and behind a condition, but for parts beside one that settles it whatever the reading."""
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
            settles = Truth.NO if isinstance(condition, AllOf) else Truth.YES
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
            if own or self._evaluation.truth(rule.when) is not Truth.NO:
                for exception in self._evaluation.exceptions_to(rule.id):
                    found |= self._readings_of(rules[exception.id].when)
        return found

    def _truth(self, condition: Condition) -> Truth:
        """Give the truth of a condition as it stands in the pack, under the readings chosen."""
        values, chosen = self._evaluation.pack_at.values, self._evaluation.pack_at.choices

        def leaf(part: FactTest | Holds | ReadingIs) -> Condition:
            if isinstance(part, ReadingIs):
                return ALWAYS if chosen[part.reading] == part.choice else NEVER
            if isinstance(part, FactTest) and isinstance(part.operand, ParameterName):
                return replace(part, operand=values[part.operand.name])
            return part

        return self._evaluation.truth(rebuilt(condition, leaf))
