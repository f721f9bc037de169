"""Words: names of conclusions and roles as a person writes them."""

from __future__ import annotations

from aiact_rules.core.packs import Pack

_WRITTEN = {
    "ai": "AI",
    "gpai": "GPAI",
    "annex": "Annex",
    "i": "I",
    "iii": "III",
    "b": "B",
    "section": "Section",
    "eu": "EU",
}


def words(name: str) -> str:
    """Give `high_risk_annex_iii` as `high risk Annex III`."""
    return " ".join(_WRITTEN.get(word, word) for word in name.split("_"))


def label(pack: Pack, conclusion: str) -> str:
    """Give what a pack calls one of its conclusions, or else its name in words."""
    return pack.labels.get(conclusion) or words(conclusion)
