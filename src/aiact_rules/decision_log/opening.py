"""Opening: which log an address means."""

from __future__ import annotations

from pathlib import Path

from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.decision_log.log import DecisionLog, Log

_SQLITE = "sqlite:///"


def open_log(address: str | Path) -> Log:
    """Return the log at an address: a path, or `sqlite:///` before one. Nothing is opened or made yet.

    Raises InputError for an address that means no log.
    """
    text = str(address)
    if isinstance(address, Path) or "://" not in text:
        return DecisionLog(address)
    if text.startswith(_SQLITE) and len(text) > len(_SQLITE):
        return DecisionLog(text.removeprefix(_SQLITE))
    scheme = text.partition("://")[0]
    hint = f"a path, or `{_SQLITE}` and a path"
    raise InputError([Problem(f"`{scheme}://` is no address of a decision log", Place("log"), hint)])
