"""Release files: `aiact.yaml`, or the block `eu_ai_act:` of a model card, as facts, evidence and choices."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from aiact_rules.core.choices import Choice
from aiact_rules.core.decisions import Subject
from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Facts
from aiact_rules.core.packs import ROLES, SCHOOL
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.document import FileRead, Operator, Stated
from aiact_rules.sources.evidence import EvidenceFiles, read_evidence
from aiact_rules.sources.keys import RELEASE, by_name, hint_for, names, stated_by
from aiact_rules.sources.markets import read_markets
from aiact_rules.sources.statements import Statements, UnknownName, is_filled
from aiact_rules.sources.text_files import Text, refuse_hidden_breaks
from aiact_rules.yaml_text import Entry, Mapping, Node, Scalar, Sequence, read_yaml

FORMAT = "1"
KEYS = names(RELEASE)
SHORT_NAMES = stated_by(RELEASE)
"""Keys of the release file that state a fact under a shorter name."""

_DATES = stated_by(by_name(RELEASE)["dates"].inner)
_COMMON_KEYS = frozenset({"name", "version"})
"""Keys that any other file may have as well."""

MOST_OPERATORS = 1_000


def looks_like_release(node: Node) -> bool:
    """Return whether a YAML file is meant as a release file, though it may have forgotten to state its `format`."""
    if not isinstance(node, Mapping):
        return False
    keys = {entry.key for entry in node} & {*KEYS}
    return "format" in keys or (len(keys) > 1 and not keys <= _COMMON_KEYS)


def read_release_file(
    text: Text,
    vocabulary: Vocabulary,
    *,
    folder: Path | None = None,
    obligations: Collection[str] | None = None,
    evidence_root: Path | None = None,
) -> Stated:
    """Read a release file. Evidence files are looked for from `folder`; None leaves them unchecked.

    They must be inside `evidence_root`, or where it is None inside the repository of `folder` (or it itself, without one).

    Besides its own keys, a fact or a group of facts (`system:`) may stand at the top as well as under `facts:`.
    Raises InputError with all problems.
    """
    refuse_hidden_breaks(text.text, text.name)
    root = read_yaml(text.text, text.name)
    if not isinstance(root, Mapping):
        raise InputError([Problem("a release file has keys with values", root.place, f"begin with `format: {FORMAT}`")])
    stated = read_release(
        root, vocabulary, folder=folder, obligations=obligations, evidence_root=evidence_root, needs_format=True
    )
    return replace(stated, notes=text.notes, files=(FileRead(text.name, text.sha256),))


def read_release(
    root: Mapping,
    vocabulary: Vocabulary,
    *,
    folder: Path | None = None,
    obligations: Collection[str] | None = None,
    evidence_root: Path | None = None,
    needs_format: bool = False,
) -> Stated:
    """Read the keys of a release file from a mapping, wherever it stands. Raises InputError with all problems."""
    files = None if folder is None else EvidenceFiles(folder, evidence_root)
    return _Release(root, vocabulary, files, obligations, needs_format).read()


class _Release:
    def __init__(
        self,
        root: Mapping,
        vocabulary: Vocabulary,
        files: EvidenceFiles | None,
        obligations: Collection[str] | None,
        needs_format: bool,
    ) -> None:
        self.root = root
        self.statements = Statements(vocabulary)
        self.files = files
        self.obligations = obligations
        self.needs_format = needs_format
        self.operator: str | None = None
        self.operators: list[Operator] = []
        self.evidence: tuple[Evidence, ...] = ()
        self.choices: dict[str, Choice] = {}
        self.packs: tuple[Choice, ...] = ()
        self.uncovered: tuple[Choice, ...] = ()

    def read(self) -> Stated:
        self._check_format()
        for entry in self.root:
            self._read_key(entry)
        self._check_operators()
        facts = self.statements.facts()
        subject = Subject(self._text("name"), self._text("version"), owner=self._text("owner"))
        return Stated(
            subject,
            facts,
            self.operator,
            tuple(self.operators),
            self.evidence,
            self.choices,
            self.packs,
            self.uncovered,
            contact=self._text("contact"),
            dismissals=self.statements.dismissals,
        )

    def _read_key(self, entry: Entry) -> None:
        key, statements = entry.key, self.statements
        if key in SHORT_NAMES:
            self._read_short(SHORT_NAMES[key], entry)
        elif key in ("format", "name", "version", "owner", "contact"):
            if not isinstance(entry.value, Scalar):
                statements.problem(f"`{key}` is one text", entry.place)
        elif key == "dates":
            self._read_dates(entry)
        elif key == "operator":
            name, facts = self._read_operator(entry, statements)
            self.operator = name
        elif key == "operators":
            self._read_operators(entry)
        elif key == "facts":
            statements.read_block(entry.value)
        elif key == "evidence":
            self.evidence = read_evidence(entry.value, statements, self.files, self.obligations)
        elif key == "readings":
            self._read_choices(entry)
        elif key == "packs":
            self.packs = self._read_words(entry, "pack ids", "leave it out to use all that apply")
        elif key == "uncovered":
            self._read_uncovered(entry)
        elif statements.is_group(key):
            statements.read_entry(entry)
        elif "." in key:
            statements.unknown_fact(key, entry.place)
        else:
            hint = hint_for(key, KEYS, statements.hints)
            statements.problems.append(UnknownName(f"unknown key `{key}`", entry.place, hint, key))

    def _check_format(self) -> None:
        node = self.root.get("format")
        if node is None:
            if self.needs_format:
                self.statements.problem("the format is not stated", self.root.place, f"begin with `format: {FORMAT}`")
        elif not isinstance(node, Scalar) or node.text != FORMAT:
            self.statements.problem("this format is not known", node.place, f"this version reads `format: {FORMAT}`")

    def _read_short(self, fact: str, entry: Entry) -> None:
        if fact in self.statements.vocabulary:
            self.statements.read_fact(fact, entry.value, entry.place)
        else:
            self.statements.problem(f"`{entry.key}` states `{fact}`, which no pack declares", entry.place)

    def _read_dates(self, entry: Entry) -> None:
        if not isinstance(entry.value, Mapping):
            if is_filled(entry.value):
                self.statements.problem(f"`dates` has the keys {_listed(_DATES)}", entry.place)
            return
        for inner in entry.value:
            if inner.key in _DATES:
                self._read_short(_DATES[inner.key], inner)
            else:
                self.statements.problem(
                    f"unknown date `{inner.key}`", inner.place, hint_for(inner.key, _DATES, self.statements.hints)
                )

    def _read_operator(self, entry: Entry, into: Statements) -> tuple[str | None, Place]:
        """Read an operator: a name alone, or a mapping whose other keys are facts about it."""
        node, name = entry.value, None
        if isinstance(node, Scalar):
            return (node.text.strip() if is_filled(node) else None), entry.place
        if isinstance(node, Sequence):
            into.problem("`operator` is one; several stand under `operators`", entry.place)
            return None, entry.place
        for inner in node:
            if inner.key == "name":
                if isinstance(inner.value, Scalar):
                    name = inner.value.text.strip() if is_filled(inner.value) else None
                else:
                    into.problem("`name` is one text", inner.place)
            elif inner.key == "facts":
                into.read_block(inner.value)
            elif inner.key in ("moment", "release_date") and SHORT_NAMES[inner.key] in into.vocabulary:
                into.read_fact(SHORT_NAMES[inner.key], inner.value, inner.place)
            elif into.is_group(inner.key) and not into.is_group(f"operator.{inner.key}"):
                into.read_entry(inner)
            else:
                into.read_entry(inner, "operator")
        return name, entry.place

    def _read_operators(self, entry: Entry) -> None:
        if not is_filled(entry.value):
            return
        if not isinstance(entry.value, Sequence):
            self.statements.problem("`operators` is a list of operators, each with name and roles", entry.place)
            return
        if len(entry.value) > MOST_OPERATORS:
            self.statements.problem(f"more than {MOST_OPERATORS:,} operators", entry.place, "split the file")
            return
        for item in entry.value:
            if not isinstance(item, Mapping):
                self.statements.problem("an operator of the chain has a name and roles", item.place)
                continue
            own = self.statements.of_a_part()
            name, _ = self._read_operator(Entry("operators", item, item.place), own)
            try:
                facts: Facts = own.facts()
            except InputError as error:
                self.statements.problems.extend(error.problems)
                continue
            if name is not None and name.casefold() in {str(each.name).casefold() for each in self.operators}:
                self.statements.problem(
                    f"two operators are called `{name}`", item.place, "join them, with all their roles"
                )
            if ROLES not in facts:
                self.statements.problem("an operator of the chain needs its roles", item.place, "add `roles:`")
            self.operators.append(Operator(name, facts, item.place, own.dismissals))

    def _check_operators(self) -> None:
        entry = self.root.entry("operators")
        if entry is None or not self.operators:
            return
        for key in ("operator", "roles"):
            other = self.root.entry(key)
            if other is not None and is_filled(other.value):
                self.statements.problem(
                    f"`{key}` and `operators` stand in one file",
                    other.place,
                    "put all of it into `operators`",
                )

    def _read_choices(self, entry: Entry) -> None:
        if not is_filled(entry.value):
            return
        if isinstance(entry.value, Scalar):
            self.choices[SCHOOL] = Choice(entry.value.text.strip(), entry.place)
            return
        if not isinstance(entry.value, Mapping):
            hint = "a word alone is a school of reading"
            self.statements.problem("`readings` names readings with the choice taken", entry.place, hint)
            return
        for inner in entry.value:
            if not isinstance(inner.value, Scalar):
                self.statements.problem(f"the choice for `{inner.key}` is one word", inner.place)
            elif is_filled(inner.value):
                self.choices[inner.key] = Choice(inner.value.text.strip(), inner.place)

    def _read_words(self, entry: Entry, what: str, hint: str) -> tuple[Choice, ...]:
        node: Node = entry.value
        if not is_filled(node):
            return ()
        items = node.items if isinstance(node, Sequence) else (node,)
        words = [Choice(i.text.strip(), i.place) for i in items if isinstance(i, Scalar) and is_filled(i)]
        if not words or len(words) < len(items):
            self.statements.problem(f"`{entry.key}` is a list of {what}", entry.place, hint)
            return ()
        return tuple(words)

    def _read_uncovered(self, entry: Entry) -> None:
        words = self._read_words(entry, "market codes", "it names markets that no installed pack covers")
        for word in words:
            try:
                found = read_markets([word.value])
            except ValueError as error:
                self.statements.problem(f"`uncovered`: {error}", word.place)
                continue
            self.uncovered = (*self.uncovered, *(Choice(code, word.place) for code in sorted(found)))

    def _text(self, key: str) -> str | None:
        node = self.root.get(key)
        return node.text.strip() if isinstance(node, Scalar) and is_filled(node) else None


def _listed(names: Collection[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
