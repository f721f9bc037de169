"""YAML as text with places: every scalar stays the text that was written, every node knows its line.

Spelling never decides a type here: `NO`, `1e25` and `1.10` come out as they were written. What a value is, the
vocabulary or the spec format says. Anchors, aliases, tags, merge keys and repeated keys are refused, since in a
document that decides about a release they only hide what is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

import yaml

from aiact_rules.core.problems import InputError, Place, Problem

MAX_BYTES = 4_000_000
MAX_DEPTH = 40
MAX_NODES = 100_000
"""Keys, values and lists that one document may hold; the front matter of a card with very many results has some tens of thousands."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLEANS = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})

PlainText = str | list["PlainText"] | dict[str, "PlainText"] | None


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar as written. `plain` is false where it was quoted or a block text."""

    text: str
    place: Place
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """Return whether nothing was written: an empty plain scalar, `~` or `null`."""
        return self.plain and self.text in _NULLS

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list, with the place where it begins."""

    items: tuple[Node, ...]
    place: Place

    def __iter__(self) -> Iterator[Node]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of a mapping with its value; `place` is the place of the key."""

    key: str
    value: Node
    place: Place


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping in the order written. Keys are text and unique."""

    entries: tuple[Entry, ...]
    place: Place

    def get(self, key: str) -> Node | None:
        """Return the value of a key, or None where the key does not stand here."""
        for entry in self.entries:
            if entry.key == key:
                return entry.value
        return None

    def entry(self, key: str) -> Entry | None:
        """Return the entry of a key (with the place of the key), or None where it does not stand here."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        return None

    def keys(self) -> tuple[str, ...]:
        """Return the keys in the order written."""
        return tuple(entry.key for entry in self.entries)

    def __contains__(self, key: object) -> bool:
        return any(entry.key == key for entry in self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


Node = Scalar | Sequence | Mapping


def read_yaml(
    text: str, source: str, *, first_line: int = 1, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH
) -> Node:
    """Read one YAML document (JSON too) as nodes that keep text and line.

    `source` names the document in places; `first_line` is the line at which the text begins there, for a block
    inside a larger file such as the front matter of a card. An empty document is a null scalar (`is_null`).

    Raises InputError with every problem that was found: a syntax error, a repeated key, an anchor or alias, a tag, a
    merge key, a key that is not a word, more than one document, more than `max_bytes` of UTF-8, `max_depth` levels or
    `MAX_NODES` keys, values and lists.
    """
    if len(text) > max_bytes or len(text.encode("utf-8", "surrogatepass")) > max_bytes:
        raise InputError([Problem(f"larger than {max_bytes} bytes", Place(source), "split it into several files")])
    reader = _YamlReader(source, first_line, max_depth)
    try:
        node = reader.document(iter(yaml.parse(text, Loader=cast(Any, _LOADER))))
    except yaml.YAMLError as error:
        raise InputError([*reader.problems, reader.syntax_problem(error, text)]) from error
    except UnicodeError as error:
        raise InputError([Problem("not readable as UTF-8 text", Place(source), "save it as UTF-8")]) from error
    if reader.problems:
        raise InputError(reader.problems)
    return node


def plain(node: Node) -> PlainText:
    """Return a node as nested lists and dictionaries of text; what was left empty is None."""
    if isinstance(node, Scalar):
        return None if node.is_null else node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {entry.key: plain(entry.value) for entry in node.entries}


def looks_boolean(node: Scalar) -> bool:
    """Return whether a scalar was written as YAML's own true or false, unquoted."""
    return node.plain and node.text in _BOOLEANS


_LOADER: type = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Stop(Exception):
    """Nothing further is read, since what was found already is too deep or too much to go on."""


_QUOTES = "a text with `: `, ` #`, a comma in `{}` or a leading `[`, `{`, `*`, `&`, `!`, `%`, `@` needs quotes"
_OPENED = {
    "flow sequence": ("[", "needs a `]`, with commas between the elements"),
    "flow mapping": ("{", "needs a `}`, with commas between the keys"),
    "quoted scalar": ("quote", "is not closed"),
}


class _YamlReader:
    """Builds nodes from the parser's events in one pass, so that aliases and depth cost nothing."""

    def __init__(self, source: str, first_line: int, max_depth: int) -> None:
        self.source = source
        self.offset = first_line
        self.left = max_depth
        self.max_depth = max_depth
        self.problems: list[Problem] = []
        self.places: dict[int, Place] = {}
        self.refused: set[str | None] = set()
        self.nodes = 0

    @property
    def too_deep(self) -> str:
        return f"nested deeper than {self.max_depth} levels"

    def document(self, events: Iterator[Any]) -> Node:
        node: Node | None = None
        try:
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent) and node is not None:
                    self.problem("a second document begins here", event.start_mark, "keep one document in one file")
                    break
                if isinstance(event, yaml.NodeEvent):
                    node = self.node(event, events)
        except _Stop:
            pass
        return node if node is not None else Scalar("", Place(self.source, self.offset))

    def node(self, event: Any, events: Iterator[Any]) -> Node:
        place = self.place(event.start_mark)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.problem(f"more than {MAX_NODES:,} keys and values", event.start_mark, "split it into several files")
            raise _Stop
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self.refused:  # one that stands a thousand times is one mistake
                self.problem(f"alias `*{event.anchor}` is not allowed", event.start_mark, "write the value out")
            self.refused.add(event.anchor)
            return Scalar("", place)
        if event.anchor is not None:
            self.problem(f"anchor `&{event.anchor}` is not allowed", event.start_mark, "write the value out")
        if event.tag is not None and event.tag != "!":
            self.problem(f"tag `{event.tag}` is not allowed", event.start_mark, "remove it; everything is read as text")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, place, not event.style)
        if self.left == 0:
            self.problem(self.too_deep, event.start_mark)
            raise _Stop
        self.left -= 1
        node = (
            self.sequence(place, events) if isinstance(event, yaml.SequenceStartEvent) else self.mapping(place, events)
        )
        self.left += 1
        return node

    def sequence(self, place: Place, events: Iterator[Any]) -> Sequence:
        items: list[Node] = []
        for event in events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.node(event, events))
        return Sequence(tuple(items), place)

    def mapping(self, place: Place, events: Iterator[Any]) -> Mapping:
        entries: list[Entry] = []
        seen: dict[str, Place] = {}
        for event in events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key_node = self.node(event, events)
            value = self.node(next(events), events)
            if not isinstance(key_node, Scalar):
                self.problem(
                    "a key must be a word", event.start_mark, "a text that begins with `{` or `[` needs quotes"
                )
                continue
            key = key_node.text
            if key == "<<" and key_node.plain:
                self.problem("merge key `<<` is not allowed", event.start_mark, "write the values out")
            elif key in seen:
                self.problem(f"duplicate key `{key}`", event.start_mark, f"the first is at {seen[key]}")
            else:
                seen[key] = key_node.place
                entries.append(Entry(key, value, key_node.place))
        return Mapping(tuple(entries), place)

    def place(self, mark: Any) -> Place:
        line = mark.line + self.offset
        place = self.places.get(line)
        if place is None:
            place = self.places[line] = Place(self.source, line)
        return place

    def problem(self, message: str, mark: Any, hint: str | None = None) -> None:
        self.problems.append(Problem(message, self.place(mark), hint))

    def syntax_problem(self, error: yaml.YAMLError, text: str) -> Problem:
        if isinstance(error, yaml.MarkedYAMLError):
            said = " ".join(part for part in (error.problem, error.context) if part)
            mark = error.problem_mark or error.context_mark
            place = Place(self.source) if mark is None else self.place(mark)
            if "nesting depth" in said:  # the newer parsers look ahead, and stop by themselves at a depth far below
                return Problem(self.too_deep, place)
            column = f" (column {mark.column + 1})" if mark is not None else ""
            return Problem(f"not readable as YAML: {said}{column}", place, self.cure(error, text))
        said = str(error).splitlines()[0] if str(error) else "unreadable"
        return Problem(f"not readable as YAML: {said}", Place(self.source))

    def cure(self, error: yaml.MarkedYAMLError, text: str) -> str:
        """Return how a syntax error is fixed: what was opened and not closed, a tab, or else a text without its quotes."""
        opened = error.context_mark
        for context, (what, needs) in _OPENED.items():
            if opened is not None and context in (error.context or ""):
                what = what if what == "quote" else f"`{what}`"
                return f"the {what} opened in line {opened.line + self.offset}, column {opened.column + 1} {needs}"
        mark = error.problem_mark
        lines = text.split("\n")
        if mark is not None and mark.line < len(lines) and lines[mark.line][mark.column :].startswith("\t"):
            return "a tab stands here: indent with spaces"
        return _QUOTES
