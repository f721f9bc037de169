"""Front matter: the YAML block at the very start of a Markdown document, apart from its body."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiact_rules.core.problems import InputError, Place, Problem

_FENCE = re.compile(r"---[ \t]*\Z")
_KEY = re.compile(r"[A-Za-z][\w-]*:(\s|\Z)")
_LEADING_LINES = 40


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """A Markdown document in two parts. `front` is None where it has no front matter; lines count from 1."""

    front: str | None
    front_line: int
    body: str
    body_line: int
    misplaced_at: int | None = None  # a line that looks as if front matter ended there, though none began


def split_front_matter(text: str, name: str) -> FrontMatter:
    """Cut a document at its front matter: a first line `---` (after blank lines only) and the next line `---`.

    A rule of dashes further down is text. Raises InputError where front matter begins and never ends.
    """
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), len(lines))
    if start == len(lines) or not _FENCE.match(lines[start].strip()):
        return FrontMatter(None, 1, text, 1, _misplaced(lines, start))
    for end in range(start + 1, len(lines)):
        if _FENCE.match(lines[end]):
            return FrontMatter("\n".join(lines[start + 1 : end]), start + 2, "\n".join(lines[end + 1 :]), end + 2)
    raise InputError(
        [Problem("front matter begins here and never ends", Place(name, start + 1), "end it with a line `---`")]
    )


def _misplaced(lines: list[str], start: int) -> int | None:
    for number, line in enumerate(lines[start : start + _LEADING_LINES], start):
        if _FENCE.match(line) and any(_KEY.match(above) for above in lines[max(start, number - 8) : number]):
            return number + 1
    return None
