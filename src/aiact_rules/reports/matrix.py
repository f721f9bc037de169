"""The matrix of a chain as text: who of several operators owes what, and what Art. 25 moves between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from string import ascii_uppercase

from aiact_rules.core.chains import Chain, Row
from aiact_rules.core.citations import article_of, in_order
from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.printable import printable
from aiact_rules.core.statuses import Status
from aiact_rules.core.tallies import tally_of
from aiact_rules.core.words import counted
from aiact_rules.reports.alarms import alarms_of
from aiact_rules.reports.heard import noted_lines
from aiact_rules.reports.remarks import Remark, remark_lines, role_changes
from aiact_rules.reports.words import WIDTH, counted_by_article, labelled, release_of, roles_of, step_of, wrapped

_LABEL = 17
_WORDS = {
    Status.BREACHED: "violated",
    Status.OPEN: "unmet",
    Status.CONDITION: "later",
    Status.ADVICE: "advice",
}
_LEGEND = (
    "unmet: applicable, not demonstrated; undet.: applicability undetermined; later: post-release; upcoming: not in force "
    "yet; advice: a recommendation, non-blocking; ?: applicability undetermined"
)


def chain_lines(chain: Chain, remarks: Iterable[Remark] = ()) -> Iterator[str]:
    """Yield a chain as lines of text: the verdict, what is to be said beside it, each operator in short, and the matrix."""
    yield f"{chain.verdict.value.upper()}  strictest of {counted(len(chain.decisions), 'operator')}"
    yield from remark_lines(remarks)
    yield ""
    first = chain.decisions[0]
    if release := release_of(first):
        yield from labelled("release", release)
    for pack in first.packs:
        basis = pack.pack_at.pack
        yield from labelled("law", f"{basis.title} ({basis.law}), as of {pack.pack_at.as_of}")
    yield ""
    yield "Operators"
    for letter, name, decision in zip(_letters(chain), chain.operators, chain.decisions, strict=True):
        yield from _operator(letter, name, decision)
    yield ""
    yield from noted_lines(first)
    yield from _matrix(chain)


def _letters(chain: Chain) -> list[str]:
    """Return A to Z, AA to ZZ, AAA and so on, one for each operator."""
    letters = [""]
    while len(letters) <= len(chain.decisions):
        letters = ["", *(first + second for first in letters for second in ascii_uppercase)]
    return letters[1 : len(chain.decisions) + 1]


def _operator(letter: str, name: str, decision: Decision) -> Iterator[str]:
    roles = roles_of(decision, " and ")
    when = decision.facts.value("release.date")
    named = f"{printable(name)}: " if name != roles else ""
    yield from wrapped(
        f"{named}{roles}; {step_of(decision)}, {when}", f"  {letter}  {decision.verdict.value.upper():7}", " " * 12
    )
    indent = " " * 12
    for said in role_changes(decision):
        yield from wrapped(said, indent, indent)
    if counts := list(tally_of(decision).said()):
        yield from wrapped(", ".join(counts), indent, indent)
    for alarm in alarms_of(decision):
        yield from wrapped(f"{alarm.kind}: {alarm}", indent, indent + "  ")
    asking = next((pack for pack in decision.packs if pack.needs), None)
    if asking is not None:
        need = asking.needs[0]
        affects = f"affects {counted(need.decides, 'obligation')}"
        yield from wrapped(f"first question: {asking.question(need.fact)} ({need.fact}, {affects})", indent, indent)
    yield f"     {decision.decision_id}"


def _matrix(chain: Chain) -> Iterator[str]:
    if not chain.matrix:
        yield "No operator has an obligation."
        return
    findings = [{finding.id: finding for finding in decision.findings} for decision in chain.decisions]
    letters = _letters(chain)
    size = min(11, max(3, len(letters[-1]) + 1, (WIDTH - _LABEL) // len(letters)))
    yield f"Who owes what ({counted(len(chain.matrix), 'obligation')})"
    yield ("  " + " " * (_LABEL - 2) + "".join(f"{letter:{size}}" for letter in letters)).rstrip()
    articles: dict[str, list[Row]] = {}
    for row in chain.matrix:
        articles.setdefault(article_of(row.provision), []).append(row)
    for article in in_order(articles):
        yield from _article(article, articles[article], chain, findings, size)
    yield ""
    moved: dict[str, list[Row]] = {}
    for row in chain.matrix:
        for name, found in zip(chain.operators, findings, strict=True):
            finding = found.get(row.id)
            if finding is not None and finding.certain:
                for reason in (reason for reason in row.moved if reason.startswith(f"{name} counts")):
                    moved.setdefault(reason, []).append(row)
    if moved:
        yield "Moved from one operator to another"
        for reason, rows in moved.items():
            yield from wrapped(
                f"{printable(reason)}; so it owes {counted_by_article(row.provision for row in rows)}", "  ", "    "
            )
        yield ""
    yield from wrapped(_LEGEND, "", "")


def _article(
    article: str, rows: Sequence[Row], chain: Chain, findings: Sequence[dict[str, Finding]], size: int
) -> Iterator[str]:
    patterns: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        cells = tuple(_cell(found.get(row.id), size) for _, found in zip(chain.operators, findings, strict=True))
        patterns.setdefault(cells, []).append(row)
    for number, (cells, alike) in enumerate(patterns.items()):
        label = (article if number == 0 else " " * 4) + (f" ({len(alike)})" if len(rows) > 1 else "")
        yield (f"  {label:{_LABEL - 2}}" + "".join(f"{cell:{size}}" for cell in cells)).rstrip()


def _cell(finding: Finding | None, size: int) -> str:
    if finding is None:
        return "-"
    if finding.status is Status.OPEN and not finding.certain:
        return "undet."[: size - 1]
    word = _WORDS.get(finding.status, finding.status.value)
    unsure = "" if finding.certain else "?"
    return f"{word if size > 9 else word[: size - 2]}{unsure}"
