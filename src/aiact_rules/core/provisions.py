"""Provisions: citations as written ("Art. 6(3), first subparagraph"), read, ordered and resolved to units of the law's text.

A unit is one paragraph, subparagraph or point with an id such as `art_6.par_3.sub_2.a`. An index of the law's units says
which exist; nothing of the text is needed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, IntEnum


class ProvisionError(ValueError):
    """A citation that cannot be read, or that names nothing in the law. `hint` says what may have been meant."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class Whole(Enum):
    """What a citation begins with."""

    ARTICLE = "Art."
    ANNEX = "Annex"
    RECITAL = "recital"
    CHAPTER = "Chapter"


class Level(IntEnum):
    """How deep a part of a citation stands."""

    SECTION = 1
    PARAGRAPH = 2
    SUBPARAGRAPH = 3
    POINT = 4
    SUBPOINT = 5


@dataclass(frozen=True, slots=True)
class Step:
    """One part below an article or annex, such as paragraph 3, or the second subparagraph (value `2`)."""

    level: Level
    value: str


@dataclass(frozen=True, slots=True)
class Provision:
    """One citation: an article, annex or recital and the parts below it. With `to`, all up to that value of the last part."""

    whole: Whole
    number: str
    steps: tuple[Step, ...] = ()
    to: str | None = None

    def __str__(self) -> str:
        number = roman(int(self.number)) if self.whole in (Whole.ANNEX, Whole.CHAPTER) else self.number
        text = f"{self.whole.value} {number}"
        lettered = False
        for step in self.steps:
            if step.level is Level.SECTION:
                text += f", Section {step.value.upper()}"
            elif step.level is Level.PARAGRAPH:
                text += f"({step.value})" if self.whole is Whole.ARTICLE else f", point {step.value}"
                lettered = self.whole is Whole.ANNEX
            elif step.level is Level.SUBPARAGRAPH:
                unnumbered = self.whole is Whole.ARTICLE and not any(
                    other.level is Level.PARAGRAPH for other in self.steps
                )
                text += f", {_ordinal(step.value)} {'paragraph' if unnumbered else 'subparagraph'}"
                lettered = False
            elif " " in step.value:
                text += f", {step.value}"  # a code such as AIH 0301
            elif lettered:
                text += f"({step.value})"
            else:
                text += f", point ({step.value})"
                lettered = True
        return text if self.to is None else self._ranged(text)

    def _ranged(self, text: str) -> str:
        assert self.to is not None
        if not self.steps:
            last = roman(int(self.to)) if self.whole in (Whole.ANNEX, Whole.CHAPTER) else self.to
            plural = {"Art.": "Arts", "Annex": "Annexes"}.get(self.whole.value, f"{self.whole.value}s")
            return f"{plural} {text.removeprefix(self.whole.value).strip()} to {last}"
        start, word, end = text.rpartition("point")
        if word and not end.endswith("))") and end.count("(") <= 1:
            text = f"{start}points{end}"
        return f"{text} to ({self.to})" if text.endswith(")") else f"{text} to {self.to}"

    @property
    def sort_key(self) -> tuple[tuple[int, int, str], ...]:
        """Return a key that orders citations as they follow in the law: articles, annexes, then recitals."""
        first = (list(_ORDER).index(self.whole), *_natural(self.number))
        return (first, *((int(step.level), *_natural(step.value)) for step in self.steps))


_ORDER = (Whole.CHAPTER, Whole.ARTICLE, Whole.ANNEX, Whole.RECITAL)
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
             "eleventh", "twelfth")  # fmt: skip
ROMAN_POINT = re.compile(r"(?:x{0,2}(?:ix|iv|v?i{0,3}))\Z")


def roman(number: int) -> str:
    """Write a number in Roman figures, as annexes are numbered."""
    text = ""
    for value, figure in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        while number >= value:
            text += figure
            number -= value
    return text


def arabic(figures: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[figure] for figure in figures]
    return sum(-value if value < max(values[i:]) else value for i, value in enumerate(values))


def _ordinal(value: str) -> str:
    number = int(value)
    return ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"


def _natural(value: str) -> tuple[int, str]:
    match = re.match(r"\d+", value)
    if match:
        return int(match[0]), value[match.end() :]
    if ROMAN_POINT.match(value) and len(value) > 1:
        return arabic(value.upper()), ""
    return 0, value
