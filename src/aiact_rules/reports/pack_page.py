"""Pack pages: everything a pack holds as one Markdown page, for people who want to read the rules without the files.

The page is made from the pack alone, so that the same pack always gives the same page. Values of the law are the latest
known to the pack; where an earlier text had others they are named with their dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from aiact_rules.core.citations import in_order
from aiact_rules.core.conditions import ALWAYS, AllOf, Condition, ReadingIs
from aiact_rules.core.packs import Pack
from aiact_rules.core.rules import Certainty, Deadline, Force, Kind, Obligation, Rule, Span
from aiact_rules.reports.words import Conditions, article_of, flat, label, latest, number

_PART = {
    Kind.PROHIBITION: "Prohibitions",
    Kind.OBLIGATION: "Obligations",
    Kind.NOTICE: "Notices",
    Kind.SIGNAL: "Signals",
}
_ABOUT_MANY = ("Before", "After", "Applies", "A breach can cost")
_FORCE = {Force.EFFORT: "best effort", Force.VOLUNTARY: "voluntary", Force.PENDING: "not in force yet"}


def pack_page(pack: Pack) -> str:
    """Return the page of a pack as Markdown."""
    page = _Page(pack)
    head, body = list(page.head()), list(page.body())
    lines = [*head, *_contents(body), *body]
    return "\n".join(lines).rstrip() + "\n"


def _contents(body: Sequence[str]) -> Iterator[str]:
    """List the sections, and the roles in them, with links."""
    section = ""
    for line in body:
        if line.startswith("## "):
            section = line.removeprefix("## ")
            yield f"- [{section}](#{_anchor(section)})"
        elif line.startswith("### ") and section in _PART.values():
            title = line.removeprefix("### ")
            yield f"  - [{title}](#{_anchor(title)})"
    yield ""


def _anchor(title: str) -> str:
    return title.lower().replace(" ", "-")


class _Page:
    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.conditions = Conditions(pack)
        self.exceptions: dict[str, list[Rule]] = {}
        for rule in pack.rules.values():
            for target in rule.exception_to:
                self.exceptions.setdefault(target, []).append(rule)

    def body(self) -> Iterator[str]:
        """Yield all sections."""
        yield from self._roles()
        for kind in _PART:
            yield from self._duties(kind)
        yield from self._conclusions()
        yield from self._readings()
        yield from self._timetables()
        yield from self._sanctions()
        yield from self._parameters()

    def head(self) -> Iterator[str]:
        """Yield the title, and what pack this is."""
        pack = self.pack
        yield f"# {pack.title}: what is owed, by whom, from when"
        yield ""
        yield f"<!-- Written by `aiact-rules document {pack.id}`; changes belong in the rule files. -->"
        yield ""
        since = "" if pack.in_force_since is None else f", in force since {pack.in_force_since}"
        yield f"Pack `{pack.id}` {pack.version}, market {pack.market}. Law: {pack.law}{since}."
        if pack.extends:
            yield f"It extends {', '.join(f'`{name}`' for name in pack.extends)}."
        if not pack.gates:
            yield "It informs and never holds or blocks a release."
        yield ""
        counts = {kind: sum(o.kind is kind for o in pack.obligations.values()) for kind in _PART}
        said = ", ".join(f"{count} {_PART[kind].lower()}" for kind, count in counts.items() if count)
        yield (
            f"It holds {said or 'no obligations'}, {len(pack.rules)} rules and {len(pack.readings)} readings of open "
            "points. Each is in our own words; the provision named beside it is what counts. "
            "`aiact-rules explain ID FILE` shows how one stands for a release."
        )
        yield ""

    def _roles(self) -> Iterator[str]:
        if not self.pack.roles:
            return
        yield "## Roles and steps"
        yield ""
        yield "| Role | Provision | Who | Judged by default at |"
        yield "| --- | --- | --- | --- |"
        for role in self.pack.roles.values():
            means = role.means
            if role.deemed is not None:
                means += f"; also whoever the law deems one ({self._label(role.deemed)})"
            if role.unless is not None:
                means += f"; no longer where {self._label(role.unless)}"
            yield _row(self._label(role.name), role.provision, means, self._label(role.moment))
        yield ""
        yield "| Step | Provision | Meaning |"
        yield "| --- | --- | --- |"
        for moment in self.pack.moments.values():
            yield _row(self._label(moment.name), moment.provision, moment.means)
        yield ""

    def _who(self, roles: Iterable[str]) -> str:
        return " or ".join(f"the {self._label(role)}" for role in roles) or "whoever is concerned"

    def _label(self, name: str) -> str:
        return label(self.pack, name)

    def _duties(self, kind: Kind) -> Iterator[str]:
        duties = [o for o in self.pack.obligations.values() if o.kind is kind]
        if not duties:
            return
        yield f"## {_PART[kind]}"
        yield ""
        by_roles: dict[tuple[str, ...], list[Obligation]] = {}
        for o in duties:
            by_roles.setdefault(o.roles, []).append(o)
        order = [*self.pack.roles]
        for roles in sorted(
            by_roles, key=lambda roles: (len(roles) != 1, [order.index(r) for r in roles if r in order])
        ):
            if len(by_roles) > 1 or roles:  # one group that concerns everybody needs no heading
                everybody = len(roles) > 1 and set(roles) == set(self.pack.roles)
                yield f"### {_PART[kind]} of {'every operator' if everybody else self._who(roles)}"
                yield ""
            articles: dict[str, list[Obligation]] = {}
            for o in by_roles[roles]:
                articles.setdefault(article_of(o.provision), []).append(o)
            for article in in_order(articles):
                yield from self._article(article, articles[article])

    def _article(self, article: str, duties: Sequence[Obligation]) -> Iterator[str]:
        traits = [self._traits(o) for o in duties]
        shared = {name: said for name, said in traits[0].items() if all(t.get(name) == said for t in traits)}
        if len(duties) == 1:
            shared = {name: said for name, said in shared.items() if name in _ABOUT_MANY}
        yield f"#### {article}"
        yield ""
        if shared:
            yield _sentence(shared)
            yield ""
        for o, own in zip(duties, traits, strict=True):
            yield from self._duty(o, {name: said for name, said in own.items() if name not in shared})
        yield ""

    def _traits(self, o: Obligation) -> dict[str, str]:
        """Return what is often the same for all obligations of an article, in words."""
        found = {}
        if o.given != ALWAYS:
            found["Breached where" if o.kind is Kind.PROHIBITION else "Owed where"] = self.conditions.say(o.given)
        if o.before:
            found["Before"] = " or ".join(self._label(name) for name in o.before)
        if o.after is not None:
            found["After"] = self._label(o.after)
        if o.timetable is not None:
            found["Applies"] = f"{self._starts(o.timetable)} (timetable `{o.timetable}`)"
        if o.sanction is not None:
            found["A breach can cost"] = self._fine(o.sanction)
        if (text := _text(o.text)) is not None:
            found["Text"] = text
        return found

    def _duty(self, o: Obligation, own: Mapping[str, str]) -> Iterator[str]:
        marks = [_FORCE[o.force]] if o.force in _FORCE else []
        marks += ["read in a secondary source only"] if o.certainty in (Certainty.SECONDARY, Certainty.KNOWN) else []
        more = f" ({', '.join(marks)})" if marks else ""
        yield f"- **{_text_of(o.provision)}** {_text_of(o.must)}{more} `{o.id}`"
        for name, said in own.items():
            yield f"  - {name}: {_text_of(said)}"
        if o.because is not None:
            yield f"  - Because: {_text_of(o.because)}"
        for rule in self.exceptions.get(o.id, ()):
            yield f"  - Not owed where {_text_of(self.conditions.say(rule.when))}: {_text_of(rule.reason)} ({rule.provision})"
        if o.met is not None:
            yield f"  - Met where: {_text_of(self.conditions.say(o.met))}"
        if o.evidence:
            yield f"  - Would show it: {_text_of('; '.join(o.evidence))}"
        for deadline in o.deadlines:
            yield f"  - Deadline: {_text_of(self._deadline(deadline))}"
        if o.reading is not None:
            yield f"  - Read so: {_text_of(o.reading)}"
        if o.see_also:
            yield f"  - See also: {_text_of(', '.join(o.see_also))}"

    def _deadline(self, deadline: Deadline) -> str:
        unit = deadline.unit if deadline.amount != 1 else deadline.unit.removesuffix("s")
        where = "" if deadline.when == ALWAYS else f", where {self.conditions.say(deadline.when)}"
        return f"{deadline.amount} {unit} from `{deadline.runs_from}`{where} ({deadline.provision})"

    def _starts(self, timetable: str) -> str:
        """Return from when a timetable makes something apply, under the default readings."""
        table = self.pack.timetables.get(timetable)
        if table is None:
            return "as its timetable says"
        routes, readings = [], []
        for route in table.routes:
            where, turns_on = self._by_default(route.when)
            readings += turns_on
            if where is not None:
                said = "" if where == ALWAYS else f" where {self.conditions.say(where)}"
                routes.append(f"from {self.conditions.value(route.starts)}{said}")
        later = ", save for transitions" if table.deferrals else ""
        listed = ", ".join(f"`{name}`" for name in dict.fromkeys(readings))
        return f"{' and '.join(routes)}{later}{f', by the default reading {listed}' if listed else ''}"

    def _by_default(self, condition: Condition) -> tuple[Condition | None, list[str]]:
        """Leave out what the default readings settle: the condition, None where they rule it out; and which readings."""
        readings = []
        parts = []
        for part in flat(condition) if isinstance(condition, AllOf) else [condition]:
            if isinstance(part, ReadingIs):
                readings.append(part.reading)
                reading = self.pack.readings.get(part.reading)
                if reading is not None and reading.default != part.choice:
                    return None, readings
            else:
                parts.append(part)
        return AllOf(tuple(parts)), readings

    def _fine(self, name: str) -> str:
        sanction = self.pack.sanctions.get(name)
        if sanction is None:
            return f"`{name}`"
        parts = []
        if sanction.fixed is not None:
            parts.append(f"{sanction.currency} {self.conditions.value(sanction.fixed)}")
        if sanction.share is not None:
            parts.append(f"{self.conditions.value(sanction.share)} % of worldwide annual turnover")
        return f"up to {' or '.join(parts)} ({sanction.provision})" if parts else sanction.provision

    def _conclusions(self) -> Iterator[str]:
        concluding: dict[str, list[Rule]] = {}
        for rule in self.pack.rules.values():
            if rule.concludes is not None:
                concluding.setdefault(rule.concludes, []).append(rule)
        if not concluding:
            return
        yield "## Conclusions"
        yield ""
        yield "What the words in the conditions above rest on. A conclusion holds if one of its rules does; an exception to a rule"
        yield "stands indented below it."
        yield ""
        first = [name for name in self.pack.headlines if name in concluding]
        for name in dict.fromkeys((*first, *sorted(concluding))):
            yield f"### {self._label(name)}"
            yield ""
            for rule in concluding[name]:
                yield from self._rule(rule, 0)
            yield ""

    def _rule(self, rule: Rule, depth: int) -> Iterator[str]:
        marks = ["rebuttable"] if rule.rebuttable else []
        marks += [text] if (text := _text(rule.text)) is not None else []
        more = f" ({'; '.join(marks)})" if marks else ""
        yield f"{'  ' * depth}- **{rule.provision}** {_text_of(rule.reason)}{more} `{rule.id}`"
        if rule.reading is not None:
            yield f"{'  ' * depth}  - Read so: {_text_of(rule.reading)}"
        if depth < 3:
            for exception in self.exceptions.get(rule.id, ()):
                yield from self._rule(exception, depth + 1)

    def _readings(self) -> Iterator[str]:
        if not self.pack.readings:
            return
        yield "## Readings of open points"
        yield ""
        yield "Points that the text leaves open. Choose another with `--reading ID=CHOICE` or under `readings:`."
        yield ""
        for reading in self.pack.readings.values():
            yield f"### `{reading.id}`"
            yield ""
            yield f"{_text_of(reading.provision)}: {_text_of(reading.question)}"
            yield ""
            for choice, means in reading.choices.items():
                default = " (default)" if choice == reading.default else ""
                yield f"- `{choice}`{default}: {_text_of(means)}"
            yield ""
            yield f"Authority: {_text_of(reading.authority)}"
            yield ""

    def _timetables(self) -> Iterator[str]:
        if not self.pack.timetables:
            return
        yield "## Timetables"
        yield ""
        for table in self.pack.timetables.values():
            yield f"### `{table.id}` ({table.provision})"
            yield ""
            for route in table.routes:
                where = "" if route.when == ALWAYS else f", where {_text_of(self.conditions.say(route.when))}"
                yield f"- from {self._dated(route.starts)}{where} ({route.provision})"
            for deferral in table.deferrals:
                until = "never" if deferral.until is None else f"not before {self._dated(deferral.until)}"
                proviso = "" if deferral.proviso is None else f"; {deferral.proviso}"
                yield f"- {until}, where {_text_of(self.conditions.say(deferral.when))} ({deferral.provision}){proviso}"
            yield ""

    def _sanctions(self) -> Iterator[str]:
        if not self.pack.sanctions:
            return
        yield "## Sanctions"
        yield ""
        yield "| Sanction | Ceiling | The lower of the two amounts for | Note |"
        yield "| --- | --- | --- | --- |"
        for sanction in self.pack.sanctions.values():
            lower = "; ".join(f"{self.conditions.say(cap.when)} ({cap.provision})" for cap in sanction.lower_for)
            applies = "" if sanction.applies == ALWAYS else f"Where {self.conditions.say(sanction.applies)}. "
            reaches = " or ".join(kind.value for kind in sanction.reaches)
            if reaches:
                applies += f"For every {reaches} that no other sanction reaches. "
            if sanction.share_when != ALWAYS:
                applies += f"The share counts where {self.conditions.say(sanction.share_when)}. "
            starts = "" if sanction.timetable is None else f"Applies {self._starts(sanction.timetable)}. "
            yield _row(f"`{sanction.id}`", self._fine(sanction.id), lower, f"{applies}{starts}{sanction.note or ''}")
        yield ""

    def _parameters(self) -> Iterator[str]:
        if not self.pack.parameters:
            return
        yield "## Values and dates of the law"
        yield ""
        yield "| Name | Value | Provision | Source | Checked on |"
        yield "| --- | --- | --- | --- | --- |"
        for parameter in self.pack.parameters.values():
            values = "; ".join(
                f"{_amount(value, parameter.unit)} (text of {since})"
                if len(parameter.values) > 1
                else _amount(value, parameter.unit)
                for since, value in sorted(parameter.values.items())
            )
            source = parameter.source or ""
            yield _row(f"`{parameter.name}`", values, parameter.provision, source, parameter.checked_on.isoformat())
        yield ""

    def _dated(self, name: str) -> str:
        """Return the latest value of a date, and those of earlier texts."""
        parameter = self.pack.parameters.get(name)
        if parameter is None:
            return f"`{name}`"
        value_now = latest(parameter)
        earlier = [
            f"{value} by the text of {since}" for since, value in sorted(parameter.values.items()) if value != value_now
        ]
        return f"{value_now} ({'; '.join(earlier)})" if earlier else str(value_now)


def _amount(value: date | Decimal, unit: str | None) -> str:
    return f"{number(value)} {unit}" if unit is not None else number(value)


def _text(span: Span) -> str | None:
    parts = [f"since {span.since}"] if span.since is not None else []
    parts += [f"until {span.until}"] if span.until is not None else []
    return f"part of the text {' and '.join(parts)}" if parts else None


def _sentence(traits: Mapping[str, str]) -> str:
    return " ".join(f"*{name}:* {_text_of(said)}." for name, said in traits.items())


def _text_of(text: str) -> str:
    """Return text that Markdown shows as it is: nothing in it opens a tag."""
    return " ".join(text.split()).replace("<", "&lt;")


def _row(*cells: str) -> str:
    return "| " + " | ".join(_text_of(cell).replace("|", "\\|") for cell in cells) + " |"
