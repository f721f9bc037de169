"""Keyless: signatures by an identity instead of a key, through Sigstore. Needs `sigstore` and, for signing, the network."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from aiact_rules.attest.envelopes import Envelope
from aiact_rules.core.problems import InputError, Problem

if TYPE_CHECKING:
    from types import ModuleType

    from aiact_rules.attest.verification import Signer


def sign_keyless(payload: bytes) -> str:
    """Return a statement in a Sigstore bundle, signed by the identity that this pipeline or person proves, as JSON.

    The identity comes from the pipeline where that offers one, else from the browser. It goes into a certificate and a
    public log for good. Raises InputError where Sigstore is not installed, cannot be reached or refuses.
    """
    sign, models, oidc, dsse = (_sigstore(name) for name in ("sign", "models", "oidc", "dsse"))
    try:
        trust = models.ClientTrustConfig.production()
        context = sign.SigningContext.from_trust_config(trust)
        token = oidc.detect_credential()
        identity = (
            oidc.IdentityToken(token)
            if token is not None
            else oidc.Issuer(trust.signing_config.get_oidc_url()).identity_token()
        )
        with context.signer(identity) as signer:
            return str(signer.sign_dsse(dsse.Statement(payload)).to_json()) + "\n"
    except Exception as error:  # of the network, of the services behind it, and of Sigstore itself
        hint = "use --key where there is no identity or no network"
        raise InputError([Problem(f"signing without a key failed: {error}", hint=hint)]) from error


def keyless_signer(data: bytes, identity: str, issuer: str, verifier: Any = None) -> Signer:
    """Return what says whether the bundle in these bytes was signed by an identity that an issuer vouches for.

    `verifier` is one of Sigstore's own (default: that of its public instance, whose root is kept up to date over the network).
    """
    verify, models = _sigstore("verify"), _sigstore("models")

    def signer(envelope: Envelope) -> str | None:
        policy = verify.policy.Identity(identity=identity, issuer=issuer)
        try:
            bundle = models.Bundle.from_json(data)
            known = verifier if verifier is not None else verify.Verifier.production()
            payload_type, payload = known.verify_dsse(bundle, policy)
        except Exception:  # whatever is wrong with it, it is not signed as was asked
            return None
        return (
            f"{identity} ({issuer})" if (payload_type, payload) == (envelope.payload_type, envelope.payload) else None
        )

    return signer


def _sigstore(name: str) -> ModuleType:
    try:
        return import_module(f"sigstore.{name}")
    except ImportError as error:
        message = "signatures without a key need `sigstore`, which is not installed"
        raise InputError([Problem(message, hint="pip install sigstore, or use --key")]) from error
