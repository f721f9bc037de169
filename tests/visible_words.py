"""What a browser shows of a Markdown text, by other means: markdown-it's HTML, taken apart by html5lib."""

from __future__ import annotations

import re
import unicodedata
from xml.etree import ElementTree

import html5lib
from markdown_it import MarkdownIt

from aiact_rules.sources.html_text import BLOCK_TAGS
from aiact_rules.sources.passages import Passage, passages

_URL = re.compile(r"(?i)\b(?:(?:https?|ftp)://|www\.)[^\s<]*[^\s<?!.,:;*_~'\")\]]")
_RENDERER = MarkdownIt("commonmark", {"maxNesting": 1000, "strikethrough_single_tilde": True}).enable(
    ["table", "strikethrough"]
)
_RENDERER.validateLink = lambda url: True  # type: ignore[method-assign]


def words_shown(markdown: str) -> list[str]:
    """Return the words of the page, without code blocks, and then those of its images, sorted."""
    page = html5lib.parse(_RENDERER.render(markdown), namespaceHTMLElements=False)
    pieces: list[str] = []
    _collect(page.find("body"), pieces)
    images = [image.get("alt") or "" for image in page.iter("img")]
    return _words("".join(pieces) + " " + " ".join(images))


def words_read(markdown: str) -> list[str]:
    """Return the words of the passages, each passage once, sorted."""
    return _words(" ".join(passage.text for passage in as_seen(passages(markdown))))


def as_seen(found: tuple[Passage, ...]) -> list[Passage]:
    """Return passages without those that repeat the one before with its words apart at the marks."""
    kept: list[Passage] = []
    for passage in found:
        before = kept[-1] if kept else None
        if before is None or passage.line != before.line or _bare(passage.text) != _bare(before.text):
            kept.append(passage)
    return kept


def _collect(element: ElementTree.Element, pieces: list[str]) -> None:
    name = str(element.tag)
    if name in ("script", "style") or "function" in name.lower():
        return
    if name == "pre" and len(element) and element[0].tag == "code":
        return
    apart = name in BLOCK_TAGS or name == "br"
    pieces.append(" " if apart else "")
    pieces.append(element.text or "")
    for child in element:
        _collect(child, pieces)
        pieces.append(child.tail or "")
    pieces.append(" " if apart else "")


def _words(text: str) -> list[str]:
    return sorted(re.findall(r"\w+", _URL.sub(" ", unicodedata.normalize("NFKC", text))))


def _bare(text: str) -> str:
    return "".join(text.split())
