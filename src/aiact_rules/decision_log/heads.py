"""Heads: the last entry of a log at some moment, which shows later whether entries were cut off or written anew."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aiact_rules.core.canonical import canonical
from aiact_rules.core.printable import printable

HEAD_TYPE = "application/vnd.aiact-rules.log-head+json"
"""The type of the payload where a head is signed."""
FIRST = "0" * 64
"""What the first entry names as the hash of the one before it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The number and the hash of an entry, before which nothing can be changed unseen by whoever keeps the two."""

    seq: int
    hash: str

    def as_json(self) -> dict[str, object]:
        """Return the head as JSON values."""
        return {"seq": self.seq, "hash": self.hash}

    @classmethod
    def from_json(cls, value: object) -> Head:
        """Return the head in a JSON value, whatever else stands in it. Raises ValueError where it is none."""
        if not isinstance(value, Mapping):
            raise ValueError("the head is not an object")
        seq, digest = value.get("seq"), value.get("hash")
        if type(seq) is not int or seq < 0:
            raise ValueError("the head has no number of an entry (`seq`)")
        if not isinstance(digest, str) or len(digest) != 64 or set(digest) - set("0123456789abcdef"):
            raise ValueError("the head has no hash of 64 hexadecimal digits (`hash`)")
        return cls(seq, digest)


EMPTY = Head(0, FIRST)


@dataclass(frozen=True, slots=True)
class KeptHead:
    """A head as it is kept elsewhere: of which log, and when it was taken."""

    head: Head
    log: str
    at: str

    @property
    def payload(self) -> bytes:
        """Return the canonical JSON (RFC 8785) that is written into a file, or signed."""
        return canonical({**self.head.as_json(), "log": printable(self.log), "at": self.at})

    @classmethod
    def from_payload(cls, data: bytes) -> KeptHead:
        """Return the head in a file. Raises ValueError and RecursionError where it is none."""
        value = json.loads(data)
        head = Head.from_json(value)
        log, at = value.get("log"), value.get("at")
        return cls(head, log if isinstance(log, str) else "", at if isinstance(at, str) else "")
