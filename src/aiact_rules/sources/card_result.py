"""The result in the block of a card, and the section that was written from it.

The section is left out of what is read, but only where it is, to the letter, what follows from the result, which has
closed lists of words: nobody can hide words in either. Only the contact is free text, and is read as the card's prose is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from aiact_rules.core.card_result import CardResult
from aiact_rules.core.cards import CardWords
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import parse_date
from aiact_rules.reports.card_section import BEGIN, END, section_lines
from aiact_rules.sources.keys import RESULT, hint_for, names
from aiact_rules.sources.passages import Passage, value
from aiact_rules.yaml_text import Entry, Mapping, Node, Scalar, Sequence

RESULT_KEY = "result"
_REWRITE = "`aiact-rules card` writes it anew"
_VERDICT = re.compile("allow|hold|block")
_ID = re.compile(r"sha256:[0-9a-f]{64}")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_VERSION = r"[0-9]+(?:\.[0-9]+)*(?:(?:[.+-]|rc|a|b)[0-9a-z.]{1,20})?"
_TOOL = re.compile(rf"aiact-rules {_VERSION}")
_PACK = re.compile(rf"[a-z][a-z0-9_]* {_VERSION}")


@dataclass(frozen=True, slots=True)
class Section:
    """Where a section stands in a body: the numbers of its first and its last line, from 0."""

    first: int
    last: int


def read_result(node: Node, key: str = RESULT_KEY) -> CardResult:
    """Read the result of a block. Raises InputError, with all problems, for what `aiact-rules card` does not write."""
    if not isinstance(node, Mapping):
        raise InputError([Problem(f"`{key}` has keys with values", node.place, _REWRITE)])
    return _Result(node).read()


def without_result(block: Mapping) -> Mapping:
    """Return a block without what the command wrote into it."""
    return Mapping(tuple(entry for entry in block if entry.key != RESULT_KEY), block.place)


def said_in_result(result: CardResult | None, block: Entry | None) -> tuple[Passage, ...]:
    """Return what a result says in words that no list of this module closes, to be read as the prose of a card is."""
    if result is None or block is None:
        return ()
    words = (result.contact or "", *result.roles, *result.packs)
    line = block.place.line or 1
    return tuple(value(word.replace("_", " "), line) for word in words if word)


def section_in(lines: list[str]) -> Section | None:
    """Return where the markers of a section stand; None where none, or no such pair, does."""
    first = [number for number, line in enumerate(lines) if line.rstrip() == BEGIN]
    last = [number for number, line in enumerate(lines) if line.rstrip() == END]
    if len(first) != 1 or len(last) != 1 or first[0] > last[0]:
        return None
    return Section(first[0], last[0])


def without_section(body: str, result: CardResult | None, words: CardWords | None) -> str | None:
    """Return a body with its section blanked, every line where it was; None where what stands there is not what is written."""
    lines = body.split("\n")
    section = section_in(lines)
    if section is None or result is None or words is None or not is_known(result, words):
        return None
    if tuple(lines[section.first : section.last + 1]) != section_lines(result, words):
        return None
    size = section.last - section.first + 1
    return "\n".join([*lines[: section.first], *[""] * size, *lines[section.last + 1 :]])


def is_known(result: CardResult, words: CardWords) -> bool:
    """Return whether a result names only classes that the words are about."""
    return {*result.classes, *result.undetermined} <= words.classes.keys()


class _Result:
    def __init__(self, node: Mapping) -> None:
        self.node = node
        self.problems: list[Problem] = []

    def read(self) -> CardResult:
        known = names(RESULT)
        for entry in self.node:
            if entry.key not in known:
                self.problems.append(Problem(f"unknown key `{entry.key}`", entry.place, hint_for(entry.key, known)))
        found = CardResult(
            verdict=self.matching("verdict", _VERDICT),
            classes=self.words("classes", _NAME),
            undetermined=self.words("undetermined", _NAME),
            roles=self.words("roles", _NAME),
            released_on=self.date("date"),
            as_of=self.date("as_of"),
            decision_id=self.matching("decision_id", _ID),
            tool=self.matching("tool", _TOOL),
            packs=self.words("packs", _PACK),
            contact=self.text("contact") if self.node.get("contact") is not None else None,
        )
        if self.problems:
            raise InputError(self.problems)
        return found

    def problem(self, key: str, message: str) -> None:
        entry = self.node.entry(key)
        place: Place = self.node.place if entry is None else entry.place
        self.problems.append(Problem(f"`{key}`: {message}", place, _REWRITE))

    def text(self, key: str) -> str:
        node = self.node.get(key)
        return node.text.strip() if isinstance(node, Scalar) else ""

    def date(self, key: str) -> date:
        try:
            return parse_date(self.text(key))
        except ValueError as error:
            self.problem(key, str(error))
        return date.min

    def matching(self, key: str, pattern: re.Pattern[str]) -> str:
        text = self.text(key)
        if pattern.fullmatch(text) is None:
            self.problem(key, "this is not what the command writes")
        return text

    def words(self, key: str, pattern: re.Pattern[str]) -> tuple[str, ...]:
        node = self.node.get(key)
        items = node.items if isinstance(node, Sequence) else ()
        texts = [item.text for item in items if isinstance(item, Scalar) and pattern.fullmatch(item.text)]
        if not isinstance(node, Sequence) or len(texts) < len(items):
            self.problem(key, "this is not what the command writes")
        return tuple(texts)
