"""A small decision that fits its own id."""

from __future__ import annotations

import hashlib

import rfc8785


def decision(name: str) -> dict[str, object]:
    identity: dict[str, object] = {
        "verdict": "allow",
        "subject": {"name": name, "version": None, "documents": []},
        "packs": [],
    }
    digest = hashlib.sha256(rfc8785.dumps(identity)).hexdigest()  # type: ignore[arg-type]
    return {**identity, "decision_id": f"sha256:{digest}", "run": {"engine": "test"}}
