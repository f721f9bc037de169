"""Cues: the signals that the words of a document, the values of its metadata and its facts of free text give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from aiact_rules.core.cues import Cue
from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.packs import SIGNALS
from aiact_rules.core.problems import Place
from aiact_rules.core.signals import Note, Signal, held_cues, seen_in
from aiact_rules.core.vocabulary import FactType, Vocabulary
from aiact_rules.sources.matching import Found, find, matchers_of
from aiact_rules.sources.passages import Passage, passages, value
from aiact_rules.sources.statements import Statements

Placed = Callable[[int, int], Place]
"""Where words stand, by the number of their passage and their line."""


_CLEAREST = tuple(Note)


def find_signals(markdown: str, cues: Iterable[Cue], name: str, first_line: int = 1) -> tuple[Signal, ...]:
    """Return what a Markdown text that begins at `first_line` of the document `name` speaks of, each cue once."""
    return signals_of(find(passages(markdown, first_line), cues), lambda _, line: Place(name, line))


def signals_of(found: Iterable[Found], placed: Placed) -> tuple[Signal, ...]:
    """Return what was found in one document as signals, each cue once: the first words that hold, else the clearest note."""
    by_cue: dict[str, list[Found]] = {}
    for one in found:
        by_cue.setdefault(one.cue, []).append(one)
    signals = []
    for cue, every in by_cue.items():
        clearest = min((one.note for one in every if one.note is not None), key=_CLEAREST.index, default=None)
        of = [one for one in every if one.note is None] or [one for one in every if one.note is clearest]
        first = of[0]
        place = placed(first.passage, first.line)
        signals.append(Signal(cue, place, first.words, first.note, seen_in(one.sentence for one in of)))
    return tuple(signals)


def tagged_values(values: Sequence[Passage], numbers: Iterable[int], cues: Iterable[Cue]) -> tuple[Found, ...]:
    """Return which cues speak in values of a card's task and tags: passages by their numbers."""
    matchers = matchers_of(cues)
    return tuple(
        Found(cue, number, values[number].line, values[number].text, values[number].text)
        for number in numbers
        for matcher in matchers
        for cue in matcher.tagged(values[number].text)
    )


def signals_in_facts(facts: Facts, vocabulary: Vocabulary, cues: Iterable[Cue]) -> tuple[Signal, ...]:
    """Return what facts of free text speak of, such as a task or the name of a licence."""
    cues = tuple(cues)
    texts = [fact for fact in facts if isinstance(fact.value, str) and vocabulary[fact.name].type is FactType.TEXT]
    return tuple(
        signal for fact in texts for signal in signals_in_fact(str(fact.value), cues, fact.name, fact.origin.place)
    )


def signals_in_fact(text: str, cues: Iterable[Cue], fact: str | None, place: Place) -> tuple[Signal, ...]:
    """Return what the text of one fact, or of a column that describes a release, speaks of.

    With `fact`, cues that look for their words in that fact count too.
    """
    cues = tuple(cues)
    values = (value(text, 1),)
    own = () if fact is None else find(values, cues, fact)
    return signals_of((*find(values, cues), *tagged_values(values, (0,), cues), *own), lambda _number, _line: place)


def state_signals(signals: Sequence[Signal], statements: Statements) -> None:
    """State which cues hold, where some do and the packs ask for it."""
    fact = fact_of_signals(signals)
    if fact is not None:
        statements.state(fact.name, fact.value, fact.origin.place)


def distinct(signals: Iterable[Signal]) -> tuple[Signal, ...]:
    """Return signals without those that say again what another says of the same words in the same place."""
    found: dict[tuple[object, ...], Signal] = {}
    for signal in signals:
        found.setdefault((signal.cue, signal.place, signal.words, signal.note), signal)
    return tuple(found.values())


def with_signals(facts: Facts, signals: Sequence[Signal]) -> Facts:
    """Return facts in which stand the cues that hold by these signals, besides those found already."""
    found = fact_of_signals(signals)
    known = facts.value(SIGNALS)
    if found is None or not isinstance(found.value, frozenset):
        return facts
    if isinstance(known, frozenset):
        found = Fact(SIGNALS, found.value | known, facts[SIGNALS].origin)
    return facts if found.value == known else facts.overridden_by(Facts.of([found]))


def fact_of_signals(signals: Sequence[Signal]) -> Fact | None:
    """Return the fact that lists the cues that hold; None where none does."""
    held = [signal for signal in signals if signal.note is None]
    return Fact(SIGNALS, held_cues(held), Origin(held[0].place)) if held else None
