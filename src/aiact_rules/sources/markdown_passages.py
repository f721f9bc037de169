"""Markdown passages: what the blocks of a text show, told to a writer of passages one after the other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from markdown_it.token import Token

from aiact_rules.sources.markdown_blocks import RAW, ROW, Inlines, blocks_of
from aiact_rules.sources.passage_writer import BETWEEN_CELLS, PassageWriter, read_as_written
from aiact_rules.sources.passages import MOST_LINES, Passage, PassageKind

_LINE_END = re.compile(r"\r\n?")
_QUOTE_MARKS = re.compile(r"^[ \t>]+", re.MULTILINE)
_FOOTNOTE = re.compile(r"\[\^[^\]\n]+\]:")
_CODE = ("code_block", "fence")
_LISTS = ("bullet_list_open", "ordered_list_open", "bullet_list_close", "ordered_list_close")
_MARKS = frozenset(("em_open", "em_close", "strong_open", "strong_close", "s_open", "s_close", "link_open"))


def read_passages(markdown: str, first_line: int) -> tuple[Passage, ...]:
    """Return the passages of a Markdown text that begins at `first_line` of its file."""
    lines = _LINE_END.sub("\n", markdown).split("\n")
    followed, rest = lines[:MOST_LINES], lines[MOST_LINES:]
    blocks, inlines = blocks_of("\n".join(followed))
    found = _Reader(followed, first_line, inlines).read(blocks)
    return (*found, *read_as_written("\n".join(rest), first_line + len(followed)))


@dataclass(slots=True)
class _Reader:
    """Reads the blocks of one document. Headings inside a list or a quotation stand above nothing outside it."""

    lines: list[str]
    first_line: int
    inlines: Inlines
    out: PassageWriter = field(init=False)

    def __post_init__(self) -> None:
        self.out = PassageWriter(self.first_line)

    def read(self, blocks: Iterable[Token]) -> list[Passage]:
        """Return the passages that these blocks show."""
        out = self.out
        outside: list[tuple[tuple[int, str], ...]] = []
        level, footnote = 0, False
        for block in blocks:
            kind = block.type
            line = self.first_line + (block.map[0] if block.map else 0)
            if kind == "inline":
                footnote = _FOOTNOTE.match(block.content) is not None
                out.previous = None
                out.begin(line + self._lines_lost(block), PassageKind.HEADING if level else None, level)
                self._inline(block.content)
                out.end()
                if footnote and "<" in block.content:  # to readers without footnotes a comment in it may be text
                    out.passages += read_as_written(block.content, line)
                level = 0
            elif kind == "heading_open":
                level = int(block.tag[1])
            elif kind == "blockquote_open" or kind in _LISTS[:2]:
                outside.append(out.headings)
                if kind in _LISTS:
                    out.open_list()
            elif kind == "blockquote_close" or kind in _LISTS[2:]:
                out.headings = outside.pop()
                if kind in _LISTS:
                    out.close_list()
            elif kind == "html_block":
                out.begin(line)
                out.markup(block.content, is_block=True)
                out.end()
            elif kind == ROW:
                self._row(line, block.meta["cells"])
            elif kind == RAW:
                begin, end = block.map or (0, 0)
                text = _QUOTE_MARKS.sub("", "\n".join(self.lines[begin:end]))
                out.passages += read_as_written(text, line)
            elif (kind == "code_block" and footnote) or (kind in _CODE and out.html.in_text_element):
                # Below a footnote GitHub shows no code but text; in a text area a browser shows whatever stands there.
                out.begin(line)
                out.as_written(block.content)
            if kind in _CODE or kind in ("hr", "blockquote_close", RAW, ROW):
                out.previous = None
            footnote = footnote and kind in ("inline", "paragraph_close", "code_block")
        return out.passages

    def _lines_lost(self, block: Token) -> int:
        """Return how many lines of a block are blank at its beginning, which its content is without."""
        begin, end = block.map or (0, 1)
        if block.content.count("\n") + 1 >= end - begin:
            return 0
        first = block.content.partition("\n")[0]
        return next((lost for lost in range(end - begin) if first in self.lines[begin + lost]), 0)

    def _row(self, line: int, cells: list[str]) -> None:
        self.out.begin(line, PassageKind.CELL)
        for number, cell in enumerate(cells):
            if number:
                self.out.text(BETWEEN_CELLS)
            self._inline(cell)
        self.out.end()

    def _inline(self, text: str) -> None:
        out = self.out
        tokens = self.inlines.tokens(text)
        if tokens is None:
            out.as_written(text)
            return
        before_links: list[int] = []
        for token in tokens:
            kind = token.type
            if kind in ("text", "text_special"):
                out.text(token.content.replace("\n", " "))  # written as an entity
            elif kind in ("softbreak", "hardbreak"):
                out.text("\n")
            elif kind in _MARKS:
                out.mark()
                if kind == "link_open":
                    before_links.append(out.line)
            elif kind == "code_inline":
                out.mark(token.meta["before"])
                out.text(token.content)
                out.mark(token.meta["after"])
            elif kind == "html_inline":
                out.markup(token.content)
            elif kind == "link_close":
                inside = out.line - before_links.pop()
                out.mark(token.meta.get("breaks", inside) - inside)
            elif kind == "image":
                out.mark(token.meta["breaks"])
                out.image(_plain(token.children or ()))


def _plain(tokens: Iterable[Token]) -> str:
    """Return the text of an image."""
    return "".join(
        _plain(token.children or ())
        if token.type == "image"
        else "\n"
        if token.type in ("softbreak", "hardbreak")
        else ""
        if token.type == "html_inline"
        else token.content
        for token in tokens
    )
