"""Repeats: answers kept by `Idempotency-Key`, so that a request that is sent again has the same answer and one record.

Kept in the memory of the process, the last `MOST_KEPT` of them for a day. A restart forgets them; then the same request is
decided, and recorded, once more, with the same decision id.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from aiact_rules.server.refusals import Refusal

MOST_KEPT = 2_000
MOST_BYTES = 64 * 1024 * 1024
_SECONDS = 24 * 3600.0
_LONGEST = 255


@dataclass(slots=True)
class _Kept:
    fingerprint: str
    since: float
    response: Response | None = None


Key = tuple[str, str]


class Repeats:
    """The answers given under keys. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def begin(self, key: Key, fingerprint: str) -> Response | None:
        """Return the answer that a key had, or None where it is to be made now.

        Raises Refusal where the key was used for another request, and where the same one is being answered.
        """
        if not 0 < len(key[1]) <= _LONGEST:
            raise Refusal(400, "bad-key", f"an Idempotency-Key has 1 to {_LONGEST} characters")
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and self._clock() - kept.since > _SECONDS and kept.response is not None:
                self._drop(key)
                kept = None
            if kept is None:
                self._kept[key] = _Kept(fingerprint, self._clock())
                return None
            if kept.fingerprint != fingerprint:
                raise Refusal(422, "key-reused", "this Idempotency-Key was used for another request")
            if kept.response is None:
                headers = {"Retry-After": "1"}
                raise Refusal(409, "in-progress", "the same request is being answered", headers=headers)
            return kept.response

    def end(self, key: Key, response: Response | None) -> None:
        """Keep the answer of a key; None forgets the key, so that the request may be sent again."""
        with self._lock:
            if response is None:
                self._drop(key)
                return
            self._kept[key].response = response
            self._kept.move_to_end(key)
            self._bytes += len(response.body)
            for old in [*self._kept]:
                if len(self._kept) <= MOST_KEPT and self._bytes <= MOST_BYTES:
                    break
                if self._kept[old].response is not None:
                    self._drop(old)

    def _drop(self, key: Key) -> None:
        dropped = self._kept.pop(key, None)
        if dropped is not None and dropped.response is not None:
            self._bytes -= len(dropped.response.body)
