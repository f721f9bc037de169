"""Passed over: columns of a table that look as if they state a fact and would not be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.release_file import SHORT_NAMES
from aiact_rules.sweep.kernel import PREFIX
from aiact_rules.sweep.mapping import TableMap
from aiact_rules.sweep.proposal import fact_named
from aiact_rules.sweep.tables import Table

_CHOICES = ("packs", "readings", "uncovered", "operators")
"""Keys of a release file that state no fact but choose what is judged; a table cannot choose so row by row."""


def refuse_passed_over(
    table: Table, table_map: TableMap | None, vocabulary: Vocabulary, without: Sequence[str]
) -> None:
    """Raise InputError for columns that would be passed over although they say something of the release.

    With a map these are columns with the name of a fact which it does not mention; without one, also those with nearly
    such a name. What is left out on purpose, by --without, is none.
    """
    if table_map is None:
        problems = list(_nearly_named(table, vocabulary, without))
    else:
        problems = list(_not_mapped(table, table_map, vocabulary, without))
    if problems:
        raise InputError(problems)


def _not_mapped(
    table: Table, table_map: TableMap, vocabulary: Vocabulary, left_out: Sequence[str]
) -> Iterator[Problem]:
    mapped = {column.column for column in table_map.columns} | {*(table_map.words or ()), table_map.key}
    for name in table.columns:
        is_fact = name.strip() in vocabulary or vocabulary.formerly(name.strip())
        if is_fact and name not in mapped and name.strip() not in left_out:
            message = f"the column `{name}` has the name of a fact, and the mapping file does not mention it"
            yield Problem(message, Place(table.name), f"add it under `columns`, or say --without '{name}'")


def _nearly_named(table: Table, vocabulary: Vocabulary, left_out: Sequence[str]) -> Iterator[Problem]:
    groups = {name.partition(".")[0] for name in vocabulary}
    for name in table.columns:
        if (
            name in vocabulary
            or vocabulary.formerly(name)
            or name in left_out
            or name.startswith(PREFIX)
            or _is_below_a_fact(name, vocabulary)
        ):
            continue
        plain = name.strip().lower()
        fact = SHORT_NAMES.get(plain) or fact_named(name, vocabulary)
        if fact is not None:
            hint = f"the column `{fact}` states that" if fact in table.columns else f"call it `{fact}`"
        elif plain in _CHOICES:
            hint = "say it as an option, or judge these releases one by one"
        elif plain.partition(".")[0] in groups and "." in plain:
            hint = did_you_mean(plain, vocabulary) or "`aiact-rules vocabulary` lists the facts"
        else:
            continue
        message = f"the column `{name}` has no name of a fact, so it would not be read"
        yield Problem(message, Place(table.name), f"{hint}; --without '{name}' leaves it out")


def _is_below_a_fact(name: str, vocabulary: Vocabulary) -> bool:
    """Return whether a name goes on after that of a fact, where a row gives names instead of a value: an error of its own."""
    return any(name[:at] in vocabulary for at, sign in enumerate(name) if sign == ".")
