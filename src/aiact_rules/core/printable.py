"""Printable: user input on one line, with nothing in it that a terminal or a CI log would obey."""

from __future__ import annotations

import re
import unicodedata

# Control characters, line ends of every kind, marks that turn the direction of writing, and halves of surrogate pairs.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def printable(text: str) -> str:
    """Return a text with control characters, line ends and direction marks written as escapes such as `\\n` or `\\x1b`.

    A byte of a file name that is not UTF-8 is written as that byte: `\\xff`.
    """
    return text if text.isprintable() else _OBEYED.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    sign = found.group()
    code = ord(sign) - 0xDC00 if 0xDC80 <= ord(sign) <= 0xDCFF else ord(sign)
    return _SHORT.get(sign) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def encodable(text: str) -> str:
    """Return a text that every file takes: signs that are no Unicode, as in names of files, are written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def is_written(text: object) -> bool:
    """Return whether this is a text with a letter or a figure that a reader sees."""
    return isinstance(text, str) and any(unicodedata.category(sign)[0] in "LN" for sign in text)
