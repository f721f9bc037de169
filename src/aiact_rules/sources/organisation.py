"""Organisation: facts and settings that an organisation states once, in `aiact.toml` or `pyproject.toml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path

from aiact_rules.core.facts import NO_FACTS, Facts
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.sources.document import FileRead
from aiact_rules.sources.mapping import node_of
from aiact_rules.sources.markets import read_markets
from aiact_rules.sources.statements import Statements
from aiact_rules.sources.text_files import Text, read_text

OWN_FILE = "aiact.toml"
SHARED_FILE = "pyproject.toml"
TABLE = ("tool", "aiact-rules")

Setting = str | bool | tuple[str, ...] | Mapping[str, str]

ONE_TEXT = ("fail_on", "format", "output", "engine", "ledger")
YES_OR_NO = ("verify",)
SEVERAL_TEXTS = ("packs", "markets", "roles", "aliases", "cards")
PAIRS = ("readings",)
SETTINGS = (*ONE_TEXT, *YES_OR_NO, *SEVERAL_TEXTS, *PAIRS)
KEYS = ("name", "facts", *SETTINGS)

# Patterns as text: most runs read no such file, and making them takes a millisecond.
_HEADER = r"\s*\[{1,2}(?P<path>[^\[\]]+)\]{1,2}\s*(?:#.*)?\Z"
_KEY = r"\s*(?P<path>(?:[\w-]+|\"[^\"]*\"|'[^']*')(?:[ \t]*\.[ \t]*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)[ \t]*="
_PART = r"\"([^\"]*)\"|'([^']*)'|([\w-]+)"
_AT_LINE = r"\s*\(at line (?P<line>\d+), column \d+\)|\s*\(at end of document\)"


@dataclass(frozen=True, slots=True)
class Organisation:
    """What holds for every release of an organisation: its facts, and settings by name with the place of each."""

    name: str | None = None
    facts: Facts = NO_FACTS
    settings: Mapping[str, Setting] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    files: tuple[FileRead, ...] = ()


NOBODY = Organisation()


def find_organisation_file(start: Path) -> Path | None:
    """Give the nearest file with settings, from a folder upwards, not beyond the root of its repository.

    Raises InputError where one folder states settings in both places, or where the nearest file cannot be read.
    """
    folder = start.resolve()
    for candidate in (folder, *folder.parents):
        own, shared = candidate / OWN_FILE, candidate / SHARED_FILE
        in_shared = shared.is_file() and _table(_parsed(read_text(shared, guess_encoding=False))) is not None
        if own.is_file() and in_shared:
            raise InputError(
                [
                    Problem(
                        f"settings stand here and in {SHARED_FILE} beside it",
                        Place(str(own)),
                        "keep one of the two",
                    )
                ]
            )
        if own.is_file() or in_shared:
            return own if own.is_file() else shared
        if (candidate / ".git").exists():
            return None
    return None


def read_organisation(path: Path, vocabulary: Vocabulary, name: str | None = None) -> Organisation:
    """Read the organisation's facts and settings from a file found before. Raises InputError with all problems."""
    text = read_text(path, name, guess_encoding=False)
    values = _parsed(text)
    inside: tuple[str, ...] = ()
    if path.name == SHARED_FILE:
        table, inside = _table(values), TABLE
        if table is None:
            return NOBODY
        if not isinstance(table, dict):
            raise InputError([Problem("`tool.aiact-rules` is a table", Place(text.name))])
        values = table
    places = _places(text)

    def place_of(key: tuple[str, ...]) -> Place:
        whole = (*inside, *key)
        while whole and whole not in places:
            whole = whole[:-1]
        return Place(text.name, places.get(whole))

    return _read(text, values, vocabulary, place_of)


def _read(
    text: Text,
    values: dict[str, object],
    vocabulary: Vocabulary,
    place_of: Callable[[tuple[str, ...]], Place],
) -> Organisation:
    statements = Statements(vocabulary)
    settings: dict[str, Setting] = {}
    name: str | None = None
    for key, value in values.items():
        place = place_of((key,))
        if key == "name" and isinstance(value, str):
            name = value.strip() or None
        elif key == "facts" and isinstance(value, dict):
            try:
                statements.read_block(node_of(value, lambda path: place_of(("facts", *path))))
            except InputError as error:
                statements.problems.extend(error.problems)
        elif key in SETTINGS:
            setting = _setting(key, value)
            if key == "markets" and isinstance(setting, tuple):
                try:
                    setting = tuple(sorted(read_markets(setting)))
                except ValueError as error:
                    statements.problem(f"`markets`: {error}", place)
                    continue
            if setting is None:
                statements.problem(f"`{key}` {_expected(key)}", place)
            else:
                settings[key] = setting
        elif key in KEYS:
            statements.problem(f"`{key}` is {'a table' if key == 'facts' else 'one text'}", place)
        else:
            statements.problem(f"unknown setting `{key}`", place, did_you_mean(key, KEYS))
    places = {key: place_of((key,)) for key in settings}
    return Organisation(name, statements.facts(), settings, places, (FileRead(text.name, text.sha256),))


def _setting(key: str, value: object) -> Setting | None:
    """Give a setting in the type it has, or None where the value does not fit."""
    if key in ONE_TEXT:
        return value if isinstance(value, str) and value.strip() else None
    if key in YES_OR_NO:
        return value if isinstance(value, bool) else None
    if key in PAIRS:
        if not isinstance(value, dict) or not all(isinstance(word, str) for word in value.values()):
            return None
        return dict(value)
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        return None
    return tuple(texts)


def _expected(key: str) -> str:
    if key in ONE_TEXT:
        return "is one text"
    if key in YES_OR_NO:
        return "is true or false"
    return "is a table of words" if key in PAIRS else "is a list of texts, not an empty one"


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("a number is not readable") from error


def _parsed(text: Text) -> dict[str, object]:
    import tomllib  # most releases have no such file above them

    try:
        return tomllib.loads(text.text, parse_float=_exact)
    except tomllib.TOMLDecodeError as error:
        said = str(error)
        at = re.search(_AT_LINE, said)
        line = int(at["line"]) if at and at["line"] else text.text.count("\n") + 1
        reason = re.sub(_AT_LINE, "", said)
        raise InputError(
            [Problem(f"not readable as TOML: {reason[:1].lower()}{reason[1:]}", Place(text.name, line))]
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            [Problem("not readable as TOML: a number is too long or the nesting too deep", Place(text.name))]
        ) from error


def _table(values: object) -> object | None:
    for key in TABLE:
        if not isinstance(values, dict) or key not in values:
            return None
        values = values[key]
    return values


def _places(text: Text) -> dict[tuple[str, ...], int]:
    """Give the line of each key, as far as single lines tell; the first mention of a table counts for it."""
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.text.split("\n"), 1):
        if len(line) > 1000:
            continue
        if header := re.match(_HEADER, line):
            table = _path(header["path"])
            found.setdefault(table, number)
        elif key := re.match(_KEY, line):
            path = (*table, *_path(key["path"]))
            for size in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:size], number)
    return found


def _path(text: str) -> tuple[str, ...]:
    return tuple(first or second or third for first, second, third in re.findall(_PART, text))
