"""Plans: the documents and acts that a release still owes, each with what it must contain, what is stated, and when it is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Test, fact_of, leaves
from aiact_rules.core.decisions import Decision
from aiact_rules.core.deliverables import Deliverable
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Sureness
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import EVENTS, MARKETS, MOMENT, RELEASE_DATE, ROLES, SUBJECT, Pack
from aiact_rules.core.rules import Obligation
from aiact_rules.core.showing import tested_by
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status
from aiact_rules.core.timing import start_of
from aiact_rules.core.truth import Truth
from aiact_rules.core.words import comparison_in_words, value_in_words
from aiact_rules.reports.alarms import signal_alarm
from aiact_rules.reports.groups import Group, groups_of
from aiact_rules.reports.words import label

VIOLATED, UNMET, UPCOMING, POST_RELEASE = "violated", "unmet", "upcoming", "post-release"
UNDETERMINED, MET = "undetermined", "met"
_TO_DO = (VIOLATED, UNMET, UPCOMING, POST_RELEASE)
STATES = (_NEEDED, _UPCOMING, _MAY_BE_NEEDED, _STATED) = ("needed", "upcoming", "may be needed", "stated in full")


_ABOUT_THE_RELEASE = frozenset({ROLES, MARKETS, MOMENT, RELEASE_DATE, SUBJECT})


class Stage(IntEnum):
    """In which order things are due that share a date."""

    NOW = 0
    RELEASE = 1
    DATE = 2
    AFTER = 3
    EVENT = 4


@dataclass(frozen=True, slots=True)
class Due:
    """From when something is due: a date where one is known, and the occasion in words.

    `provisos` are what the law adds for what is on the market before that date.
    """

    stage: Stage
    on: date | None
    words: str
    provisos: tuple[str, ...] = ()

    def __lt__(self, other: Due) -> bool:
        return self._key < other._key

    @property
    def _key(self) -> tuple[date, Stage]:
        unknown = date.min if self.stage <= Stage.RELEASE else date.max
        return (self.on or unknown, self.stage)

    def __str__(self) -> str:
        return self.words if self.on is None else f"{self.on}, {self.words}"

    @property
    def short(self) -> str:
        """Return the date, or else one word for the occasion."""
        if self.on is not None:
            return str(self.on)
        event = self.words.removeprefix("on ").partition(" ")[2]
        return event if self.stage is Stage.EVENT else "later" if self.stage is Stage.AFTER else "release"


@dataclass(frozen=True, slots=True)
class Answer:
    """What to state: a value of a fact, one `member` of a list, or the fact alone where several answers would do."""

    fact: str
    value: str | None = None
    member: bool = False


@dataclass(frozen=True, slots=True)
class Task:
    """One obligation as a line of a checklist.

    `answers` are what to state once it is done, `asks` the facts that decide whether it applies, `rests_on` the stated
    facts that show, deny or contradict it, with their places. `contents` is what belongs into the document, and `written` where
    a file that is named as evidence has it already, though nobody states it. `waived` says until when, by whom and why it does not
    count towards refusing the release; it stays to be done.
    """

    id: str
    provision: str
    must: str
    status: str
    due: Due
    answers: tuple[Answer, ...]
    asks: tuple[str, ...]
    rests_on: tuple[str, ...]
    contents: str | None = None
    written: tuple[str, ...] = ()
    waived: str | None = None

    @property
    def says(self) -> str:
        """Return what to write into the document where the obligation is about its contents, or else what must be done."""
        return self.contents or self.must


@dataclass(frozen=True, slots=True)
class Work:
    """One document or act with its checklist. `deliverable` is None where the pack names none, and `title` its article."""

    id: str
    title: str
    law: str
    deliverable: Deliverable | None
    tasks: tuple[Task, ...]

    def with_status(self, *statuses: str) -> tuple[Task, ...]:
        """Return the tasks that have one of these statuses."""
        return tuple(task for task in self.tasks if task.status in statuses)

    @property
    def to_do(self) -> tuple[Task, ...]:
        """Return what certainly applies and is not shown to be met."""
        return self.with_status(*_TO_DO)

    @property
    def met(self) -> tuple[Task, ...]:
        """Return what is stated to be met."""
        return self.with_status(MET)

    @property
    def undetermined(self) -> tuple[Task, ...]:
        """Return what may apply."""
        return self.with_status(UNDETERMINED)

    @property
    def state(self) -> str:
        """Return one of the states: `upcoming` is what applies from a later date only."""
        if self.to_do:
            return _UPCOMING if all(task.status == UPCOMING for task in self.to_do) else _NEEDED
        return _MAY_BE_NEEDED if self.undetermined else _STATED

    @property
    def due(self) -> Due:
        """Return when the first of what is to do is due, or else of what may be, or of all."""
        return min(task.due for task in self.to_do or self.undetermined or self.tasks)

    @property
    def answers(self) -> Mapping[str, tuple[str, ...]]:
        """Return what to state for all that is to do: for each fact the value, or the members of the list."""
        found: dict[str, dict[str, None]] = {}
        for answer in (answer for task in self.to_do for answer in task.answers):
            values = found.setdefault(answer.fact, {})
            if answer.value is not None:
                values[answer.value] = None
        return {fact: tuple(values) for fact, values in found.items()}

    @property
    def asks(self) -> tuple[str, ...]:
        """Return the facts that decide whether something undetermined applies, the most decisive first."""
        weight: dict[str, int] = {}
        for fact in (fact for task in self.undetermined for fact in task.asks):
            weight[fact] = weight.get(fact, 0) + 1
        return tuple(sorted(weight, key=lambda fact: -weight[fact]))


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of work of one decision: first what is needed by due date and size, then what may be, then what is done."""

    decision: Decision
    works: tuple[Work, ...]

    def of_state(self, *states: str) -> tuple[Work, ...]:
        """Return the documents and acts in one of these states."""
        return tuple(work for work in self.works if work.state in states)

    @property
    def to_do(self) -> tuple[Work, ...]:
        """Return the documents and acts of which something certainly has to be done, now or from a later date."""
        return self.of_state(_NEEDED, _UPCOMING)


def plan_of(decision: Decision) -> Plan:
    """Return the plan of work of a decision. Recommendations are left out: they gate nothing and need not be done."""
    works = [
        work
        for pack in decision.packs
        for group in groups_of(pack)
        if (work := _work(decision, pack, group)) is not None
    ]
    return Plan(decision, tuple(sorted(works, key=_place_in_plan)))


def _place_in_plan(work: Work) -> tuple[int, tuple[date, Stage], int]:
    return (STATES.index(work.state), work.due._key, -len(work.to_do or work.undetermined))


def _work(decision: Decision, pack: PackDecision, group: Group) -> Work | None:
    skeleton = None if group.deliverable is None else group.deliverable.skeleton
    headings = {} if skeleton is None else {heading.shows[0]: heading.asks for heading in skeleton.headings}
    tasks = tuple(_task(decision, pack, each, headings) for each in group.standings if _is_work(each))
    law = pack.pack_at.pack.title
    return Work(group.id, group.title, law, group.deliverable, tasks) if tasks else None


def _is_work(standing: Standing) -> bool:
    """Return whether a standing is a line of a plan: signals and contradictions are only where they certainly hold."""
    if standing.status is Status.ADVICE:
        return False
    return not standing.obligation.is_signal or standing.is_signal or standing.is_contradiction


def _task(
    decision: Decision, pack: PackDecision, standing: Standing, headings: Mapping[tuple[str, str | None], str]
) -> Task:
    o, status = standing.obligation, _status(standing)
    waiver = decision.waived.get((pack.pack_id, o.id))
    shown = () if o.is_signal else tuple(tested_by(o))
    alarm = signal_alarm(decision, pack, standing) if standing.is_signal else None
    of_words = () if alarm is None or alarm.paste is None else alarm.rests_on
    return Task(
        id=o.id,
        provision=o.provision,
        must=o.must,
        status=status,
        due=_due(pack, standing),
        answers=() if status == MET else tuple(answers_to(pack, o)),
        asks=pack.questions_whether(o.id) if status == UNDETERMINED else (),
        rests_on=of_words or tuple(_rests_on(pack, standing)),
        contents=next((headings[each] for each in shown if each in headings), None),
        written=() if status == MET else tuple(_written(shown, decision.evidence)),
        waived=None if waiver is None else str(waiver),
    )


def _written(shown: Iterable[tuple[str, str | None]], evidence: tuple[Evidence, ...]) -> Iterator[str]:
    for fact, member in shown:
        for piece in evidence:
            if piece.about == fact:
                yield from (str(place) for place in piece.places_of(fact, member))


def _status(standing: Standing) -> str:
    if standing.status is Status.MET:
        return MET
    if standing.status is Status.BREACHED or standing.obligation.is_signal:
        return VIOLATED if standing.status is Status.BREACHED else UNMET
    if not standing.certain:
        return UNDETERMINED
    return {Status.UPCOMING: UPCOMING, Status.CONDITION: POST_RELEASE}.get(standing.status, UNMET)


def _due(pack: PackDecision, standing: Standing) -> Due:
    o, law = standing.obligation, pack.pack_at.pack
    released = pack.values.get(RELEASE_DATE)
    on = released if isinstance(released, date) else None
    if standing.starts is not None:
        start = start_of(o.timetable, pack.evaluation)
        return Due(Stage.DATE, standing.starts, "when it starts to apply", () if start is None else start.provisos)
    if standing.is_violated or o.is_signal:
        return Due(Stage.NOW, on, "before anything else")
    if o.after is None:
        steps = _in_words(law, o.before)
        return Due(Stage.RELEASE, on, f"before {steps}" if steps else "always")
    if standing.status is Status.OPEN:
        return Due(Stage.RELEASE, on, "now")
    occasions = [name for name in o.events if name != "review"]
    if occasions:
        return Due(Stage.EVENT, None, f"on {_in_words(law, occasions, EVENTS)}")
    return Due(Stage.AFTER, on, f"after {_in_words(law, (o.after,))}")


def _in_words(pack: Pack, names: Iterable[str], events: frozenset[str] = frozenset()) -> str:
    found = [f"an {label(pack, n)}" if n in events and n[0] in "aeiou" else f"a {label(pack, n)}" if n in events
             else label(pack, n) for n in names]  # fmt: skip
    return " or ".join(found)


def answers_to(pack: PackDecision, o: Obligation) -> Iterator[Answer]:
    """Yield what to state so that an obligation is met; for a signal, the facts that clear it."""
    if o.is_signal or o.met is None:
        yield from (Answer(fact) for fact in pack.questions_about(o.id))
        return
    found = tuple(_stated_by(pack, o.met))
    yield from found or (Answer(fact) for fact in dict.fromkeys(_facts_in(o.met)))


def _facts_in(condition: Condition) -> Iterator[str]:
    return (fact_of(leaf.fact) for leaf in leaves(condition) if isinstance(leaf, FactTest))


def _stated_by(pack: PackDecision, condition: Condition) -> Iterator[Answer]:
    if pack.evaluation.truth(condition) is Truth.YES:
        return
    if isinstance(condition, FactTest):
        yield _answer(condition)
    elif isinstance(condition, AllOf):
        for part in condition.parts:
            yield from _stated_by(pack, part)
    elif isinstance(condition, AnyOf):
        # One way is enough, and the law names the ordinary one first.
        yield from next((found for part in condition.parts if (found := tuple(_stated_by(pack, part)))), ())


def _answer(test: FactTest) -> Answer:
    fact = fact_of(test.fact)
    if test.test is Test.IS:
        return Answer(fact, "true" if test.operand is True else "false")
    if isinstance(test.operand, frozenset):
        return Answer(fact, " | ".join(sorted(test.operand)), member=test.test is Test.INCLUDES)
    if test.test is Test.EMPTY:
        return Answer(fact, "[]")
    return Answer(fact, comparison_in_words(test).removeprefix("is "))


def _rests_on(pack: PackDecision, standing: Standing) -> Iterator[str]:
    """Yield the stated facts that show an obligation to be met, or on which a violation, a signal or a contradiction rests."""
    o = standing.obligation
    if not (standing.status is Status.MET or standing.is_violated or o.is_signal):
        return
    names = tuple(dict.fromkeys(_facts_in(o.met))) if o.met is not None and not o.is_signal else ()
    finding = None if names else pack.finding(o.id)
    for name in names if finding is None else finding.facts:
        if name not in pack.facts or (finding is not None and name in _ABOUT_THE_RELEASE):
            continue
        fact = pack.facts[name]
        if fact.origin.sureness is not Sureness.DECLARED_BY_DEFAULT:
            yield (
                f"{name}: {value_in_words(fact.value)} ({fact.origin})"
                if standing.status is not Status.MET
                else str(fact.origin)
            )
