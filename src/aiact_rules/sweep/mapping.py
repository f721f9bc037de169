"""Mapping files: which column of a table states which fact, and how its values are written there.

format: 1
key: system_id
missing: ["", "n/a"]
columns:
  uses: {fact: system.annex_iii_uses, separator: ";"}
  infers: {fact: system.infers_outputs, values: {"1": yes, "0": no}}
  compute: {fact: model.training_compute, unit: YFLOP}
facts:
  operator.roles: [provider]
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from aiact_rules.core.open_lists import OpenList, filled
from aiact_rules.core.packs import MARKETS, ROLES
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue, Former, Vocabulary, parse_quantity
from aiact_rules.sources.former_names import read_former
from aiact_rules.sources.statements import parse_value
from aiact_rules.yaml_text import Entry, Node, Scalar, Sequence, plain, read_yaml
from aiact_rules.yaml_text import Mapping as YamlMapping

FORMAT = "1"
DEFAULT_MISSING = frozenset({""})
NEEDS_WHOLE_LISTS = frozenset({ROLES, MARKETS})
_KEYS = ("format", "key", "missing", "columns", "facts", "words")
_COLUMN_KEYS = ("fact", "values", "separator", "unit", "times", "missing")
_PREFIXES = {"k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18, "Z": 21, "Y": 24}
_WORDS = {"thousand": 3, "million": 6, "billion": 9, "trillion": 12}


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """How one column states one fact.

    `values` turns a text of the table into the words of the vocabulary; `separator` divides the elements of a list
    written as one text; a quantity counts `times` as much; `missing` are texts that say nothing. With `former` the column
    states the fact under that name, which it no longer has; with `is_split` other facts were part of that one too.
    """

    column: str
    fact: str
    values: Mapping[str, str] = field(default_factory=dict)
    separator: str = ","
    times: Decimal = Decimal(1)
    missing: frozenset[str] = DEFAULT_MISSING
    unit: str | None = None
    former: Former | None = None
    is_split: bool = False
    place: Place | None = field(default=None, compare=False)

    def as_it_is_called(self, vocabulary: Vocabulary) -> tuple[ColumnMap, ...]:
        """Return this column with the name that its fact has now: several where the fact was split."""
        claims = vocabulary.formerly(self.fact)
        if not claims:
            return (self,)
        return tuple(
            replace(self, fact=declaration.name, former=former, is_split=len(claims) > 1)
            for declaration, former in claims
        )

    def parse(self, declaration: FactDeclaration) -> Callable[[str], FactValue | None]:
        """Return the function that reads one text of the column; None where the text says nothing."""

        def parse(text: str) -> FactValue | None:
            text = text.strip()
            if text in self.missing:
                return None
            if text in self.values:
                text = self.values[text]
            elif declaration.type is FactType.SOME_OF:
                return parse_many([] if text in ("[]", "none") else text.split(self.separator))
            return self._value(declaration, text)

        parse_many = self.parse_many(declaration)
        return parse

    def parse_many(self, declaration: FactDeclaration) -> Callable[[list[str]], FactValue | None]:
        """Return the function that reads the texts of a list of the column."""

        def parse(texts: list[str]) -> FactValue | None:
            said = [text.strip() for text in texts]
            words = [self.values.get(text, text) for text in said if text not in self.missing or text in self.values]
            if said and not words:
                return None
            return self._value(declaration, words)

        return parse

    def _value(self, declaration: FactDeclaration, said: str | list[str]) -> FactValue | None:
        if self.former is not None:
            read = read_former(declaration, self.former, said, is_split=self.is_split)
            if read is None:
                return None
            if isinstance(read.value, OpenList) and isinstance(declaration.if_absent, frozenset):
                return filled(read.value, declaration.if_absent)
            return _settled(declaration, read.value)
        return _settled(declaration, parse_value(declaration, said))


def _settled(declaration: FactDeclaration, value: FactValue) -> FactValue:
    if declaration.name == ROLES and value == frozenset():
        raise ValueError("an operator without any role cannot be judged")
    return value


@dataclass(frozen=True, slots=True)
class TableMap:
    """What a mapping file says: the key column, the columns that state facts, and facts that hold for all rows.

    `words` are the columns in which people describe a release, to be searched for cues; None: those whose names say so.
    """

    key: str | None = None
    columns: tuple[ColumnMap, ...] = ()
    facts: Mapping[str, str | list[str]] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict, compare=False)
    words: tuple[str, ...] | None = None

    def as_it_is_called(self, vocabulary: Vocabulary) -> TableMap:
        """Return the same map with the names that facts have now."""
        return replace(
            self, columns=tuple(now for column in self.columns for now in column.as_it_is_called(vocabulary))
        )

    def renamed(self) -> Iterator[str]:
        """Return which columns state facts that are called otherwise now."""
        for column in self.columns:
            if column.former is not None:
                yield f"column `{column.column}`: `{column.former.name}` is now called `{column.fact}`"

    def problems(self, vocabulary: Vocabulary) -> Iterator[Problem]:
        """Return what does not fit the vocabulary."""
        seen: dict[str, ColumnMap] = {}
        for column in self.columns:
            declaration = vocabulary.get(column.fact)
            if declaration is None:
                yield Problem(
                    f"column `{column.column}`: unknown fact `{column.fact}`",
                    column.place,
                    did_you_mean(column.fact, vocabulary) or "`aiact-rules vocabulary` lists them",
                )
                continue
            other = seen.setdefault(column.fact, column)
            if other is not column:
                yield Problem(
                    f"the columns `{other.column}` and `{column.column}` both state `{column.fact}`",
                    column.place,
                    "map one of them",
                )
            if column.fact in self.facts:
                yield Problem(
                    f"`{column.fact}` is stated for all rows and by the column `{column.column}`", column.place
                )
            yield from _column_problems(column, declaration)

    def column_problems(self, columns: Iterable[str], table: str) -> Iterator[Problem]:
        """Return which columns the map names that the table does not have."""
        known = list(columns)
        for column in self.columns:
            if column.column not in known:
                yield Problem(
                    f"{table} has no column `{column.column}`",
                    column.place,
                    did_you_mean(column.column, known) or f"its columns are {', '.join(known[:12])}",
                )
        for name in self.words or ():
            if name not in known:
                yield Problem(f"{table} has no column `{name}` to search for words", None, did_you_mean(name, known))
        if self.key is not None and self.key not in known:
            yield Problem(
                f"{table} has no column `{self.key}`, which is to be the key",
                self.places.get("key"),
                did_you_mean(self.key, known),
            )


def _column_problems(column: ColumnMap, declaration: FactDeclaration) -> Iterator[Problem]:
    parse = column.parse(declaration)
    for text, word in column.values.items():
        try:
            parse(text)
        except ValueError as error:
            yield Problem(f"column `{column.column}`, value `{text}`: `{word}` does not fit: {error}", column.place)
    if declaration.type is not FactType.QUANTITY and (column.times != 1 or column.unit is not None):
        yield Problem(f"column `{column.column}`: `{column.fact}` is no quantity, so it has no unit", column.place)
    elif column.unit is not None:
        try:
            unit_factor(column.unit, declaration.unit)
        except ValueError as error:
            yield Problem(f"column `{column.column}`: {error}", column.place)


def unit_factor(unit: str, declared: str | None) -> Decimal:
    """Return how many of the declared unit make one of a unit such as `PFLOP` or `million EUR`.

    Raises ValueError for others.
    """
    if declared is None:
        raise ValueError("this quantity has no unit")
    text = unit.strip()
    if not text.endswith(declared):
        raise ValueError(f"the unit `{unit}` is not made from `{declared}`; use `times` for a plain factor")
    before = text[: -len(declared)].strip()
    if not before:
        return Decimal(1)
    power = _PREFIXES.get(before, _WORDS.get(before))
    if power is None:
        known = ", ".join((*_PREFIXES, *_WORDS))
        raise ValueError(f"`{before}` before the unit `{declared}` is not known; choose from {known}")
    return Decimal(1).scaleb(power)


def scale_of(column: ColumnMap, declaration: FactDeclaration) -> Decimal:
    """Return what a number of the column is multiplied with to be in the declared unit."""
    return column.times if column.unit is None else column.times * unit_factor(column.unit, declaration.unit)


def read_table_map(text: str, source: str) -> TableMap:
    """Read a mapping file. Raises InputError with file, line and hint for everything that does not fit the format."""
    return _MapReader(source).read(read_yaml(text, source))


class _MapReader:
    def __init__(self, source: str) -> None:
        self.source = source
        self.problems: list[Problem] = []

    def read(self, root: Node) -> TableMap:
        if not isinstance(root, YamlMapping):
            raise InputError([Problem("a mapping file maps columns to facts", Place(self.source), "see docs/sweep.md")])
        self.known(root, _KEYS)
        if (said := root.get("format")) is None or str(said) != FORMAT:
            place = root.place if said is None else said.place
            self.problem(
                "the format of the mapping file is not stated or not known", place, f"write `format: {FORMAT}`"
            )
        missing = self.words(root.get("missing"), DEFAULT_MISSING)
        places: dict[str, Place] = {}
        key = root.get("key")
        if key is not None:
            places["key"] = key.place
        facts: dict[str, str | list[str]] = {}
        for entry in self.entries(root.get("facts"), "facts"):
            places[entry.key] = entry.place
            said_of_it = plain(entry.value)
            if isinstance(said_of_it, str):
                facts[entry.key] = said_of_it
            elif isinstance(said_of_it, list) and all(isinstance(item, str) for item in said_of_it):
                facts[entry.key] = [str(item) for item in said_of_it]
            else:
                self.problem(f"`{entry.key}` needs a value or a list of values", entry.place)
        columns = tuple(
            column
            for entry in self.entries(root.get("columns"), "columns")
            if (column := self.column(entry.key, entry.value, entry.place, missing)) is not None
        )
        if self.problems:
            raise InputError(self.problems)
        words = root.get("words")
        searched = None if words is None else tuple(sorted(self.words(words, frozenset())))
        return TableMap(None if key is None else str(key), columns, facts, places, searched)

    def column(self, name: str, node: Node, place: Place, missing: frozenset[str]) -> ColumnMap | None:
        if isinstance(node, Scalar):
            if node.is_null:
                self.problem(f"column `{name}` names no fact", place, "name one, or leave the column out")
                return None
            return ColumnMap(name, node.text, missing=missing, place=place)
        if not isinstance(node, YamlMapping):
            self.problem(f"column `{name}` names a fact, or says more with `fact:`", place)
            return None
        self.known(node, _COLUMN_KEYS)
        fact = node.get("fact")
        if not isinstance(fact, Scalar):
            self.problem(f"column `{name}` names no fact", place, "add `fact:`")
            return None
        values = {}
        for entry in self.entries(node.get("values"), "values"):
            word = plain(entry.value)
            if isinstance(word, str):
                values[entry.key] = word
            else:
                self.problem(f"value `{entry.key}` needs the word it stands for", entry.place)
        times = Decimal(1)
        if isinstance(said := node.get("times"), Scalar):
            try:
                times = parse_quantity(said.text)
                if times <= 0:
                    raise ValueError(f"expected a number above zero, found `{said.text}`")
            except ValueError as error:
                self.problem(str(error), said.place)
                times = Decimal(1)
        unit, separator = node.get("unit"), node.get("separator")
        if separator is not None and str(separator) == "":
            self.problem("a separator is at least one character", separator.place)
        return ColumnMap(
            name,
            fact.text.strip(),
            values,
            "," if separator is None else str(separator) or ",",
            times,
            self.words(node.get("missing"), missing),
            None if unit is None else str(unit),
            place=place,
        )

    def words(self, node: Node | None, default: frozenset[str]) -> frozenset[str]:
        if node is None:
            return default
        if isinstance(node, Scalar):
            return frozenset({node.text.strip()})
        if isinstance(node, Sequence) and all(isinstance(item, Scalar) for item in node):
            return frozenset(str(item).strip() for item in node)
        self.problem("`missing` is a list of texts", node.place)
        return default

    def entries(self, node: Node | None, name: str) -> Iterable[Entry]:
        if node is None or (isinstance(node, Scalar) and node.is_null):
            return ()
        if not isinstance(node, YamlMapping):
            self.problem(f"`{name}` is a mapping", node.place)
            return ()
        return node

    def known(self, node: YamlMapping, keys: tuple[str, ...]) -> None:
        for entry in node:
            if entry.key not in keys:
                self.problem(
                    f"unknown key `{entry.key}`",
                    entry.place,
                    did_you_mean(entry.key, keys) or f"choose from {', '.join(keys)}",
                )

    def problem(self, message: str, place: Place, hint: str | None = None) -> None:
        self.problems.append(Problem(message, place, hint))
