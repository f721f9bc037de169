"""Names: aliases and tags, compared as a database compares them.

The usual collations of MySQL, MariaDB and SQL Server see neither case nor accents nor blanks at the end: to them
`chámpion` is `champion`, and whoever writes the one overwrites the other.
"""

from __future__ import annotations

import re
import unicodedata

PLAIN_ALIAS = "an alias is made of the letters a to z, digits, `_` and `-`: some databases take others for these"
_PLAIN_ALIAS = re.compile(r"[A-Za-z0-9_-]+")
_LATIN = re.compile(
    r"LATIN (?:(?:SMALL|CAPITAL) LETTER|LETTER SMALL CAPITAL)(?: DOTLESS| SCRIPT)? ([A-Z])(?: WITH .+)?"
)


def is_plain_alias(alias: str) -> bool:
    """Return whether an alias is made of characters that every database tells apart, but for their case."""
    return _PLAIN_ALIAS.fullmatch(alias) is not None


def folded(name: str) -> str:
    """Return a name without what databases may not see: case, accents, width, and blanks around it.

    Letters of Latin that no accent can be taken from, such as `ı` and `ø`, become the letter they are drawn from.
    """
    decomposed = unicodedata.normalize("NFKD", name.strip())
    return "".join(_base(each) for each in decomposed if not unicodedata.combining(each)).strip().casefold()


def _base(character: str) -> str:
    if character.isascii():
        return character
    latin = _LATIN.fullmatch(unicodedata.name(character, ""))
    return latin[1] if latin else character
