"""Signatures: whether a body comes from the platform that shares a secret with us. Every comparison takes the same time."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping

from aiact_rules.server.refusals import Refusal

WINDOW_SECONDS = 300


def of_github(secret: bytes, body: bytes, headers: Mapping[str, str]) -> None:
    """Raise Refusal unless `X-Hub-Signature-256` is that of the body."""
    _same(headers.get("x-hub-signature-256"), f"sha256={_hex(secret, body)}")


def of_gitlab(secret: bytes, body: bytes, headers: Mapping[str, str]) -> None:
    """Raise Refusal unless `X-Gitlab-Signature` is that of the body."""
    given = headers.get("x-gitlab-signature")
    _same(None if given is None else given.removeprefix("sha256="), _hex(secret, body))


def of_mlflow(secret: bytes, body: bytes, headers: Mapping[str, str], now: float) -> None:
    """Raise Refusal unless `X-MLflow-Signature` is that of delivery, time and body, and the time is near.

    `now` is the moment in seconds. A delivery that is sent again later has a new time and a new signature.
    """
    delivery, timestamp = headers.get("x-mlflow-delivery-id", ""), headers.get("x-mlflow-timestamp", "")
    signed = b".".join([delivery.encode(), timestamp.encode(), body])
    whole = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    _same(headers.get("x-mlflow-signature"), f"v1,{whole}")
    # The signature covers the time, so this tells nobody anything who did not know the secret.
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now - int(timestamp[:12])) > WINDOW_SECONDS:
        raise Refusal(
            401, "unknown-caller", f"the delivery is more than {WINDOW_SECONDS} s old, or its time is missing"
        )


def of_huggingface(secret: bytes, body: bytes, headers: Mapping[str, str]) -> None:  # noqa: ARG001
    """Raise Refusal unless `X-Webhook-Secret` is the secret itself; the Hub signs nothing."""
    _same(headers.get("x-webhook-secret"), secret.decode("utf-8", "replace"))


def _hex(secret: bytes, body: bytes) -> str:
    return hmac.new(secret, body, hashlib.sha256).hexdigest()


def _same(given: str | None, expected: str) -> None:
    presented = "" if given is None else given
    if not hmac.compare_digest(presented.encode("utf-8", "replace"), expected.encode()) or given is None:
        raise Refusal(401, "unknown-caller", "the signature is missing or is not that of the body")
