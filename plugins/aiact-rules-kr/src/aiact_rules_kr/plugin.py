"""The hooks of this plugin."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from aiact_rules import PackLocation, hookimpl


@hookimpl
def aiact_rules_offer_packs() -> Iterable[PackLocation]:
    """Offer the pack of the AI Basic Act."""
    return [PackLocation(Path(__file__).parent / "specs" / "ai_basic_act")]
