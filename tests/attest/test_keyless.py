"""Keyless: what Sigstore says counts, and whatever goes wrong in it is no signature. Signing needs the network: not tested."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from aiact_rules.attest.attesting import Attested
from aiact_rules.attest.keyless import keyless_signer, sign_keyless
from aiact_rules.core.problems import InputError

from .conftest import Pair, signed
from .oracles import oracle

WHO, ISSUER = "release@example.org", "https://issuer.example"


class Known:
    """Stands for Sigstore's verifier: says what it was made to say, or refuses."""

    def __init__(self, answer: tuple[str, bytes] | Exception) -> None:
        self.answer = answer
        self.asked: list[Any] = []

    def verify_dsse(self, bundle: object, policy: Any) -> tuple[str, bytes]:
        self.asked.append((bundle, policy))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def sigstore(monkeypatch: pytest.MonkeyPatch) -> None:
    """Return modules in the place of Sigstore's, which hand over what they are given."""

    def identity(*, identity: str, issuer: str) -> tuple[str, str]:
        return identity, issuer

    modules = {
        "sigstore": SimpleNamespace(),
        "sigstore.verify": SimpleNamespace(policy=SimpleNamespace(Identity=identity)),
        "sigstore.models": SimpleNamespace(Bundle=SimpleNamespace(from_json=json.loads)),
    }
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)


@pytest.mark.usefixtures("sigstore")
def test_only_the_payload_that_sigstore_verified_is_signed(allowed: Attested, pair: Pair) -> None:
    envelope = signed(allowed, pair)
    known = Known((envelope.payload_type, envelope.payload))
    data = envelope.as_text().encode()
    assert keyless_signer(data, WHO, ISSUER, known)(envelope) == f"{WHO} ({ISSUER})"
    assert known.asked == [(json.loads(data), (WHO, ISSUER))]
    for answer in ((envelope.payload_type, b"{}"), ("text/plain", envelope.payload), ValueError("refused")):
        assert keyless_signer(data, WHO, ISSUER, Known(answer))(envelope) is None
    assert keyless_signer(b"no JSON", WHO, ISSUER, known)(envelope) is None


def test_without_sigstore_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sigstore", "sigstore.sign", "sigstore.verify"):
        monkeypatch.setitem(sys.modules, name, None)
    for run in (lambda: sign_keyless(b"{}"), lambda: keyless_signer(b"", WHO, ISSUER)):
        with pytest.raises(InputError, match="pip install sigstore"):
            run()


def test_the_names_of_sigstore_that_are_used_exist() -> None:
    sigstore = oracle("sigstore")
    from sigstore import dsse, models, oidc, sign, verify

    assert sigstore
    for name in (
        models.ClientTrustConfig.production,
        models.SigningConfig.get_oidc_url,
        models.Bundle.from_json,
        oidc.detect_credential,
        oidc.IdentityToken,
        oidc.Issuer.identity_token,
        sign.SigningContext.from_trust_config,
        sign.Signer.sign_dsse,
        dsse.Statement,
        verify.Verifier.production,
        verify.Verifier.verify_dsse,
        verify.policy.Identity,
    ):
        assert callable(name)
