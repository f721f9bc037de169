"""The screen: what a person does next, in at most 25 lines for a release whatever its class."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from aiact_rules.core.batches import Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.pack_decisions import PackDecision
from aiact_rules.core.packs import MOMENT, ROLES, SUBJECT
from aiact_rules.core.printable import printable
from aiact_rules.core.statuses import Verdict
from aiact_rules.core.tallies import Tally, tally_of
from aiact_rules.core.words import counted
from aiact_rules.reports.alarms import Alarm, alarms_of
from aiact_rules.reports.classification import classes_of, denied_classes, open_classes
from aiact_rules.reports.evidence_given import evidence_counts
from aiact_rules.reports.remarks import remarks_of
from aiact_rules.reports.words import WIDTH, release_of, roles_of, said_of, school_of, step_of, wrapped
from aiact_rules.reports.work_table import cut, table_lines, work_of

MOST_LINES = 25
_LINES_OF_ALARMS = 9
_LINES_OF_LAWS = 7
_LINES_OF_REMARKS = 6
_FEWEST_ROWS = 2
_SEPARATOR = " · "


def decision_lines(item: Item, decision: Decision, width: int = WIDTH) -> Iterator[str]:
    """Yield one decision as at most 25 lines: the verdict, the class, the tally, what to state and what to run next."""
    tally, questions = tally_of(decision), questions_of(decision)
    top = [*_head(decision, item, width), *_remarks(item, width), ""]
    if is_silent(decision, tally):
        top += _start_with(tally, questions, width)
        yield from _within(top, list(_next(item, questions, None, width)))
        return
    alarms, work = alarms_of(decision), work_of(decision)
    top += _shortened(list(_laws(decision, width)), _LINES_OF_LAWS, "more: --full")
    top += alarm_lines(alarms, "  ", width, _LINES_OF_ALARMS)
    top += [line for note in notes_of(decision) for line in wrapped(note, "  ", "      ", width)]
    ids = [*(name for alarm in alarms for name in alarm.ids), *(each.group.standings[0].id for each in work)]
    end = list(_next(item, questions, ids[0] if ids else None, width, planned=bool(work)))
    room = MOST_LINES - len(top) - len(end) - 3  # two empty lines and the heading
    table = ["", *table_lines(work, max(room, _FEWEST_ROWS), width)] if work else []
    yield from _within([*top, *table], end)


def _within(lines: Sequence[str], end: Sequence[str]) -> Iterator[str]:
    """Yield the lines, then what to run next; where there are too many, the last of them are cut, and that is said."""
    room = MOST_LINES - len(end) - 1
    yield from _shortened(lines, room, f"{len(lines) - room + 1} more lines: --full")
    yield ""
    yield from end


def _shortened(lines: Sequence[str], most: int, rest: str) -> Sequence[str]:
    return lines if len(lines) <= most else [*lines[: most - 1], f"  ... {rest}"]


def _head(decision: Decision, item: Item, width: int) -> Iterator[str]:
    word = decision.verdict.value.upper()
    parts = [release_of(decision) or printable(item.name), *assessed(decision)]
    yield from filled(parts, f"{word}  ", " " * (len(word) + 2), width)


def assessed(decision: Decision) -> Iterator[str]:
    """Yield what was assessed: for whom, in which role, at which step, on which date and by which law."""
    if decision.operator:
        yield printable(decision.operator)
    yield roles_of(decision, " and ") or "role not stated"
    yield f"{step_of(decision)}, {decision.facts.value('release.date')}"
    yield from laws_of(decision)


def laws_of(decision: Decision) -> Iterator[str]:
    """Yield the law by its title, or how many there are, with the date of the text that is looked at."""
    laws = {pack.pack_at.pack.title for pack in decision.packs}
    dates = " and ".join(sorted({str(pack.pack_at.as_of) for pack in decision.packs}))
    yield f"{laws.pop()} (law as of {dates})" if len(laws) == 1 else f"{len(laws)} laws, as of {dates}"


def filled(parts: Iterable[str], first: str, rest: str, width: int) -> Iterator[str]:
    """Yield parts as lines that break between parts where they can, and within one only where it is too long itself."""
    line = ""
    for part in parts:
        joined = f"{line}{_SEPARATOR}{part}" if line else part
        if line and len(first) + len(joined) > width:
            yield from wrapped(line, first, rest, width)
            first, line = rest, part
        else:
            line = joined
    yield from wrapped(line, first, rest, width)


def _remarks(item: Item, width: int) -> Iterator[str]:
    """Yield what lets a release pass, was not judged, or changes a role: a verdict alone would say too much."""
    remarks = sorted(remarks_of(item), key=lambda each: not each.warns)
    lines = [line for remark in remarks for line in wrapped(str(remark), "      ", "        ", width)]
    most = _LINES_OF_REMARKS if all(len(decision.packs) == 1 for decision in item.decisions) else _LINES_OF_REMARKS // 2
    yield from _shortened(lines, most, f"{len(lines) - most + 1} more lines: --full")


def is_silent(decision: Decision, tally: Tally) -> bool:
    """Return whether so little is stated that only the first questions are worth showing."""
    first = (ROLES, MOMENT, SUBJECT)
    nothing_certain = not (tally.unmet or tally.violated or tally.contradictions or tally.signals)
    return decision.verdict is Verdict.HOLD and nothing_certain and any(name not in decision.facts for name in first)


def _start_with(tally: Tally, questions: Mapping[str, int], width: int) -> Iterator[str]:
    undetermined = counted(tally.undetermined, "obligation")
    said = f"not enough stated: {undetermined} undetermined, {counted(len(questions), 'open question')}"
    yield from wrapped(said, "  ", "  ", width)
    facts = [f"{fact} ({count})" for fact, count in questions.items()]
    more = f", and {len(facts) - 5} more" if len(facts) > 5 else ""
    yield from wrapped(f"start with (affects so many): {', '.join(facts[:5])}{more}", "  ", "    ", width)


def questions_of(decision: Decision) -> Mapping[str, int]:
    """Return every open question of a decision with the number of obligations it affects, the most decisive first."""
    found: dict[str, int] = {}
    for pack in decision.packs:
        for need in pack.open_questions if pack.verdict is not None else ():
            found[need.fact] = found.get(need.fact, 0) + need.decides
    return dict(sorted(found.items(), key=lambda each: -each[1]))


def _laws(decision: Decision, width: int) -> Iterator[str]:
    """Yield the class under each law, and how many obligations stand in which way."""
    if len(decision.packs) > 1:
        yield from _several_laws(decision, width)
        return
    (pack,) = decision.packs
    for each in class_lines(decision, pack, width):
        yield from wrapped(each, "  ", "      ", width)
    yield from filled([*tally_words(pack), *_waived(decision, pack)], "  ", "    ", width)


def _several_laws(decision: Decision, width: int) -> Iterator[str]:
    """Yield each law in a line, the strictest verdict first, and as many classes below as there is room for."""
    room = _LINES_OF_LAWS - len(decision.packs)
    for pack in sorted(decision.packs, key=lambda pack: -1 if pack.verdict is None else -pack.verdict.severity):
        verdict = "informational" if pack.verdict is None else pack.verdict.value
        said = f": {', '.join([*gating_words(tally_of(pack)), *_waived(decision, pack)])}"
        yield f"  {verdict:5}  {cut(pack.pack_at.pack.title, width - 9 - len(said))}{said}"
        for each in class_lines(decision, pack, width):
            lines = list(wrapped(each, " " * 9, " " * 11, width))
            if len(lines) <= room:
                room -= len(lines)
                yield from lines


def _waived(decision: Decision, pack: PackDecision) -> Iterator[str]:
    if waived := sum(pack_id == pack.pack_id for pack_id, _ in decision.waived):
        yield f"{waived} waived"


def class_lines(decision: Decision, pack: PackDecision, width: int) -> Iterator[str]:
    """Yield the classes that a release is in with what decides them, and those of which that is not determined."""
    for each in classes_of(decision, pack):
        if each.deciding is None:
            yield each.label
            continue
        fact = each.deciding.fact
        value = ", ".join(sorted(each.deciding.members)) or said_of(decision, fact.name, fact.value)
        yield f"{each.label}: {each.deciding.provision}; {fact.name}: {value} ({fact.origin})"
    allowed = pack.verdict is Verdict.ALLOW
    if allowed and (denied := denied_classes(pack)):
        yield f"not: {_some_of(denied, width - len('    not: , ...'))}"
    by_date: dict[str, list[str]] = {}
    for open_class in open_classes(pack):
        when = "nothing turns on it" if open_class.matters_from is None else f"matters from {open_class.matters_from}"
        by_date.setdefault(f"undetermined, {when}" if allowed else "undetermined", []).append(open_class.label)
    yield from (f"{', '.join(names)}: {when}" for when, names in by_date.items())


def _some_of(names: Sequence[str], room: int) -> str:
    """Return as many names as there is room for, at least one, and dots where there are more."""
    shown = list(names)
    while len(shown) > 1 and len(", ".join(shown)) > room:
        shown.pop()
    return ", ".join(shown) + (", ..." if len(shown) < len(names) else "")


def tally_words(decided: Decision | PackDecision) -> Iterator[str]:
    """Yield the tally in words, also that nothing is unmet or violated."""
    tally = tally_of(decided)
    if decided.verdict is not None and not tally.gating:
        yield "nothing unmet"
    yield from tally.said()
    if decided.verdict is not None and tally.gating and not tally.violated:
        yield "0 violated"
    if isinstance(decided, Decision) and decided.waived:
        yield f"{len(decided.waived)} waived"


def gating_words(tally: Tally) -> Iterator[str]:
    """Yield the counts of what stands in the way, or that nothing does."""
    yield from (
        replace(tally, met=0, post_release=0, upcoming=(), recommendations=0).said()
        if tally.gating
        else ("nothing unmet",)
    )


def alarm_lines(alarms: Sequence[Alarm], indent: str, width: int, most: int) -> Iterator[str]:
    """Yield as many alarms as fit into so many lines, at least the first, and how many more there are."""
    used = 0
    for number, alarm in enumerate(alarms):
        lines = list(wrapped(f"{alarm.kind}: {alarm}", indent, indent + "    ", width))
        if number and used + len(lines) > most - (number + 1 < len(alarms)):
            yield f"{indent}and {len(alarms) - number} more: --full"
            return
        used += len(lines)
        yield from lines


def notes_of(decision: Decision, *, noted: bool = True) -> Iterator[str]:
    """Yield how much is shown by what, how many interpretations were applied, what was stated for nothing, and words `noted`."""
    if (evidence := evidence_counts(decision)) is not None:
        yield f"evidence: {evidence}"
    applied = sum(len(pack.readings_applied) for pack in decision.packs)
    if applied:
        schools = sorted({school_of(pack, decision.choices.school.value) for pack in decision.packs})
        yield f"interpretations applied: {applied} (school: {', '.join(schools)})"
    if unused := decision.unused_facts:
        shown = ", ".join(unused[:3]) + (f" and {len(unused) - 3} more" if len(unused) > 3 else "")
        yield f"stated, but no rule turned on it: {shown}"
    if noted and any(signal.note is not None for signal in decision.signals):
        from aiact_rules.reports.heard import notes_line  # few releases have words to note

        yield from filter(None, [notes_line(decision)])


def _next(
    item: Item, questions: Mapping[str, int], finding: str | None, width: int, *, planned: bool = False
) -> Iterator[str]:
    """Yield the commands that lead on, each with what it does where there is room."""
    path = shlex.quote(printable(item.argument))
    found: list[tuple[str, str, str]] = []
    if questions:
        answer = "open question" if len(questions) == 1 else f"{len(questions)} open questions"
        found.append(("next", f"aiact-rules ask {path}", f"answer the {answer}"))
    if planned:
        found.append(("plan", f"aiact-rules plan {path}", "the work by document, as a checklist"))
    found.append(("all", f"aiact-rules check --full {path}", "every obligation and interpretation"))
    if finding is not None:
        found.append(("why", f"aiact-rules explain {finding} {path}", "the rules and facts behind the first"))
    yield from command_lines(found, width)


def command_lines(commands: Sequence[tuple[str, str, str]], width: int) -> Iterator[str]:
    """Yield each command after its label, and what it does where there is room for that."""
    size = max(len(command) for _, command, _ in commands)
    for label, command, does in commands:
        plain = f"  {label:4}  {command}"
        ways = (f"  {label:4}  {command:{size}}  # {does}", f"{plain}  # {does}")
        yield next((line for line in ways if len(line) <= width), plain)
