"""Passage writer: puts passages together from the texts, marks and tags that a reader of a format finds in turn."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from aiact_rules.sources.html_text import BLOCK_TAGS, PARTS_OF_TABLES, HtmlReader, Rest, Tag
from aiact_rules.sources.passages import Passage, PassageKind
from aiact_rules.sources.shown import normalised, shown

_LEAST_PART = 1_000
BETWEEN_CELLS = " | "
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_WORD = re.compile(r"\w")
_HEADING_TAG = re.compile(r"h([1-6])")
# Not the punctuation at its end, which is that of the sentence.
_URL = re.compile(r"\b(?:(?:https?|ftp)://|www\.)[^\s<]*[^\s<?!.,:;*_~'\")\]]", re.IGNORECASE)

_SEAM, _LATE = "\ufdd0", "\ufdd1"
"""Stand, in a text being written, for a mark of the source and for a line end in it. No reader sees these characters,
which Unicode leaves for such uses."""
_SEAM_IN_WORD = re.compile(rf"(?<=[^\W_]){_SEAM}(?=[{_SEAM}{_LATE}]*[^\W_])")
_IN_WORD = rf"[^\s!-/:-@\[-`{{-~{_LATE}]"
_WORD_WITH_LATE = re.compile(rf"(?<!{_IN_WORD})(?P<before>{_IN_WORD}*+)(?:{_LATE}++{_IN_WORD}*+)++")
_SEPARATORS = re.compile("[\x1c-\x1f]")  # no reader sees these either, though Python takes them for blanks


@dataclass(slots=True)
class PassageWriter:
    """Writes the passages of one document.

    `line` is that of the next character of the source. A line end inside a word, in a tag or in the target of a link, is
    written after the word, so that each word begins in the line it has in the source.
    """

    line: int
    passages: list[Passage] = field(default_factory=list)
    headings: tuple[tuple[int, str], ...] = ()  # those above, with their levels
    intros: list[str | None] = field(default_factory=list)  # of the open lists
    previous: Passage | None = None  # the last one, where nothing stands between

    kind: PassageKind = PassageKind.TEXT
    level: int = 0  # of a heading
    begun: int = 0
    parts: list[str] = field(default_factory=list)
    beside: list[Passage] = field(default_factory=list)
    html: HtmlReader = field(default_factory=HtmlReader)
    opened: Counter[str] = field(default_factory=Counter)  # elements

    def begin(self, line: int, kind: PassageKind | None = None, level: int = 0) -> None:
        """Begin a passage. Without a kind it is an item where a list is open, else a text."""
        self.line = line
        self._begin_here(kind, level)

    def text(self, text: str) -> None:
        """Write a text as the source has it, line ends too."""
        self.line += text.count("\n")
        self.parts.append(text)

    def mark(self, breaks: int = 0) -> None:
        """Write that a mark stands here, which no reader sees, with so many line ends in it."""
        self.line += breaks
        self.parts.append(_SEAM + _LATE * breaks)

    def image(self, text: str) -> None:
        """Write the text of an image, or of a field to fill in, as a passage beside the one it stands in."""
        self.beside += _passage(text, self.line, PassageKind.TEXT, self._headings(), None)

    def end(self) -> None:
        """End the passage, if one is begun."""
        written = _SEPARATORS.sub(_SEAM, "".join(self.parts))
        self.parts.clear()
        text = written.replace(_SEAM, "")
        if _LATE in text:
            text = _WORD_WITH_LATE.sub(_late_after, text)
        where = (self.begun, self.kind, self._headings(), self._intro(), self.level)
        passage = next(_passage(text, *where), None)
        if passage is not None:
            self.passages.append(passage)
            self.previous = passage
        if (apart := _SEAM_IN_WORD.sub(" ", written)) != written:
            self.passages += _passage(apart.replace(_SEAM, "").replace(_LATE, "\n"), *where)
        if self.level:
            self._put_above(self.level, "" if passage is None else passage.text)
        self.passages += self.beside
        self.beside.clear()

    def open_list(self) -> None:
        """Begin a list, which the passage just before may introduce."""
        above = self.previous.text if self.previous is not None else ""
        outer = self.intros[-1] if self.intros else None
        self.intros.append(above if above.endswith(":") else outer)
        self.previous = None

    def close_list(self) -> None:
        """End the list that was begun last."""
        self.intros.pop()
        self.previous = None

    def markup(self, source: str, *, is_block: bool = False) -> None:
        """Write what a piece of HTML shows; as a block of its own, blank lines in it part passages."""
        depth = len(self.intros)
        for piece in self.html.pieces(source):
            if isinstance(piece, Tag):
                self._tag(piece, depth)
            elif isinstance(piece, Rest):
                self.as_written(piece.source)
            elif is_block:
                self._paragraphs(piece)
            else:
                self.text(piece)
        if is_block:
            del self.intros[depth:]

    def as_written(self, text: str) -> None:
        """Write a text whose marks are not followed, its paragraphs each in all the ways in which it may be meant."""
        self.end()
        self.passages += read_as_written(text, self.line, self.kind, self._headings(), self._intro())
        self.line = self.begun = self.line + text.count("\n")
        self.previous = None

    def _paragraphs(self, text: str) -> None:
        at = 0
        for gap in _BLANK_LINES.finditer(text):
            self.text(text[at : gap.end()])
            at = gap.end()
            self._part()
        self.text(text[at:])

    def _tag(self, tag: Tag, depth: int) -> None:
        self.mark(tag.breaks)
        for text in tag.shown:
            self.image(text)
        if tag.name == "br":
            self.text(" ")
        elif not self._parts_words(tag):
            return
        elif tag.name in ("td", "th") and self.kind is PassageKind.CELL:
            if not tag.is_end and self.parts:
                self.text(BETWEEN_CELLS)
        else:
            self._part()
            heading = None if tag.is_end else _HEADING_TAG.fullmatch(tag.name)
            if heading is not None:
                self.kind, self.level = PassageKind.HEADING, int(heading[1])
            elif tag.name in ("ul", "ol"):
                if not tag.is_end:
                    self.open_list()
                elif len(self.intros) > depth:
                    self.close_list()
                self._begin_here()
            elif tag.name in ("tr", "td", "th") and not tag.is_end:
                self.kind = PassageKind.CELL
        self.opened[tag.name] = max(0, self.opened[tag.name] + (-1 if tag.is_end else 1))

    def _parts_words(self, tag: Tag) -> bool:
        """Return whether what stands before a tag is apart from what comes after it, as a browser shows it."""
        if tag.name not in BLOCK_TAGS:
            return False
        if tag.is_end and tag.name != "p":
            return self.opened[tag.name] > 0
        return tag.name not in PARTS_OF_TABLES or self.opened["table"] > 0

    def _part(self) -> None:
        """End a passage within the source of a block, and begin the next."""
        self.end()
        self._begin_here()

    def _begin_here(self, kind: PassageKind | None = None, level: int = 0) -> None:
        self.begun = self.line
        self.kind = kind or (PassageKind.ITEM if self.intros else PassageKind.TEXT)
        self.level = level

    def _put_above(self, level: int, text: str) -> None:
        self.headings = (*(above for above in self.headings if above[0] < level), (level, text))

    def _headings(self) -> tuple[str, ...]:
        above = self.headings
        if self.level:
            above = tuple(heading for heading in above if heading[0] < self.level)
        return tuple(text for _, text in above)

    def _intro(self) -> str | None:
        return self.intros[-1] if self.intros and self.kind is PassageKind.ITEM else None


def _late_after(word: re.Match[str]) -> str:
    breaks = "\n" * word.group().count(_LATE)
    text = word.group().replace(_LATE, "")
    return text + breaks if word["before"] else breaks + text


def read_as_written(
    text: str,
    line: int,
    kind: PassageKind = PassageKind.TEXT,
    headings: tuple[str, ...] = (),
    intro: str | None = None,
) -> Iterator[Passage]:
    """Return the parts of a text whose marks are not followed, each in all the ways in which it may be meant.

    It is parted at blank lines, not at every one, since it may be long.
    """
    at = 0
    while at < len(text):
        gap = _BLANK_LINES.search(text, at + _LEAST_PART)
        end = len(text) if gap is None else gap.end()
        for way in shown(text[at:end]):
            yield from _passage(way, line, kind, headings, intro)
        line += text.count("\n", at, end)
        at = end


def _passage(
    text: str, line: int, kind: PassageKind, headings: tuple[str, ...], intro: str | None, level: int = 0
) -> Iterator[Passage]:
    """Return the passage that a text makes, if there are words in it."""
    text = normalised(text)
    if ":" in text or "." in text:
        text = _URL.sub(" ", text)
    if _WORD.search(text) is None:
        return
    begun = text.lstrip(" \t\n|") if kind is PassageKind.CELL else text.lstrip()
    yield Passage(begun.rstrip(), line + text.count("\n", 0, len(text) - len(begun)), kind, headings, intro, level)
