"""Words of a pack page: who, where, when, and at what price something is owed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property

from aiact_rules.core.conditions import ALWAYS, AllOf, Condition, ReadingIs
from aiact_rules.core.rules import Certainty, Deadline, Force, Kind, Obligation, Rule, SchoolChoice, Span
from aiact_rules.reports.words import Conditions, flat, label, latest, number

_FORCE = {Force.EFFORT: "best effort", Force.VOLUNTARY: "voluntary", Force.PENDING: "not in force yet"}


class PackWords(Conditions):
    """Says in words what the obligations, timetables and sanctions of one pack state."""

    def who(self, roles: Iterable[str]) -> str:
        """Return in words whom an obligation of these roles binds."""
        return " or ".join(f"the {self.label(role)}" for role in roles) or "whoever is concerned"

    def label(self, name: str) -> str:
        """Return what the pack calls a conclusion, a role or a moment."""
        return label(self._pack, name)

    def traits(self, o: Obligation) -> dict[str, str]:
        """Return what is often the same for all obligations of an article, in words."""
        found = {}
        if o.given != ALWAYS:
            found["Violated where" if o.kind is Kind.PROHIBITION else "Applies where"] = self.say(o.given)
        if o.before:
            found["Before"] = " or ".join(self.label(name) for name in o.before)
        if o.after is not None:
            found["After"] = f"{self.label(o.after)}, at once" if o.at_once else self.label(o.after)
        if o.events and o.kind is not Kind.CONTRADICTION:
            found["At the event"] = " or ".join(self.label(name) for name in o.events)
        if o.timetable is not None:
            found["Applies"] = f"{self.starts(o.timetable)} (timetable {self.named('timetable', o.timetable)})"
        if o.sanction is not None:
            found["A violation can cost"] = self.fine(o.sanction)
        if (text := span_of(o.text)) is not None:
            found["Text"] = text
        return found

    def details(self, o: Obligation) -> Iterator[tuple[str, str]]:
        """Yield what is said of one obligation alone, each part after its label."""
        if o.force in _FORCE:
            yield "Force", _FORCE[o.force]
        if o.certainty in (Certainty.SECONDARY, Certainty.KNOWN):
            yield "Source", "read in a secondary source only"
        if o.because is not None:
            yield "Because", o.because
        yield from self.excepted(o.id)
        if o.met is not None:
            yield "Met where", self.say(o.met)
        if (deliverable := self._pack.deliverable_of(o.id)) is not None:
            yield "Deliverable", f"{self.named('deliverable', deliverable.id)}, {deliverable.title}"
        if o.evidence:
            yield "Suggested evidence", "; ".join(o.evidence)
        for deadline in o.deadlines:
            yield "Deadline", self.deadline(deadline)
        if o.reading is not None:
            yield "Interpretation", o.reading
        if o.see_also:
            yield "See also", ", ".join(o.see_also)

    def excepted(self, name: str) -> Iterator[tuple[str, str]]:
        """Yield the exceptions to a rule or an obligation."""
        for rule in self.exceptions.get(name, ()):
            yield (
                "Except where",
                f"{self.say(rule.when)}: {rule.reason} ({rule.provision}, {self.named('rule', rule.id)})",
            )

    @cached_property
    def exceptions(self) -> Mapping[str, tuple[Rule, ...]]:
        """The exceptions to each rule and obligation that has any."""
        found: dict[str, list[Rule]] = {}
        for rule in self._pack.rules.values():
            for target in rule.exception_to:
                found.setdefault(target, []).append(rule)
        return {name: tuple(rules) for name, rules in found.items()}

    def deadline(self, deadline: Deadline) -> str:
        """Return a deadline in words."""
        where = "" if deadline.when == ALWAYS else f", where {self.say(deadline.when)}"
        return f"{deadline.period} from `{deadline.runs_from}`{where} ({deadline.provision})"

    def starts(self, timetable: str) -> str:
        """Return from when a timetable makes something apply, under the default readings."""
        table = self._pack.timetables.get(timetable)
        if table is None:
            return "as its timetable says"
        routes, readings = [], []
        for route in table.routes:
            where, turns_on = self._by_default(route.when)
            readings += turns_on
            if where is not None:
                said = "" if where == ALWAYS else f" where {self.say(where)}"
                routes.append(f"from {self.value(route.starts)}{said}")
        later = ", save for transitions" if table.deferrals else ""
        listed = ", ".join(self.named("reading", name) for name in dict.fromkeys(readings))
        return f"{' and '.join(routes)}{later}{f', by the default reading {listed}' if listed else ''}"

    def _by_default(self, condition: Condition) -> tuple[Condition | None, list[str]]:
        """Leave out what the default readings settle: the condition, None where they rule it out; and which readings."""
        readings = []
        parts = []
        for part in flat(condition) if isinstance(condition, AllOf) else [condition]:
            if isinstance(part, ReadingIs):
                readings.append(part.reading)
                reading = self._pack.readings.get(part.reading)
                if reading is not None and reading.default != part.choice:
                    return None, readings
            else:
                parts.append(part)
        return AllOf(tuple(parts)), readings

    def of_school(self, said: SchoolChoice) -> str:
        """Return what a school chooses, with the document it rests on."""
        return f"`{said.choice}`" + (f" ({said.document}; {said.status})" if said.document is not None else "")

    def fine(self, name: str) -> str:
        """Return in words what a sanction threatens at the most."""
        sanction = self._pack.sanctions.get(name)
        if sanction is None:
            return f"`{name}`"
        parts = []
        if sanction.fixed is not None:
            parts.append(f"{sanction.currency} {self.value(sanction.fixed)}")
        if sanction.share is not None:
            parts.append(f"{self.value(sanction.share)} % of worldwide annual turnover")
        daily = sanction.daily_share
        more = (
            ""
            if daily is None
            else f", and {self.value(daily)} % of average daily turnover for each day until it complies"
        )
        return f"up to {' or '.join(parts)}{more} ({sanction.provision})" if parts else sanction.provision

    def dated(self, name: str) -> str:
        """Return the latest value of a date, and those of earlier texts."""
        parameter = self._pack.parameters.get(name)
        if parameter is None:
            return f"`{name}`"
        value_now = latest(parameter)
        earlier = [
            f"{value} by the text of {since}" for since, value in sorted(parameter.values.items()) if value != value_now
        ]
        return f"{value_now} ({'; '.join(earlier)})" if earlier else str(value_now)


def amount(value: date | Decimal, unit: str | None) -> str:
    """Return a value of the law with its unit."""
    return f"{number(value)} {unit}" if unit is not None else number(value)


def span_of(span: Span) -> str | None:
    """Return in words since and until when something is part of the text; None for always."""
    parts = [f"since {span.since}"] if span.since is not None else []
    parts += [f"until {span.until}"] if span.until is not None else []
    return f"part of the text {' and '.join(parts)}" if parts else None


def plain_text(text: str) -> str:
    """Return text that Markdown shows as it is: nothing in it opens a tag."""
    return " ".join(text.split()).replace("<", "&lt;")
