"""Joining: logs of which each goes on where the one before ends, checked together."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

from aiact_rules.core.problems import Place, Problem
from aiact_rules.decision_log.chain import Verified
from aiact_rules.decision_log.heads import EMPTY, Head
from aiact_rules.decision_log.log import Log


def verify_parts(logs: Iterable[Log], expected: Head | None = None) -> tuple[tuple[Log, Verified], ...]:
    """Check logs, and that each begins where the one before ends, and return them in that order with what was found.

    `expected` is a head that was kept of any of them. Raises InputError where one cannot be read at all.
    """
    ordered = sorted(((log.part().after, log) for log in logs), key=lambda each: each[0].seq)
    if not ordered:
        return ()
    meant = max((n for n, (after, _) in enumerate(ordered) if _may_hold(after, expected)), default=0)
    found = [(log, log.verify(expected if n == meant else None)) for n, (_, log) in enumerate(ordered)]
    for n, ((before, one), (log, other)) in enumerate(pairwise(found), 1):
        if other.after != one.head:
            message = (
                f"this log begins after entry {other.after.seq} (hash {other.after.hash}), and {before.name} ends with "
                f"entry {one.head.seq} (hash {one.head.hash})"
            )
            problem = Problem(
                message, Place(log.name), "name the part between them, or leave out the one that was closed"
            )
            found[n] = (log, replace(other, problems=(problem, *other.problems)))
    return tuple(found)


def _may_hold(after: Head, expected: Head | None) -> bool:
    """Return whether the entry of a head can be in a log that begins after an entry."""
    return expected is not None and (after.seq < expected.seq or after == EMPTY)
