"""Recorded requests: the request behind a decision that was made before, from its record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from aiact_rules.catalogue.cached_packs import cached_lowered
from aiact_rules.catalogue.shelf import Shelf
from aiact_rules.core.choices import BY_DEFAULT, Choice, Choices, Threshold
from aiact_rules.core.cues import Strength
from aiact_rules.core.decisions import Decision, Run, Subject
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Fact, Facts, Origin, Sureness
from aiact_rules.core.marks import mark_of
from aiact_rules.core.outcomes import Outcome, bits
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import Pack
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.record import FORMAT, id_fits, statuses_from
from aiact_rules.core.signals import Dismissal, Note, Signal
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.truths import Truths
from aiact_rules.core.vocabulary import FactValue, Vocabulary, parse_date
from aiact_rules.core.waivers import Waiver
from aiact_rules.requests.request import Request
from aiact_rules.sources.former_names import read_as, words_of

if TYPE_CHECKING:
    from aiact_rules.core.claims import Claim
    from aiact_rules.core.readers import ReaderUse

_RECORD = Place("record")


@dataclass(frozen=True)
class Record:
    """The record of a decision (its JSON, of format 1 or 2), to be decided again as it was: nothing else said of it counts."""

    values: Mapping[str, object]


def request_of_record(record: Record, shelf: Shelf) -> Request:
    """Return the request with the facts, packs, readings and dates of a recorded decision.

    Raises InputError where the record is not a decision or was changed, and PackError where a pack is not installed.
    """
    with _reading(record):
        recorded = record.values
        rows = bases(recorded)
        pack_ids = sorted({name for basis in rows for name in _pack_ids(basis)})
        (as_of,) = {parse_date(str(recorded.get("as_of") or basis["as_of"])) for basis in rows}
        readings = {str(name): str(word) for basis in rows for name, word in mapping(basis["readings"]).items()}
        vocabulary = shelf.vocabulary(pack_ids)
        facts = [
            fact for name, row in mapping(recorded["facts"]).items() for fact in _facts(name, mapping(row), vocabulary)
        ]
        subject = mapping(recorded["subject"])
        evidence = tuple(_evidence(mapping(row)) for row in listed(recorded.get("evidence", [])))
        uncovered = tuple(Choice(str(market), _RECORD) for market in listed(recorded.get("uncovered", [])))
        return Request(
            name="record",
            subject=Subject(
                text(subject["name"]),
                text(subject["version"]),
                tuple(str(document) for document in listed(subject["documents"])),
                text(subject.get("owner")),
                _digest(subject.get("digest")),
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
            claims=tuple(_claim(mapping(each)) for each in listed(recorded.get("claims", []))),
            signals=tuple(_signal(mapping(each)) for each in listed(recorded.get("signals", []))),
            dismissals=tuple(_dismissal(mapping(each)) for each in listed(recorded.get("dismissals", []))),
            readers=_readers(recorded),
        )


def decision_of_record(record: Record, shelf: Shelf) -> Decision:
    """Return a recorded decision with its packs, so that it says what it said then. Nothing is decided again.

    Raises InputError where the record is no decision of format 2 or was changed, and where a pack is not the one that it
    was decided by; PackError where it is not installed.
    """
    request = request_of_record(record, shelf)
    recorded = record.values
    with _reading(record):
        if recorded.get("format") != FORMAT:
            hint = "`aiact-rules replay` decides it again"
            raise InputError([Problem("only records of format 2 can be read back", _RECORD, hint)])
        packs = {pack.id: pack for pack in shelf.packs(request.pack_ids)}
        facts = shelf.completion(request.pack_ids).of_facts(request.facts)
        values = facts.values()
        run = mapping(recorded.get("run", {}))
        return Decision(
            Verdict(recorded["verdict"]),
            tuple(_pack_decision(row, packs, request, facts, values) for row in bases(recorded)),
            request.subject,
            facts,
            shelf.vocabulary(request.pack_ids),
            Run(str(run.get("engine")), str(run.get("tool")), text(run.get("at")), text(run.get("verified_with"))),
            request.operator,
            request.evidence,
            _choices(mapping(recorded["choices"]), request.choices) if "choices" in recorded else request.choices,
            request.signals,
            request.claims,
            request.dismissals,
            request.readers,
        )


def _digest(value: object) -> str | None:
    if value is None:
        return None
    from aiact_rules.core.digests import is_digest  # few records name the bytes

    if not is_digest(value):
        raise ValueError(f"`{value}` is no digest of an artefact")
    return text(value)


def _claim(row: Mapping[str, object]) -> Claim:
    from aiact_rules.core.claims import Claim  # most cards claim nothing

    line = row["line"]
    place = Place(str(row["source"]), line if isinstance(line, int) else None)
    return Claim(str(row["key"]), str(row["words"]), place, text(row["means"]))


def _signal(row: Mapping[str, object]) -> Signal:
    line, note = row["line"], text(row.get("note"))
    return Signal(
        str(row["cue"]),
        Place(str(row["source"]), line if isinstance(line, int) else None),
        str(row["words"]),
        None if note is None else Note(note),
        str(row.get("seen", "")),
        text(row.get("reader")),
    )


def _readers(recorded: Mapping[str, object]) -> tuple[ReaderUse, ...]:
    rows = [mapping(each) for each in listed(recorded.get("readers", []))]
    if not rows:
        return ()
    from aiact_rules.core.readers import ReaderUse  # most platforms bring no reader

    return tuple(
        ReaderUse(
            str(row["name"]),
            str(row["version"]),
            str(row["digest"]),
            Strength(str(row["strength"])),
            text(row.get("failed")),
        )
        for row in rows
    )


def _dismissal(row: Mapping[str, object]) -> Dismissal:
    line = row["line"]
    place = Place(str(row["source"]), line if isinstance(line, int) else None)
    said = (text(row.get(key)) for key in ("because", "by", "seen"))
    return Dismissal(str(row["signal"]), place, *said)


def _choices(row: Mapping[str, object], read: Choices) -> Choices:
    """Return who chose what, as it stands beside a record. What `school_readings` chose is among the readings there."""
    as_of = row.get("as_of")
    threshold = mapping(row["fail_on"])
    refused = None if threshold["value"] == "never" else Verdict(threshold["value"])
    return replace(
        read,
        packs=tuple(_choice(each) for each in listed(row["packs"])),
        readings={name: _choice(each) for name, each in mapping(row["readings"]).items()},
        as_of=None if as_of is None else _choice(as_of),
        threshold=Threshold(refused, _choice(threshold).place),
        uncovered=tuple(_choice(each) for each in listed(row["uncovered"])),
        organisation=text(row["organisation"]),
        notes=tuple(str(each) for each in listed(row["notes"])),
        school=_choice(row["school"]),
        require_evidence=_choice(row["require_evidence"]) if "require_evidence" in row else None,
        waivers=tuple(_waiver(mapping(each)) for each in listed(row.get("waivers", []))),
    )


def _waiver(row: Mapping[str, object]) -> Waiver:
    is_provision = row["finding"] is None
    line = row["line"]
    return Waiver(
        about=str(row["provision"] if is_provision else row["finding"]),
        reason=str(row["reason"]),
        approver=str(row["approver"]),
        until=date.fromisoformat(str(row["until"])),
        place=Place(str(row["source"]), line if isinstance(line, int) else None),
        is_provision=is_provision,
        releases=tuple(str(each) for each in listed(row["releases"])),
        pack=text(row["pack"]),
    )


def _choice(value: object) -> Choice:
    row = mapping(value)
    line = row["line"]
    return Choice(str(row["value"]), Place(str(row["source"]), line if isinstance(line, int) else None))


def _pack_decision(
    row: Mapping[str, object],
    packs: Mapping[str, Pack],
    request: Request,
    facts: Facts,
    values: Mapping[str, FactValue],
) -> PackDecision:
    pack = packs[str(row["pack"])]
    extensions = [{"pack": e.id, "version": e.version, "digest": e.digest} for e in pack.extensions]
    if pack.digest != row["digest"] or extensions != row["extensions"]:
        message = f"this was decided by {pack.id} {row['version']}, and {pack.version} with other rules is installed"
        raise InputError([Problem(message, _RECORD, "install that version; `aiact-rules replay` says what changed")])
    readings = request.readings
    pack_at = pack.at(request.as_of, {name: readings[name] for name in pack.readings if name in readings})
    if request.readers:
        from aiact_rules.core.readers import with_failures

        pack_at = with_failures(pack_at, request.readers)
    lowered = cached_lowered(pack_at)
    statuses = statuses_from(str(row["statuses"]), len(pack_at.obligations))
    truths = Truths(lowered, values)
    conclusions = tuple(bits(truths.of(formula), 2, 1) for formula in lowered.conclusions.values())
    outcome = Outcome(conclusions, tuple((index, code) for index, _, code in statuses))
    verdict = None if row["verdict"] is None else Verdict(row["verdict"])
    obligations = pack_at.in_order
    marks = tuple((index, mark_of(obligations[index], status, bool(code))) for index, status, code in statuses)
    return PackDecision(pack_at, lowered, facts, values, outcome, verdict, marks)


@contextmanager
def _reading(record: Record) -> Iterator[None]:
    """Raise InputError for a record that was changed, and for what cannot be read in the block."""
    try:
        mapping(record.values)
        if not id_fits(record.values):
            raise InputError([Problem("this record does not fit its own id, so it was changed", _RECORD)])
        if record.values.get("format", FORMAT) != FORMAT:
            known = f"known are formats 1 and {FORMAT}"
            raise InputError([Problem(f"this record has the format {record.values['format']}", _RECORD, known)])
        yield
    except (KeyError, ValueError, TypeError, AssertionError) as error:
        raise InputError([Problem("this is not the record of a decision", hint=str(error))]) from error


def bases(recorded: Mapping[str, object]) -> list[dict[str, object]]:
    """Return for each pack of a record by what was judged; in format 1 that stands a level deeper."""
    packs = [mapping(pack) for pack in listed(recorded["packs"])]
    return packs if "format" in recorded else [mapping(pack["basis"]) for pack in packs]


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
        Sureness(str(row.get("sureness", Sureness.STATED.value))),
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
