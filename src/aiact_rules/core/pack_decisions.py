"""Pack decisions: what one pack says about a release."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import itemgetter

from aiact_rules.core.conditions import fact_of
from aiact_rules.core.evaluation import Evaluation
from aiact_rules.core.facts import Facts
from aiact_rules.core.findings import Finding, FindingWriter
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.marks import Mark, Marks
from aiact_rules.core.needs import Asking, Need, clearing, in_order
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.outcomes import Outcome
from aiact_rules.core.packs import PackAt
from aiact_rules.core.problems import PackError, Problem
from aiact_rules.core.role_changes import RoleChange, role_changes
from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status, Traits, Verdict, event_in, traits_of, verdict_of
from aiact_rules.core.truth import Truth
from aiact_rules.core.truths import Truths
from aiact_rules.core.vocabulary import FactValue

_TRUTH = {0: Truth.NO, 1: Truth.UNKNOWN, 3: Truth.YES}
_WORD = {code: truth.value for code, truth in _TRUTH.items()}
_OPEN, _UPCOMING = Status.OPEN, Status.UPCOMING
_SECOND = itemgetter(1)


@dataclass(frozen=True)
class PackDecision:
    """What one pack says about a release. `verdict` is None for a pack that informs and never gates."""

    pack_at: PackAt
    lowered: Lowered
    facts: Facts
    values: Mapping[str, FactValue]
    outcome: Outcome
    verdict: Verdict | None
    marks: tuple[tuple[int, Mark], ...] = field(repr=False, compare=False)

    @property
    def pack_id(self) -> str:
        """Return the id of the pack."""
        return self.pack_at.pack.id

    @cached_property
    def statuses(self) -> tuple[tuple[int, Status, int], ...]:
        """Return what became of each obligation that has a mark: its place, its status and the engine's code for it."""
        codes = dict(self.outcome.obligations)
        return tuple([(index, mark.status, codes[index]) for index, mark in self.marks])

    @cached_property
    def counts(self) -> Mapping[Mark, int]:
        """Return how many obligations have each mark."""
        return Counter(map(_SECOND, self.marks))

    @cached_property
    def evaluation(self) -> Evaluation:
        """Return the reference evaluation, for reasons and explanations; what is concluded stands already."""
        truths = map(_TRUTH.__getitem__, self.outcome.conclusions)
        return Evaluation(self.pack_at, self.values, dict(zip(self.lowered.conclusions, truths, strict=True)))

    @cached_property
    def conclusions(self) -> Mapping[str, str]:
        """Return every conclusion of the pack as yes, no or unknown."""
        words = map(_WORD.__getitem__, self.outcome.conclusions)
        return dict(zip(self.lowered.conclusions, words, strict=True))

    @cached_property
    def headlines(self) -> Mapping[str, str]:
        """Return the conclusions the pack puts first, as yes, no or unknown."""
        codes, place_of = self.outcome.conclusions, self.lowered.place_of
        return {name: _WORD[codes[place_of[name]]] for name in self.pack_at.pack.headlines}

    @cached_property
    def truths(self) -> Truths:
        """Return the truth of the pack's formulas, for questions and for what rests on which fact."""
        return Truths(self.lowered, self.values, self.outcome.conclusions)

    @cached_property
    def _asking(self) -> Asking:
        return Asking(self.truths)

    def _questions(self, index: int, o: Obligation) -> tuple[str, ...]:
        return self._questions_whether(index) or self._questions_met(index, o)

    def _questions_met(self, index: int, o: Obligation) -> tuple[str, ...]:
        if o.is_signal:
            return clearing(o)
        alone = self.lowered.shown_by[index]
        if alone is not None and alone not in self.values:
            return (fact_of(alone),)
        meeting = self.lowered.meeting[index]
        met = self._asked_of_meeting.get(meeting)
        if met is None:
            met = self._asked_of_meeting[meeting] = self._asking.all_questions(self.lowered.obligations[index].met)
        return met

    def _questions_whether(self, index: int) -> tuple[str, ...]:
        return self._asking.whether_applies(self.lowered.applying[index])

    @cached_property
    def _asked_of_meeting(self) -> dict[int, tuple[str, ...]]:
        return {}

    @cached_property
    def _writer(self) -> FindingWriter:
        return FindingWriter(self.evaluation)

    def _written(self, index: int, o: Obligation, mark: Mark) -> Finding | None:
        asked = mark.status in (Status.OPEN, Status.CONDITION, Status.ADVICE)
        return self._writer.finding(o, mark, self._questions(index, o) if asked else ())

    @cached_property
    def _mark_by_id(self) -> Mapping[str, tuple[int, Mark]]:
        names = tuple(self.pack_at.obligations)
        return {names[found[0]]: found for found in self.marks}

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Return every finding in the order of the pack."""
        obligations = self.pack_at.in_order
        written = (self._written(index, obligations[index], mark) for index, mark in self.marks)
        return tuple(finding for finding in written if finding is not None)

    @cached_property
    def standings(self) -> tuple[Standing, ...]:
        """Return how each obligation stands that there is a finding for, in the order of the pack. Writes no finding."""
        obligations, starts = self.pack_at.in_order, {mark: self.starts(mark) for mark in self.counts}
        return tuple(
            [
                Standing(obligations[index], mark.status, mark.certain, starts[mark])
                for index, mark in self.marks
                if mark.status is not _UPCOMING or starts[mark] is not None
            ]
        )

    def starts(self, mark: Mark) -> date | None:
        """Return from when what has a mark applies; None where it does already, or never will for this release."""
        start = self._writer.coming(mark.timetable) if mark.status is Status.UPCOMING else None
        return None if start is None else start.on

    @cached_property
    def _asked(self) -> Mapping[str, tuple[str, ...]]:
        """The facts to ask for next about each obligation that is open, in the order of the pack."""
        obligations, applying, whether = self.pack_at.in_order, self.lowered.applying, self._asking.whether_applies
        return {
            (o := obligations[index]).id: whether(applying[index]) or self._questions_met(index, o)
            for index, mark in self.marks
            if mark.status is _OPEN
        }

    def questions_about(self, name: str) -> tuple[str, ...]:
        """Return the facts to ask for next about the obligation with this id; none where it is not open. Writes no finding."""
        return self._asked.get(name, ())

    def questions_whether(self, name: str) -> tuple[str, ...]:
        """Return the facts to ask for next to know whether the obligation with this id applies, is due and in force.

        None where that is known. Unlike `questions_about` it also answers for what is upcoming or owed afterwards.
        """
        found = self._mark_by_id.get(name)
        return () if found is None else self._questions_whether(found[0])

    @cached_property
    def readings_applied(self) -> tuple[str, ...]:
        """Return the readings of the law on which what counts now turns, sorted: nothing that is still to come. Writes no finding."""
        counted = (each.obligation for each in self.standings if each.status is not Status.UPCOMING)
        return tuple(sorted({reading for o in counted for reading in self._writer.readings(o)}))

    def status(self, name: str) -> Status | None:
        """Return what became of the obligation with this id, or None where there is no finding. Writes none."""
        found = self._mark_by_id.get(name)
        if found is None:
            return None
        mark = found[1]
        return None if mark.status is Status.UPCOMING and self.starts(mark) is None else mark.status

    def finding(self, name: str) -> Finding | None:
        """Return the finding with this id, or None where there is none. Writes no other."""
        found = self._mark_by_id.get(name)
        return None if found is None else self._written(found[0], self.pack_at.obligations[name], found[1])

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """Return the questions whose answers can change the verdict, the most decisive first.

        Empty where the verdict is certain: after a breach no answer can change it.
        """
        return self.open_questions if self.verdict is Verdict.HOLD else ()

    @cached_property
    def open_questions(self) -> tuple[Need, ...]:
        """Return the questions of everything that is open, the most decisive first, also where a breach decides already."""
        return in_order(self._asked.values())

    def question(self, fact: str) -> str:
        """Return the question that asks for a fact, with the members that a list leaves open."""
        declaration, value = self.pack_at.pack.vocabulary.get(fact), self.values.get(fact)
        asks = fact if declaration is None else declaration.asks
        return f"{asks} (still open: {', '.join(sorted(value.open))})" if isinstance(value, OpenList) else asks

    @cached_property
    def role_changes(self) -> tuple[RoleChange, ...]:
        """Return which roles the law gives to, or takes from, the operator against what it named."""
        return role_changes(self.evaluation)

    def reasons_for(self, conclusion: str) -> tuple[str, ...]:
        """Return the reasons of the rules by which a conclusion holds, each with its provision."""
        return self._writer.reasons_for(conclusion)


@dataclass(frozen=True, slots=True)
class Judge:
    """Turns what an engine says into decisions under one pack. Made once per pack and date, for any number of releases."""

    pack_at: PackAt
    lowered: Lowered
    marks: tuple[Marks, ...]

    @classmethod
    def of(cls, pack_at: PackAt, lowered: Lowered) -> Judge:
        """Make the judge of a pack on one date.

        Raises PackError for a pack with nothing in it: silence never allows.
        """
        if not pack_at.obligations:
            message = f"pack `{pack_at.pack.id}` has no obligations on {pack_at.as_of}, so it cannot allow anything"
            raise PackError([Problem(message)])
        alike: dict[object, Marks] = {}
        for o in pack_at.in_order:
            if (likeness := _likeness(o)) not in alike:
                alike[likeness] = Marks(o)
        return cls(pack_at, lowered, tuple([alike[_likeness(o)] for o in pack_at.in_order]))

    def marks_in(self, values: Mapping[str, FactValue], outcome: Outcome) -> tuple[tuple[int, Mark], ...]:
        """Return the place and the mark of each obligation about which there is something to report."""
        marks, event = self.marks, event_in(values)
        return tuple(
            [(index, mark) for index, code in outcome.obligations if (mark := marks[index][code | event]) is not None]
        )

    def decide(self, facts: Facts, values: Mapping[str, FactValue], outcome: Outcome) -> PackDecision:
        """Return whether the release may go ahead under this pack, from what an engine says about its facts.

        `facts` are complete (declared defaults included), `values` the same without their origins. Any breach blocks;
        otherwise anything left open holds; otherwise it is allowed. Order never affects the verdict.
        """
        marks = self.marks_in(values, outcome)
        gated = verdict_of([mark.status for mark in set(map(_SECOND, marks))]) if self.pack_at.pack.gates else None
        return PackDecision(self.pack_at, self.lowered, facts, values, outcome, gated, marks)


def _likeness(o: Obligation) -> tuple[Traits, Kind, str | None]:
    """Return what obligations share whose marks are the same for every answer of an engine."""
    return traits_of(o), o.kind, o.timetable


def decide(pack_at: PackAt, lowered: Lowered, facts: Facts, outcome: Outcome) -> PackDecision:
    """Decide on one release; `Judge` says the same of many."""
    return Judge.of(pack_at, lowered).decide(facts, facts.values(), outcome)
