"""Tokens: who may ask for what. Compared in constant time, whatever is presented and however many there are."""

from __future__ import annotations

import hashlib
import hmac
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from aiact_rules.core.printable import is_written, printable
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.server.settings import refuse_open

_MOST_BYTES = 256 * 1024
_SHORTEST = 16
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")


class Scope(Enum):
    """What a caller may do."""

    DECIDE = "decide"
    CHOOSE = "choose"
    ADMISSION = "admission"
    READ = "read"
    RELOAD = "reload"


EVERYTHING = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, by the name of the token or certificate (None: nobody had to say), and what that caller may do."""

    name: str | None
    scopes: frozenset[Scope]


ANYBODY = Caller(None, EVERYTHING)
"""Whoever asks a service without tokens, which only this machine can reach."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens by their SHA-256, and the subjects of client certificates."""

    by_digest: tuple[tuple[bytes, Caller], ...] = ()
    by_subject: tuple[tuple[bytes, Caller], ...] = ()

    def caller_with(self, token: str) -> Caller | None:
        """Return whose token this is, or None."""
        return _same(hashlib.sha256(token.encode("utf-8", "replace")).digest(), self.by_digest)

    def caller_named(self, subject: str) -> Caller | None:
        """Return whose certificate has this subject, or None."""
        return _same(hashlib.sha256(subject.encode("utf-8", "replace")).digest(), self.by_subject)


def _same(digest: bytes, known: Iterable[tuple[bytes, Caller]]) -> Caller | None:
    found = None
    for other, caller in known:  # all of them: how long it takes says nothing about which one it is
        if hmac.compare_digest(digest, other):
            found = caller
    return found


def read_tokens(path: Path) -> Tokens:
    """Return the tokens in a file. Raises InputError, with every problem, where it cannot be used or is open to others.

    A token stands there as its SHA-256, or as it is in a file that nobody else may read.
    """
    place = Place(str(path))
    try:
        mode = path.stat().st_mode
        values = tomllib.loads(path.read_bytes()[:_MOST_BYTES].decode("utf-8"))
    except OSError as error:
        raise InputError([Problem("these tokens cannot be read", place, error.strerror)]) from error
    except ValueError as error:
        # The error of the parser may quote what stands there, and what stands there is a secret.
        raise InputError([Problem("these tokens are no TOML", place, f"see line {_line(error)}")]) from error
    problems: list[Problem] = []
    for key in values:
        if key not in ("tokens", "clients"):
            problems.append(Problem(f"unknown key `{printable(key)}`", place, did_you_mean(key, ("tokens", "clients"))))
    tokens = _read(values.get("tokens", []), ("sha256", "token"), "tokens", place, problems)
    clients = _read(values.get("clients", []), ("subject",), "clients", place, problems)
    names = [caller.name for _, caller in (*tokens, *clients)]
    problems += [
        Problem(f"two callers are named `{name}`", place)
        for name in sorted({n for n in names if n and names.count(n) > 1})
    ]
    if not tokens and not clients and not problems:
        problems.append(
            Problem("there is no token here, so nobody could ask", place, "add [[tokens]] with name, sha256 and scopes")
        )
    if problems:
        raise InputError(problems)
    is_plain = any("token" in entry for entry in values.get("tokens", []))
    refuse_open(path, mode, readable=not is_plain)
    return Tokens(tuple(tokens), tuple(clients))


def _read(
    entries: object, kinds: tuple[str, ...], table: str, place: Place, problems: list[Problem]
) -> list[tuple[bytes, Caller]]:
    found = []
    if not isinstance(entries, list):
        problems.append(Problem(f"`{table}` is a list of tables: [[{table}]]", place))
        return []
    for number, entry in enumerate(entries, 1):
        where = f"{table} {number}"
        if not isinstance(entry, dict) or not is_written(entry.get("name")):
            problems.append(Problem(f"{where}: `name` says who has it", place))
            continue
        where = f"{table} `{printable(entry['name'])}`"
        for key in entry:
            if key not in ("name", "scopes", *kinds):
                problems.append(Problem(f"{where}: unknown key `{printable(key)}`", place))
        given = [kind for kind in kinds if kind in entry]
        if len(given) != 1:
            problems.append(Problem(f"{where}: say one of {', '.join(f'`{kind}`' for kind in kinds)}", place))
            continue
        digest = _digest(given[0], entry[given[0]])
        if digest is None:
            problems.append(Problem(f"{where}: `{given[0]}` cannot be used", place, _FORMS[given[0]]))
        scopes = _scopes(entry.get("scopes"), where, place, problems)
        if digest is not None and scopes:
            found.append((digest, Caller(entry["name"], scopes)))
    return found


_FORMS = {
    "sha256": "64 hexadecimal digits: printf %s TOKEN | sha256sum",
    "token": f"a text of at least {_SHORTEST} characters: openssl rand -hex 32",
    "subject": "the subject of a certificate as the proxy writes it, such as CN=ci",
}


def _digest(kind: str, value: object) -> bytes | None:
    if not isinstance(value, str) or not value.strip():
        return None
    if kind == "sha256":
        return bytes.fromhex(value) if _DIGEST.match(value) else None
    if kind == "token" and len(value) < _SHORTEST:
        return None
    return hashlib.sha256(value.encode()).digest()


def _scopes(value: object, where: str, place: Place, problems: list[Problem]) -> frozenset[Scope]:
    words = [scope.value for scope in Scope]
    if not isinstance(value, list) or not value:
        problems.append(Problem(f"{where}: `scopes` is a list", place, f"choose from {', '.join(words)}"))
        return frozenset()
    unknown = [str(word) for word in value if word not in words]
    for word in unknown:
        hint = did_you_mean(word, words) or f"choose from {', '.join(words)}"
        problems.append(Problem(f"{where}: there is no scope `{printable(word)}`", place, hint))
    return frozenset() if unknown else frozenset(Scope(word) for word in value)


def _line(error: Exception) -> str:
    found = re.search(r"line (\d+)", str(error))
    return found.group(1) if found else "1"
