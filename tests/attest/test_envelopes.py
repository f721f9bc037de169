"""Envelopes and keys: what is signed verifies, here and by others' verifiers; what was changed anywhere does not."""

from __future__ import annotations

import base64
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from securesystemslib.dsse import Envelope as TheirEnvelope
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from aiact_rules.attest.attesting import Attested
from aiact_rules.attest.envelopes import Envelope, Signature, read_envelope, signed_bytes
from aiact_rules.attest.keys import read_public_key, read_signing_key, signer_of
from aiact_rules.attest.predicates import Kind
from aiact_rules.core.problems import InputError

from .conftest import DIGEST, KINDS, Pair, signed, write_pair
from .oracles import oracle


def their_key(pair: Pair) -> SSlibKey:
    public = serialization.load_pem_public_key(pair.public.read_bytes())
    return SSlibKey.from_crypto(public, keyid=pair.verifying.keyid)


@pytest.mark.parametrize("kind", KINDS)
def test_securesystemslib_accepts_what_we_sign_and_refuses_it_changed(
    kind: str, tmp_path: Path, allowed: Attested
) -> None:
    pair = write_pair(tmp_path, kind)
    theirs = TheirEnvelope.from_dict(json.loads(signed(allowed, pair).as_text()))
    assert list(theirs.verify([their_key(pair)], 1)) == [pair.verifying.keyid]
    theirs.payload = theirs.payload.replace(b'"verdict":"allow"', b'"verdict":"block"')
    with pytest.raises(VerificationError):
        theirs.verify([their_key(pair)], 1)


@pytest.mark.parametrize("kind", KINDS)
def test_we_accept_what_securesystemslib_signs(kind: str, tmp_path: Path) -> None:
    from securesystemslib.signer import CryptoSigner

    pair = write_pair(tmp_path, kind)
    private = serialization.load_pem_private_key(pair.private.read_bytes(), None)
    theirs = TheirEnvelope(b"{}", "application/vnd.in-toto+json", {})
    theirs.sign(CryptoSigner(private, their_key(pair)))
    envelope = read_envelope(json.dumps(theirs.to_dict()).encode(), "theirs")
    assert signer_of(envelope, [pair.verifying]) is not None


def test_sigstore_reads_and_verifies_what_we_sign(tmp_path: Path, allowed: Attested) -> None:
    dsse = oracle("sigstore.dsse")
    from sigstore.errors import VerificationError as Refused

    pair = write_pair(tmp_path, "p256")
    envelope = signed(allowed, pair)
    public = serialization.load_pem_public_key(pair.public.read_bytes())
    payload = dsse._verify(public, dsse.Envelope._from_json(envelope.as_text()))
    assert payload == envelope.payload
    dsse.Statement(payload)  # which checks its form
    changed = replace(envelope, payload=payload.replace(b"allow", b"block"))
    with pytest.raises(Refused):
        dsse._verify(public, dsse.Envelope._from_json(changed.as_text()))


def test_the_reference_bytes_of_dsse_are_ours() -> None:
    # The example in the protocol of DSSE.
    assert signed_bytes("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_part_of_an_envelope_is_covered(kind: str, tmp_path: Path, allowed: Attested, held: Attested) -> None:
    pair = write_pair(tmp_path, kind)
    good, other = signed(allowed, pair), signed(held, pair)
    (signature,) = good.signatures
    flipped = bytes([signature.sig[0] ^ 1, *signature.sig[1:]])
    changed = {
        "payload": replace(good, payload=good.payload.replace(b'"passes":true', b'"passes":1234')),
        "longer payload": replace(good, payload=good.payload + b" "),
        "type": replace(good, payload_type="application/json"),
        "signature": replace(good, signatures=(replace(signature, sig=flipped),)),
        "cut signature": replace(good, signatures=(replace(signature, sig=signature.sig[:-1]),)),
        "no signature": replace(good, signatures=()),
        "keyid": replace(good, signatures=(replace(signature, keyid="0" * 64),)),
        "swapped payload": replace(good, payload=other.payload),
        "swapped signature": replace(good, signatures=other.signatures),
    }
    assert signer_of(good, [pair.verifying]) == pair.verifying
    for name, envelope in changed.items():
        assert envelope != good, name
        assert signer_of(envelope, [pair.verifying]) is None, name


def test_another_key_of_either_kind_is_not_the_signer(tmp_path: Path, allowed: Attested, pair: Pair) -> None:
    others = [write_pair(tmp_path, kind).verifying for kind in KINDS]
    anonymous = replace(signed(allowed, pair), signatures=(replace(signed(allowed, pair).signatures[0], keyid=""),))
    assert signer_of(anonymous, others) is None
    assert signer_of(anonymous, [*others, pair.verifying]) == pair.verifying


def test_one_of_several_signatures_is_enough(tmp_path: Path, allowed: Attested, pair: Pair) -> None:
    second = signed(allowed, write_pair(tmp_path, "p256"))
    both = replace(
        second, signatures=(Signature("", b"nobody's"), *second.signatures, *signed(allowed, pair).signatures)
    )
    assert signer_of(both, [pair.verifying]) == pair.verifying


def test_an_envelope_is_read_as_it_was_written_and_from_a_bundle(allowed: Attested, pair: Pair) -> None:
    envelope = signed(allowed, pair)
    assert read_envelope(envelope.as_text().encode(), "x") == envelope
    bundle = {"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": envelope.as_json()}
    assert read_envelope(json.dumps(bundle).encode(), "x") == envelope
    for_addresses = envelope.as_json() | {"payload": base64.urlsafe_b64encode(envelope.payload).decode().rstrip("=")}
    assert read_envelope(json.dumps(for_addresses).encode(), "x") == envelope


SIG = {"keyid": "", "sig": "AA=="}
BROKEN: dict[str, Any] = {
    "nothing": b"",
    "no JSON": b"{",
    "a list": [],
    "no type": {"payload": "AA==", "signatures": [SIG]},
    "a type that is a number": {"payload": "AA==", "payloadType": 1, "signatures": [SIG]},
    "no payload": {"payloadType": "x", "signatures": [SIG]},
    "an empty payload": {"payload": "", "payloadType": "x", "signatures": [SIG]},
    "no base64": {"payload": "A!==", "payloadType": "x", "signatures": [SIG]},
    "no signatures": {"payload": "AA==", "payloadType": "x", "signatures": []},
    "signatures as an object": {"payload": "AA==", "payloadType": "x", "signatures": {"sig": "AA=="}},
    "a signature as text": {"payload": "AA==", "payloadType": "x", "signatures": ["AA=="]},
    "a keyid as a number": {"payload": "AA==", "payloadType": "x", "signatures": [{"keyid": 1, "sig": "AA=="}]},
    "thousands of signatures": {"payload": "AA==", "payloadType": "x", "signatures": [SIG] * 1000},
    "a key twice": b'{"payload":"AA==","payloadType":"x","payloadType":"y","signatures":[{"sig":"AA=="}]}',
    "a bundle without": {"dsseEnvelope": "AA=="},
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_envelope_is_refused_with_its_place(name: str) -> None:
    value = BROKEN[name]
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    with pytest.raises(InputError) as refused:
        read_envelope(data, "file.json")
    assert "file.json" in str(refused.value)


def test_an_encrypted_key_is_opened_by_its_password_alone(tmp_path: Path) -> None:
    pair = write_pair(tmp_path, "ed25519", b"secret")
    assert read_signing_key(pair.private, lambda: b"secret").keyid == pair.verifying.keyid
    with pytest.raises(InputError, match="cannot be decrypted"):
        read_signing_key(pair.private, lambda: b"other")


def test_the_password_is_asked_for_only_where_there_is_one(pair: Pair) -> None:
    def asked() -> bytes:
        raise AssertionError("nobody is to be asked")

    assert read_signing_key(pair.private, asked).keyid == pair.verifying.keyid


def test_keys_of_other_kinds_and_in_the_wrong_place_are_refused(tmp_path: Path, pair: Pair) -> None:
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    others = {"rsa": rsa.generate_private_key(65537, 2048), "p384": ec.generate_private_key(ec.SECP384R1())}
    for name, key in others.items():
        file = tmp_path / name
        file.write_bytes(key.private_bytes(encoding, form, serialization.NoEncryption()))
        with pytest.raises(InputError, match="neither Ed25519 nor ECDSA P-256"):
            read_signing_key(file, lambda: b"")
    with pytest.raises(InputError, match="this is a public key"):
        read_signing_key(pair.public, lambda: b"")
    with pytest.raises(InputError, match="this is a private key"):
        read_public_key(pair.private)
    (tmp_path / "text").write_text("no key")
    for read in (lambda: read_signing_key(tmp_path / "text", lambda: b""), lambda: read_public_key(tmp_path / "text")):
        with pytest.raises(InputError, match="in PEM"):
            read()


def test_a_private_key_is_not_shown(pair: Pair) -> None:
    assert "_key" not in repr(pair.signing)


def test_ed25519_signs_the_same_bytes_the_same_way(allowed: Attested, pair: Pair) -> None:
    assert signed(allowed, pair) == signed(allowed, pair)
    assert isinstance(signed(allowed, pair), Envelope)


def test_the_page_shows_how_others_verify_it(
    tmp_path: Path, allowed: Attested, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[2] / "docs" / "attestation.md").read_text(encoding="utf-8")
    (code,) = (block.split("```")[0] for block in page.split("```python\n")[1:])
    pair = write_pair(tmp_path, "ed25519")
    pair.public.rename(tmp_path / "key.pub")
    monkeypatch.chdir(tmp_path)
    envelope = Pair(pair.private, tmp_path / "key.pub").signing.sign(
        "application/vnd.in-toto+json", allowed.statement(Kind.GATE_DECISION).payload
    )
    (tmp_path / "model.dsse.json").write_text(envelope.as_text(), encoding="utf-8")
    exec(compile(code, "page", "exec"), {})
    assert capsys.readouterr().out.split() == [DIGEST.removeprefix("sha256:"), "True"]
    changed = replace(envelope, payload=envelope.payload.replace(b'"passes":true', b'"passes":null'))
    (tmp_path / "model.dsse.json").write_text(changed.as_text(), encoding="utf-8")
    with pytest.raises(VerificationError):
        exec(compile(code, "page", "exec"), {})


def test_without_cryptography_the_message_names_the_extra(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.startswith("cryptography.hazmat.primitives")]:
        monkeypatch.setitem(sys.modules, name, None)
    for read in (lambda: read_public_key(pair.public), lambda: read_signing_key(pair.private, lambda: b"")):
        with pytest.raises(InputError, match=r"aiact-rules\[sign\]"):
            read()
