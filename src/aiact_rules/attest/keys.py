"""Keys: Ed25519 and ECDSA P-256 keys in PEM files, and signatures by them. Needs the extra `sign`, imported where it is used."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from aiact_rules.attest.envelopes import Envelope, Signature, signed_bytes
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.sources.text_files import read_bytes

if TYPE_CHECKING:
    from types import ModuleType

MOST_KEY_BYTES = 64 * 1024
KINDS = "Ed25519 or ECDSA P-256"
Password = Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key, and the id that its public key has."""

    keyid: str
    _key: Any = field(repr=False)

    def sign(self, payload_type: str, payload: bytes) -> Envelope:
        """Return the payload in an envelope signed by this key."""
        data = signed_bytes(payload_type, payload)
        if _is_ed25519(self._key):
            sig = self._key.sign(data)
        else:
            sig = self._key.sign(data, _ecdsa())
        return Envelope(payload_type, payload, (Signature(self.keyid, sig),))


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key by the file it was read from. `keyid` is the SHA-256 of its SubjectPublicKeyInfo (DER)."""

    name: str
    keyid: str
    _key: Any = field(repr=False)

    def signed(self, envelope: Envelope) -> bool:
        """Return whether a signature of the envelope is by this key.

        A signature that names another key is not tried: what says it is by somebody else is not taken for ours.
        """
        data = envelope.signed_bytes
        return any(self._verifies(each.sig, data) for each in envelope.signatures if each.keyid in ("", self.keyid))

    def _verifies(self, sig: bytes, data: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature

        try:
            if _is_ed25519(self._key):
                self._key.verify(sig, data)
            else:
                self._key.verify(sig, data, _ecdsa())
        except InvalidSignature:
            return False
        return True


def read_signing_key(path: Path, password: Password) -> SigningKey:
    """Return the private key in a PEM file (PKCS#8). `password` is called only where the key is encrypted.

    Raises InputError where it cannot be read or is of another kind, and says where the password is wrong.
    """
    data = read_bytes(path, str(path), MOST_KEY_BYTES)
    serialization = _cryptography("serialization")
    secret = password() if b"ENCRYPTED" in data else None
    try:
        key = serialization.load_pem_private_key(data, secret)
    except (ValueError, TypeError, _unsupported()) as error:
        if b"PUBLIC KEY" in data:
            _refuse(path, "this is a public key, and signing takes the private one")
        if secret is not None:
            _refuse(path, "this key cannot be decrypted", "check the password", error)
        _refuse(path, "this is not a private key in PEM", _MAKE_ONE, error)
    _refuse_other_kinds(path, key)
    return SigningKey(_keyid(key.public_key()), key)


def read_public_key(path: Path) -> PublicKey:
    """Return the public key in a PEM file. Raises InputError where it cannot be read or is of another kind."""
    data = read_bytes(path, str(path), MOST_KEY_BYTES)
    serialization = _cryptography("serialization")
    if b"PRIVATE KEY" in data:
        _refuse(path, "this is a private key: a verifier has no need of it", "hand out the public one alone")
    try:
        key = serialization.load_pem_public_key(data)
    except (ValueError, TypeError, _unsupported()) as error:
        _refuse(path, "this is not a public key in PEM", _TAKE_PUBLIC, error)
    _refuse_other_kinds(path, key)
    return PublicKey(str(path), _keyid(key), key)


def signer_of(envelope: Envelope, keys: Iterable[PublicKey]) -> PublicKey | None:
    """Return the first of these keys by which the envelope is signed, or None where it is by none of them."""
    return next((key for key in keys if key.signed(envelope)), None)


_MAKE_ONE = "`openssl genpkey -algorithm ed25519 -out key.pem` makes one"
_TAKE_PUBLIC = "`openssl pkey -in key.pem -pubout -out key.pub` writes the one that goes with a private key"


def _keyid(public: Any) -> str:
    serialization = _cryptography("serialization")
    der = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def _ecdsa() -> Any:
    return _cryptography("asymmetric.ec").ECDSA(_cryptography("hashes").SHA256())


def _is_ed25519(key: Any) -> bool:
    ed25519 = _cryptography("asymmetric.ed25519")
    return isinstance(key, ed25519.Ed25519PrivateKey | ed25519.Ed25519PublicKey)


def _refuse_other_kinds(path: Path, key: Any) -> None:
    ec = _cryptography("asymmetric.ec")
    is_p256 = isinstance(key, ec.EllipticCurvePrivateKey | ec.EllipticCurvePublicKey) and key.curve.name == "secp256r1"
    if not is_p256 and not _is_ed25519(key):
        _refuse(path, f"this key is neither {KINDS.replace(' or ', ' nor ')}", _MAKE_ONE)


def _cryptography(name: str) -> ModuleType:
    """Return a module of `cryptography`. Raises InputError where it is not installed."""
    from importlib import import_module

    try:
        return import_module(f"cryptography.hazmat.primitives.{name}")
    except ImportError as error:
        message = "signatures need `cryptography`, which is not installed"
        raise InputError([Problem(message, hint="pip install 'aiact-rules[sign]'")]) from error


def _unsupported() -> type[Exception]:
    from cryptography.exceptions import UnsupportedAlgorithm

    return UnsupportedAlgorithm


def _refuse(path: Path, message: str, hint: str | None = None, error: Exception | None = None) -> NoReturn:
    raise InputError([Problem(message, Place(str(path)), hint)]) from error
