"""Kept decisions: those made today, each with all that it rests on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import date

from aiact_rules import Decision

Days = tuple[date, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    pack_ids: tuple[str, ...]
    days: Days
    decisions: tuple[Decision, ...]


class Kept:
    """The latest decisions by what they rest on. Safe to share between threads."""

    def __init__(self, most: int) -> None:
        """Keep `most` at once; the one that was not asked for longest goes first."""
        self._most = most
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, basis: Hashable, days: Callable[[tuple[str, ...]], Days]) -> tuple[Decision, ...] | None:
        """Return the decisions that rest on the same and on the same days; `days` says which those are for the packs."""
        with self._lock:
            entry = self._entries.get(basis)
            if entry is None:
                return None
            self._entries.move_to_end(basis)
        return entry.decisions if days(entry.pack_ids) == entry.days else None

    def keep(self, basis: Hashable, pack_ids: tuple[str, ...], days: Days, decisions: tuple[Decision, ...]) -> None:
        """Keep decisions in the place of those that rested on the same."""
        with self._lock:
            self._entries[basis] = _Entry(pack_ids, days, decisions)
            self._entries.move_to_end(basis)
            while len(self._entries) > self._most:
                self._entries.popitem(last=False)
