"""The timeline as a picture: a column for each date, a band for the verdict, a row for each article."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from textwrap import wrap
from xml.sax.saxutils import escape

from aiact_rules.core.citations import article_of, in_order
from aiact_rules.core.timelines import DatedDecision, Line, Timeline, TimelineDate
from aiact_rules.reports.escapes import xml_text
from aiact_rules.reports.svg import INK, PAPER, SOFT, VERDICT, level_line, rectangle, sheet, text
from aiact_rules.reports.timeline_text import kind_of, line_title, tally, title_of

_MARGIN, _LABELS, _COLUMN, _GAP = 24, 92, 118, 6
_BAND, _ROW, _EVENT_LINE, _EVENT_LINES = 30, 20, 13, 5

# Fill and ink of each way an obligation can stand; told apart by lightness, by a word or by a sign too.
_KINDS = {
    "violated": ("#a3262a", "#ffffff", "\N{MULTIPLICATION X}"),
    "to settle": ("#d9534f", "#ffffff", "!"),
    "unmet": ("#e9a23b", "#2b1d00", "\N{WHITE CIRCLE}"),
    "undetermined": ("#f6d9a8", "#4a3c17", "?"),
    "post-release": ("#e3e0f2", "#34305a", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"),
    "perhaps post-release": ("#f3f2fa", "#34305a", "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}?"),
    "met": ("#2f7d4f", "#ffffff", "\N{CHECK MARK}"),
    "recommendations": ("#c9d6ea", "#23324d", "i"),
    "upcoming": (PAPER, SOFT, "\N{HORIZONTAL ELLIPSIS}"),
}
Counts = tuple[tuple[str, int], ...]


def render_svg(timeline: Timeline) -> str:
    """Return a timeline as an SVG picture that needs nothing else to be shown."""
    return "\n".join(_Picture(timeline).elements()) + "\n"


def inner_svg(timeline: Timeline) -> str:
    """Return a timeline as a picture within a page that says itself what is judged."""
    return "".join(_Picture(timeline, titled=False).elements())


class _Picture:
    def __init__(self, timeline: Timeline, *, titled: bool = True) -> None:
        self.timeline = timeline
        self.titled = titled
        self.width = max(560, 2 * _MARGIN + _LABELS + _COLUMN * len(timeline.dates))
        self.y = 0

    def elements(self) -> Iterator[str]:
        body = list(self._body())
        height = self.y + _MARGIN
        name = f"How the verdict on {title_of(self.timeline)} changes from date to date"
        yield from sheet(self.width, height, name, body, inline=not self.titled)

    def _body(self) -> Iterator[str]:
        self.y = _MARGIN + 14
        if self.titled:
            yield from self._title()
        yield from self._dates()
        for way in self.timeline.lines:
            yield from self._panel(way)
        yield from self._legend()

    def _title(self) -> Iterator[str]:
        for line in wrap(title_of(self.timeline), int((self.width - 2 * _MARGIN) / 8.2)):
            yield text(_MARGIN, self.y, line, size=16, bold=True)
            self.y += 20
        laws = ", ".join(pack.pack_at.pack.title for pack in self.timeline.first.packs)
        known = f"{laws}. Dates to come are assessed by the law as of {self.timeline.known_on}."
        for line in wrap(known, int((self.width - 2 * _MARGIN) / 6)):
            yield text(_MARGIN, self.y, line, colour=SOFT)
            self.y += 16
        self.y += 12

    def _column(self, index: int) -> int:
        return _MARGIN + _LABELS + index * _COLUMN

    def _dates(self) -> Iterator[str]:
        top = self.y
        deepest = 0
        for index, day in enumerate(self.timeline.dates):
            x = self._column(index)
            own = day.on == self.timeline.released_on
            yield text(x, top, day.on.isoformat(), size=13, bold=True)
            if own:
                yield rectangle(x, top + 4, 72, 3, INK)
            lines = [line for words in _marks(self.timeline, day) for line in wrap(words, 20)]
            if len(lines) > _EVENT_LINES:
                lines = [*lines[: _EVENT_LINES - 1], "…"]
            for number, line in enumerate(lines):
                yield text(x, top + 20 + number * _EVENT_LINE, line, size=10, colour=SOFT)
            deepest = max(deepest, len(lines))
        self.y = top + 20 + deepest * _EVENT_LINE + 6

    def _panel(self, line: Line) -> Iterator[str]:
        days = [day.judged(line) for day in self.timeline.dates]
        titles = wrap(_capital(line_title(self.timeline, line)), int((self.width - 2 * _MARGIN) / 6.6))
        self.y += 14
        for title in titles:
            yield text(_MARGIN, self.y, title, size=13, bold=True)
            self.y += 16
        self.y -= 6
        yield text(_MARGIN, self.y + 20, "verdict", colour=SOFT)
        for index, judged in enumerate(days):
            if judged is None:
                yield text(self._column(index), self.y + 20, "not there yet", size=10, colour=SOFT)
                continue
            x, width = self._column(index), _COLUMN - _GAP
            yield "<g>" + f"<title>{escape(f'{judged.verdict.value}: {tally(judged)}')}</title>"
            yield rectangle(x, self.y, width, _BAND, VERDICT[judged.verdict], radius=3)
            word = judged.verdict.value.upper()
            yield text(x + width / 2, self.y + 20, word, size=14, bold=True, colour="#ffffff", middle=True)
            yield "</g>"
        self.y += _BAND + 8
        yield '<g font-size="10" text-anchor="middle">'
        counts = [None if judged is None else _counts(judged) for judged in days]
        for article in in_order(dict.fromkeys(article for each in counts if each is not None for article in each)):
            yield from self._row(article, [None if each is None else each.get(article, ()) for each in counts])
        yield "</g>"
        self.y += 10

    def _row(self, article: str, days: Sequence[Counts | None]) -> Iterator[str]:
        """Yield the row of an article. Dates between which nothing changes share one cell."""
        yield level_line(_MARGIN, self.width - _MARGIN, self.y)
        yield f'<text x="{_MARGIN}" y="{self.y + 14}" font-size="12" text-anchor="start">{escape(xml_text(article))}</text>'
        index = 0
        for shown, alike in groupby(days):
            dates = len(list(alike))
            if shown:
                yield from self._cell(self._column(index), dates * _COLUMN - _GAP, shown)
            index += dates
        self.y += _ROW

    def _cell(self, left: float, room: float, shown: Counts) -> Iterator[str]:
        x = left
        for (kind, count), width in zip(shown, _widths(shown, room), strict=True):
            fill, ink, sign = _KINDS[kind]
            yield rectangle(x + 0.5, self.y + 3, round(width - 1, 1), _ROW - 6, fill, radius=2, more=_line(kind))
            said = f"{count} {kind}"
            said = said if len(said) * 5.8 < width else f"{sign} {count}"
            yield text(round(x + width / 2, 1), self.y + 14, said, colour=ink)
            x += width

    def _legend(self) -> Iterator[str]:
        self.y += 14
        x: float = _MARGIN
        days = (day.judged(way) for day in self.timeline.dates for way in self.timeline.lines)
        shown = {kind_of(each) for judged in days if judged is not None for each in judged.obligations.values()}
        for kind, (fill, _, sign) in _KINDS.items():
            if kind not in shown:
                continue
            words = f"{sign} {kind}"
            width = 22 + 6.2 * len(words) + 14
            if x + width > self.width - _MARGIN:
                x = _MARGIN
                self.y += 18
            yield rectangle(x, self.y - 10, 14, 12, fill, radius=2, more=_line(kind))
            yield text(x + 20, self.y, words, size=11, colour=SOFT)
            x += width
        self.y += 16
        yield text(_MARGIN, self.y, "Each number counts obligations of that article.", size=11, colour=SOFT)


def _line(kind: str) -> str:
    return f' stroke="{SOFT}" stroke-dasharray="2 2"' if kind == "upcoming" else ""


def _counts(judged: DatedDecision) -> dict[str, Counts]:
    """Return for each article how many of its obligations stand in which way."""
    found: dict[str, dict[str, int]] = {}
    for each in judged.obligations.values():
        kind = kind_of(each)
        counts = found.setdefault(article_of(each.provision), dict.fromkeys(_KINDS, 0))
        counts[kind] += 1
    return {article: tuple((kind, n) for kind, n in counts.items() if n) for article, counts in found.items()}


def _widths(shown: Counts, room: float) -> list[float]:
    """Share the room by number, with enough for a number in each part."""
    least = 30.0
    spare = room - least * len(shown)
    total = sum(count for _, count in shown)
    return [least + spare * count / total for _, count in shown]


def _marks(timeline: Timeline, day: TimelineDate) -> Iterator[str]:
    if day.on == timeline.released_on:
        yield "the release date"
    if day.on == timeline.known_on:
        yield "law as of this date"
    for event in day.events:
        yield str(event.provision if event.provision and not event.changes_text else event)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
