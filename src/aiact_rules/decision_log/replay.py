"""Replay: decide again from the record of a decision, and see whether the answer is the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from aiact_rules.core.decisions import Decision
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import FactType, FactValue, Vocabulary, parse_date
from aiact_rules.gate import Gate
from aiact_rules.sources.document import Document, FileRead
from aiact_rules.sources.document import Subject as StatedSubject


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a decision was and what it is when decided again. `differences` says in words what is not the same."""

    recorded_id: str
    decision: Decision
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Say whether the id is the same, byte for byte."""
        return self.decision.decision_id == self.recorded_id


def replay(gate: Gate, recorded: Mapping[str, object]) -> Replayed:
    """Decide again on the facts, packs, readings and dates of a recorded decision.

    Raises InputError where the record is not a decision, and PackError where a pack is not installed.
    """
    try:
        packs = [_mapping(pack) for pack in _list(recorded["packs"])]
        bases = [_mapping(pack["basis"]) for pack in packs]
        pack_ids = [name for basis in bases for name in _pack_ids(basis)]
        as_of = {parse_date(str(basis["as_of"])) for basis in bases}
        readings = {str(k): str(v) for basis in bases for k, v in _mapping(basis["readings"]).items()}
        document = _document(recorded, gate.vocabulary(pack_ids))
    except (KeyError, ValueError, TypeError, AssertionError) as error:
        raise InputError([Problem("this is not the record of a decision", hint=str(error))]) from error
    decision = gate.decide(document, as_of=as_of.pop(), packs=pack_ids, readings=readings)
    return Replayed(str(recorded["decision_id"]), decision, tuple(_differences(recorded, decision)))


def _pack_ids(basis: Mapping[str, object]) -> list[str]:
    extensions = [str(_mapping(extension)["pack"]) for extension in _list(basis.get("extensions", []))]
    return [str(basis["pack"]), *extensions]


def _document(recorded: Mapping[str, object], vocabulary: Vocabulary) -> Document:
    subject = _mapping(recorded["subject"])
    facts = [_fact(name, _mapping(row), vocabulary) for name, row in _mapping(recorded["facts"]).items()]
    evidence = [_evidence(_mapping(row)) for row in _list(recorded.get("evidence", []))]
    name, version, operator = (_text(subject["name"]), _text(subject["version"]), _text(recorded.get("operator")))
    return Document(
        name="record",
        subject=StatedSubject(name, version),
        facts=Facts.of(facts),
        operator=operator,
        evidence=tuple(evidence),
        files=tuple(FileRead(str(file), "") for file in _list(subject["documents"])),
    )


def _fact(name: str, row: Mapping[str, object], vocabulary: Vocabulary) -> Fact:
    line = row["line"]
    origin = Origin(
        Place(str(row["source"]), line if isinstance(line, int) else None),
        Sureness(str(row["sureness"])),
        _text(row.get("because")),
    )
    return Fact(name, _value(name, row["value"], vocabulary), origin)


def _value(name: str, value: object, vocabulary: Vocabulary) -> FactValue:
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return frozenset(str(element) for element in value)
    declaration = vocabulary[name]
    return str(value) if declaration.type is FactType.TEXT else declaration.parse(str(value))


def _evidence(row: Mapping[str, object]) -> Evidence:
    line, on = row["line"], row["on"]
    return Evidence(
        about=str(row["about"]),
        place=Place(str(row["source"]), line if isinstance(line, int) else None),
        file=_text(row["file"]),
        sha256=_text(row["sha256"]),
        url=_text(row["url"]),
        registry=_text(row["registry"]),
        by=_text(row["by"]),
        on=None if on is None else date.fromisoformat(str(on)),
    )


def _differences(recorded: Mapping[str, object], decision: Decision) -> list[str]:
    found = []
    if recorded["verdict"] != decision.verdict.value:
        found.append(f"the verdict was {recorded['verdict']} and is {decision.verdict.value}")
    now = {pack.pack_id: pack for pack in decision.packs}
    for row in _list(recorded["packs"]):
        was = _mapping(row)
        basis = _mapping(was["basis"])
        name = str(was["pack"])
        if basis["digest"] != now[name].pack_at.pack.digest:
            version = now[name].pack_at.pack.version
            found.append(f"pack {name} {basis['version']} was used, {version} with other rules is installed")
        before = {str(_mapping(f)["id"]): _mapping(f)["status"] for f in _list(was["findings"])}
        after = {finding.id: finding.status.value for finding in now[name].findings}
        for finding in {**before, **after}:
            if before.get(finding) != after.get(finding):
                found.append(f"{finding} was {before.get(finding, 'absent')} and is {after.get(finding, 'absent')}")
    return found


def _mapping(value: object) -> dict[str, object]:
    assert isinstance(value, dict), "a part that should be an object is not"
    return value


def _list(value: object) -> list[object]:
    assert isinstance(value, list), "a part that should be a list is not"
    return value


def _text(value: object) -> str | None:
    return None if value is None else str(value)
