"""The first page: verdict, what is assessed and by what law, the classification and its reasons, dates and signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiact_rules.core.decisions import Decision
from aiact_rules.core.packs import RELEASE_DATE
from aiact_rules.core.pages import published_at
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.tallies import tally_of
from aiact_rules.reports.alarms import Alarm, alarms_of
from aiact_rules.reports.classification import open_classes
from aiact_rules.reports.deadlines import deadlines_of
from aiact_rules.reports.escapes import html
from aiact_rules.reports.heard import TITLE, notes_told
from aiact_rules.reports.html_report.dossier import Dossier, PackPart
from aiact_rules.reports.html_report.page import link, table, terms, verdict_badge
from aiact_rules.reports.html_report.work import way_out
from aiact_rules.reports.remarks import Remark
from aiact_rules.reports.words import label, release_of, roles_of, school_of, step_of

NO_ADVICE = (
    "This page applies encoded rules to stated facts. It is not legal advice; the text of a law is authentic only where it is "
    "officially published, that of the European Union in its Official Journal."
)
_CLASSES = {"yes": "yes", "no": "no", "unknown": "undetermined"}
_MOST_UNKNOWN = 3
_MOST_ALARMS = 12
_MOST_NOTES = 12


def cover(dossier: Dossier, remarks: Sequence[Remark], operator: str | None = None) -> Iterator[str]:
    """Yield the first page of a decision, under the name of the operator where it is one of several."""
    decision, part = dossier.decision, dossier.part
    name = ": ".join(filter(None, (operator, release_of(decision) or "Release")))
    yield f'<section class="cover">{part.heading(0, html(name))}'
    yield f'<p class="lead">{verdict_badge(decision.verdict)}{html(said_of(decision))}</p>'
    yield identity(decision)
    if remarks:
        yield f"<ul>{''.join(f'<li>{html(str(remark))}</li>' for remark in remarks)}</ul>"
    yield from _alarms(dossier)
    yield from _noted(dossier)
    yield from _deadlines(dossier)
    for each in dossier.packs:
        yield part.heading(1, html(_of_pack("Classification", dossier, each)))
        yield from _classification(each)
    for each in dossier.packs:
        yield from _interpretations(dossier, each)
    yield from signatures(dossier)
    yield "</section>"


def said_of(decision: Decision) -> str:
    """Return why the verdict is what it is, in one sentence: the tally of what stands in its way, or of what was shown."""
    tally = tally_of(*(pack for pack in decision.packs if pack.verdict is not None))
    said = ", ".join(tally.said())
    if decision.verdict is not Verdict.ALLOW:
        return said
    return f"nothing that applies now is unmet or undetermined{'; ' if said else ''}{said}"


def identity(decision: Decision) -> str:
    """Return what was assessed, for whom, when, by which law and by which versions."""
    rows = [
        *([("Owner", html(decision.subject.owner))] if decision.subject.owner else []),
        ("Operator", html(f"{decision.operator or 'not named'}; roles: {roles_of(decision, ', ') or 'not stated'}")),
        ("Assessed for", html(f"{step_of(decision)}, {decision.facts.value(RELEASE_DATE)}")),
    ]
    for pack in decision.packs:
        basis = pack.pack_at.pack
        published = ", ".join(link(address, html(act)) for act, address in published_at(basis).items())
        journal = f' <span class="soft">(Official Journal: {published})</span>' if published else ""
        verdict = "informational" if pack.verdict is None else pack.verdict.value.upper()
        checked = "" if basis.checked_on is None else f", last checked on {basis.checked_on}"
        law = f"{html(basis.title)}, law as of {pack.pack_at.as_of}{checked}: <b>{verdict}</b>{journal}"
        rows.append(("Law", law))
        versions = [f"{basis.id} {basis.version}", *(f"{each.id} {each.version}" for each in basis.extensions)]
        rows.append(("Rule pack", f"{html(', '.join(versions))} <code>sha256:{html(basis.digest)}</code>"))
    at = "" if decision.run.at is None else f", {decision.run.at}"
    second = "" if decision.run.verified_with is None else f", verified with {decision.run.verified_with}"
    rows += [
        ("Documents", html(", ".join(decision.subject.documents) or "none")),
        ("Tool", html(f"{decision.run.tool}, engine {decision.run.engine}{second}{at}")),
        *([("Artefact", f"<code>{html(digest)}</code>")] if (digest := decision.subject.digest) is not None else []),
        ("Decision", f"<code>{html(decision.decision_id)}</code>"),
    ]
    return terms(rows)


def _alarms(dossier: Dossier) -> Iterator[str]:
    """Yield what must change or be settled first, each with the file, the line and the words it rests on."""
    alarms = alarms_of(dossier.decision)
    if not alarms:
        return
    yield dossier.part.heading(1, "To settle first")
    told = "".join(f"<li>{_alarm(alarm)}</li>" for alarm in alarms[:_MOST_ALARMS])
    more = len(alarms) - _MOST_ALARMS
    told += f"<li>{more} more in the list of open work</li>" if more > 0 else ""
    yield f"<ul>{told}</ul>"


def _noted(dossier: Dossier) -> Iterator[str]:
    """Yield the words that hold nothing, each with why."""
    notes = [told for _, told in notes_told(dossier.decision)]
    if not notes:
        return
    yield dossier.part.heading(1, TITLE)
    told = "".join(f"<li>{html(note)}</li>" for note in (notes if dossier.full else notes[:_MOST_NOTES]))
    more = 0 if dossier.full else len(notes) - _MOST_NOTES
    told += f"<li>{more} more</li>" if more > 0 else ""
    yield f"<ul>{told}</ul>"


def _alarm(alarm: Alarm) -> str:
    ways = "".join(f"<li>{way_out(alarm, way)}</li>" for way in alarm.ways)
    said = f'<span class="{alarm.kind}">{alarm.kind}</span> {html(alarm.reason)}'
    return f"{said}<ul>{ways}</ul>" if ways else said


def _of_pack(title: str, dossier: Dossier, each: PackPart) -> str:
    """Return a title, with the law where there are several."""
    if len(dossier.packs) == 1:
        return title
    informs = " (informational)" if each.pack.verdict is None else ""
    return f"{title}: {each.pack.pack_at.pack.title}{informs}"


def _deadlines(dossier: Dossier) -> Iterator[str]:
    today = max(each.pack.pack_at.as_of for each in dossier.packs)
    rows = []
    for each in deadlines_of(dossier.decision):
        by = f" ({'; '.join(each.provisions)})" if each.provisions else ""
        rows.append((f"{each.on}{' (passed)' if each.on < today else ''}", html(each.says + by)))
    yield dossier.part.heading(1, "Dates")
    yield terms(rows) if rows else "<p>None follows from what is stated.</p>"


def _classification(each: PackPart) -> Iterator[str]:
    matters = {open_class.label: open_class.matters_from for open_class in open_classes(each.pack)}
    said: set[str] = set()
    alike: dict[tuple[str, str], list[str]] = {}
    order = ("yes", "unknown", "no")
    for name, truth in sorted(each.pack.headlines.items(), key=lambda pair: order.index(pair[1])):
        title = label(each.pack.pack_at.pack, name)
        why = _why(each, name, truth, said)
        if matters.get(title) is not None:
            why += f"; it matters from {matters[title]} on at the earliest"
        alike.setdefault((truth, why), []).append(title)
    rows = [(html("; ".join(labels)), _CLASSES[truth], why) for (truth, why), labels in alike.items()]
    yield table(("Conclusion", "Holds", "Reasons and facts"), rows, kind="rows classes")


def _why(each: PackPart, name: str, truth: str, said: set[str]) -> str:
    """Return why a conclusion holds or not: the rules that make it, each said once, and the facts behind it."""
    facts, dossier = each.behind_conclusion(name), each.dossier
    if truth == "unknown":
        asked = [need.fact for need in each.pack.open_questions if need.fact in facts]
        missing = [
            *asked,
            *sorted(fact for fact in facts if dossier.decision.facts.value(fact) is None and fact not in asked),
        ]
        more = f" and {len(missing) - _MOST_UNKNOWN} more" if len(missing) > _MOST_UNKNOWN else ""
        listed = ", ".join(f"<code>{html(fact)}</code>" for fact in missing[:_MOST_UNKNOWN])
        harmless = each.pack.verdict is Verdict.ALLOW
        turns = "; no obligation that gates this release turns on it" if harmless else ""
        return f"not stated: {listed}{more}{turns}"
    reasons = [reason for reason in each.pack.reasons_for(name) if reason not in said]
    said.update(reasons)
    parts = [html("; ".join(reasons))] if reasons and truth == "yes" else []
    rests = dossier.facts(facts)
    parts += [f'<span class="soft">{rests}</span>'] if rests else []
    return "<br>".join(parts) or "no rule makes it so"


def _interpretations(dossier: Dossier, each: PackPart) -> Iterator[str]:
    pack = each.pack.pack_at.pack
    names = sorted(_readings_behind_what_applies(each))
    others = sorted(set(each.pack.readings_applied) - set(names))
    if not names and not others:
        return
    school = school_of(each.pack, dossier.decision.choices.school.value)
    title = f"Interpretations applied (school of reading: {school})"
    yield dossier.part.heading(1, html(_of_pack(title, dossier, each)))
    yield "<ul>"
    for name in names:
        reading, choice = pack.readings[name], each.pack.pack_at.choices[name]
        yield (
            f"<li>{html(reading.question)} ({each.cited(reading.provision)}) <b>{html(reading.choices[choice])}</b> "
            f'<code>{html(name)}: {html(choice)}</code> <span class="soft">Authority: {html(reading.authority)}</span></li>'
        )
    if others:
        listed = ", ".join(f"<code>{html(name)}</code>" for name in others)
        yield f'<li class="soft">Only for what may apply: {listed}</li>'
    yield "</ul>"


def _readings_behind_what_applies(each: PackPart) -> set[str]:
    """Return the interpretations on which it turns how something stands that certainly applies."""
    findings = (each.pack.finding(standing.id) for standing in each.pack.standings if standing.certain)
    return {name for finding in findings if finding is not None for name in finding.readings}


def signatures(dossier: Dossier) -> Iterator[str]:
    """Yield where people sign, and that this is no legal advice."""
    yield f'<div class="keep">{dossier.part.heading(1, "Signatures")}'
    rows = [(who, "", "", "", "") for who in ("Prepared by", "Approved by")]
    yield table(("Signed", "Name", "Function", "Date", "Signature"), rows, kind="sign")
    yield f"<p><small>{NO_ADVICE}</small></p></div>"
