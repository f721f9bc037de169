"""Organisation: facts and settings that an organisation states once, in `aiact.toml` or `pyproject.toml`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path

from aiact_rules.core.choices import Choice
from aiact_rules.core.facts import NO_FACTS, Facts
from aiact_rules.core.packs import MARKETS, SCHOOL
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.core.vocabulary import Vocabulary
from aiact_rules.core.waivers import Waiver
from aiact_rules.core.zones import HOW_TO_GET_DATA, zone_named
from aiact_rules.sources.document import FileRead
from aiact_rules.sources.keys import MOST_SECONDS, SETTINGS, Key, Kind, by_name, hint_for
from aiact_rules.sources.mapping import node_of
from aiact_rules.sources.markets import read_markets
from aiact_rules.sources.near_misses import SETTINGS as OWN_FILE
from aiact_rules.sources.near_misses import near_settings
from aiact_rules.sources.statements import Statements
from aiact_rules.sources.text_files import Text, decoded, read_bytes
from aiact_rules.sources.waivers import read_waivers
from aiact_rules.yaml_text import Entry, Node
from aiact_rules.yaml_text import Mapping as Keys

SHARED_FILE = "pyproject.toml"
TABLE = ("tool", "aiact-rules")
MOST_BYTES = 256 * 1024
"""The largest file with settings that is read; a `pyproject.toml` of a large project is a fifth of it."""

Setting = str | bool | Decimal | tuple[str, ...] | Mapping[str, str]

KEYS = by_name(SETTINGS)
# Patterns as text: most runs read no such file, and making them takes a millisecond.
_HEADER = r"\s*(?P<open>\[{1,2})(?P<path>[^\[\]]+)\]{1,2}\s*(?:#.*)?\Z"
_KEY = r"\s*(?P<path>(?:[\w-]+|\"[^\"]*\"|'[^']*')(?:[ \t]*\.[ \t]*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)[ \t]*="
_PART = r"\"([^\"]*)\"|'([^']*)'|([\w-]+)"
_AT_LINE = r"\s*\(at line (?P<line>\d+), column \d+\)|\s*\(at end of document\)"


@dataclass(frozen=True, slots=True)
class Organisation:
    """What holds for every release of an organisation: its facts, and settings by name with the place of each.

    `folder` is where the file stands, from which the paths in it are meant; `notes` say which keys have another name now.
    """

    name: str | None = None
    facts: Facts = NO_FACTS
    settings: Mapping[str, Setting] = field(default_factory=dict)
    places: Mapping[str, Place] = field(default_factory=dict)
    files: tuple[FileRead, ...] = ()
    folder: Path | None = None
    notes: tuple[str, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    def text(self, key: str) -> str | None:
        """Return a setting that is one text, or None where it is not made."""
        value = self.settings.get(key)
        return value if isinstance(value, str) else None

    def says_yes(self, key: str) -> bool:
        """Return whether a setting that is true or false is made, and true."""
        return self.settings.get(key) is True

    def number(self, key: str) -> Decimal | None:
        """Return a setting that is a number, or None where it is not made."""
        value = self.settings.get(key)
        return value if isinstance(value, Decimal) else None

    def choices(self, key: str) -> tuple[Choice, ...]:
        """Return a setting that is a list of texts, each with its place; empty where it is not made."""
        value = self.settings.get(key)
        return tuple(Choice(text, self.places[key]) for text in value) if isinstance(value, tuple) else ()

    def pairs(self, key: str) -> Mapping[str, Choice]:
        """Return a setting that is a table of words, each with its place; empty where it is not made."""
        value = self.settings.get(key)
        if not isinstance(value, Mapping):
            return {}
        return {name: Choice(word, self.places.get(f"{key}.{name}", self.places[key])) for name, word in value.items()}


NOBODY = Organisation()


@dataclass(frozen=True, slots=True)
class Search:
    """Where the settings of a release stand; `further` are files above the nearest one, which do not count."""

    file: Path | None = None
    further: tuple[Path, ...] = ()


def look_for_organisation(start: Path) -> Search:
    """Return the nearest file with settings, from a folder upwards, not beyond the root of its repository.

    Raises InputError where one folder states settings in both places, where a file cannot be read or has nearly the name
    of one with settings, and, outside a repository, where others may write to the file or its folder: whoever may put a
    file there could decide about releases that are not theirs, and to pass it over could drop what the organisation set.
    """
    folder = start.resolve()
    root = next((each for each in (folder, *folder.parents) if _is_repository(each)), None)
    found: list[Path] = []
    for candidate in (folder, *folder.parents):
        file = _settings_in(candidate)
        if file is not None:
            if root is None and (_open_to_others(candidate) or _open_to_others(file)):
                hint = "let nobody else write to the file and its folder (`chmod go-w`), or keep it in a repository"
                raise InputError(
                    [Problem("these settings are not trusted, since others may write here", Place(str(file)), hint)]
                )
            found.append(file)
        if candidate == root:
            break
    return Search(found[0], tuple(found[1:])) if found else Search()


def _settings_in(folder: Path) -> Path | None:
    """Return the file with settings in a folder. Raises InputError for two, and for a name that is nearly one."""
    own, shared = folder / OWN_FILE, folder / SHARED_FILE
    misses = near_settings(_names_like_settings(folder))
    if misses:
        raise InputError([Problem(miss.message, Place(str(folder / miss.name)), miss.hint) for miss in misses])
    for file in (own, shared):
        if os.path.lexists(file) and not file.is_file():
            hint = "remove it, or let it be a file with settings"
            raise InputError([Problem("settings cannot be read here: this is no file", Place(str(file)), hint)])
    in_shared = shared.is_file() and _own_table(_read_settings(shared)) is not None
    if own.is_file() and in_shared:
        message = f"settings stand here and in {SHARED_FILE} beside it"
        raise InputError([Problem(message, Place(str(own)), "keep one of the two")])
    return own if own.is_file() else shared if in_shared else None


def _names_like_settings(folder: Path) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name[0] in ".aeiAEI" and ".t" in name.lower() and len(name) < 40]
    except OSError:
        return []


def _own_table(text: Text) -> object | None:
    """Return our table of a shared file, None where it has none. Raises InputError for a name that is nearly its."""
    values = _parsed(text)
    tools = values.get(TABLE[0])
    for name in tools if isinstance(tools, dict) else ():
        if name != TABLE[1] and (_NEAR_TABLE.fullmatch(name) or did_you_mean(name, TABLE[1:], nearness=0.85)):
            place = Place(text.name, _places(text).get((TABLE[0], name)))
            raise InputError([Problem(f"`tool.{name}` is not read", place, f"write `[tool.{TABLE[1]}]`")])
    return _table(values)


_NEAR_TABLE = re.compile(r"(?:eu[-_]?)?ai[-_]?act(?:[-_]?rules)?", re.IGNORECASE)


def _is_repository(folder: Path) -> bool:
    """Return whether a folder is the root of a repository. One that anybody may write to is none: who made it?"""
    if not (folder / ".git").exists():
        return False
    return not hasattr(os, "getuid") or not folder.stat().st_mode & 0o002


def _open_to_others(path: Path) -> bool:
    """Return whether somebody else than this user and the system's may write to a file or folder."""
    if not hasattr(os, "getuid"):
        return False  # the rights of Windows say nothing through these bits
    try:
        status = path.stat()
    except OSError:
        return True
    return status.st_uid not in (0, os.getuid()) or bool(status.st_mode & 0o022)


class OpenOrganisation:
    """A file with settings that was opened: its settings at once, its facts when the vocabulary is known."""

    def __init__(self, path: Path, name: str | None = None) -> None:
        """Read the settings. Raises InputError with all problems."""
        self._text = _read_settings(path, name)
        self._inside: tuple[str, ...] = ()
        if path.name == SHARED_FILE:
            table, self._inside = _own_table(self._text), TABLE
            if table is None:
                raise InputError([Problem(f"there is no table `[{'.'.join(TABLE)}]` here", Place(self._text.name))])
            if not isinstance(table, dict):
                raise InputError([Problem("`tool.aiact-rules` is a table", Place(self._text.name))])
            values: Mapping[str, object] = table
        else:
            values = _parsed(self._text)
        self._places = _places(self._text)
        self._facts: dict[str, object] = {}
        self.settings = self._settings(values, path.parent)

    def with_facts(
        self, vocabulary: Vocabulary, declared_elsewhere: Callable[[str], bool] = lambda _: False
    ) -> Organisation:
        """Return the organisation with its facts. A fact that only packs not used here declare is passed over.

        Raises InputError for an unknown fact, an unusable value, and a fact that is not the organisation's but a release's.
        """
        statements = Statements(vocabulary)
        try:
            node = node_of(self._facts, lambda path: self._place(("facts", *path)))
            for name, entry in leaves_of(node, statements):
                declaration = vocabulary.get(name)
                now = [declaration] if declaration is not None else [d for d, _ in vocabulary.formerly(name)]
                if any(not each.organisation for each in now):
                    hint = "say `markets`" if name == MARKETS else "state it in the release file"
                    statements.problem(f"`{name}` is a fact of a release, not of the organisation", entry.place, hint)
                elif now or not declared_elsewhere(name):
                    statements.read_entry(Entry(name, entry.value, entry.place))
        except InputError as error:
            statements.problems.extend(error.problems)
        return replace(self.settings, facts=statements.facts())

    def _settings(self, values: Mapping[str, object], folder: Path) -> Organisation:
        problems: list[Problem] = []
        settings: dict[str, Setting] = {}
        places: dict[str, Place] = {}
        name: str | None = None
        notes: list[str] = []
        waivers: tuple[Waiver, ...] = ()
        for said, value in values.items():
            place, key = self._place((said,)), KEYS.get(said)
            if key is None:
                problems.append(Problem(f"unknown setting `{said}`", place, _hint(said)))
                continue
            if said != key.name:
                notes.append(f"{place}: `{said}` is now called `{key.name}`")
                if key.name in values:
                    problems.append(Problem(f"`{said}` is `{key.name}`, which is set as well", place, "keep one"))
                    continue
            if key.kind is Kind.WAIVERS:
                waivers = read_waivers(value, lambda number: self._place(("waivers", str(number))), problems)
                continue
            try:
                setting = _setting(key, value)
            except ValueError as error:
                problems.append(Problem(f"`{said}`{error}", place))
                continue
            if key.name == "name":
                name = str(setting).strip()
            elif isinstance(value, dict) and key.kind is Kind.FACTS:
                self._facts = value
            else:
                settings[key.name], places[key.name] = setting, place
                if isinstance(value, dict):
                    places |= {f"{key.name}.{inner}": self._place((said, inner)) for inner in value}
        if problems:
            raise InputError(problems)
        files = (FileRead(self._text.name, self._text.sha256),)
        return Organisation(name, NO_FACTS, settings, places, files, folder, tuple(notes), waivers)

    def _place(self, key: tuple[str, ...]) -> Place:
        whole = (*self._inside, *key)
        while whole and whole not in self._places:
            whole = whole[:-1]
        return Place(self._text.name, self._places.get(whole))


def read_organisation(path: Path, vocabulary: Vocabulary, name: str | None = None) -> Organisation:
    """Return the settings and facts of a file. Raises InputError with all problems."""
    return OpenOrganisation(path, name).with_facts(vocabulary)


def _hint(unknown: str) -> str:
    known = hint_for(unknown, (key.name for key in SETTINGS))
    return f"name the file with --output; {known}" if unknown == "output" else known


def leaves_of(node: Node, statements: Statements, prefix: str = "") -> Iterator[tuple[str, Entry]]:
    """Find the facts in a nested block, each by its whole name."""
    if not isinstance(node, Keys):
        raise InputError([Problem(f"`{prefix}` is a group of facts", node.place)])
    for entry in node:
        name = f"{prefix}.{entry.key}" if prefix else entry.key
        if isinstance(entry.value, Keys) and not statements.is_fact(name):
            yield from leaves_of(entry.value, statements, name)
        else:
            yield name, entry


def _read_settings(path: Path, name: str | None = None) -> Text:
    shown = str(path) if name is None else name
    return decoded(read_bytes(path, shown, MOST_BYTES), shown, guess_encoding=False)


def _setting(key: Key, value: object) -> Setting:
    """Return a setting in the type it has. Raises ValueError, which says what is expected, where it does not fit."""
    if key.kind is Kind.WORD:
        if value not in key.words:
            raise ValueError(f" is one of {', '.join(key.words)}, found `{value}`")
        return str(value)
    if key.kind is Kind.TRUTH:
        if not isinstance(value, bool):
            raise ValueError(f" is true or false, found `{value}`")
        return value
    if key.kind in (Kind.TEXT, Kind.PATH, Kind.ZONE):
        if not isinstance(value, str) or not value.strip():
            raise ValueError(" is one text")
        if key.kind is Kind.ZONE and zone_named(value) is None:
            raise ValueError(f" is a time zone, found `{value}`; {HOW_TO_GET_DATA}")
        return value
    if key.kind is Kind.SECONDS:
        said = Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else Decimal(0)
        if not said.is_finite() or not 0 < said <= MOST_SECONDS:
            raise ValueError(f" is a number of seconds above 0, {MOST_SECONDS} at most")
        return said
    if key.kind is Kind.STRENGTHS:
        if not isinstance(value, dict) or not all(word in key.words for word in value.values()):
            raise ValueError(f" is a table, with {' or '.join(f'`{word}`' for word in key.words)} for each name")
        return dict(value)
    if key.kind is Kind.FACTS:
        if not isinstance(value, dict):
            raise ValueError(" is a table")
        return {}
    if key.kind is Kind.READINGS:
        if isinstance(value, str) and value.strip():
            return {SCHOOL: value.strip()}
        if not isinstance(value, dict) or not all(isinstance(word, str) for word in value.values()):
            raise ValueError(" is a table of words, or a school of reading")
        return dict(value)
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise ValueError(" is a list of texts, not an empty one")
    if key.kind is Kind.TEXTS:
        return tuple(texts)
    try:
        return tuple(sorted(read_markets(texts)))
    except ValueError as error:
        raise ValueError(f": {error}") from error


def _exact(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise ValueError("a number is not readable") from error


@lru_cache(maxsize=8)
def _parsed(text: Text) -> Mapping[str, object]:
    """Return the values of a file, parsed once for all the releases below it, which may be thousands."""
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
    """Return the line of each key, as far as single lines tell; the first mention of a table counts for it.

    The tables of an array go by their number, from 0.
    """
    found: dict[tuple[str, ...], int] = {}
    table: tuple[str, ...] = ()
    numbers: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.text.split("\n"), 1):
        if len(line) > 1000:
            continue
        if header := re.match(_HEADER, line):
            table = _path(header["path"])
            found.setdefault(table, number)
            if header["open"] == "[[":
                numbers[table] = numbers.get(table, -1) + 1
                table = (*table, str(numbers[table]))
                found[table] = number
        elif key := re.match(_KEY, line):
            path = (*table, *_path(key["path"]))
            for size in range(len(table) + 1, len(path) + 1):
                found.setdefault(path[:size], number)
    return found


def _path(text: str) -> tuple[str, ...]:
    return tuple(first or second or third for first, second, third in re.findall(_PART, text))
