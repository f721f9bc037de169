"""Digests: how the bytes of something are named, so that nobody can put others in their place."""

from __future__ import annotations

import re

DIGEST_PATTERN = "^sha256:[0-9a-f]{64}$"
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}\Z")


def is_digest(value: object) -> bool:
    """Return whether this is the text of a digest: `sha256:` and 64 hexadecimal digits in lower case."""
    return isinstance(value, str) and _DIGEST.match(value) is not None
