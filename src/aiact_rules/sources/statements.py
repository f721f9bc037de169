"""Statements: nodes of a document, nested or with dotted names, as facts of the vocabulary."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass, replace

from aiact_rules.core.facts import Fact, Facts, Origin
from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import DISMISSED, FOUND, MARKETS, ROLES
from aiact_rules.core.problems import Hints, InputError, Place, Problem
from aiact_rules.core.signals import Dismissal
from aiact_rules.core.vocabulary import UNKNOWN, FactDeclaration, FactType, FactValue, Vocabulary
from aiact_rules.sources.former_names import read_as, read_value, words_of
from aiact_rules.sources.markets import read_markets
from aiact_rules.sources.templates import is_placeholder
from aiact_rules.yaml_text import Entry, Mapping, Node, Scalar, Sequence

NOT_STATED = "is found by the tool and cannot be stated"
INSTEAD = "state what is true of the release, or dismiss a signal under `signals_dismissed`"


@dataclass(frozen=True, slots=True)
class UnknownName(Problem):
    """A name that no pack used here declares as a fact or a group of facts."""

    name: str = ""


class Statements:
    """Collects facts and problems while one document is read; `facts()` gives them, or raises all problems at once.

    `dismissals` are the entries of `signals_dismissed` that say more than an id.
    """

    def __init__(self, vocabulary: Vocabulary, *, of_the_tool: bool = False) -> None:
        """With `of_the_tool`, what the tool finds by itself may be stated, as in a case of a pack."""
        self.vocabulary = vocabulary
        self._found = () if of_the_tool else FOUND
        self.problems: list[Problem] = []
        self.hints = Hints()
        self._facts: list[Fact] = []
        self.dismissals: tuple[Dismissal, ...] = ()

    def of_a_part(self) -> Statements:
        """Return statements of their own for a part of the same document, such as one operator of a chain."""
        part = copy(self)
        part.problems, part._facts, part.dismissals = [], [], ()
        return part

    def problem(self, message: str, place: Place, hint: str | None = None) -> None:
        """Note something that makes the document unusable."""
        self.problems.append(Problem(message, place, hint))

    def is_group(self, name: str) -> bool:
        """Return whether a name is or was a fact's, or begins one, such as `system` in `system.practices`."""
        return name in self.vocabulary or name in self.vocabulary.groups or name in self.vocabulary.former_names

    def is_fact(self, name: str) -> bool:
        """Return whether a name is or was a fact's."""
        return name in self.vocabulary or name in self.vocabulary.former_names

    def read_block(self, block: Node, prefix: str = "") -> None:
        """Read a mapping of facts, in which names are nested, dotted or both."""
        if isinstance(block, Scalar) and block.is_null:
            return
        if not isinstance(block, Mapping):
            group = f" in `{prefix}`" if prefix else ""
            self.problem(f"expected fact names with their values{group}", block.place)
            return
        for entry in block:
            self.read_entry(entry, prefix)

    def read_entry(self, entry: Entry, prefix: str = "") -> None:
        """Read one fact, or one group of facts, by the name it has below `prefix`."""
        name = f"{prefix}.{entry.key}" if prefix else entry.key
        is_group = name in self.vocabulary.groups and isinstance(entry.value, Mapping)
        if name in self.vocabulary or (name in self.vocabulary.former_names and not is_group):
            self.read_fact(name, entry.value, entry.place)
        elif name in self.vocabulary.groups:
            self.read_block(entry.value, name)
        else:
            self.unknown_fact(name, entry.place)

    def read_fact(self, name: str, node: Node, place: Place) -> None:
        """Read the value of one fact, by the name it has or had. What was left empty, or is a template's marker, is not stated."""
        if name in self._found:
            self.problem(f"`{name}` {NOT_STATED}", place, INSTEAD)
            return
        if name == DISMISSED:
            from aiact_rules.sources.dismissals import split_dismissals  # few documents dismiss anything

            node, said = split_dismissals(node, self.problem)
            self.dismissals = (*self.dismissals, *said)
        if isinstance(node, Scalar):
            if is_filled(node):
                self._read(name, node.text, place, node.place)
            return
        texts = self._elements(name, node) if isinstance(node, Sequence) else self._members(name, node)
        if texts is not None:
            self._read(name, texts, place, place)

    def read_texts(self, name: str, texts: Iterable[str], place: Place) -> None:
        """Read a fact from one text, or a `some_of` fact from several."""
        parts = list(texts)
        self._read(name, parts[0] if len(parts) == 1 else parts, place, place)

    def _read(self, name: str, said: str | list[str], place: Place, value_place: Place) -> None:
        try:
            found = read_as(self.vocabulary, name, said)
        except ValueError as error:
            self.problem(f"`{name}`: {error}", value_place)
            return
        for declaration, read in found:
            self._facts.append(Fact(declaration.name, read.value, Origin(place, renamed=read.renamed)))

    def state(self, name: str, value: FactValue, place: Place) -> None:
        """Add a fact that was read elsewhere; one the vocabulary does not declare is left out."""
        if name in self.vocabulary:
            self._facts.append(Fact(name, value, Origin(place)))

    def unknown_fact(self, name: str, place: Place) -> None:
        """Note a name that no pack used here declares."""
        self.problems.append(UnknownName(f"unknown fact `{name}`", place, self._nearest(name), name))

    def facts(self) -> Facts:
        """Return what was stated. Raises InputError with every problem found, contradictions included."""
        collected: Facts | None = None
        try:
            collected = Facts.of(self._facts)
        except InputError as error:
            self.problems.extend(error.problems)
        if self.problems or collected is None:
            raise InputError(self.problems)
        return collected

    def _elements(self, name: str, node: Sequence) -> list[str] | None:
        """Return the texts of a list; None where all of it is a template's, or where it was refused."""
        texts: list[str] = []
        unfilled = 0
        for item in node:
            if isinstance(item, Mapping) and (members := self._members(name, item)) is not None:
                texts += members
                continue
            if not isinstance(item, Scalar):
                self.problem(f"`{name}`: expected a list of words", item.place)
                return None
            if not is_filled(item):
                unfilled += 1
            else:
                texts.append(item.text)
        if unfilled and texts:
            self.problem(
                f"`{name}`: some elements of the list were left empty",
                node.place,
                "fill them in or remove them",
            )
            return None
        return None if unfilled else texts

    def _members(self, name: str, node: Mapping) -> list[str] | None:
        """Return the texts of a list whose members are said to be in it, not in it or open; None where it was refused.

        A member of which nothing is said is open.
        """
        declaration = self.vocabulary.get(name)
        if declaration is None or declaration.type is not FactType.SOME_OF or not len(node):
            hint = "say `yes`, `no` or `unknown` of each member, or `[]` of the whole list"
            what = "is a list" if declaration is not None and declaration.type is FactType.SOME_OF else "is a fact"
            has = "and says something of each member" if what == "is a list" else "and has one value or a list"
            self.problem(f"`{name}` {what} {has}, not further names", node.place, hint if what == "is a list" else None)
            return None
        texts: list[str] = []
        for entry in node:
            if not isinstance(entry.value, Scalar):
                self.problem(f"`{name}`: expected yes, no or unknown of `{entry.key}`", entry.place)
                return None
            texts.append(f"{entry.key}: {entry.value.text if is_filled(entry.value) else UNKNOWN}")
        return texts

    def _nearest(self, name: str) -> str | None:
        return self.hints.did_you_mean(name, (*self.vocabulary, *self.vocabulary.groups))


def checked(facts: Facts, vocabulary: Vocabulary, declared_elsewhere: Callable[[str], bool]) -> Facts:
    """Return facts that came as values, without those that only packs not used here declare.

    Raises InputError for an unknown fact and for a value that its fact cannot have.
    """
    statements = Statements(vocabulary)
    kept: list[Fact] = []
    for fact in facts:
        declaration = vocabulary.get(fact.name)
        try:
            if declaration is not None:
                check_value(declaration, fact.value)
                kept.append(fact)
                continue
            former = read_as(vocabulary, fact.name, words_of(fact.value))
        except ValueError as error:
            statements.problem(f"`{fact.name}`: {error}", fact.origin.place)
            continue
        for now, read in former:
            kept.append(Fact(now.name, read.value, replace(fact.origin, renamed=read.renamed)))
        if not vocabulary.formerly(fact.name) and not declared_elsewhere(fact.name):
            statements.unknown_fact(fact.name, fact.origin.place)
    if statements.problems:
        raise InputError(statements.problems)
    return Facts.of(kept)


def check_value(declaration: FactDeclaration, value: FactValue) -> None:
    """Raise ValueError, which says what was expected, for a value that the fact cannot have; market codes in one spelling."""
    declaration.check(value)
    if isinstance(value, OpenList) and declaration.name in (MARKETS, ROLES):
        raise ValueError("expected a list that leaves nothing open")
    if declaration.name == MARKETS and isinstance(value, frozenset):
        codes = read_markets(value)
        if codes != value:
            raise ValueError(f"expected market codes such as {', '.join(sorted(codes))}")


def is_filled(node: Node) -> bool:
    """Return whether something was written: not an empty value, a blank text or a template's marker."""
    return not isinstance(node, Scalar) or not (node.is_null or not node.text.strip() or is_placeholder(node.text))


def parse_value(declaration: FactDeclaration, said: str | Iterable[str]) -> FactValue:
    """Read the value of a fact as `read_value` does, whatever its words were called before."""
    return read_value(declaration, said).value
