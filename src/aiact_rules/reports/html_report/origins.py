"""Origins: the evidence that is offered, and every fact with who says it where."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from aiact_rules.core.evidence import Evidence
from aiact_rules.core.facts import Sureness
from aiact_rules.core.statuses import Status
from aiact_rules.reports.escapes import html
from aiact_rules.reports.evidence_given import evidence_counts
from aiact_rules.reports.html_report.dossier import Dossier
from aiact_rules.reports.html_report.page import Section, link, table

_SURENESS = {
    Sureness.STATED: "stated",
    Sureness.DERIVED: "computed",
    Sureness.DECLARED_BY_DEFAULT: "default value",
    Sureness.NOT_SHOWN: "stated, but not shown: does not count",
}


def origin_sections(dossier: Dossier) -> Iterator[Section]:
    """Yield the sections on evidence and facts."""
    yield Section("evidence", "Evidence", list(_evidence(dossier)))
    yield Section("facts", "Facts and their origin", list(_facts(dossier)))


def _evidence(dossier: Dossier) -> Iterator[str]:
    if dossier.evidence:
        rows = [
            (
                f'<span id="{dossier.part.prefix}e{number}">E{number}</span>',
                f"<code>{html(each.about)}</code>",
                _where(each),
                html(each.by or "not stated"),
                _when(each, dossier.day),
                html(dossier.place(each.place)),
            )
            for number, each in enumerate(dossier.evidence, 1)
        ]
        yield table(("No.", "Shows", "What it is", "By", "When", "Declared at"), rows)
    else:
        yield "<p>No file, address or registry entry is offered as evidence.</p>"
    if (counts := evidence_counts(dossier.decision)) is not None:
        yield f"<p>What is stated rests on: {html(counts)}.</p>"
    claimed = list(_claimed_by_word(dossier))
    if claimed:
        said = "Claimed by a word alone: met obligations rest on these facts, and nothing is offered that shows them"
        yield f"<p>{said} ({len(claimed)}).</p>"
        yield f'<ul class="columns">{"".join(f"<li>{each}</li>" for each in claimed)}</ul>'


def _where(each: Evidence) -> str:
    """Return what is offered: a file with its digest as found, an address, an entry of a registry."""
    parts = [f"file {html(each.file)}"] if each.file is not None else []
    parts += [link(each.url, html(each.url))] if each.url is not None else []
    parts += [f"registry {html(each.registry)}"] if each.registry is not None else []
    found = "as found" if each.file is not None else "as stated"
    parts += [f'<br><span class="soft">sha256 {found}: <code>{html(each.sha256)}</code></span>'] if each.sha256 else []
    return " ".join(parts) or "a statement"


def _when(each: Evidence, day: date) -> str:
    """Return when it was made, and until when it counts."""
    parts = ["not stated" if each.on is None else str(each.on)]
    if each.expires is not None:
        parts.append(f"<b>expired on {each.expires}</b>" if each.has_expired(day) else f"expires on {each.expires}")
    return "<br>".join(parts)


def _claimed_by_word(dossier: Dossier) -> Iterator[str]:
    shown = {each.about for each in dossier.evidence}
    names: set[str] = set()
    for each in dossier.packs:
        for standing in each.pack.standings:
            if standing.status is Status.MET and standing.id not in shown:
                names |= each.behind_met(standing.obligation)
    for name in sorted(names - shown):
        if name in dossier.decision.facts and not dossier.is_default(name):
            yield dossier.fact(name)


def _facts(dossier: Dossier) -> Iterator[str]:
    facts = sorted(dossier.decision.facts, key=lambda fact: fact.name)
    said = [fact for fact in facts if not dossier.is_default(fact.name)]
    unused = set(dossier.decision.unused_facts)
    rows = [
        (
            f"<code>{html(fact.name)}</code>",
            html(dossier.value(fact.name)),
            html(dossier.place(fact.origin.place)),
            _SURENESS[fact.origin.sureness] + (", used by no rule" if fact.name in unused else ""),
        )
        for fact in said
    ]
    yield table(("Fact", "Value", "From", "How"), rows)
    defaults = [fact for fact in facts if dossier.is_default(fact.name) and fact.name in _relied_on(dossier)]
    if defaults:
        yield dossier.part.heading(2, "Default values relied on")
        yield '<p class="soft">Nobody states these; the rule pack declares what silence means, and why.</p>'
        reasons = [
            (f"<code>{html(f.name)}</code>", html(dossier.value(f.name)), html(f.origin.because or ""))
            for f in defaults
        ]
        yield table(("Fact", "Value", "Why"), reasons)


def _relied_on(dossier: Dossier) -> frozenset[str]:
    """Return the facts on which the conclusions on the first page rest."""
    behind = [each.behind_conclusion(name) for each in dossier.packs for name in each.pack.headlines]
    return frozenset().union(*behind)
