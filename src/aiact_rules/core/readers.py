"""Readers: what a platform's own reader of documents is asked and suggests, and what is recorded of its reading.

A reader adds words that a person should look at. It states no fact, takes no signal away and dismisses none; one that
fails holds the release under its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from aiact_rules.core.conditions import AllOf, AnyOf, Condition, FactTest, Holds, Not, ParameterName, ReadingIs, Test
from aiact_rules.core.cues import Strength
from aiact_rules.core.packs import READER_FAILED, Pack, PackAt
from aiact_rules.core.printable import printable
from aiact_rules.core.rules import Kind, Obligation
from aiact_rules.core.vocabulary import FactDeclaration, Vocabulary
from aiact_rules.core.words import in_words

_ABOUT_LISTS = re.compile(r" ?\([^()]*`\[\]`[^()]*\)")  # how a list is written, which no reader does


@dataclass(frozen=True, slots=True)
class Question:
    """What a reader is asked: whether a text speaks of the situation of a cue, by which provision, in plain words."""

    cue: str
    law: str
    provision: str
    asks: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a reader answers: a text speaks of a cue in these words, which begin in or near a line of it, from 1."""

    cue: str
    line: int
    words: str


@dataclass(frozen=True, slots=True)
class ReaderUse:
    """A reader that was asked about a release: which one, how much its suggestions say, and how it failed, if it did."""

    name: str
    version: str
    digest: str
    strength: Strength = Strength.NOTE
    failed: str | None = None

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def as_json(self) -> dict[str, object]:
        """Return the reader as it stands in a decision's JSON."""
        found: dict[str, object] = {
            "name": printable(self.name),
            "version": printable(self.version),
            "digest": printable(self.digest),
            "strength": self.strength.value,
        }
        return found if self.failed is None else {**found, "failed": printable(self.failed)}


def questions_of(packs: Iterable[Pack]) -> tuple[Question, ...]:
    """Return what readers are asked of prose under some packs, by the ids of the cues."""
    found: dict[str, Question] = {}
    for pack in packs:
        for cue in pack.cues.values():
            if not cue.facts:
                asks = " ".join(_asked(cue.suggests, pack.vocabulary, pack.labels))
                found.setdefault(cue.id, Question(cue.id, pack.law, cue.provision, asks))
    return tuple(found[name] for name in sorted(found))


def with_failures(pack_at: PackAt, readers: Iterable[ReaderUse]) -> PackAt:
    """Return a pack that holds where a reader failed, under its name; the same one where none did, or it never gates.

    What the reader would have said is unknown, so no fact settles it, and nobody can dismiss or waive it.
    """
    failed = {f"{READER_FAILED}{reader.name}": reader for reader in readers if reader.failed is not None}
    if not failed or not pack_at.pack.gates:
        return pack_at
    added = {name: _failure(name, reader, pack_at.pack) for name, reader in failed.items()}
    return replace(pack_at, obligations={**pack_at.obligations, **added})


def _failure(name: str, reader: ReaderUse, pack: Pack) -> Obligation:
    return Obligation(
        id=name,
        provision=pack.law,
        must=f"check again once reader {printable(str(reader))} works, or without it: {printable(reader.failed or '')}",
        kind=Kind.SIGNAL,
        because=f"reader {printable(str(reader))} failed, so what it would say of the document is unknown",
    )


def _asked(condition: Condition, vocabulary: Vocabulary, labels: Mapping[str, str]) -> Iterator[str]:
    """Yield what a condition asks, question by question."""
    if isinstance(condition, AllOf | AnyOf):
        joint = "And:" if isinstance(condition, AllOf) else "Or:"
        for number, part in enumerate(condition.parts):
            yield from () if number == 0 else (joint,)
            yield from _asked(part, vocabulary, labels)
    elif isinstance(condition, Not):
        yield "Is the answer no to this:"
        yield from _asked(condition.part, vocabulary, labels)
    elif isinstance(condition, Holds):
        yield f"Is this so: {labels.get(condition.conclusion) or in_words(condition.conclusion)}?"
    elif isinstance(condition, ReadingIs):
        yield f"Is the law read so: {in_words(condition.reading)} is {in_words(condition.choice)}?"
    else:
        declaration = vocabulary.get(condition.fact)
        yield in_words(condition.fact) if declaration is None else _ABOUT_LISTS.sub("", declaration.asks)
        yield from _answer(condition, declaration)


def _answer(test: FactTest, declaration: FactDeclaration | None) -> Iterator[str]:
    operand = test.operand
    if isinstance(operand, frozenset):
        values = {} if declaration is None or declaration.values is None else declaration.values
        yield f"Does the text speak of this: {' or '.join(values.get(word, in_words(word)) for word in sorted(operand))}?"
    elif test.test is Test.EMPTY:
        yield "Here: none."
    elif test.test is not Test.IS:
        said = in_words(operand.name) if isinstance(operand, ParameterName) else str(operand)
        yield f"Here: {in_words(test.test.value)} {said}."
    elif operand is False:
        yield "Here: no."
