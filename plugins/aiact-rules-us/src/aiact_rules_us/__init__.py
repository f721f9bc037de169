"""Rule packs for the AI laws of US states and of New York City, and advice from the federal level."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from aiact_rules import PackLocation, hookimpl

OFFERED_BY = "aiact-rules-us"


def specs_folder() -> Path:
    """Return the folder with the packs; it lies inside the package, in a wheel as in a checkout."""
    return Path(__file__).resolve().parent / "specs"


def pack_folders() -> tuple[Path, ...]:
    """Return the folder of each pack, sorted by name."""
    return tuple(sorted(file.parent for file in specs_folder().glob("*/pack.yaml")))


@hookimpl
def aiact_rules_offer_packs() -> Iterable[PackLocation]:
    """Offer one pack for each state or city, and one for the federal level that informs and never gates."""
    return [PackLocation(folder, OFFERED_BY) for folder in pack_folders()]
