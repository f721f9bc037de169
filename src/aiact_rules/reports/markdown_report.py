"""The Markdown report: what the text says, for job summaries and comments on merge requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.printable import printable
from aiact_rules.core.problems import Problem
from aiact_rules.core.standings import Standing
from aiact_rules.core.statuses import Status
from aiact_rules.reports.alarms import alarms_of
from aiact_rules.reports.annotations import document_of
from aiact_rules.reports.escapes import harmless, markdown
from aiact_rules.reports.evidence_given import claimed_by_word, evidence_line, not_shown
from aiact_rules.reports.heard import TITLE, notes_told
from aiact_rules.reports.remarks import NOTHING_JUDGED, Remark, left_out_of, remarks_of
from aiact_rules.reports.rows import count_line
from aiact_rules.reports.screen import assessed, class_lines, notes_of, tally_words
from aiact_rules.reports.words import bearers, release_of, said_of
from aiact_rules.reports.work_table import work_of

_MOST_ALARMS = 10
_MOST_NOTES = 10
_MOST_ROWS = 10
_MOST_QUESTIONS = 10
_WIDTH = 160  # of a line of names; Markdown is wrapped by whoever shows it


class MarkdownReport:
    """Writes what a person does next, and everything where that is asked for; of several releases a count too."""

    name = "markdown"

    def render(self, batch: Batch) -> str:
        """Return the batch as one Markdown text."""
        return harmless("\n".join(_sections(batch)) + "\n")


def _sections(batch: Batch) -> Iterator[str]:
    for item in batch.items:
        if item.answer is None:
            yield from _broken(f"ERROR: {markdown(item.name)}", item.problems)
        for number, decision in enumerate(item.decisions):
            yield from _decision(item, decision, remarks_of(item) if number == 0 else (), full=batch.full)
    if batch.problems:
        yield from _broken(
            "ERROR: not everything was judged" if batch.items else f"ERROR: {NOTHING_JUDGED}", batch.problems
        )
    elif not batch.items:
        yield from (f"## NONE: {NOTHING_JUDGED}", "")
    if len(batch.items) > 1:
        yield from (markdown(count_line(batch)), "")
    if (left_out := left_out_of(batch)) is not None:
        yield from (f"Left out: {markdown(left_out)}", "")


def _broken(title: str, problems: Sequence[Problem]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    for problem in problems:
        place = "" if problem.place is None else f"{problem.place}: "
        hint = "" if problem.hint is None else f" ({markdown(problem.hint)})"
        yield f"- {markdown(f'{place}{problem.message}')}{hint}"
    yield ""


def _decision(item: Item, decision: Decision, remarks: Sequence[Remark], *, full: bool) -> Iterator[str]:
    name = release_of(decision) or document_of(decision)
    who = f" ({markdown(decision.operator)})" if decision.operator else ""
    yield f"## {decision.verdict.value.upper()}: {markdown(name)}{who}"
    yield ""
    yield markdown(" · ".join(assessed(decision)))
    yield ""
    yield from (f"- {markdown(str(remark))}" for remark in remarks)
    for pack in decision.packs:
        yield from _law(decision, pack)
    yield from (f"- {markdown(note)}" for note in notes_of(decision, noted=False))
    yield ""
    yield from _alarms(decision, None if full else _MOST_ALARMS)
    yield from _noted(decision, None if full else _MOST_NOTES)
    if full:
        for pack in decision.packs:
            yield from _everything(decision, pack)
        yield from _evidence(decision)
    else:
        yield from _work(decision)
        yield from _questions(decision, _MOST_QUESTIONS)
        yield from (f"Everything: aiact-rules check --full {markdown(item.name)}", "")
    digest = decision.subject.digest
    yield f"`{decision.decision_id}`" if digest is None else f"`{decision.decision_id}`, about the artefact `{digest}`"
    yield ""


def _law(decision: Decision, pack: PackDecision) -> Iterator[str]:
    said = f"**{' · '.join(tally_words(pack))}**"
    if len(decision.packs) > 1:
        verdict = "informational" if pack.verdict is None else pack.verdict.value
        said = f"{markdown(pack.pack_at.pack.title)}: {verdict}, {said}"
    yield f"- {said}"
    yield from (f"- {markdown(line)}" for line in class_lines(decision, pack, _WIDTH))


def _alarms(decision: Decision, most: int | None) -> Iterator[str]:
    alarms = alarms_of(decision)
    if not alarms:
        return
    yield f"### Violated, contradictory or signalled ({sum(len(alarm.ids) for alarm in alarms)})"
    yield ""
    for alarm in alarms[:most]:
        yield f"- {alarm.kind}: {markdown(alarm.reason)}"
        yield from (f"  - {_way(way, alarm.paste)}" for way in alarm.ways)
    if most is not None and len(alarms) > most:
        yield f"- and {len(alarms) - most} more: `--full`"
    yield ""


def _noted(decision: Decision, most: int | None) -> Iterator[str]:
    notes = tuple(notes_told(decision))
    if not notes:
        return
    yield f"### {TITLE} ({len(notes)})"
    yield ""
    yield from (f"- {markdown(told)}" for _, told in notes[:most])
    if most is not None and len(notes) > most:
        yield f"- and {len(notes) - most} more: `--full`"
    yield ""


def _way(way: str, paste: str | None) -> str:
    """Return one way to settle something, with the text to paste as code."""
    if paste is None or not way.endswith(paste):
        return markdown(way)
    return f"{markdown(way.removesuffix(paste))} `{printable(paste).replace('`', '')}`"


def _work(decision: Decision) -> Iterator[str]:
    work = work_of(decision)
    if not work:
        return
    shown = work[:_MOST_ROWS]
    yield "| Document or provision | Unmet | Undetermined | Fact to state (affects) |"
    yield "| --- | ---: | ---: | --- |"
    for each in shown:
        unmet, undetermined = each.counts
        yield f"| {markdown(each.name)} | {unmet or '-'} | {undetermined or '-'} | {markdown(each.fact)} |"
    if rest := work[len(shown) :]:
        unmet, undetermined = (sum(numbers) for numbers in zip(*(each.counts for each in rest), strict=True))
        yield f"| {len(rest)} more | {unmet or '-'} | {undetermined or '-'} | |"
    yield ""


def _questions(decision: Decision, most: int | None) -> Iterator[str]:
    asked = [(pack, need) for pack in decision.packs for need in pack.needs]
    if not asked:
        return
    yield f"### Open questions by impact ({len(asked)})"
    yield ""
    for number, (pack, need) in enumerate(asked[:most], 1):
        affects = f"affects {need.decides} obligation{'' if need.decides == 1 else 's'}"
        yield f"{number}. {markdown(pack.question(need.fact))} (`{need.fact}`, {affects})"
    if most is not None and len(asked) > most:
        yield f"{most + 1}. and {len(asked) - most} more: `--full`"
    yield ""


def _everything(decision: Decision, pack: PackDecision) -> Iterator[str]:
    yield from _table(pack, "Violated", [each for each in pack.standings if each.is_violated])
    yield from _table(pack, "Unmet (applicable, not demonstrated)", [each for each in pack.standings if each.is_unmet])
    yield from _table(pack, "Undetermined applicability", [each for each in pack.standings if each.is_undetermined])
    yield from _questions(decision, None)
    later = [each for each in pack.standings if each.status is Status.CONDITION and each.certain]
    yield from _table(pack, "Post-release obligations", later)
    for status, title in (
        (Status.UPCOMING, "Upcoming"),
        (Status.ADVICE, "Recommendations (non-blocking)"),
        (Status.MET, "Met"),
    ):
        yield from _table(pack, title, [each for each in pack.standings if each.status is status])
    if pack.readings_applied:
        yield f"### Interpretations applied ({len(pack.readings_applied)})"
        yield ""
        for name in pack.readings_applied:
            choice = pack.pack_at.choices[name]
            yield f"- `{name}`: {markdown(f'{choice} ({pack.pack_at.pack.readings[name].choices[choice]})')}"
        yield ""


def _table(pack: PackDecision, title: str, standings: Sequence[Standing]) -> Iterator[str]:
    if not standings:
        return
    yield f"### {title} ({len(standings)})"
    yield ""
    yield "| Provision | Who | Must | From |"
    yield "| --- | --- | --- | --- |"
    for each in standings:
        finding = pack.finding(each.id)
        roles = each.obligation.roles if finding is None else finding.roles
        who, from_day = bearers(pack.pack_at.pack, roles), "" if each.starts is None else str(each.starts)
        yield f"| {markdown(each.obligation.provision)} | {markdown(who)} | {markdown(each.obligation.must)} | {from_day} |"
    yield ""


def _evidence(decision: Decision) -> Iterator[str]:
    by_word, taken_back = claimed_by_word(decision), not_shown(decision)
    if not (by_word or taken_back or decision.evidence):
        return
    yield "### Evidence"
    yield ""
    for item in sorted(decision.evidence, key=lambda item: item.about):
        yield f"- {markdown(evidence_line(decision, item))}"
    for how, facts in (("by word only", by_word), ("not shown", taken_back)):
        for fact in facts:
            value = said_of(decision, fact.name, fact.value)
            yield f"- {markdown(f'{fact.name}: {value}, {how} ({fact.origin})')}"
    yield ""
