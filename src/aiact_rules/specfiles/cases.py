"""Case files: what a pack must decide, in the words of `*.cases.yaml`.

Facts stay as they were written (nodes with their places), since the case runner expands wildcards with the vocabulary.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from aiact_rules.core.problems import PackError, Place, Problem
from aiact_rules.core.truth import Truth
from aiact_rules.specfiles.folder import SpecFile
from aiact_rules.specfiles.format import Day, FactName, Identifier, Name, Names, SpecModel, Text, TruthWord, Words
from aiact_rules.specfiles.validation import child, entries, read_model
from aiact_rules.yaml_text import Entry, Node

Status = Literal["breached", "open", "met", "upcoming", "condition", "advice", "absent"]
Pattern = Annotated[str, Field(min_length=1)]
FactPattern = Annotated[str, Field(pattern=r"^[a-z*][a-z0-9_.*]*$")]


class ExpectSpec(SpecModel):
    """What a case expects; what it does not name is free."""

    verdict: Literal["allow", "hold", "block"] | None = None
    conclusions: dict[Name, TruthWord] = {}
    needs: list[FactName] = []
    findings: dict[Identifier, Status] = {}
    every: dict[Pattern, Status] = {}
    applies_from: dict[Identifier, Day | Literal["never", "unknown"]] = {}
    deadlines: dict[Identifier, Day | Words] = {}
    prevails: list[Identifier] = []
    fails: list[Identifier] = []


class CaseDefaults(SpecModel):
    """What is joined into every case of a file."""

    facts: dict[FactPattern, Text | list[Text]] = {}
    roles: Names | None = None
    moment: Name | None = None
    as_of: Day | None = None
    release_date: Day | None = None
    readings: dict[Name, Name] = {}


class CaseSpec(CaseDefaults):
    """One case: a behaviour in words, facts, and what must come of them."""

    case: Words
    expect: ExpectSpec


class CasesFile(SpecModel):
    """*.cases.yaml"""

    defaults: CaseDefaults = CaseDefaults()
    cases: list[CaseSpec]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a case expects of the decision; empty where it expects nothing of that kind.

    A value of `applies_from` is a date, or the words `never` or `unknown`.
    """

    verdict: str | None = None
    conclusions: Mapping[str, Truth] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    findings: Mapping[str, str] = field(default_factory=dict)
    every: Mapping[str, str] = field(default_factory=dict)
    applies_from: Mapping[str, date | str] = field(default_factory=dict)
    deadlines: Mapping[str, date | str] = field(default_factory=dict)
    prevails: tuple[str, ...] = ()
    fails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One case with its file's defaults joined in. `facts` are entries as written; names may hold `*`.

    `roles` is None where neither the case nor its file names any.
    """

    name: str
    facts: tuple[Entry, ...]
    roles: frozenset[str] | None
    moment: str | None
    as_of: date | None
    release_date: date | None
    readings: Mapping[str, str]
    expect: Expectation
    place: Place

    def outcome_of(self, name: str) -> str | None:
        """Return what the case expects of a finding, a rule or a conclusion; None where it says nothing of it."""
        if name in self.expect.findings:
            return self.expect.findings[name]
        if name in self.expect.conclusions:
            return self.expect.conclusions[name].name.lower()
        return "prevails" if name in self.expect.prevails else "fails" if name in self.expect.fails else None

    def __str__(self) -> str:
        """Return the stem of the case's file and its name, as in `art_006: silence about profiling leaves the class open`."""
        return f"{self.place.source.rsplit('/', 1)[-1].removesuffix('.cases.yaml')}: {self.name}"


def load_cases(folder: Path) -> tuple[Case, ...]:
    """Load every case of a pack's folder, in the order of file names. Raises PackError with every problem."""
    found: list[Case] = []
    problems: list[Problem] = []
    for path in sorted(folder.rglob("*.cases.yaml")):
        name = path.relative_to(folder).as_posix()
        node = SpecFile("cases", name, path.read_bytes()).node(problems)
        if node is None:
            continue
        found.extend(read_cases(node, problems))
    if problems:
        raise PackError(problems)
    return tuple(found)


def read_cases(node: Node, problems: list[Problem]) -> tuple[Case, ...]:
    """Read the cases of one file; what is wrong is added to `problems`."""
    value = read_model(CasesFile, node, problems)
    if value is None:
        return ()
    defaults = value.defaults
    default_facts = {entry.key: entry for entry in entries(child(node, "defaults", "facts"))}
    found = []
    for number, spec in enumerate(value.cases):
        item = child(node, "cases", number)
        assert item is not None
        facts = {**default_facts, **{entry.key: entry for entry in entries(child(item, "facts"))}}
        roles = spec.roles if spec.roles is not None else defaults.roles
        found.append(
            Case(
                name=spec.case,
                facts=tuple(facts.values()),
                roles=frozenset(roles) if roles is not None else None,
                moment=spec.moment or defaults.moment,
                as_of=spec.as_of or defaults.as_of,
                release_date=spec.release_date or defaults.release_date,
                readings={**defaults.readings, **spec.readings},
                expect=_expectation(spec.expect),
                place=item.place,
            )
        )
    return tuple(found)


def _expectation(spec: ExpectSpec) -> Expectation:
    return Expectation(
        verdict=spec.verdict,
        conclusions={name: Truth(word) for name, word in spec.conclusions.items()},
        needs=tuple(spec.needs),
        findings=dict(spec.findings),
        every=dict(spec.every),
        applies_from=dict(spec.applies_from),
        deadlines=dict(spec.deadlines),
        prevails=tuple(spec.prevails),
        fails=tuple(spec.fails),
    )
