"""The pieces that pictures are drawn from: a sheet, rectangles, texts and lines, as SVG that needs nothing else to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from aiact_rules.core.statuses import Verdict
from aiact_rules.reports.escapes import xml_text

INK, SOFT, LINE, PAPER = "#1c2430", "#5a6472", "#d9dee5", "#ffffff"
"""The colours that a page may change where it is dark: it finds them as the `fill` and `stroke` of the elements."""
VERDICT = {Verdict.ALLOW: "#2f7d4f", Verdict.HOLD: "#9a5b00", Verdict.BLOCK: "#a3262a"}
"""The fill of a verdict, on which white words can be read."""
_SIZE = 12


def sheet(width: int, height: int, name: str, body: Iterable[str], *, inline: bool = False) -> Iterator[str]:
    """Yield the elements of a whole picture: its frame with its name, the paper, and the body on it.

    An `inline` one is part of a page and grows with its text.
    """
    size = f'width="{width / 16:g}rem"' if inline else f'width="{width}" height="{height}"'
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(xml_text(name))} '
        f'font-family="Helvetica, Arial, sans-serif" font-size="{_SIZE}" fill="{INK}">'
    )
    yield f"<title>{escape(xml_text(name))}</title>"
    yield rectangle(0, 0, width, height, PAPER)
    yield from body
    yield "</svg>"


def rectangle(x: float, y: float, width: float, height: float, fill: str, *, radius: int = 0, more: str = "") -> str:
    """Return a filled rectangle; `more` are further attributes, each after a space."""
    rounded = f' rx="{radius}"' if radius else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"{rounded}{more}/>'


def text(
    x: float, y: float, words: str, *, size: int = _SIZE, bold: bool = False, colour: str = INK, middle: bool = False
) -> str:
    """Return words on one line that starts, or has its middle, at `x`. What is as on the whole sheet is not said again."""
    own = "" if size == _SIZE else f' font-size="{size}"'
    own += "" if colour == INK else f' fill="{colour}"'
    own += ' font-weight="bold"' if bold else ""
    own += ' text-anchor="middle"' if middle else ""
    return f'<text x="{x:g}" y="{y:g}"{own}>{escape(xml_text(words))}</text>'


def level_line(start: int, end: int, y: int) -> str:
    """Return a thin level line between rows."""
    return f'<line x1="{start}" y1="{y}" x2="{end}" y2="{y}" stroke="{LINE}"/>'


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = LINE, *, width: float = 1) -> str:
    """Return a straight line."""
    thick = "" if width == 1 else f' stroke-width="{width:g}"'
    return f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" stroke="{stroke}"{thick}/>'
