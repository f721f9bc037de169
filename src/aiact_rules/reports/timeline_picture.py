"""The timeline as a picture: a column for each date, a band for the verdict, a row for each article."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap
from xml.sax.saxutils import escape

from aiact_rules.core.citations import in_order
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.timelines import DatedDecision, Line, Standing, Timeline, TimelineDate
from aiact_rules.reports.svg import INK, SOFT, level_line, rectangle, sheet, text
from aiact_rules.reports.timeline_text import line_title, tally, title_of
from aiact_rules.reports.words import article_of

_MARGIN, _LABELS, _COLUMN, _GAP = 24, 92, 118, 6
_BAND, _ROW, _EVENT_LINE, _EVENT_LINES = 30, 20, 13, 5

_VERDICT = {Verdict.ALLOW: "#2f7d4f", Verdict.HOLD: "#b26a00", Verdict.BLOCK: "#a3262a"}
# Fill and text of a status; told apart by lightness too, and the number of obligations stands in each part.
_STATUS = {
    Status.BREACHED: ("#a3262a", "#ffffff", "breached"),
    Status.OPEN: ("#e9a23b", "#2b1d00", "open"),
    Status.CONDITION: ("#f4dfb4", "#4a3c17", "owed later or afterwards"),
    Status.MET: ("#4f9d6e", "#ffffff", "met"),
    Status.ADVICE: ("#c9d6ea", "#23324d", "advice"),
    Status.UPCOMING: ("#ffffff", "#5a6472", "to come"),
}


def render_svg(timeline: Timeline) -> str:
    """Return a timeline as an SVG picture that needs nothing else to be shown."""
    return "\n".join(_Picture(timeline).elements()) + "\n"


class _Picture:
    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.width = max(560, 2 * _MARGIN + _LABELS + _COLUMN * len(timeline.dates))
        self.y = 0

    def elements(self) -> Iterator[str]:
        body = list(self._body())
        height = self.y + _MARGIN
        name = f"How the verdict on {title_of(self.timeline)} changes from date to date"
        yield from sheet(self.width, height, name, body)

    def _body(self) -> Iterator[str]:
        self.y = _MARGIN + 14
        room = int((self.width - 2 * _MARGIN) / 8.2)
        for line in wrap(title_of(self.timeline), room):
            yield text(_MARGIN, self.y, line, size=16, bold=True)
            self.y += 20
        laws = ", ".join(pack.pack_at.pack.title for pack in self.timeline.first.packs)
        known = f"{laws}. Days to come are judged by the law as known on {self.timeline.known_on}."
        for line in wrap(known, int((self.width - 2 * _MARGIN) / 6)):
            yield text(_MARGIN, self.y, line, colour=SOFT)
            self.y += 16
        self.y += 12
        yield from self._dates()
        for way in self.timeline.lines:
            yield from self._panel(way)
        yield from self._legend()

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
            yield rectangle(x, self.y, width, _BAND, _VERDICT[judged.verdict], radius=3)
            yield text(
                x + width / 2,
                self.y + 20,
                judged.verdict.value.upper(),
                size=14,
                bold=True,
                colour="#ffffff",
                middle=True,
            )
            yield "</g>"
        self.y += _BAND + 8
        for article in in_order(_articles([judged for judged in days if judged is not None])):
            yield from self._row(article, days)
        self.y += 10

    def _row(self, article: str, days: Sequence[DatedDecision | None]) -> Iterator[str]:
        yield level_line(_MARGIN, self.width - _MARGIN, self.y)
        yield text(_MARGIN, self.y + 14, article)
        for index, judged in enumerate(days):
            if judged is None:
                continue
            obligations = [
                obligation for obligation in judged.obligations.values() if article_of(obligation.provision) == article
            ]
            yield from self._cell(self._column(index), article, obligations)
        self.y += _ROW

    def _cell(self, left: float, article: str, obligations: Sequence[Standing]) -> Iterator[str]:
        counts = {status: sum(obligation.status is status for obligation in obligations) for status in _STATUS}
        shown = {status: count for status, count in counts.items() if count}
        if not shown:
            return
        said = ", ".join(f"{count} {_STATUS[status][2]}" for status, count in shown.items())
        yield f"<g><title>{escape(f'{article}: {said}')}</title>"
        x = left
        for status, width in _widths(shown, _COLUMN - _GAP).items():
            fill, ink, _ = _STATUS[status]
            dashes = ' stroke-dasharray="2 2"' if status is Status.UPCOMING else ""
            stroke = f' stroke="{SOFT if status is Status.UPCOMING else fill}"{dashes}'
            yield rectangle(x + 0.5, self.y + 3, width - 1, _ROW - 6, fill, radius=2, more=stroke)
            yield text(x + width / 2, self.y + 14, str(shown[status]), size=10, colour=ink, middle=True)
            x += width
        yield "</g>"

    def _legend(self) -> Iterator[str]:
        self.y += 14
        x: float = _MARGIN
        for status, (fill, _, words) in _STATUS.items():
            width = 22 + 6.2 * len(words) + 14
            if x + width > self.width - _MARGIN:
                x = _MARGIN
                self.y += 18
            dashes = f' stroke="{SOFT}" stroke-dasharray="2 2"' if status is Status.UPCOMING else ""
            yield rectangle(x, self.y - 10, 14, 12, fill, radius=2, more=dashes)
            yield text(x + 20, self.y, words, size=11, colour=SOFT)
            x += width
        self.y += 16
        yield text(_MARGIN, self.y, "Each number counts obligations of that article.", size=11, colour=SOFT)


def _widths(shown: Mapping[Status, int], room: float) -> dict[Status, float]:
    """Share the room by number, with enough for a number in each part."""
    least = 18.0
    spare = room - least * len(shown)
    total = sum(shown.values())
    return {status: least + spare * count / total for status, count in shown.items()}


def _articles(judged: Sequence[DatedDecision]) -> list[str]:
    return list(
        dict.fromkeys(article_of(obligation.provision) for each in judged for obligation in each.obligations.values())
    )


def _marks(timeline: Timeline, day: TimelineDate) -> Iterator[str]:
    if day.on == timeline.released_on:
        yield "the release's own date"
    if day.on == timeline.known_on:
        yield "law known up to here"
    for event in day.events:
        yield str(event.provision if event.provision and not event.changes_text else event)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
