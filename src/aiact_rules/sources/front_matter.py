"""Front matter: the YAML block at the very start of a Markdown document, apart from its body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiact_rules.core.problems import InputError, Place, Problem

_FENCE = re.compile(r"---[ \t]*\Z")
_KEY = re.compile(r"\{?[ \t]*[\"']?(?P<key>[A-Za-z][\w-]*)[\"']?[ \t]*:(?:\s|\Z)")
_YAML = re.compile(r"[ \t#\]}-]")  # how a line of a mapping begins that begins with no key
_LEADING_LINES = 40


@dataclass(frozen=True, slots=True)
class Misplaced:
    """What looks like front matter and does not begin at the top of its document: its keys with their lines.

    `line` is that of the `---` which begins it, or where it is `unopened` of the one which ends it.
    """

    line: int
    keys: tuple[tuple[str, int], ...]
    unopened: bool = False


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A Markdown document in two parts. `front` is None where it has no front matter; lines count from 1."""

    front: str | None
    front_line: int
    body: str
    body_line: int
    misplaced: Misplaced | None = None


def split_front_matter(text: str, name: str) -> FrontMatter:
    """Return a document cut at its front matter: a first line `---` (after blank lines only) and the next line `---`.

    A rule of dashes further down is text. Raises InputError where front matter begins and never ends.
    """
    lines = text.split("\n")
    leading = len(text) - len(text.lstrip())
    start = len(lines) if leading == len(text) else text.count("\n", 0, leading)
    if start == len(lines) or not _FENCE.match(lines[start].strip()):
        return FrontMatter(None, 1, text, 1, _misplaced(lines, start))
    for end in range(start + 1, len(lines)):
        if _FENCE.match(lines[end]):
            return FrontMatter("\n".join(lines[start + 1 : end]), start + 2, "\n".join(lines[end + 1 :]), end + 2)
    raise InputError(
        [Problem("front matter begins here and never ends", Place(name, start + 1), "end it with a line `---`")]
    )


def _misplaced(lines: list[str], start: int) -> Misplaced | None:
    """Return the first thing near the top, outside code and comments, that looks like front matter."""
    head = lines[start : start + _LEADING_LINES]
    if not any(map(_FENCE.match, head)):
        return None
    from aiact_rules.sources.markdown_blocks import without_code  # with a parser that a card at the top does not need

    shown = [""] * start + without_code("\n".join(lines[start:])).split("\n")
    fences = [number for number in range(start, start + len(head)) if _FENCE.match(shown[number])]
    for opened in fences:
        end = next((number for number in range(opened + 1, len(lines)) if _FENCE.match(lines[number])), None)
        block = [] if end is None else [line for line in shown[opened + 1 : end] if line.strip()]
        if block and _KEY.match(block[0]) and all(_KEY.match(line) or _YAML.match(line) for line in block):
            return Misplaced(opened + 1, _keys(shown, opened + 1, end or 0))
    for number in fences:
        if keys := _keys(shown, max(start, number - 8), number):
            return Misplaced(number + 1, keys, unopened=True)
    return None


def _keys(lines: list[str], start: int, end: int) -> tuple[tuple[str, int], ...]:
    return tuple((match["key"], at + 1) for at in range(start, end) if (match := _KEY.match(lines[at])))
