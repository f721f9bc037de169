"""Locations: where the rule packs that come with this distribution are."""

from __future__ import annotations

import os
from pathlib import Path


def specs_folder() -> Path:
    """Return the folder with the packs: inside the installed package, or beside the sources of a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "specs"
    return inside if inside.is_dir() else package.parent.parent / "specs"


def bundled_packs() -> tuple[Path, ...]:
    """Return the folders of the packs that come with this distribution: those that hold a `pack.yaml`."""
    return tuple(sorted(Path(folder) for folder, _, files in os.walk(specs_folder()) if "pack.yaml" in files))
