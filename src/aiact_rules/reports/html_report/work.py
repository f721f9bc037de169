"""The work: what is violated, unmet or undetermined by document, what comes later, and what is met and what shows it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from aiact_rules.core.citations import article_of, in_order
from aiact_rules.core.findings import Finding
from aiact_rules.core.rules import Kind
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status
from aiact_rules.core.words import counted
from aiact_rules.reports.alarms import Alarm
from aiact_rules.reports.deadlines import starts_of
from aiact_rules.reports.escapes import html
from aiact_rules.reports.groups import Group, gating_groups, groups_of
from aiact_rules.reports.html_report.dossier import Dossier, PackPart
from aiact_rules.reports.html_report.page import Section, row, scrolling, table
from aiact_rules.reports.plan import Answer, answers_to
from aiact_rules.reports.words import bearers

_HEADS = ("Checklist", "Provision", "Status", "To state, and evidence")
_SIGNS = {
    "violated": "\N{MULTIPLICATION X}",
    "contradiction": "!",
    "signal": "!",
    "unmet": "\N{WHITE CIRCLE}",
    "undetermined": "?",
}


def work_sections(dossier: Dossier) -> Iterator[Section]:
    """Yield the sections on obligations that have something in them, in the order of reading."""
    for each in dossier.packs:
        pack, end = each.pack.pack_at.pack, each.end
        of_law = f" ({pack.title})" if end else ""
        gating = gating_groups(each.pack)
        if gating:
            informs = "" if each.pack.verdict is not None else ", informational"
            title = f"Open work by document{informs}{of_law}"
            yield Section(f"work{end}", title, [*_lead(gating), *_groups(each, gating)])
        for name, title, status, body in (
            ("upcoming", "Upcoming obligations by date", Status.UPCOMING, _upcoming),
            ("after", "Post-release obligations", Status.CONDITION, _later),
            ("advice", "Recommendations (non-blocking)", Status.ADVICE, _listed),
            ("met", "Met obligations, and what shows it", Status.MET, _met),
        ):
            if standings := [s for s in each.pack.standings if s.status is status]:
                yield Section(f"{name}{end}", title + of_law, list(body(each, standings)))
        if each.fines:
            yield Section(f"fines{end}", f"What a violation can cost{of_law}", [_fines(each)])
        if each.pack.needs:
            yield Section(f"questions{end}", f"Open questions by impact{of_law}", [_questions(each)])


def _lead(groups: Sequence[Group]) -> Iterator[str]:
    yield (
        '<p class="soft">Violated: what is stated says that it is not met. Unmet: it applies, and nothing shows that it '
        "is met. Undetermined: it is not known yet whether it applies. To settle: statements that contradict each other, and words "
        "of a document that the facts deny.</p>"
    )
    counted_as = {
        "#Violated": [group.tally.violated for group in groups],
        "#To settle": [group.tally.contradictions + group.tally.signals for group in groups],
        "#Unmet": [group.tally.unmet for group in groups],
        "#Undetermined": [group.tally.undetermined for group in groups],
    }
    shown = {head: counts for head, counts in counted_as.items() if any(counts)}
    rows = [
        (
            html(capital(group.title)),
            *(str(counts[at] or "\N{EN DASH}") for counts in shown.values()),
            "" if group.fact is None else f"<code>{html(group.fact.fact)}</code>",
            "" if group.fact is None else str(group.fact.decides),
        )
        for at, group in enumerate(groups)
    ]
    heads = ("Document or provision", *shown, "State first", "#It affects")
    yield scrolling("Open work", table(heads, rows, kind="summary"))


def capital(title: str) -> str:
    """Return a title with a capital at its beginning."""
    return title[:1].upper() + title[1:]


def _groups(each: PackPart, groups: Iterable[Group]) -> Iterator[str]:
    for group in groups:
        yield each.dossier.part.heading(2, html(capital(group.title)))
        yield from _signed(each, group)
        yield _checklist(each, group.standings)


def _signed(each: PackPart, group: Group) -> Iterator[str]:
    said = html(", ".join(group.tally.said()))
    if group.deliverable is not None:
        answered = f"signed or answered for by {html(group.deliverable.signed_by)}"
        said = f"{each.cited(group.deliverable.provision)}; {answered}; {said}"
    yield f'<p class="soft">{said}</p>'


def _checklist(each: PackPart, standings: Iterable[Standing]) -> str:
    """Return obligations by article as one table, each article a link to the law."""
    articles: dict[str, list[Standing]] = {}
    for standing in standings:
        articles.setdefault(article_of(standing.obligation.provision), []).append(standing)
    head = "".join(f'<th scope="col">{name}</th>' for name in _HEADS)
    bodies = []
    for article in in_order(articles):
        pack = each.pack.pack_at.pack
        who = bearers(pack, (role for s in articles[article] for role in s.obligation.roles))
        title = f"{each.article(article)}: the {html(who or 'operator')} must"
        rows = "".join(row(_cells(each, standing)) for standing in articles[article])
        bodies.append(f'<tbody><tr><th scope="rowgroup" colspan="4">{title}</th></tr>{rows}</tbody>')
    return f'<table class="rows work"><thead><tr>{head}</tr></thead>{"".join(bodies)}</table>'


def _cells(each: PackPart, standing: Standing) -> tuple[str, ...]:
    o = standing.obligation
    finding = each.pack.finding(standing.id)
    assert finding is not None, "a standing has a finding"
    said = html(o.must)
    if o.kind is Kind.CONTRADICTION:
        said = f"{html('; '.join(finding.because))}: {said}"
    word = _word(standing)
    status = f'<span class="{word}">{_SIGNS[word]} {word}</span>'
    return (said, each.provision(o), status, "<br>".join(filter(None, _notes(each, standing, finding))))


def _word(standing: Standing) -> str:
    words = {
        "violated": standing.is_violated,
        "contradiction": standing.is_contradiction,
        "signal": standing.is_signal,
        "undetermined": standing.is_undetermined,
    }
    return next((word for word, is_so in words.items() if is_so), "unmet")


def _notes(each: PackPart, standing: Standing, finding: Finding) -> Iterator[str]:
    o, dossier = standing.obligation, each.dossier
    if standing.is_violated or o.is_signal:
        alarm = dossier.alarms.get(standing.id)
        because = "; ".join(reason for reason in finding.because if reason not in each.reasons_of_classes)
        if because and o.kind is not Kind.CONTRADICTION:
            yield html(because)
        if alarm is None:
            yield dossier.facts(each.behind_met(o))
        else:
            yield html(", ".join(alarm.rests_on))
            yield html(alarm.lapsed or "")
            yield from (way_out(alarm, way) for way in alarm.ways)
    if standing.is_undetermined and finding.needs:
        yield f"whether it applies: {', '.join(f'<code>{html(fact)}</code>' for fact in finding.needs)}"
    elif not standing.is_violated and not o.is_signal:
        yield ", ".join(_stated(answer) for answer in answers_to(each.pack, o))
    waiver = dossier.decision.waived.get((each.pack.pack_id, o.id))
    if waiver is not None:
        yield f"<b>{html(str(waiver))}</b>"
    given = ", ".join(dossier.evidence_about((standing.id, *each.behind_met(o))))
    if given:
        yield f"evidence: {given}"
    elif finding.evidence and standing.gates:
        yield f'<span class="soft">suggested: {html("; ".join(finding.evidence))}</span>'
    for due in finding.due_dates:
        yield html(f"by {due.on} ({due.provision})" if due.on is not None else f"within {due.period} ({due.provision})")
    if standing.is_violated and finding.sanction is not None:
        yield f'<a href="#{dossier.part.prefix}fines{each.end}">fine</a>'


def way_out(alarm: Alarm, way: str) -> str:
    """Return one way to settle something, with the text to paste as code."""
    if alarm.paste is None or not way.endswith(alarm.paste):
        return html(way)
    return f"{html(way.removesuffix(alarm.paste))}<code>{html(alarm.paste)}</code>"


def _stated(answer: Answer) -> str:
    """Return what to state: the fact with its value, or the fact alone where several answers would do."""
    value = "" if answer.value is None else f": {answer.value}"
    return f"<code>{html(answer.fact + value)}</code>"


def _upcoming(each: PackPart, standings: Sequence[Standing]) -> Iterator[str]:
    for on, starts in starts_of(each.pack).items():
        coming = [standing for standing in standings if standing.starts == on]
        certain = [standing for standing in coming if standing.certain]
        unsure = len(coming) - len(certain)
        yield each.dossier.part.heading(2, f"From {on}")
        parts = [f"{counted(len(certain), 'obligation')} will apply"] if certain else []
        parts += [f"of {counted(unsure, 'obligation')} it is not known whether they apply"] if unsure else []
        by = "; ".join(each.cited(provision) for provision in in_order(dict.fromkeys(s.provision for s in starts)))
        yield f"<p>{html('; '.join(parts))} ({by}).</p>"
        for proviso in dict.fromkeys(proviso for start in starts for proviso in start.provisos):
            yield f'<p class="soft">Note: {html(proviso)}</p>'
        if each.dossier.full:
            yield from _listed(each, coming)
        else:
            yield _counts(each, coming)


def _counts(each: PackPart, standings: Sequence[Standing]) -> str:
    wanted = {standing.id for standing in standings}
    statuses = {standing.status for standing in standings}
    entries = []
    for group in groups_of(each.pack, *statuses):
        count = sum(standing.id in wanted for standing in group.standings)
        if count:
            entries.append(f"<li>{html(capital(group.title))} ({count})</li>")
    return f'<ul class="columns">{"".join(entries)}</ul>'


def _later(each: PackPart, standings: Sequence[Standing]) -> Iterator[str]:
    certain = [standing for standing in standings if standing.certain]
    unsure = [standing for standing in standings if not standing.certain]
    if certain:
        yield from _listed(each, certain)
    if unsure:
        yield f"<p>Of {counted(len(unsure), 'further obligation')} it is not known whether they will apply:</p>"
        if each.dossier.full:
            yield from _listed(each, unsure)
        else:
            yield _counts(each, unsure)


def _listed(each: PackPart, standings: Sequence[Standing]) -> Iterator[str]:
    rows = []
    for standing in standings:
        finding = each.pack.finding(standing.id)
        if finding is not None:
            notes = "<br>".join(filter(None, _notes(each, standing, finding)))
            rows.append((html(standing.obligation.must), each.provision(standing.obligation), notes))
    yield table(("Obligation", "Provision", "To state, and by when"), rows)


def _met(each: PackPart, standings: Sequence[Standing]) -> Iterator[str]:
    dossier = each.dossier
    rows = []
    for standing in standings:
        o = standing.obligation
        facts = each.behind_met(o)
        given = ", ".join(dossier.evidence_about((o.id, *facts)))
        rows.append((html(o.must), each.provision(o), dossier.facts(facts), given or "claimed by a word alone"))
    yield table(("Obligation", "Provision", "Shown by", "Evidence"), rows)


def _fines(each: PackPart) -> str:
    rows = []
    for said, standings in each.fines.items():
        articles = in_order(dict.fromkeys(article_of(standing.obligation.provision) for standing in standings))
        rows.append((html(said), html(", ".join(articles)), str(len(standings))))
    return table(("Ceiling", "For what is open of", "#Obligations"), rows)


def _questions(each: PackPart) -> str:
    entries = "".join(
        f"<li>{html(each.pack.question(need.fact))} <code>{html(need.fact)}</code> "
        f'<span class="soft">(affects {counted(need.decides, "obligation")})</span></li>'
        for need in each.pack.needs
    )
    return f"<ol>{entries}</ol>"
