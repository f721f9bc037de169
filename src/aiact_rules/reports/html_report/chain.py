"""The value chain: the first page of a release that several operators answer for, and who of them owes what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiact_rules.core.chains import Chain
from aiact_rules.core.citations import article_of, in_order
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status
from aiact_rules.core.tallies import tally_of, tally_of_standings
from aiact_rules.core.timelines import Timeline
from aiact_rules.reports.chain_picture import chain_svg
from aiact_rules.reports.escapes import html
from aiact_rules.reports.html_report.cover import NO_ADVICE
from aiact_rules.reports.html_report.page import Part, Section, scrolling, table, verdict_badge
from aiact_rules.reports.remarks import Remark, role_changes
from aiact_rules.reports.words import release_of, roles_of, step_of


def chain_cover(
    chain: Chain, part: Part, remarks: Sequence[Remark], timelines: Sequence[Timeline], below: Sequence[Part]
) -> Iterator[str]:
    """Yield the first page of a chain: the strictest verdict, its operators with links to their pages, and the picture."""
    first = chain.decisions[0]
    yield f'<section class="cover">{part.heading(0, html(release_of(first) or "Release"))}'
    said = f"the strictest verdict of {len(chain.decisions)} operators"
    yield f'<p class="lead">{verdict_badge(chain.verdict)}{said}</p>'
    if remarks:
        yield f"<ul>{''.join(f'<li>{html(str(remark))}</li>' for remark in remarks)}</ul>"
    rows = []
    for name, decision, each in zip(chain.operators, chain.decisions, below, strict=True):
        assessed = f"{step_of(decision)}, {decision.facts.value(RELEASE_DATE)}"
        rows.append(
            (
                f'<a href="#{each.prefix}top">{html(name)}</a>',
                html(roles_of(decision, ", ") or "not stated"),
                html(assessed),
                verdict_badge(decision.verdict),
                html(", ".join(tally_of(decision).said()) or "nothing applies"),
                f"<code>{html(decision.decision_id)}</code>",
            )
        )
    yield table(("Operator", "Roles", "Assessed for", "Verdict", "Obligations", "Decision"), rows)
    yield scrolling("Value chain", chain_svg(chain))
    yield from _moved(chain)
    if timelines:
        yield part.heading(1, "Verdicts by date")
        yield _verdicts(chain, timelines)
    yield f"<p><small>{NO_ADVICE}</small></p></section>"


def _moved(chain: Chain) -> Iterator[str]:
    said = [
        f"<li>{html(name)} {html(change)}</li>"
        for name, decision in zip(chain.operators, chain.decisions, strict=True)
        for change in role_changes(decision)
    ]
    if said:
        yield f"<ul>{''.join(said)}</ul>"


def _verdicts(chain: Chain, timelines: Sequence[Timeline]) -> str:
    """Return the verdict on the step of each operator, had it been taken on each date that matters to one of them."""
    dates = sorted({day.on for timeline in timelines for day in timeline.dates})
    rows = []
    for name, timeline in zip(chain.operators, timelines, strict=True):
        cells = []
        for on in dates:
            judged = [day.new.verdict for day in timeline.dates if day.on <= on]
            cells.append(verdict_badge(judged[-1]) if judged else "\N{EN DASH}")
        rows.append((html(name), *cells))
    heads = ("Operator", *(on.isoformat() for on in dates))
    return scrolling("Verdicts by date", table(heads, rows, kind="matrix"))


def chain_sections(chain: Chain) -> Iterator[Section]:
    """Yield the matrix of who owes what, by article."""
    by_article: list[dict[str, list[Standing]]] = []
    for decision in chain.decisions:
        found: dict[str, list[Standing]] = {}
        for pack in decision.packs:
            for standing in pack.standings:
                found.setdefault(article_of(standing.obligation.provision), []).append(standing)
        by_article.append(found)
    rows = []
    for article in in_order(dict.fromkeys(article for found in by_article for article in found)):
        cells = (_cell(found.get(article, ())) for found in by_article)
        rows.append((html(article), *cells))
    matrix = table(("Provision", *chain.operators), rows, kind="matrix")
    yield Section("matrix", "Who owes what", [scrolling("Who owes what", matrix)])


def _cell(standings: Sequence[Standing]) -> str:
    said = list(tally_of_standings(standings).said())
    perhaps = sum(each.status is Status.CONDITION and not each.certain for each in standings)
    said += [f"{perhaps} perhaps post-release"] if perhaps else []
    return "<br>".join(map(html, said)) or "\N{EN DASH}"
