"""The HTML report: one file that needs nothing else, for a screen and for paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.citations import in_order
from aiact_rules.core.decisions import Decision
from aiact_rules.core.explanation import Explanation
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.problems import Problem
from aiact_rules.core.statuses import Status
from aiact_rules.reports.escapes import html, without_commands
from aiact_rules.reports.remarks import NOTHING_JUDGED, Remark, left_out_of, remarks_of
from aiact_rules.reports.words import (
    article_of,
    bearers,
    fact_value,
    fine,
    label,
    release_of,
    roles_of,
    school_of,
    step_of,
)

_TITLE = {
    Status.BREACHED: "Breached",
    Status.OPEN: "Open",
    Status.CONDITION: "Owed at a later step or afterwards",
    Status.UPCOMING: "Not yet, but coming",
    Status.ADVICE: "Advice, which never gates",
    Status.MET: "Met",
}
_SAYS = {"allow": "may go ahead", "hold": "not yet: something is still open", "block": "may not go ahead"}
_STYLE = """
:root { --ink: #1c2430; --soft: #5a6472; --line: #d9dee5; --allow: #2f7d4f; --hold: #b26a00; --block: #a3262a; }
* { box-sizing: border-box; }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
header { border-left: .5rem solid var(--ink); padding-left: 1rem; }
header.allow, .bar.allow { border-color: var(--allow); } header.hold { border-color: var(--hold); }
header.block, header.error { border-color: var(--block); }
h1 { margin: 0; font-size: 1.6rem; } h2 { margin: 2rem 0 .5rem; font-size: 1.2rem; } h3 { margin: 1.2rem 0 .3rem; font-size: 1rem; }
table { border-collapse: collapse; width: 100%; } td, th { border-bottom: 1px solid var(--line); padding: .3rem .5rem; text-align: left;
vertical-align: top; } th { color: var(--soft); font-weight: 600; }
td:first-child { width: 11rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .5rem 0; } dt { color: var(--soft); } dd { margin: 0; }
code { font: .85em ui-monospace, monospace; overflow-wrap: anywhere; } .soft { color: var(--soft); font-size: .9em; }
details { margin: .3rem 0; } summary { cursor: pointer; } details ul { margin: 0; padding-left: 1.1rem; list-style: none; }
.yes::before { content: "yes "; font-weight: 600; } .no::before { content: "no "; color: var(--soft); }
.unknown::before { content: "not known "; color: var(--hold); }
svg text { font: 12px system-ui, sans-serif; fill: var(--ink); }
@media print { body { margin: 0; max-width: none; font-size: 10pt; } details { display: block; }
h2, h3 { break-after: avoid; } tr { break-inside: avoid; } td details::details-content { content-visibility: visible; } }
"""


class HtmlReport:
    """Writes decisions as one HTML page: verdict, questions, obligations by role, explanations, and what comes when."""

    name = "html"

    def render(self, batch: Batch) -> str:
        """Return the batch as one page."""
        body = "\n".join(_body(batch))
        names = [_name(item) for item in batch.items]
        title = ", ".join(html(name) for name in names) or NOTHING_JUDGED
        return without_commands(
            f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{title}</title>\n'
            f"<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
        )


def _name(item: Item) -> str:
    return item.name if item.answer is None else item.decisions[0].subject.name or "release"


def _body(batch: Batch) -> Iterator[str]:
    for item in batch.items:
        if item.answer is None:
            yield from _broken(item.name, "could not be judged", item.problems)
        for number, decision in enumerate(item.decisions):
            yield from _decision(decision, remarks_of(item) if number == 0 else ())
    if batch.problems:
        yield from _broken("this run", "not everything was judged" if batch.items else NOTHING_JUDGED, batch.problems)
    elif not batch.items:
        yield f'<header class="error"><h1>NONE</h1><p>{NOTHING_JUDGED}</p></header>'
    if (left_out := left_out_of(batch)) is not None:
        yield f'<p class="soft">left out: {html(left_out)}</p>'


def _broken(name: str, said: str, problems: Sequence[Problem]) -> Iterator[str]:
    yield f'<header class="error"><h1>ERROR: {html(name)}</h1><p>{said}</p></header>'
    yield "<ul>"
    for problem in problems:
        place = "" if problem.place is None else f"<code>{html(str(problem.place))}</code> "
        hint = "" if problem.hint is None else f'<div class="soft">{html(problem.hint)}</div>'
        yield f"<li>{place}{html(problem.message)}{hint}</li>"
    yield "</ul>"


def _decision(decision: Decision, remarks: Sequence[Remark]) -> Iterator[str]:
    verdict = decision.verdict.value
    name = release_of(decision) or "Release"
    yield f'<header class="{verdict}"><h1>{verdict.upper()}: {html(name)}</h1><p>{_SAYS[verdict]}</p></header>'
    if remarks:
        yield f"<ul>{''.join(f'<li>{html(str(remark))}</li>' for remark in remarks)}</ul>"
    yield "<dl>"
    rows = {
        "operator": ", ".join(part for part in (decision.operator, roles_of(decision, ", ")) if part) or "not known",
        "judged": f"{step_of(decision)} on {decision.facts.value('release.date')}",
        "documents": ", ".join(decision.subject.documents) or "none",
        "id": decision.decision_id,
    }
    for row, text in rows.items():
        yield f"<dt>{row}</dt><dd>{html(text)}</dd>"
    yield "</dl>"
    for pack in decision.packs:
        yield from _pack(decision, pack)
    yield from _facts(decision)


def _pack(decision: Decision, pack: PackDecision) -> Iterator[str]:
    basis = pack.pack_at.pack
    verdict = "informs only" if pack.verdict is None else pack.verdict.value
    yield f"<h2>{html(basis.title)}: {verdict}</h2>"
    yield f'<p class="soft">{html(basis.law)}, as known on {pack.pack_at.as_of}; pack {html(basis.version)}</p>'
    yield "<h3>Class, and why</h3>"
    for name, truth in pack.headlines.items():
        yield _tree(label(basis, name), truth, decision, name)
    yield from _questions(pack)
    groups: dict[Status, list[Finding]] = {status: [] for status in _TITLE}
    for finding in pack.findings:
        groups[finding.status].append(finding)
    for status, title in _TITLE.items():
        shown = [f for f in groups[status] if f.certain or status.gates]
        if shown:
            yield f"<h3>{title} ({len(shown)})</h3>"
            yield from (_coming(shown) if status is Status.UPCOMING else ())
            yield from _by_role(decision, pack, shown, explained=status is Status.BREACHED)
    yield from _readings(pack, decision.choices.school.value)


def _questions(pack: PackDecision) -> Iterator[str]:
    if not pack.needs:
        return
    yield "<h3>Please answer, the most decisive first</h3><ol>"
    for need in pack.needs:
        yield f"<li>{html(pack.question(need.fact))} <code>{html(need.fact)}</code></li>"
    yield "</ol>"


def _by_role(decision: Decision, pack: PackDecision, findings: Sequence[Finding], *, explained: bool) -> Iterator[str]:
    roles: dict[str, list[Finding]] = {}
    for finding in findings:
        roles.setdefault(bearers(pack.pack_at.pack, finding.roles) or "any operator", []).append(finding)
    for role, owed in roles.items():
        yield f"<table><tr><th>{html(role.capitalize())}</th><th>must</th></tr>"
        articles: dict[str, list[Finding]] = {}
        for finding in owed:
            articles.setdefault(article_of(finding.provision), []).append(finding)
        for article in in_order(articles):
            for finding in articles[article]:
                yield f"<tr><td>{html(finding.provision.split(', with ')[0])}</td><td>{_cell(decision, finding, explained)}</td></tr>"
        yield "</table>"


def _cell(decision: Decision, finding: Finding, explained: bool) -> str:
    parts = [html(finding.must)]
    if finding.evidence and finding.status.gates:
        parts.append(f'<div class="soft">would show it: {html("; ".join(finding.evidence))}</div>')
    if finding.needs:
        parts.append(f'<div class="soft">needs <code>{html(", ".join(finding.needs))}</code></div>')
    for due in finding.due_dates:
        when = f"by {due.on}" if due.on is not None else due.period
        parts.append(f'<div class="soft">{html(when)} ({html(due.provision)})</div>')
    if explained and finding.sanction is not None:
        parts.append(f'<div class="soft">a breach can cost {html(fine(finding.sanction))}</div>')
    if explained:
        parts.append(_tree("why", "yes", decision, finding.id))
    return "".join(parts)


def _tree(title: str, truth: str, decision: Decision, name: str) -> str:
    try:
        explanation = decision.explain(name)
    except KeyError:
        return f'<div class="{truth}">{html(title)}</div>'
    return f'<details><summary class="{truth}">{html(title)}</summary><ul>{_steps(explanation.parts)}</ul></details>'


def _steps(parts: Sequence[Explanation]) -> str:
    found = []
    for part in parts:
        provision = f' <span class="soft">{html(part.provision)}</span>' if part.provision else ""
        origin = f' <span class="soft">&larr; {html(part.origin)}</span>' if part.origin else ""
        note = f'<div class="soft">{html(part.note)}</div>' if part.note else ""
        inner = f"<ul>{_steps(part.parts)}</ul>" if part.parts else ""
        found.append(
            f'<li><span class="{part.truth.value}">{html(part.says)}</span>{provision}{origin}{note}{inner}</li>'
        )
    return "".join(found)


def _coming(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield a bar for each date on which something begins to apply."""
    counts: dict[str, int] = {}
    for finding in findings:
        if finding.start is not None:
            counts[finding.start.on.isoformat()] = counts.get(finding.start.on.isoformat(), 0) + 1
    most = max(counts.values(), default=1)
    size = f'width="100%" height="{28 * len(counts)}" viewBox="0 0 600 {28 * len(counts)}"'
    yield f'<svg role="img" aria-label="what begins to apply when" {size}>'
    for row, on in enumerate(sorted(counts)):
        width = 400 * counts[on] / most
        yield f'<text x="0" y="{28 * row + 18}">{on}</text>'
        yield f'<rect x="90" y="{28 * row + 5}" width="{width:.0f}" height="18" rx="2" fill="#7d8fa9"/>'
        yield f'<text x="{96 + width:.0f}" y="{28 * row + 18}">{counts[on]}</text>'
    yield "</svg>"


def _readings(pack: PackDecision, school: str) -> Iterator[str]:
    names = sorted({name for finding in pack.findings for name in finding.readings})
    if not names:
        return
    said = html(school_of(pack, school))
    yield f"<h3>Readings of open points of law that this rests on (school: {said})</h3>"
    yield "<table><tr><th>Reading</th><th>chosen</th></tr>"
    for name in names:
        reading = pack.pack_at.pack.readings[name]
        choice = pack.pack_at.choices[name]
        yield (
            f"<tr><td><code>{html(name)}</code></td><td>{html(reading.question)} <b>{html(choice)}</b>: "
            f'{html(reading.choices[choice])}<div class="soft">{html(reading.authority)}</div></td></tr>'
        )
    yield "</table>"


def _facts(decision: Decision) -> Iterator[str]:
    stated = [fact for fact in decision.facts if fact.origin.place.source not in ("vocabulary", "default")]
    yield f"<h2>Facts ({len(stated)})</h2><table><tr><th>Fact</th><th>value</th><th>from</th></tr>"
    for fact in sorted(stated, key=lambda fact: fact.name):
        declared = decision.vocabulary.get(fact.name)
        value = declared.format(fact.value) if declared is not None else fact.value
        yield f"<tr><td><code>{html(fact.name)}</code></td><td>{html(fact_value(value))}</td><td>{html(str(fact.origin))}</td></tr>"
    yield "</table>"
