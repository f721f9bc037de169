"""Keys made for a run, and decisions about an artefact whose bytes stand here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from aiact_rules.attest.attesting import Attested
from aiact_rules.attest.envelopes import Envelope
from aiact_rules.attest.keys import PublicKey, SigningKey, read_public_key, read_signing_key
from aiact_rules.attest.predicates import Kind
from aiact_rules.attest.statements import PAYLOAD_TYPE, Descriptor
from aiact_rules.gate import Gate

WEIGHTS = b"the weights of a model"
DIGEST = "sha256:" + hashlib.sha256(WEIGHTS).hexdigest()
ARTEFACT = Descriptor("model.bin", DIGEST)
DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
ANSWERS = {"practices": [], "annex_iii_uses": [], "annex_i_law": [], "transparency_situations": []}
ALLOWED: dict[str, object] = {"release": {"subject": "system", "markets": ["EU"]}, "system": ANSWERS}
HELD: dict[str, object] = {
    "release": {"subject": "system", "markets": ["EU"], "date": "2027-12-15"},
    "system": {**ANSWERS, "annex_iii_uses": ["recruitment"], "profiles_natural_persons": True},
}
BLOCKED: dict[str, object] = {
    "release": {"subject": "system", "markets": ["EU"]},
    "system": {
        **ANSWERS,
        "transparency_situations": ["interacts_with_people"],
        "interacts_directly": True,
        "ai_interaction_obvious": False,
        "informs_of_ai_interaction": False,
    },
}
KINDS = ("ed25519", "p256")


@dataclass(frozen=True)
class Pair:
    """A private key and its public key, in PEM files."""

    private: Path
    public: Path

    @property
    def signing(self) -> SigningKey:
        return read_signing_key(self.private, lambda: b"")

    @property
    def verifying(self) -> PublicKey:
        return read_public_key(self.public)


def write_pair(folder: Path, kind: str, password: bytes | None = None) -> Pair:
    key = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())
    encryption = serialization.NoEncryption() if password is None else serialization.BestAvailableEncryption(password)
    pair = Pair(folder / f"{kind}.pem", folder / f"{kind}.pub")
    pair.private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption)
    )
    pair.public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return pair


@pytest.fixture(scope="session")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return write_pair(tmp_path_factory.mktemp("keys"), "ed25519")


@pytest.fixture(scope="session")
def allowed(gate: Gate) -> Attested:
    return attested(gate, ALLOWED)


@pytest.fixture(scope="session")
def held(gate: Gate) -> Attested:
    return attested(gate, HELD)


def attested(gate: Gate, facts: dict[str, object], **more: object) -> Attested:
    said = {"roles": ["provider"], "as_of": DAY, "artifact": DIGEST, **more}
    return Attested(ARTEFACT, (gate.check(facts, at=AT, **said),))


def signed(what: Attested, pair: Pair, kind: Kind = Kind.GATE_DECISION) -> Envelope:
    return pair.signing.sign(PAYLOAD_TYPE, what.statement(kind).payload)
