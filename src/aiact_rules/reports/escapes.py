"""Escapes: how text that others wrote enters each format, so that no terminal, log or viewer obeys it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aiact_rules.core.printable import printable

_LINE_ENDS = re.compile(r"(\r\n|[\n\t])")
# What a CI system takes for a command: `::name::` at the beginning of a line, `##[name]` and `##vso[name]` anywhere.
_AT_THE_BEGINNING = re.compile(r"^([^\S\n]*):(?=:)", re.MULTILINE)
_ANYWHERE = re.compile(r"##(?=\w*\[)")
_BEYOND_ASCII = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def plain(text: str) -> str:
    """Return a text in which only line ends and tabs are left of what a terminal obeys."""
    return "".join(part if at % 2 else printable(part) for at, part in enumerate(_LINE_ENDS.split(text)))


def harmless(text: str) -> str:
    """Return a text that neither a terminal nor a CI system's log obeys."""
    text = _AT_THE_BEGINNING.sub(r"\1\\x3a", plain(text))
    return _ANYWHERE.sub(r"#\\x23", text)


def json_text(value: object) -> str:
    """Return a JSON value as text, what holds only words and numbers on one line and the rest indented.

    What a terminal obeys is escaped as JSON does, so that the value stays the same.
    """
    text = "".join(_json_lines(value, "\n"))
    return _ANYWHERE.sub(r"#\\u0023", _BEYOND_ASCII.sub(_json_escape, text)) + "\n"


def _json_lines(value: object, line: str) -> Iterator[str]:
    import json

    inside = line + "  "
    if isinstance(value, dict) and not _is_flat(value):
        for number, (name, part) in enumerate(value.items()):
            yield f"{',' if number else '{'}{inside}{json.dumps(name, ensure_ascii=False)}: "
            yield from _json_lines(part, inside)
        yield f"{line}}}"
    elif isinstance(value, list) and not (all(map(_is_word, value)) or _is_flat(value)):
        for number, part in enumerate(value):
            yield f"{',' if number else '['}{inside}"
            yield from _json_lines(part, inside)
        yield f"{line}]"
    else:
        yield json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _is_flat(value: object) -> bool:
    """Return whether a value fits on a line: an object of words and of lists of words."""
    if isinstance(value, list):
        return False
    parts = value.values() if isinstance(value, dict) else ()
    return all(_is_word(part) or isinstance(part, list) and all(map(_is_word, part)) for part in parts)


def _is_word(value: object) -> bool:
    return not isinstance(value, list | dict) or not value


def _json_escape(found: re.Match[str]) -> str:
    sign = found.group()
    # Half a surrogate pair is no text; `printable` shows what it stands for.
    return f"\\{printable(sign)}" if "\ud800" <= sign <= "\udfff" else f"\\u{ord(sign):04x}"


def uri(path: str) -> str:
    """Return a path as a URI reference; bytes that are not UTF-8 stay the bytes they are."""
    from urllib.parse import quote

    try:
        return quote(path, errors="surrogateescape")
    except UnicodeEncodeError:
        return quote(printable(path))


def html(text: str) -> str:
    """Return a text for an HTML page."""
    from html import escape

    return escape(printable(text))


def xml_text(text: str) -> str:
    """Return a text for an XML document, before its markup is escaped, without what XML 1.0 cannot hold."""
    return printable(text).replace("\ufffe", "").replace("\uffff", "")


def without_commands(markup: str) -> str:
    """Return an XML or HTML document that a CI system's log may show."""
    return _ANYWHERE.sub("#&#35;", _AT_THE_BEGINNING.sub(r"\1&#58;", markup))


def markdown(text: str) -> str:
    """Return a text for one line of Markdown, free of markup of its own, and naming nobody."""
    text = printable(text).replace("&", "&amp;")
    for mark in "\\`*_[]<>|":
        text = text.replace(mark, "\\" + mark)
    return " ".join(text.split()).replace("@", "@&#8203;")


def workflow_data(text: str) -> str:
    """Return a text as the message of a GitHub workflow command."""
    return printable(text).replace("%", "%25")


def workflow_property(text: str) -> str:
    """Return a text as a property of a GitHub workflow command."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")
