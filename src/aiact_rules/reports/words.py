"""Words: names of conclusions, roles and moments as a person writes them."""

from __future__ import annotations

from aiact_rules.core.packs import Pack


def label(pack: Pack, name: str) -> str:
    """Return what a pack calls one of its conclusions, roles or moments, or else its name in words."""
    return pack.labels.get(name) or name.replace("_", " ")
