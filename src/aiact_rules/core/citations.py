"""Citations: the text of a provision as its steps."""

from __future__ import annotations

import re
from collections.abc import Iterable

from aiact_rules.core.provisions import ORDINALS, ROMAN_POINT, Level, Provision, ProvisionError, Step, Whole, arabic

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


def cites(provision: str, name: str) -> bool:
    """Return whether a provision is the one named or a part of it: `Art. 9(2), point (a)` for `Art. 9(2)`."""
    text, wanted = provision.replace(" ", "").lower(), name.replace(" ", "").lower()
    return text == wanted or (text.startswith(wanted) and not text[len(wanted)].isalnum())


def in_order(texts: Iterable[str]) -> list[str]:
    """Sort citations as they follow in the law; what cannot be read comes last, by its spelling."""

    def key(text: str) -> tuple[int, tuple[tuple[int, int, str], ...], str]:
        try:
            provisions = parse_provisions(text)
        except ProvisionError:
            provisions = ()
        return (0, provisions[0].sort_key, text) if provisions else (1, (), text)

    return sorted(texts, key=key)


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
        numbers = [str(ORDINALS.index(word) + 1) for word in self.ordinals]
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
        """Return whether a letter continues a list of sections, as B does in "Sections A and B"."""
        if not self.steps or self.steps[-1].level is not Level.SECTION or len(value) != 1:
            return False
        return self.ranging or ord(value.lower()) == ord(self.steps[-1].value[0]) + 1

    def begin(self, expects: str, kind: str, value: str) -> None:
        if expects in ("annex", "chapter"):
            if not set(value) <= set("IVXLC"):
                raise self.fail(value)
            value = str(arabic(value))
        elif kind != "number":
            raise self.fail(value)
        whole = {"art": Whole.ARTICLE, "annex": Whole.ANNEX, "recital": Whole.RECITAL, "chapter": Whole.CHAPTER}[
            expects
        ]
        if self.ranging:
            self.close_range(value, whole, None)
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
            if not value.isdigit():
                raise self.fail(value)
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
            beside = last is Level.SUBPOINT and ROMAN_POINT.match(value) is not None
            self.step(Level.SUBPOINT if within or beside else Level.POINT, value)
        self.expects = None

    def step(self, level: Level, value: str) -> None:
        if self.whole is None:
            raise self.fail(value)
        if self.ranging:
            self.close_range(value, self.whole, level)
            return
        if self.open and self.steps and self.steps[-1].level >= level:
            self.give()
        self.steps = [step for step in self.steps if step.level < level]
        self.steps.append(Step(level, value))
        self.open, self.separated = True, False
        if self.expects == "section":
            self.expects = None

    def close_range(self, value: str, whole: Whole, level: Level | None) -> None:
        """End a range; its last part must be of the level its first part has (None: a whole article or annex)."""
        first = self.steps[-1].level if self.steps else None
        if not self.open or whole is not self.whole or self.number is None or level is not first:
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


_PART = re.compile(r"(Art|Annex|Recital|recital)(?:icle|es)?s?\b\.?\s*(\d+[a-z]*|[IVXLC]+)\b")
_BELOW_PART = re.compile(r"[,;]|(?<=\d)\(|\s\((?!EU\))|\s(?:and|with|to)\s")


def article_of(provision: str) -> str:
    """Return the article or annex that a provision begins with: `Art. 9` of `Art. 9(2)(a)` and of `Arts 9(2) and 10`."""
    cited = _PART.match(provision)
    if cited is not None:
        return f"{'Art.' if cited[1] == 'Art' else cited[1].title()} {cited[2]}"
    return _BELOW_PART.split(provision, maxsplit=1)[0].strip()
