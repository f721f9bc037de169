"""Rows: many releases, one line each, and a line that counts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.printable import printable
from aiact_rules.core.tallies import tally_of
from aiact_rules.core.words import counted
from aiact_rules.reports.alarms import alarms_of
from aiact_rules.reports.remarks import is_let_pass, remarks_of
from aiact_rules.reports.screen import alarm_lines, gating_words
from aiact_rules.reports.words import WIDTH, wrapped

_INDENT = " " * 7
_LINES_OF_ALARMS = 4
_VERDICTS = {"allow": "allowed", "hold": "held", "block": "blocked"}


def quiet_row(item: Item) -> str:
    """Return one release as its verdict and its name, and that it passes where its verdict alone would not say so."""
    return f"{item.word.upper():5}  {printable(item.name)}{' (passes all the same)' if is_let_pass(item) else ''}"


def summary_row(item: Item) -> str:
    """Return one release as a line with how many obligations stand in which way."""
    tally = tally_of(*item.decisions)
    return _line(item, tally.said() if tally.gating else ("nothing unmet", *tally.said()))


def row(item: Item) -> str:
    """Return one release as a line with how many obligations stand in the way."""
    return _line(item, gating_words(tally_of(*item.decisions)))


def _line(item: Item, counts: Iterable[str]) -> str:
    operators = [counted(len(item.decisions), "operator")] if len(item.decisions) > 1 else []
    return f"{quiet_row(item)}: {', '.join([*counts, *operators])}"


def row_lines(item: Item, width: int = WIDTH) -> Iterator[str]:
    """Yield one release of many: its line, what warns beside its verdict, and what is violated or contradicts itself."""
    yield from wrapped(row(item), "", _INDENT, width)
    for remark in remarks_of(item):
        if remark.warns:
            yield from wrapped(str(remark), _INDENT, _INDENT + "  ", width)
    alarms = tuple(dict.fromkeys(alarm for decision in item.decisions for alarm in alarms_of(decision)))
    yield from alarm_lines(alarms, _INDENT, width, _LINES_OF_ALARMS)


def count_line(batch: Batch) -> str:
    """Return how many releases went which way: `3 releases: 1 allowed, 1 held, 1 blocked, 0 errors`."""
    counts = [f"{sum(item.word == word for item in batch.items)} {said}" for word, said in _VERDICTS.items()]
    errors = sum(item.word == "error" for item in batch.items)
    passing = sum(is_let_pass(item) for item in batch.items)
    line = f"{counted(len(batch.items), 'release')}: {', '.join(counts)}, {counted(errors, 'error')}"
    return f"{line}; {passing} of those held or blocked pass all the same" if passing else line


def details_line(batch: Batch) -> str | None:
    """Return how to see more, where some release is not simply allowed."""
    if all(item.word == "allow" for item in batch.items):
        return None
    return "details: aiact-rules check with one of the paths, or with --full"
