"""HTML as a browser takes it apart: what it shows, and the tags between, in time linear in its length."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

# fmt: off
BLOCK_TAGS = frozenset({
    "address", "article", "aside", "blockquote", "button", "caption", "center", "dd",
    "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
    "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "iframe", "legend", "li", "main",
    "menu", "menuitem", "nav", "noframes", "object", "ol", "optgroup", "option", "p", "plaintext", "pre", "search",
    "section", "select", "summary", "table", "tbody", "td", "textarea", "tfoot", "th", "thead", "title", "tr", "ul",
    "video", "xmp",
})
# fmt: on
"""Elements that stand apart from the text around them."""

PARTS_OF_TABLES = frozenset(("caption", "tbody", "td", "tfoot", "th", "thead", "tr"))
"""Those of which a browser takes no notice outside a table."""

MOST_TAGS = 60_000
"""Tags of one document that are read; what stands after them is taken as written."""

_TEXT_ELEMENTS = frozenset(("textarea", "title", "xmp", "iframe", "noembed", "noframes", "plaintext"))
_UNSEEN_ELEMENTS = {name: re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE) for name in ("script", "style")}

_BLANK = r"[\t\n\f\r ]"
_VALUE = r"""(?:"[^"]*+"|'[^']*+'|[^\t\n\f\r "'>][^\t\n\f\r >]*+|(?=>))"""
_ATTRIBUTE = rf"[^\t\n\f\r />][^\t\n\f\r />=]*+(?:{_BLANK}*+={_BLANK}*+{_VALUE})?+"
_TAG = re.compile(rf"<(?P<end>/?)(?P<name>[A-Za-z][^\t\n\f\r />]*+)(?:[\t\n\f\r /]++|{_ATTRIBUTE})*+>")
_SHOWN_ATTRIBUTE = re.compile(rf"(?<=[\s/\"'])(?:alt|label|placeholder|value){_BLANK}*+={_BLANK}*+(?P<value>{_VALUE})")
_LETTER = re.compile("</?[A-Za-z]")
_COMMENT_END = re.compile("--!?>")
_ENTITY = re.compile(
    r"&(?:#0*+[0-9]{1,7}(?![0-9]);?|#[xX]0*+[0-9A-Fa-f]{1,6}(?![0-9A-Fa-f]);?|[A-Za-z][A-Za-z0-9]{1,31};?)"
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag, or what a browser drops as one, such as a comment: then it has no name.

    `breaks` are the line ends in it, `shown` the texts of its attributes that a reader sees, such as that of an image.
    """

    name: str
    is_end: bool
    breaks: int
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest of a piece of HTML that has more tags than are read."""

    source: str


@dataclass(slots=True)
class HtmlReader:
    """Takes the HTML of one document apart, piece by piece, as its parts come."""

    in_text_element: str = ""
    tags_left: int = MOST_TAGS

    def pieces(self, source: str) -> Iterator[str | Tag | Rest]:
        """Return the texts that a part of the document shows, entities decoded, and the tags between them.

        A comment or a script that does not end in this part, and comments where a browser takes them for text, are shown.
        """
        at = begun = 0
        endless: set[str] = set()  # what was looked for in vain
        while (at := source.find("<", at)) >= 0:
            if not self.tags_left:
                yield Rest(source[begun:])
                return
            tag, end = self._markup_at(source, at, endless)
            if end < 0:
                at += 1
                continue
            if at > begun:
                yield decoded(source[begun:at])
            yield self._tag(tag, source, at, end)
            self.tags_left -= 1
            at = begun = end
        if begun < len(source):
            yield decoded(source[begun:])

    def _markup_at(self, source: str, at: int, endless: set[str]) -> tuple[re.Match[str] | None, int]:
        """Return the tag that begins at a `<`, and where it or another thing a browser drops ends; -1 for text."""
        if _LETTER.match(source, at):
            tag = None if "tag" in endless else _TAG.match(source, at)
            if tag is None:
                endless.add("tag")
                return None, -1
            name = tag["name"].lower()
            if not tag["end"] and name in _UNSEEN_ELEMENTS and name not in endless:
                if closing := _UNSEEN_ELEMENTS[name].search(source, tag.end()):
                    return tag, closing.start()
                endless.add(name)
            return tag, tag.end()
        if source.startswith("<![CDATA[", at):
            return None, at + len("<![CDATA[")
        if self.in_text_element:
            return None, -1
        if source.startswith("<!--", at):
            kind, end = "comment", -1 if "comment" in endless else _end_of_comment(source, at)
        elif source.startswith(("<!", "<?", "</"), at):
            kind, end = ">", -1 if ">" in endless else source.find(">", at) + 1 or -1
        else:
            return None, -1
        if end < 0:
            endless.add(kind)
        return None, end

    def _tag(self, match: re.Match[str] | None, source: str, at: int, end: int) -> Tag:
        breaks = source.count("\n", at, end)
        if match is None:
            return Tag("", False, breaks)
        name, is_end = match["name"].lower(), bool(match["end"])
        if is_end and name == self.in_text_element:
            self.in_text_element = ""
        elif not is_end and not self.in_text_element and name in _TEXT_ELEMENTS:
            self.in_text_element = name
        if self.in_text_element and name != self.in_text_element:
            shown: tuple[str, ...] = (match.group(),)
        else:
            shown = () if is_end else tuple(_shown_attributes(match.group()))
        return Tag(name, is_end, breaks, shown)


def decoded(text: str) -> str:
    """Return a text with its entities decoded and every line end where it was."""
    return _ENTITY.sub(_sign, text) if "&" in text else text


def _sign(entity: re.Match[str]) -> str:
    sign = html.unescape(entity.group())
    return " " if sign.isspace() else sign


def _shown_attributes(tag: str) -> Iterator[str]:
    if "=" in tag:
        for match in _SHOWN_ATTRIBUTE.finditer(tag):
            text = decoded(match["value"].strip("\"'")).strip()
            if text:
                yield text


def _end_of_comment(source: str, at: int) -> int:
    for empty in ("<!-->", "<!--->"):
        if source.startswith(empty, at):
            return at + len(empty)
    end = _COMMENT_END.search(source, at + 4)
    return -1 if end is None else end.end()
