"""Recorded requests: the request behind a decision that was made before, from its record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from aiact_rules.catalogue.shelf import Shelf
from aiact_rules.core.choices import BY_DEFAULT, Choice, Choices
from aiact_rules.core.decisions import Subject, id_fits
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import Vocabulary, parse_date
from aiact_rules.requests.request import Request
from aiact_rules.sources.former_names import read_as, words_of

_RECORD = Place("record")


@dataclass(frozen=True)
class Record:
    """The record of a decision (its JSON), to be decided again as it was: nothing else said of it counts."""

    values: Mapping[str, object]


def request_of_record(record: Record, shelf: Shelf) -> Request:
    """Return the request with the facts, packs, readings and dates of a recorded decision.

    Raises InputError where the record is not a decision or was changed, and PackError where a pack is not installed.
    """
    recorded = record.values
    try:
        if not id_fits(recorded):
            raise InputError([Problem("this record does not fit its own id, so it was changed", _RECORD)])
        packs = [mapping(pack) for pack in listed(recorded["packs"])]
        bases = [mapping(pack["basis"]) for pack in packs]
        pack_ids = sorted({name for basis in bases for name in _pack_ids(basis)})
        (as_of,) = {parse_date(str(basis["as_of"])) for basis in bases}
        readings = {str(name): str(word) for basis in bases for name, word in mapping(basis["readings"]).items()}
        vocabulary = shelf.vocabulary(pack_ids)
        rows = mapping(recorded["facts"]).items()
        facts = [fact for name, row in rows for fact in _facts(name, mapping(row), vocabulary)]
        subject = mapping(recorded["subject"])
        evidence = tuple(_evidence(mapping(row)) for row in listed(recorded.get("evidence", [])))
        uncovered = tuple(Choice(str(market), _RECORD) for market in listed(recorded.get("uncovered", [])))
        return Request(
            name="record",
            subject=Subject(
                text(subject["name"]),
                text(subject["version"]),
                tuple(str(document) for document in listed(subject["documents"])),
            ),
            facts=Facts.of(facts),
            as_of=as_of,
            choices=Choices(
                tuple(Choice(pack_id, _RECORD) for pack_id in pack_ids),
                {name: Choice(word, _RECORD) for name, word in readings.items()},
                Choice(as_of.isoformat(), _RECORD),
                uncovered=uncovered,
                school=_school(recorded),
            ),
            operator=text(recorded.get("operator")),
            evidence=evidence,
        )
    except (KeyError, ValueError, TypeError, AssertionError) as error:
        raise InputError([Problem("this is not the record of a decision", hint=str(error))]) from error


def _school(recorded: Mapping[str, object]) -> Choice:
    """Return the school of reading that a record names; records made before there were schools name none."""
    choices = mapping(recorded.get("choices", {}))
    named = mapping(choices.get("school", {})).get("value", BY_DEFAULT.value)
    return BY_DEFAULT if named == BY_DEFAULT.value else Choice(str(named), _RECORD)


def _pack_ids(basis: Mapping[str, object]) -> list[str]:
    extensions = [str(mapping(extension)["pack"]) for extension in listed(basis.get("extensions", []))]
    return [str(basis["pack"]), *extensions]


def _facts(name: str, row: Mapping[str, object], vocabulary: Vocabulary) -> Iterator[Fact]:
    line = row["line"]
    origin = Origin(
        Place(str(row["source"]), line if isinstance(line, int) else None),
        Sureness(str(row["sureness"])),
        text(row.get("because")),
    )
    if name not in vocabulary and not vocabulary.formerly(name):
        raise KeyError(name)
    for declaration, read in read_as(vocabulary, name, _words(row["value"])):
        yield Fact(declaration.name, read.value, replace(origin, renamed=read.renamed))


def _words(value: object) -> str | list[str]:
    if isinstance(value, bool):
        return words_of(value)
    if isinstance(value, dict):
        return [f"{word}: {said}" for word, said in value.items()]
    return [str(element) for element in value] if isinstance(value, list) else str(value)


def _evidence(row: Mapping[str, object]) -> Evidence:
    line, on, expires = row["line"], row["on"], row.get("expires")
    return Evidence(
        about=str(row["about"]),
        place=Place(str(row["source"]), line if isinstance(line, int) else None),
        file=text(row["file"]),
        sha256=text(row["sha256"]),
        url=text(row["url"]),
        registry=text(row["registry"]),
        by=text(row["by"]),
        on=None if on is None else date.fromisoformat(str(on)),
        expires=None if expires is None else date.fromisoformat(str(expires)),
    )


def mapping(value: object) -> dict[str, object]:
    """Return an object of a record. Raises AssertionError where it is none."""
    assert isinstance(value, dict), "a part that should be an object is not"
    return value


def listed(value: object) -> list[object]:
    """Return a list of a record. Raises AssertionError where it is none."""
    assert isinstance(value, list), "a part that should be a list is not"
    return value


def text(value: object) -> str | None:
    """Return a text of a record, or None where it has none."""
    return None if value is None else str(value)
