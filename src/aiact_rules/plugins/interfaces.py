"""Interfaces: what plugins offer, and what they are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from aiact_rules.core.batches import Batch
from aiact_rules.core.cues import Cue
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.outcomes import Outcome
from aiact_rules.core.packs import PackAt
from aiact_rules.core.vocabulary import FactValue, Vocabulary
from aiact_rules.sources.document import Document, Skipped

if TYPE_CHECKING:
    from aiact_rules.core.readers import Question, Suggestion

Evaluator = Callable[[Mapping[str, FactValue]], Outcome]

OWN = "aiact-rules"
"""Who offers the packs of this distribution."""


@dataclass(frozen=True, slots=True)
class PackLocation:
    """A folder with a `pack.yaml`, offered to the catalogue. The folder is read when the pack is first asked for."""

    folder: Path
    offered_by: str = OWN


@runtime_checkable
class Engine(Protocol):
    """A way to evaluate a pack. Whatever the engine, the outcome is the same.

    One of a plugin is handed copies of the pack and of the facts, and its outcome must fit the pack; whatever it raises, save
    what `prepare` may, and whatever does not fit, stops the gate with the plugin's name.
    """

    @property
    def name(self) -> str:
        """The name by which `--engine` chooses it."""

    def prepare(self, pack_at: PackAt, lowered: Lowered) -> Evaluator:
        """Return a function from facts by name (a missing name is unknown) to the outcome.

        Called once per pack and date.

        Raises PackError where the engine cannot run this pack, and EngineUnavailable where it is not installed.
        """


@runtime_checkable
class Source(Protocol):
    """A way to read a document into facts.

    One of a plugin is handed copies of vocabulary and cues; it may state only facts that the vocabulary declares, with values
    of their types. Whatever it raises, save InputError, stops the gate with the plugin's name.
    """

    @property
    def name(self) -> str:
        """The name by which `--source` chooses it."""

    def accepts(self, path: Path) -> bool:
        """Return, from the name and the first bytes, whether this source reads the file."""

    def read(self, path: Path, vocabulary: Vocabulary, cues: Mapping[str, Cue]) -> Document | Skipped:
        """Read one release. Raises InputError with file, line and hint for input that cannot be used."""


@runtime_checkable
class Report(Protocol):
    """A way to write down what became of the inputs of a run."""

    @property
    def name(self) -> str:
        """The name by which `--format` chooses it."""

    def render(self, batch: Batch) -> str:
        """Return the report as text that ends in a line break; of an empty batch too, which nothing judged.

        What could not be judged stands in `batch.items` and `batch.problems`, and belongs into the report.
        """


@runtime_checkable
class Reader(Protocol):
    """A way to read a document as a person does, such as a language model that the platform runs.

    It only points at words: what it suggests is told, or held where the organisation says so, and it can take nothing back.
    It is asked once about each text, with a time limit, in a thread of its own, and several texts at a time; whatever it
    raises, a time that passes and an answer that cannot be used hold the release under its name.
    """

    @property
    def name(self) -> str:
        """The name that an organisation raises it by: letters, digits, `_`, `-` and `.`."""

    @property
    def version(self) -> str:
        """The version. The same version gives the same answer about the same text."""

    @property
    def digest(self) -> str:
        """What names all that the answers depend on besides text and questions, such as the hash of weights and prompt."""

    def read(self, text: str, questions: tuple[Question, ...]) -> Iterable[Suggestion]:
        """Return where a text speaks of what is asked, with words of the text; nothing where it does not."""


class EngineUnavailable(Exception):
    """An engine whose library is not installed or does not work here; the message says how to get it."""
