"""The text report: for a person at a terminal, without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.chains import Chain
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Problem
from aiact_rules.reports.escapes import harmless
from aiact_rules.reports.remarks import NOTHING_JUDGED, left_out_of, remarks_of
from aiact_rules.reports.rows import count_line, details_line, quiet_row, row_lines, summary_row
from aiact_rules.reports.words import WIDTH, wrapped


class Detail(Enum):
    """How much is said of each release: a screen (of several, a line each), a line with or without a tally.

    `BRIEF` is a dozen lines for any number of releases, and the screen of one.
    """

    SCREEN = "screen"
    SUMMARY = "summary"
    QUIET = "quiet"
    BRIEF = "brief"


class TextReport:
    """Writes a batch for a person: one release as a screen, several as a line each, and everything where that is asked for."""

    name = "text"

    def __init__(self, width: int = WIDTH, detail: Detail = Detail.SCREEN) -> None:
        self._width = width
        self._detail = detail

    def render(self, batch: Batch) -> str:
        """Return the batch as lines of text."""
        return harmless("".join(f"{line}\n" for line in self._lines(batch)))

    def _lines(self, batch: Batch) -> Iterator[str]:
        several = len(batch.items) > 1
        if self._detail is Detail.BRIEF and (several or batch.problems or not batch.items):
            from aiact_rules.reports.brief import brief_lines  # only hooks need it

            yield from brief_lines(batch, self._width)
            return
        for item in batch.items:
            if item.answer is None:
                yield f"ERROR  {printable(item.name)}"
                yield from problem_lines(item.problems)
            else:
                yield from self._item(item, full=batch.full, several=several)
        if batch.problems:
            yield f"ERROR  {'not everything was judged' if batch.items else NOTHING_JUDGED}"
            yield from problem_lines(batch.problems)
        elif not batch.items:
            yield f"NONE  {NOTHING_JUDGED}"
        if self._detail is not Detail.QUIET:
            if several:
                yield from ("", count_line(batch))
                if not batch.full and (details := details_line(batch)) is not None:
                    yield details
            if (left_out := left_out_of(batch)) is not None:
                yield from wrapped(f"left out: {left_out}", "", " " * 10, self._width)

    def _item(self, item: Item, *, full: bool, several: bool) -> Iterator[str]:
        if self._detail is Detail.QUIET:
            yield quiet_row(item)
        elif self._detail is Detail.SUMMARY:
            yield summary_row(item)
        elif full:
            yield from ((f"== {printable(item.name)}", "") if several else ())
            yield from _full(item)
            yield from (("",) if several else ())
        elif several:
            yield from row_lines(item, self._width)
        else:
            yield from _screen(item, self._width)


def _screen(item: Item, width: int) -> Iterator[str]:
    if isinstance(item.answer, Chain):
        from aiact_rules.reports.chain_screen import chain_screen  # only chains need it

        yield from chain_screen(item, item.answer, width)
        return
    from aiact_rules.reports.screen import decision_lines

    (decision,) = item.decisions
    yield from decision_lines(item, decision, width)


def _full(item: Item) -> Iterator[str]:
    if isinstance(item.answer, Chain):
        from aiact_rules.reports.matrix import chain_lines

        yield from chain_lines(item.answer, remarks_of(item))
        return
    from aiact_rules.reports.full_text import full_lines

    (decision,) = item.decisions
    yield from full_lines(decision, remarks_of(item))


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield problems as indented lines, each with its place and its hint."""
    for problem in problems:
        place = "" if problem.place is None else f"{problem.place}: "
        yield from wrapped(printable(f"{place}{problem.message}"), "  ", "      ")
        if problem.hint is not None:
            yield from wrapped(printable(problem.hint), "    ", "      ")
