"""Prose: a Markdown text without its code blocks and comments, every line where it was.

Blocks are told apart as CommonMark does, so that nothing a reader sees as text is taken for code or for a comment. Where
renderers of Markdown disagree, or where a text is too long or too deeply nested to follow, the rest of it stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

MOST_LINES = 20_000
MOST_CONTAINERS = 20
"""Lines and nested containers up to which blocks are told apart; what follows is all taken for prose."""

BLOCK_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt|"
    "fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu|"
    "menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|"
    "track|ul"
)
TAG = (
    r"<(?:[A-Za-z][A-Za-z0-9-]*+"
    r"(?:[ \t\n]++[A-Za-z_:][A-Za-z0-9_.:-]*+(?:[ \t\n]*+=[ \t\n]*+(?:[^ \t\n\"'=<>`]++|'[^']*+'|\"[^\"]*+\"))?)*+"
    r"[ \t\n]*+/?|/[A-Za-z][A-Za-z0-9-]*+[ \t\n]*+)>"
)
"""An opening or closing HTML tag, as CommonMark takes it."""

# Where a browser takes `<!--` for text.
_TEXT_TAG = r"<(?:script|style|textarea|title|xmp|iframe|noembed|noframes|noscript|plaintext)\b"
_TAIL = r"(?P<tail>[^\s<`\\\]]*+)"  # the rest of the word in which a comment stands
_BEFORE_IN_HTML = re.compile(rf"(?:[^<]++|(?!(?i:{_TEXT_TAG})){TAG})*+")
_COMMENT_IN_HTML = re.compile(rf"<!--(?:-?>|.*?--!?>){_TAIL}", re.DOTALL)
# In a paragraph code, an escape or the target of a link may hold what looks like a comment. After one of these nothing is cut.
_BEFORE_IN_TEXT = re.compile(rf"(?:[^<`\\\]]++|(?!(?i:{_TEXT_TAG})){TAG})*+")
_COMMENT_IN_TEXT = re.compile(
    rf"<!--(?!-?>)(?:[^-]|-(?!-))*+-->{_TAIL}"
)  # what every version of CommonMark takes for one

_FENCE = re.compile(r"(?:(?P<ticks>`{3,})[^`]*|(?P<tildes>~{3,}).*)\Z")
_HEADING = re.compile(r"#{1,6}(?: |\Z)")
_UNDERLINE = re.compile(r"(?:=+|-+) *\Z")
_BREAK = re.compile(r"(?:(?:\* *){3,}|(?:- *){3,}|(?:_ *){3,})\Z")
_ITEM = re.compile(r"(?P<marker>[-+*]|(?P<number>\d{1,9})[.)])(?P<space> +|\Z)")
_TABLE_ROW = re.compile(r"[-:| ]*-[-:| ]*\Z")
_UNTIL_BLANK = None
_LONE_TAG = (re.compile(rf"{TAG}\s*\Z"), _UNTIL_BLANK)
# How a block of HTML begins, and where the line is that ends it.
_HTML: tuple[tuple[re.Pattern[str], re.Pattern[str] | None], ...] = (
    (
        re.compile(r"<(?:script|pre|style|textarea)(?:[\s>]|\Z)", re.IGNORECASE),
        re.compile(r"</(?:script|pre|style|textarea)>", re.IGNORECASE),
    ),
    (re.compile("<!--"), re.compile("-->")),
    (re.compile(r"<\?"), re.compile(r"\?>")),
    (re.compile("<![A-Za-z]"), re.compile(">")),
    (re.compile(r"<!\[CDATA\["), re.compile(r"\]\]>")),
    (re.compile(rf"</?(?:{BLOCK_TAGS})(?:[\s>]|/>|\Z)", re.IGNORECASE), _UNTIL_BLANK),
    _LONE_TAG,
)


def prose(markdown: str) -> str:
    """Return a Markdown text in which code blocks and comments are blank and every line is where it was."""
    return "\n".join(_Blocks(markdown.split("\n")).without_code_and_comments())


class _Leaf(Enum):
    """The kind of block that a line may continue."""

    NONE = 0
    PARAGRAPH = 1
    FENCED = 2
    INDENTED = 3
    HTML = 4


class _Unclear(Exception):
    """From here on a text could be read in two ways, or costs too much to read."""


_QUOTE = 0


@dataclass(slots=True)
class _Blocks:
    """Reads one text line by line. A container is a block quote (0), or the indentation that a list item's content has."""

    lines: list[str]
    kept: list[str] = field(init=False)
    containers: list[int] = field(default_factory=list)
    empty_item: bool = False  # the innermost container is a list item that began with a blank line
    leaf: _Leaf = _Leaf.NONE
    fence: str = ""
    html_end: re.Pattern[str] | None = None
    pieces: list[tuple[int, str, str]] = field(default_factory=list)  # line, what stands before, content of the block
    ambiguous: bool = False  # the paragraph may be the definition of a link, or a table
    footnote: bool = False

    def __post_init__(self) -> None:
        self.kept = list(self.lines)

    def without_code_and_comments(self) -> list[str]:
        try:
            for number, line in enumerate(self.lines[:MOST_LINES]):
                self._read(number, line.expandtabs(4) if "\t" in line else line)
        except _Unclear:
            pass
        self._close()
        return self.kept

    def _read(self, number: int, line: str) -> None:
        at, depth = self._inside(line)
        inside_all = depth == len(self.containers)
        blank = not line[at:].strip(" ")
        if inside_all and self._continues_leaf(number, line, at, blank):
            return
        if not inside_all and self.leaf is not _Leaf.PARAGRAPH:
            self._close()
        if blank:
            if self.leaf is not _Leaf.INDENTED:
                self._close()
            del self.containers[depth:]
            return
        self._begin(number, line, at, depth)

    def _inside(self, line: str) -> tuple[int, int]:
        """Return where the content of a line begins, and in how many of the open containers it stands."""
        at = depth = 0
        was_empty, self.empty_item = self.empty_item, False
        for container in self.containers:
            content = line[at:].lstrip(" ")
            indent = len(line) - at - len(content)
            if container == _QUOTE:
                if indent > 3 and content.startswith(">"):
                    raise _Unclear  # code for CommonMark, a quotation for markdown-it
                if not content.startswith(">"):
                    break
                at += indent + (2 if content.startswith("> ") else 1)
            elif not content:
                if was_empty and depth == len(self.containers) - 1:
                    break
            elif indent >= container:
                at += container
            else:
                break
            depth += 1
        return at, depth

    def _continues_leaf(self, number: int, line: str, at: int, blank: bool) -> bool:
        """Take a line as part of the code or HTML that is open. Say whether it was."""
        content = line[at:]
        if self.leaf is _Leaf.FENCED:
            self.kept[number] = ""
            closing = content.strip(" ")
            if (
                len(content) - len(content.lstrip(" ")) < 4
                and closing.startswith(self.fence)
                and not closing.strip(self.fence[0])
            ):
                self._close()
            return True
        if self.leaf is _Leaf.INDENTED and content.startswith("    ") and not blank:
            self._blank_indented(number)
            return True
        if self.leaf is _Leaf.HTML and not (blank and self.html_end is _UNTIL_BLANK):
            self._add(number, line, at)
            if self.html_end is not _UNTIL_BLANK and self.html_end.search(content):
                self._close()
            return True
        return False

    def _begin(self, number: int, line: str, at: int, depth: int) -> None:
        """Open the blocks that begin in a line, and take the rest of it as text."""
        while True:
            content = line[at:].lstrip(" ")
            indent = len(line) - at - len(content)
            if not content:
                return
            inside_all = depth == len(self.containers)
            in_paragraph = self.leaf is _Leaf.PARAGRAPH
            if indent >= 4:
                if not in_paragraph:
                    self._stop_at_table(number, content)
                    del self.containers[depth:]
                    self.leaf = _Leaf.INDENTED
                    self._blank_indented(number)
                    return
                break
            if content[0] == ">":
                self._open(_QUOTE, depth)
                at += indent + (2 if content.startswith("> ") else 1)
                depth += 1
                continue
            if self._begins_leaf(number, line, at + indent, depth):
                return
            item = _ITEM.match(content)
            if item is None:
                break
            empty = item.end() == len(content)
            if in_paragraph and inside_all and (empty or (item["number"] is not None and int(item["number"]) != 1)):
                self._stop_where_ambiguous()
                break
            spaces = len(item["space"])
            width = len(item["marker"]) + (1 if empty or spaces > 4 else spaces)
            self._open(indent + width, depth)
            at = len(line) if empty else at + indent + width
            depth += 1
            self.empty_item = empty
        self._take_text(number, line, at, depth)

    def _begins_leaf(self, number: int, line: str, at: int, depth: int) -> bool:
        """Take a line as a heading, a break, or the first line of fenced code or HTML. Say whether it was one of these."""
        content = line[at:]
        in_paragraph = self.leaf is _Leaf.PARAGRAPH
        self._stop_at_table(number, content)
        if fence := _FENCE.match(content):
            self._leave(depth)
            self.leaf, self.fence = _Leaf.FENCED, fence["ticks"] or fence["tildes"]
            self.kept[number] = ""
            return True
        if _HEADING.match(content):
            self._leave(depth)
            self._add(number, line, at)
            self._close()
            return True
        form = next((form for form in _HTML if form[0].match(content)), None) if content[0] == "<" else None
        if form is _LONE_TAG and in_paragraph:
            self._stop_where_ambiguous()
            return False
        if form is not None:
            self._leave(depth)
            self.leaf, self.html_end = _Leaf.HTML, form[1]
            self._add(number, line, at)
            if self.html_end is not _UNTIL_BLANK and self.html_end.search(content):
                self._close()
            return True
        if in_paragraph and depth == len(self.containers) and _UNDERLINE.match(content):
            if not content.startswith("---"):
                self._stop_where_ambiguous()
            self._close()
            return True
        if _BREAK.match(content):
            self._leave(depth)
            return True
        return False

    def _stop_at_table(self, number: int, content: str) -> None:
        """Stop where a line that looks like code, HTML or a heading may also be the head of a table."""
        if "|" in content and number + 1 < len(self.lines):
            below = self.lines[number + 1]
            if "-" in below and not below.strip(" \t>-:|"):
                raise _Unclear

    def _take_text(self, number: int, line: str, at: int, depth: int) -> None:
        if self.leaf is not _Leaf.PARAGRAPH:
            self._leave(depth)
            self.leaf = _Leaf.PARAGRAPH
            content = line[at:].lstrip(" ")
            self.ambiguous = content.startswith("[") and "]:" in content
            self.footnote = content.startswith("[^")
        elif _TABLE_ROW.match(line[at:]):
            self.ambiguous = True
        self._add(number, line, at)

    def _open(self, container: int, depth: int) -> None:
        self._leave(depth)
        self.containers.append(container)
        if len(self.containers) > MOST_CONTAINERS:
            raise _Unclear

    def _leave(self, depth: int) -> None:
        """End what is open, down to the containers in which the line stands."""
        self._close()
        self.footnote = False
        del self.containers[depth:]

    def _stop_where_ambiguous(self) -> None:
        if self.ambiguous:
            raise _Unclear

    def _blank_indented(self, number: int) -> None:
        # Below a footnote, renderers that know footnotes show a paragraph.
        if not self.footnote:
            self.kept[number] = ""

    def _add(self, number: int, line: str, at: int) -> None:
        self.pieces.append((number, line[:at], line[at:]))

    def _close(self) -> None:
        """End the block that is open, and cut the comments out of what it holds."""
        if self.pieces and not self.ambiguous:
            text = "\n".join(content for _, _, content in self.pieces)
            if "<!--" in text:
                cut = _without_comments(text, in_html=self.leaf is _Leaf.HTML).split("\n")
                for (number, prefix, _), content in zip(self.pieces, cut, strict=True):
                    self.kept[number] = prefix + content
        self.pieces.clear()
        self.leaf, self.ambiguous, self.html_end = _Leaf.NONE, False, _UNTIL_BLANK


def unbroken_lines(count: int) -> str:
    """Return as many line ends, none of them next to another, where a sentence goes on that a blank line would end."""
    return ">".join(["\n"] * count)


def _without_comments(text: str, *, in_html: bool) -> str:
    """Return a text without its comments up to the first place where it is not sure that `<!--` begins one.

    The line ends of a comment come after the word it stands in. One that never ends is left, since a reader may see it.
    """
    before, form = (_BEFORE_IN_HTML, _COMMENT_IN_HTML) if in_html else (_BEFORE_IN_TEXT, _COMMENT_IN_TEXT)
    kept: list[str] = []
    at = 0
    while True:
        plain = before.match(text, at)
        end = at if plain is None else plain.end()
        comment = form.match(text, end)
        if comment is None:
            return "".join(kept) + text[at:]
        breaks = comment.group().count("\n")
        kept += [text[at:end], comment["tail"], "\n" * breaks if in_html else unbroken_lines(breaks)]
        at = comment.end()
