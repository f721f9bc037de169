"""The deadlines of several releases as a picture: a row for each, over the three years from the as-of date on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from aiact_rules.reports.deadlines import Deadline, DeadlineKind
from aiact_rules.reports.svg import INK, LINE, PAPER, SOFT, line, sheet, text

YEARS = 3
MOST_ROWS = 60
_MARGIN, _LABELS, _ROOM, _ROW, _TOP = 12, 190, 660, 26, 44
_WIDTH = 2 * _MARGIN + _LABELS + _ROOM
_FILL = {
    DeadlineKind.STEP: INK,
    DeadlineKind.APPLIES: "#e9a23b",
    DeadlineKind.DUE: "#a3262a",
    DeadlineKind.EXPIRES: "#5b4a9e",
}
_WORDS = {
    DeadlineKind.STEP: "step that is assessed",
    DeadlineKind.APPLIES: "more obligations apply, or may apply, with their number",
    DeadlineKind.DUE: "last day of a period",
    DeadlineKind.EXPIRES: "evidence expires, or a waiver ends",
}


def deadlines_svg(rows: Sequence[tuple[str, Sequence[Deadline]]], today: date) -> str:
    """Return the deadlines of some releases, by their names, as a picture within a page.

    Rows beyond the most there is room for are left out, and the picture says how many.
    """
    shown = rows[:MOST_ROWS]
    body = [*_years(today, len(shown))]
    for number, (name, deadlines) in enumerate(shown):
        body += _row(name, deadlines, today, _TOP + number * _ROW)
    y = _TOP + len(shown) * _ROW + 18
    if len(rows) > len(shown):
        body.append(text(_MARGIN, y, f"{len(rows) - len(shown)} more releases are in the table only.", colour=SOFT))
        y += 18
    body += _legend(y)
    return "".join(sheet(_WIDTH, y + 18 + 18 * len(_WORDS), f"Deadlines from {today} on", body, inline=True))


def within(on: date, today: date) -> bool:
    """Return whether a date is one that the picture shows."""
    return today <= on < _end(today)


def _end(today: date) -> date:
    return date(today.year + YEARS, today.month, min(today.day, 28))


def _at(on: date, today: date) -> float:
    days = (_end(today) - today).days
    return round(_MARGIN + _LABELS + _ROOM * (on - today).days / days, 1)


def _years(today: date, rows: int) -> Iterator[str]:
    """Yield the quarters as lines and their names, the years in bold."""
    bottom = _TOP + rows * _ROW
    yield line(_at(today, today), _TOP - 8, _at(today, today), bottom, SOFT, width=2)
    yield text(_at(today, today) - 4, _TOP - 30, f"law as of {today}", size=11, colour=SOFT)
    for year in range(today.year, today.year + YEARS + 1):
        for month in (1, 4, 7, 10):
            on = date(year, month, 1)
            if not within(on, today):
                continue
            x = _at(on, today)
            yield line(x, _TOP - 8, x, bottom, LINE, width=1.5 if month == 1 else 0.5)
            if month == 1:
                yield text(x - 14, _TOP - 14, str(year), bold=True)


def _row(name: str, deadlines: Sequence[Deadline], today: date, top: int) -> Iterator[str]:
    middle = top + _ROW / 2
    cut = name if len(name) <= 28 else f"{name[:27]}\N{HORIZONTAL ELLIPSIS}"
    yield text(_MARGIN, middle + 4, cut)
    yield line(_MARGIN, top + _ROW, _WIDTH - _MARGIN, top + _ROW)
    order = list(_FILL)
    for each in sorted(deadlines, key=lambda deadline: -order.index(deadline.kind)):
        if within(each.on, today):
            yield _mark(each.kind, _at(each.on, today), middle)
            if each.kind is DeadlineKind.APPLIES:
                yield text(_at(each.on, today) + 9, middle + 4, str(each.count), size=11)


def _mark(kind: DeadlineKind, x: float, y: float) -> str:
    """Return the sign of a kind of date: each has a shape of its own."""
    fill = _FILL[kind]
    if kind is DeadlineKind.STEP:
        return f'<path d="M{x:g} {y - 9:g}v18" stroke="{fill}" stroke-width="3"/>'
    if kind is DeadlineKind.APPLIES:
        return f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="{fill}" stroke="{PAPER}"/>'
    if kind is DeadlineKind.EXPIRES:
        return f'<path d="M{x - 5:g} {y - 5:g}h10v10h-10z" fill="{fill}" stroke="{PAPER}"/>'
    return f'<path d="M{x - 6:g} {y - 5:g}h12l-6 11z" fill="{fill}" stroke="{PAPER}"/>'


def _legend(y: float) -> Iterator[str]:
    for number, (kind, words) in enumerate(_WORDS.items()):
        at = y + 18 * number
        yield _mark(kind, _MARGIN + 8, at - 4)
        yield text(_MARGIN + 24, at, words, size=11, colour=SOFT)
