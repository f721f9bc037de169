"""Provisions: citations as written ("Art. 6(3), first subparagraph"), read, ordered and resolved to units of the law's text.

A unit is one paragraph, subparagraph or point with an id such as `art_6.par_3.sub_2.a`. An index of the law's units says
which exist; nothing of the text is needed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache

from aiact_rules.core.problems import did_you_mean


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
        """Give a key that orders citations as they follow in the law: articles, annexes, then recitals."""
        first = (list(_ORDER).index(self.whole), *_natural(self.number))
        return (first, *((int(step.level), *_natural(step.value)) for step in self.steps))


_ORDER = (Whole.CHAPTER, Whole.ARTICLE, Whole.ANNEX, Whole.RECITAL)
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
             "eleventh", "twelfth")  # fmt: skip
_FOREIGN = re.compile(
    r"\b(Regulations?|Directives?|Recommendation|Decision|Charter|TFEU|TEU|Treaty|Treaties|GDPR|guidelines?|"
    r"Guidelines|code of practice|Code of Practice|C\(20\d\d\)|COM\(20\d\d\))\b"
)
_SEGMENT = re.compile(r"\s*;\s*|,?\s+(?:read )?(?:in conjunction )?with\s+|,\s+see(?: also)?\s+|,\s+implementing\s+")
_VERSION = re.compile(r",?\s+(?:as|in the version)\s+(?:published|adopted|amended|it stood|in force|of)\b.*\Z")
_TOKEN = re.compile(
    r"""
      (?P<space>\s+)
    | (?P<art>(?:Art(?:icle)?s?\b\.?))
    | (?P<annex>Annex(?:es)?\b)
    | (?P<recital>[Rr]ecitals?\b)
    | (?P<chapter>Chapters?\b)
    | (?P<section>Sections?\b)
    | (?P<code>AI[PBH]\s?(?P<digits>\d{4})\b)
    | (?P<subparagraphs>(?:sub-?paragraphs?|subpara\.?)\b)
    | (?P<paragraphs>(?:paragraphs?|paras?\.?)\b)
    | (?P<points>(?:sub-?points?|points?|letters?|items?|indents?)\b)
    | (?P<aside>(?:(?:introductory|opening|closing|last|final|second|first)\s+(?:wording|words|part|sentence|phrase|clause|half)
        |sentences?|clauses?|heading|title|chapeau|only|and\s+following)\b)
    | (?P<ordinal>(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth)\b)
    | (?P<range>(?:to\b|[–—-]))
    | (?P<also>(?:,?\s*(?:and|or)\b|,))
    | \((?P<group>\w{1,5})\)
    | (?P<number>\d+(?:\.\d+)*[a-z]{0,2}\b)
    | (?P<roman>[IVXLC]+\b)
    | (?P<letter>[A-Z]\b)
    """,
    re.VERBOSE,
)
_ROMAN_POINT = re.compile(r"(?:x{0,2}(?:ix|iv|v?i{0,3}))\Z")


def parse_provisions(text: str) -> tuple[Provision, ...]:
    """Read every citation in a text, in the order written, such as "Art. 24(1), with Art. 48".

    Parts that cite another act (a Regulation, a Directive, guidelines) are passed over, and so is a word on the version
    ("as published in 2024"). Raises ProvisionError for anything that cannot be read.
    """
    found: list[Provision] = []
    for segment in _SEGMENT.split(text.strip()):
        segment = _VERSION.sub("", segment.strip().rstrip("."))
        if segment and not _FOREIGN.search(segment):
            found.extend(_Parser(text, found[-1] if found else None).parse(segment))
    return tuple(found)


def units_of(provision_text: str, index: Collection[str] | Mapping[str, object]) -> tuple[str, ...]:
    """Give the ids of the units that a citation names, in the order cited, each once.

    Raises ProvisionError where it cites something that is not in the index, with what may have been meant. A range
    ("points (a) to (d)") gives every unit between. Recitals are passed over where the index has none.
    """
    return _shape(index).units_of(provision_text)


def provision_of(unit: str) -> Provision:
    """Give the citation of a unit id, such as Art. 6(3), second subparagraph, point (a) for `art_6.par_3.sub_2.a`."""
    head, *parts = unit.split(".")
    parts = [part.replace("item~", "pt_") if part != "item" else "pt_1" for part in parts]
    kind, _, number = head.partition("_")
    whole = {"art": Whole.ARTICLE, "anx": Whole.ANNEX, "rec": Whole.RECITAL}.get(kind)
    if whole is None:
        raise ProvisionError(f"`{unit}` is not the id of a unit")
    steps: list[Step] = []
    for part in parts:
        name, _, value = part.partition("_")
        if name in _LEVEL_OF:
            steps.append(Step(_LEVEL_OF[name], value))
        elif name in ("aip", "aib", "aih"):
            steps.append(Step(Level.POINT, f"{name.upper()} {value}"))
        else:
            deeper = bool(steps) and steps[-1].level in (Level.POINT, Level.SUBPOINT)
            steps.append(Step(Level.SUBPOINT if deeper else Level.POINT, part))
    return Provision(whole, number, tuple(steps))


def in_order(texts: Iterable[str]) -> list[str]:
    """Sort citations as they follow in the law; what cannot be read comes last, by its spelling."""

    def key(text: str) -> tuple[int, tuple[tuple[int, int, str], ...], str]:
        try:
            provisions = parse_provisions(text)
        except ProvisionError:
            provisions = ()
        return (0, provisions[0].sort_key, text) if provisions else (1, (), text)

    return sorted(texts, key=key)


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


_LEVEL_OF = {
    "sec": Level.SECTION,
    "par": Level.PARAGRAPH,
    "pt": Level.PARAGRAPH,
    "sub": Level.SUBPARAGRAPH,
}


def _arabic(figures: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}[figure] for figure in figures]
    return sum(-value if value < max(values[i:]) else value for i, value in enumerate(values))


def _ordinal(value: str) -> str:
    number = int(value)
    return _ORDINALS[number - 1] if number <= len(_ORDINALS) else f"{number}th"


def _natural(value: str) -> tuple[int, str]:
    match = re.match(r"\d+", value)
    if match:
        return int(match[0]), value[match.end() :]
    if _ROMAN_POINT.match(value) and len(value) > 1:
        return _arabic(value.upper()), ""
    return 0, value


class _Parser:
    """Reads one segment. Each part replaces what stood at its level or deeper in the citation before it."""

    def __init__(self, text: str, before: Provision | None) -> None:
        self.text = text
        self.whole: Whole | None = before.whole if before else None
        self.number: str | None = before.number if before else None
        self.steps: list[Step] = list(before.steps) if before else []
        self.found: list[Provision] = []
        self.open = False  # a citation has been begun and not yet been given
        self.expects: str | None = None  # the word that says what the next number is
        self.separated = False
        self.ranging = False
        self.ordinals: list[str] = []
        self.aside = False

    def fail(self, what: str) -> ProvisionError:
        return ProvisionError(
            f"cannot read `{what}` in the provision `{self.text}`",
            "write it like `Art. 6(3), second subparagraph, point (a)` or `Annex VIII, Section B, point 6`",
        )

    def parse(self, segment: str) -> list[Provision]:
        at = 0
        while at < len(segment):
            match = _TOKEN.match(segment, at)
            if match is None:
                raise self.fail(segment[at:].split()[0])
            at = match.end()
            kind = match.lastgroup or ""
            if kind == "digits":
                kind = "code"
            if kind != "space":
                self.token(kind, match)
        if self.ordinals and not self.aside:
            raise self.fail(self.ordinals[-1])
        if self.expects in ("art", "annex", "recital", "chapter", "section"):
            raise self.fail(segment)
        self.give()
        if not self.found:
            raise self.fail(segment)
        return self.found

    def token(self, kind: str, match: re.Match[str]) -> None:
        word = match[0].strip()
        if kind in ("art", "annex", "recital", "chapter"):
            self.expects, self.separated = kind, True
        elif kind == "section":
            self.expects = kind
        elif kind in ("points", "subparagraphs", "paragraphs"):
            self.counted(kind)
        elif kind == "ordinal":
            if self.aside:
                self.ordinals, self.aside = [], False
            self.ordinals.append(word)
        elif kind == "aside":
            if self.ordinals and "sentence" in word:
                self.ordinals = []
            self.aside = True
        elif kind == "also":
            self.separated = True
        elif kind == "range":
            self.ranging = True
        elif kind == "code":
            self.step(Level.POINT, f"{match[0][:3]} {match['digits']}")
        else:
            self.value(kind, match.group(kind))

    def counted(self, kind: str) -> None:
        """Take a word such as `subparagraphs`, with the ordinals before it if there are any."""
        if not self.ordinals:
            self.expects = kind
            return
        if kind == "points":
            raise self.fail(self.ordinals[-1])
        numbers = [str(_ORDINALS.index(word) + 1) for word in self.ordinals]
        self.ordinals = []
        if self.ranging and len(numbers) == 2:
            first, last = int(numbers[0]), int(numbers[1])
            numbers = [str(number) for number in range(first, last + 1)]
        self.ranging = False
        for number in numbers:
            self.step(Level.SUBPARAGRAPH, number)
        self.expects = None

    def value(self, kind: str, value: str) -> None:
        expects = self.expects
        if expects in ("art", "annex", "recital", "chapter"):
            self.begin(expects, kind, value)
        elif expects == "section":
            self.step(Level.SECTION, value.lower())
            self.expects = None
        elif kind == "group":
            self.group(value)
        elif kind == "number":
            self.bare_number(value)
        elif self.whole is Whole.ANNEX and self.follows_section(value):
            self.step(Level.SECTION, value.lower())
        elif self.whole in (Whole.ANNEX, Whole.CHAPTER) and (self.separated or self.ranging):
            self.begin("annex" if self.whole is Whole.ANNEX else "chapter", "roman", value)
        else:
            raise self.fail(value)

    def follows_section(self, value: str) -> bool:
        """Say whether a letter continues a list of sections, as B does in "Sections A and B"."""
        if not self.steps or self.steps[-1].level is not Level.SECTION or len(value) != 1:
            return False
        return self.ranging or ord(value.lower()) == ord(self.steps[-1].value[0]) + 1

    def begin(self, expects: str, kind: str, value: str) -> None:
        if expects in ("annex", "chapter"):
            if not set(value) <= set("IVXLC"):
                raise self.fail(value)
            value = str(_arabic(value))
        elif kind != "number":
            raise self.fail(value)
        whole = {"art": Whole.ARTICLE, "annex": Whole.ANNEX, "recital": Whole.RECITAL, "chapter": Whole.CHAPTER}[
            expects
        ]
        if self.ranging:
            self.close_range(value, whole)
            return
        self.give()
        self.whole, self.number, self.steps = whole, value, []
        self.open, self.expects, self.separated = True, None, False

    def bare_number(self, value: str) -> None:
        if self.whole is None:
            raise self.fail(value)
        if self.expects in ("points", "paragraphs"):
            self.step(Level.PARAGRAPH, value)
        elif self.expects == "subparagraphs":
            self.step(Level.SUBPARAGRAPH, value)
        elif self.whole is Whole.ANNEX:
            level = self.steps[-1].level if self.steps else None
            self.step(
                Level.SECTION
                if level is Level.SECTION and not self.ranging and len(self.steps) == 1 and not self.open
                else Level.PARAGRAPH,
                value,
            )
        else:
            self.begin({Whole.ARTICLE: "art", Whole.RECITAL: "recital"}.get(self.whole, "chapter"), "number", value)

    def group(self, value: str) -> None:
        """Take a value in brackets: a paragraph, a point or a sub-point, by its look and by what stands before it."""
        if self.whole is None:
            raise self.fail(f"({value})")
        last = self.steps[-1].level if self.steps else None
        if value[0].isdigit():
            self.step(Level.PARAGRAPH, value)
        elif self.expects == "points":
            self.step(Level.POINT, value)
        else:
            within = last is Level.POINT and not self.separated and not self.ranging
            beside = last is Level.SUBPOINT and _ROMAN_POINT.match(value) is not None
            self.step(Level.SUBPOINT if within or beside else Level.POINT, value)
        self.expects = None

    def step(self, level: Level, value: str) -> None:
        if self.whole is None:
            raise self.fail(value)
        if self.ranging:
            self.close_range(value, self.whole)
            return
        if (
            self.open
            and self.steps
            and self.steps[-1].level >= level
            and not (level is Level.PARAGRAPH and self.steps[-1].level is Level.PARAGRAPH and False)
        ):
            self.give()
        self.steps = [step for step in self.steps if step.level < level]
        self.steps.append(Step(level, value))
        self.open, self.separated = True, False
        if self.expects == "section":
            self.expects = None

    def close_range(self, value: str, whole: Whole) -> None:
        if not self.open or whole is not self.whole or self.number is None:
            raise self.fail(f"to {value}")
        self.found.append(Provision(self.whole, self.number, tuple(self.steps), value))
        self.ranging = self.open = self.separated = False
        self.expects = None if self.expects in ("art", "annex", "recital", "chapter") else self.expects
        if not self.steps:
            self.number = value
        else:
            self.steps[-1] = Step(self.steps[-1].level, value)

    def give(self) -> None:
        if self.open and self.whole is not None and self.number is not None:
            self.found.append(Provision(self.whole, self.number, tuple(self.steps)))
        self.open = False


class _Shape:
    """An index of units, ready for finding."""

    def __init__(self, units: tuple[str, ...]) -> None:
        self.units = units
        self.known = frozenset(units)
        self.has_recitals = any(unit.startswith("rec_") for unit in units)
        self.children: dict[str, list[str]] = {}
        for unit in units:
            parent, _, _ = unit.rpartition(".")
            self.children.setdefault(parent, []).append(unit)
        self.cache: dict[str, tuple[str, ...]] = {}

    def units_of(self, text: str) -> tuple[str, ...]:
        if text not in self.cache:
            found: dict[str, None] = {}
            for provision in parse_provisions(text):
                found.update(dict.fromkeys(self.find(provision)))
            self.cache[text] = tuple(found)
        return self.cache[text]

    def find(self, provision: Provision) -> list[str]:
        if provision.whole is Whole.RECITAL and not self.has_recitals:
            return []
        if provision.whole is Whole.CHAPTER:
            raise ProvisionError(f"`{provision}` is a whole chapter", "cite the articles that are meant")
        first = self.one(provision)
        if provision.to is None:
            return [first]
        if provision.steps:
            last_step = Step(provision.steps[-1].level, provision.to)
            end = Provision(provision.whole, provision.number, (*provision.steps[:-1], last_step))
        else:
            end = Provision(provision.whole, provision.to)
        last = self.one(end)
        siblings = self.children[first.rpartition(".")[0]]
        prefix = re.match(r"(?:[a-z]+_)?", first.rpartition(".")[2])
        kind = prefix[0] if prefix else ""
        siblings = [unit for unit in siblings if _kind(unit) == kind]
        if last not in siblings or siblings.index(last) < siblings.index(first):
            raise ProvisionError(f"`{provision}` is not a range of the law")
        return siblings[siblings.index(first) : siblings.index(last) + 1]

    def one(self, provision: Provision) -> str:
        head = {Whole.ARTICLE: "art", Whole.ANNEX: "anx", Whole.RECITAL: "rec"}[provision.whole]
        unit = f"{head}_{provision.number}"
        if unit not in self.known:
            raise self.missing(provision, unit)
        at = unit
        for step in provision.steps:
            further = self.below(at, step)
            if further is None and "." in step.value:
                outer = f"{at}.par_{step.value.partition('.')[0]}"
                if outer in self.known:
                    return outer  # a decimal point such as 4.6, where the index counts paragraphs instead
            if further is None:
                raise self.missing(provision, f"{at}.{_segments(step)[0]}")
            at = further
        return at

    def below(self, at: str, step: Step) -> str | None:
        """Find a part below a unit; one layer that the citation leaves out is passed over where only one unit fits."""
        for segment in _segments(step):
            if f"{at}.{segment}" in self.known:
                return f"{at}.{segment}"
        if step.level is Level.SUBPARAGRAPH and step.value == "1":
            return at  # what stands first in a paragraph has no name of its own
        layers = [unit for unit in self.children.get(at, ()) if _kind(unit) in ("sub_", "sec_")]
        fitting = [f"{layer}.{segment}" for layer in layers for segment in _segments(step)]
        fitting = [unit for unit in fitting if unit in self.known]
        return fitting[0] if len(fitting) == 1 else None

    def missing(self, provision: Provision, unit: str) -> ProvisionError:
        """Say what is missing; propose the nearest unit among those beside it."""
        plain = Provision(provision.whole, provision.number, provision.steps)
        parent = unit.rpartition(".")[0]
        beside = self.children.get(parent, [])
        if not parent:
            same = re.match(r"[a-z]+_\d*", unit)
            beside = [other for other in beside if same and other.startswith(same[0])] or beside
        near = did_you_mean(unit, beside)
        hint = None
        if near is not None:
            hint = f"did you mean `{provision_of(near.split('`')[1])}`?"
        elif beside and parent:
            parts = [other.rpartition(".")[2].rpartition("_")[2] for other in beside]
            hint = f"`{provision_of(parent)}` has: {', '.join(parts)}"
        return ProvisionError(f"the law has no `{plain}`", hint)


def _segments(step: Step) -> tuple[str, ...]:
    if step.level is Level.PARAGRAPH:
        return (f"par_{step.value}", f"pt_{step.value}", "item" if step.value == "1" else f"item~{step.value}")
    if step.level is Level.SECTION:
        return (f"sec_{step.value}",)
    if step.level is Level.SUBPARAGRAPH:
        return (f"sub_{step.value}",)
    if " " in step.value:
        return (step.value.lower().replace(" ", "_"),)
    return (step.value,)


def _kind(unit: str) -> str:
    match = re.match(r"[a-z]+_", unit.rpartition(".")[2])
    return match[0] if match else ""


@lru_cache(maxsize=8)
def _shape_of(units: tuple[str, ...]) -> _Shape:
    return _Shape(units)


def _shape(index: Collection[str] | Mapping[str, object]) -> _Shape:
    return _shape_of(tuple(index))
