"""Timelines: how the verdict on a release and what is owed for it change from date to date.

A release is judged on every date on which the law changes something for it, in up to two ways: as if it were
made for the first time that day, and (where the law spares what was there before) as already on the market since
its own date and unchanged. A release that states itself to have been there before is taken for unchanged since only
where it says so. Which facts say this, a pack names (`transition`). For a day in the past the law is taken as its text
stood on that day; for a day to come, as it is known now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date

from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Facts
from aiact_rules.core.packs import Pack
from aiact_rules.core.rules import Transition
from aiact_rules.core.timelines import IN_FORCE, Change, Changed, DatedDecision, Line, Standing, Timeline, TimelineDate
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.timeline.events import Events, law_dates, text_dates

Judge = Callable[[date, date, Mapping[str, FactValue]], Decision]
"""Judges the release on a date, by the law as known on another, with facts stated over what is known."""


def timeline(packs: Iterable[Pack], judge: Judge, stated: Facts, *, released_on: date, known_on: date) -> Timeline:
    """Return the judgments of a release on every date that matters to it: its own, today's, and each with a change.

    `stated` is what the release says of itself, `released_on` its own date, `known_on` the date up to which the law is
    known. Where it says to have been on the market before, it is judged as there since the date it gives, and its
    present form is not taken to be as old. Raises as `judge` does.
    """
    packs = tuple(packs)
    transitions = [pack.transition for pack in packs if pack.transition is not None]
    since = _stated_since(transitions, stated, released_on) or released_on
    texts = text_dates(packs, known_on)
    begins = min(texts)
    known_on = max(known_on, begins)
    keep = {on for on in (since, known_on) if on >= begins}
    candidates = sorted({on for on in law_dates(packs) if on >= begins} | keep)

    def text_of(on: date) -> date:
        return max((text for text in texts if text <= min(on, known_on)), default=begins)

    def decision(on: date, facts: Mapping[str, FactValue]) -> DatedDecision:
        return DatedDecision(judge(on, known_on if on >= known_on else text_of(on), facts))

    new = {on: decision(on, _as_new(transitions, stated, on)) for on in candidates}
    on_market: dict[date, DatedDecision] = {}
    if transitions:
        stays = {name: value for each in transitions for name, value in _unchanged(each, stated, since).items()}
        on_market = {on: decision(on, stays) for on in candidates if on >= since}
    if not any(_differ(on_market[on], new[on]) or on_market[on].asks != new[on].asks for on in on_market):
        on_market = {}
    lines = {Line.NEW: new, Line.ON_MARKET: on_market}
    shown = [candidates[0]]
    for on in candidates[1:]:
        last = shown[-1]
        stays_differ = last in on_market and _differ(on_market[last], on_market[on])
        if on in keep or stays_differ or _differ(new[last], new[on]):
            shown.append(on)
    events = Events(packs, begins, known_on)
    dates = []
    for before, on in zip([None, *shown], shown, strict=False):
        changes = {}
        for name, line in lines.items():
            if on in line and before is not None:
                # On its own date a release on the market is compared with a new one.
                changes[name] = tuple(_changes(line.get(before, new[on]), line[on]))
        concerned = {change.obligation.id for found in changes.values() for change in found}
        concerned |= set(new[on].obligations) if before is None else set()
        dates.append(TimelineDate(on, text_of(on), events.on(on, concerned), new[on], on_market.get(on), changes))
    changed = any(_is_stated(stated, each.design_changed) for each in transitions)
    return Timeline(tuple(dates), since, known_on, changed, tuple(each.provision for each in transitions))


def _as_new(transitions: Iterable[Transition], stated: Facts, on: date) -> Mapping[str, FactValue]:
    """Return the facts of a release that is on the market from a day on, and was not there before."""
    facts: dict[str, FactValue] = {}
    for each in transitions:
        facts[each.already_on_market] = False
        first = stated.value(each.first_placed_on)
        if isinstance(first, date) and first < on:
            facts[each.first_placed_on] = on
    return facts


def _is_stated(stated: Facts, fact: str | None) -> bool:
    return fact is not None and stated.value(fact) is True


def _stated_since(transitions: Iterable[Transition], stated: Facts, released_on: date) -> date | None:
    """Return since when a release says to have been on the market; None where it does not say so."""
    for each in transitions:
        first = stated.value(each.first_placed_on)
        if isinstance(first, date) and (_is_stated(stated, each.already_on_market) or first < released_on):
            return first
    return None


def _unchanged(transition: Transition, stated: Facts, since: date) -> Mapping[str, FactValue]:
    """Return the facts of a release that has been on the market since a date, and its design as it was.

    What it says itself of its present form and of the model in it counts. One that was there before, and says nothing of
    its present form, may have got it later.
    """
    facts: dict[str | None, FactValue] = {
        transition.already_on_market: True,
        transition.first_placed_on: since,
        transition.design_changed: _is_stated(stated, transition.design_changed),
    }
    assumed: dict[str | None, FactValue] = {
        transition.model_already_on_market: True,
        transition.model_first_placed_on: since,
    }
    if not _is_stated(stated, transition.already_on_market):
        assumed[transition.in_present_form_since] = since
    facts |= {name: value for name, value in assumed.items() if name not in stated}
    return {name: value for name, value in facts.items() if name is not None}


def _differ(before: DatedDecision, now: DatedDecision) -> bool:
    return before.verdict is not now.verdict or before.obligations != now.obligations


def _changes(before: DatedDecision, now: DatedDecision) -> Iterator[Changed]:
    for name in dict.fromkeys((*before.obligations, *now.obligations)):
        was, is_now = before.obligations.get(name), now.obligations.get(name)
        change = _change(was, is_now)
        if change is not None:
            yield Changed(change, was, is_now)


def _change(was: Standing | None, now: Standing | None) -> Change | None:
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
