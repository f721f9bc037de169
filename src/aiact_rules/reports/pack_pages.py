"""Pack pages: everything a pack holds as Markdown, one page for each article, for people who want to read it without the files.

The pages are made from the pack and its cases alone, so that the same pack always gives the same pages. Every entry has its
id as anchor. Values of the law are the latest known to the pack; where an earlier text had others they are named with
their dates.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from aiact_rules.core.citations import article_of, in_order
from aiact_rules.core.conditions import ALWAYS
from aiact_rules.core.packs import SIGNAL, Pack
from aiact_rules.core.pages import law_link, page_name
from aiact_rules.core.rules import Kind, Obligation, Rule
from aiact_rules.core.words import counted
from aiact_rules.reports.pack_words import PackWords, amount, plain_text
from aiact_rules.reports.rule_text import Entry, RuleTexts, Shown

INDEX = "README.md"
CONCLUSIONS = "conclusions.md"
DELIVERABLES = "deliverables.md"
READINGS = "interpretations.md"
VALUES = "values.md"
MARK = "<!-- Written by `aiact-rules document"
"""How the second line of every page begins."""

_MOST_CASES = 4
_DEEPEST = 3
_SINGULAR = {"lists of words": "list of words"}
_ANCHOR = re.compile(r'<a id="[^"<]*"></a>')
_GATING = (Kind.PROHIBITION, Kind.OBLIGATION)
_KINDS = {
    Kind.PROHIBITION: "Prohibitions",
    Kind.OBLIGATION: "Obligations",
    Kind.NOTICE: "Notices",
    Kind.SIGNAL: "Signals",
    Kind.CONTRADICTION: "Contradictions",
}
_SHARED = ("who", "violated where", "applies where", "before", "after", "applies", "a violation can cost")


def pack_pages(pack: Pack, cases: Mapping[str, Sequence[Shown]]) -> dict[str, str]:
    """Return the pages of a pack by their file name. `cases` are those that show each of its entries."""
    pages = _Pages(pack, cases)
    written = {
        INDEX: pages.index(),
        **{f"{name}.md": pages.article(name) for name in pages.articles},
        CONCLUSIONS: pages.conclusions(),
        DELIVERABLES: pages.deliverables(),
        READINGS: pages.readings(),
        VALUES: pages.values(),
    }
    found = {name: [*lines] for name, lines in written.items()}
    return {name: "\n".join(lines).rstrip() + "\n" for name, lines in found.items() if lines}


class _Links(PackWords):
    """Words in which every name leads to where it stands."""

    def conclusion(self, name: str) -> str:
        said = super().conclusion(name)
        return f"[{said}]({CONCLUSIONS}#{name})" if name in self.concluding else said

    def named(self, kind: str, name: str) -> str:
        page = {"timetable": VALUES, "sanction": VALUES, "deliverable": DELIVERABLES}.get(kind)
        if page is None:
            entry = self._pack.rules.get(name) or self._pack.obligations.get(name) or self._pack.readings.get(name)
            page = None if entry is None else f"{page_name(entry.provision)}.md"
        return f"`{name}`" if page is None else f"[`{name}`]({page}#{name})"

    @cached_property
    def concluding(self) -> Mapping[str, Sequence[Rule]]:
        """The rules of each conclusion, those conclusions first that every decision states."""
        found: dict[str, list[Rule]] = {}
        for rule in self._pack.rules.values():
            if rule.concludes is not None:
                found.setdefault(rule.concludes, []).append(rule)
        first = [name for name in self._pack.headlines if name in found]
        return {name: found[name] for name in dict.fromkeys((*first, *sorted(found)))}


@dataclass(slots=True)
class _Article:
    """What a pack says under one article."""

    title: str
    provision: str
    obligations: list[Obligation] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


class _Pages:
    def __init__(self, pack: Pack, cases: Mapping[str, Sequence[Shown]]) -> None:
        self.pack = pack
        self.cases = cases
        self.words = _Links(pack)
        self.texts = RuleTexts(pack, self.words)
        self.articles = self._articles()

    def _articles(self) -> dict[str, _Article]:
        found: dict[str, _Article] = {}

        def at(provision: str) -> _Article:
            return found.setdefault(page_name(provision), _Article(article_of(provision), provision))

        for o in self.pack.obligations.values():
            at(o.provision).obligations.append(o)
        for rule in self.pack.rules.values():
            at(rule.provision).rules.append(rule)
        for reading in self.pack.readings.values():
            at(reading.provision).others.append(reading.id)
        for cue in self.pack.cues.values():
            at(cue.provision).others.append(f"{SIGNAL}{cue.id}")
        titles = {article.title: name for name, article in found.items()}
        return {titles[title]: found[titles[title]] for title in in_order(titles)}

    def head(self, title: str) -> Iterator[str]:
        """Yield the title of a page, and who wrote it."""
        yield f"# {title}"
        yield ""
        yield f"{MARK} {self.pack.id}`; changes belong in the rule files. -->"
        yield ""

    def index(self) -> Iterator[str]:
        """Yield the index: what pack this is, its pages, its roles and its steps."""
        pack = self.pack
        yield from self.head(f"{pack.title}: what is asked of whom, from when")
        since = "" if pack.in_force_since is None else f", in force since {pack.in_force_since}"
        yield f"Pack `{pack.id}` {pack.version}, market {pack.market}. Law: {pack.law}{since}."
        for each in pack.extensions:
            yield f"With `{each.id}` {each.version}, which advises and never binds."
        if pack.extends:
            yield f"It extends {', '.join(f'`{name}`' for name in pack.extends)}."
        if not pack.gates:
            yield "It informs and never holds or blocks a release."
        yield ""
        said = ", ".join(self._counted(pack.obligations.values()))
        yield (
            f"{said or 'No obligations'}, {counted(len(pack.rules), 'rule')} and "
            f"{counted(len(pack.readings), 'open point')} of interpretation. "
            "Each is in our own words; the provision named beside it is what counts. `aiact-rules explain ID` shows one, "
            "`aiact-rules explain ID PATH` how it stands for a release."
        )
        yield ""
        more = {
            CONCLUSIONS: "conclusions, and the rules by which they hold",
            DELIVERABLES: "documents and acts that the obligations come down to" if pack.deliverables else "",
            READINGS: "interpretations of open points, with their authority" if pack.readings else "",
            VALUES: "timetables, sanctions, and values and dates of the law" if pack.parameters else "",
        }
        for page, about in more.items():
            if about:
                yield f"- [{about[0].upper()}{about[1:]}]({page})"
        yield ""
        yield "## By article"
        yield ""
        yield "| Page | What it holds | Who |"
        yield "| --- | --- | --- |"
        for name, article in self.articles.items():
            held = [*self._counted(article.obligations)]
            held += [_count(len(article.rules), "rules")] if article.rules else []
            raising = sum(name.startswith(SIGNAL) for name in article.others)
            held += [_count(len(article.others) - raising, "open points")] if len(article.others) > raising else []
            held += [_count(raising, "lists of words")] if raising else []
            roles = dict.fromkeys(role for o in article.obligations for role in o.roles)
            who = ", ".join(self.words.label(role) for role in self.pack.roles if role in roles)
            yield _row(f"[{article.title}]({name}.md)", ", ".join(held), who)
        yield ""
        yield from self._roles()

    def _counted(self, obligations: Iterable[Obligation]) -> Iterator[str]:
        kinds = Counter(o.kind for o in obligations)
        return (_count(kinds[kind], name.lower()) for kind, name in _KINDS.items() if kinds[kind])

    def _roles(self) -> Iterator[str]:
        if not self.pack.roles:
            return
        yield "## Roles and steps"
        yield ""
        yield "| Role | Provision | Who | Assessed by default for | Obligations and prohibitions |"
        yield "| --- | --- | --- | --- | --- |"
        for role in self.pack.roles.values():
            means = role.means
            if role.deemed is not None:
                means += f"; also whoever the law deems one ({self.words.label(role.deemed)})"
            if role.unless is not None:
                means += f"; no longer where {self.words.label(role.unless)}"
            where = ", ".join(
                f"[{article.title}]({name}.md) ({count})"
                for name, article in self.articles.items()
                if (count := sum(role.name in o.roles and o.kind in _GATING for o in article.obligations))
            )
            yield _row(self.words.label(role.name), role.provision, means, self.words.label(role.moment), where)
        yield ""
        yield "| Step | Provision | Meaning |"
        yield "| --- | --- | --- |"
        for moment in self.pack.moments.values():
            yield _row(self.words.label(moment.name), moment.provision, moment.means)
        yield ""

    def article(self, name: str) -> Iterator[str]:
        """Yield the page of an article: what it asks for, its rules, its open points, and what contradicts itself."""
        article = self.articles[name]
        yield from self.head(article.title)
        law = law_link(self.pack, article.provision)
        where = [f"[{article.title} in the law]({law})"] if law else []
        yield f"{' · '.join([*where, f'[All articles]({INDEX})'])}. In our own words; the provision beside each entry is what counts."
        yield ""
        for kind in (Kind.PROHIBITION, Kind.OBLIGATION, Kind.NOTICE):
            yield from self._of_kind(kind, article.obligations)
        if article.rules:
            yield "## Rules"
            yield ""
            for rule in article.rules:
                yield from self._entry(self.texts.rule(rule))
        if article.others:
            yield "## Open points and words that raise a question"
            yield ""
            for other in article.others:
                entry = self.texts.entry(other)
                assert entry is not None
                yield from self._entry(entry)
        for kind in (Kind.SIGNAL, Kind.CONTRADICTION):
            yield from self._of_kind(kind, article.obligations)

    def _of_kind(self, kind: Kind, obligations: Iterable[Obligation]) -> Iterator[str]:
        by_roles: dict[tuple[str, ...], list[Entry]] = {}
        for o in obligations:
            if o.kind is kind:
                by_roles.setdefault(o.roles, []).append(self.texts.obligation(o))
        order = [*self.pack.roles]
        for roles in sorted(
            by_roles, key=lambda roles: (len(roles) != 1, [order.index(r) for r in roles if r in order])
        ):
            everybody = len(roles) > 1 and set(roles) == set(order)
            who = "every operator" if everybody else self.words.who(roles)
            yield f"## {_KINDS[kind]}: {who}"
            yield ""
            bearer = "whoever is concerned" if not roles else who
            yield from self._group(by_roles[roles], f"{bearer} must " if kind in _GATING else "")

    def _group(self, entries: Sequence[Entry], bearer: str) -> Iterator[str]:
        """Yield obligations of the same role, after what all of them share; `bearer` begins what each says."""
        first, *others = (dict(entry.parts) for entry in entries)
        shared = {name: first[name] for name in _SHARED if others and name in first}
        shared = {name: said for name, said in shared.items() if all(each.get(name) == said for each in others)}
        if shared:
            yield "For all of these:"
            yield ""
            for name, said in shared.items():
                yield f"- {_capital(name)}: {plain_text(said)}"
            yield ""
        for entry in entries:
            yield from self._entry(entry, bearer, frozenset(shared) | {"kind"})

    def _entry(self, entry: Entry, bearer: str = "", left_out: Collection[str] = ()) -> Iterator[str]:
        yield f'### <a id="{entry.id}"></a>`{entry.id}`'
        yield ""
        yield f"**{plain_text(entry.provision)}**: {bearer}{plain_text(entry.says)}"
        yield ""
        for name, said in entry.parts:
            if name not in left_out:
                yield f"- {_capital(plain_text(name))}: {plain_text(said)}"
        for reading in entry.readings:
            yield (
                f"- Interpretation: {self.words.named('reading', reading.id)}, by default `{reading.default}`: "
                f"{plain_text(reading.choices[reading.default])}"
            )
        cases = self.cases.get(entry.id, ())
        if cases:
            said = "; ".join(f"{plain_text(each.case)} (*{each.outcome_in_words}*)" for each in cases[:_MOST_CASES])
            more = f"; and {len(cases) - _MOST_CASES} more" if len(cases) > _MOST_CASES else ""
            yield f"- Shown by: {said}{more}"
        yield ""

    def conclusions(self) -> Iterator[str]:
        """Yield the conclusions, each with its rules and their exceptions."""
        if not self.words.concluding:
            return
        yield from self.head("Conclusions")
        yield "What the words in the conditions rest on. A conclusion holds if one of its rules does; an exception to a rule"
        yield "stands indented below it."
        yield ""
        for name, rules in self.words.concluding.items():
            yield f'## <a id="{name}"></a>{self.words.label(name)}'
            yield ""
            for rule in rules:
                yield from self._rule(rule, 0)
            yield ""

    def _rule(self, rule: Rule, depth: int) -> Iterator[str]:
        named = self.words.named("rule", rule.id)
        yield f"{'  ' * depth}- **{plain_text(rule.provision)}** {plain_text(rule.reason)} {named}"
        if depth < _DEEPEST:
            for exception in self.words.exceptions.get(rule.id, ()):
                yield from self._rule(exception, depth + 1)

    def deliverables(self) -> Iterator[str]:
        """Yield the documents and acts, each with the obligations that it settles."""
        if not self.pack.deliverables:
            return
        belonging: dict[str, list[Obligation]] = {}
        for o in self.pack.obligations.values():
            if (deliverable := self.pack.deliverable_of(o.id)) is not None:
                belonging.setdefault(deliverable.id, []).append(o)
        yield from self.head("Documents and acts")
        yield "What the obligations come down to. `aiact-rules plan PATH` says which of them a release needs."
        yield ""
        for each in self.pack.deliverables.values():
            yield f'## <a id="{each.id}"></a>{plain_text(each.title)}'
            yield ""
            yield f"{each.kind.value.title()}, {plain_text(each.provision)}. Signed by: {plain_text(each.signed_by)}."
            yield ""
            for o in belonging.get(each.id, ()):
                yield f"- **{plain_text(o.provision)}** {plain_text(o.must)} {self.words.named('rule', o.id)}"
            yield ""

    def readings(self) -> Iterator[str]:
        """Yield the open points, and the schools of reading that answer them."""
        if not self.pack.readings:
            return
        yield from self.head("Interpretations of open points")
        yield "Points that the text leaves open. Choose another with `--reading ID=CHOICE` or under `readings:`."
        yield ""
        if self.pack.schools:
            yield "Or choose a school of reading, which answers many of them at once, with `--readings NAME`:"
            yield ""
            yield "| School | Title | Authority | Readings |"
            yield "| --- | --- | --- | --- |"
            for school in self.pack.schools.values():
                yield _row(f"`{school.name}`", school.title, school.authority, str(len(school.choices)))
            yield ""
        yield "| Reading | Provision | Question | Default |"
        yield "| --- | --- | --- | --- |"
        for reading in self.pack.readings.values():
            default = f"`{reading.default}`: {reading.choices[reading.default]}"
            yield _row(self.words.named("reading", reading.id), reading.provision, reading.question, default)
        yield ""
        yield from laxer_defaults(self.pack)

    def values(self) -> Iterator[str]:
        """Yield timetables, sanctions, and the values and dates of the law."""
        if not self.pack.parameters:
            return
        yield from self.head("Timetables, sanctions and values of the law")
        yield from self._timetables()
        yield from self._sanctions()
        yield from self._parameters()

    def _timetables(self) -> Iterator[str]:
        if not self.pack.timetables:
            return
        yield "## Timetables"
        yield ""
        for table in self.pack.timetables.values():
            yield f'### <a id="{table.id}"></a>`{table.id}` ({table.provision})'
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
                f'<a id="{sanction.id}"></a>`{sanction.id}`',
                self.words.fine(sanction.id),
                lower,
                f"{applies}{starts}{sanction.note or ''}",
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


def _count(count: int, things: str) -> str:
    return f"{count} {_SINGULAR.get(things, things.removesuffix('s')) if count == 1 else things}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _row(*cells: str) -> str:
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    anchor = _ANCHOR.match(text)
    kept = "" if anchor is None else anchor[0]
    return kept + plain_text(text.removeprefix(kept)).replace("|", "\\|")
