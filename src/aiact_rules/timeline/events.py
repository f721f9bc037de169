"""Events: the dates that a law names, and what happens in it on each."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from aiact_rules.core.conditions import Condition, FactTest, leaves
from aiact_rules.core.packs import Pack
from aiact_rules.core.rules import ANY_TIME, Span
from aiact_rules.core.timelines import Event


def law_dates(packs: Iterable[Pack]) -> frozenset[date]:
    """Return every date that packs name: values of parameters, constants in conditions, and changes of the text."""
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
    """Return the dates on which the text of the packs was made or changed, as far as known on a date."""
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


class Events:
    """Says what the law has on a date: what starts or ends then, and changes of its text."""

    def __init__(self, packs: Iterable[Pack], begins: date, known_on: date) -> None:
        self.packs = tuple(packs)
        self.begins = begins
        self.known_on = known_on

    def on(self, on: date, obligations: Collection[str]) -> tuple[Event, ...]:
        """Return what happens on a date and concerns these obligations; a change of the text concerns all."""
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
    """Return the name of a parameter in words: `annex III regime start`."""
    words = parameter.split("_")
    return " ".join(word.upper() if set(word) <= set("ivx") else word for word in words)
