"""Case files: what a pack must decide, in the words of `*.cases.yaml`.

Facts stay as they were written (nodes with their places), since the case runner expands wildcards with the vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Discriminator, Field, Tag

from aiact_rules.core.problems import PackError, Place, Problem
from aiact_rules.core.truth import Truth
from aiact_rules.specfiles.folder import SpecFile
from aiact_rules.specfiles.format import Day, FactName, Identifier, Name, Names, SpecModel, Text, TruthWord, Words
from aiact_rules.specfiles.recordings import Recorded, Recording, alone, read_recording
from aiact_rules.specfiles.validation import child, entries, read_model
from aiact_rules.yaml_text import Entry, Node

Status = Literal["breached", "open", "met", "upcoming", "condition", "advice", "absent"]
Pattern = Annotated[str, Field(min_length=1)]
FactPattern = Annotated[str, Field(pattern=r"^[a-z*][a-z0-9_.*]*$")]
Value = TypeVar("Value")


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

    facts: dict[FactPattern, Text | list[Text] | dict[Text, TruthWord]] = {}
    roles: Names | None = None
    moment: Name | None = None
    as_of: Day | None = None
    release_date: Day | None = None
    readings: dict[Name, Name] = {}


class CaseSpec(CaseDefaults):
    """One case: a behaviour in words, facts, and what must come of them."""

    case: Words
    expect: ExpectSpec


class GroupSpec(CaseDefaults):
    """Cases that share facts: what a group says is joined into each of its cases, over the defaults of the file."""

    group: Words
    cases: Annotated[list[CaseSpec], Field(min_length=1)]


def _case_or_group(value: object) -> str:
    return "[group]" if isinstance(value, (dict, GroupSpec)) and "group" in dict(value) else "[case]"


class CasesFile(SpecModel):
    """*.cases.yaml"""

    defaults: CaseDefaults = CaseDefaults()
    cases: list[
        Annotated[
            Annotated[CaseSpec, Tag("[case]")] | Annotated[GroupSpec, Tag("[group]")], Discriminator(_case_or_group)
        ]
    ]


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
    """One case with what its file and its group share joined in. `facts` are entries as written; names may hold `*`.

    `roles` is None where none are named. `recording` is what the outcomes file beside the case file records, if there is one.
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
    recording: Recording | None = field(default=None, compare=False, repr=False)

    @property
    def recorded(self) -> Recorded | None:
        """Return the recorded outcome of the case, or None where none is."""
        return None if self.recording is None else self.recording.outcomes.get(self.name)

    def outcomes(self) -> Mapping[str, str]:
        """Return what the case expects of findings, conclusions and rules, by their names."""
        return {
            **dict.fromkeys(self.expect.fails, "fails"),
            **dict.fromkeys(self.expect.prevails, "prevails"),
            **{name: truth.name.lower() for name, truth in self.expect.conclusions.items()},
            **self.expect.findings,
        }

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
        cases = read_cases(node, problems)
        recording = read_recording(path, name, {case.name for case in cases}, problems)
        found.extend(replace(case, recording=recording) for case in cases)
    problems.extend(alone(folder))
    if problems:
        raise PackError(problems)
    return tuple(found)


def read_cases(node: Node, problems: list[Problem]) -> tuple[Case, ...]:
    """Read the cases of one file; what is wrong is added to `problems`."""
    value = read_model(CasesFile, node, problems)
    if value is None:
        return ()
    found: dict[str, Case] = {}
    defaults = (value.defaults, child(node, "defaults"))
    for shared, spec, item in _specs(value, node):
        case = _case(spec, item, [defaults, *shared, (spec, item)])
        first = found.setdefault(spec.case, case)
        if first is not case:
            hint = f"the first is at {first.place}; name what tells them apart"
            problems.append(Problem(f"duplicate case `{spec.case}`", item.place, hint))
    return tuple(found.values())


def _specs(file: CasesFile, node: Node) -> Iterator[tuple[list[tuple[CaseDefaults, Node | None]], CaseSpec, Node]]:
    """Return each case of a file with its node, and the group that it stands in, if it does."""
    for number, spec in enumerate(file.cases):
        item = child(node, "cases", number)
        assert item is not None
        if isinstance(spec, CaseSpec):
            yield [], spec, item
            continue
        for inner_number, inner in enumerate(spec.cases):
            inner_item = child(item, "cases", inner_number)
            assert inner_item is not None
            yield [(spec, item)], inner, inner_item


def _case(spec: CaseSpec, node: Node, said: list[tuple[CaseDefaults, Node | None]]) -> Case:
    """Return one case from what is said of it, from the file's defaults to its own; the last that says something counts."""
    facts = {entry.key: entry for _, part in said for entry in entries(child(part, "facts"))}
    roles = [part.roles for part, _ in said if part.roles is not None]
    return Case(
        name=spec.case,
        facts=tuple(facts.values()),
        roles=frozenset(roles[-1]) if roles else None,
        moment=_last(part.moment for part, _ in said),
        as_of=_last(part.as_of for part, _ in said),
        release_date=_last(part.release_date for part, _ in said),
        readings={name: choice for part, _ in said for name, choice in part.readings.items()},
        expect=_expectation(spec.expect),
        place=node.place,
    )


def _last(values: Iterable[Value | None]) -> Value | None:
    """Return the last value that is said."""
    found = [value for value in values if value is not None]
    return found[-1] if found else None


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
