"""Markets: the codes under which a release names where it goes."""

from __future__ import annotations

import re
from collections.abc import Iterable

_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?\Z")
_CODE_HINT = "a country or region code such as EU, KR or US-CA"
# fmt: off
MEMBER_STATES = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})
# fmt: on
UNION = "EU"


def read_markets(texts: Iterable[str]) -> frozenset[str]:
    """Read market codes in any case; a Member State stands for the Union's market as well.

    Raises ValueError for a word that is no code, since a market that no pack knows would silently be nobody's.
    """
    found: set[str] = set()
    for text in texts:
        code = text.strip().upper()
        if code == "EL":
            code = "GR"
        if code == "EEA":
            found.update(("EEA", UNION))
            continue
        if not _CODE.match(code):
            raise ValueError(f"expected {_CODE_HINT}, found `{text.strip()}`")
        found.add(code)
        if code in MEMBER_STATES:
            found.add(UNION)
    return frozenset(found)
