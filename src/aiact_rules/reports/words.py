"""Words: names of conclusions and roles as a person writes them."""

from __future__ import annotations

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
