"""Prose: a Markdown text without its code blocks and comments, every line where it was."""

from __future__ import annotations

import re

_FENCE = re.compile(r" {0,12}(?:>[ ]?)*(?:(?:[-*+]|\d{1,9}[.)])[ ]{1,4})?(?P<fence>`{3,}|~{3,})(?P<info>.*)\Z")
_LIST_ITEM = re.compile(r"\s*(?:[-*+]|\d{1,9}[.)])(?:\s|\Z)")


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
