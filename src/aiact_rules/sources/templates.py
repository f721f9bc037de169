"""Templates: tell a form that nobody filled in from one that says something."""

from __future__ import annotations

import re

MARKER = re.compile(
    r"\[\s*more information needed\s*\]|\{\{[^{}\n]*\}\}|\{%[^%\n]*%\}|\[\s*(?:todo|tbd|insert [^\]]{1,60})\s*\]"
    r"|<\s*(?:todo|tbd|insert [^>]{1,60})\s*>",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"\s*(?:(?:{MARKER.pattern})\s*)+\Z", re.IGNORECASE)
_LABEL = re.compile(r"[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)[^*_\n]{1,80}(?:\*\*|__)[ \t]*:?[ \t]*\Z")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 40


def is_placeholder(text: str) -> bool:
    """Return whether a value is nothing but a template's marker, such as `[More Information Needed]`."""
    return _WHOLE.match(text) is not None


def is_untouched(text: str) -> bool:
    """Return whether the prose of a document still has its template's markers and next to nothing outside them.

    Headings, labels and every paragraph with a marker in it count as the template's.
    """
    if MARKER.search(text) is None:
        return False
    words = 0
    for paragraph in re.split(r"\n[ \t]*\n", text):
        if MARKER.search(paragraph):
            continue
        lines = [line for line in paragraph.split("\n") if not line.lstrip().startswith("#") and not _LABEL.match(line)]
        words += sum(len(_WORD.findall(line)) for line in lines)
    return words < _LEAST_WORDS


def without_placeholders(yaml: str) -> tuple[str, tuple[int, ...]]:
    """Blank the bare markers of a template in a YAML text, which is no YAML with them, and say in which lines (from 1)."""
    lines, found = yaml.split("\n"), []
    for number, line in enumerate(lines):
        if match := _BARE.match(line):
            lines[number] = match["before"].rstrip()
            found.append(number + 1)
    return "\n".join(lines), tuple(found)


_BARE = re.compile(r"(?P<before>\s*(?:- +)?(?:[\w.-]+:\s+)?)(?:\{\{[^{}]*\}\}|\{%[^%]*%\})\s*\Z")
