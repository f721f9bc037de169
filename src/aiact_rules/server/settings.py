"""Settings: everything the service is told before it starts, from a file, the environment and flags, each with its origin.

No setting is a secret: those stand in files of their own, which settings name.
"""

from __future__ import annotations

import os
import re
import stat
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from enum import Enum
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean

FILE = "aiact-server.toml"
PREFIX = "AIACT_SERVER_"
FILE_VARIABLE = "AIACT_SERVER_FILE"
TABLES = ("github", "gitlab", "mlflow", "huggingface")
OPEN_DOORS = ("admission", "gatekeeper")
"""Doors that may be opened to callers without a token, since their platforms send none unless they are told to."""

_MOST_BYTES = 256 * 1024
_PASSWORD = re.compile(r"(?<=://)(?P<user>[^:/@]*):[^@/]*(?=@)")
_SECRET_PARAMETER = re.compile(r"(?i)(?P<name>password|passfile|sslpassword)=[^&\s]*")


class Kind(Enum):
    """What a setting is."""

    TEXT = "text"
    PATH = "path"
    NUMBER = "whole number"
    TRUTH = "true or false"
    TEXTS = "list of texts"


def _setting(kind: Kind, says: str, default: object = None) -> Any:
    return field(default=default, metadata={"kind": kind, "says": says})


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """What the service is told. A setting `github_secret_file` is `secret_file` in the table `[github]` of the file."""

    host: str = _setting(
        Kind.TEXT,
        "Address to listen on; one that is no loopback address needs `tokens` or `tls_client_ca`.",
        "127.0.0.1",
    )
    port: int = _setting(Kind.NUMBER, "Port to listen on.", 8080)
    public_url: str | None = _setting(
        Kind.TEXT, "How callers reach the service, for AuthZEN's metadata (default: by host and port)."
    )
    db: str | None = _setting(
        Kind.TEXT, "Decision log: a path, `sqlite:///PATH` or `postgresql://…`. Without it nothing is kept."
    )
    organisation: Path | None = _setting(
        Kind.PATH, "The `aiact.toml` that counts for every release. Without it no organisation's settings count."
    )
    packs: tuple[str, ...] = _setting(Kind.TEXTS, "Packs that judge every release besides those of its markets.", ())
    markets: tuple[str, ...] = _setting(Kind.TEXTS, "Markets of every release.", ())
    uncovered: tuple[str, ...] = _setting(Kind.TEXTS, "Markets that may go unjudged, on record.", ())
    readings: str | None = _setting(Kind.TEXT, "School of reading, such as `strict`.")
    fail_on: str | None = _setting(Kind.TEXT, "Verdict from which on a release is refused: `hold` or `block`.")
    past_dates: str = _setting(Kind.TEXT, "What becomes of a release date that is past: `refuse` or `judge`.", "refuse")
    require_evidence: bool = _setting(Kind.TRUTH, "Whether conduct that nothing shows counts as not shown.", False)
    engine: str = _setting(Kind.TEXT, "The engine that decides.", "generated")
    tokens: Path | None = _setting(Kind.PATH, "File with bearer tokens and client certificates, and what each may do.")
    open_doors: tuple[str, ...] = _setting(Kind.TEXTS, "Doors that need no token: `admission`, `gatekeeper`.", ())
    proxies: tuple[str, ...] = _setting(
        Kind.TEXTS, "Addresses or networks of proxies that check client certificates.", ()
    )
    proxy_header: str = _setting(
        Kind.TEXT, "Header in which such a proxy names the subject of the certificate.", "X-Client-Subject"
    )
    tls_certificate: Path | None = _setting(Kind.PATH, "Certificate of the service (PEM), for HTTPS.")
    tls_key: Path | None = _setting(Kind.PATH, "Private key of that certificate (PEM).")
    tls_client_ca: Path | None = _setting(Kind.PATH, "Authority (PEM) by which every client must have a certificate.")
    most_bytes: int = _setting(Kind.NUMBER, "Largest body of a request, in bytes.", 4 * 1024 * 1024)
    most_depth: int = _setting(Kind.NUMBER, "Deepest nesting of a body.", 32)
    per_minute: int = _setting(Kind.NUMBER, "Requests of one client a minute; 0 for no limit.", 6000)
    burst: int = _setting(Kind.NUMBER, "Requests of one client at once, before `per_minute` counts.", 200)
    stop_seconds: int = _setting(Kind.NUMBER, "How long requests in hand may take when the service stops.", 30)
    github_secret_file: Path | None = _setting(
        Kind.PATH, "File with the webhook secret. Without it there is no such door."
    )
    github_app: str | None = _setting(Kind.TEXT, "Id of the GitHub App that answers.")
    github_key_file: Path | None = _setting(Kind.PATH, "Private key (PEM) of the App; needs the extra `sign`.")
    github_api: str = _setting(Kind.TEXT, "Address of GitHub's REST interface.", "https://api.github.com")
    github_release: str = _setting(Kind.TEXT, "Folder of the release in a repository.", ".")
    github_also: tuple[str, ...] = _setting(Kind.TEXTS, "Further files or folders to fetch, such as evidence.", ())
    gitlab_secret_file: Path | None = _setting(
        Kind.PATH, "File with the shared secret of the check. Without it there is no such door."
    )
    gitlab_token_file: Path | None = _setting(Kind.PATH, "File with an access token (scope `api`).")
    gitlab_api: str = _setting(Kind.TEXT, "Address of GitLab's REST interface.", "https://gitlab.com/api/v4")
    gitlab_release: str = _setting(Kind.TEXT, "Folder of the release in a repository.", ".")
    gitlab_also: tuple[str, ...] = _setting(Kind.TEXTS, "Further files or folders to fetch, such as evidence.", ())
    mlflow_secret_file: Path | None = _setting(
        Kind.PATH, "File with the webhook's secret. Without it there is no such door."
    )
    mlflow_api: str | None = _setting(Kind.TEXT, "Address of the tracking server, to fetch the tags of a version.")
    mlflow_token_file: Path | None = _setting(Kind.PATH, "File with a bearer token for that server.")
    huggingface_secret_file: Path | None = _setting(
        Kind.PATH, "File with the webhook's secret. Without it there is no such door."
    )
    huggingface_api: str = _setting(Kind.TEXT, "Address of the Hub.", "https://huggingface.co")
    huggingface_token_file: Path | None = _setting(Kind.PATH, "File with an access token, for private models.")

    @property
    def is_loopback(self) -> bool:
        """Return whether only this machine can reach the service."""
        return is_loopback(self.host)


SETTINGS: Mapping[str, Field[Any]] = {each.name: each for each in fields(ServerSettings)}


@dataclass(frozen=True, slots=True)
class Told:
    """The settings, and who made each of them."""

    settings: ServerSettings
    origins: Mapping[str, str]

    def lines(self) -> Iterator[str]:
        """Yield each setting with its value and origin. A password in an address is not shown."""
        for name in SETTINGS:
            value = getattr(self.settings, name)
            yield f"{key_of(name)} = {shown(value)}  ({self.origins[name]})"


def key_of(name: str) -> str:
    """Return how a setting is written in the file: with its table where it is in one."""
    table, _, rest = name.partition("_")
    return f"{table}.{rest}" if table in TABLES else name


def kind_of(name: str) -> Kind:
    """Return what a setting is."""
    kind = SETTINGS[name].metadata["kind"]
    assert isinstance(kind, Kind)
    return kind


def shown(value: object) -> str:
    """Return a value as it is printed, without passwords."""
    if value is None:
        return "-"
    if isinstance(value, tuple):
        return ", ".join(value) or "-"
    return (
        without_password(str(value))
        if isinstance(value, str)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )


def without_password(text: str) -> str:
    """Return an address, or a text with one in it, with `***` for the password."""
    return _SECRET_PARAMETER.sub(r"\g<name>=***", _PASSWORD.sub(r"\g<user>:***", text))


def read_settings(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Told:
    """Return the settings of flags, else environment, else file, else their defaults.

    `file` is `aiact-server.toml` in the working folder where none is named here or by the environment. Raises InputError,
    with every problem, for an unknown key, an unusable value, and settings that do not go together.
    """
    environment = os.environ if environment is None else environment
    named = file or (Path(environment[FILE_VARIABLE]) if environment.get(FILE_VARIABLE) else None)
    file = named or (Path(FILE) if Path(FILE).is_file() else None)
    values: dict[str, object] = {}
    origins = dict.fromkeys(SETTINGS, "default")
    problems: list[Problem] = []
    sources = [*([] if file is None else [_in_file(file)]), _in_environment(environment), _in_flags(flags or {})]
    for found in sources:
        for name, (value, origin) in found.items():
            if name not in SETTINGS:
                problems.append(Problem(f"unknown setting `{name}`", Place(origin), _near(name)))
                continue
            try:
                values[name] = _typed(kind_of(name), value)
            except ValueError as error:
                problems.append(Problem(f"`{key_of(name)}` is a {kind_of(name).value}{error}", Place(origin)))
            origins[name] = origin
    if problems:
        raise InputError(problems)
    settings = ServerSettings(**values)  # type: ignore[arg-type]  # each was made for its kind
    if found_problems := [*problems_of(settings)]:
        raise InputError([Problem(text, Place(origins[name]), hint) for name, text, hint in found_problems])
    return Told(settings, origins)


def problems_of(settings: ServerSettings) -> Iterator[tuple[str, str, str | None]]:
    """Yield what is wrong with settings that have the right kinds: the name of one, what, and how to fix it."""
    if not 0 <= settings.port <= 65535:
        yield "port", f"there is no port {settings.port}", None
    if not settings.is_loopback and settings.tokens is None and settings.tls_client_ca is None:
        hint = "name a file with `tokens`, or listen on 127.0.0.1"
        yield "host", f"`{settings.host}` can be reached by others, and nobody would have to say who they are", hint
    for name, words in (("past_dates", ("refuse", "judge")), ("fail_on", ("hold", "block"))):
        value = getattr(settings, name)
        if value is not None and value not in words:
            yield name, f"`{name}` is one of {', '.join(words)}, found `{value}`", None
    for door in settings.open_doors:
        if door not in OPEN_DOORS:
            yield "open_doors", f"the door `{door}` always needs a token", f"choose from {', '.join(OPEN_DOORS)}"
    for address in settings.proxies:
        try:
            ip_network(address, strict=False)
        except ValueError:
            yield "proxies", f"`{address}` is no address and no network", None
    for name in ("most_bytes", "most_depth", "burst", "stop_seconds"):
        if getattr(settings, name) < 1:
            yield name, f"`{name}` is at least 1", None
    if settings.per_minute < 0:
        yield "per_minute", "`per_minute` is 0 or more", None
    if (settings.tls_certificate is None) != (settings.tls_key is None):
        yield "tls_certificate", "`tls_certificate` and `tls_key` go together", None
    if settings.tls_client_ca is not None and settings.tls_certificate is None:
        yield "tls_client_ca", "`tls_client_ca` needs `tls_certificate` and `tls_key`", None
    for name in ("github_api", "gitlab_api", "mlflow_api", "huggingface_api", "public_url"):
        address = getattr(settings, name)
        if address is not None and not re.match(r"https?://[^\s/]+", address):
            yield name, f"`{address}` is no address", "begin with https://"
    if settings.github_secret_file is not None and (settings.github_app is None or settings.github_key_file is None):
        yield "github_secret_file", "GitHub is answered by an App: `github.app` and `github.key_file` are missing", None
    if settings.gitlab_secret_file is not None and settings.gitlab_token_file is None:
        yield "gitlab_secret_file", "GitLab is answered with a token: `gitlab.token_file` is missing", None
    for name, each in SETTINGS.items():
        path = getattr(settings, name)
        if each.metadata["kind"] is Kind.PATH and path is not None and not Path(path).is_file():
            yield name, f"there is no file `{path}`", None


def read_secret(path: Path) -> bytes:
    """Return the secret in a file, without white space around it.

    Raises InputError where it cannot be read, is empty, or where everybody on this machine may read it.
    """
    try:
        mode = path.stat().st_mode
        secret = path.read_bytes()[:_MOST_BYTES].strip()
    except OSError as error:
        raise InputError([Problem("this secret cannot be read", Place(str(path)), error.strerror)]) from error
    refuse_open(path, mode, readable=False)
    if not secret:
        raise InputError([Problem("there is no secret in this file", Place(str(path)))])
    return secret


def refuse_open(path: Path, mode: int, *, readable: bool) -> None:
    """Raise InputError where others may write to a file, or, unless `readable`, read it."""
    if os.name == "nt":
        return  # the rights of Windows say nothing through these bits
    refused = stat.S_IWGRP | stat.S_IWOTH | (0 if readable else stat.S_IROTH | stat.S_IXOTH)
    if mode & refused:
        what = "write to" if mode & (stat.S_IWGRP | stat.S_IWOTH) else "read"
        raise InputError([Problem(f"others may {what} this file", Place(str(path)), f"chmod 600 {path}")])


def is_loopback(host: str) -> bool:
    """Return whether an address is one of this machine alone."""
    if host in ("localhost", "ip6-localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


Found = dict[str, tuple[object, str]]


def _in_file(file: Path) -> Found:
    try:
        text = file.read_bytes()[: _MOST_BYTES + 1].decode("utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        raise InputError([Problem("these settings cannot be read", Place(str(file)), error.strerror)]) from error
    except ValueError as error:
        raise InputError([Problem("these settings are no TOML", Place(str(file)), str(error))]) from error
    found: Found = {}
    for key, value in values.items():
        if key in TABLES and isinstance(value, dict):
            found |= {f"{key}_{inner}": (said, str(file)) for inner, said in value.items()}
        else:
            found[key] = (value, str(file))
    return found


def _in_environment(environment: Mapping[str, str]) -> Found:
    return {
        name.removeprefix(PREFIX).lower(): (value, f"environment {name}")
        for name, value in environment.items()
        if name.startswith(PREFIX) and name != FILE_VARIABLE
    }


def _in_flags(flags: Mapping[str, object]) -> Found:
    return {
        name: (value, f"--{name.replace('_', '-')}")
        for name, value in flags.items()
        if value is not None and value != ()
    }


def _typed(kind: Kind, value: object) -> object:
    """Return a value in the type of its kind. Raises ValueError where it does not fit."""
    if kind is Kind.TRUTH and isinstance(value, str) and value.lower() in ("true", "false"):
        value = value.lower() == "true"
    if kind is Kind.NUMBER and isinstance(value, str) and re.fullmatch(r"-?\d{1,12}", value):
        value = int(value)
    if kind is Kind.TEXTS and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if kind is Kind.TEXTS and isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return tuple(value)
    fits = {
        Kind.TRUTH: isinstance(value, bool),
        Kind.NUMBER: isinstance(value, int) and not isinstance(value, bool),
        Kind.TEXT: isinstance(value, str) and bool(value.strip()),
        Kind.PATH: isinstance(value, Path) or (isinstance(value, str) and bool(value.strip())),
        Kind.TEXTS: False,
    }
    if not fits[kind]:
        raise ValueError(f", found `{without_password(str(value))[:100]}`")
    return Path(str(value)) if kind is Kind.PATH else value


def _near(name: str) -> str | None:
    return did_you_mean(name, SETTINGS)


def networks(addresses: Iterable[str]) -> tuple[Any, ...]:
    """Return addresses and networks as networks."""
    return tuple(ip_network(address, strict=False) for address in addresses)
