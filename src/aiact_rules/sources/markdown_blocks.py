"""Markdown blocks: the parser that takes a text apart, with what a reader of GitHub sees and bounds on its cost."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import reference as _reference
from markdown_it.rules_block import table as _table
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import backtick as _backtick
from markdown_it.rules_inline import image as _image
from markdown_it.rules_inline import link as _link
from markdown_it.token import Token
from markdown_it.utils import EnvType

RAW = "raw"
ROW = "row"
"""Tokens of our own: lines that are too deep or too many to follow, and a row of a table."""

MOST_LEVELS = 20
MOST_BLOCKS = 20_000
"""Nested containers and blocks up to which blocks are told apart; what follows is taken as written."""

MOST_LENGTH = 20_000
MOST_MARKS = 2_000
MOST_MARKS_OF_ALL = 60_000
"""Characters, and signs that may be marks, up to which one block is looked through for marks; and signs of all blocks."""

_MARK = re.compile(r"[\n!#$%&*+\-:<=>@\[\\\]^_`{}~]")
_COMMENT = re.compile("<!--.*?-->", re.DOTALL)
_CELL_END = re.compile(r"(?<!\\)\|")
_BLOCKS_READ = "blocks read"


class _Parser(MarkdownIt):
    """A parser to which all links are good: their targets are not shown."""

    def normalizeLink(self, url: str) -> str:
        return url

    def normalizeLinkText(self, link: str) -> str:
        return link

    def validateLink(self, url: str) -> bool:  # noqa: ARG002
        return True


def blocks_of(markdown: str) -> tuple[list[Token], Inlines]:
    """Return the tokens of a text's blocks, and what reads the text in them."""
    env: EnvType = {}
    try:
        blocks = _BLOCKS.parse(markdown, env)
    except Exception:  # a fault of the parser hides no text
        blocks = [Token(RAW, "", 0, map=[0, markdown.count("\n") + 1])]
    return blocks, Inlines(env)


def without_code(markdown: str) -> str:
    """Return a text in which lines of code blocks, and those that end within a comment, are blank; every line where it was.

    A comment that never ends is kept, since a reader may see it.
    """
    lines = markdown.split("\n")
    blocks, _ = blocks_of(markdown)
    for block in blocks:
        if block.map is None:
            continue
        begin, end = block.map
        if block.type in ("fence", "code_block"):
            lines[begin:end] = [""] * (end - begin)
        elif block.type == "html_block":
            for comment in _COMMENT.finditer(block.content):
                first = begin + block.content.count("\n", 0, comment.start())
                last = first + comment.group().count("\n")
                lines[first:last] = [""] * (last - first)
    return "\n".join(lines)


@dataclass(slots=True)
class Inlines:
    """Reads the text in the blocks of one document. `env` holds the targets of its links."""

    _env: EnvType
    _marks_left: int = MOST_MARKS_OF_ALL

    def tokens(self, text: str) -> list[Token] | None:
        """Return the tokens of one block's text; None where it is to be taken as written."""
        marks = len(_MARK.findall(text))
        if len(text) > MOST_LENGTH or marks > MOST_MARKS or marks > self._marks_left:
            return None
        self._marks_left -= marks
        try:
            return _INLINES.inline.parse(text, _INLINES, self._env, [])
        except Exception:  # as above
            return None


def _bound(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """Take what is too deep, or too much, as one block."""
    count = state.env[_BLOCKS_READ] = state.env.get(_BLOCKS_READ, 0) + 1
    if silent or (count <= MOST_BLOCKS and state.level < MOST_LEVELS):
        return False
    line = startLine + 1
    while line < endLine and (state.isEmpty(line) or state.sCount[line] >= state.blkIndent):
        line += 1
    state.push(RAW, "", 0).map = [startLine, line]
    state.line = line
    return True


def _reference_but_no_footnote(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    return not state.src.startswith("[^", state.bMarks[startLine] + state.tShift[startLine]) and _reference(
        state, startLine, endLine, silent
    )


def _rows(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:
    """Take the rows of a table, with all their cells: a reader who has no tables sees those without a column too."""
    if state.eMarks[startLine] - state.bMarks[startLine] > MOST_LENGTH or not _table(state, startLine, endLine, True):
        return False
    if silent:
        return True
    ends = state.md.block.ruler.getRules("blockquote")
    line = startLine
    while line < endLine:
        if line > startLine + 1 and (
            state.sCount[line] < state.blkIndent
            or state.isEmpty(line)
            or state.is_code_block(line)
            or any(rule(state, line, endLine, True) for rule in ends)
        ):
            break
        if line != startLine + 1:
            token = state.push(ROW, "", 0)
            token.map = [line, line + 1]
            token.meta = {"cells": _cells(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]])}
        line += 1
    state.line = line
    return True


def _cells(row: str) -> list[str]:
    cells = _CELL_END.split(row.strip())
    if not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return [cell.strip().replace("\\|", "|") for cell in cells]


def _code_with_line_ends(state: StateInline, silent: bool) -> bool:
    begun, tokens = state.pos, len(state.tokens)
    found = _backtick(state, silent)
    if found and not silent and len(state.tokens) > tokens and (token := state.tokens[-1]).type == "code_inline":
        written = state.src[begun + len(token.markup) : state.pos - len(token.markup)]
        edge = (len(written) - len(token.content)) // 2
        token.content = written[edge : len(written) - edge]
        token.meta = {"before": written[:edge].count("\n"), "after": written[len(written) - edge :].count("\n")}
    return found


def _link_with_line_ends(state: StateInline, silent: bool) -> bool:
    begun = state.pos
    found = _link(state, silent)
    if found and not silent:
        state.tokens[-1].meta = {"breaks": state.src.count("\n", begun, state.pos)}
    return found


def _image_with_line_ends(state: StateInline, silent: bool) -> bool:
    begun = state.pos
    found = _image(state, silent)
    if found and not silent:
        state.tokens[-1].meta = {"breaks": state.src.count("\n", begun, state.pos)}
    return found


def _block_parser() -> MarkdownIt:
    # Beyond `maxNesting` the parser would drop text; our own bound comes first.
    parser = _Parser("commonmark", {"maxNesting": 10 * MOST_LEVELS}).enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    rules = parser.block.ruler
    rules.before("table", "bound", _bound)
    rules.at("table", _rows, {"alt": ["paragraph", "reference"]})
    rules.at("reference", _reference_but_no_footnote)
    return parser


def _inline_parser() -> MarkdownIt:
    parser = _Parser("commonmark", {"strikethrough_single_tilde": True}).enable("strikethrough")
    rules = parser.inline.ruler
    rules.at("backticks", _code_with_line_ends)
    rules.at("link", _link_with_line_ends)
    rules.at("image", _image_with_line_ends)
    return parser


_BLOCKS = _block_parser()
_INLINES = _inline_parser()
