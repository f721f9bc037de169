"""Base models: what the release file, or the record of a decision, of the model that this one was made from says of it.

Only what stands in the same repository is read, by the path that names the base model; nothing is looked up elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from aiact_rules.core.facts import NO_FACTS, Fact, Facts, Origin
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.figures import Figure
from aiact_rules.sources.json_text import read_object
from aiact_rules.sources.statements import Statements, UnknownName
from aiact_rules.sources.text_files import Text, read_text

COMPUTE = "model.training_compute"
ORIGINAL_COMPUTE = "model.original_training_compute"
SYSTEMIC = "model.original_systemic_risk"
_DESIGNATED = "model.designated_systemic_risk"
_READ = (COMPUTE, _DESIGNATED, "model.licence")


@dataclass(frozen=True, slots=True)
class Base:
    """What is known of a base model: figures and facts about the original, its licence, and what a person must be told."""

    figures: tuple[Figure, ...] = ()
    facts: Facts = NO_FACTS
    licence: Fact | None = None
    notes: tuple[str, ...] = ()


def read_base(path: Path, name: str, facts_of_release: Callable[[], Facts], vocabulary: Vocabulary) -> Base:
    """Return what the release at a path, or the record of a decision on it, says of a model that another was made from.

    Raises InputError where it cannot be read; what only packs not used here declare leaves it unread, with a note.
    """
    try:
        if path.is_file() and path.suffix.lower() == ".json":
            known = _of_record(read_text(path, name), vocabulary)
        else:
            known = facts_of_release()
    except InputError as error:
        if all(isinstance(problem, UnknownName) for problem in error.problems):
            return Base(notes=(f"{name}: the release of the base model was not read: {error.problems[0].message}",))
        raise
    figures, facts = [], []
    compute, designated = known.by_name.get(COMPUTE), known.by_name.get(_DESIGNATED)
    if compute is not None and isinstance(compute.value, Decimal):
        figures.append(Figure(ORIGINAL_COMPUTE, compute.value, compute.origin.place))
    if designated is not None and designated.value is True and SYSTEMIC in vocabulary:
        facts.append(Fact(SYSTEMIC, True, Origin(designated.origin.place)))
    return Base(tuple(figures), Facts.of(facts), known.by_name.get("model.licence"))


def _of_record(text: Text, vocabulary: Vocabulary) -> Facts:
    """Return the facts of a recorded decision that matter to a model made from the one it is about."""
    rows = read_object(text).get("facts")
    if not isinstance(rows, dict):
        raise InputError([Problem("this is not the record of a decision", Place(text.name), "name its release file")])
    statements = Statements(vocabulary)
    for name in _READ:
        row = rows.get(name)
        value = row.get("value") if isinstance(row, dict) else None
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if isinstance(value, str) and name in vocabulary:
            statements.read_texts(name, [value], Place(f"{text.name}#/facts/{name}"))
    return statements.facts()
