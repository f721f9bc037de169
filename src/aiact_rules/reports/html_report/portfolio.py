"""The portfolio: an index of several releases, their deadlines in one picture, and what is open for each in short."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.problems import Problem
from aiact_rules.core.tallies import tally_of
from aiact_rules.core.words import counted
from aiact_rules.reports.alarms import alarms_of
from aiact_rules.reports.classification import classes_of, open_classes
from aiact_rules.reports.deadline_picture import YEARS, deadlines_svg, within
from aiact_rules.reports.deadlines import Deadline, deadlines_of
from aiact_rules.reports.escapes import html
from aiact_rules.reports.groups import gating_groups
from aiact_rules.reports.html_report.cover import NO_ADVICE, said_of
from aiact_rules.reports.html_report.page import Part, problems_list, scrolling, table, terms, verdict_badge
from aiact_rules.reports.remarks import remarks_of
from aiact_rules.reports.words import release_of, roles_of, step_of

_WORDS = {"allow": "allowed", "hold": "held", "block": "blocked", "error": "not assessed"}
_ORDER = ("error", "block", "hold", "allow")
_MOST_GROUPS = 5


def portfolio(batch: Batch) -> Iterator[str]:
    """Yield the index of a batch, what could not be assessed first, and a short section for each release."""
    numbered = sorted(enumerate(batch.items, 1), key=lambda pair: _ORDER.index(pair[1].word))
    counts = [(sum(item.word == word for item in batch.items), word) for word in _WORDS]
    said = ", ".join(f"{count} {_WORDS[word]}" for count, word in counts if count)
    yield f"<h1>Portfolio: {counted(len(batch.items), 'release')}</h1>"
    as_of = sorted({pack.pack_at.as_of for decision in batch.decisions for pack in decision.packs})
    law = f"; law as of {' and '.join(map(str, as_of))}" if as_of else ""
    yield f'<p class="lead">{said}{law}</p>'
    parts = {"index": "Index", **({"deadlines": "Deadlines"} if as_of else {}), "short": "Releases in short"}
    links = " \N{MIDDLE DOT} ".join(f'<a href="#{anchor}">{said}</a>' for anchor, said in parts.items())
    yield f'<nav aria-label="Contents"><p>{links}</p></nav>'
    heads = ("Release", "Verdict", "Classification", "Roles", "Next date", "Owner", "Open work")
    rows = [_row(number, item, full=batch.full) for number, item in numbered]
    yield f'<h2 id="index">Index</h2>{table(heads, rows, kind="rows index")}'
    if as_of:
        yield f'<h2 id="deadlines">Deadlines over the next {YEARS} years</h2>'
        yield scrolling("Deadlines", _picture(batch, as_of[-1]))
    yield f"<p><small>{NO_ADVICE}</small></p>"
    yield '<h2 id="short">Releases in short</h2>'
    for number, item in numbered:
        yield f'<section id="r{number}" class="keep">'
        yield from _short(number, item, Part(3), full=batch.full)
        yield "</section>"


def name_of(item: Item) -> str:
    """Return the name of a release as stated, else that of what was read."""
    return item.name if item.answer is None else release_of(item.decisions[0]) or item.name


def _picture(batch: Batch, today: date) -> str:
    rows = []
    for item in batch.items:
        found = [each for each in _deadlines(item) if within(each.on, today)]
        if found:
            rows.append((name_of(item), found))
    rows.sort(key=lambda each: each[1][0].on)
    return deadlines_svg(rows, today) if rows else "<p>No release names a date in these years.</p>"


def _deadlines(item: Item) -> list[Deadline]:
    """Return the dates of all operators of a release, each once."""
    found = dict.fromkeys(each for decision in item.decisions for each in deadlines_of(decision))
    return sorted(found, key=lambda each: each.on)


def _row(number: int, item: Item, *, full: bool) -> tuple[str, ...]:
    name = f'<a href="#{"f" if full else "r"}{number}{"-top" if full else ""}">{html(name_of(item))}</a>'
    name += "" if name_of(item) == item.name else f"<br><small>{html(item.name)}</small>"
    if item.answer is None:
        return (name, verdict_badge(None), _told(item.problems), "", "", "", "")
    decisions = item.decisions
    today = max(pack.pack_at.as_of for decision in decisions for pack in decision.packs)
    coming = next((each for each in _deadlines(item) if each.on >= today), None)
    roles = dict.fromkeys(roles_of(decision, ", ") for decision in decisions)
    operators = [decision.operator for decision in decisions if decision.operator]
    owner = decisions[0].subject.owner or ", ".join(operators)
    passes = "<br><small>passes (waived)</small>" if item.passes and item.word != "allow" else ""
    return (
        name,
        verdict_badge(item.verdict) + passes,
        html("; ".join(dict.fromkeys(map(class_of, decisions)))),
        html("; ".join(filter(None, roles)) or "not stated"),
        "none" if coming is None else html(f"{coming.on}: {coming.says}"),
        html(owner or "not stated"),
        html(", ".join(tally_of(*decisions).said()) or "nothing applies"),
    )


def _told(problems: Sequence[Problem]) -> str:
    """Return the first problem with its place, and how many more there are."""
    if not problems:
        return "could not be assessed"
    first = problems[0]
    place = "" if first.place is None else f"<code>{html(str(first.place))}</code>: "
    more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{place}{html(first.message)}{more}"


def class_of(decision: Decision) -> str:
    """Return what a release is by law in words: its classes with the provision that decides each, and what is undetermined."""
    said = []
    for pack in decision.packs:
        parts = [
            each.label if each.deciding is None else f"{each.label}: {each.deciding.provision}"
            for each in classes_of(decision, pack)
        ]
        unknown = [each.label for each in open_classes(pack)]
        parts += [f"undetermined: {', '.join(unknown)}"] if unknown else []
        of_law = f"{pack.pack_at.pack.title}: " if len(decision.packs) > 1 else ""
        said.append(of_law + ("; ".join(parts) or "none of the classes"))
    return "; ".join(said)


def _short(number: int, item: Item, part: Part, *, full: bool) -> Iterator[str]:
    whole = f' <a href="#f{number}-top">whole page</a>' if full else ""
    yield f"{part.heading(0, html(name_of(item)))}"
    if item.answer is None:
        yield f"<p>{verdict_badge(None)}could not be assessed{whole}</p>"
        yield from problems_list(item.problems)
        return
    for remark in remarks_of(item):
        yield f"<p>{html(str(remark))}</p>"
    for decision in item.decisions:
        alarms = "".join(f"<li>{html(str(alarm))}</li>" for alarm in alarms_of(decision)[:_MOST_GROUPS])
        yield f"<p>{verdict_badge(decision.verdict)}{html(said_of(decision))}{whole}</p>"
        yield f"<ul>{alarms}</ul>" if alarms else ""
        who = ", ".join(filter(None, (decision.operator, roles_of(decision, ", ")))) or "not stated"
        rows = [
            ("Operator and roles", html(who)),
            ("Assessed for", html(f"{step_of(decision)}, {decision.facts.value(RELEASE_DATE)}")),
            ("Classification", html(class_of(decision))),
        ]
        dates = [f"{each.on}: {html(each.says)}" for each in deadlines_of(decision)]
        rows += [("Dates", "<br>".join(dates))] if dates else []
        work = list(_groups(decision))
        rows += [("Open work", "<br>".join(work))] if work else []
        rows.append(("Decision", f"<code>{html(decision.decision_id)}</code>"))
        yield terms(rows)


def _groups(decision: Decision) -> Iterator[str]:
    for pack in decision.packs:
        groups = gating_groups(pack)
        for group in groups[:_MOST_GROUPS]:
            first = "" if group.fact is None else f"; state <code>{html(group.fact.fact)}</code>"
            yield f"{html(group.title)}: {html(', '.join(group.tally.said()))}{first}"
        if len(groups) > _MOST_GROUPS:
            yield f"{len(groups) - _MOST_GROUPS} more"
