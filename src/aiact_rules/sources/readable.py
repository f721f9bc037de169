"""Readable: the texts of documents as people see them, for a reader that a platform brings, and where quoted words stand.

What people do not see (comments, hidden characters) and the block that states facts is left out; every line stays where it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from aiact_rules.core.cards import MARK, CardWords
from aiact_rules.core.problems import Place
from aiact_rules.sources.card_block import without_written, words_in
from aiact_rules.sources.front_matter import FrontMatter, split_front_matter
from aiact_rules.sources.matching import MOST_WORDS
from aiact_rules.sources.model_card import EXAMPLES, read_metadata, values_of
from aiact_rules.sources.near_misses import BLOCK
from aiact_rules.sources.passages import Passage, PassageKind, passages, value
from aiact_rules.sources.shown import normalised
from aiact_rules.sources.text_files import Text
from aiact_rules.sources.tokens import Tokens

NEARBY = 2
"""How many lines from the line that a reader names its words may begin."""


@dataclass(frozen=True, slots=True)
class Readable:
    """The text of one document, and where its lines stand: those of a file `name`, or each at one of `places`."""

    name: str
    text: str
    passages: tuple[Passage, ...] = ()
    places: tuple[Place, ...] = ()

    @classmethod
    def of_markdown(cls, name: str, markdown: str) -> Readable:
        """Return a Markdown text as it is shown."""
        read = passages(markdown)
        return cls(name, _written(read, markdown.count("\n") + 1), read)

    @classmethod
    def of_texts(cls, name: str, texts: list[tuple[str, Place]]) -> Readable:
        """Return texts that stand in one document, each with its place, below each other."""
        lines: list[str] = []
        read: list[Passage] = []
        places: list[Place] = []
        for text, place in texts:
            said = passages(text, len(lines) + 1) or (value(text, len(lines) + 1),)
            read += said
            lines += _written(said, text.count("\n") + 1, len(lines) + 1).split("\n")
            places += [place] * (len(lines) - len(places))
        return cls(name, "\n".join(lines), tuple(read), tuple(places))

    def place(self, line: int) -> Place:
        """Return where a line stands."""
        return self.places[line - 1] if self.places else Place(self.name, line)

    def find(self, line: int, words: str) -> Quote | None:
        """Return where words begin that stand in the text, nearest to a line of it; None where none begin near it."""
        wanted = Tokens(normalised(words)).words
        if not wanted:
            return None
        quotes = [quote for unit in self._near(line) for quote in _quotes(unit, wanted)]
        near = [quote for quote in quotes if abs(quote.line - line) <= NEARBY]
        return min(near, key=lambda quote: abs(quote.line - line), default=None)

    def _near(self, line: int) -> Iterator[Passage]:
        """Yield the pieces that have text near a line: passages, which may reach over lines, and then lines alone."""
        for passage in self.passages:
            if passage.line - NEARBY <= line <= passage.line + passage.text.count("\n") + NEARBY:
                yield passage
        lines = self.text.split("\n")
        for number in range(max(1, line - NEARBY), min(len(lines), line + NEARBY) + 1):
            yield Passage(lines[number - 1], number, PassageKind.VALUE)


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a text: the line they begin in, as written, and the sentences they are part of, folded."""

    line: int
    words: str
    sentences: tuple[str, ...]


def _quotes(passage: Passage, wanted: list[str]) -> Iterator[Quote]:
    tokens = Tokens(passage.text)
    words, size = tokens.words, len(wanted)
    for first in range(len(words) - size + 1):
        if words[first] == wanted[0] and words[first : first + size] == wanted:
            last = first + size - 1
            around = [each for each in tokens.sentences(MOST_WORDS) if each[0] <= last and first <= each[1]]
            line = passage.line + passage.text.count("\n", 0, tokens.spans[first][0])
            yield Quote(
                line, tokens.written(first, last), tuple(" ".join(words[begin : end + 1]) for begin, end in around)
            )


def readable_card(text: Text, card: CardWords | None, *, is_metadata: bool = False) -> Readable:
    """Return the text of a card: its front matter but for the block that states facts, and its prose as shown.

    A section written with the words `card` is left out too. With `is_metadata` the whole card is front matter.
    """
    lines = text.text.split("\n")
    parts = FrontMatter(text.text, 1, "", len(lines) + 1) if is_metadata else split_front_matter(text.text, text.name)
    metadata, _ = read_metadata(parts, text.name)
    front = [_shown_value(line) for line in lines[: parts.body_line - 1]]
    starts = [*(entry.place.line or 1 for entry in metadata), len(front) + 1]
    result, said = None, tuple[Passage, ...]()
    for entry, begin, end in zip(metadata, starts, starts[1:], strict=False):
        if entry.key in (BLOCK, *EXAMPLES):
            left_out = slice(begin - 1, max(begin, end - 1))
            front[left_out] = [""] * len(front[left_out])
        if entry.key == BLOCK:
            result, said = words_in(entry)
    for passage in said:
        front[passage.line - 1] = " ".join(passage.text.split())
    if MARK in parts.body:
        parts = without_written(parts, result, card) or parts
    values, _ = values_of(metadata)
    shown = () if is_metadata else passages(parts.body, parts.body_line)
    body = _written(shown, parts.body.count("\n") + 1, parts.body_line)
    return Readable(text.name, "\n".join([*front, body]), (*values, *said, *shown))


_BEGINS = {PassageKind.HEADING: "# ", PassageKind.ITEM: "- ", PassageKind.CELL: "| "}


def _written(read: Iterable[Passage], count: int, first_line: int = 1) -> str:
    """Return passages below each other in so many lines, each where it stands in its document.

    Of the ways in which a passage may be read that stand one after the other, the first is enough.
    """
    lines: list[list[str]] = [[] for _ in range(count)]
    last: tuple[int, str] | None = None
    for passage in read:
        same = (passage.line, "".join(filter(str.isalnum, passage.text)))
        if same != last:
            first, *others = passage.text.split("\n")
            begins = "#" * (passage.level - 1) + _BEGINS.get(passage.kind, "")
            for number, words in enumerate([begins + first, *others], passage.line - first_line):
                lines[min(number, count - 1)].append(words)
        last = same
    return "\n".join(map("  ".join, lines))


def _shown_value(line: str) -> str:
    return "" if line.lstrip().startswith("#") else normalised(line)
