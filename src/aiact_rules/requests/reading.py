"""Reading: what a platform's own readers suggest of the texts of a release, worked into its document as signals.

They can only add: a signal, a note that something was dropped, or that they failed. No fact, signal or dismissal is touched.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from aiact_rules.core.cues import Strength
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import InputError, Problem, did_you_mean
from aiact_rules.core.readers import Question, ReaderUse, Suggestion
from aiact_rules.core.signals import Note, Signal, seen_in
from aiact_rules.plugins.guarded_readers import GuardedReader
from aiact_rules.sources.cues import with_signals
from aiact_rules.sources.document import Document
from aiact_rules.sources.organisation import Organisation
from aiact_rules.sources.readable import Quote, Readable

SECONDS = 20
"""How long a reader may take for one text, where the organisation does not say."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads: readers by name, those whose suggestions hold among them, and how long each may take for a text."""

    readers: Mapping[str, GuardedReader]
    holding: Collection[str] = ()
    seconds: float = SECONDS

    @classmethod
    def of(cls, readers: Mapping[str, GuardedReader], own: Organisation) -> Reading:
        """Return who reads for an organisation. Raises InputError where it names a reader that is not installed."""
        chosen = own.pairs("readers")
        problems = []
        for name, choice in chosen.items():
            if name not in readers:
                hint = did_you_mean(name, readers) or f"installed are {', '.join(sorted(readers)) or 'none'}"
                problems.append(Problem(f"`readers`: there is no reader `{name}`", choice.place, hint))
        if problems:
            raise InputError(problems)
        said = own.number("reader_seconds")
        holding = {name for name, choice in chosen.items() if choice.value == Strength.HOLD}
        return cls(readers, frozenset(holding), SECONDS if said is None else float(said))

    def worked_into(self, document: Document, questions: tuple[Question, ...], *, stated: bool) -> Document:
        """Return a document with what every reader suggests of its texts; `stated` where the packs know what holds."""
        if not document.texts or not questions:
            return document
        found = _Found()
        for name in sorted(self.readers):
            self._ask(self.readers[name], document.texts, questions, found)
        return replace(
            document,
            facts=with_signals(document.facts, found.signals) if stated else document.facts,
            signals=(*document.signals, *found.signals),
            notes=(*document.notes, *found.notes),
            readers=tuple(found.uses),
        )

    def _ask(
        self, reader: GuardedReader, texts: Iterable[Readable], questions: tuple[Question, ...], found: _Found
    ) -> None:
        strength = Strength.HOLD if reader.name in self.holding else Strength.NOTE
        use = ReaderUse(reader.name, reader.version, reader.digest, strength)
        known = {question.cue for question in questions}
        for text in texts:
            answer = reader.read(text.text, questions, self.seconds)
            if isinstance(answer, str):
                use = use if use.failed is not None else replace(use, failed=f"{text.name}: {answer}")
            else:
                found.add(text, use, answer, known)
        found.uses.append(use)


@dataclass
class _Found:
    """What readers suggest of one release, as it is gathered."""

    signals: list[Signal] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    uses: list[ReaderUse] = field(default_factory=list)

    def add(self, text: Readable, use: ReaderUse, suggestions: Iterable[Suggestion], known: Collection[str]) -> None:
        """Take the suggestions about one text, each cue once, by its first words; what cannot be used is noted."""
        by_cue: dict[str, list[Quote]] = {}
        for said in suggestions:
            quote = text.find(said.line, said.words) if said.cue in known else None
            if quote is not None:
                by_cue.setdefault(said.cue, []).append(quote)
                continue
            why = "its words are not near that line" if said.cue in known else "no pack asks about it"
            self.notes.append(
                f"{text.name}:{said.line}: reader {use} suggested `{printable(said.cue[:80])}`, dropped since {why}"
            )
        note = None if use.strength is Strength.HOLD else Note.SUGGESTED
        for cue, quotes in sorted(by_cue.items()):
            first = min(quotes, key=lambda quote: quote.line)
            seen = seen_in(sentence for quote in quotes for sentence in quote.sentences)
            self.signals.append(Signal(cue, text.place(first.line), first.words, note, seen, str(use)))
