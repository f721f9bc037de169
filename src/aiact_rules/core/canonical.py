"""Canonical: JSON values as the bytes that RFC 8785 gives them, which are the same wherever and whenever they are made."""

from __future__ import annotations

import json

_MOST = 2**53 - 1


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a JSON value. Raises ValueError for one that has none.

    Python's own encoder writes texts, whole numbers and truths as RFC 8785 does, many times faster than `rfc8785`, which
    writes whatever else there is: fractions, and names that sort differently by their UTF-16.
    """
    if _is_plain(value):
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        if text.isascii() or _is_plain_text(text):
            return text.encode()
    import rfc8785

    return rfc8785.dumps(value)  # type: ignore[arg-type]


def _is_plain(value: object) -> bool:
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is list:
        return all(map(_is_plain, value))  # type: ignore[call-overload]
    if kind is dict:
        return all(type(name) is str for name in value) and all(map(_is_plain, value.values()))  # type: ignore[attr-defined]
    return kind is int and -_MOST <= value <= _MOST  # type: ignore[operator]


def _is_plain_text(text: str) -> bool:
    """Return whether every character is one unit of UTF-16, so that names sort by it as they do by themselves."""
    try:
        return len(text.encode("utf-16-le")) == 2 * len(text)
    except UnicodeEncodeError:
        return False
