"""Proposals: a first mapping file for a table, from its column names and its first rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from aiact_rules.core.vocabulary import FactDeclaration, FactType, Vocabulary
from aiact_rules.sweep.kernel import PREFIX
from aiact_rules.sweep.mapping import ColumnMap
from aiact_rules.sweep.tables import Table

_SAMPLE = 2000
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_YES = frozenset({"yes", "y", "true", "t", "1", "1.0", "x", "ja", "j", "oui", "si", "sí"})
_NO = frozenset({"no", "n", "false", "f", "0", "0.0", "nein", "non"})
_MISSING = frozenset({"", "na", "n/a", "nan", "null", "unknown", "tbd", "-", "?"})
_SEPARATORS = (";", "|", ",")
_MOST_DISTINCT = 60


def propose(table: Table, vocabulary: Vocabulary, *, roles: Sequence[str] = ()) -> str:
    """Write a mapping file for a table: a column that names a fact is mapped, a near miss is a comment to look at."""
    columns = [name for name in table.columns if not name.startswith(PREFIX)]
    samples = _samples(table, columns)
    key = _key_of(columns, samples)
    mapped: dict[str, str] = {}
    for name in columns:
        fact = fact_named(name, vocabulary)
        if fact is not None and fact not in mapped.values() and name != key:
            mapped[name] = fact
    lines = [
        "# Which column of the table states which fact. `aiact-rules vocabulary` explains the facts.",
        "format: 1",
        *([f"key: {_quoted(key)}"] if key is not None else ["# key: the column that names a row"]),
    ]
    missing = sorted({text for texts in samples.values() for text in texts if text.lower() in _MISSING} | {""})
    lines += [f"missing: [{', '.join(_text(text) for text in missing)}]", "columns:"]
    for name in columns:
        if name == key:
            continue
        if name in mapped:
            lines += _mapped(name, vocabulary[mapped[name]], samples.get(name, {}))
        else:
            near = near_facts(name, vocabulary)
            hint = f"  # did you mean {' or '.join(near)}?" if near else ""
            lines.append(f"  # {_quoted(name)}:{hint}")
    if not any(name in mapped for name in columns):
        lines[lines.index("columns:")] = "columns: {}"
    if "operator.roles" not in mapped.values():
        said = ", ".join(roles) if roles else "provider"
        lines += ["facts:  # the same in all rows", f"  {'' if roles else '# '}operator.roles: [{said}]"]
        if not roles:
            lines[-2] = "facts: {}  # the same in all rows, such as"
    return "\n".join(lines) + "\n"


def fact_named(column: str, vocabulary: Vocabulary) -> str | None:
    """Return the fact that a column name names: in full, or by its last part where only one fact ends so."""
    words = _NOT_WORD.sub("_", column.lower()).strip("_")
    full = [name for name in vocabulary if name.replace(".", "_") == words]
    if full:
        return full[0]
    last = [name for name in vocabulary if name.rsplit(".", 1)[1] == words]
    return last[0] if len(last) == 1 else None


def near_facts(column: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the facts whose names are nearest to a column name, at most three."""
    words = _NOT_WORD.sub("_", column.lower()).strip("_")
    spelled: dict[str, str] = {}
    for name in vocabulary:
        spelled.setdefault(name.replace(".", "_"), name)
        spelled.setdefault(name.rsplit(".", 1)[1], name)
    tokens = [token for token in words.split("_") if token]
    whole = [name for name in vocabulary if name.rsplit(".", 1)[1] == words]
    within = [name for name in vocabulary if tokens and all(token in name for token in tokens)]
    near = [spelled[match] for match in get_close_matches(words, spelled, n=3, cutoff=0.7)]
    return tuple(dict.fromkeys([*whole, *near, *sorted(within, key=len)]))[:3]


def _mapped(name: str, declaration: FactDeclaration, texts: Mapping[str, int]) -> list[str]:
    more: list[str] = []
    said = [text for text in texts if text.lower() not in _MISSING]
    if declaration.type is FactType.SOME_OF:
        separator = next((mark for mark in _SEPARATORS if any(mark in text for text in said)), None)
        if separator is not None and separator != ",":
            more.append(f"separator: {_text(separator)}")
        said = [part.strip() for text in said for part in (text.split(separator) if separator else [text])]
    values, open_questions = _values(declaration, said)
    if values:
        more.append("values: {" + ", ".join(f"{_text(text)}: {word}" for text, word in values.items()) + "}")
    hint = ""
    if declaration.type is FactType.QUANTITY and declaration.unit:
        hint = f"  # in {declaration.unit}; else add `unit:`"
    lines = [f"  {_quoted(name)}: {declaration.name}{hint}"]
    if more:
        lines = [f"  {_quoted(name)}: {{fact: {declaration.name}, {', '.join(more)}}}{hint}"]
    return lines + [f"    # not understood yet: {text}" for text in open_questions if text not in values]


def _values(declaration: FactDeclaration, said: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    values: dict[str, str] = {}
    unknown: list[str] = []
    column = ColumnMap("", declaration.name)
    many = declaration.type is FactType.SOME_OF
    read, read_many = column.parse(declaration), column.parse_many(declaration)
    for text in list(dict.fromkeys(said))[:_MOST_DISTINCT]:
        try:
            _ = read_many([text]) if many else read(text)
            continue
        except ValueError:
            pass
        word = _word_for(text, declaration)
        if word is None:
            unknown.append(f"`{text}`")
        else:
            values[text] = word
    return values, unknown


def _word_for(text: str, declaration: FactDeclaration) -> str | None:
    lower = text.strip().lower()
    if declaration.type is FactType.YES_NO:
        return "yes" if lower in _YES else "no" if lower in _NO else None
    if declaration.values:
        words = _NOT_WORD.sub("_", lower).strip("_")
        if words in declaration.values:
            return words
        near = get_close_matches(words, list(declaration.values), n=1, cutoff=0.75)
        return near[0] if near else None
    return None


def _samples(table: Table, columns: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return for each column the distinct texts of its first rows, and how often each stands there."""
    found: dict[str, dict[str, int]] = {name: {} for name in columns}
    for chunk in table.chunks([], columns):
        batch = chunk.batch.slice(0, _SAMPLE)
        for name in batch.schema.names:
            for value in _flat(batch.column(name).to_pylist()):
                found[name][value] = found[name].get(value, 0) + 1
        break
    return found


def _flat(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, list):
            yield from _flat(value)
        elif isinstance(value, bool):
            yield "true" if value else "false"
        elif value is not None:
            yield str(value)


def _key_of(columns: Sequence[str], samples: Mapping[str, Mapping[str, int]]) -> str | None:
    """Return the column that names a row: called like a key, with a different value in each row."""
    for name in columns:
        words = _NOT_WORD.sub("_", name.lower()).strip("_")
        if words in ("id", "key", "name", "uuid") or words.endswith(("_id", "_key", "_name")):
            counts = samples.get(name, {})
            if counts and max(counts.values()) == 1:
                return name
    return None


def _quoted(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_.]*", name) else _text(name)


def _text(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
