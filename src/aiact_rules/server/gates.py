"""Gates: the gate that judges now. A new one takes its place only when it has been tried, so packs change without a gap."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass

from aiact_rules.core.problems import ProblemsError
from aiact_rules.gate import Gate

MakeGate = Callable[[], Gate]


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What a reload did: the packs that judge now, and why the new ones do not where they could not be used."""

    packs: tuple[tuple[str, str, str], ...]
    failure: str | None = None

    def as_json(self) -> dict[str, object]:
        """Return the packs by id with version and digest, and whether they are the new ones."""
        packs = [{"pack": name, "version": version, "digest": digest} for name, version, digest in self.packs]
        return {
            "reloaded": self.failure is None,
            "packs": packs,
            **({} if self.failure is None else {"failure": self.failure}),
        }


class Gates:
    """Holds the gate of the service. `current` may be read at any time; a request keeps the gate it began with."""

    def __init__(self, make: MakeGate) -> None:
        """Make the first gate. Raises ProblemsError where it cannot judge: nothing then starts that would only refuse."""
        self._make = make
        self._lock = threading.Lock()
        self.current, self.packs = _tried(make)
        self.failure: str | None = None

    def reload(self) -> Reloaded:
        """Read all packs again and judge by them from now on; where they cannot be used, by the old ones as before."""
        with self._lock:
            try:
                gate, packs = _tried(self._make)
            except Exception as error:
                said = (
                    str(error)
                    if isinstance(error, ProblemsError)
                    else f"internal error: {type(error).__name__}: {error}"
                )
                self.failure = said
                return Reloaded(self.packs, said)
            self.current, self.packs, self.failure = gate, packs, None
            return Reloaded(packs)


def _tried(make: MakeGate) -> tuple[Gate, tuple[tuple[str, str, str], ...]]:
    """Return a gate that has read every pack on offer and judged once with those that are asked for anyway."""
    gate = make()
    packs = [pack for pack_id in sorted(gate.catalogue.heads) for pack in [gate.catalogue.pack(pack_id)]]
    for pack in packs:
        gate.shelf.packs([pack.id])  # an extension is worked into its law here
    if gate.catalogue.head(gate.pack_ids[0]).gates:
        gate.decide(gate.request({}))
    return gate, tuple((pack.id, pack.version, pack.digest) for pack in packs)
