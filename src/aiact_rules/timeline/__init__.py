"""Timelines: how the verdict on a release and what is owed for it change from date to date.

A release is judged on every date on which the law changes something for it, in up to two ways: as if the step were
taken for the first time that day, and (where the law spares what was there before) as already on the market since
its own date and unchanged. A release that states itself to have been there before is taken for unchanged since only
where it says so (`system.in_present_form_since`). For a day in the past the law is taken as its text stood on that
day; for a day to come, as it is known now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from functools import cached_property

from aiact_rules.core.conditions import Condition, FactTest, leaves
from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.packs import Pack
from aiact_rules.core.rules import ANY_TIME, Span
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.vocabulary import FactValue

ALREADY_ON_MARKET = "release.already_on_market"
FIRST_PLACED_ON = "release.first_placed_on"
DESIGN_CHANGED = "system.design_significantly_changed"
IN_PRESENT_FORM_SINCE = "system.in_present_form_since"
MODEL_ALREADY_ON_MARKET = "model.already_on_market"
MODEL_FIRST_PLACED_ON = "model.first_placed_on"

# What a release on the market is taken for unless its own facts say otherwise: the rest is stated over them.
UNLESS_STATED = frozenset({IN_PRESENT_FORM_SINCE, MODEL_ALREADY_ON_MARKET, MODEL_FIRST_PLACED_ON})

IN_FORCE = frozenset({Status.BREACHED, Status.OPEN, Status.MET, Status.CONDITION, Status.ADVICE})


class Line(Enum):
    """Which of the two releases is judged on a date."""

    NEW = "new"
    ON_MARKET = "on_market"


class Change(Enum):
    """What became of an obligation between two dates: `ANNOUNCED` and `DROPPED` concern what was only to come."""

    GAINED = "gained"
    LOST = "lost"
    CHANGED = "changed"
    ANNOUNCED = "announced"
    DROPPED = "dropped"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Duty:
    """How one obligation stands on one date: `certain` is False where it is not known yet whether it is owed."""

    id: str
    provision: str
    must: str
    roles: tuple[str, ...]
    status: Status
    certain: bool
    applies_from: date | None

    @classmethod
    def of(cls, finding: Finding) -> Duty:
        """Keep of a finding what a timeline shows."""
        start = None if finding.start is None else finding.start.on
        return cls(finding.id, finding.provision, finding.must, finding.roles, finding.status, finding.certain, start)


@dataclass(frozen=True, slots=True)
class Changed:
    """One obligation that stands differently from one date to the next. None: nothing was or is to be said of it."""

    change: Change
    before: Duty | None
    now: Duty | None

    @property
    def duty(self) -> Duty:
        """Give the obligation as it stands now, or as it last stood."""
        found = self.now or self.before
        assert found is not None
        return found


@dataclass(frozen=True)
class Judged:
    """A release as judged on one date."""

    decision: Decision

    @property
    def verdict(self) -> Verdict:
        """Give the verdict of that date."""
        return self.decision.verdict

    @cached_property
    def duties(self) -> Mapping[str, Duty]:
        """Give every obligation, prohibition and signal of which there is something to say, by id."""
        return {finding.id: Duty.of(finding) for finding in self.decision.findings}

    @cached_property
    def asks(self) -> frozenset[str]:
        """Give the facts whose answers can still change the verdict."""
        return frozenset(need.fact for pack in self.decision.packs for need in pack.needs)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens in the law on a date: a date it names, or a change of its text."""

    name: str
    provision: str | None
    changes_text: bool = False

    def __str__(self) -> str:
        return self.name if self.provision is None else f"{self.name} ({self.provision})"


@dataclass(frozen=True)
class Step:
    """One date of a timeline. `on_market` is None before the release's own date, and where nothing can be spared."""

    on: date
    text_of: date
    events: tuple[Event, ...]
    new: Judged
    on_market: Judged | None
    changes: Mapping[Line, tuple[Changed, ...]]

    def judged(self, line: Line) -> Judged | None:
        """Give what was judged for one of the two ways."""
        return self.new if line is Line.NEW else self.on_market


@dataclass(frozen=True)
class Timeline:
    """The dates that matter to one release and one operator, in order."""

    steps: tuple[Step, ...]
    released_on: date
    known_on: date
    design_changed: bool = False

    @property
    def first(self) -> Decision:
        """Give the first decision, which says what is judged and by what law."""
        return self.steps[0].new.decision

    @property
    def lines(self) -> tuple[Line, ...]:
        """Give the ways of judging that are shown: both only where the law spares, or may spare, what was there before."""
        spared = any(step.on_market is not None for step in self.steps)
        return (Line.NEW, Line.ON_MARKET) if spared else (Line.NEW,)

    def as_json(self) -> dict[str, object]:
        """Give the timeline as JSON values."""
        decision = self.first
        return {
            "subject": decision.subject.as_json(),
            "operator": decision.operator,
            "roles": list(decision.roles),
            "moment": decision.moment,
            "released_on": self.released_on.isoformat(),
            "as_of": self.known_on.isoformat(),
            "packs": [pack.pack_id for pack in decision.packs],
            "dates": [self._step_json(step) for step in self.steps],
        }

    def _step_json(self, step: Step) -> dict[str, object]:
        return {
            "date": step.on.isoformat(),
            "text_of": step.text_of.isoformat(),
            "events": [{"name": e.name, "provision": e.provision, "changes_text": e.changes_text} for e in step.events],
            **{line.value: self._judged_json(step, line) for line in self.lines},
        }

    def _judged_json(self, step: Step, line: Line) -> dict[str, object] | None:
        judged = step.judged(line)
        if judged is None:
            return None
        return {
            "verdict": judged.verdict.value,
            "obligations": {
                duty.id: {
                    "status": duty.status.value,
                    "owed": "yes" if duty.certain else "unknown",
                    "applies_from": None if duty.applies_from is None else duty.applies_from.isoformat(),
                }
                for duty in judged.duties.values()
            },
            "changes": [
                {
                    "id": change.duty.id,
                    "provision": change.duty.provision,
                    "change": change.change.value,
                    "before": None if change.before is None else change.before.status.value,
                    "now": None if change.now is None else change.now.status.value,
                }
                for change in step.changes.get(line, ())
            ],
        }


Judge = Callable[[date, date, Mapping[str, FactValue]], Decision]
"""Judges the release on a date, by the law as known on another, with facts stated over what is known."""


def timeline(
    packs: Iterable[Pack],
    judge: Judge,
    *,
    released_on: date,
    known_on: date,
    design_changed: bool = False,
    there_before: bool = False,
) -> Timeline:
    """Judge a release on every date that matters to it: its own, today's, and each on which something changes.

    `released_on` is the release's own date, `known_on` the date up to which the law is known; `design_changed` says
    that the design changed significantly since. `there_before` says that the release itself states to have been on the
    market since then; whether its present form is as old is then left to what it states. Raises as `judge` does.
    """
    packs = tuple(packs)
    vocabulary = {name for pack in packs for name in pack.vocabulary}
    texts = text_dates(packs, known_on)
    begins = min(texts)
    known_on = max(known_on, begins)
    keep = {on for on in (released_on, known_on) if on >= begins}
    candidates = sorted({on for on in law_dates(packs) if on >= begins} | keep)

    def text_of(on: date) -> date:
        return max((text for text in texts if text <= min(on, known_on)), default=begins)

    def judged(on: date, stated: Mapping[str, FactValue]) -> Judged:
        known = {name: value for name, value in stated.items() if name in vocabulary}
        return Judged(judge(on, known_on if on >= known_on else text_of(on), known))

    new = {on: judged(on, {ALREADY_ON_MARKET: False}) for on in candidates}
    on_market: dict[date, Judged] = {}
    if ALREADY_ON_MARKET in vocabulary:
        stays: dict[str, FactValue] = {
            ALREADY_ON_MARKET: True,
            FIRST_PLACED_ON: released_on,
            DESIGN_CHANGED: design_changed,
            MODEL_ALREADY_ON_MARKET: True,
            MODEL_FIRST_PLACED_ON: released_on,
        }
        if not there_before:
            stays[IN_PRESENT_FORM_SINCE] = released_on
        on_market = {on: judged(on, stays) for on in candidates if on >= released_on}
    if not any(_differ(on_market[on], new[on]) or on_market[on].asks != new[on].asks for on in on_market):
        on_market = {}
    lines = {Line.NEW: new, Line.ON_MARKET: on_market}
    dates = [candidates[0]]
    for on in candidates[1:]:
        last = dates[-1]
        stays_differ = last in on_market and _differ(on_market[last], on_market[on])
        if on in keep or stays_differ or _differ(new[last], new[on]):
            dates.append(on)
    events = _Events(packs, begins, known_on)
    steps = []
    for before, on in zip([None, *dates], dates, strict=False):
        changes = {}
        for name, line in lines.items():
            if on in line and before is not None:
                # On its own date a release on the market is compared with a new one.
                changes[name] = tuple(_changes(line.get(before, new[on]), line[on]))
        concerned = {change.duty.id for found in changes.values() for change in found}
        concerned |= set(new[on].duties) if before is None else set()
        steps.append(Step(on, text_of(on), events.on(on, concerned), new[on], on_market.get(on), changes))
    return Timeline(tuple(steps), released_on, known_on, design_changed)


def law_dates(packs: Iterable[Pack]) -> frozenset[date]:
    """Give every date that packs name: values of parameters, constants in conditions, and changes of the text."""
    found: set[date] = set()
    for pack in packs:
        for parameter in pack.parameters.values():
            found |= {value for value in parameter.values.values() if isinstance(value, date)}
        for condition in _conditions(pack):
            found |= {
                leaf.operand
                for leaf in leaves(condition)
                if isinstance(leaf, FactTest) and isinstance(leaf.operand, date)
            }
        found |= _text_dates(pack)
    return frozenset(found)


def text_dates(packs: Iterable[Pack], known_on: date) -> frozenset[date]:
    """Give the dates on which the text of the packs was made or changed, as far as known on a date."""
    packs = tuple(packs)
    begins = max((pack.in_force_since for pack in packs if pack.in_force_since is not None), default=known_on)
    found = {begins}
    for pack in packs:
        found |= {on for on in _text_dates(pack) if begins < on <= known_on}
    return frozenset(found)


def _text_dates(pack: Pack) -> set[date]:
    spans: list[Span] = [rule.text for rule in pack.rules.values() if rule.text != ANY_TIME]
    spans += [o.text for o in pack.obligations.values() if o.text != ANY_TIME]
    found = {on for span in spans for on in (span.since, span.until) if on is not None}
    return found | {since for parameter in pack.parameters.values() for since in parameter.values}


def _conditions(pack: Pack) -> Iterator[Condition]:
    for rule in pack.rules.values():
        yield rule.when
    for o in pack.obligations.values():
        yield o.given
        if o.met is not None:
            yield o.met
    for table in pack.timetables.values():
        for route in table.routes:
            yield route.when
        for deferral in table.deferrals:
            yield deferral.when


class _Events:
    """Says what the law has on a date: what starts or ends then, and changes of its text."""

    def __init__(self, packs: Iterable[Pack], begins: date, known_on: date) -> None:
        self.packs = tuple(packs)
        self.begins = begins
        self.known_on = known_on

    def on(self, on: date, obligations: Collection[str]) -> tuple[Event, ...]:
        """Give what happens on a date and concerns these obligations; a change of the text concerns all."""
        found: dict[str, Event] = {}
        for pack in self.packs:
            if on in _text_dates(pack):
                event = self._change_of_text(pack, on)
                found.setdefault(event.name, event)
            tables = {pack.obligations[name].timetable for name in obligations if name in pack.obligations}
            for table in (pack.timetables[name] for name in sorted(filter(None, tables))):
                named = [(route.starts, route.provision) for route in table.routes]
                named += [(d.until, d.provision) for d in table.deferrals if d.until is not None]
                for name, provision in named:
                    if pack.parameters[name].at(min(on, self.known_on)) == on:
                        event = Event(_said(name), provision)
                        found.setdefault(event.name, event)
        return tuple(found.values())

    def _change_of_text(self, pack: Pack, on: date) -> Event:
        if on <= self.begins:
            return Event("the law enters into force", None, True)
        sources = {p.source.split(",")[0] for p in pack.parameters.values() if on in p.values and p.source}
        guidance = bool(sources) and all("guidelines" in source for source in sources)
        said = "guidance changes" if guidance else "the text changes"
        return Event(said, ", ".join(sources) if len(sources) == 1 else None, True)


def _said(parameter: str) -> str:
    """Say the name of a parameter in words: `annex III regime start`."""
    words = parameter.split("_")
    return " ".join(word.upper() if set(word) <= set("ivx") else word for word in words)


def _differ(before: Judged, now: Judged) -> bool:
    return before.verdict is not now.verdict or before.duties != now.duties


def _changes(before: Judged, now: Judged) -> Iterator[Changed]:
    for name in dict.fromkeys((*before.duties, *now.duties)):
        was, is_now = before.duties.get(name), now.duties.get(name)
        change = _change(was, is_now)
        if change is not None:
            yield Changed(change, was, is_now)


def _change(was: Duty | None, now: Duty | None) -> Change | None:
    applied = was is not None and was.status in IN_FORCE
    applies = now is not None and now.status in IN_FORCE
    if applies and not applied:
        return Change.GAINED
    if applied and not applies:
        return Change.LOST
    if was is None:
        return None if now is None else Change.ANNOUNCED
    if now is None:
        return Change.DROPPED
    if applies:
        return None if (was.status, was.certain) == (now.status, now.certain) else Change.CHANGED
    return None if (was.applies_from, was.certain) == (now.applies_from, now.certain) else Change.MOVED
