"""PostgreSQL addresses: where a server is, with time limits, and what of it may stand in a message."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from aiact_rules.core.problems import InputError, Place, Problem

SCHEMES = ("postgresql://", "postgres://")
_DEFAULTS = {"connect_timeout": "10", "tcp_user_timeout": "30000", "application_name": "aiact-rules"}
_FORM = "`postgresql://USER@HOST:PORT/DATABASE`, with `%40` for an @ in a name; the password in PGPASSWORD or ~/.pgpass"


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """What libpq connects with, which may hold a password, and the address as it is shown, which never does."""

    conninfo: str = field(repr=False)
    shown: str


def postgres_address(text: str) -> PostgresAddress:
    """Return the address in a text. Raises InputError, which never quotes it, where it is none or psycopg is missing."""
    try:
        from psycopg import ProgrammingError
        from psycopg.conninfo import conninfo_to_dict, make_conninfo
    except ImportError as error:
        message = "a decision log on PostgreSQL needs `psycopg`, which is not installed"
        raise InputError([Problem(message, Place("log"), "pip install 'aiact-rules[postgres]'")]) from error
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(text).items()}
    except ProgrammingError:  # which quotes the whole address, so nothing of it is passed on
        raise InputError([Problem("this is no address of a PostgreSQL database", Place("log"), _FORM)]) from None
    conninfo = make_conninfo("", **{**_DEFAULTS, **parts, "client_encoding": "UTF8"})
    return PostgresAddress(conninfo, _shown(parts))


def _shown(parts: dict[str, str]) -> str:
    user = f"{quote(parts['user'])}@" if "user" in parts else ""
    options = f"?options={quote(parts['options'], safe='=,')}" if "options" in parts else ""
    return f"postgresql://{user}{_hosts(parts)}/{quote(parts.get('dbname', ''))}{options}"


def _hosts(parts: dict[str, str]) -> str:
    """Return the servers that are tried in turn, each with its port where one is named."""
    hosts, ports = parts.get("host", "").split(","), parts.get("port", "").split(",")
    ports = ports * len(hosts) if len(ports) == 1 else ports
    named = (f"[{host}]" if ":" in host else quote(host, safe="") for host in hosts)
    return ",".join(f"{host}:{port}" if port else host for host, port in zip(named, ports, strict=False))
