"""The screen of a chain: the release, then each of its operators in a few lines."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from aiact_rules.core.batches import Item
from aiact_rules.core.chains import Chain
from aiact_rules.core.decisions import Decision
from aiact_rules.core.printable import printable
from aiact_rules.core.words import counted
from aiact_rules.reports.alarms import alarms_of
from aiact_rules.reports.heard import notes_line
from aiact_rules.reports.remarks import remarks_of, role_changes
from aiact_rules.reports.screen import alarm_lines, command_lines, filled, laws_of, questions_of, tally_words
from aiact_rules.reports.words import WIDTH, release_of, roles_of, step_of, wrapped

_INDENT = " " * 9
_LINES_OF_ALARMS = 4
_LINES = 18


def chain_screen(item: Item, chain: Chain, width: int = WIDTH) -> Iterator[str]:
    """Yield a chain as a heading, a few lines for each operator, and what to run next."""
    word = chain.verdict.value.upper()
    strictest = f"strictest of {counted(len(chain.decisions), 'operator')}"
    first = chain.decisions[0]
    parts = [release_of(first) or printable(item.name), strictest, *laws_of(first)]
    yield from filled(parts, f"{word}  ", " " * (len(word) + 2), width)
    for remark in remarks_of(item):
        yield from wrapped(str(remark), "      ", "        ", width)
    if (noted := notes_line(first)) is not None:
        yield from wrapped(noted, "      ", "        ", width)
    yield ""
    yield from _operators(chain, width)
    yield ""
    path = shlex.quote(printable(item.argument))
    yield from command_lines([("all", f"aiact-rules check --full {path}", "who owes what")], width)


def _operators(chain: Chain, width: int) -> Iterator[str]:
    """Yield each operator in a few lines; where that is too much, in one line but for alarms, the strictest verdicts first."""
    named = list(zip(chain.operators, chain.decisions, strict=True))
    blocks = [list(_operator(name, decision, width)) for name, decision in named[:_LINES]]
    if len(named) <= _LINES and sum(map(len, blocks)) <= _LINES:
        yield from (line for block in blocks for line in block)
        return
    named.sort(key=lambda each: -each[1].verdict.severity)
    used = 0
    for number, (name, decision) in enumerate(named):
        parts = [printable(name), ", ".join(tally_words(decision))]
        lines = [next(filled(parts, _verdict(decision), _INDENT, width))]
        lines += alarm_lines(alarms_of(decision), _INDENT, width, _LINES_OF_ALARMS)
        if number and used + len(lines) > _LINES - 1:
            yield f"  and {counted(len(named) - number, 'more operator')}: --full"
            return
        used += len(lines)
        yield from lines


def _verdict(decision: Decision) -> str:
    return f"  {decision.verdict.value.upper():5}  "


def _operator(name: str, decision: Decision, width: int) -> Iterator[str]:
    roles = roles_of(decision, " and ") or "role not stated"
    named = [printable(name)] if name != roles else []
    when = f"{step_of(decision)}, {decision.facts.value('release.date')}"
    yield from filled([*named, roles, when], _verdict(decision), _INDENT, width)
    for said in role_changes(decision):
        yield from wrapped(said, _INDENT, _INDENT + "  ", width)
    yield from alarm_lines(alarms_of(decision), _INDENT, width, _LINES_OF_ALARMS)
    questions = questions_of(decision)
    state = [f"state {fact} ({count})" for fact, count in list(questions.items())[:1]]
    yield from filled([*tally_words(decision), *state], _INDENT, _INDENT, width)
