"""Passages: the texts of a Markdown document as a reader sees them, each with its line and what stands above it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from aiact_rules.sources.shown import normalised

MOST_LINES = 10_000
"""Lines of a Markdown text up to which blocks are told apart; what follows is taken as written."""


class PassageKind(StrEnum):
    """What a passage is to a reader."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"  # of a list
    CELL = "cell"  # a whole row of a table, its cells joined by ` | `
    VALUE = "value"  # of metadata


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, heading, list item, row of a table or value of metadata, normalised (NFKC, no invisible characters).

    `line` is where it begins in its file; the line of any character is `line + text.count("\\n", 0, at)`. A line end in it
    is a blank like any other and ends no sentence. `headings` are the texts of the headings above it, outermost first.
    `intro` is the paragraph above its list, where that ends with a colon. `level` is that of a heading, else 0.
    """

    text: str
    line: int
    kind: PassageKind
    headings: tuple[str, ...] = ()
    intro: str | None = None
    level: int = 0


def passages(markdown: str, first_line: int = 1) -> tuple[Passage, ...]:
    """Return the passages of a Markdown text that begins at `first_line` of its file, in their order.

    The text is read as CommonMark with GitHub's tables, strikethrough and footnotes. Code blocks, comments, tags, targets
    of links and bare URLs are left out; the text of an image is a passage of its own. A paragraph with marks inside its
    words, such as `recruit**ment**`, comes twice: as a reader sees it, and with the words apart at the marks. What is too
    long or too deep to follow at a cost linear in its length is taken as written, code and comments included.
    """
    from aiact_rules.sources.markdown_passages import read_passages  # with a parser that little else needs

    return read_passages(markdown, first_line)


def value(text: str, line: int) -> Passage:
    """Return the passage of a value of metadata that stands at a line of its file."""
    return Passage(normalised(text), line, PassageKind.VALUE)
