"""Answers: one fact written into the text of a release file, with every comment and every other line left as it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from decimal import Decimal

from aiact_rules.core.open_lists import OpenList
from aiact_rules.core.packs import DISMISSED
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.raising import quoted
from aiact_rules.core.signals import Dismissal
from aiact_rules.core.vocabulary import FactDeclaration, FactValue, format_quantity
from aiact_rules.sources.release_file import SHORT_NAMES
from aiact_rules.yaml_text import Mapping, PlainText, Scalar, plain, read_yaml

_KEY = re.compile(r"(?P<indent>[ ]*)(?P<key>[A-Za-z][\w.]*):(?P<rest>.*)\Z")
_EMPTY_VALUE = re.compile(
    r"(?P<before>[ ]*[A-Za-z][\w.]*:)(?P<space>[ \t]*)(?P<value>\[\]|~|null)?(?P<after>[ \t]*(?:#.*)?)\Z"
)
_VALUE = re.compile(
    r"""(?:"(?:[^"\\]|\\.)*"|'[^']*'|\[[^\]]*\]|\{[^}]*\}|(?:(?!\s\#).)*)\s*(?P<comment>\#.*)?\Z""", re.VERBOSE
)


class Answers:
    """The text of a release file that answers are worked into."""

    def __init__(self, text: str, source: str) -> None:
        self.text = text
        self.source = source
        self.newline = "\r\n" if "\r\n" in text else "\n"
        self.lines = text.split(self.newline)

    def with_answer(self, declaration: FactDeclaration, value: FactValue) -> str:
        """Return the text with the fact stated. Raises InputError where there is no place for it.

        The fact goes where an empty key or a commented line waits for it, else to the end of `facts:`, else to the end of
        the file. Each way is tried until the text says what it said before, and the fact.
        """
        return self._stated(declaration.name, _written(value), _plain(value))

    def with_dismissals(self, added: Iterable[Dismissal] = (), without: Collection[str] = ()) -> str:
        """Return the text with signals dismissed, in place of what it said of them, and `without` those of some ids.

        What it says of other signals stays. Raises InputError where there is no place for it.
        """
        given = tuple(added)
        new = [_entry(each) for each in given]
        gone = {*without, *(each.signal for each in given)}
        kept = [each for each in self._dismissed() if not _ids(each) & gone]
        every: list[PlainText] = [*kept, *new]
        if not every and not self._dismissed():
            return self.text
        return self._stated(DISMISSED, f"[{', '.join(map(_flow, every))}]", every)

    def _dismissed(self) -> list[PlainText]:
        names = _names(DISMISSED)
        said = next((said for name, said in _said(self.text, self.source, names).items() if name in names), [])
        return said if isinstance(said, list) else [said]

    def _stated(self, fact: str, written: str, expected: PlainText) -> str:
        """Return the text with a fact stated as `written`, which reads as `expected`, and all else as it was."""
        names = _names(fact)
        before = _said(self.text, self.source, names)
        for lines in self._ways(fact, written):
            text = self.newline.join(lines)
            try:
                now = _said(text, self.source, names)
            except InputError:
                continue
            others = {name: said for name, said in now.items() if name not in names}
            stated = [said for name, said in now.items() if name in names]
            if others == {name: said for name, said in before.items() if name not in names} and stated == [expected]:
                return text
        raise InputError(
            [
                Problem(
                    f"there is no place for `{fact}` in this file",
                    Place(self.source),
                    f"write it yourself: `{fact}: {written}`",
                )
            ]
        )

    def without_answer(self, declaration: FactDeclaration) -> str:
        """Return the text with the key of a fact left empty, which states nothing. Raises InputError where it cannot be."""
        names = _names(declaration.name)
        before = _said(self.text, self.source, names)
        kept = {name: said for name, said in before.items() if name not in names}
        if kept == before:
            return self.text
        for key in (*_short(declaration.name), declaration.name):
            for lines in self._restated(key, ""):
                text = self.newline.join(lines)
                if _said(text, self.source, names) == kept:
                    return text
        message = f"the answer for `{declaration.name}` cannot be removed here"
        raise InputError([Problem(message, Place(self.source), "remove it yourself")])

    def _ways(self, name: str, written: str) -> Iterator[list[str]]:
        for key in (*_short(name), name):
            yield from self._filled(key, written)
            yield from self._restated(key, written)
            yield from self._uncommented(key, written)
        if not name.startswith(("release.", "operator.")) or not _short(name):
            yield from self._under_facts(name, written)
        key = next(iter(_short(name)), name)
        yield self._before_blocks(key, written)
        yield self._at_end(key, written)

    def _filled(self, key: str, written: str) -> Iterator[list[str]]:
        """Fill the value of a key that stands there empty, with its name whole or its last part in a group."""
        for name in dict.fromkeys((key, key.rsplit(".", 1)[-1])):
            for number, line in enumerate(self.lines):
                match = _EMPTY_VALUE.match(line)
                if match is not None and match["before"].strip() == f"{name}:":
                    after = match["after"].lstrip()
                    shown = f"{match['before']} {written}" + (f"  {after}" if after else "")
                    yield [*self.lines[:number], shown, *self.lines[number + 1 :]]

    def _restated(self, key: str, written: str) -> Iterator[list[str]]:
        """Take the place of what is stated: a value on one line, or a list with a line for each member."""
        for name in dict.fromkeys((key, key.rsplit(".", 1)[-1])):
            for number, line in enumerate(self.lines):
                match = _KEY.match(line)
                if match is None or match["key"] != name:
                    continue
                indent, rest, end = match["indent"], match["rest"].strip(), number + 1
                after = ""
                if not rest or rest.startswith("#"):
                    while end < len(self.lines) and self.lines[end].startswith(f"{indent} "):
                        end += 1
                elif (value := _VALUE.match(rest)) is not None and value["comment"]:
                    after = f"  {value['comment']}"
                yield [*self.lines[:number], f"{indent}{name}: {written}".rstrip() + after, *self.lines[end:]]

    def _uncommented(self, key: str, written: str) -> Iterator[list[str]]:
        """Take the place of a commented line that was left for the answer."""
        waiting = re.compile(rf"(?P<indent>[ ]*)# ?{re.escape(key)}:[ \t]*(?:\[\])?[ \t]*(?:#.*)?\Z")
        for number, line in enumerate(self.lines):
            match = waiting.match(line)
            if match is not None:
                yield [*self.lines[:number], f"{match['indent']}{key}: {written}", *self.lines[number + 1 :]]

    def _under_facts(self, name: str, written: str) -> Iterator[list[str]]:
        for number, line in enumerate(self.lines):
            match = _KEY.match(line)
            if match is None or match["indent"] or match["key"] != "facts":
                continue
            if match["rest"].strip() and not match["rest"].strip().startswith("#"):
                return
            end, indent = number + 1, "  "
            for later in range(number + 1, len(self.lines)):
                text = self.lines[later]
                if text.strip() and not text.startswith((" ", "\t", "#")):
                    break
                inner = _KEY.match(text)
                if inner is not None and inner["indent"] and end == number + 1:
                    indent = inner["indent"]
                if text.strip() and not text.strip().startswith("#"):
                    end = later + 1
            yield [*self.lines[:end], f"{indent}{name}: {written}", *self.lines[end:]]

    def _before_blocks(self, key: str, written: str) -> list[str]:
        """Put a key of the release itself before the first block, after the other short lines."""
        last = -1
        for number, line in enumerate(self.lines):
            match = _KEY.match(line)
            if match is None or match["indent"]:
                continue
            if not match["rest"].split(" #")[0].strip():
                break
            last = number
        if last < 0 or "." in key:
            return self._at_end(key, written)
        return [*self.lines[: last + 1], f"{key}: {written}", *self.lines[last + 1 :]]

    def _at_end(self, key: str, written: str) -> list[str]:
        lines = list(self.lines)
        while lines and not lines[-1].strip():
            lines.pop()
        return [*lines, f"{key}: {written}", ""]


def _short(name: str) -> tuple[str, ...]:
    return tuple(key for key, fact in SHORT_NAMES.items() if fact == name and key != "market")


def _names(name: str) -> frozenset[str]:
    return frozenset({name, *(key for key, fact in SHORT_NAMES.items() if fact == name)})


def _said(text: str, source: str, whole: frozenset[str] = frozenset()) -> dict[str, PlainText]:
    """Return everything a release file says, by dotted name; what is empty says nothing. Below `whole` are no names."""
    root = read_yaml(text, source)
    if isinstance(root, Scalar) and root.is_null:
        return {}
    if not isinstance(root, Mapping):
        raise InputError([Problem("a release file has keys with values", root.place)])
    found: dict[str, PlainText] = {}

    def walk(mapping: Mapping, prefix: str) -> None:
        for entry in mapping:
            name = f"{prefix}.{entry.key}" if prefix else entry.key
            if isinstance(entry.value, Mapping) and name not in whole:
                walk(entry.value, "" if name == "facts" else name)
            elif (said := plain(entry.value)) is not None and (said != [] or name not in ("roles", "operator.roles")):
                found[name] = said

    walk(root, "")
    return found


def _written(value: FactValue) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, OpenList):
        return str(value)
    if isinstance(value, frozenset):
        return f"[{', '.join(sorted(value))}]"
    if isinstance(value, Decimal):
        return format_quantity(value)
    if isinstance(value, date):
        return value.isoformat()
    if (
        re.fullmatch(r"[A-Za-z0-9][\w./+ -]*", value)
        and value == value.strip()
        and value.lower() not in ("null", "none")
    ):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _entry(dismissal: Dismissal) -> PlainText:
    """Return a dismissal as it is written: its id alone where nothing more is said of it."""
    said = {"because": dismissal.because, "by": dismissal.by, "seen": dismissal.seen}
    stated = {key: text for key, text in said.items() if text is not None}
    return {"signal": dismissal.signal, **stated} if stated else dismissal.signal


def _ids(entry: PlainText) -> frozenset[str]:
    """Return the signals that an entry of the list of dismissed ones is about."""
    if isinstance(entry, dict):
        return frozenset({str(entry["signal"])} if "signal" in entry else entry)
    return frozenset({str(entry)})


def _flow(said: PlainText) -> str:
    """Return texts, and mappings of texts, in one line of YAML."""
    if isinstance(said, dict):
        return f"{{{', '.join(f'{key}: {_flow(each)}' for key, each in said.items())}}}"
    text = str(said)
    return text if re.fullmatch(r"[A-Za-z0-9][\w./ -]*(?<! )", text) and text.lower() != "null" else quoted(text)


def _plain(value: FactValue) -> PlainText:
    if isinstance(value, OpenList):
        return dict(value.as_words)
    if isinstance(value, frozenset):
        return [*sorted(value)]
    return value if isinstance(value, str) else _written(value)
