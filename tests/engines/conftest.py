"""The law in force as every engine gets it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from aiact_rules.core.formulas import Lowered
from aiact_rules.core.lowering import lower
from aiact_rules.core.packs import Pack, PackAt
from aiact_rules.gate import DEFAULT_PACK, Gate
from tests.engines.packs import AS_OF


@dataclass(frozen=True)
class Law:
    """A pack on one date, and its lowered form."""

    pack_at: PackAt
    lowered: Lowered

    @property
    def pack(self) -> Pack:
        return self.pack_at.pack

    @classmethod
    def of(cls, pack: Pack) -> Law:
        pack_at = pack.at(AS_OF)
        return cls(pack_at, lower(pack_at))


@pytest.fixture(scope="session")
def law() -> Law:
    """The EU AI Act, as bundled."""
    return Law.of(Gate().packs([DEFAULT_PACK])[0])
