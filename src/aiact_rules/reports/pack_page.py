"""Pack pages: everything a pack holds as one Markdown page, for people who want to read the rules without the files.

The page is made from the pack alone, so that the same pack always gives the same page. Values of the law are the latest
known to the pack; where an earlier text had others they are named with their dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from aiact_rules.core.citations import in_order
from aiact_rules.core.conditions import ALWAYS
from aiact_rules.core.packs import Pack
from aiact_rules.core.rules import Certainty, Force, Kind, Obligation, Rule
from aiact_rules.reports.pack_words import PackWords, amount, plain_text, span_of
from aiact_rules.reports.words import article_of

_PART = {
    Kind.PROHIBITION: "Prohibitions",
    Kind.OBLIGATION: "Obligations",
    Kind.NOTICE: "Notices",
    Kind.SIGNAL: "Signals",
    Kind.CONTRADICTION: "Contradictions",
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
        self.words = PackWords(pack)
        self.exceptions: dict[str, list[Rule]] = {}
        for rule in pack.rules.values():
            for target in rule.exception_to:
                self.exceptions.setdefault(target, []).append(rule)

    def body(self) -> Iterator[str]:
        """Yield all sections."""
        yield from self._roles()
        for kind in _PART:
            yield from self._obligations(kind)
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
            "`aiact-rules explain ID` shows one with its cases, `aiact-rules explain ID FILE` how it stands for a release."
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
                means += f"; also whoever the law deems one ({self.words.label(role.deemed)})"
            if role.unless is not None:
                means += f"; no longer where {self.words.label(role.unless)}"
            yield _row(self.words.label(role.name), role.provision, means, self.words.label(role.moment))
        yield ""
        yield "| Step | Provision | Meaning |"
        yield "| --- | --- | --- |"
        for moment in self.pack.moments.values():
            yield _row(self.words.label(moment.name), moment.provision, moment.means)
        yield ""

    def _obligations(self, kind: Kind) -> Iterator[str]:
        obligations = [o for o in self.pack.obligations.values() if o.kind is kind]
        if not obligations:
            return
        yield f"## {_PART[kind]}"
        yield ""
        by_roles: dict[tuple[str, ...], list[Obligation]] = {}
        for o in obligations:
            by_roles.setdefault(o.roles, []).append(o)
        order = [*self.pack.roles]
        for roles in sorted(
            by_roles, key=lambda roles: (len(roles) != 1, [order.index(r) for r in roles if r in order])
        ):
            if len(by_roles) > 1 or roles:  # one group that concerns everybody needs no heading
                everybody = len(roles) > 1 and set(roles) == set(self.pack.roles)
                yield f"### {_PART[kind]} of {'every operator' if everybody else self.words.who(roles)}"
                yield ""
            articles: dict[str, list[Obligation]] = {}
            for o in by_roles[roles]:
                articles.setdefault(article_of(o.provision), []).append(o)
            for article in in_order(articles):
                yield from self._article(article, articles[article])

    def _article(self, article: str, obligations: Sequence[Obligation]) -> Iterator[str]:
        traits = [self.words.traits(o) for o in obligations]
        shared = {name: said for name, said in traits[0].items() if all(t.get(name) == said for t in traits)}
        if len(obligations) == 1:
            shared = {name: said for name, said in shared.items() if name in _ABOUT_MANY}
        yield f"#### {article}"
        yield ""
        if shared:
            yield _sentence(shared)
            yield ""
        for o, own in zip(obligations, traits, strict=True):
            yield from self._obligation(o, {name: said for name, said in own.items() if name not in shared})
        yield ""

    def _obligation(self, o: Obligation, own: Mapping[str, str]) -> Iterator[str]:
        marks = [_FORCE[o.force]] if o.force in _FORCE else []
        marks += ["read in a secondary source only"] if o.certainty in (Certainty.SECONDARY, Certainty.KNOWN) else []
        more = f" ({', '.join(marks)})" if marks else ""
        yield f"- **{plain_text(o.provision)}** {plain_text(o.must)}{more} `{o.id}`"
        for name, said in own.items():
            yield f"  - {name}: {plain_text(said)}"
        for name, said in self.words.details(o):
            yield f"  - {plain_text(name)}: {plain_text(said)}"

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
            yield f"### {self.words.label(name)}"
            yield ""
            for rule in concluding[name]:
                yield from self._rule(rule, 0)
            yield ""

    def _rule(self, rule: Rule, depth: int) -> Iterator[str]:
        marks = ["rebuttable"] if rule.rebuttable else []
        marks += [text] if (text := span_of(rule.text)) is not None else []
        more = f" ({'; '.join(marks)})" if marks else ""
        yield f"{'  ' * depth}- **{rule.provision}** {plain_text(rule.reason)}{more} `{rule.id}`"
        if rule.reading is not None:
            yield f"{'  ' * depth}  - Read so: {plain_text(rule.reading)}"
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
        yield from self._schools()
        for reading in self.pack.readings.values():
            yield f"### `{reading.id}`"
            yield ""
            yield f"{plain_text(reading.provision)}: {plain_text(reading.question)}"
            yield ""
            for choice, means in reading.choices.items():
                default = " (default)" if choice == reading.default else ""
                yield f"- `{choice}`{default}: {plain_text(means)}"
            yield ""
            yield f"Authority: {plain_text(reading.authority)}"
            yield ""
            said = "; ".join(f"`{name}`: {self.words.of_school(each)}" for name, each in reading.schools.items())
            if said:
                yield f"Schools: {plain_text(said)}"
                yield ""

    def _schools(self) -> Iterator[str]:
        if not self.pack.schools:
            return
        yield "Or choose a school of reading, which answers many of them at once, with `--readings NAME`:"
        yield ""
        yield "| School | Title | Authority | Readings |"
        yield "| --- | --- | --- | --- |"
        for school in self.pack.schools.values():
            yield _row(f"`{school.name}`", school.title, school.authority, str(len(school.choices)))
        yield ""
        yield from laxer_defaults(self.pack)

    def _timetables(self) -> Iterator[str]:
        if not self.pack.timetables:
            return
        yield "## Timetables"
        yield ""
        for table in self.pack.timetables.values():
            yield f"### `{table.id}` ({table.provision})"
            yield ""
            for route in table.routes:
                where = "" if route.when == ALWAYS else f", where {plain_text(self.words.say(route.when))}"
                yield f"- from {self.words.dated(route.starts)}{where} ({route.provision})"
            for deferral in table.deferrals:
                until = "never" if deferral.until is None else f"not before {self.words.dated(deferral.until)}"
                proviso = "" if deferral.proviso is None else f"; {deferral.proviso}"
                yield f"- {until}, where {plain_text(self.words.say(deferral.when))} ({deferral.provision}){proviso}"
            yield ""

    def _sanctions(self) -> Iterator[str]:
        if not self.pack.sanctions:
            return
        yield "## Sanctions"
        yield ""
        yield "| Sanction | Ceiling | The lower of the two amounts for | Note |"
        yield "| --- | --- | --- | --- |"
        for sanction in self.pack.sanctions.values():
            lower = "; ".join(f"{self.words.say(cap.when)} ({cap.provision})" for cap in sanction.lower_for)
            applies = "" if sanction.applies == ALWAYS else f"Where {self.words.say(sanction.applies)}. "
            reaches = " or ".join(kind.value for kind in sanction.reaches)
            if reaches:
                applies += f"For every {reaches} that no other sanction reaches. "
            if sanction.share_when != ALWAYS:
                applies += f"The share counts where {self.words.say(sanction.share_when)}. "
            starts = "" if sanction.timetable is None else f"Applies {self.words.starts(sanction.timetable)}. "
            yield _row(
                f"`{sanction.id}`", self.words.fine(sanction.id), lower, f"{applies}{starts}{sanction.note or ''}"
            )
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
                f"{amount(value, parameter.unit)} (text of {since})"
                if len(parameter.values) > 1
                else amount(value, parameter.unit)
                for since, value in sorted(parameter.values.items())
            )
            source = parameter.source or ""
            yield _row(f"`{parameter.name}`", values, parameter.provision, source, parameter.checked_on.isoformat())
        yield ""


def laxer_defaults(pack: Pack) -> Iterator[str]:
    """Yield, as Markdown, the readings whose default is laxer than the letter of the law, each with its authority."""
    laxer = [reading for reading in pack.readings.values() if reading.laxer_than_letter is not None]
    if not laxer:
        return
    yield "Defaults that are laxer than the letter of the law, and on what authority:"
    yield ""
    yield "| Reading | Provision | Default | Letter | Authority for the default |"
    yield "| --- | --- | --- | --- | --- |"
    for reading in laxer:
        letter = reading.schools["letter"].choice
        yield _row(
            f"`{reading.id}`", reading.provision, f"`{reading.default}`", f"`{letter}`", reading.laxer_than_letter or ""
        )
    yield ""


def _sentence(traits: Mapping[str, str]) -> str:
    return " ".join(f"*{name}:* {plain_text(said)}." for name, said in traits.items())


def _row(*cells: str) -> str:
    return "| " + " | ".join(plain_text(cell).replace("|", "\\|") for cell in cells) + " |"
