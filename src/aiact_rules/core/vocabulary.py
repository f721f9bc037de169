"""Vocabulary: the facts that may be stated, what each means, and the question that asks for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cached_property

from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.periods import Period
from aiact_rules.core.problems import PackError, Place, Problem, did_you_mean

FACT_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+\Z")
_QUANTITY = re.compile(
    r"(?P<base>[+-]?\d[\d_]*(?:\.\d+)?)(?:[eE](?P<exponent>[+-]?\d{1,3})|\s*(?:\*|x|×)\s*10\s*(?:\^|\*\*)\s*(?P<power>[+-]?\d{1,3}))?\Z"
)
_POWER = re.compile(r"10\s*(?:\^|\*\*)\s*(?P<power>[+-]?\d{1,3})\Z")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
UNKNOWN = "unknown"
"""The word that leaves a member of a list open."""

OPERATIONS = frozenset({"ratio", "sum", "passed"})
"""How facts follow from other facts by computing."""

FactValue = bool | str | Decimal | date | frozenset[str] | OpenList


class FactType(Enum):
    """The kinds of value a fact can have."""

    YES_NO = "yes_no"
    ONE_OF = "one_of"
    SOME_OF = "some_of"
    QUANTITY = "quantity"
    DATE = "date"
    TEXT = "text"


_KINDS: Mapping[FactType, type] = {
    FactType.YES_NO: bool,
    FactType.ONE_OF: str,
    FactType.SOME_OF: frozenset,
    FactType.QUANTITY: Decimal,
    FactType.DATE: date,
    FactType.TEXT: str,
}


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a fact follows from other facts: the `ratio` of two, the `sum` of several, or whether a period has `passed`.

    With `or_more` that is the least it can be, so that it may be stated as more. A period has passed where it runs from
    the date in the first fact and its last day lies before that in the second.
    """

    operation: str
    of: tuple[str, ...]
    or_more: bool = False
    period: Period | None = None

    def fits(self, stated: FactValue, follows: FactValue) -> bool:
        """Return whether what is stated agrees with what follows."""
        if not self.or_more:
            return stated == follows
        if isinstance(stated, Decimal) and isinstance(follows, Decimal):
            return stated >= follows
        return stated is True or follows is not True


@dataclass(frozen=True, slots=True)
class Former:
    """A name that a fact, or a part of it, had before, and what became of its values.

    `values` maps each old value to what it is called now: one value, or the members of a list; None where the old value
    says nothing about this fact. Without `values` the old fact is this one under another name. Under the fact's own name
    they are the values that were renamed, or, in a list, split.
    """

    name: str
    values: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactDeclaration:
    """What one fact means: its type, the question a person can answer, and the provision that makes it matter.

    `values` maps each permitted value of a `one_of` or `some_of` fact to its plain-words label. An open `some_of`
    fact (`values` is None) takes any code. A checklist accepts the word `all`. `if_absent` is the value that
    silence has, allowed only together with the reason for it. `organisation` marks what an organisation may state once for
    all its releases. `uncontradicted` is why nothing in the vocabulary speaks against an answer that exempts. `above`, `at_most` and
    `bounded_by` (the names of facts) say between what a quantity or a date can lie. `added` are values that
    earlier versions lacked, which a list without them leaves open. `was` are names that the fact, or some of its values, had before.
    """

    name: str
    type: FactType
    asks: str
    provision: str | None = None
    values: Mapping[str, str] | None = None
    unit: str | None = None
    checklist: bool = False
    if_absent: FactValue | None = None
    if_absent_because: str | None = None
    derivation: Derivation | None = None
    above: Decimal | None = None
    at_most: Decimal | None = None
    bounded_by: tuple[str, ...] = ()
    note: str | None = None
    organisation: bool = False
    uncontradicted: str | None = None
    added: tuple[str, ...] = ()
    was: tuple[Former, ...] = ()
    place: Place | None = field(default=None, compare=False)

    def parse(self, text: str) -> FactValue:
        """Read one value from its text; what it may be is decided by the type, never by the spelling.

        Raises ValueError whose message says what was expected.
        """
        if self.type is FactType.YES_NO:
            return _parse_yes_no(text)
        if self.type is FactType.QUANTITY:
            amount = parse_quantity(text)
            self._check_amount(amount, text)
            return amount
        if self.type is FactType.DATE:
            return parse_date(text)
        if self.type is FactType.ONE_OF:
            return self._known_value(text)
        if self.type is FactType.SOME_OF:
            if text.strip() in ("", "[]", "none"):
                return frozenset()
            return self.parse_many(part.strip() for part in text.split(","))
        if not text.strip():
            raise ValueError("expected some text")
        return text

    def parse_many(self, texts: Iterable[str]) -> frozenset[str] | OpenList:
        """Read the elements of a `some_of` fact. The word `all` stands for every item of a checklist.

        An element may say what is known of it: `member: yes`, `member: no` or `member: unknown`, which leaves it open.
        """
        if self.type is not FactType.SOME_OF:
            raise ValueError(f"expected one value, not a list{self._choices()}")
        elements = list(texts)
        if not elements:
            return frozenset()
        if self.checklist and self.values is not None and elements == ["all"]:
            return frozenset(self.values)
        said: dict[str, bool | None] = {}
        rest: bool | None = False
        for element in elements:
            word, is_in = self._member(element)
            if word == "all" and self.checklist and ":" in element:
                rest = is_in
            elif said.setdefault(word := self._known_value(word), is_in) is not is_in:
                raise ValueError(f"`{word}` is said to be in the list, and not")
        for word in () if rest is False else self.values or ():
            said.setdefault(word, rest)
        for word in self.added if any(said.values()) else ():
            said.setdefault(word, None)
        return OpenList.of((w for w, is_in in said.items() if is_in), (w for w, is_in in said.items() if is_in is None))

    def _member(self, element: str) -> tuple[str, bool | None]:
        """Return an element of a list without what is said of it, and whether it is in the list; None: that is open."""
        word, colon, said = element.rpartition(":")
        if not colon or (self.values is not None and element.strip() in self.values):
            return element, True
        if said.strip().lower() == UNKNOWN:
            return word.strip(), None
        try:
            return word.strip(), _parse_yes_no(said)
        except ValueError:
            if self.values is None:
                return element, True
            raise ValueError(f"`{word.strip()}`: expected yes, no or unknown, found `{said.strip()}`") from None

    def check(self, value: object) -> None:
        """Raise ValueError, which says what was expected, for a value that the fact cannot have."""
        kind = _KINDS[self.type]
        if type(value) is OpenList and kind is frozenset:
            if not value.open:
                raise ValueError("expected a member that is open, found none")
            self.check(value.members)
            self.check(value.open)
            return
        if type(value) is not kind:  # a subclass may compare as it likes, and a datetime is a date
            raise ValueError(f"expected a value of the type {kind.__name__}, found {type(value).__name__}")
        if isinstance(value, frozenset):
            for word in value:
                if type(word) is not str:
                    raise ValueError(f"expected words, found {type(word).__name__}")
                self._known_value(word)
        elif isinstance(value, str):
            self.parse(value)
        elif isinstance(value, Decimal):
            if not value.is_finite():
                raise ValueError(f"an amount is a finite number, found `{value}`")
            self._check_amount(value, str(value))

    def _check_amount(self, amount: Decimal, text: str) -> None:
        if amount < 0:
            raise ValueError(f"an amount is never below zero, found `{text}`")
        if self.above is not None and amount <= self.above:
            raise ValueError(f"expected more than {format_quantity(self.above)}, found `{text}`")
        if self.at_most is not None and amount > self.at_most:
            raise ValueError(f"expected {format_quantity(self.at_most)} at most, found `{text}`")

    def _known_value(self, text: str) -> str:
        text = text.strip()
        if self.values is None:
            if not text:
                raise ValueError("expected a value, found an empty text")
            return text
        if text in self.values:
            return text
        # The nearest word can be the opposite of what is meant, so a short list is given whole unless it is a slip.
        hint = did_you_mean(text, self.values, nearness=0.8 if len(self.values) <= 10 else 0.6)
        raise ValueError(
            f"`{text}` is not one of the values of `{self.name}`" + (f"; {hint}" if hint else self._choices())
        )

    def _choices(self) -> str:
        return f"; choose from {', '.join(self.values)}" if self.values else ""

    def as_json(self) -> dict[str, object]:
        """Return the declaration as JSON values: what may be stated, and what silence means."""
        return {
            "fact": self.name,
            "type": self.type.value,
            "unit": self.unit,
            "checklist": self.checklist,
            "question": self.asks,
            "provision": self.provision,
            "values": dict(self.values) if self.values is not None else None,
            "was": [former.name for former in self.was],
            "if_absent": None if self.if_absent is None else self.format(self.if_absent),
            "if_absent_because": self.if_absent_because,
        }

    def format(self, value: FactValue) -> object:
        """Return the value as it stands in JSON: yes/no as booleans, quantities and dates as text, sets as sorted lists.

        A list with open members is an object that says `yes` or `unknown` of each.
        """
        if isinstance(value, bool | str):
            return value
        if isinstance(value, OpenList):
            return dict(value.as_words)
        if isinstance(value, frozenset):
            return sorted(value)
        if isinstance(value, Decimal):
            return format_quantity(value)
        return value.isoformat()


def _parse_yes_no(text: str) -> bool:
    word = text.strip().lower()
    if word in ("true", "yes"):
        return True
    if word in ("false", "no"):
        return False
    raise ValueError(f"expected yes or no, found `{text}`")


def parse_quantity(text: str) -> Decimal:
    """Read a number exactly as written, such as `1e25`, `2.5 x 10^24` or `10^25`.

    Raises ValueError where the text is not a plain finite number.
    """
    text = text.strip()
    if match := _POWER.match(text):
        return Decimal(f"1e{match['power']}")
    match = _QUANTITY.match(text)
    if match is None:
        raise ValueError(f"expected a number, e.g. 5000000000 or 1e25 (no separators or units), found `{text}`")
    # Made from text, not by arithmetic, so that no digit is lost to a precision.
    return Decimal(f"{match['base'].replace('_', '')}e{match['exponent'] or match['power'] or '0'}")


def format_quantity(value: Decimal) -> str:
    """Write a number exactly, so that equal numbers have equal text, with an exponent where it is long."""
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    text = "".join(str(digit) for digit in digits)
    kept = text.rstrip("0")
    if not kept:
        return "0"
    exponent += len(text) - len(kept)
    text = kept
    size = len(text) - 1 + exponent
    if -7 < size < 16:
        return format(Decimal((sign, tuple(int(digit) for digit in text), exponent)), "f")
    mantissa = text[0] + (f".{text[1:]}" if len(text) > 1 else "")
    return f"{'-' if sign else ''}{mantissa}e{size}"


def parse_date(text: str) -> date:
    """Read a date written as YYYY-MM-DD."""
    text = text.strip()
    if not _DATE.match(text):
        raise ValueError(f"expected a date such as 2027-12-02, found `{text}`")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"expected a date such as 2027-12-02, found `{text}`") from error


@dataclass(frozen=True)
class Vocabulary:
    """All facts of one or several packs, by name, in the order in which they were declared."""

    declarations: Mapping[str, FactDeclaration]

    @classmethod
    def of(cls, declarations: Iterable[FactDeclaration]) -> Vocabulary:
        """Collect declarations. Raises PackError where one name is declared twice in different words."""
        collected: dict[str, FactDeclaration] = {}
        problems = []
        for declaration in declarations:
            other = collected.setdefault(declaration.name, declaration)
            if other != declaration:
                problems.append(
                    Problem(
                        f"fact `{declaration.name}` is declared twice in different words",
                        declaration.place,
                        f"the other declaration is at {other.place}",
                    )
                )
        if problems:
            raise PackError(problems)
        return cls(collected)

    def merged_with(self, other: Vocabulary) -> Vocabulary:
        """Join two vocabularies; a fact that both declare must mean the same in both."""
        return Vocabulary.of([*self.declarations.values(), *other.declarations.values()])

    def get(self, name: str) -> FactDeclaration | None:
        """Return the declaration of a fact, or None where no pack declares it."""
        return self.declarations.get(name)

    @cached_property
    def former_names(self) -> frozenset[str]:
        """Return the names that facts had before and that none has now."""
        return frozenset(each.name for d in self.declarations.values() for each in d.was) - self.declarations.keys()

    @cached_property
    def groups(self) -> frozenset[str]:
        """Return what names of facts, those they had before among them, begin with: `system` of `system.practices`."""
        return frozenset(
            ".".join(name.split(".")[:size])
            for name in (*self.declarations, *self.former_names)
            for size in range(1, name.count(".") + 1)
        )

    def formerly(self, name: str) -> tuple[tuple[FactDeclaration, Former], ...]:
        """Return the facts that another one was renamed to, merged into or split into; none where it is declared itself."""
        if name in self.declarations:
            return ()
        every = (d for d in self.declarations.values() if d.was)
        return tuple((d, former) for d in every for former in d.was if former.name == name)

    def __getitem__(self, name: str) -> FactDeclaration:
        return self.declarations[name]

    def __contains__(self, name: object) -> bool:
        return name in self.declarations

    def __iter__(self) -> Iterator[str]:
        return iter(self.declarations)

    def __len__(self) -> int:
        return len(self.declarations)
