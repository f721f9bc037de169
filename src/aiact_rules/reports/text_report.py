"""The text report: verdict, why, what is needed and where to look, in plain words, for 80 columns without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from textwrap import wrap

from aiact_rules.core.citations import in_order
from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.penalties import Ceiling
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.vocabulary import FactDeclaration, format_quantity
from aiact_rules.reports.words import label

WIDTH = 80

_VERDICT = {
    Verdict.ALLOW: "ALLOW  may go ahead",
    Verdict.HOLD: "HOLD  not yet: something is still open",
    Verdict.BLOCK: "BLOCK  may not go ahead",
}
_YES_NO = {"yes": "yes", "no": "no", "unknown": "not known"}


class TextReport:
    """Writes a decision for a person at a terminal."""

    name = "text"

    def render(self, decision: Decision) -> str:
        """Give the decision as lines of text."""
        return "\n".join(_lines(decision)) + "\n"


def _lines(decision: Decision) -> Iterator[str]:
    yield _VERDICT[decision.verdict]
    yield ""
    for pack in decision.packs:
        yield from _pack(decision, pack)
    yield f"id: {decision.decision_id}"


def _pack(decision: Decision, pack: PackDecision) -> Iterator[str]:
    subject = " ".join(part for part in (decision.subject.name, decision.subject.version) if part)
    if subject:
        yield from _labelled("release", subject)
    roles = ", ".join(role.replace("_", " ") for role in decision.roles) or "not known"
    yield from _labelled("operator", roles)
    when = decision.facts.value("release.date")
    yield from _labelled("judged", f"{(decision.moment or 'step not known').replace('_', ' ')} on {when}")
    basis = pack.pack_at.pack
    yield from _labelled("law", f"{basis.title} ({basis.law}), as known on {pack.pack_at.as_of}")
    if len(decision.packs) > 1:
        yield from _labelled("verdict", "informs only" if pack.verdict is None else pack.verdict.value)
    yield ""
    yield from _class(pack)
    groups: dict[Status, list[Finding]] = {status: [] for status in Status}
    for finding in pack.findings:
        groups[finding.status].append(finding)
    yield from _group("Breached: this must change first", groups[Status.BREACHED], long=True)
    yield from _open(groups[Status.OPEN])
    yield from _questions(pack)
    later = [f for f in groups[Status.CONDITION] if f.certain]
    yield from _group("Owed at a later step or afterwards", later, judged_on=when if isinstance(when, date) else None)
    yield from _upcoming(groups[Status.UPCOMING])
    yield from _group("Advice, which never gates", groups[Status.ADVICE])
    if groups[Status.MET]:
        yield from _labelled("met", f"{len(groups[Status.MET])} obligations")
        yield ""
    yield from _readings(pack)
    yield from _where(groups)


def _class(pack: PackDecision) -> Iterator[str]:
    yield "Class"
    for name, truth in pack.headlines.items():
        yield f"  {label(pack.pack_at.pack, name):34}{_YES_NO[truth]}"
    yield ""


def _group(title: str, findings: list[Finding], *, long: bool = False, judged_on: date | None = None) -> Iterator[str]:
    if not findings:
        return
    yield f"{title} ({len(findings)})"
    if long:
        for finding in findings:
            yield from _finding(finding)
        yield ""
        return
    articles: dict[str, list[Finding]] = {}
    for finding in findings:
        articles.setdefault(article_of(finding.provision), []).append(finding)
    for article in in_order(articles):
        yield f"  {article}: the {_who(articles[article])} must"
        for finding in articles[article]:
            point = _point(finding.provision, article)
            line = f"{point} {finding.must}" if point else finding.must
            named = f" ({finding.id})" if finding.kind is Kind.SIGNAL else ""
            yield from _wrapped(line + named + _due(finding, judged_on), "    - ", "      ")
    yield ""


def _due(finding: Finding, judged_on: date | None) -> str:
    """Say by when it must be done, where a period that the law sets can be counted, and whether that has passed."""
    days = [each.on for each in finding.due_dates if each.on is not None]
    if not days:
        return ""
    passed = ", which has passed" if judged_on is not None and min(days) < judged_on else ""
    return f" (by {min(days)}{passed})"


def _who(findings: list[Finding]) -> str:
    roles = dict.fromkeys(role.replace("_", " ") for finding in findings for role in finding.roles)
    return " or ".join(roles) or "operator"


def _point(provision: str, article: str) -> str:
    """Give what follows the article in the first citation: `(2), point (a)` of `Art. 9(2), point (a), with Art. 8`."""
    return provision.split(", with ", 1)[0].removeprefix(article).removeprefix(",").strip()


def _finding(finding: Finding) -> Iterator[str]:
    who = f"{' or '.join(finding.roles).replace('_', ' ')}: " if finding.roles else ""
    yield from _wrapped(f"{finding.provision}: {who}{finding.must}", "  ", "      ")
    yield from _wrapped(f"id: {finding.id}", "      ", "      ")
    if finding.because:
        yield from _wrapped(f"because {'; '.join(finding.because)}", "      ", "      ")
    if finding.evidence:
        yield from _wrapped(f"would show it: {'; '.join(finding.evidence)}", "      ", "      ")
    if finding.sanction is not None:
        yield from _wrapped(f"a breach can cost {said(finding.sanction)}", "      ", "      ")


def said(ceiling: Ceiling) -> str:
    """Say in words what a breach can cost."""
    parts = []
    if ceiling.fixed is not None:
        parts.append(f"{ceiling.currency} {ceiling.fixed:,.0f}")
    if ceiling.share is not None:
        parts.append(f"{format_quantity(ceiling.share)} % of worldwide annual turnover")
    text = " or ".join(parts)
    if len(parts) > 1:
        text += {
            "higher": ", whichever is higher",
            "lower": ", whichever is lower",
            "unknown": ", whichever is higher (lower for smaller firms)",
        }[ceiling.takes]
    if ceiling.amount is not None and len(parts) > 1:
        text += f": at most {ceiling.currency} {ceiling.amount:,.0f}"
    return f"up to {text} ({ceiling.provision})"


def _open(findings: list[Finding]) -> Iterator[str]:
    certain = [finding for finding in findings if finding.certain]
    yield from _group("Open: owed, and nothing shows that it is met", certain)
    unsure = [finding for finding in findings if not finding.certain]
    if not unsure:
        return
    yield f"Open: not known yet whether it is owed ({len(unsure)})"
    yield from _by_article(unsure)
    yield ""


def _by_article(findings: Iterable[Finding]) -> Iterator[str]:
    counts: dict[str, int] = {}
    for finding in findings:
        article = article_of(finding.provision)
        counts[article] = counts.get(article, 0) + 1
    text = ", ".join(
        f"{article} ({counts[article]})" if counts[article] > 1 else article for article in in_order(counts)
    )
    if text:
        yield from _wrapped(text, "  ", "  ")


def article_of(provision: str) -> str:
    """Give the article or annex that a provision begins with: `Art. 9` of `Art. 9(2)(a)`."""
    return provision.split(",", 1)[0].split("(", 1)[0].split(" and ", 1)[0].strip()


def _questions(pack: PackDecision) -> Iterator[str]:
    if not pack.needs:
        return
    yield "Please answer, the most decisive first"
    vocabulary = pack.pack_at.pack.vocabulary
    for number, need in enumerate(pack.needs, 1):
        declaration = vocabulary.get(need.fact)
        asks = need.fact if declaration is None else declaration.asks
        yield from _wrapped(f"{number}. {asks}", "  ", "     ")
        yield from _wrapped(f"{need.fact}: {_answers(declaration)} (decides {need.decides})", "     ", "       ")
    yield ""


def _answers(declaration: FactDeclaration | None) -> str:
    if declaration is None:
        return "..."
    if declaration.values is not None:
        listed = ", ".join(declaration.values)
        if declaration.type.value == "some_of":
            return (
                f"[{listed}] or []"
                if len(declaration.values) <= 8
                else f"[...] or [], {len(declaration.values)} choices"
            )
        return listed
    words = {
        "yes_no": "yes or no",
        "quantity": f"a number{f' in {declaration.unit}' if declaration.unit else ''}",
        "date": "a date",
    }
    return words.get(declaration.type.value, "a list" if declaration.type.value == "some_of" else "text")


def _upcoming(findings: list[Finding]) -> Iterator[str]:
    dates: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.start is not None:
            dates.setdefault(finding.start.on.isoformat(), []).append(finding)
    if not dates:
        return
    yield f"Not yet, but coming ({len(findings)})"
    for on in sorted(dates):
        certain = [finding for finding in dates[on] if finding.certain]
        unsure = len(dates[on]) - len(certain)
        parts = [f"{len(certain)} owed"] if certain else []
        parts += [f"{unsure} not known yet whether owed"] if unsure else []
        yield f"  from {on}: {', '.join(parts)}"
        yield from (f"  {line}" for line in _by_article(certain))
        for proviso in dict.fromkeys(p for f in dates[on] if f.start is not None for p in f.start.provisos):
            yield from _wrapped(f"note: {proviso}", "    ", "    ")
    yield ""


def _readings(pack: PackDecision) -> Iterator[str]:
    turned_on = {name for finding in pack.findings for name in finding.readings}
    readings = [pack.pack_at.pack.readings[name] for name in sorted(turned_on)]
    if not readings:
        return
    yield "Readings of open points of law that this rests on"
    for reading in readings:
        choice = pack.pack_at.choices[reading.id]
        yield from _wrapped(f"{reading.id}: {choice} ({reading.choices[choice]})", "  ", "      ")
    yield ""


def _where(groups: dict[Status, list[Finding]]) -> Iterator[str]:
    first = next((f for status in (Status.BREACHED, Status.OPEN) for f in groups[status]), None)
    if first is not None:
        yield from _labelled("look", f"aiact-rules explain {first.id} FILE shows the rules and facts behind a finding")


def _labelled(label: str, text: str) -> Iterator[str]:
    yield from _wrapped(text, f"{label + ':':10}", " " * 10)


def _wrapped(text: str, first: str, rest: str) -> Iterator[str]:
    yield from wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ) or [first.rstrip()]
