"""Pages: the address of the page that says what a rule asks for, and of the article of the law it comes from.

`aiact-rules document` writes one page for each article of a pack. Where they are served, the pack says under `pages`, with `{page}`
and `{anchor}`; `{site}` stands for the documentation of this distribution. Where the law can be read, it says under
`law_text`, with `{part}` as EUR-Lex names articles and annexes.
"""

from __future__ import annotations

import re

from aiact_rules.core.citations import article_of
from aiact_rules.core.packs import OVERDUE, SIGNAL, Pack
from aiact_rules.version import SITE

_ACTS = {"Regulation": "reg", "Directive": "dir", "Decision": "dec"}
_ACT = re.compile(r"(Regulation|Directive|Decision) \(EU\) (\d{4})/(\d+)")


def page_of(pack: Pack, name: str) -> str | None:
    """Return the address of the page of an obligation, a rule, a signal or a reading, down to its anchor.

    None where the pack has no pages or no such name.
    """
    entry = entry_of(name)
    provision = _provision_of(pack, entry)
    pattern = next((each.pages for each in pack.extensions if entry in each.names), pack.pages)
    if pattern is None or provision is None:
        return None
    return pattern.format(site=SITE, page=page_name(provision), anchor=entry)


def law_link(pack: Pack, provision: str) -> str | None:
    """Return the address of the article or annex that a provision begins with, in the text of the law.

    None where the pack names no text, or the text has no such part: it has articles and annexes, and no recitals.
    """
    if pack.law_text is None or "{part}" not in pack.law_text:
        return pack.law_text
    whole, _, number = article_of(provision).partition(" ")
    part = {"Art.": "art", "Annex": "anx"}.get(whole)
    return None if part is None else pack.law_text.format(part=f"{part}_{number}")


def published_at(pack: Pack) -> dict[str, str]:
    """Return the addresses (ELI) of the acts of the Union that a pack names as its law, in the Official Journal."""
    return {
        found[0]: f"http://data.europa.eu/eli/{_ACTS[found[1]]}/{found[2]}/{int(found[3])}/oj"
        for found in _ACT.finditer(pack.law)
    }


def page_name(provision: str) -> str:
    """Return the name of the page of what a provision begins with: `art-9` of `Art. 9(2)(a)`, `annex-iv`, `recital-98`."""
    return re.sub(r"[^a-z0-9]+", "-", article_of(provision).lower()).strip("-")


def entry_of(name: str) -> str:
    """Return the name under which a pack says what a finding is about: that of an obligation for its overdue period."""
    return name.removeprefix(OVERDUE)


def _provision_of(pack: Pack, entry: str) -> str | None:
    for named in (pack.obligations, pack.rules, pack.readings):
        if entry in named:
            return named[entry].provision
    cue = pack.cues.get(entry.removeprefix(SIGNAL)) if entry.startswith(SIGNAL) else None
    return None if cue is None else cue.provision
