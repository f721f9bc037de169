"""Cues: find in a document's prose the words that suggest a situation of the law."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from aiact_rules.core.problems import Place
from aiact_rules.core.rules import Cue
from aiact_rules.sources.document import Signal

_FENCE = re.compile(
    r" {0,12}(?:>[ ]?)*(?:(?:[-*+]|\d{1,9}[.)])[ ]{1,4})?(?P<fence>`{3,}|~{3,})(?P<info>.*)\Z"
)
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s|\Z)")
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
# Between two words of a cue: spaces, hyphens, emphasis, quotation marks of a block, and one line break, never a blank line.
_GAP = r"(?:[^\S\n]|[*_`>|\-\u2010-\u2015]|\n(?![^\S\n]*\n))+"


def find_signals(text: str, cues: Iterable[Cue], name: str, first_line: int = 1) -> tuple[Signal, ...]:
    """Give each cue whose words occur in a text, with the line where they first do, in the order of the cues.

    Case, line breaks, hyphens, emphasis and invisible characters do not matter; words must be whole unless the cue
    ends them with `*`. The text begins at `first_line` of the document `name`.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE))
    lowered = plain.lower()
    found = []
    for cue in cues:
        stems, pattern = _pattern(cue.words)
        if not any(stem in lowered for stem in stems):
            continue
        if match := pattern.search(plain):
            line = first_line + plain.count("\n", 0, match.start())
            found.append(Signal(cue.id, Place(name, line), " ".join(match.group().split())))
    return tuple(found)


def prose(markdown: str) -> str:
    """Blank what is not prose in a Markdown text (code blocks, comments), keeping every line where it is."""
    lines = _without_code(_without_comments(markdown).split("\n"))
    return "\n".join(lines)


def _without_comments(markdown: str) -> str:
    """Blank HTML comments outside code blocks; one that never ends is left standing, as a reader sees it."""
    kept, at = [], 0
    while (start := markdown.find("<!--", at)) >= 0 and (end := markdown.find("-->", start + 4)) >= 0:
        kept += [markdown[at:start], "\n" * markdown.count("\n", start, end)]
        at = end + 3
    return "".join(kept) + markdown[at:]


def _without_code(lines: list[str]) -> list[str]:
    kept: list[str] = []
    fence: str | None = None
    in_list = indented = False
    blank = True
    for line in lines:
        match = _FENCE.match(line)
        if fence is not None:
            if match and match["fence"].startswith(fence) and not match["info"].strip():
                fence = None
            kept.append("")
            continue
        if match and not (match["fence"][0] == "`" and "`" in match["info"]):
            fence = match["fence"]
            kept.append("")
            continue
        if not line.strip():
            kept.append("")
            blank = True
            continue
        deep = line.startswith(("    ", "\t"))
        indented = deep and not in_list and (blank or indented)
        if _LIST_ITEM.match(line) and not indented:
            in_list = True
        elif not line[0].isspace():
            in_list = False
        kept.append("" if indented else line)
        blank = False
    return kept


@lru_cache(maxsize=2048)
def _pattern(phrases: tuple[str, ...]) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Give for a cue the beginnings of which one must occur at all, and the exact pattern."""
    stems, alternatives = [], []
    for phrase in phrases:
        words = re.split(r"[\s\-]+", unicodedata.normalize("NFKC", phrase).strip())
        stems.append(words[0].split("*")[0].lower())
        alternatives.append(
            _GAP.join(r"[^\W_]*".join(re.escape(part) for part in word.split("*")) for word in words)
        )
    return tuple(stems), re.compile(rf"(?<![^\W_])(?:{'|'.join(alternatives)})(?![^\W_])", re.IGNORECASE)
