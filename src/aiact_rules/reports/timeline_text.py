"""The timeline as text: a verdict for each date that matters, then what changes on it, for 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiact_rules.core.statuses import Status
from aiact_rules.core.timelines import (
    IN_FORCE,
    Change,
    Changed,
    DatedDecision,
    Line,
    Standing,
    Timeline,
    TimelineDate,
)
from aiact_rules.reports.words import counted_by_article, release_of, roles_of, step_of, wrapped

_CHANGE = {
    Change.GAINED: "now applies",
    Change.LOST: "no longer applies",
    Change.ANNOUNCED: "upcoming",
    Change.DROPPED: "no longer upcoming",
}


def render_text(timeline: Timeline) -> str:
    """Return a timeline as lines of text."""
    return "\n".join(_lines(timeline)) + "\n"


def title_of(timeline: Timeline) -> str:
    """Return the release and the operator of a timeline."""
    decision = timeline.first
    subject = release_of(decision) or "the release"
    roles = roles_of(decision, " and ") or "role not stated"
    who = roles if decision.operator is None else f"{decision.operator}, {roles}"
    return f"{subject} ({who}; {step_of(decision)})"


def line_title(timeline: Timeline, line: Line) -> str:
    """Return in words which release one line of the timeline judges."""
    if line is Line.NEW:
        return "the step taken that day, with nothing like it on the market before"
    design = "its design significantly changed" if timeline.design_changed else "its design not significantly changed"
    return f"on the market since {timeline.released_on}, {design} ({', '.join(timeline.spared_by)})"


KINDS = (
    "violated",
    "to settle",
    "unmet",
    "undetermined",
    "post-release",
    "perhaps post-release",
    "met",
    "recommendations",
    "upcoming",
)
"""The ways in which something can stand on a date, in words: signals and contradictions are there to be settled."""


def kind_of(standing: Standing) -> str:
    """Return how something stands on a date, in one of the words of `KINDS`."""
    if standing.status is Status.OPEN:
        return "undetermined" if not standing.certain else "to settle" if standing.is_signal else "unmet"
    if standing.status is Status.CONDITION and not standing.certain:
        return "perhaps post-release"
    return _OF_STATUS[standing.status]


_OF_STATUS = {
    Status.BREACHED: "violated",
    Status.CONDITION: "post-release",
    Status.MET: "met",
    Status.ADVICE: "recommendations",
    Status.UPCOMING: "upcoming",
}


def tally(judged: DatedDecision) -> str:
    """Count the obligations by how they stand: `3 violated, 12 unmet, 5 met`."""
    kinds = [kind_of(each) for each in judged.obligations.values()]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in KINDS if kind in kinds) or "nothing applies"


def _lines(timeline: Timeline) -> Iterator[str]:
    yield from wrapped(f"TIMELINE  {title_of(timeline)}", "", " " * 10)
    laws = ", ".join(pack.pack_at.pack.title for pack in timeline.first.packs)
    yield from wrapped(f"law:      {laws}; dates to come by the law as of {timeline.known_on}", "", " " * 10)
    yield ""
    both = len(timeline.lines) > 1
    for letter, line in zip("AB", timeline.lines, strict=False):
        yield from wrapped(f"{letter}  {line_title(timeline, line)}" if both else line_title(timeline, line), "", "   ")
    yield ""
    yield f"{'date':12}{'A':9}B" if both else "date"
    for day in timeline.dates:
        yield from _row(timeline, day)
    yield ""
    for day in timeline.dates:
        yield from _changes_on(timeline, day)


def _row(timeline: Timeline, day: TimelineDate) -> Iterator[str]:
    verdicts = ""
    for line in timeline.lines:
        judged = day.judged(line)
        verdicts += f"{'-' if judged is None else judged.verdict.value.upper():9}"
    yield from wrapped(
        "; ".join(marks_of(timeline, day)), f"{day.on.isoformat():12}{verdicts}", " " * (12 + len(verdicts))
    )


def marks_of(timeline: Timeline, day: TimelineDate) -> Iterator[str]:
    """Yield what happens on a date: the release, the end of what is known of the law, and what the law has then."""
    if day.on == timeline.released_on:
        yield "the release date"
    if day.on == timeline.known_on:
        yield "law as of this date"
    yield from (str(event) for event in day.events)


def _changes_on(timeline: Timeline, day: TimelineDate) -> Iterator[str]:
    same = day.on_market is None or (
        day.on_market.obligations == day.new.obligations and day.on_market.asks == day.new.asks
    )
    for letter, line in zip("AB", timeline.lines, strict=False):
        judged = day.judged(line)
        if judged is None or (line is Line.ON_MARKET and same):
            continue
        changes = day.changes.get(line)
        if changes == ():
            continue
        which = f" {letter}" if len(timeline.lines) > 1 and not same else ""
        yield from wrapped(f"{day.on}{which}  {judged.verdict.value.upper()}: {tally(judged)}", "", " " * 14)
        if changes is None:
            yield from _standing(judged)
        else:
            yield from _changes(changes)
        yield from _question(judged)
        yield ""


def _question(judged: DatedDecision) -> Iterator[str]:
    """Return the answer that would decide most on that date, where something is open."""
    needs = [(pack, need) for pack in judged.decision.packs for need in pack.needs]
    if needs:
        pack, first = max(needs, key=lambda each: each[1].decides)
        yield from wrapped(f"state first: {pack.question(first.fact)} ({first.fact})", "  ", "    ")


def _standing(judged: DatedDecision) -> Iterator[str]:
    for title, statuses in (("applies", IN_FORCE), ("upcoming", frozenset({Status.UPCOMING}))):
        yield from _articles(
            title, [obligation for obligation in judged.obligations.values() if obligation.status in statuses]
        )


def _changes(changes: Sequence[Changed]) -> Iterator[str]:
    for change in Change:
        found = [changed for changed in changes if changed.change is change]
        if change in (Change.CHANGED, Change.MOVED):
            yield from _between(found)
            continue
        yield from _articles(_CHANGE[change], [changed.obligation for changed in found])


def _between(changes: Sequence[Changed]) -> Iterator[str]:
    groups: dict[str, list[Standing]] = {}
    for changed in changes:
        assert changed.before is not None
        assert changed.now is not None
        was, now = kind_of(changed.before), kind_of(changed.now)
        if changed.change is Change.MOVED and changed.before.applies_from != changed.now.applies_from:
            title = f"moved from {changed.before.applies_from} to {changed.now.applies_from}"
        else:
            perhaps = "applies" if changed.now.certain else "may apply"
            title = f"{was}, now {now}" if was != now else f"{now}, now {perhaps}"
        groups.setdefault(title, []).append(changed.obligation)
    for title, obligations in groups.items():
        yield from _articles(title, obligations)


def _articles(title: str, obligations: Sequence[Standing]) -> Iterator[str]:
    for certain in (True, False):
        found = [obligation for obligation in obligations if obligation.certain is certain]
        if not found:
            continue
        dates: dict[str, list[Standing]] = {}
        for obligation in found:
            upcoming = obligation.status is Status.UPCOMING and obligation.applies_from is not None
            dates.setdefault(f" from {obligation.applies_from}" if upcoming and "from" not in title else "", []).append(
                obligation
            )
        for when, listed in sorted(dates.items()):
            text = counted_by_article(obligation.provision for obligation in listed)
            unsure = "" if certain else ", if it applies at all"
            yield from wrapped(text, f"  {title}{when}{unsure} ({len(listed)}): ", "    ")
