"""A history as a picture: a column for each text of the Act, a row for each thing that one of them asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from xml.sax.saxutils import escape

from aiact_rules.history.history import History, Owed, Topic, VersionDecision
from aiact_rules.history.text import class_of, places_of
from aiact_rules.reports.svg import INK, PAPER, SOFT, level_line, rectangle, sheet, text

_MARGIN, _LABELS, _COLUMN, _GAP, _ROW = 24, 214, 118, 8, 26
_GAINED, _LOST = "#1f6f43", "#a3262a"
# Fill, line and words of each answer; told apart by the line and the words too, not by colour alone.
_CELL = {
    Owed.YES: ("#cfe0f5", "#3f6ea8", "applies, with the provision"),
    Owed.PERHAPS: ("#ffffff", "#3f6ea8", "undetermined: a fact is missing"),
    Owed.NOT_HELD: ("#eef0f3", "#c3c9d1", "text not held"),
}


def render_svg(history: History) -> str:
    """Return a history as an SVG picture that needs nothing else to be shown."""
    return "\n".join(_Picture(history).elements()) + "\n"


class _Picture:
    def __init__(self, history: History) -> None:
        self.history = history
        self.width = 2 * _MARGIN + _LABELS + _COLUMN * len(history.versions)
        self.y = 0

    def elements(self) -> Iterator[str]:
        body = list(self._body())
        height = self.y + _MARGIN
        name = f"What each text of the EU AI Act asks of {self.history.subject}"
        yield from sheet(self.width, height, name, body)

    def _body(self) -> Iterator[str]:
        self.y = _MARGIN + 14
        yield text(_MARGIN, self.y, self.history.subject, size=17, bold=True)
        self.y += 19
        yield text(_MARGIN, self.y, "Under each text of the EU AI Act, judged as if it applied in full", colour=SOFT)
        self.y += 30
        yield from self._heads()
        for topic in self.history.topics:
            yield from self._row(topic)
        yield level_line(_MARGIN, self.width - _MARGIN, self.y)
        if not self.history.topics:
            self.y += 22
            yield text(_MARGIN, self.y, "No text asks for anything.", colour=SOFT)
        yield from self._legend()

    def _column(self, index: int) -> int:
        return _MARGIN + _LABELS + index * _COLUMN

    def _heads(self) -> Iterator[str]:
        top, deepest = self.y, 0
        for index, judged in enumerate(self.history.versions):
            x = self._column(index)
            yield f"<g><title>{escape(judged.version.document)}</title>"
            yield text(x, top, judged.version.key, size=14, bold=True)
            yield text(x, top + 15, judged.version.date.isoformat(), size=11, colour=SOFT)
            lines = wrap(class_of(judged), 18, break_on_hyphens=False)
            for number, line in enumerate(lines):
                yield text(x, top + 33 + number * 13, line, size=11)
            yield "</g>"
            deepest = max(deepest, len(lines))
        self.y = top + 33 + deepest * 13
        yield from self._counts()

    def _counts(self) -> Iterator[str]:
        self.y += 6
        yield text(_MARGIN, self.y, "gained and lost at this text", size=11, colour=SOFT)
        for index, judged in enumerate(self.history.versions):
            x = self._column(index)
            if judged.compared_with is None:
                yield text(x, self.y, "not comparable" if index else "first text", size=11, colour=SOFT)
                continue
            yield text(x, self.y, f"+{len(judged.gained)}", size=12, bold=True, colour=_GAINED)
            yield text(x + 34, self.y, f"\N{MINUS SIGN}{len(judged.lost)}", size=12, bold=True, colour=_LOST)
        self.y += 12

    def _row(self, topic: Topic) -> Iterator[str]:
        yield level_line(_MARGIN, self.width - _MARGIN, self.y)
        yield text(_MARGIN, self.y + 17, topic.title[:38])
        for index, judged in enumerate(self.history.versions):
            yield from self._cell(self._column(index), topic, judged)
        self.y += _ROW

    def _cell(self, x: int, topic: Topic, judged: VersionDecision) -> Iterator[str]:
        owed = judged.owed(topic.key)
        gained = any(asked.topic.key == topic.key for asked in judged.gained)
        lost = any(asked.topic.key == topic.key for asked in judged.lost)
        width = _COLUMN - _GAP
        if lost:
            yield text(x, self.y + 17, "\N{MINUS SIGN} lost", size=11, colour=_LOST)
        if owed is Owed.NO:
            return
        fill, line, words = _CELL[owed]
        asked = judged.asked.get(topic.key)
        articles = places_of(asked) if asked is not None else ()
        told = f"{judged.version.key}, {topic.title}: {', '.join(articles) or words}"
        yield f"<g><title>{escape(told)}</title>"
        dashes = ' stroke-dasharray="3 2"' if owed is Owed.PERHAPS else ""
        yield rectangle(x - 4, self.y + 4, width, _ROW - 8, fill, radius=3, more=f' stroke="{line}"{dashes}')
        if gained:
            yield rectangle(x - 4, self.y + 4, 13, _ROW - 8, _GAINED, radius=3)
            yield text(x + 2.5, self.y + 17, "+", size=12, bold=True, colour="#ffffff", middle=True)
        room = width - (20 if gained else 8)
        start = x + (13 if gained else 1)
        said = _fitting(articles, int(room / 5.6)) if articles else "not held"
        yield text(start, self.y + 17, said, size=11, colour=INK if articles else SOFT)
        yield "</g>"

    def _legend(self) -> Iterator[str]:
        self.y += 26
        x: float = _MARGIN
        for fill, line, words in _CELL.values():
            dashes = ' stroke-dasharray="3 2"' if fill == PAPER else ""
            yield rectangle(x, self.y - 11, 20, 14, fill, radius=3, more=f' stroke="{line}"{dashes}')
            yield text(x + 27, self.y, words, size=11, colour=SOFT)
            x += 27 + 6 * len(words) + 16
        for sign, colour, words in (("+", _GAINED, "gained"), ("\N{MINUS SIGN}", _LOST, "lost")):
            yield text(x, self.y, sign, size=13, bold=True, colour=colour)
            yield text(x + 12, self.y, words, size=11, colour=SOFT)
            x += 70
        self.y += 18
        than = "Gained and lost: than under the nearest text before that is held as a whole. Earlier texts inform and never gate."
        yield text(_MARGIN, self.y, than, size=11, colour=SOFT)


def _fitting(articles: Sequence[str], most: int) -> str:
    """Join as many articles as there is room for."""
    said = ", ".join(articles)
    kept = list(articles)
    while len(said) > most and len(kept) > 1:
        kept.pop()
        said = ", ".join(kept) + ", …"
    return said if len(said) <= most else said[: most - 1] + "…"
