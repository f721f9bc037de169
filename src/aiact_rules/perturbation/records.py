"""Records: complete releases as release files, one per role, step and regime, made anew from their seeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from aiact_rules.core.packs import MARKETS, MOMENT, RELEASE_DATE, ROLES, SUBJECT
from aiact_rules.core.vocabulary import FactDeclaration, FactType, FactValue, Vocabulary, format_quantity
from aiact_rules.sources.release_file import read_release_file
from aiact_rules.sources.text_files import read_text

FOLDER = "records"
ENDING = ".aiact.yaml"

_WIDTH = 120
_AT_THE_TOP = {"subject": SUBJECT, "roles": ROLES, "markets": MARKETS, "moment": MOMENT, "release_date": RELEASE_DATE}


def read_records(folder: Path, vocabulary: Vocabulary) -> dict[str, dict[str, FactValue]]:
    """Return the committed records of a folder by name. Raises InputError where one cannot be read any more."""
    found = {}
    for path in sorted((folder / FOLDER).glob(f"*{ENDING}")):
        stated = read_release_file(read_text(path), vocabulary).facts
        found[path.name.removesuffix(ENDING)] = {fact.name: fact.value for fact in stated}
    return found


def write_records(folder: Path, records: Mapping[str, Mapping[str, FactValue]], vocabulary: Vocabulary) -> None:
    """Write every record, and take away those that are no longer among them."""
    (folder / FOLDER).mkdir(exist_ok=True)
    for path in (folder / FOLDER).glob(f"*{ENDING}"):
        if path.name.removesuffix(ENDING) not in records:
            path.unlink()
    for name, stated in records.items():
        (folder / FOLDER / f"{name}{ENDING}").write_text(record_text(name, stated, vocabulary), encoding="utf-8")


def record_text(name: str, stated: Mapping[str, FactValue], vocabulary: Vocabulary) -> str:
    """Return a record as a release file: facts grouped by subject, in the order of the vocabulary."""
    lines = ["# Generated from seeds.yaml; see `aiact-rules perturb --help`.", "format: 1", f"name: {name}"]
    lines += [
        f"{key}: {_written(vocabulary[fact], stated[fact])}" for key, fact in _AT_THE_TOP.items() if fact in stated
    ]
    lines.append("facts:")
    groups: dict[str, list[str]] = {}
    for fact in vocabulary:
        if fact in stated and fact not in _AT_THE_TOP.values():
            group, _, rest = fact.partition(".")
            groups.setdefault(group, []).extend(_statement(rest, vocabulary[fact], stated[fact]))
    for group in sorted(groups):
        lines += [f"  {group}:", *groups[group]]
    return "\n".join(lines) + "\n"


def _statement(key: str, declaration: FactDeclaration, value: FactValue) -> Iterator[str]:
    line = f"    {key}: {_written(declaration, value)}"
    if len(line) <= _WIDTH or not isinstance(value, frozenset):
        yield line
        return
    yield f"    {key}:"
    yield from (f"      - {word}" for word in sorted(value))


def _written(declaration: FactDeclaration, value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return format_quantity(value)
    if isinstance(value, frozenset):
        if value and declaration.checklist and value == frozenset(declaration.values or ()):
            return "all"
        return f"[{', '.join(sorted(value))}]"
    if declaration.type is FactType.TEXT:
        return f'"{value}"'
    return str(value)
