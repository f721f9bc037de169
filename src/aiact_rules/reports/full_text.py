"""The full text of a decision: every finding that counts now, every question, every interpretation, all evidence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from aiact_rules.core.decisions import Decision
from aiact_rules.core.findings import Finding
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import Pack
from aiact_rules.core.printable import printable
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status
from aiact_rules.core.tallies import tally_of
from aiact_rules.core.vocabulary import FactDeclaration
from aiact_rules.core.waivers import Waiver
from aiact_rules.reports.alarms import Alarm, alarms_of
from aiact_rules.reports.classification import classes_of
from aiact_rules.reports.evidence_given import claimed_by_word, evidence_counts, evidence_line, not_shown
from aiact_rules.reports.groups import grouped
from aiact_rules.reports.heard import noted_lines
from aiact_rules.reports.remarks import Remark, remark_lines
from aiact_rules.reports.words import (
    bearers,
    counted_by_article,
    fine,
    label,
    labelled,
    release_of,
    roles_of,
    said_of,
    school_of,
    step_of,
    wrapped,
)

_YES_NO = {"yes": "yes", "no": "no", "unknown": "undetermined"}


def full_lines(decision: Decision, remarks: Iterable[Remark] = ()) -> Iterator[str]:
    """Yield everything that is to be said of one decision."""
    tally = tally_of(decision)
    said = ", ".join(tally.said()) if tally.gating else ", ".join(["nothing unmet", *tally.said()])
    yield from wrapped(f"{decision.verdict.value.upper()}  {said}", "", "  ")
    yield from remark_lines(remarks)
    yield ""
    if release := release_of(decision):
        yield from labelled("release", release)
    if decision.operator:
        yield from labelled("operator", printable(decision.operator))
    yield from labelled("role", roles_of(decision, ", ") or "not stated")
    yield from labelled("assessed for", f"{step_of(decision)}, {decision.facts.value('release.date')}")
    for pack in decision.packs:
        yield from _pack(decision, pack)
    yield from _evidence(decision)
    yield from noted_lines(decision)
    if decision.unused_facts:
        yield from labelled("unused", f"{', '.join(decision.unused_facts)} (stated, but no rule turned on it)")
    first = next((each.id for pack in decision.packs for each in pack.standings if each.gates), None)
    if first is not None:
        yield from labelled("next", f"aiact-rules explain {first} FILE shows the rules and facts behind a finding")
    if decision.subject.digest is not None:
        yield f"artefact: {decision.subject.digest}"
    yield f"id: {decision.decision_id}"


def _pack(decision: Decision, pack: PackDecision) -> Iterator[str]:
    basis, when = pack.pack_at.pack, decision.facts.value("release.date")
    judged_on = when if isinstance(when, date) else None
    yield from labelled("law", f"{basis.title} ({basis.law}), as of {pack.pack_at.as_of}")
    if len(decision.packs) > 1:
        yield from labelled("verdict", "informational" if pack.verdict is None else pack.verdict.value)
    yield ""
    yield from _classification(decision, pack)
    alarms = [alarm for alarm in alarms_of(decision) if pack.status(alarm.ids[0]) is not None]
    yield from _alarms(pack, "Violated", [alarm for alarm in alarms if alarm.kind == "violated"])
    yield from _alarms(pack, "Contradictions", [alarm for alarm in alarms if alarm.kind == "contradiction"])
    yield from _alarms(pack, "Signals to settle", [alarm for alarm in alarms if alarm.kind == "signal"])
    yield from _group(
        pack, "Unmet (applicable, not demonstrated)", [s for s in pack.standings if s.is_unmet], waived=decision.waived
    )
    yield from _undetermined(pack)
    yield from _questions(pack)
    later = [each for each in pack.standings if each.status is Status.CONDITION and each.certain]
    yield from _group(pack, "Post-release obligations", later, judged_on)
    yield from _upcoming(pack)
    advice = [each for each in pack.standings if each.status is Status.ADVICE]
    yield from _group(pack, "Recommendations (non-blocking)", advice)
    yield from _group(pack, "Met", [each for each in pack.standings if each.status is Status.MET])
    yield from _interpretations(pack, decision.choices.school.value)


def _classification(decision: Decision, pack: PackDecision) -> Iterator[str]:
    yield "Classification"
    size = max((len(label(pack.pack_at.pack, name)) for name in pack.headlines), default=0) + 2
    for name, truth in pack.headlines.items():
        yield f"  {label(pack.pack_at.pack, name):{size}}{_YES_NO[truth]}"
    for each in classes_of(decision, pack):
        if (deciding := each.deciding) is not None:
            value = ", ".join(sorted(deciding.members)) or said_of(decision, deciding.fact.name, deciding.fact.value)
            because = f"{deciding.provision}, {deciding.fact.name}: {value} ({deciding.fact.origin})"
            yield from wrapped(f"{each.label} because of {because}", "  ", "      ")
    yield ""


def _alarms(pack: PackDecision, title: str, alarms: list[Alarm]) -> Iterator[str]:
    if not alarms:
        return
    yield f"{title} ({sum(len(alarm.ids) for alarm in alarms)})"
    for alarm in alarms:
        yield from wrapped(alarm.reason, "  ", "      ")
        for way in alarm.ways:
            yield from wrapped(f"- {way}", "      ", "        ")
        for name in alarm.ids:
            finding = pack.finding(name)
            if finding is not None:
                yield from _details(pack.pack_at.pack, finding, several=len(alarm.ids) > 1)
    yield ""


def _details(pack: Pack, finding: Finding, *, several: bool) -> Iterator[str]:
    indent = "      "
    who = f" ({bearers(pack, finding.roles)})" if finding.roles else ""
    said = f"{finding.provision}{who}: {finding.must}; id: {finding.id}" if several else f"id: {finding.id}{who}"
    yield from wrapped(said, indent, indent)
    if finding.because and finding.status is Status.BREACHED:
        yield from wrapped(f"because {'; '.join(finding.because)}", indent, indent)
    if finding.evidence:
        yield from wrapped(f"suggested evidence: {'; '.join(finding.evidence)}", indent, indent)
    if finding.sanction is not None:
        yield from wrapped(f"fine: {fine(finding.sanction)}", indent, indent)


def _group(
    pack: PackDecision,
    title: str,
    standings: list[Standing],
    judged_on: date | None = None,
    waived: Mapping[tuple[str, str], Waiver] | None = None,
) -> Iterator[str]:
    """Yield what is to be done by document or article, each with its provision."""
    if not standings:
        return
    yield f"{title} ({len(standings)})"
    for group in grouped(pack, standings):
        findings = [finding for each in group.standings if (finding := pack.finding(each.id)) is not None]
        who = bearers(pack.pack_at.pack, (role for finding in findings for role in finding.roles))
        yield from wrapped(f"{group.title} ({len(findings)}): the {who or 'operator'} must", "  ", "    ")
        for finding in findings:
            waiver = (waived or {}).get((pack.pack_id, finding.id))
            let_be = "" if waiver is None else f" ({printable(str(waiver))})"
            said = f"{finding.provision}: {finding.must}{_due(finding, judged_on)}{let_be}"
            yield from wrapped(said, "    - ", "      ")
    yield ""


def _due(finding: Finding, judged_on: date | None) -> str:
    """Return by when it must be done, where a period that the law sets can be counted, and whether that has passed."""
    days = [each.on for each in finding.due_dates if each.on is not None]
    if not days:
        return ""
    passed = ", which has passed" if judged_on is not None and min(days) < judged_on else ""
    return f" (by {min(days)}{passed})"


def _undetermined(pack: PackDecision) -> Iterator[str]:
    unsure = [each for each in pack.standings if each.is_undetermined]
    if not unsure:
        return
    yield f"Undetermined applicability ({len(unsure)})"
    yield from _by_article(unsure, "  ")
    yield ""


def _by_article(standings: Iterable[Standing], indent: str) -> Iterator[str]:
    if text := counted_by_article(each.obligation.provision for each in standings):
        yield from wrapped(text, indent, indent)


def _questions(pack: PackDecision) -> Iterator[str]:
    if not pack.needs:
        return
    yield f"Open questions by impact ({len(pack.needs)})"
    vocabulary = pack.pack_at.pack.vocabulary
    for number, need in enumerate(pack.needs, 1):
        declaration = vocabulary.get(need.fact)
        yield from wrapped(f"{number}. {pack.question(need.fact)}", "  ", "     ")
        affects = f"affects {need.decides} obligation{'' if need.decides == 1 else 's'}"
        yield from wrapped(f"{need.fact}: {_answers(declaration)} ({affects})", "     ", "       ")
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


def _upcoming(pack: PackDecision) -> Iterator[str]:
    upcoming = tally_of(pack).upcoming
    if not upcoming:
        return
    yield f"Upcoming ({sum(each.count for each in upcoming)})"
    for coming in upcoming:
        parts = [f"{coming.certain} certain"] if coming.certain else []
        parts += [f"{coming.undetermined} undetermined"] if coming.undetermined else []
        yield f"  from {coming.on}: {', '.join(parts)}"
        then = [each for each in pack.standings if each.starts == coming.on]
        yield from _by_article((each for each in then if each.certain), "    ")
        findings = (pack.finding(each.id) for each in then)
        starts = (finding.start for finding in findings if finding is not None and finding.start is not None)
        for proviso in dict.fromkeys(proviso for start in starts for proviso in start.provisos):
            yield from wrapped(f"note: {proviso}", "    ", "    ")
    yield ""


def _interpretations(pack: PackDecision, school: str) -> Iterator[str]:
    readings = [pack.pack_at.pack.readings[name] for name in pack.readings_applied]
    if not readings:
        return
    yield f"Interpretations applied ({len(readings)}, school: {school_of(pack, school)})"
    for reading in readings:
        choice = pack.pack_at.choices[reading.id]
        yield from wrapped(f"{reading.id}: {choice} ({reading.choices[choice]})", "  ", "      ")
    yield ""


def _evidence(decision: Decision) -> Iterator[str]:
    said = evidence_counts(decision)
    if said is None:
        return
    yield f"Evidence ({said})"
    for item in sorted(decision.evidence, key=lambda item: item.about):
        yield from wrapped(evidence_line(decision, item), "  ", "      ")
    for fact in claimed_by_word(decision):
        value = said_of(decision, fact.name, fact.value)
        yield from wrapped(f"{fact.name}: {value}, by word only ({fact.origin})", "  ", "      ")
    for fact in not_shown(decision):
        yield from wrapped(f"{fact.name}: not shown, {fact.origin.because} ({fact.origin.place})", "  ", "      ")
    yield ""
