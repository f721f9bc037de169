"""Loading: what is collected while the files of one pack are read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from pydantic import BaseModel

from aiact_rules.core.conditions import Condition
from aiact_rules.core.problems import Place, Problem, did_you_mean
from aiact_rules.core.provisions import ProvisionError
from aiact_rules.core.rules import Span
from aiact_rules.core.units import units_of
from aiact_rules.core.vocabulary import FactDeclaration, Vocabulary
from aiact_rules.specfiles.conditions import Names, read_condition
from aiact_rules.specfiles.folder import SpecFile
from aiact_rules.specfiles.validation import child, place_of
from aiact_rules.yaml_text import Node

Model = TypeVar("Model", bound=BaseModel)
Value = TypeVar("Value")

EVERYBODY = "everybody"
"""What stands for every role of a law under `role`."""


@dataclass(slots=True)
class Loading:
    """What is collected while the files of one pack are read."""

    problems: list[Problem] = field(default_factory=list)
    read: list[tuple[SpecFile, Node, BaseModel]] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    index: tuple[str, ...] | None = None
    known_units: frozenset[str] = frozenset()
    roles: tuple[str, ...] = ()
    names: Names = field(default_factory=lambda: Names(Vocabulary({})))

    def problem(self, message: str, place: Place | None, hint: str | None = None) -> None:
        self.problems.append(Problem(message, place, hint))

    def of(self, model: type[Model]) -> Iterable[tuple[SpecFile, Node, Model]]:
        for file, node, value in self.read:
            if isinstance(value, model):
                yield file, node, value

    def condition(self, node: Node | None, subject: str) -> Condition:
        return read_condition(node, subject, self.names, self.problems)

    def fact(self, subject: str, name: str, place: Place) -> FactDeclaration | None:
        """Return the declaration of a fact; None, with a problem where it is no fact of any file that could be read."""
        declaration = self.names.vocabulary.get(name)
        if declaration is None and name not in self.unread:
            self.problem(f"{subject}: unknown fact `{name}`", place, did_you_mean(name, self.names.vocabulary))
        return declaration

    def span(self, subject: str, since: date | None, until: date | None, place: Place) -> Span:
        """Return when a text is part of the law, with a problem where it ends before it begins."""
        if since is not None and until is not None and until <= since:
            self.problem(f"{subject}: `text_until` is not after `text_since`", place)
        return Span(since, until)

    def named_roles(self, subject: str, named: Sequence[str] | None, node: Node) -> tuple[str, ...]:
        """Return the roles that `role` names in a node or its file; `everybody` stands for all that the law knows."""
        if named is None or EVERYBODY not in named:
            return tuple(named or ())
        if len(named) > 1:
            place = place_of(child(node, "role"), node.place)
            self.problem(f"{subject}: `{EVERYBODY}` stands beside other roles", place, f"write `role: {EVERYBODY}`")
        return self.roles

    def units(
        self, subject: str, provision: str, more: Sequence[str], place: Place, span: Span, node: Node
    ) -> tuple[str, ...]:
        """Resolve a citation. Text that has left the law may cite what the index no longer has.

        What the citation names already is not named again under `units`.
        """
        if self.index is None:
            return tuple(more)
        found: dict[str, None] = {}
        try:
            found.update(dict.fromkeys(units_of(provision, self.index)))
        except ProvisionError as error:
            if span.until is None:
                self.problem(f"{subject}: {error}", place_of(child(node, "provision"), place), error.hint)
        for unit in more:
            if unit not in self.known_units and span.until is None:
                self.problem(
                    f"{subject}: unknown unit `{unit}`",
                    place_of(child(node, "units"), place),
                    did_you_mean(unit, self.known_units),
                )
            elif unit in found:
                self.problem(
                    f"{subject}: the provision already names the unit `{unit}`",
                    place_of(child(node, "units"), place),
                    "`units` names what is meant beyond it; remove the unit here",
                )
            found[unit] = None
        return tuple(found)


def keep_once(loading: Loading, kept: dict[str, Value], name: str, value: Value, what: str, place: Place) -> None:
    """Keep a value under its name, or report that the name is taken."""
    if name in kept:
        first = getattr(kept[name], "place", None)
        loading.problem(f"{what} `{name}` is defined twice", place, f"the first is at {first}")
    else:
        kept[name] = value


def unit_ids(file: SpecFile, problems: list[Problem]) -> tuple[str, ...]:
    """Read the ids of a `units.jsonl`, in the order of the law."""
    found = []
    for number, line in enumerate(file.content.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(str(json.loads(line)["id"]))
        except (ValueError, KeyError, TypeError):
            problems.append(Problem("not a JSON object with an `id`", Place(file.name, number)))
    return tuple(found)
