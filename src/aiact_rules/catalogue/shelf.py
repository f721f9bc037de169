"""The shelf: packs by the ids asked for, with their joined vocabulary and what it adds, kept for any number of releases."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from aiact_rules.catalogue.catalogue import Catalogue
from aiact_rules.core.cards import CardWords
from aiact_rules.core.cues import Cue
from aiact_rules.core.facts import Completion
from aiact_rules.core.packs import Pack
from aiact_rules.core.vocabulary import Vocabulary

if TYPE_CHECKING:
    from aiact_rules.core.readers import Question


class Shelf:
    """Packs that were asked for, each set once. Safe to share between threads."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._packs: dict[tuple[str, ...], tuple[Pack, ...]] = {}
        self._vocabularies: dict[tuple[str, ...], Vocabulary] = {}
        self._completions: dict[tuple[str, ...], Completion] = {}
        self._questions: dict[tuple[str, ...], tuple[Question, ...]] = {}
        self._lock = threading.RLock()

    def packs(self, pack_ids: Iterable[str]) -> tuple[Pack, ...]:
        """Return the packs to judge by, each extension worked into the pack it extends."""
        key = tuple(pack_ids)
        with self._lock:
            if key not in self._packs:
                self._packs[key] = self.catalogue.packs(key)
            return self._packs[key]

    def vocabulary(self, pack_ids: Iterable[str]) -> Vocabulary:
        """Return the facts of the packs to judge by."""
        key = tuple(pack_ids)
        with self._lock:
            if key not in self._vocabularies:
                vocabulary = Vocabulary({})
                for pack in self.packs(key):
                    vocabulary = vocabulary.merged_with(pack.vocabulary)
                self._vocabularies[key] = vocabulary
            return self._vocabularies[key]

    def completion(self, pack_ids: Iterable[str]) -> Completion:
        """Return what the vocabulary of the packs adds to stated facts."""
        key = tuple(pack_ids)
        with self._lock:
            if key not in self._completions:
                self._completions[key] = Completion.of(self.vocabulary(key))
            return self._completions[key]

    def cues(self, pack_ids: Iterable[str]) -> Mapping[str, Cue]:
        """Return the cues of the packs by id."""
        return {cue.id: cue for pack in self.packs(pack_ids) for cue in pack.cues.values()}

    def card_words(self, pack_ids: Iterable[str]) -> CardWords | None:
        """Return what the packs tell the readers of a card: the words of the first that has some."""
        return next((pack.card for pack in self.packs(pack_ids) if pack.card is not None), None)

    def questions(self, pack_ids: Iterable[str]) -> tuple[Question, ...]:
        """Return what readers are asked of prose under the packs."""
        from aiact_rules.core.readers import questions_of  # most platforms bring no reader

        key = tuple(pack_ids)
        with self._lock:
            if key not in self._questions:
                self._questions[key] = questions_of(self.packs(key))
            return self._questions[key]

    def obligations(self, pack_ids: Iterable[str]) -> Collection[str]:
        """Return the ids of all obligations of the packs."""
        return {name for pack in self.packs(pack_ids) for name in pack.obligations}

    def has_reading(self, name: str) -> bool:
        """Return whether some installed pack has a reading, whether it is asked for or not."""
        return any(name in self.catalogue.pack(pack_id).readings for pack_id in self.catalogue.heads)

    def has_school(self, name: str) -> bool:
        """Return whether some installed pack has a school of reading, whether it is asked for or not."""
        return any(name in self.catalogue.pack(pack_id).schools for pack_id in self.catalogue.heads)

    def every_gating_pack(self) -> Iterator[Pack]:
        """Yield every installed pack that gates, whether it is asked for or not."""
        return (self.catalogue.pack(each.id) for each in self.catalogue.heads.values() if each.gates)

    def declares(self, fact: str) -> bool:
        """Return whether some installed pack that gates declares a fact, or did, whether it is asked for or not."""
        known = (self.catalogue.pack(each.id).vocabulary for each in self.catalogue.heads.values() if each.gates)
        return any(fact in vocabulary or vocabulary.formerly(fact) for vocabulary in known)
