"""The pieces that pictures are drawn from: a sheet, rectangles, texts and lines, as SVG that needs nothing else to be shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from aiact_rules.reports.escapes import xml_text

INK, SOFT, LINE, PAPER = "#1c2430", "#5a6472", "#d9dee5", "#ffffff"


def sheet(width: int, height: int, name: str, body: Iterable[str]) -> Iterator[str]:
    """Yield the elements of a whole picture: its frame with its name, the paper, and the body on it."""
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label={quoteattr(xml_text(name))} '
        f'font-family="Helvetica, Arial, sans-serif" font-size="12" fill="{INK}">'
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
    x: float, y: float, words: str, *, size: int = 12, bold: bool = False, colour: str = INK, middle: bool = False
) -> str:
    """Return words on one line that starts, or has its middle, at `x`."""
    weight = ' font-weight="bold"' if bold else ""
    anchor = ' text-anchor="middle"' if middle else ""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{colour}"{weight}{anchor}>{escape(xml_text(words))}</text>'
    )


def level_line(start: int, end: int, y: int) -> str:
    """Return a thin level line between rows."""
    return f'<line x1="{start}" y1="{y}" x2="{end}" y2="{y}" stroke="{LINE}"/>'
