"""The HTML report: the page of one release for an auditor, or the portfolio of several."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.chains import Chain
from aiact_rules.core.timelines import Timeline
from aiact_rules.reports.escapes import html, without_commands
from aiact_rules.reports.html_report.chain import chain_cover, chain_sections
from aiact_rules.reports.html_report.cover import cover
from aiact_rules.reports.html_report.dossier import Dossier
from aiact_rules.reports.html_report.origins import origin_sections
from aiact_rules.reports.html_report.page import (
    Part,
    Section,
    contents,
    page,
    problems_list,
    scrolling,
    shown,
    table,
    verdict_badge,
)
from aiact_rules.reports.html_report.portfolio import portfolio
from aiact_rules.reports.html_report.work import capital, work_sections
from aiact_rules.reports.remarks import NOTHING_JUDGED, left_out_of, remarks_of
from aiact_rules.reports.timeline_picture import inner_svg
from aiact_rules.reports.timeline_text import line_title, marks_of, tally
from aiact_rules.reports.words import release_of


class HtmlReport:
    """Writes one release as a page for an auditor, and several as a portfolio.

    Everything is one file: it can be mailed, filed and signed as it is, and no link in it can break. With `full`, the whole
    page of each release follows the portfolio.
    """

    name = "html"

    def render(self, batch: Batch) -> str:
        """Return the batch as one page."""
        if len(batch.items) == 1:
            (item,) = batch.items
            body = _item(item, Part(), full=batch.full, alone=True)
            title = f"{item.word.upper()}: {_name(item)}"
        elif batch.items:
            body = _portfolio(batch)
            title = f"Portfolio of {len(batch.items)} releases"
        else:
            body = iter((f"<h1>{NOTHING_JUDGED.capitalize()}</h1>",))
            title = NOTHING_JUDGED
        body = chain(_not_assessed(batch), body, _left_out(batch))
        return without_commands(page(title, f"{title} - {_ids(batch)}", body))


def _name(item: Item) -> str:
    return item.name if item.answer is None else release_of(item.decisions[0]) or item.name


def _ids(batch: Batch) -> str:
    ids = [decision.decision_id for decision in batch.decisions]
    return ids[0].replace(":", " ") if len(ids) == 1 else f"{len(ids)} decisions"


def _not_assessed(batch: Batch) -> Iterator[str]:
    """Yield, before anything else, what for no single input could not be assessed."""
    if batch.problems:
        said = "not everything was assessed" if batch.items else NOTHING_JUDGED
        yield f'<div role="note"><p>{verdict_badge(None)}{said}</p>'
        yield from problems_list(batch.problems)
        yield "</div>"


def _left_out(batch: Batch) -> Iterator[str]:
    if (left_out := left_out_of(batch)) is not None:
        yield f'<p class="soft">Left out: {html(left_out)}</p>'


def _portfolio(batch: Batch) -> Iterator[str]:
    yield from portfolio(batch)
    for number, item in enumerate(batch.items if batch.full else (), 1):
        yield f'<div class="release" id="f{number}-top">'
        yield from _item(item, Part(2, f"f{number}-"), full=True)
        yield "</div>"


def _item(item: Item, part: Part, *, full: bool, alone: bool = False) -> Iterator[str]:
    answer = item.answer
    if answer is None:
        yield f"{part.heading(0, html(item.name))}<p>{verdict_badge(None)}could not be assessed</p>"
        yield from problems_list(item.problems)
    elif isinstance(answer, Chain):
        below = [Part(part.level + 1, f"{part.prefix}o{n}-") for n in range(1, len(answer.decisions) + 1)]
        yield from chain_cover(answer, part, remarks_of(item), item.timelines, below)
        yield from shown(part, chain_sections(answer))
        for name, decision, each in zip(answer.operators, answer.decisions, below, strict=True):
            dossier = Dossier(decision, each, full)
            yield f'<div class="release" id="{each.prefix}top">'
            yield from cover(dossier, (), name)
            yield from shown(each, _sections(dossier, None))
            yield "</div>"
    else:
        dossier = Dossier(answer, part, full)
        timeline = item.timelines[0] if item.timelines else None
        sections = list(_sections(dossier, timeline))
        yield from cover(dossier, remarks_of(item))
        if alone:
            yield from contents(part, sections)
        yield from shown(part, sections)


def _sections(dossier: Dossier, timeline: Timeline | None) -> Iterator[Section]:
    if timeline is not None:
        yield Section("timeline", "Timeline", list(_timeline(timeline)))
    yield from work_sections(dossier)
    yield from origin_sections(dossier)


def _timeline(timeline: Timeline) -> Iterator[str]:
    """Yield a timeline as a picture, and in words for whoever cannot see it."""
    yield f'<p class="soft">Dates to come are assessed by the law as of {timeline.known_on}.</p>'
    yield scrolling("Timeline", inner_svg(timeline))
    heads = ("Date", "What happens", *(capital(line_title(timeline, line)) for line in timeline.lines))
    rows = []
    for day in timeline.dates:
        judged = (day.judged(line) for line in timeline.lines)
        cells = ("" if each is None else f"<b>{each.verdict.value}</b>: {html(tally(each))}" for each in judged)
        rows.append((str(day.on), html("; ".join(marks_of(timeline, day))), *cells))
    yield table(heads, rows, kind="rows dates")
