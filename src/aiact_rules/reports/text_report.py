"""The text report: verdict, why, what is needed and where to look, in plain words, for 80 columns without colour."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.chains import Chain
from aiact_rules.core.citations import in_order
from aiact_rules.core.decisions import Decision
from aiact_rules.core.facts import Sureness
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import Pack
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Problem
from aiact_rules.core.rules import Kind
from aiact_rules.core.statuses import Status, Verdict
from aiact_rules.core.vocabulary import FactDeclaration
from aiact_rules.reports.escapes import harmless
from aiact_rules.reports.remarks import NOTHING_JUDGED, Remark, left_out_of, remark_lines, remarks_of
from aiact_rules.reports.words import (
    article_of,
    bearers,
    counted_by_article,
    fact_value,
    fine,
    label,
    labelled,
    release_of,
    roles_of,
    school_of,
    step_of,
    wrapped,
)

_VERDICT = {
    Verdict.ALLOW: "ALLOW  may go ahead",
    Verdict.HOLD: "HOLD  not yet: something is still open",
    Verdict.BLOCK: "BLOCK  may not go ahead",
}
_YES_NO = {"yes": "yes", "no": "no", "unknown": "not known"}


class TextReport:
    """Writes a batch for a person at a terminal: one report after the other, then how many went which way."""

    name = "text"

    def render(self, batch: Batch) -> str:
        """Return the batch as lines of text."""
        return harmless("\n".join(_lines(batch)) + "\n")


def _lines(batch: Batch) -> Iterator[str]:
    several = len(batch.items) > 1
    for item in batch.items:
        if several:
            yield from (f"== {printable(item.name)}", "")
        yield from _item(item)
        if several:
            yield ""
    if batch.problems:
        yield f"ERROR  {'not everything was judged' if batch.items else NOTHING_JUDGED}"
        yield from _problems(batch.problems)
    elif not batch.items:
        yield f"NONE  {NOTHING_JUDGED}"
    if several:
        words = ("allow", "hold", "block", "error")
        counts = [(sum(item.word == word for item in batch.items), word) for word in words]
        yield f"{len(batch.items)} releases: {', '.join(f'{count} {word}' for count, word in counts if count)}"
    if (left_out := left_out_of(batch)) is not None:
        yield from wrapped(f"left out: {left_out}", "", " " * 10)


def _item(item: Item) -> Iterator[str]:
    if item.answer is None:
        yield f"ERROR  {printable(item.name)}"
        yield from _problems(item.problems)
    elif isinstance(item.answer, Chain):
        from aiact_rules.reports.matrix import chain_lines  # only chains need it

        yield from chain_lines(item.answer, remarks_of(item))
    else:
        yield from _decision(item.answer, remarks_of(item))


def _problems(problems: Iterable[Problem]) -> Iterator[str]:
    for problem in problems:
        place = "" if problem.place is None else f"{problem.place}: "
        yield from wrapped(printable(f"{place}{problem.message}"), "  ", "      ")
        if problem.hint is not None:
            yield from wrapped(printable(problem.hint), "    ", "      ")


def _decision(decision: Decision, remarks: Iterable[Remark]) -> Iterator[str]:
    yield _VERDICT[decision.verdict]
    yield from remark_lines(remarks)
    yield ""
    for pack in decision.packs:
        yield from _pack(decision, pack)
    if decision.unused_facts:
        unused = f"{', '.join(decision.unused_facts)} (stated, and no rule turned on it)"
        yield from labelled("unused", unused)
    yield f"id: {decision.decision_id}"


def _pack(decision: Decision, pack: PackDecision) -> Iterator[str]:
    if release := release_of(decision):
        yield from labelled("release", release)
    yield from labelled("operator", roles_of(decision, ", ") or "not known")
    when = decision.facts.value("release.date")
    yield from labelled("judged", f"{step_of(decision)} on {when}")
    basis = pack.pack_at.pack
    yield from labelled("law", f"{basis.title} ({basis.law}), as known on {pack.pack_at.as_of}")
    if len(decision.packs) > 1:
        yield from labelled("verdict", "informs only" if pack.verdict is None else pack.verdict.value)
    yield ""
    yield from _class(pack)
    groups: dict[Status, list[Finding]] = {status: [] for status in Status}
    for finding in pack.findings:
        groups[finding.status].append(finding)
    yield from _group(basis, "Breached: this must change first", groups[Status.BREACHED], long=True)
    yield from _contradictions(decision, groups[Status.OPEN])
    yield from _open(basis, [f for f in groups[Status.OPEN] if f.kind is not Kind.CONTRADICTION])
    yield from _questions(pack)
    later = [f for f in groups[Status.CONDITION] if f.certain]
    yield from _group(
        basis, "Owed at a later step or afterwards", later, judged_on=when if isinstance(when, date) else None
    )
    yield from _upcoming(groups[Status.UPCOMING])
    yield from _group(basis, "Advice, which never gates", groups[Status.ADVICE])
    if groups[Status.MET]:
        yield from labelled("met", f"{len(groups[Status.MET])} obligations")
        yield ""
    yield from _readings(pack, decision.choices.school.value)
    yield from _where(groups)


def _class(pack: PackDecision) -> Iterator[str]:
    yield "Class"
    for name, truth in pack.headlines.items():
        yield f"  {label(pack.pack_at.pack, name):34}{_YES_NO[truth]}"
    yield ""


def _group(
    pack: Pack, title: str, findings: list[Finding], *, long: bool = False, judged_on: date | None = None
) -> Iterator[str]:
    if not findings:
        return
    yield f"{title} ({len(findings)})"
    if long:
        for finding in findings:
            yield from _finding(pack, finding)
        yield ""
        return
    articles: dict[str, list[Finding]] = {}
    for finding in findings:
        articles.setdefault(article_of(finding.provision), []).append(finding)
    for article in in_order(articles):
        who = bearers(pack, (role for finding in articles[article] for role in finding.roles))
        yield f"  {article}: the {who or 'operator'} must"
        for finding in articles[article]:
            point = _point(finding.provision, article)
            line = f"{point} {finding.must}" if point else finding.must
            named = f" ({finding.id})" if finding.kind is Kind.SIGNAL else ""
            yield from wrapped(line + named + _due(finding, judged_on), "    - ", "      ")
    yield ""


def _due(finding: Finding, judged_on: date | None) -> str:
    """Return by when it must be done, where a period that the law sets can be counted, and whether that has passed."""
    days = [each.on for each in finding.due_dates if each.on is not None]
    if not days:
        return ""
    passed = ", which has passed" if judged_on is not None and min(days) < judged_on else ""
    return f" (by {min(days)}{passed})"


def _point(provision: str, article: str) -> str:
    """Return what follows the article in the first citation: `(2), point (a)` of `Art. 9(2), point (a), with Art. 8`."""
    return provision.split(", with ", 1)[0].removeprefix(article).removeprefix(",").strip()


def _finding(pack: Pack, finding: Finding) -> Iterator[str]:
    who = f"{bearers(pack, finding.roles)}: " if finding.roles else ""
    yield from wrapped(f"{finding.provision}: {who}{finding.must}", "  ", "      ")
    yield from wrapped(f"id: {finding.id}", "      ", "      ")
    if finding.because:
        yield from wrapped(f"because {'; '.join(finding.because)}", "      ", "      ")
    if finding.evidence:
        yield from wrapped(f"would show it: {'; '.join(finding.evidence)}", "      ", "      ")
    if finding.sanction is not None:
        yield from wrapped(f"a breach can cost {fine(finding.sanction)}", "      ", "      ")


def _contradictions(decision: Decision, findings: list[Finding]) -> Iterator[str]:
    """Yield what is stated against what, each statement with its place."""
    found = [finding for finding in findings if finding.kind is Kind.CONTRADICTION]
    if not found:
        return
    yield f"Contradictions in what is stated ({len(found)})"
    for finding in found:
        yield from wrapped(f"{finding.provision}: {'; '.join(finding.because)}", "  ", "      ")
        for name in finding.facts:
            fact = decision.facts[name]
            if fact.origin.sureness is not Sureness.DECLARED_BY_DEFAULT:
                value = decision.vocabulary[name].format(fact.value)
                said = "[]" if value == [] else fact_value(value)
                yield from wrapped(f"{name}: {said} ({fact.origin})", "      ", "        ")
        yield from wrapped(f"{finding.must} (id: {finding.id})", "      ", "      ")
    yield ""


def _open(basis: Pack, findings: list[Finding]) -> Iterator[str]:
    certain = [finding for finding in findings if finding.certain]
    yield from _group(basis, "Open: owed, and nothing shows that it is met", certain)
    unsure = [finding for finding in findings if not finding.certain]
    if not unsure:
        return
    yield f"Open: not known yet whether it is owed ({len(unsure)})"
    yield from _by_article(unsure)
    yield ""


def _by_article(findings: Iterable[Finding]) -> Iterator[str]:
    if text := counted_by_article(finding.provision for finding in findings):
        yield from wrapped(text, "  ", "  ")


def _questions(pack: PackDecision) -> Iterator[str]:
    if not pack.needs:
        return
    yield "Please answer, the most decisive first"
    vocabulary = pack.pack_at.pack.vocabulary
    for number, need in enumerate(pack.needs, 1):
        declaration = vocabulary.get(need.fact)
        yield from wrapped(f"{number}. {pack.question(need.fact)}", "  ", "     ")
        yield from wrapped(f"{need.fact}: {_answers(declaration)} (decides {need.decides})", "     ", "       ")
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
            yield from wrapped(f"note: {proviso}", "    ", "    ")
    yield ""


def _readings(pack: PackDecision, school: str) -> Iterator[str]:
    turned_on = {name for finding in pack.findings for name in finding.readings}
    readings = [pack.pack_at.pack.readings[name] for name in sorted(turned_on)]
    if not readings:
        return
    yield f"Readings of open points of law that this rests on (school: {school_of(pack, school)})"
    for reading in readings:
        choice = pack.pack_at.choices[reading.id]
        yield from wrapped(f"{reading.id}: {choice} ({reading.choices[choice]})", "  ", "      ")
    yield ""


def _where(groups: dict[Status, list[Finding]]) -> Iterator[str]:
    first = next((f for status in Status if status.gates for f in groups[status]), None)
    if first is not None:
        yield from labelled("look", f"aiact-rules explain {first.id} FILE shows the rules and facts behind a finding")
