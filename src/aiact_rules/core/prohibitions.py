"""Prohibitions: what no override, no baseline and no waiver lets pass."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from aiact_rules.core.citations import parse_provisions
from aiact_rules.core.provisions import ProvisionError
from aiact_rules.core.rules import Kind, Obligation

Articles = frozenset[tuple[str, str]]


def prohibiting_articles(obligations: Iterable[Obligation]) -> Articles:
    """Return the articles in which some of these obligations are prohibitions."""
    return frozenset(article for o in obligations if o.kind is Kind.PROHIBITION for article in articles_of(o.provision))


@lru_cache(maxsize=4096)
def articles_of(provision: str) -> Articles:
    """Return every article, annex or recital that a provision cites; one that cannot be read stands for itself."""
    try:
        return frozenset((str(cited.whole), cited.number) for cited in parse_provisions(provision))
    except ProvisionError:
        return frozenset({("text", provision)})
