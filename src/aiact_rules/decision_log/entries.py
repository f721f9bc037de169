"""Entries: what one row of a decision log holds, and why it cannot be read where it cannot."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from aiact_rules.core.canonical import canonical
from aiact_rules.core.record import id_fits
from aiact_rules.decision_log.acts import Act, override_from
from aiact_rules.decision_log.parts import Retained
from aiact_rules.overrides import Override

KINDS = ("decision", "error", "override", "retained")
"""What an entry is about: a decision, an input that could not be judged, an override, entries moved to an archive."""


@dataclass(frozen=True, slots=True)
class FailedInput:
    """An input that could not be judged, and what was wrong with it."""

    input: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its number (from 1), its hash, the text as hashed, and the record in it.

    The record holds `seq`, `prev`, `at`, one of `KINDS`, `notes` of a decision where there are any, and `act` where a host
    said what it was asked to do. Where the row cannot be read, `broken` says why and the record is empty.
    """

    seq: int
    hash: str
    text: str
    record: Mapping[str, object] = field(repr=False)
    broken: str | None = None

    @classmethod
    def of_row(cls, seq: int, digest: object, text: object) -> Entry:
        """Return the entry in a row, whatever stands in it."""
        if not isinstance(digest, str) or not isinstance(text, str):
            return cls(seq, str(digest), "", {}, f"the {'hash' if isinstance(text, str) else 'record'} is not text")
        try:
            return cls(seq, digest, text, _record(text))
        except (ValueError, RecursionError) as error:
            return cls(
                seq, digest, text, {}, str(error) if isinstance(error, ValueError) else "it is nested too deeply"
            )

    @property
    def at(self) -> str | None:
        """Return when it was recorded, or None where the row is broken."""
        at = self.record.get("at")
        return at if isinstance(at, str) else None

    @property
    def decision(self) -> dict[str, object] | None:
        """Return the decision as it was recorded, or None for an input error or a broken row."""
        decision = self.record.get("decision")
        return decision if isinstance(decision, dict) else None

    @property
    def error(self) -> FailedInput | None:
        """Return the input that could not be judged, or None for a decision or a broken row."""
        error = self.record.get("error")
        return FailedInput(error["input"], tuple(error["problems"])) if isinstance(error, dict) else None

    @property
    def override(self) -> Override | None:
        """Return the override that was recorded by itself, or None for another kind of entry."""
        return override_from(self.record["override"]) if "override" in self.record else None

    @property
    def retained(self) -> Retained | None:
        """Return which entries were moved to an archive, or None for another kind of entry."""
        return Retained.from_json(self.record["retained"]) if "retained" in self.record else None

    @property
    def notes(self) -> Mapping[str, object]:
        """Return what was noted beside the decision."""
        notes = self.record.get("notes")
        return notes if isinstance(notes, dict) else {}

    @property
    def act(self) -> Act | None:
        """Return what the host was asked to do and did, or None where nobody said so or the row is broken."""
        return Act.from_json(self.record["act"]) if "act" in self.record else None

    @property
    def fits_its_hash(self) -> bool:
        """Return whether the hash is that of the text."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogateescape")).hexdigest() == self.hash

    @property
    def fits_its_id(self) -> bool:
        """Return whether the decision, if there is one, has the id that follows from it."""
        if self.decision is None:
            return True
        return id_fits(self.decision)


def _record(text: str) -> dict[str, object]:
    """Return the record in a text. Raises ValueError, and RecursionError, where it is none."""
    try:
        record = json.loads(text, parse_constant=_no_number, parse_float=_number)
    except json.JSONDecodeError as error:
        raise ValueError(f"the record is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise ValueError("the record is not an object")
    for name, kind in (("seq", int), ("prev", str), ("at", str)):
        if type(record.get(name)) is not kind:
            raise ValueError(f"the record has no `{name}`")
    kinds = [kind for kind in KINDS if kind in record]
    if kinds == ["override"]:
        override_from(record["override"])
    elif kinds == ["retained"]:
        Retained.from_json(record["retained"])
    elif not isinstance(record.get("decision"), dict) and not _is_error(record.get("error")):
        raise ValueError("the record holds no decision and no input error")
    if len(kinds) > 1:
        raise ValueError(f"the record holds several things: {', '.join(kinds)}")
    if not isinstance(record.get("notes", {}), dict):
        raise ValueError("the notes are not an object")
    if "act" in record:
        Act.from_json(record["act"])
    if _canonical_text(record) != text:
        raise ValueError("the record is not canonical JSON (RFC 8785)")
    return record


def _is_error(value: object) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("input"), str):
        return False
    problems = value.get("problems")
    return isinstance(problems, list) and all(isinstance(problem, str) for problem in problems)


def _canonical_text(record: dict[str, object]) -> str | None:
    try:
        return canonical(record).decode("utf-8")
    except ValueError:
        return None


def _number(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _no_number(text)


def _no_number(text: str) -> float:
    raise ValueError(f"the record is not JSON: `{text}` is no number")
