"""Spec text → Pack: the only place that knows the format of rule packs."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiact_rules.specfiles.extensions import merge_packs
    from aiact_rules.specfiles.loader import load_pack, load_pack_text

__all__ = ["load_pack", "load_pack_text", "merge_packs"]

_MODULES = {"load_pack": "loader", "load_pack_text": "loader", "merge_packs": "extensions"}


def __getattr__(name: str) -> object:
    # The format itself is imported only where a pack is read: a pack from the cache does without.
    if name not in _MODULES:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    value: object = getattr(importlib.import_module(f"{__name__}.{_MODULES[name]}"), name)
    return value
