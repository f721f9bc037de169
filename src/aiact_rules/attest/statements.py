"""Statements: in-toto Statements (v1), which say something of a type about artefacts that they name by digest."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from aiact_rules.core.canonical import canonical
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.json_text import read_object
from aiact_rules.sources.text_files import decoded

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Descriptor:
    """An artefact: the name it is called by, and the digest (`sha256:` and 64 hexadecimal digits) that it is known by."""

    name: str
    digest: str

    def as_json(self) -> dict[str, object]:
        """Return it as a resource descriptor of in-toto."""
        return {"name": self.name, "digest": {"sha256": self.digest.removeprefix("sha256:")}}


@dataclass(frozen=True)
class Statement:
    """A predicate of a type about some artefacts."""

    subjects: tuple[Descriptor, ...]
    predicate_type: str
    predicate: Mapping[str, object] = field(repr=False)

    @property
    def payload(self) -> bytes:
        """Return the statement in canonical form (RFC 8785): the same statement is the same bytes."""
        return canonical(
            {
                "_type": STATEMENT_TYPE,
                "subject": [each.as_json() for each in self.subjects],
                "predicateType": self.predicate_type,
                "predicate": dict(self.predicate),
            }
        )

    def is_about(self, digest: str) -> bool:
        """Return whether one of its subjects has this digest."""
        return any(each.digest == digest for each in self.subjects)


def read_statement(payload: bytes, name: str) -> Statement:
    """Return the statement in a payload whose signature was checked before.

    Subjects without a SHA-256 are left out. Raises InputError where it is no in-toto Statement v1 or has no other subjects.
    """
    text = decoded(payload, name, guess_encoding=False)
    read_object(text)  # refuses what two readers could read in two ways
    root = json.loads(text.text)
    if root.get("_type") != STATEMENT_TYPE:
        _refuse(name, f"the payload is not of the type {STATEMENT_TYPE}")
    subjects, predicate_type, predicate = (root.get(key) for key in ("subject", "predicateType", "predicate"))
    if not isinstance(subjects, list) or type(predicate_type) is not str or not isinstance(predicate, dict):
        _refuse(name, "the statement lacks `subject`, `predicateType` or `predicate`")
    named = tuple(found for each in subjects if (found := _descriptor(each)) is not None)
    if not named:
        _refuse(name, "no subject of the statement has a SHA-256 digest")
    return Statement(named, predicate_type, predicate)


def _descriptor(value: object) -> Descriptor | None:
    digests = value.get("digest") if isinstance(value, dict) else None
    found = digests.get("sha256") if isinstance(digests, dict) else None
    if type(found) is not str or not _HEX.fullmatch(found):
        return None
    assert isinstance(value, dict)
    return Descriptor(str(value.get("name", "")), f"sha256:{found}")


def _refuse(name: str, message: str) -> NoReturn:
    hint = "name a file that `aiact-rules attest` wrote"
    raise InputError([Problem(message, Place(name), hint)])
