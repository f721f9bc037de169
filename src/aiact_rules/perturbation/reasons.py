"""Reasons: why a change that is allowed is harmless, given once per fact or kind of change, and the faults still to be fixed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import yaml

from aiact_rules.core.problems import InputError, Problem
from aiact_rules.perturbation.trials import Trial
from aiact_rules.specfiles.format import SpecModel, Words
from aiact_rules.specfiles.validation import read_model
from aiact_rules.yaml_text import read_yaml

FILE = "reasons.yaml"

_HEAD = """\
# Why a change is harmless although the release stays or becomes `allow`, and the faults that are still to be fixed.
# A change is a fact, or a fact with the kind of change; `*` stands for any words. `records` limits a reason to some.
# `aiact-rules perturb FOLDER --write` takes away what is no longer needed.
"""


class ReasonSpec(SpecModel):
    """One reason and the changes it is given for."""

    because: Words
    changes: list[str]
    records: list[str] | None = None


class ReasonsOfTrial(SpecModel):
    """The reasons of one trial."""

    harmless: list[ReasonSpec] = []
    faults: list[ReasonSpec] = []


class ReasonsFile(SpecModel):
    """reasons.yaml"""

    bad_news: ReasonsOfTrial = ReasonsOfTrial()
    slips: ReasonsOfTrial = ReasonsOfTrial()
    escapes: ReasonsOfTrial = ReasonsOfTrial()


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. `changes` are facts or changes, in which `*` stands for any words; `records` names some (None: all)."""

    because: str
    changes: tuple[str, ...]
    records: tuple[str, ...] | None = None

    def covers(self, pattern: str, change: str, record: str) -> bool:
        """Return whether one of its changes is meant to cover a change of a record."""
        if not (change.startswith(f"{pattern} ") or _matches(pattern, change) or _matches(f"{pattern} *", change)):
            return False
        return self.records is None or any(_matches(each, record) for each in self.records)


@dataclass(frozen=True, slots=True)
class Explained:
    """What became of the changes that were allowed: by reason and by fault the changes with their records, and the rest."""

    harmless: tuple[tuple[Reason, Mapping[str, tuple[str, ...]]], ...]
    faults: tuple[tuple[Reason, Mapping[str, tuple[str, ...]]], ...]
    unexplained: Mapping[str, tuple[str, ...]]
    unneeded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reasons:
    """The reasons of one trial. A fault goes before a reason: what is to be fixed is never called harmless."""

    harmless: tuple[Reason, ...] = ()
    faults: tuple[Reason, ...] = ()

    def explain(self, trial: Trial) -> Explained:
        """Share out the changes that were allowed among faults and reasons."""
        left = {(change, record) for change, records in trial.allowed.items() for record in records}
        order = list(trial.allowed)
        unneeded: list[str] = []
        taken: dict[bool, list[tuple[Reason, Mapping[str, tuple[str, ...]]]]] = {True: [], False: []}
        for is_fault, reasons in ((True, self.faults), (False, self.harmless)):
            for reason in reasons:
                found: set[tuple[str, str]] = set()
                for pattern in reason.changes:
                    covered = {pair for pair in left if reason.covers(pattern, *pair)}
                    if not covered:
                        unneeded.append(f"{pattern} ({reason.because})")
                    found |= covered
                    left -= covered
                taken[is_fault].append((reason, _by_change(found, order)))
        return Explained(tuple(taken[False]), tuple(taken[True]), _by_change(left, order), tuple(unneeded))

    def pruned(self, trial: Trial) -> Reasons:
        """Return the reasons without what no change needs any more."""
        left = {(change, record) for change, records in trial.allowed.items() for record in records}
        faults = tuple(_needed(self.faults, left))
        return Reasons(tuple(_needed(self.harmless, left)), faults)


def read_reasons(folder: Path) -> dict[str, Reasons]:
    """Read the reasons of a folder by trial; none where there is no file yet. Raises InputError with every problem."""
    path = folder / FILE
    problems: list[Problem] = []
    spec: ReasonsFile | None = ReasonsFile()
    if path.exists():
        node = read_yaml(path.read_text(encoding="utf-8"), path.as_posix())
        spec = read_model(ReasonsFile, node, problems)
    if spec is None:
        raise InputError(problems)
    return {name: _reasons(getattr(spec, name)) for name in ReasonsFile.model_fields}


def write_reasons(folder: Path, reasons: Mapping[str, Reasons]) -> None:
    """Write the reasons in one form, so that a diff shows only what changed."""
    shown = {
        name: {
            key: [
                {
                    "because": reason.because,
                    "changes": list(reason.changes),
                    **({} if reason.records is None else {"records": list(reason.records)}),
                }
                for reason in given
            ]
            for key, given in (("harmless", of_trial.harmless), ("faults", of_trial.faults))
            if given
        }
        for name, of_trial in reasons.items()
    }
    text = yaml.safe_dump(shown, sort_keys=False, allow_unicode=True, width=120)
    (folder / FILE).write_text(_HEAD + text, encoding="utf-8")


def _reasons(spec: ReasonsOfTrial) -> Reasons:
    def given(specs: Iterable[ReasonSpec]) -> tuple[Reason, ...]:
        return tuple(
            Reason(each.because, tuple(each.changes), None if each.records is None else tuple(each.records))
            for each in specs
        )

    return Reasons(given(spec.harmless), given(spec.faults))


def _needed(reasons: Iterable[Reason], left: set[tuple[str, str]]) -> Iterator[Reason]:
    for reason in reasons:
        kept = []
        for pattern in reason.changes:
            covered = {pair for pair in left if reason.covers(pattern, *pair)}
            if covered:
                kept.append(pattern)
                left -= covered
        if kept:
            yield replace(reason, changes=tuple(kept))


def _by_change(pairs: set[tuple[str, str]], order: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for change, record in pairs:
        found.setdefault(change, []).append(record)
    return {change: tuple(sorted(found[change])) for change in order if change in found}


def _matches(pattern: str, words: str) -> bool:
    return pattern == words if "*" not in pattern else _compiled(pattern).fullmatch(words) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(re.escape(part) for part in pattern.split("*")))
