"""Model cards: what the front matter of a Markdown card states as facts, and what its words suggest."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from aiact_rules.core.cards import MARK, CardWords
from aiact_rules.core.cues import Cue
from aiact_rules.core.facts import Facts
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.core.signals import Signal
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.card_kinds import ELSEWHERE, CardKind, kind_of_card
from aiact_rules.sources.cues import signals_of, state_signals, tagged_values
from aiact_rules.sources.document import FileRead, Stated
from aiact_rules.sources.figures import Said
from aiact_rules.sources.front_matter import FrontMatter, split_front_matter
from aiact_rules.sources.matching import find
from aiact_rules.sources.near_misses import BLOCK as BLOCK
from aiact_rules.sources.near_misses import is_near_block
from aiact_rules.sources.passages import MOST_LINES, Passage, passages, value
from aiact_rules.sources.statements import Statements, is_filled
from aiact_rules.sources.templates import MARKER, is_untouched, without_placeholders
from aiact_rules.sources.text_files import Text, refuse_hidden_breaks
from aiact_rules.yaml_text import Entry, Mapping, Node, Scalar, Sequence, read_yaml

if TYPE_CHECKING:
    from aiact_rules.core.card_result import CardResult

# fmt: off
CARD_KEYS = frozenset({
    "annotations_creators", "base_model", "base_model_relation", "co2_eq_emissions", "datasets",
    "dataset_info", "eu_ai_act", "extra_gated_eu_disallowed", "extra_gated_prompt", "gated",
    "inference", "language", "library_name", "license", "license_link", "license_name", "metrics",
    "model-index", "model_name", "new_version", "pipeline_tag", "tags", "task_categories", "thumbnail",
    "widget",
})
# fmt: on
"""Keys whose presence tells the front matter of a card from that of any other page."""
TAG_KEYS = frozenset({"pipeline_tag", "tags", "task_categories", "task_ids"})
"""Keys whose values name a task, or are tags."""
TASK_KEYS = frozenset({"task", "type"})
"""Keys inside others, such as a `model-index`, whose values name a task."""
EXAMPLES = ("widget",)
"""Keys with inputs to try the model on, by nobody's statement."""

_BASE = "model.base_model"
_CLOSED = "extra_gated_eu_disallowed"
_HINTS = ("library_name", "co2_eq_emissions", "model-index")
_COMPUTE = re.compile(r"flop|floating|virgule|leitkomma|\b6\s?[x×*·⋅N]", re.IGNORECASE)
_UNNAMED_LICENCES = ("", "other")


def read_model_card(
    text: Text,
    vocabulary: Vocabulary,
    cues: Iterable[Cue] = (),
    *,
    folder: Path | None = None,
    obligations: Collection[str] | None = None,
    evidence_root: Path | None = None,
    card: CardWords | None = None,
) -> Stated:
    """Read a card: its block `eu_ai_act:`, what its own keys state, and the cues its words contain.

    Only what the card states becomes a fact: a licence is named here, and what follows from it is added later. Evidence
    named in the block is looked for from `folder`, inside `evidence_root` or else its repository. The section that was
    written from the block's result with the words `card` is left out. Raises InputError where the front matter cannot be read.
    """
    parts = split_front_matter(text.text, text.name)
    metadata, unfilled = read_metadata(parts, text.name)
    return _read(text, parts, metadata, unfilled, vocabulary, cues, folder, obligations, evidence_root, card)


def read_card_metadata(
    text: Text,
    vocabulary: Vocabulary,
    cues: Iterable[Cue] = (),
    *,
    folder: Path | None = None,
    obligations: Collection[str] | None = None,
    evidence_root: Path | None = None,
    card: CardWords | None = None,
) -> Stated:
    """Read a card that is all metadata: a YAML file with the keys a card's front matter has."""
    parts = FrontMatter(text.text, 1, "", text.text.count("\n") + 2)
    metadata, unfilled = read_metadata(parts, text.name)
    return _read(text, parts, metadata, unfilled, vocabulary, cues, folder, obligations, evidence_root, card)


def why_no_card(text: Text) -> str | None:
    """Return what a Markdown document is that is no card to be judged; None for a card.

    A card has front matter such as model cards have, though it may be misplaced. That of a data set or a Space is one only
    where it has the block `eu_ai_act:`. Raises InputError where the front matter is broken.
    """
    parts = split_front_matter(text.text, text.name)
    metadata, unfilled = read_metadata(parts, text.name)
    if any(entry.key == BLOCK or is_near_block(entry.key) for entry in metadata):
        return None
    if (kind := kind_of_card(metadata)) in ELSEWHERE:
        return ELSEWHERE[kind]
    if unfilled or any(entry.key in CARD_KEYS for entry in metadata):
        return None
    return None if _misplaced_problem(parts, text.name) is not None else "not a model card"


def is_card(text: Text) -> bool:
    """Return whether a Markdown document is a card to be judged. Raises InputError where its front matter is broken."""
    return why_no_card(text) is None


def read_metadata(parts: FrontMatter, name: str) -> tuple[Mapping, tuple[int, ...]]:
    """Return the front matter as a mapping (empty where there is none), and the lines of nothing but a template's marker."""
    if parts.front is None:
        return Mapping((), Place(name, 1)), ()
    yaml, unfilled = without_placeholders(parts.front)
    refuse_hidden_breaks(yaml, name, parts.front_line)
    node = read_yaml(yaml, name, first_line=parts.front_line)
    if isinstance(node, Scalar) and node.is_null:
        node = Mapping((), Place(name, parts.front_line))
    if not isinstance(node, Mapping):
        raise InputError(
            [Problem("the front matter is not made of keys with values", node.place, "write `key: value`")]
        )
    return node, tuple(parts.front_line + line - 1 for line in unfilled)


def _read(
    text: Text,
    parts: FrontMatter,
    metadata: Mapping,
    unfilled: tuple[int, ...],
    vocabulary: Vocabulary,
    cues: Iterable[Cue],
    folder: Path | None,
    obligations: Collection[str] | None,
    evidence_root: Path | None,
    card: CardWords | None,
) -> Stated:
    notes = [*text.notes, *(f"{text.name}:{line}: a template's marker was left here" for line in unfilled)]
    block = metadata.entry(BLOCK)
    stated = Stated()
    result: CardResult | None = None
    said: tuple[Passage, ...] = ()
    problems = [
        Problem(f"`{entry.key}` is not read", entry.place, f"write `{BLOCK}`")
        for entry in metadata
        if is_near_block(entry.key)
    ]
    misplaced = _misplaced_problem(parts, text.name)
    if misplaced is not None:
        problems.append(misplaced)
    if block is not None and is_filled(block.value):
        from aiact_rules.sources.card_block import read_block  # most cards have none

        try:
            own = read_block(block, vocabulary, folder=folder, obligations=obligations, evidence_root=evidence_root)
            stated, result, said = own.stated, own.result, own.said
        except InputError as error:
            problems.extend(error.problems)
    statements = Statements(vocabulary)
    kind = kind_of_card(metadata)
    if kind is CardKind.MODEL:
        _state_card_facts(metadata, statements, notes)
    if MARK in parts.body:
        from aiact_rules.sources.card_block import NOT_OURS, without_written  # most cards have none

        unwritten = without_written(parts, result, card)
        if unwritten is None:
            notes.append(f"{text.name}: {NOT_OURS}")
        parts = unwritten or parts
    shown = passages(parts.body, parts.body_line)
    signals = _signals(metadata, (*said, *shown), tuple(cues), text.name)
    state_signals(signals, statements)
    name = _name(metadata, shown)
    facts = Facts({})
    try:
        facts = merged(stated.facts, statements.facts())
    except InputError as error:
        problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    _note_oddities(text, parts, kind, notes)
    subject = replace(stated.subject, name=stated.subject.name or name)
    files = (FileRead(text.name, text.sha256),)
    return replace(
        stated,
        subject=subject,
        facts=facts,
        signals=signals,
        notes=tuple(notes),
        files=files,
        gated=_gated(metadata),
        said=_said(parts, text.name, metadata, name),
    )


def _said(parts: FrontMatter, name: str, metadata: Mapping, called: str | None) -> Said:
    """Return what the card of a model says besides facts: in keys that hint at one, and in prose on compute."""
    said = Said()
    if any(key in metadata for key in _HINTS):
        from aiact_rules.sources.card_questions import asked_by_metadata

        said = asked_by_metadata(metadata)
    if _COMPUTE.search(parts.body):
        from aiact_rules.sources.compute_statements import find_compute

        said = said.joined_with(find_compute(parts.body, name, filter(None, [called]), parts.body_line))
    return said


def _misplaced_problem(parts: FrontMatter, name: str) -> Problem | None:
    """Return the problem that front matter is not at the top, where what it says is that of a card."""
    if (found := parts.misplaced) is None:
        return None
    block = next(((key, line) for key, line in found.keys if key == BLOCK or is_near_block(key)), None)
    if block is not None:
        message = f"`{block[0]}` is not read here, since the front matter does not begin at the top"
        place = Place(name, block[1])
    elif not found.unopened and any(key in CARD_KEYS for key, _ in found.keys):
        message, place = "the front matter does not begin at the top, so it is not read", Place(name, found.line)
    else:
        return None
    return Problem(message, place, "make `---` the first line, above all else, and end it with `---`")


def merged(first: Facts, second: Facts) -> Facts:
    """Join facts of two files; texts that differ only in case do not disagree, and the first spelling stays.

    Neither does one of several base models that the first file names.
    """
    same = {
        fact.name
        for fact in second
        if isinstance(fact.value, str)
        and isinstance(other := first.value(fact.name), str)
        and fact.value.casefold() in (other.casefold(), *(other.casefold().split(", ") if fact.name == _BASE else ()))
    }
    return first.merged_with(Facts({fact.name: fact for fact in second if fact.name not in same}))


def _state_card_facts(metadata: Mapping, statements: Statements, notes: list[str]) -> None:
    licence, named = _texts(metadata.get("license")), _texts(metadata.get("license_name"))
    if licence and not (named and ", ".join(licence).lower() in _UNNAMED_LICENCES):
        _state_text("model.licence", licence, metadata, "license", statements)
    elif named:
        _state_text("model.licence", named, metadata, "license_name", statements)
    _state_text("model.base_model", _texts(metadata.get("base_model")), metadata, "base_model", statements)
    _state_text("model.pipeline_tag", _texts(metadata.get("pipeline_tag")), metadata, "pipeline_tag", statements)
    relation = metadata.entry("base_model_relation")
    declaration = statements.vocabulary.get("model.base_model_relation")
    if relation is not None and declaration is not None and is_filled(relation.value):
        said = _texts(relation.value)
        if len(said) == 1 and said[0].lower() in (declaration.values or {}):
            statements.state(declaration.name, said[0].lower(), relation.place)
        else:
            notes.append(f"{relation.place}: this relation to the base model is not known, so it was not read")
    closed = metadata.entry(_CLOSED)
    if closed is not None and isinstance(closed.value, Scalar) and closed.value.text.strip().lower() in ("true", "yes"):
        statements.state("model.access_closed_in_union", True, closed.place)


def _gated(metadata: Mapping) -> Place | None:
    """Return where a card says that access is asked for, or given on conditions; whoever publishes it may refuse it then."""
    for entry in metadata:
        if entry.key == "gated" or (entry.key.startswith("extra_gated_") and entry.key != _CLOSED):
            said = entry.value.text.strip().lower() if isinstance(entry.value, Scalar) else ""
            if is_filled(entry.value) and said not in ("false", "no"):
                return entry.place
    return None


def _state_text(fact: str, texts: list[str], metadata: Mapping, key: str, statements: Statements) -> None:
    entry = metadata.entry(key)
    if texts and entry is not None:
        statements.state(fact, ", ".join(texts), entry.place)


def _texts(node: Node | None) -> list[str]:
    """Return the filled-in texts of a scalar or a list."""
    if node is None:
        return []
    items = node.items if isinstance(node, Sequence) else (node,)
    return [item.text.strip() for item in items if isinstance(item, Scalar) and is_filled(item)]


def _signals(metadata: Mapping, said: Iterable[Passage], cues: tuple[Cue, ...], name: str) -> tuple[Signal, ...]:
    """Return what the values of the front matter, without the block that states facts, and what is `said` besides speak of."""
    if not cues:
        return ()
    values, tags = values_of(metadata)
    read = (*values, *said)
    found = (*tagged_values(read, tags, cues), *find(read, cues, place=Place(name)))
    return signals_of(found, lambda _, line: Place(name, line))


def values_of(metadata: Mapping) -> tuple[list[Passage], list[int]]:
    """Return the texts of front matter without its block, and the numbers of those that name a task or are tags."""
    found: list[Passage] = []
    tags: list[int] = []
    waiting: list[tuple[Node | Entry, bool]] = [
        (entry, entry.key in TAG_KEYS) for entry in metadata if entry.key not in (BLOCK, *EXAMPLES)
    ]
    waiting.reverse()
    while waiting:
        node, is_tag = waiting.pop()
        if isinstance(node, Entry):
            if node.key not in CARD_KEYS:
                found.append(value(node.key, node.place.line or 1))
            waiting.append((node.value, is_tag))
        elif not isinstance(node, Scalar):
            waiting += [(each, is_tag or (isinstance(each, Entry) and each.key in TASK_KEYS)) for each in node][::-1]
        elif node.text.strip():
            tags += [len(found)] if is_tag else []
            found.append(value(node.text, node.place.line or 1))
    return found, tags


def _name(metadata: Mapping, shown: Iterable[Passage]) -> str | None:
    """Return what a card calls its model: the name in its front matter, or else its first heading of level 1."""
    named = _texts(metadata.get("model_name"))
    if named:
        return named[0]
    index = metadata.get("model-index")
    if isinstance(index, Sequence) and len(index) == 1 and isinstance(index.items[0], Mapping):
        named = _texts(index.items[0].get("name"))
        if named:
            return named[0]
    title = next((" ".join(each.text.split()) for each in shown if each.level == 1), None)
    return None if title is None or MARKER.search(title) else title


def _note_oddities(text: Text, parts: FrontMatter, kind: CardKind, notes: list[str]) -> None:
    if parts.front is None:
        notes.append(f"{text.name}: has no front matter, so the card itself states no facts")
    if parts.misplaced is not None:
        notes.append(
            f"{text.name}:{parts.misplaced.line}: what looks like front matter does not begin at the top and was not read"
        )
    if kind is not CardKind.MODEL:
        notes.append(f"{text.name}: the card of {kind}, not of a model; judged as what is stated")
    if parts.body.count("\n") >= MOST_LINES:
        where = f"{text.name}:{parts.body_line + MOST_LINES}"
        notes.append(f"{where}: from here on the text is read as written, code and comments too, since it is so long")
    if is_untouched(parts.body):
        notes.append(f"{text.name}: the text is a template nobody filled in")
