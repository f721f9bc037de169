"""Answer tables: everything that cites one provision, one line each, with what settles it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.reports.answers import Answer, answer_of
from aiact_rules.reports.words import WIDTH, wrapped

MOST_ROWS = 32
_ORDER = (
    "violated",
    "contradiction",
    "signal",
    "unmet",
    "undetermined",
    "holds",
    "post-release",
    "upcoming",
    "recommendation",
    "met",
    "does not hold",
    "unknown",
    "does not apply",
)
_OF_SEVERAL = {"holds": "hold", "does not hold": "do not hold", "does not apply": "do not apply"}


def answers_of(decision: Decision, meant: Sequence[tuple[PackDecision, str]]) -> tuple[Answer, ...]:
    """Return how everything that a name means stands, what stands in the way of an allow first."""
    found = [answer_of(decision, pack, name) for pack, name in meant]
    return tuple(sorted(found, key=lambda answer: _ORDER.index(answer.status)))


def table_lines(
    name: str, answers: Sequence[Answer], most: int | None = MOST_ROWS, width: int = WIDTH
) -> Iterator[str]:
    """Yield answers as a table, at most so many rows; None for all."""
    counts = Counter(answer.status for answer in answers)
    said = ", ".join(_counted(counts[status], status) for status in _ORDER if counts[status])
    yield from wrapped(said, f"{name}: ", "  ", width)
    yield ""
    shown = answers if most is None or len(answers) <= most else answers[: most - 1]
    statuses = max(len(answer.status) for answer in shown)
    names = max(len(answer.id) for answer in shown)
    for answer in shown:
        waived = "" if answer.waived is None else "  (waived)"
        yield f"  {answer.status:{statuses}}  {answer.id:{names}}  {_settles(answer)}{waived}".rstrip()
    if len(shown) < len(answers):
        yield f"  and {len(answers) - len(shown)} more; --full shows all"
    yield ""
    pages = dict.fromkeys(answer.page.partition("#")[0] for answer in answers if answer.page is not None)
    laws = dict.fromkeys(answer.law for answer in answers if answer.law is not None)
    for label, where in (*(("page", page) for page in pages), *(("law", law) for law in laws)):
        yield f"  {label:4}  {where}"


def _counted(count: int, status: str) -> str:
    return f"{count} {status if count == 1 else _OF_SEVERAL.get(status, status)}"


def _settles(answer: Answer) -> str:
    """Return what settles an answer, or else what decides it: the first of it, without what it means."""
    told = answer.decided_by if answer.status == "violated" else answer.to_state or answer.decided_by or answer.why
    if not told:
        return ""
    first, more = told[0].partition(" (")[0], f" (+{len(told) - 1})" if len(told) > 1 else ""
    return (first.partition(":")[0] if answer.status == "undetermined" else first) + more
