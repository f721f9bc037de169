"""Consequences: what an answer did, said at once and again at the end, with the lines that it rests on."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Sureness
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.words import in_words
from aiact_rules.interview.grounds import contradiction, statements
from aiact_rules.interview.interview import Interview, Reply
from aiact_rules.interview.laws import cited
from aiact_rules.interview.questions import pending

_MOST = 3


def consequences(before: Decision, after: Decision, facts: Collection[str]) -> tuple[str, ...]:
    """Return what answers about these facts made violated or contradictory; nothing for an answer without harm."""
    lines: list[str] = []
    known = {(pack.pack_id, f.id) for pack, f in _bad(before)}
    for pack, finding in _bad(after):
        if (pack.pack_id, finding.id) in known:
            continue
        if finding.status is Status.BREACHED:
            lines.append(f"This blocks the release. {violation(after, pack, finding, facts)}")
        else:
            said = contradiction(after, finding)
            lines.append(f"This contradicts what is stated. {said[:1].upper()}{said[1:]}")
    if len(lines) > _MOST:
        lines[_MOST:] = [f"{len(lines) - _MOST} more findings, which `aiact-rules check` lists."]
    return tuple(lines)


def violation(decision: Decision, pack: PackDecision, finding: Finding, facts: Collection[str] = ()) -> str:
    """Return a finding that is violated, with its law and the statements that it rests on, those in `facts` first."""
    provision = cited(decision, pack.pack_at.pack, finding.provision)
    said = "; ".join(statements(decision, finding, facts))
    return f"{provision} is violated" + (f" by {said}" if said else "") + f". Required: {finding.must}"


def closing(interview: Interview) -> Iterator[str]:
    """Yield how an interview ended: the verdict, why, and for what it was assessed, each a paragraph."""
    decision = interview.decision
    skipped, unknown = interview.replied(Reply.SKIPPED), interview.replied(Reply.UNKNOWN)
    parts = []
    if decision.verdict is Verdict.HOLD:
        for questions, what in ((skipped, "skipped"), (unknown, "answered with `don't know`")):
            if questions:
                names = ", ".join(fact for question in questions for fact in question.facts)
                parts.append(f"{_counted(len(questions), 'question')} {what}: {names}")
        if waiting := pending(decision, interview.passed):
            parts.append(f"{_counted(len(waiting), 'question')} not put yet")
        if not parts:
            left = [f for pack, f in _gating(decision)]
            parts.append(f"{_counted(len(left), 'finding')} open, which no question here settles")
        yield f"HOLD, {'; '.join(parts)}"
    elif decision.verdict is Verdict.BLOCK:
        for pack, finding in _gating(decision):
            if finding.status is Status.BREACHED:
                yield f"BLOCK: {violation(decision, pack, finding, _last_answer(interview, finding))}"
                break
    else:
        later = [f for pack in decision.packs for f in pack.findings if f.status is Status.UPCOMING and f.start]
        day = min((f.start.on for f in later if f.start is not None), default=None)
        more = (
            ""
            if day is None
            else f"; {_counted(len(later), 'obligation')} may apply later, the first from {day} (`aiact-rules timeline` shows them)"
        )
        yield f"ALLOW: nothing that applies on this date is open{more}"


def _last_answer(interview: Interview, finding: Finding) -> tuple[str, ...]:
    """Return the facts of the last question on whose answer a finding rests; none where it rests on no answer."""
    asked = (turn.question.facts for turn in reversed(interview.turns))
    return next((facts for facts in asked if not {*finding.facts}.isdisjoint(facts)), ())


def assessed_for(decision: Decision) -> str:
    """Return what was assessed, and what of it nobody stated."""
    step = in_words(decision.moment) if decision.moment else "release step not stated"
    date = decision.facts.value("release.date")
    defaults = [
        key
        for key, fact in (("moment", "release.moment"), ("release_date", "release.date"))
        if fact in decision.facts and decision.facts[fact].origin.sureness is Sureness.DECLARED_BY_DEFAULT
    ]
    assumed = (
        f" (default values; state {' and '.join(f'`{key}`' for key in defaults)} to change them)" if defaults else ""
    )
    return f"Assessed for: {step}, {date}{assumed}"


def _gating(decision: Decision) -> Iterator[tuple[PackDecision, Finding]]:
    for pack in decision.packs:
        if pack.verdict is None:
            continue
        names = tuple(pack.pack_at.obligations)
        for index, status, _ in pack.statuses:
            if status.gates and (finding := pack.finding(names[index])) is not None:
                yield pack, finding


def _bad(decision: Decision) -> Iterator[tuple[PackDecision, Finding]]:
    """Yield what is violated, and what contradicts itself for certain."""
    for pack, finding in _gating(decision):
        if finding.status is Status.BREACHED or (finding.kind is Kind.CONTRADICTION and finding.certain):
            yield pack, finding


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
