"""Spec text → Pack: the only place that knows the format of rule packs."""

from aiact_rules.specfiles.extensions import merge_packs
from aiact_rules.specfiles.loader import load_pack, load_pack_text

__all__ = ["load_pack", "load_pack_text", "merge_packs"]
