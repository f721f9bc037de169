"""Limits: how often each client may ask, as a bucket that fills again by and by. Kept in memory, for so many clients."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_CLIENTS = 10_000


class RateLimit:
    """Lets each client ask `burst` times at once and `per_minute` times a minute after that; 0 sets no limit."""

    def __init__(self, per_minute: int, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = per_minute / 60
        self._burst = float(max(burst, 1))
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, client: str) -> float:
        """Count one request of a client, and return 0, or in how many seconds it may ask again."""
        if self._per_second <= 0:
            return 0.0
        now = self._clock()
        with self._lock:
            left, since = self._left.pop(client, (self._burst, now))
            left = min(self._burst, left + (now - since) * self._per_second)
            waits = 0.0 if left >= 1 else (1 - left) / self._per_second
            self._left[client] = (left if waits else left - 1, now)
            while len(self._left) > MOST_CLIENTS:
                self._left.popitem(last=False)  # whoever asked longest ago has most likely a full bucket again
        return waits
