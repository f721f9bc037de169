"""Message: a judgement in a few lines, for the screen of whoever wanted to release something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.printable import printable
from aiact_rules.core.words import counted
from aiact_rules.decision_log.acts import Outcome
from aiact_rules.reports.alarms import alarms_of
from aiact_rules.reports.escapes import harmless
from aiact_rules.reports.remarks import is_let_pass, remarks_of
from aiact_rules.reports.rows import row
from aiact_rules.reports.words import release_of
from aiact_rules.reports.work_table import work_of

MOST_RELEASES = 5
_MOST_LINES = 3
_SAID = {Outcome.ALLOWED: "allowed", Outcome.REFUSED: "refused", Outcome.UNDECIDED: "refused, nothing could be decided"}


def message_lines(action: str, outcome: Outcome, batch: Batch, notes: Sequence[str] = ()) -> Iterator[str]:
    """Yield what was to be done and what became of it, then each release that does not simply pass, the worst first.

    What a terminal or a log of CI would obey is escaped.
    """
    for line in _lines(action, outcome, batch):
        yield harmless(printable(line))
    yield from (harmless(printable(f"  note: {note}")) for note in notes)


def _lines(action: str, outcome: Outcome, batch: Batch) -> Iterator[str]:
    yield f"aiact-rules: {_SAID[outcome]}: {action}"
    for problem in batch.problems:
        yield from (f"  {line}" for line in str(problem).splitlines())
    told = sorted(
        (item for item in batch.items if _is_told(item)), key=lambda item: (item.passes, item.word != "error")
    )
    for item in told[:MOST_RELEASES]:
        yield from _item(item)
    if len(told) > MOST_RELEASES:
        yield f"  and {counted(len(told) - MOST_RELEASES, 'more release')}"
    if outcome is Outcome.ALLOWED:
        for item in batch.items:
            ids = ", ".join(decision.decision_id for decision in item.decisions)
            yield f"  {item.word}  {_name(item)}  {ids}"


def _is_told(item: Item) -> bool:
    return not item.passes or is_let_pass(item)


def _name(item: Item) -> str:
    return next(filter(None, map(release_of, item.decisions)), item.name)


def _item(item: Item) -> Iterator[str]:
    for problem in item.problems:
        yield from (f"  {line}" for line in str(problem).splitlines())
    if item.answer is None:
        return
    yield f"  {row(item)}"
    yield from (f"    {remark}" for remark in remarks_of(item) if remark.warns)
    for decision in item.decisions:
        if decision.passes:
            continue
        yield from _decision(decision, named=len(item.decisions) > 1)


def _decision(decision: Decision, *, named: bool) -> Iterator[str]:
    if named and decision.operator:
        yield f"    {decision.operator}: {decision.verdict.value}"
    alarms, work = alarms_of(decision), work_of(decision)
    yield from (f"    {alarm.kind}: {alarm.reason}" for alarm in alarms[:_MOST_LINES])
    if len(alarms) > _MOST_LINES:
        yield f"    and {len(alarms) - _MOST_LINES} more violated, contradictory or signalled"
    for each in work[:_MOST_LINES]:
        unmet, undetermined = each.counts
        yield f"    {each.name}: {unmet} unmet, {undetermined} undetermined"
    if len(work) > _MOST_LINES:
        yield f"    and {counted(len(work) - _MOST_LINES, 'more document or provision', 'more documents or provisions')}"
    needs = [(pack, need.fact) for pack in decision.packs for need in pack.needs]
    for pack, fact in needs[:_MOST_LINES]:
        yield f"    state {fact}: {pack.question(fact)}"
    if len(needs) > _MOST_LINES:
        yield f"    and {counted(len(needs) - _MOST_LINES, 'more open question')}"
    yield f"    decision {decision.decision_id}"
