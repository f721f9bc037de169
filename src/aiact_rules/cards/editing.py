"""Editing: a card's bytes with another result in its block and another section in its body. Every other byte stays."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.reports.card_section import BEGIN, END
from aiact_rules.sources.card_result import RESULT_KEY, section_in
from aiact_rules.sources.front_matter import FrontMatter, split_front_matter
from aiact_rules.sources.model_card import BLOCK, read_metadata
from aiact_rules.sources.passages import PassageKind, passages
from aiact_rules.yaml_text import Entry, Mapping, Scalar, plain

Lines = Callable[[str], Iterable[str]]
"""Returns the lines of a result, each behind an indentation."""

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_INDENT = "  "
_IN_LINES = "write it in lines, a key on each, without `{}`"


@dataclass(frozen=True, slots=True)
class CardText:
    """The text of a card in lines as they stand in the file, with their ends; `mark` is a byte order mark."""

    name: str
    lines: tuple[str, ...]
    mark: bytes = b""

    @classmethod
    def of(cls, data: bytes, name: str) -> CardText:
        """Read the bytes of a card. Raises InputError for anything but UTF-8, which could not be written back as it was."""
        mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
        try:
            text = data[len(mark) :].decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            raise InputError([Problem("is not valid UTF-8", Place(name, line), "save it as UTF-8")]) from error
        if "\0" in text:
            line = text.count("\n", 0, text.index("\0")) + 1
            raise InputError([Problem("holds a NUL character", Place(name, line), "save it as UTF-8")])
        return cls(name, tuple(_LINE.findall(text)), mark)

    @property
    def data(self) -> bytes:
        """Return the bytes of the file."""
        return self.mark + "".join(self.lines).encode("utf-8")

    @property
    def end(self) -> str:
        """Return how lines end here: as the first one does."""
        first = self.lines[0] if self.lines else ""
        return first[len(first.rstrip("\r\n")) :] or "\n"

    @property
    def plain(self) -> list[str]:
        """Return the lines without their ends."""
        return [line.rstrip("\r\n") for line in self.lines]

    @property
    def parts(self) -> FrontMatter:
        """Return the card cut at its front matter. Raises InputError where that never ends."""
        return split_front_matter("\n".join(self.plain), self.name)

    def with_lines(self, first: int, last: int, new: Iterable[str]) -> CardText:
        """Return the card with other lines in place of those from one number, counted from 0, up to another."""
        ended = tuple(f"{line}{self.end}" for line in new)
        return replace(self, lines=(*self.lines[:first], *ended, *self.lines[last:]))


def with_result(card: CardText, lines: Lines) -> CardText:
    """Return a card with a result in its block `eu_ai_act`, which is added where there is none.

    Raises InputError with file and line where its front matter is written in a way that cannot be added to.
    """
    parts = card.parts
    metadata = read_metadata(parts, card.name)[0]
    edited = _with_result(card, parts, metadata, lines)
    if _states(edited) != _states(card):
        message = "the front matter is written in a way that cannot be added to"
        raise InputError([Problem(message, Place(card.name, parts.front_line), _IN_LINES)])
    return edited


def with_section(card: CardText, section: Sequence[str]) -> CardText:
    """Return a card with a section in its body: in place of the one that is there, or at the end.

    Raises InputError with file and line where markers stand without each other, or the section would not be shown.
    """
    begin = card.parts.body_line - 1
    body = card.plain[begin:]
    found = section_in(body)
    markers = [number for number, line in enumerate(body) if line.rstrip() in (BEGIN, END)]
    if found is None and markers:
        message = "the markers of the section do not stand as a pair"
        raise InputError([Problem(message, Place(card.name, begin + markers[0] + 1), "remove them")])
    if found is None:
        edited, at = _with_section_added(card, section)
    else:
        at = begin + found.first
        edited = _ending_as(
            card, card.with_lines(at, begin + found.last + 1, section), begin + found.last == len(card.lines) - 1
        )
    _check_shown(edited, at, section)
    return edited


def _with_section_added(card: CardText, section: Sequence[str]) -> tuple[CardText, int]:
    """Return the card with a section at its end, and where that begins."""
    open_end = bool(card.lines) and not card.lines[-1].endswith(("\r", "\n"))
    ended = card
    if open_end:
        ended = replace(card, lines=(*card.lines[:-1], card.lines[-1] + card.end))
    at = len(ended.lines)
    blank = [""] if ended.lines and ended.plain[-1].strip() else []
    return _ending_as(card, ended.with_lines(at, at, [*blank, *section]), True), at + len(blank)


def _ending_as(card: CardText, edited: CardText, at_end: bool) -> CardText:
    """Return an edited card without a line end at its very end, where the card had none."""
    if not at_end or not card.lines or card.lines[-1].endswith(("\r", "\n")):
        return edited
    return replace(edited, lines=(*edited.lines[:-1], edited.lines[-1].rstrip("\r\n")))


def _check_shown(card: CardText, at: int, section: Sequence[str]) -> None:
    parts = card.parts
    title = next(line.lstrip("#").strip() for line in section if line.startswith("#"))
    shown = passages(parts.body, parts.body_line)
    if not any(each.kind is PassageKind.HEADING and each.text == title and each.line == at + 2 for each in shown):
        message = "what stands above leaves a code block or a comment open, so that the section would not be shown"
        raise InputError([Problem(message, Place(card.name, at + 1), "close it")])


def _with_result(card: CardText, parts: FrontMatter, metadata: Mapping, lines: Lines) -> CardText:
    if parts.front is None:
        blank = [""] if card.lines and card.plain[0].strip() else []
        return card.with_lines(0, 0, ["---", f"{BLOCK}:", *lines(_INDENT), "---", *blank])
    fence = parts.body_line - 2
    block = metadata.entry(BLOCK)
    if block is None:
        root = _indent_of(card, metadata.entries[0]) if len(metadata) else ""
        return card.with_lines(fence, fence, [f"{root}{BLOCK}:", *lines(root + _INDENT)])
    at, outer = _line_of(block), _indent_of(card, block)
    if isinstance(block.value, Scalar):
        said = card.plain[at].partition(":")[2].partition("#")[0].strip()
        if said:
            raise InputError([Problem(f"`{BLOCK}` has no keys", block.place, _IN_LINES)])
        return card.with_lines(at + 1, at + 1, lines(outer + _INDENT))
    assert isinstance(block.value, Mapping), "a block that is no mapping was refused when it was read"
    first = block.value.entries[0] if len(block.value) else None
    if first is None or _line_of(first) == at:
        raise InputError([Problem(f"`{BLOCK}` is written in one line with its keys", block.place, _IN_LINES)])
    inner = _indent_of(card, first)
    written = block.value.entry(RESULT_KEY)
    if written is not None:
        begin = _line_of(written)
        return card.with_lines(begin, _end_of(card, begin, len(inner), fence), lines(inner))
    end = _end_of(card, at, len(outer), fence)
    return card.with_lines(end, end, lines(inner))


def _end_of(card: CardText, at: int, indent: int, fence: int) -> int:
    """Return the number of the line after the last one that belongs to the key in a line: those further indented."""
    end = at + 1
    for number in range(at + 1, fence):
        line = card.plain[number]
        if not line.strip() or (line.lstrip().startswith("#") and len(line) - len(line.lstrip()) <= indent):
            continue
        if len(line) - len(line.lstrip(" ")) <= indent:
            break
        end = number + 1
    return end


def _line_of(entry: Entry) -> int:
    assert entry.place.line is not None, "what was read has a line"
    return entry.place.line - 1


def _indent_of(card: CardText, entry: Entry) -> str:
    line = card.plain[_line_of(entry)]
    indent = line[: len(line) - len(line.lstrip())]
    if not re.match(r"[\"']?" + re.escape(entry.key), line[len(indent) :]):
        raise InputError([Problem("the keys of the front matter do not begin their lines", entry.place, _IN_LINES)])
    return indent


def _states(card: CardText) -> object:
    """Return what the front matter says, without the result and an empty block."""
    said = plain(read_metadata(card.parts, card.name)[0])
    assert isinstance(said, dict), "front matter is a mapping"
    block = said.pop(BLOCK, None)
    kept = {key: value for key, value in block.items() if key != RESULT_KEY} if isinstance(block, dict) else {}
    return said, kept
