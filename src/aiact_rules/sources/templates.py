"""Templates: tell a form that nobody filled in from one that says something."""

from __future__ import annotations

import re

from aiact_rules.sources.passages import PassageKind, passages

MARKER = re.compile(
    r"\[\s*more information needed\s*\]|\{\{[^{}\n]*\}\}|\{%[^%\n]*%\}|\[\s*(?:todo|tbd|insert [^\]]{1,60})\s*\]"
    r"|<\s*(?:todo|tbd|insert [^>]{1,60})\s*>",
    re.IGNORECASE,
)
_WHOLE = re.compile(rf"\s*(?:(?:{MARKER.pattern})\s*)+\Z", re.IGNORECASE)
_IN_ANGLES = re.compile(r"<\s*(?P<marker>todo|tbd|insert [^>\n]{1,60})\s*>", re.IGNORECASE)  # which HTML would hide
_MOST_WORDS_OF_A_LABEL = 3
_WORD = re.compile(r"[^\W\d_]{2,}")
_LEAST_WORDS = 40


def is_placeholder(text: str) -> bool:
    """Return whether a value is nothing but a template's marker, such as `[More Information Needed]`."""
    return _WHOLE.match(text) is not None


def is_untouched(markdown: str) -> bool:
    """Return whether what a Markdown document shows still has its template's markers and next to nothing outside them.

    Headings, labels and every paragraph with a marker in it count as the template's.
    """
    if MARKER.search(markdown) is None:
        return False
    shown = passages(_IN_ANGLES.sub(r"[\g<marker>]", markdown))
    said = [each for each in shown if MARKER.search(each.text) is None]
    if len(said) == len(shown):
        return False
    words = [len(_WORD.findall(each.text)) for each in said if each.kind is not PassageKind.HEADING]
    return sum(count for count in words if count > _MOST_WORDS_OF_A_LABEL) < _LEAST_WORDS


def without_placeholders(yaml: str) -> tuple[str, tuple[int, ...]]:
    """Blank the bare markers of a template in a YAML text, which is no YAML with them, and say in which lines (from 1)."""
    lines, found = yaml.split("\n"), []
    for number, line in enumerate(lines):
        if match := _BARE.match(line):
            lines[number] = match["before"].rstrip()
            found.append(number + 1)
    return "\n".join(lines), tuple(found)


_BARE = re.compile(r"(?P<before>\s*(?:- +)?(?:[\w.-]+:\s+)?)(?:\{\{[^{}]*\}\}|\{%[^%]*%\})\s*\Z")
