"""The matrix of a chain as text: who of several operators owes what, and what Art. 25 moves between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from string import ascii_uppercase

from aiact_rules.core.chains import Chain, Row
from aiact_rules.core.citations import in_order
from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.printable import printable
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Status
from aiact_rules.reports.remarks import Remark, remark_lines, role_changes
from aiact_rules.reports.words import (
    WIDTH,
    article_of,
    counted_by_article,
    labelled,
    release_of,
    roles_of,
    step_of,
    wrapped,
)

_LABEL = 17
_WORDS = {Status.CONDITION: "later"}
_LEGEND = (
    "open: nothing shows yet that it is met; later: owed at a later step or afterwards; upcoming: not in force yet; "
    "?: not known yet whether it is owed"
)


def chain_lines(chain: Chain, remarks: Iterable[Remark] = ()) -> Iterator[str]:
    """Yield a chain as lines of text: the verdict, what is to be said beside it, each operator in short, and the matrix."""
    yield f"{chain.verdict.value.upper()}  the strictest verdict of {len(chain.decisions)} operators"
    yield from remark_lines(remarks)
    yield ""
    first = chain.decisions[0]
    if release := release_of(first):
        yield from labelled("release", release)
    for pack in first.packs:
        basis = pack.pack_at.pack
        yield from labelled("law", f"{basis.title} ({basis.law}), as known on {pack.pack_at.as_of}")
    yield ""
    yield "Operators"
    for letter, name, decision in zip(_letters(chain), chain.operators, chain.decisions, strict=True):
        yield from _operator(letter, name, decision)
    yield ""
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
        f"{named}{roles}; {step_of(decision)} on {when}", f"  {letter}  {decision.verdict.value.upper():7}", " " * 12
    )
    indent = " " * 12
    for said in role_changes(decision):
        yield from wrapped(said, indent, indent)
    worst = [f for f in decision.findings if f.status.gates]
    worst.sort(key=lambda finding: (finding.status is Status.OPEN, not finding.certain))
    if worst:
        counts = [(s, sum(f.status is s for f in worst)) for s in Status if s.gates]
        said = ", ".join(f"{count} {status.value}" for status, count in counts if count)
        yield from wrapped(f"{said}, first: {worst[0].provision}: {_said(worst[0])}", indent, indent)
    asking = next((pack for pack in decision.packs if pack.needs), None)
    if asking is not None:
        fact = asking.needs[0].fact
        yield from wrapped(f"answer first: {asking.question(fact)} ({fact})", indent, indent)
    yield f"     {decision.decision_id}"


def _said(finding: Finding) -> str:
    """Return what is to be done, or for a contradiction what contradicts what."""
    return "; ".join(finding.because) if finding.kind is Kind.CONTRADICTION else finding.must


def _matrix(chain: Chain) -> Iterator[str]:
    if not chain.matrix:
        yield "Nobody owes anything."
        return
    findings = [{finding.id: finding for finding in decision.findings} for decision in chain.decisions]
    letters = _letters(chain)
    size = min(11, max(3, len(letters[-1]) + 1, (WIDTH - _LABEL) // len(letters)))
    yield f"Who owes what ({len(chain.matrix)} obligations)"
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
    word = _WORDS.get(finding.status, finding.status.value)
    unsure = "" if finding.certain else "?"
    return f"{word if size > 9 else word[: size - 2]}{unsure}"
