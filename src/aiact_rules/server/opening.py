"""Opening: the records at an address."""

from __future__ import annotations

from pathlib import Path

from aiact_rules.decision_log.log import DecisionLog
from aiact_rules.server.records import LogRecords, NoRecords, Records


def records_at(address: str | None) -> Records:
    """Return where answers are kept: in the decision log at an address, or nowhere."""
    if address is None:
        return NoRecords()
    return LogRecords(DecisionLog(Path(address.removeprefix("sqlite:///"))))
