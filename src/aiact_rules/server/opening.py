"""Opening: the records at an address."""

from __future__ import annotations

from aiact_rules.decision_log.opening import open_log
from aiact_rules.server.records import LogRecords, NoRecords, Records


def records_at(address: str | None) -> Records:
    """Return where answers are kept: in the decision log at an address, or nowhere."""
    if address is None:
        return NoRecords()
    return LogRecords(open_log(address))
