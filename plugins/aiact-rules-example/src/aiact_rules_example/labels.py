"""Lantern labels: lines of `name: value`, the way the factories of Examplia label their lanterns.

lantern: Glow 3
market: XX
talks: yes
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from aiact_rules import Subject
from aiact_rules.core.cues import Cue
from aiact_rules.core.packs import MARKETS
from aiact_rules.core.problems import Place
from aiact_rules.core.signals import Signal
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.cues import find_signals, state_signals
from aiact_rules.sources.document import Document, FileRead, Skipped
from aiact_rules.sources.readable import Readable
from aiact_rules.sources.statements import Statements
from aiact_rules.sources.text_files import read_text

_FACTS = {
    "market": MARKETS,
    "talks": "lantern.talks",
    "for the stage": "lantern.made_for_the_stage",
    "listening light": "lantern.has_listening_light",
    "listens when off": "lantern.listens_when_off",
    "lumen": "lantern.brightness",
}
_PROSE = "description"


class LabelSource:
    """Reads files that end in `.lantern`."""

    name = "lantern_label"

    def accepts(self, path: Path) -> bool:
        """Return whether a file ends in `.lantern`."""
        return path.suffix == ".lantern" and path.is_file()

    def read(self, path: Path, vocabulary: Vocabulary, cues: Mapping[str, Cue]) -> Document | Skipped:
        """Read one label. Raises InputError with every line that cannot be used."""
        text = read_text(path)
        if not text.text.strip():
            return Skipped(text.name, "this label is empty")
        statements = Statements(vocabulary)
        lantern: str | None = None
        signals: list[Signal] = []
        texts: list[tuple[str, Place]] = []
        for number, line in enumerate(text.text.splitlines(), 1):
            place = Place(text.name, number)
            key, colon, value = (part.strip() for part in line.partition(":"))
            if not line.strip():
                continue
            if not colon or not value:
                statements.problem("a label has lines of `name: value`", place)
            elif key == "lantern":
                lantern = value
            elif key == _PROSE:
                texts.append((value, place))
                signals += find_signals(value, cues.values(), text.name, number)
            elif _FACTS.get(key, key) in vocabulary:
                statements.read_texts(_FACTS.get(key, key), [value], place)
            else:
                statements.unknown_fact(key, place)
        state_signals(signals, statements)
        return Document(
            text.name,
            Subject(lantern),
            statements.facts(),
            signals=tuple(signals),
            notes=text.notes,
            files=(FileRead(text.name, text.sha256),),
            texts=(Readable.of_texts(text.name, texts),) if texts else (),
        )
