"""Rule texts: what a pack says under one name, without a release, for a terminal, a page and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from aiact_rules.core.conditions import ALWAYS, Condition, ReadingIs, leaves
from aiact_rules.core.cues import Cue, Pattern, Strength
from aiact_rules.core.explanation import cited_by
from aiact_rules.core.packs import SIGNAL, Pack
from aiact_rules.core.pages import entry_of, law_link, page_of
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Obligation, Reading, Rule
from aiact_rules.core.words import counted
from aiact_rules.reports.pack_words import PackWords, span_of
from aiact_rules.reports.words import WIDTH, wrapped

MOST_CASES = 12
MOST_ENTRIES = 32
_OUTCOMES = {
    "breached": "violated",
    "open": "unmet or undetermined",
    "condition": "post-release",
    "advice": "recommendation",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A case that shows an entry: what it is called, where it stands, and what comes of the entry in it."""

    case: str
    place: Place
    outcome: str

    @property
    def outcome_in_words(self) -> str:
        """Return what comes of the entry, as reports say it."""
        return _OUTCOMES.get(self.outcome, self.outcome)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a pack says under one name. `parts` are its conditions, dates and exceptions, each after its label.

    `readings` are the open points it turns on. `page` and `law` are the addresses of its page and of its article.
    """

    id: str
    provision: str
    says: str
    place: Place | None = None
    parts: tuple[tuple[str, str], ...] = ()
    readings: tuple[Reading, ...] = ()
    page: str | None = None
    law: str | None = None

    def as_json(self, cases: Iterable[Shown] = ()) -> dict[str, object]:
        """Return the entry as JSON values, with the cases that show it."""
        return {
            "id": self.id,
            "provision": self.provision,
            "says": self.says,
            "place": None if self.place is None else str(self.place),
            "page": self.page,
            "law": self.law,
            "parts": [{"label": label, "text": text} for label, text in (*self.parts, *self._interpretations())],
            "cases": [{"case": each.case, "place": str(each.place), "outcome": each.outcome} for each in cases],
        }

    def lines(self, cases: Iterable[Shown] = (), width: int = WIDTH) -> Iterator[str]:
        """Yield the entry as lines of text, with the first cases that show it."""
        yield from wrapped(f"{self.provision}: {self.says}", f"{self.id}  ", "  ", width)
        for label, text in (*self.parts, *self._interpretations()):
            yield from wrapped(f"{label}: {text}", "  ", "    ", width)
        cases = tuple(cases)
        if cases:
            yield f"  shown by {len(cases)} case{'' if len(cases) == 1 else 's'}:"
        for each in cases[:MOST_CASES]:
            yield from wrapped(f"{each.case} ({each.place})", f"    {each.outcome_in_words}: ", "      ", width)
        if len(cases) > MOST_CASES:
            yield f"    and {len(cases) - MOST_CASES} more"
        for label, where in (("rule file", self.place), ("page", self.page), ("law", self.law)):
            if where is not None:
                yield f"  {label}: {where}"

    def _interpretations(self) -> Iterator[tuple[str, str]]:
        for reading in self.readings:
            others = "; ".join(
                f"`{name}`: {means}" for name, means in reading.choices.items() if name != reading.default
            )
            yield (
                "interpretation",
                f"`{reading.id}` ({reading.provision}): {reading.question} Default `{reading.default}`: "
                f"{reading.choices[reading.default]} (authority: {reading.authority}). Alternative {others}",
            )


def entries_of(pack: Pack, name: str) -> tuple[Entry, ...]:
    """Return what the pack says under an id, a conclusion, a reading or a provision; empty where it knows no such name."""
    texts = RuleTexts(pack)
    found = texts.entry(entry_of(name))
    if found is not None:
        return (found,)
    items: list[Rule | Obligation] = [rule for rule in pack.rules.values() if rule.concludes == name]
    if not items:
        items = cited_by([*pack.rules.values(), *pack.obligations.values()], name)
    return tuple(texts.rule(each) if isinstance(each, Rule) else texts.obligation(each) for each in items)


def entry_list(name: str, entries: Sequence[Entry], width: int = WIDTH) -> Iterator[str]:
    """Yield entries as one line each, at most so many, with where the rest can be read."""
    yield f"{name}: {counted(len(entries), 'entry', 'entries')}"
    yield ""
    size = max(len(entry.id) for entry in entries[:MOST_ENTRIES])
    for entry in entries[:MOST_ENTRIES]:
        row = f"  {entry.id:{size}}  {entry.provision}: {entry.says}"
        yield row if len(row) <= width else f"{row[: width - 3].rstrip()}..."
    if len(entries) > MOST_ENTRIES:
        yield f"  and {len(entries) - MOST_ENTRIES} more; --full shows all with their texts"
    yield ""
    for page in dict.fromkeys(entry.page.partition("#")[0] for entry in entries if entry.page is not None):
        yield f"  page  {page}"
    yield f"  next  aiact-rules explain {entries[0].id}"


def names_in(pack: Pack) -> Iterator[str]:
    """Yield every id under which a pack says something."""
    yield from (*pack.obligations, *pack.rules, *pack.readings, *(f"{SIGNAL}{name}" for name in pack.cues))
    yield from dict.fromkeys(rule.concludes for rule in pack.rules.values() if rule.concludes is not None)


class RuleTexts:
    """Writes the entries of one pack."""

    def __init__(self, pack: Pack, words: PackWords | None = None) -> None:
        self.pack = pack
        self.words = words or PackWords(pack)

    def entry(self, name: str) -> Entry | None:
        """Return what the pack says under the id of an obligation, a rule, a reading or a signal."""
        cue = self.pack.cues.get(name.removeprefix(SIGNAL))
        if name in self.pack.obligations:
            return self.obligation(self.pack.obligations[name])
        if name in self.pack.rules:
            return self.rule(self.pack.rules[name])
        if name in self.pack.readings:
            return self.reading(self.pack.readings[name])
        return None if cue is None else self.cue(cue)

    def obligation(self, o: Obligation) -> Entry:
        """Return who must do what, where, before what, from when, and what shows it."""
        parts = [("kind", o.kind.value), ("who", self.words.who(o.roles))]
        parts += [_small(part) for part in (*self.words.traits(o).items(), *self.words.details(o))]
        table = None if o.timetable is None else self.pack.timetables.get(o.timetable)
        routes = () if table is None else table.routes
        conditions = [o.given, *([o.met] if o.met is not None else []), *(route.when for route in routes)]
        return self._entry(o.id, o.provision, o.must, o.place, parts, self._turns_on(conditions, o.id))

    def rule(self, rule: Rule) -> Entry:
        """Return where a rule holds, what it concludes, and its exceptions."""
        parts = [("holds where", self.words.say(rule.when))]
        if rule.concludes is not None:
            parts.append(("concludes", f"{self.words.conclusion(rule.concludes)} (`{rule.concludes}`)"))
        if rule.exception_to:
            named = (self.words.named("rule", target) for target in rule.exception_to)
            parts.append(("exception to", ", ".join(named)))
        if rule.rebuttable:
            parts.append(("rebuttable", "yes"))
        if (text := span_of(rule.text)) is not None:
            parts.append(("text", text))
        parts += [_small(part) for part in self.words.excepted(rule.id)]
        if rule.reading is not None:
            parts.append(("interpretation", rule.reading))
        return self._entry(
            rule.id, rule.provision, rule.reason, rule.place, parts, self._turns_on([rule.when], rule.id)
        )

    def reading(self, reading: Reading) -> Entry:
        """Return an open point with its choices, its authority and what the schools say."""
        parts = [
            (f"`{choice}`{' (default)' if choice == reading.default else ''}", means)
            for choice, means in reading.choices.items()
        ]
        parts += [("authority", reading.authority), *self._schools(reading)]
        return self._entry(reading.id, reading.provision, reading.question, reading.place, parts)

    def cue(self, cue: Cue) -> Entry:
        """Return which words of a document raise a question."""
        every = (cue, *cue.more)
        found = {
            "words": [word for one in every for word in one.words],
            "words of these classes near each other": dict.fromkeys(_pattern(p) for one in every for p in one.patterns),
            "task or tags": [value for one in every for value in one.metadata],
        }
        parts = [("suggests", self.words.say(cue.suggests))]
        parts += [(label, "; ".join(listed)) for label, listed in found.items() if listed]
        says = "have a person confirm that what the words suggest is not the case"
        return self._entry(f"{SIGNAL}{cue.id}", cue.provision, says, cue.place, parts)

    def _entry(
        self,
        name: str,
        provision: str,
        says: str,
        place: Place | None,
        parts: Iterable[tuple[str, str]],
        readings: tuple[Reading, ...] = (),
    ) -> Entry:
        page, law = page_of(self.pack, name), law_link(self.pack, provision)
        return Entry(name, provision, says, place, tuple(parts), readings, page, law)

    def _schools(self, reading: Reading) -> Iterator[tuple[str, str]]:
        for name, said in reading.schools.items():
            yield f"school {name}", self.words.of_school(said)
        if reading.laxer_than_letter is not None:
            yield "laxer than the letter", reading.laxer_than_letter
        if reading.stricter_than_letter is not None:
            yield "stricter than the letter", reading.stricter_than_letter

    def _turns_on(self, conditions: Iterable[Condition], name: str) -> tuple[Reading, ...]:
        """Return the readings that conditions and the exceptions to a name turn on."""
        own = [*conditions, *(rule.when for rule in self.words.exceptions.get(name, ()))]
        asked = (leaf.reading for each in own if each != ALWAYS for leaf in leaves(each) if isinstance(leaf, ReadingIs))
        return tuple(self.pack.readings[each] for each in dict.fromkeys(asked) if each in self.pack.readings)


def _small(part: tuple[str, str]) -> tuple[str, str]:
    label, text = part
    return label[:1].lower() + label[1:], text


def _pattern(pattern: Pattern) -> str:
    """Return the classes of a pattern in words: "toy + speaking or moving (near child, not beside photo)"."""
    said = " + ".join(_either(element) for element in pattern.elements)
    limits = [f"near {_either(pattern.near)}"] if pattern.near else []
    limits += [f"not beside {_either(pattern.unless)}"] if pattern.unless else []
    limits += ["a note"] if pattern.strength is Strength.NOTE else []
    return f"{said} ({', '.join(limits)})" if limits else said


def _either(names: Iterable[str]) -> str:
    return " or ".join(name.replace("_", " ") for name in names)
