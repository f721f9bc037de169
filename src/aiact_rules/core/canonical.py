"""Canonical: JSON values as the bytes that RFC 8785 gives them, which are the same wherever and whenever they are made."""

from __future__ import annotations

import json

_MOST = 2**53 - 1
_TEXTS = frozenset({str})
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode


def canonical(value: object) -> bytes:
    """Return the canonical bytes of a JSON value. Raises ValueError for one that has none.

    Python's own encoder writes texts, whole numbers and truths as RFC 8785 does, many times faster than `rfc8785`, which
    writes whatever else there is: fractions, and names that sort differently by their UTF-16.
    """
    if _is_plain(value):
        text = _write(value)
        if text.isascii() or _is_plain_text(text):
            return text.encode()
    import rfc8785

    return rfc8785.dumps(value)  # type: ignore[arg-type]


def _is_plain(value: object) -> bool:
    waiting = [value]
    for each in waiting:  # which grows while it is gone through
        if type(each) is str or each is None or each is True or each is False:
            continue
        if type(each) is dict:
            if not _TEXTS.issuperset(map(type, each)):
                return False
            waiting += each.values()
        elif type(each) is list:
            waiting += each
        elif type(each) is not int or not -_MOST <= each <= _MOST:
            return False
    return True


def _is_plain_text(text: str) -> bool:
    """Return whether every character is one unit of UTF-16, so that names sort by it as they do by themselves."""
    try:
        return len(text.encode("utf-16-le")) == 2 * len(text)
    except UnicodeEncodeError:
        return False
