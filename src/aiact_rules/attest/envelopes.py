"""Envelopes: DSSE, that is a payload with its type and signatures over both, as JSON (application/vnd.dsse.envelope.v1+json)."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.json_text import read_object
from aiact_rules.sources.text_files import decoded

MOST_SIGNATURES = 20
"""How many signatures are tried, so that nobody makes a verifier work through thousands."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature. `keyid` says which key made it, as a hint that nobody signed; it may be empty."""

    keyid: str
    sig: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """A payload, its type, and signatures over both."""

    payload_type: str
    payload: bytes
    signatures: tuple[Signature, ...] = ()

    @property
    def signed_bytes(self) -> bytes:
        """Return what signatures are made over: the pre-authentication encoding of type and payload."""
        return signed_bytes(self.payload_type, self.payload)

    def as_json(self) -> dict[str, object]:
        """Return the envelope as JSON values."""
        return {
            "payload": _encoded(self.payload),
            "payloadType": self.payload_type,
            "signatures": [{"keyid": each.keyid, "sig": _encoded(each.sig)} for each in self.signatures],
        }

    def as_text(self) -> str:
        """Return the envelope as one line of JSON, as it is written into a file."""
        return json.dumps(self.as_json(), separators=(",", ":")) + "\n"


def signed_bytes(payload_type: str, payload: bytes) -> bytes:
    """Return the pre-authentication encoding of a payload and its type, which no other pair of the two has."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def read_envelope(data: bytes, name: str) -> Envelope:
    """Return the envelope in a file: DSSE as JSON, or the DSSE of a Sigstore bundle, whose certificate is not looked at.

    Raises InputError for anything else; what further keys say is not read.
    """
    root = read_object(decoded(data, name, guess_encoding=False))
    if "dsseEnvelope" in root:
        inner = root["dsseEnvelope"]
        if not isinstance(inner, dict):
            _refuse(name, "`dsseEnvelope` of this bundle is not an object")
        root = inner
    payload_type, signatures = root.get("payloadType"), root.get("signatures")
    if type(payload_type) is not str:
        _refuse(name, "this is no DSSE envelope: it has no text `payloadType`")
    if not isinstance(signatures, list) or not signatures:
        _refuse(name, "this envelope has no signatures")
    if len(signatures) > MOST_SIGNATURES:
        _refuse(name, f"this envelope has {len(signatures)} signatures, and {MOST_SIGNATURES} are the most")
    return Envelope(
        payload_type,
        _decoded(root, "payload", name),
        tuple(_signature(each, name) for each in signatures),
    )


def _signature(value: object, name: str) -> Signature:
    if not isinstance(value, dict):
        _refuse(name, "a signature of this envelope is not an object")
    keyid = value.get("keyid", "")
    if keyid is not None and type(keyid) is not str:
        _refuse(name, "the `keyid` of a signature is not a text")
    return Signature(keyid or "", _decoded(value, "sig", name))


def _decoded(row: Mapping[str, object], key: str, name: str) -> bytes:
    """Return the bytes of a text in base64, standard or for addresses, either of which DSSE allows."""
    value = row.get(key)
    if type(value) is not str or not value:
        _refuse(name, f"this is no DSSE envelope: it has no text `{key}`")
    standard = value.replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        _refuse(name, f"`{key}` of this envelope is not base64")


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _refuse(name: str, message: str) -> NoReturn:
    hint = "name a file that `aiact-rules attest` wrote, or another DSSE envelope or Sigstore bundle"
    raise InputError([Problem(message, Place(name), hint)])
