"""Side files: the technical files beside a card or release file, which state something about the model without being asked to.

They make no release by themselves, and only the one release of a folder has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from aiact_rules.core.problems import InputError, Problem
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.croissant import read_croissant
from aiact_rules.sources.document import Stated
from aiact_rules.sources.figures import Said
from aiact_rules.sources.hub_files import read_adapter_config, read_config, read_eval_results
from aiact_rules.sources.mlmodel import read_mlmodel
from aiact_rules.sources.release_names import (
    ADAPTER,
    CONFIG,
    EVAL_RESULTS,
    MLMODEL,
    WEIGHTS_INDEX,
    is_croissant,
    is_weights,
)
from aiact_rules.sources.statements import Statements
from aiact_rules.sources.text_files import MOST_BYTES, Text, read_text
from aiact_rules.sources.weights import count_parameters


class SideFiles:
    """The side files of one release, read as one document."""

    def __init__(
        self, paths: Iterable[Path], name_of: Callable[[Path], str], vocabulary: Vocabulary, own_name: str | None
    ) -> None:
        """`own_name` is what the model is called, so that a file which names it names no other."""
        self.weights: dict[Path, str] = {}
        self.texts: dict[Path, Text] = {}
        self.statements = Statements(vocabulary)
        self.own_name = own_name
        self.said = Said()
        self.notes: list[str] = []
        self.problems: list[Problem] = []
        for path in paths:
            if is_weights(path.name):
                self.weights[path] = name_of(path)
            else:
                self._tried(partial(self._open, path, name_of(path)))

    def stated(self) -> Stated:
        """Return what the files state. Raises InputError with every problem in them."""
        for path in self.texts:
            self._tried(partial(self._read, path))
        results = [text for path, text in self.texts.items() if path.parent.name == EVAL_RESULTS]
        self._tried(lambda: self._add(read_eval_results(results)))
        if not any(path.name == ADAPTER for path in self.texts):
            index = next((text for path, text in self.texts.items() if path.name == WEIGHTS_INDEX), None)
            self._tried(lambda: self._add(count_parameters(self.weights, index)))
        if self.problems:
            raise InputError(self.problems)
        return Stated(facts=self.statements.facts(), said=self.said, notes=tuple(self.notes))

    def _open(self, path: Path, name: str) -> None:
        if path.stat().st_size > MOST_BYTES:
            self.notes.append(f"{name}: not read (larger than {MOST_BYTES} bytes)")
        else:
            self.texts[path] = read_text(path, name)

    def _read(self, path: Path) -> None:
        text = self.texts[path]
        if path.name == CONFIG:
            self._add(read_config(text, self.own_name))
        elif path.name == ADAPTER:
            self._add(read_adapter_config(text, self.statements))
        elif path.name == MLMODEL:
            self._add(read_mlmodel(text, self.statements))
        elif is_croissant(path.name):
            self._add(read_croissant(text))

    def _add(self, said: Said) -> None:
        self.said = self.said.joined_with(said)

    def _tried(self, step: Callable[[], None]) -> None:
        try:
            step()
        except InputError as error:
            self.problems += error.problems
