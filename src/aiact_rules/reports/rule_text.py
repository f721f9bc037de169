"""Rule texts: what a pack says under one name, without a release, for a terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiact_rules.core.conditions import ALWAYS, Condition, ReadingIs, leaves
from aiact_rules.core.explanation import cited_by
from aiact_rules.core.packs import OVERDUE, Pack
from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Cue, Obligation, Reading, Rule
from aiact_rules.reports.pack_words import PackWords, span_of
from aiact_rules.reports.words import wrapped

MOST_CASES = 12


@dataclass(frozen=True, slots=True)
class Shown:
    """A case that shows an entry: what it is called, where it stands, and what comes of the entry in it."""

    case: str
    place: Place
    outcome: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a pack says under one name. `parts` are its conditions, dates, exceptions and readings, each after its label."""

    id: str
    provision: str
    says: str
    place: Place | None = None
    parts: tuple[tuple[str, str], ...] = ()

    def as_json(self, cases: Iterable[Shown] = ()) -> dict[str, object]:
        """Return the entry as JSON values, with the cases that show it."""
        return {
            "id": self.id,
            "provision": self.provision,
            "says": self.says,
            "place": None if self.place is None else str(self.place),
            "parts": [{"label": label, "text": text} for label, text in self.parts],
            "cases": [{"case": each.case, "place": str(each.place), "outcome": each.outcome} for each in cases],
        }

    def lines(self, cases: Iterable[Shown] = ()) -> Iterator[str]:
        """Yield the entry as lines of text, with the first cases that show it."""
        yield from wrapped(f"{self.provision}: {self.says}", f"{self.id}  ", "  ")
        if self.place is not None:
            yield f"  rule file: {self.place}"
        for label, text in self.parts:
            yield from wrapped(f"{label}: {text}", "  ", "    ")
        cases = tuple(cases)
        if cases:
            yield f"  shown by {len(cases)} case{'' if len(cases) == 1 else 's'}:"
        for each in cases[:MOST_CASES]:
            yield from wrapped(f"{each.case} ({each.place})", f"    {each.outcome}: ", "      ")
        if len(cases) > MOST_CASES:
            yield f"    and {len(cases) - MOST_CASES} more"


def entries_of(pack: Pack, name: str) -> tuple[Entry, ...]:
    """Return what the pack says under an id, a conclusion, a reading or a provision; empty where it knows no such name."""
    texts = _Texts(pack)
    name = name.removeprefix(OVERDUE)
    if name in pack.obligations:
        return (texts.obligation(pack.obligations[name]),)
    if name in pack.rules:
        return (texts.rule(pack.rules[name]),)
    if name in pack.readings:
        return (texts.reading(pack.readings[name]),)
    cue = pack.cues.get(name.removeprefix("signal."))
    if cue is not None:
        return (texts.cue(cue),)
    concluding = [rule for rule in pack.rules.values() if rule.concludes == name]
    found: list[Rule | Obligation] = [*concluding]
    if not found:
        found = cited_by([*pack.rules.values(), *pack.obligations.values()], name)
    return tuple(texts.rule(each) if isinstance(each, Rule) else texts.obligation(each) for each in found)


def names_in(pack: Pack) -> Iterator[str]:
    """Yield every id under which a pack says something."""
    yield from (*pack.obligations, *pack.rules, *pack.readings, *(f"signal.{name}" for name in pack.cues))
    yield from dict.fromkeys(rule.concludes for rule in pack.rules.values() if rule.concludes is not None)


class _Texts:
    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.words = PackWords(pack)

    def obligation(self, o: Obligation) -> Entry:
        parts = [("kind", o.kind.value), ("whom", self.words.who(o.roles))]
        said = (*self.words.traits(o).items(), *self.words.details(o))
        parts += [(label[:1].lower() + label[1:], text) for label, text in said]
        table = None if o.timetable is None else self.pack.timetables.get(o.timetable)
        routes = () if table is None else table.routes
        parts += self._open_points([o.given, *([o.met] if o.met is not None else []), *(r.when for r in routes)], o.id)
        return Entry(o.id, o.provision, o.must, o.place, tuple(parts))

    def rule(self, rule: Rule) -> Entry:
        parts = [("holds where", self.words.say(rule.when))]
        if rule.concludes is not None:
            parts.append(("concludes", f"{self.words.label(rule.concludes)} (`{rule.concludes}`)"))
        if rule.exception_to:
            parts.append(("exception to", ", ".join(rule.exception_to)))
        if rule.rebuttable:
            parts.append(("rebuttable", "yes"))
        if (text := span_of(rule.text)) is not None:
            parts.append(("text", text))
        parts += self._exceptions(rule.id)
        if rule.reading is not None:
            parts.append(("read so", rule.reading))
        parts += self._open_points([rule.when], rule.id)
        return Entry(rule.id, rule.provision, rule.reason, rule.place, tuple(parts))

    def reading(self, reading: Reading) -> Entry:
        parts = [
            (f"`{choice}`{' (default)' if choice == reading.default else ''}", means)
            for choice, means in reading.choices.items()
        ]
        return Entry(
            reading.id,
            reading.provision,
            reading.question,
            reading.place,
            (*parts, ("authority", reading.authority), *self._schools(reading)),
        )

    def _schools(self, reading: Reading) -> Iterator[tuple[str, str]]:
        for name, said in reading.schools.items():
            yield f"school {name}", self.words.of_school(said)
        if reading.laxer_than_letter is not None:
            yield "laxer than the letter", reading.laxer_than_letter
        if reading.stricter_than_letter is not None:
            yield "stricter than the letter", reading.stricter_than_letter

    def cue(self, cue: Cue) -> Entry:
        parts = (("suggests", self.words.say(cue.suggests)), ("words", "; ".join(cue.words)))
        says = "have a person confirm that what the words suggest is not the case"
        return Entry(f"signal.{cue.id}", cue.provision, says, cue.place, parts)

    def _exceptions(self, name: str) -> Iterator[tuple[str, str]]:
        for rule in self.pack.rules.values():
            if name in rule.exception_to:
                where = f"{self.words.say(rule.when)}: {rule.reason} ({rule.provision}, `{rule.id}`)"
                yield "not where", where

    def _open_points(self, conditions: Iterable[Condition], name: str) -> Iterator[tuple[str, str]]:
        """Find the readings that conditions and their exceptions turn on."""
        own = [*conditions, *(r.when for r in self.pack.rules.values() if name in r.exception_to)]
        asked = (leaf.reading for each in own if each != ALWAYS for leaf in leaves(each) if isinstance(leaf, ReadingIs))
        for reading in (self.pack.readings[each] for each in dict.fromkeys(asked) if each in self.pack.readings):
            yield "reading", f"`{reading.id}` ({reading.provision}): {reading.question} Default: `{reading.default}`"
