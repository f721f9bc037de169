"""Seeds: the hand-kept beginnings of the records of a pack, and the situations in which everything is denied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from aiact_rules.core.facts import Facts
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.core.vocabulary import FactType, FactValue, Vocabulary
from aiact_rules.sources.statements import Statements
from aiact_rules.specfiles.format import Day, FactName, SpecModel
from aiact_rules.specfiles.validation import child, read_model
from aiact_rules.yaml_text import Mapping as MappingNode
from aiact_rules.yaml_text import Node, read_yaml

FILE = "seeds.yaml"

Given = dict[str, Any]


class SituationSpec(SpecModel):
    """A situation: what is given, and a fact each of whose values makes one of its own."""

    facts: Given
    each: FactName | None = None


class SeedsFile(SpecModel):
    """seeds.yaml"""

    pack: str
    as_of: Day
    facts: Given = {}
    bad_everywhere: dict[FactName, list[str]] = {}
    records: dict[str, Given]
    situations: dict[str, SituationSpec] = {}


@dataclass(frozen=True, slots=True)
class Seeds:
    """Where the records and the denied situations of a pack begin. A value given here is never chosen by the completer."""

    pack_id: str
    as_of: date
    bad: Mapping[str, list[str]]
    node: Node

    @classmethod
    def read(cls, folder: Path) -> Seeds:
        """Read the seeds of a folder. Raises InputError with every problem."""
        path = folder / FILE
        node = read_yaml(path.read_text(encoding="utf-8"), path.as_posix())
        problems: list[Problem] = []
        spec = read_model(SeedsFile, node, problems)
        if spec is None:
            raise InputError(problems)
        return cls(spec.pack, spec.as_of, spec.bad_everywhere, node)

    def records(self, vocabulary: Vocabulary) -> Mapping[str, Mapping[str, FactValue]]:
        """Return what each record states before it is completed. Raises InputError for what the pack does not know."""
        return {name: self._values(vocabulary, node) for name, node in _entries(child(self.node, "records"))}

    def bad_everywhere(self, vocabulary: Vocabulary) -> Mapping[str, frozenset[FactValue]]:
        """Return the bad answers that are tried in every record, whether anything there asks for them or not."""
        return {fact: frozenset(vocabulary[fact].parse(text) for text in texts) for fact, texts in self.bad.items()}

    def situations(self, vocabulary: Vocabulary) -> Mapping[str, Mapping[str, FactValue]]:
        """Return what is given where everything is to be denied: in each record, and in each situation with its values."""
        records = {f"{name} denied": given for name, given in self.records(vocabulary).items()}
        return {**records, **dict(self._situations(vocabulary))}

    def _situations(self, vocabulary: Vocabulary) -> Iterator[tuple[str, Mapping[str, FactValue]]]:
        for name, node in _entries(child(self.node, "situations")):
            given = self._values(vocabulary, child(node, "facts"))
            each = child(node, "each")
            if each is None:
                yield name, given
                continue
            declaration = vocabulary[str(each)]
            for value in declaration.values or ():
                chosen = frozenset({value}) if declaration.type is FactType.SOME_OF else value
                yield f"{name}: {value}", {**given, declaration.name: chosen}

    def _values(self, vocabulary: Vocabulary, node: Node | None) -> dict[str, FactValue]:
        found: dict[str, FactValue] = {}
        for block in (child(self.node, "facts"), node):
            if block is not None:
                statements = Statements(vocabulary)
                statements.read_block(block)
                found |= _values_of(statements.facts())
        return found


def _values_of(facts: Facts) -> dict[str, FactValue]:
    return {fact.name: fact.value for fact in facts}


def _entries(node: Node | None) -> Iterator[tuple[str, Node]]:
    if isinstance(node, MappingNode):
        for entry in node:
            yield entry.key, entry.value
