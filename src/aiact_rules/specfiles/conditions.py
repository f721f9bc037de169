"""Conditions: the text of a `when`, `given` or `met_when` → a typed condition, checked against the vocabulary."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as Mapping_
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from aiact_rules.core.conditions import (
    ALWAYS,
    AllOf,
    AnyOf,
    Condition,
    FactTest,
    Holds,
    Not,
    Operand,
    ParameterName,
    ReadingIs,
    Test,
    as_stated,
    rebuilt,
)
from aiact_rules.core.problems import Place, Problem, did_you_mean
from aiact_rules.core.rules import Parameter, Reading
from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary, parse_date, parse_quantity
from aiact_rules.yaml_text import Entry, Mapping, Node, Scalar, Sequence

_READING = "reading."
_STATED = "stated"

_QUANTITY_TESTS = {
    "above": Test.ABOVE,
    "at_least": Test.AT_LEAST,
    "below": Test.BELOW,
    "at_most": Test.AT_MOST,
}
_DATE_TESTS = {
    "after": Test.ABOVE,
    "on_or_after": Test.AT_LEAST,
    "before": Test.BELOW,
    "on_or_before": Test.AT_MOST,
}
_OPERATORS: dict[FactType, tuple[str, ...]] = {
    FactType.YES_NO: (),
    FactType.ONE_OF: ("is_not", "not_in"),
    FactType.SOME_OF: ("includes", "includes_any", "includes_all", "includes_none", "is_empty", "within"),
    FactType.QUANTITY: tuple(_QUANTITY_TESTS),
    FactType.DATE: tuple(_DATE_TESTS),
    FactType.TEXT: (),
}
_EXAMPLES = {
    FactType.YES_NO: "true or false",
    FactType.ONE_OF: "a value, a list of values, {is_not: value} or {not_in: [..]}",
    FactType.SOME_OF: "{includes: value}, {includes_any: [..]}, {includes_all: [..]}, {includes_none: [..]}, {is_empty: true} or "
    "{within: other.list}",
    FactType.QUANTITY: "{above: x}, {at_least: x}, {below: x} or {at_most: x}",
    FactType.DATE: "{after: d}, {on_or_after: d}, {before: d} or {on_or_before: d}",
}


@dataclass(frozen=True, slots=True)
class Names:
    """The names a condition may use: facts, conclusions, parameters and readings of the pack (and of those it extends).

    `unread` are facts and conclusions that stand in files with other problems: a use of them is no problem of its own.
    """

    vocabulary: Vocabulary
    conclusions: frozenset[str] = frozenset()
    parameters: Mapping_[str, Parameter] = field(default_factory=dict)
    readings: Mapping_[str, Reading] = field(default_factory=dict)
    unread: frozenset[str] = frozenset()


def read_condition(node: Node | None, subject: str, names: Names, problems: list[Problem]) -> Condition:
    """Read a condition. What is wrong is added to `problems`, each with `subject` (such as "rule `art6.3`") in front.

    No condition at all (None) is always true.
    """
    if node is None:
        return ALWAYS
    return _ConditionReader(subject, names, problems).condition(node)


class _ConditionReader:
    def __init__(self, subject: str, names: Names, problems: list[Problem]) -> None:
        self.subject = subject
        self.names = names
        self.problems = problems

    def problem(self, message: str, place: Place, hint: str | None = None) -> Condition:
        self.problems.append(Problem(f"{self.subject}: {message}", place, hint))
        return ALWAYS

    def condition(self, node: Node) -> Condition:
        if not isinstance(node, Mapping):
            return self.problem(
                "a condition must be a mapping",
                node.place,
                "write `{fact: value}`, `{all: [..]}`, `{any: [..]}` or `{not: {..}}`",
            )
        if not node.entries:
            return self.problem("an empty condition", node.place, "say what it tests, or leave the key out")
        parts = [self.entry(entry) for entry in node.entries]
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def entry(self, entry: Entry) -> Condition:
        key, value = entry.key, entry.value
        if key in ("all", "any"):
            if not isinstance(value, Sequence) or not value.items:
                return self.problem(f"`{key}` needs a list of conditions", entry.place)
            parts = tuple(self.condition(item) for item in value.items)
            return AllOf(parts) if key == "all" else AnyOf(parts)
        if key == "not":
            return Not(self.condition(value))
        if key.startswith(_READING):
            return self.reading(key.removeprefix(_READING), entry)
        if "." in key:
            return self.fact(entry)
        return self.conclusion(entry)

    def reading(self, name: str, entry: Entry) -> Condition:
        reading = self.names.readings.get(name)
        if reading is None and name in self.names.unread:
            return ALWAYS
        if reading is None:
            return self.problem(f"unknown reading `{name}`", entry.place, did_you_mean(name, self.names.readings))
        choice = self.word(entry)
        if choice is None:
            return ALWAYS
        if choice not in reading.choices:
            return self.problem(
                f"reading `{name}` has no choice `{choice}`", entry.value.place, _choose(choice, reading.choices)
            )
        return ReadingIs(name, choice)

    def conclusion(self, entry: Entry) -> Condition:
        name = entry.key
        if name not in self.names.conclusions:
            if name in self.names.unread:
                return ALWAYS
            near = did_you_mean(name, [*self.names.conclusions, *self.names.vocabulary])
            return self.problem(
                f"unknown conclusion `{name}`",
                entry.place,
                near or "no rule concludes it (the name of a fact has a dot)",
            )
        truth = self.yes_or_no(entry)
        if truth is None:
            return ALWAYS
        return Holds(name) if truth else Not(Holds(name))

    def fact(self, entry: Entry) -> Condition:
        declaration = self.names.vocabulary.get(entry.key)
        if declaration is None and entry.key in self.names.unread:
            return ALWAYS
        if declaration is None:
            return self.problem(
                f"unknown fact `{entry.key}`", entry.place, did_you_mean(entry.key, self.names.vocabulary)
            )
        kind = declaration.type
        if kind is FactType.TEXT:
            return self.problem(f"`{entry.key}` is free text, and free text decides nothing", entry.place)
        if isinstance(entry.value, Mapping):
            return self.operators(declaration, entry)
        if kind is FactType.YES_NO:
            truth = self.yes_or_no(entry)
            return ALWAYS if truth is None else FactTest(entry.key, Test.IS, truth)
        if kind is FactType.ONE_OF:
            return FactTest(entry.key, Test.ONE_OF, frozenset(self.values(declaration, entry.value)))
        return self.problem(
            f"a value alone cannot test `{entry.key}`, which is a {kind.value} fact",
            entry.value.place,
            f"write {_EXAMPLES[kind]}",
        )

    def stated(self, entry: Entry, test: Entry) -> Condition:
        """Read a test that passes only where the fact is stated, not by its declared default."""
        condition = self.fact(Entry(entry.key, test.value, test.place))

        def leaf(part: FactTest | Holds | ReadingIs) -> Condition:
            return replace(part, fact=as_stated(part.fact)) if isinstance(part, FactTest) else part

        return rebuilt(condition, leaf)

    def operators(self, declaration: FactDeclaration, entry: Entry) -> Condition:
        assert isinstance(entry.value, Mapping)
        name, kind = declaration.name, declaration.type
        if entry.value.keys() == (_STATED,):
            return self.stated(entry, entry.value.entries[0])
        if not entry.value.entries:
            return self.problem(f"no test for `{name}`", entry.place, f"write {_EXAMPLES[kind]}")
        parts = []
        for test in entry.value.entries:
            if test.key not in _OPERATORS[kind]:
                hint = did_you_mean(test.key, _OPERATORS[kind]) or f"write {_EXAMPLES[kind]}"
                parts.append(
                    self.problem(f"`{test.key}` cannot test `{name}`, which is a {kind.value} fact", test.place, hint)
                )
            elif kind is FactType.ONE_OF:
                parts.append(Not(FactTest(name, Test.ONE_OF, frozenset(self.values(declaration, test.value)))))
            elif kind is FactType.SOME_OF:
                parts.append(self.some_of(declaration, test))
            elif kind is FactType.QUANTITY:
                parts.append(FactTest(name, _QUANTITY_TESTS[test.key], self.operand(test, Decimal, parse_quantity)))
            else:
                parts.append(FactTest(name, _DATE_TESTS[test.key], self.operand(test, date, parse_date)))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def some_of(self, declaration: FactDeclaration, test: Entry) -> Condition:
        name = declaration.name
        if test.key == "is_empty":
            truth = self.yes_or_no(test)
            empty = FactTest(name, Test.EMPTY)
            return Not(empty) if truth is False else empty
        if test.key == "within":
            return self.within(declaration, test)
        if test.key == "includes" and not isinstance(test.value, Scalar):
            return self.problem(
                f"`includes` takes one value of `{name}`",
                test.value.place,
                "write `includes_any` or `includes_all` with a list",
            )
        values = self.values(declaration, test.value)
        if test.key == "includes_all":
            each = tuple(FactTest(name, Test.INCLUDES, frozenset({value})) for value in values)
            return each[0] if len(each) == 1 else AllOf(each)
        some = FactTest(name, Test.INCLUDES, frozenset(values))
        return Not(some) if test.key == "includes_none" else some

    def within(self, declaration: FactDeclaration, test: Entry) -> Condition:
        """Return that each value of a list is in another as well, written out over the values declared."""
        name, other = declaration.name, self.word(test)
        outer = self.names.vocabulary.get(other) if other is not None else None
        if other is None or (outer is None and other in self.names.unread):
            return ALWAYS
        hint = "`within` names another `some_of` fact with values"
        if outer is None:
            near = did_you_mean(other, self.names.vocabulary) or hint
            return self.problem(f"unknown fact `{other}`", test.value.place, near)
        for fact in (declaration, outer):
            if fact.type is not FactType.SOME_OF or fact.values is None:
                return self.problem(f"`{fact.name}` has no values to compare", test.value.place, hint)
        if name == other:
            return self.problem(f"`{name}` is compared with itself", test.value.place, hint)
        inner_values, outer_values = declaration.values or {}, outer.values or {}
        if not any(value in outer_values for value in inner_values):
            return self.problem(f"`{name}` and `{other}` have no value in common", test.value.place, hint)
        lacking = frozenset(value for value in inner_values if value not in outer_values)
        parts: list[Condition] = [Not(FactTest(name, Test.INCLUDES, lacking))] if lacking else []
        for value in inner_values:
            if value in outer_values:
                there = frozenset({value})
                parts.append(AnyOf((Not(FactTest(name, Test.INCLUDES, there)), FactTest(other, Test.INCLUDES, there))))
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))

    def values(self, declaration: FactDeclaration, node: Node) -> list[str]:
        """Return the values of the vocabulary that a text or a list names, in the order written."""
        if isinstance(node, Mapping):
            self.problem(f"expected a value of `{declaration.name}` or a list", node.place)
            return []
        items = node.items if isinstance(node, Sequence) else (node,)
        if not items:
            self.problem(f"an empty list tests nothing of `{declaration.name}`", node.place)
        found: list[str] = []
        for item in items:
            if not isinstance(item, Scalar):
                self.problem(f"expected a value of `{declaration.name}`", item.place)
            elif declaration.checklist and item.text == "all" and declaration.values is not None:
                found.extend(declaration.values)
            elif declaration.values is not None and item.text not in declaration.values:
                self.problem(
                    f"`{item.text}` is not one of the values of `{declaration.name}`",
                    item.place,
                    _choose(item.text, declaration.values),
                )
            elif item.text in found:
                self.problem(f"duplicate value `{item.text}`", item.place)
            else:
                found.append(item.text)
        return found

    def operand(self, test: Entry, kind: type[Decimal] | type[date], parse: Callable[[str], Decimal | date]) -> Operand:
        text = self.word(test)
        if text is None:
            return None
        parameter = self.names.parameters.get(text)
        if parameter is None and text in self.names.unread:
            return ParameterName(text)
        if parameter is not None:
            if not all(isinstance(value, kind) for value in parameter.values.values()):
                wanted = "a date" if kind is date else "a number"
                self.problem(f"parameter `{text}` is not {wanted}", test.value.place)
            return ParameterName(text)
        try:
            return parse(text)
        except ValueError as error:
            if text[:1].isalpha():
                self.problem(f"unknown parameter `{text}`", test.value.place, did_you_mean(text, self.names.parameters))
            else:
                self.problem(str(error), test.value.place)
            return None

    def word(self, entry: Entry) -> str | None:
        if isinstance(entry.value, Scalar) and not entry.value.is_null:
            return entry.value.text
        self.problem(f"`{entry.key}` takes one value", entry.value.place)
        return None

    def yes_or_no(self, entry: Entry) -> bool | None:
        if isinstance(entry.value, Scalar) and entry.value.text in ("true", "false"):
            return entry.value.text == "true"
        self.problem(f"`{entry.key}` takes true or false", entry.value.place)
        return None


def _choose(word: str, choices: Mapping_[str, str]) -> str:
    near = did_you_mean(word, choices)
    return near or f"choose from {', '.join(choices)}"
