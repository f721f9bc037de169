"""The brief text: any number of releases in a dozen lines, the worst first, for hooks that name every changed file.

A hook with more files than one list of arguments holds is called twice or more often: two calls stay below 25 lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Problem
from aiact_rules.core.words import counted
from aiact_rules.reports.remarks import left_out_of
from aiact_rules.reports.rows import count_line, details_line, row
from aiact_rules.reports.work_table import cut

MOST_LINES = 12
_WORST_FIRST = ("error", "block", "hold", "allow")


def brief_lines(batch: Batch, width: int) -> Iterator[str]:
    """Yield what refuses releases, a line each as long as there is room, and how many came out in which way.

    Nothing at all where nothing had to be judged, such as of READMEs that are no model cards.
    """
    if not batch.items and not batch.problems:
        return
    end = [count_line(batch), *filter(None, [details_line(batch)])]
    if (left_out := left_out_of(batch)) is not None:
        end.append(f"left out: {left_out}")
    rows = [*_problems(batch.problems), *(_row(item) for item in _told(batch))]
    yield from (cut(line, width) for line in _within(rows, MOST_LINES - len(end) - 1))
    if rows:
        yield ""
    yield from (cut(line, width) for line in end)


def _told(batch: Batch) -> Sequence[Item]:
    """Return what does not pass, or passes although its verdict refuses it, the worst first."""
    told = [item for item in batch.items if not item.passes or item.word != "allow"]
    return sorted(told, key=lambda item: (item.passes, _WORST_FIRST.index(item.word)))


def _row(item: Item) -> str:
    return row(item) if item.answer is not None else next(_problems(item.problems, item.name))


def _problems(problems: Sequence[Problem], name: str = "") -> Iterator[str]:
    """Yield a line for the first of some problems, with its place and how many more there are."""
    if problems:
        first = problems[0]
        place = str(first.place) if first.place is not None else name
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        yield f"ERROR  {printable(f'{place}: ' if place else '')}{printable(first.message)}{more}"


def _within(rows: Sequence[str], room: int) -> Sequence[str]:
    if len(rows) <= room:
        return rows
    shown = rows[: room - 1]
    return (*shown, f"and {counted(len(rows) - len(shown), 'more release')}")
