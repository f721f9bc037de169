"""Coverage ledger: what became of each unit of the law's text, from `coverage.yaml` files and `units.jsonl`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Literal

from aiact_rules.core.problems import PackError, Place, Problem, did_you_mean
from aiact_rules.specfiles.folder import UNITS, SpecFile
from aiact_rules.specfiles.format import FactName, Flag, Identifiers, SpecModel, Words
from aiact_rules.specfiles.validation import child, entries, read_model


class Status(Enum):
    """What became of a unit."""

    ENCODED = "encoded"
    DEFINITION = "definition"
    ADDRESSED_TO_OTHERS = "addressed_to_others"
    PROCEDURE_AFTER_RELEASE = "procedure_after_release"
    NOT_ENCODED = "not_encoded"


class LedgerSpec(SpecModel):
    """One line of the ledger."""

    status: Literal["encoded", "definition", "addressed_to_others", "procedure_after_release", "not_encoded"]
    who: Words | None = None
    why: Words | None = None
    facts: list[FactName] = []
    by: Identifiers = []
    whole: Flag = False


class CoverageFile(SpecModel):
    """coverage.yaml"""

    units: dict[Words, LedgerSpec]


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of the law: its id, its citation and, where the index has one, the hash of its text."""

    id: str
    label: str
    hash: str | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What became of one unit, or with `whole` of all units below it too."""

    unit: str
    status: Status
    who: str | None
    why: str | None
    facts: tuple[str, ...]
    by: tuple[str, ...]
    whole: bool
    place: Place


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries by unit, and all units of the law in its order (none where the pack has no `units.jsonl`)."""

    entries: Mapping[str, LedgerEntry]
    units: Mapping[str, Unit]


def load_ledger(folder: Path, *, units: Path | None = None) -> Ledger:
    """Load the coverage files and the index of units of a pack's folder. Raises PackError with every problem.

    `units` stands in for the pack's own `units.jsonl`.
    """
    problems: list[Problem] = []
    path = units if units is not None else folder / UNITS
    index = read_units(path.read_text(encoding="utf-8"), UNITS, problems) if path.is_file() else {}
    kept: dict[str, LedgerEntry] = {}
    for file in sorted(folder.rglob("coverage.yaml")):
        name = file.relative_to(folder).as_posix()
        node = SpecFile("coverage", name, file.read_bytes()).node(problems)
        if node is None:
            continue
        value = read_model(CoverageFile, node, problems)
        if value is None:
            continue
        for entry in entries(child(node, "units")):
            spec = value.units[entry.key]
            _check(entry.key, spec, entry.place, index, problems)
            if entry.key in kept:
                problems.append(
                    Problem(f"duplicate unit `{entry.key}`", entry.place, f"the first is at {kept[entry.key].place}")
                )
                continue
            kept[entry.key] = LedgerEntry(
                entry.key,
                Status(spec.status),
                spec.who,
                spec.why,
                tuple(spec.facts),
                tuple(spec.by),
                spec.whole,
                entry.place,
            )
    if problems:
        raise PackError(problems)
    return Ledger(kept, index)


def read_units(text: str, source: str, problems: list[Problem]) -> dict[str, Unit]:
    """Read an index of units: one JSON object per line with `id`, `label` and, if known, `hash` (or `sha256`)."""
    found: dict[str, Unit] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        place = Place(source, number)
        try:
            row: Any = json.loads(line)
        except ValueError:
            problems.append(Problem("not a line of JSON", place))
            continue
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            problems.append(Problem("a unit needs an `id`", place))
            continue
        digest = row.get("sha256") or row.get("hash")
        if row["id"] in found:
            problems.append(Problem(f"duplicate unit `{row['id']}`", place))
        found[row["id"]] = Unit(row["id"], str(row.get("label", row["id"])), str(digest) if digest else None)
    return found


def _check(unit: str, spec: LedgerSpec, place: Place, index: Mapping[str, Unit], problems: list[Problem]) -> None:
    def problem(message: str, hint: str | None = None) -> None:
        problems.append(Problem(f"unit `{unit}`: {message}", place, hint))

    if index and unit not in index:
        problem("the law has no such unit", did_you_mean(unit, index))
    if spec.status == "addressed_to_others" and spec.who is None:
        problem("`who` is missing", "say to whom it is addressed")
    if spec.status in ("procedure_after_release", "not_encoded") and spec.why is None:
        problem("`why` is missing", "say the reason")
    if spec.status == "encoded" and not spec.by:
        problem("`by` is missing", "name the rules or obligations, or leave the line out where they cite the unit")
