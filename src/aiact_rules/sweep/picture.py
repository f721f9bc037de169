"""Picture: the summary of a sweep as an SVG that needs nothing else to be shown."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from aiact_rules.core.words import counted
from aiact_rules.sweep.kernel import VERDICTS
from aiact_rules.sweep.summary import Summary

_WIDTH = 880
_LEFT = 24
_BAR = _WIDTH - 2 * _LEFT
_COLOURS = {"allow": "#2f7d5b", "hold": "#d9a514", "block": "#b3382c", "error": "#6b6f76"}
_NAMES = 300
_MOST = 15


def picture(summary: Summary, title: str) -> str:
    """Draw the verdicts of each date, and the obligations that most often stand in the way on the last one."""
    lines = summary.lines[:_MOST]
    judged = counted(summary.rows, "row")
    top = 96 + 74 * len(summary.bars)
    height = top + (52 + 24 * len(lines) if lines else 0) + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        f'role="img" aria-label="{_attribute(_spoken(summary))}" font-family="system-ui, sans-serif" font-size="13">',
        f"<title>{escape(title)}</title>",
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="36" font-size="19" font-weight="600" fill="#1d2129">{escape(title)}</text>',
        f'<text x="{_LEFT}" y="58" fill="#4a4f57">{judged}</text>',
        *_legend(),
        *_bars(summary),
        *_obligations(summary, top),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _spoken(summary: Summary) -> str:
    dates = (f"{bar.title}: " + ", ".join(f"{bar.counts[name]} {name}" for name in VERDICTS) for bar in summary.bars)
    return f"{counted(summary.rows, 'row')}. " + ". ".join(dates)


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})


def _legend() -> Iterator[str]:
    for at, name in enumerate(VERDICTS):
        x = _WIDTH - _LEFT - 76 * (len(VERDICTS) - at)
        yield f'<rect x="{x}" y="47" width="12" height="12" rx="2" fill="{_COLOURS[name]}"/>'
        yield f'<text x="{x + 18}" y="58" fill="#4a4f57">{name}</text>'


def _bars(summary: Summary) -> Iterator[str]:
    for at, bar in enumerate(summary.bars):
        y = 92 + 74 * at
        yield f'<text x="{_LEFT}" y="{y}" fill="#1d2129" font-weight="600">as of {escape(bar.title)}</text>'
        x = float(_LEFT)
        for name in VERDICTS:
            count = bar.counts[name]
            if not count or not summary.rows:
                continue
            width = _BAR * count / summary.rows
            share = 100 * count / summary.rows
            yield (
                f'<rect x="{x:.1f}" y="{y + 10}" width="{width:.1f}" height="30" fill="{_COLOURS[name]}">'
                f"<title>{name}: {count:,} ({share:.1f} %)</title></rect>"
            )
            if width > 70:
                ink = "#1d2129" if name == "hold" else "#ffffff"
                yield f'<text x="{x + 8:.1f}" y="{y + 30}" fill="{ink}">{count:,}</text>'
            x += width


def _obligations(summary: Summary, top: int) -> Iterator[str]:
    lines = summary.lines[:_MOST]
    if not lines:
        return
    day = summary.bars[-1].title
    most = max(max(line.breached[-1] + line.open[-1] for line in lines), 1)
    yield (
        f'<text x="{_LEFT}" y="{top + 16}" fill="#1d2129" font-weight="600">'
        f"obligations that most often stand in the way, as of {escape(day)}</text>"
    )
    for at, line in enumerate(lines):
        y = top + 34 + 24 * at
        name = line.obligation if len(line.obligation) <= 44 else line.obligation[:43] + "…"
        yield f'<text x="{_LEFT}" y="{y + 13}" fill="#1d2129" font-size="12">{escape(name)}</text>'
        x = float(_LEFT + _NAMES)
        for count, verdict in ((line.breached[-1], "block"), (line.open[-1], "hold")):
            width = (_BAR - _NAMES - 90) * count / most
            if count:
                word = "breached" if verdict == "block" else "open"
                yield (
                    f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="16" fill="{_COLOURS[verdict]}">'
                    f"<title>{word} in {counted(count, 'row')}</title></rect>"
                )
            x += width
        yield f'<text x="{x + 6:.1f}" y="{y + 13}" fill="#4a4f57" font-size="12">{line.breached[-1] + line.open[-1]:,}</text>'
