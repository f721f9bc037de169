"""Passages: the text of a Markdown document in pieces, as a reader sees it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from aiact_rules.sources.prose import prose
from aiact_rules.sources.shown import shown

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t#]*\Z")
_ITEM = re.compile(r"\s*(?:[-+*]|\d+[.)])\s+")


class PassageKind(StrEnum):
    """What a passage is in its document."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    CELL = "cell"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document's text, from the line it begins in, with the headings above it, outermost first."""

    text: str
    line: int
    kind: PassageKind
    headings: tuple[str, ...] = ()
    intro: str | None = None


def passages(markdown: str, first_line: int = 1) -> tuple[Passage, ...]:
    """Return the passages of a Markdown text that begins at a line of its file."""
    return tuple(_passages(shown(prose(markdown))[-1], first_line))


def _passages(text: str, first_line: int) -> Iterator[Passage]:
    headings: list[tuple[int, str]] = []
    kept: list[str] = []
    begin, kind, intro = first_line, PassageKind.TEXT, None
    for number, line in enumerate([*text.split("\n"), ""], first_line):
        heading, item = _HEADING.match(line), _ITEM.match(line)
        if kept and (not line.strip() or heading or item):
            said = "\n".join(kept)
            yield Passage(
                said, begin, kind, tuple(each for _, each in headings), intro if kind is PassageKind.ITEM else None
            )
            intro = said if kind is PassageKind.TEXT and said.rstrip().endswith(":") else intro
            kept = []
        if heading:
            headings = [each for each in headings if each[0] < len(heading[1])]
            yield Passage(heading[2], number, PassageKind.HEADING, tuple(each for _, each in headings))
            headings.append((len(heading[1]), heading[2]))
            intro = None
        elif line.strip():
            if not kept:
                begin, kind = number, PassageKind.ITEM if item else PassageKind.TEXT
            kept.append(line)
