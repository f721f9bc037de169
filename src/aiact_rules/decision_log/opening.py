"""Opening: which log an address means."""

from __future__ import annotations

from pathlib import Path

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log.log import DecisionLog, Log
from aiact_rules.decision_log.postgres_address import SCHEMES, postgres_address

_SQLITE = "sqlite:///"


def open_log(address: str | Path) -> Log:
    """Return the log at an address: a path, `sqlite:///` before one, or `postgresql://…`. Nothing is opened or made yet.

    Raises InputError for an address that means no log.
    """
    text = str(address)
    if isinstance(address, Path) or "://" not in text:
        return DecisionLog(address)
    if text.startswith(_SQLITE) and len(text) > len(_SQLITE):
        return DecisionLog(text.removeprefix(_SQLITE))
    if text.startswith(SCHEMES):
        from aiact_rules.decision_log.postgres_storage import PostgresStorage  # most logs are files

        return Log(PostgresStorage(postgres_address(text)))
    scheme = text.partition("://")[0]
    hint = f"a path, `{_SQLITE}` and a path, or `{SCHEMES[0]}USER@HOST/DATABASE`"
    raise InputError([Problem(f"`{scheme}://` is no address of a decision log", Place("log"), hint)])
