"""Formats of plans: text, Markdown (a task list for an issue), CSV (one row for each line of a checklist) and JSON."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import StringIO

from aiact_rules.core.batches import Batch
from aiact_rules.core.printable import printable
from aiact_rules.reports.escapes import json_text, markdown
from aiact_rules.reports.plan import (
    MET,
    POST_RELEASE,
    STATES,
    UNDETERMINED,
    UNMET,
    UPCOMING,
    VIOLATED,
    Plan,
    Task,
    Work,
    plan_of,
)
from aiact_rules.reports.words import WIDTH, release_of, roles_of, step_of, wrapped

_BOX = {MET: "[x]", UNDETERMINED: "[?]", VIOLATED: "[!]", UNMET: "[ ]", UPCOMING: "[ ]", POST_RELEASE: "[ ]"}
_MOST_ASKED = 3
_TITLE = 53
_BESIDE_THE_TITLE = 27
_WITH = ", with "
_COLUMNS = (
    "release", "operator", "law", "deliverable", "title", "kind", "signed_by", "state", "due", "occasion",
    "obligation", "provision", "must", "status", "to_state", "to_answer", "rests_on", "written", "waived",
)  # fmt: skip


def text(batch: Batch, width: int = WIDTH) -> str:
    """Return the plans of a batch for a terminal: a table of documents and acts, then the checklist of each."""
    return _joined(_Text(each, width).lines() for each in _plans(batch))


def markdown_list(batch: Batch) -> str:
    """Return the plans of a batch as Markdown task lists, for an issue."""
    return _joined(_markdown(each) for each in _plans(batch))


def table(batch: Batch) -> str:
    """Return the plans of a batch as CSV with a line of names. No cell is a formula for the program that opens it."""
    out = StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for plan in _plans(batch):
        release, operator = _release(plan), plan.decision.operator or ""
        for work in plan.works:
            for task in work.tasks:
                rows.writerow(_cell(each) for each in (release, operator, *_row(work, task)))
    return out.getvalue()


def as_json(batch: Batch) -> str:
    """Return the plans of a batch as JSON: `{"plans": [...]}`, and under `errors` what could not be judged."""
    errors = [str(problem) for problem in (*batch.problems, *(p for item in batch.items for p in item.problems))]
    return json_text({"plans": [_plan_json(plan) for plan in _plans(batch)], "errors": errors})


FORMATS: Mapping[str, Callable[[Batch], str]] = {
    "text": text,
    "markdown": markdown_list,
    "csv": table,
    "json": as_json,
}


def _plans(batch: Batch) -> Iterator[Plan]:
    return (plan_of(decision) for decision in batch.decisions)


def _joined(plans: Iterable[Iterable[str]]) -> str:
    """Return the lines of some plans, with an empty line between two; no text for none."""
    return "\n".join("".join(f"{line}\n" for line in lines) for lines in plans)


def _release(plan: Plan) -> str:
    documents = plan.decision.subject.documents
    return release_of(plan.decision) or printable(documents[0] if documents else "release")


def _assessed(plan: Plan) -> str:
    """Return for whom and what a plan was made: `provider, placing on market; verdict: hold; law as of 2026-11-30`."""
    decision = plan.decision
    who = roles_of(decision, " and ") or "role not stated"
    operator = f"{printable(decision.operator)}: " if decision.operator else ""
    as_of = max((pack.pack_at.as_of for pack in decision.packs), default=None)
    owner = f"; owner: {printable(decision.subject.owner)}" if decision.subject.owner else ""
    return f"{operator}{who}, {step_of(decision)}; verdict: {decision.verdict.value}; law as of {as_of}{owner}"


def _counts(plan: Plan) -> str:
    parts = []
    for state in STATES:
        works = plan.of_state(state)
        items = f" ({_sum(works)})" if any(work.to_do for work in works) else ""
        parts += [f"{len(works)} {state}{items}"] if works else []
    return f"Documents and acts: {', '.join(parts) or 'none'}"


def _sum(works: Iterable[Work]) -> str:
    total = sum(len(work.to_do) for work in works)
    return f"{total} item{'' if total == 1 else 's'}"


def _several_laws(plan: Plan) -> bool:
    return len({work.law for work in plan.works}) > 1


def _title(plan: Plan, work: Work) -> str:
    title = work.title[:1].upper() + work.title[1:]
    return f"{title} ({work.law})" if _several_laws(plan) else title


def to_state(answers: Mapping[str, tuple[str, ...]], members: Iterable[str]) -> Iterator[str]:
    """Yield what to state as it stands in a release file: `fria.updated: true`, `fria.contents: [risks, oversight]`."""
    lists = frozenset(members)
    for fact, values in answers.items():
        if not values:
            yield fact
        else:
            yield f"{fact}: [{', '.join(values)}]" if fact in lists else f"{fact}: {' | '.join(values)}"


def _to_state(tasks: Iterable[Task], answers: Mapping[str, tuple[str, ...]]) -> list[str]:
    return list(to_state(answers, (answer.fact for task in tasks for answer in task.answers if answer.member)))


def _task_answers(task: Task) -> list[str]:
    answers = {a.fact: (() if a.value is None else (a.value,)) for a in task.answers}
    return _to_state((task,), answers)


def _main_provision(provision: str) -> str:
    """Return a citation without what it is read with, unless that is the annex that has the item."""
    first, _, rest = provision.partition(_WITH)
    return provision if rest.startswith("Annex") and not first.startswith("Annex") else first


class _Text:
    """One plan as lines of so many columns."""

    def __init__(self, plan: Plan, width: int) -> None:
        self._plan = plan
        self._width = width

    def _wrapped(self, text: str, first: str = "", rest: str = "") -> Iterator[str]:
        return wrapped(text, first, rest, self._width)

    def lines(self) -> Iterator[str]:
        plan = self._plan
        yield f"Plan of work: {_release(plan)}"
        yield from self._wrapped(_assessed(plan))
        yield from self._wrapped(_counts(plan))
        if plan.to_do:
            yield ""
            yield from self._table()
        for number, work in enumerate(plan.to_do, 1):
            yield from self._work(number, work)
        yield from self._others()

    def _table(self) -> Iterator[str]:
        titles = [_title(self._plan, work) for work in self._plan.to_do]
        room = min(self._width - _BESIDE_THE_TITLE, max(_TITLE, *map(len, titles)))
        yield f"    {'Document or act':{room}}  {'due':10}  {'stated':>9}"
        for number, (work, title) in enumerate(zip(self._plan.to_do, titles, strict=True), 1):
            stated = f"{len(work.met)} of {len(work.met) + len(work.to_do)}"
            yield f"{number:2}  {_short(title, room):{room}}  {_short(work.due.short, 10):10}  {stated:>9}"

    def _work(self, number: int, work: Work) -> Iterator[str]:
        yield ""
        yield f"{number}. {_title(self._plan, work)}"
        for line in _about(work):
            yield from self._wrapped(line, "   ", "     ")
        for line in _to_state(work.to_do, work.answers):
            yield from self._wrapped(f"state {printable(line)}", "   ", "     ")
        for task in work.to_do:
            yield from self._boxed(work, task)
        for asks, tasks in _undetermined(work).items():
            yield from self._wrapped(f"may be needed, answer {_asked(asks)}:", "   ", "     ")
            for task in tasks:
                yield from self._boxed(work, task)
        for task in work.met:
            yield from self._boxed(work, task)

    def _boxed(self, work: Work, task: Task) -> Iterator[str]:
        return self._wrapped(_task_line(work, task), f"   {_BOX[task.status]} ", "       ")

    def _others(self) -> Iterator[str]:
        may, done = _by_questions(self._plan), self._plan.of_state("stated in full")
        if may:
            yield ""
            yield "May be needed"
        for asks, works in may.items():
            yield from self._wrapped(f"answer {_asked(asks)}:", "  ", "    ")
            yield from self._wrapped(", ".join(_counted(self._plan, work) for work in works), "    ", "    ")
        if done:
            yield ""
            yield "Stated in full"
            yield from self._wrapped(", ".join(_title(self._plan, work) for work in done), "  ", "  ")


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3].rstrip()}..."


def _undetermined(work: Work) -> dict[tuple[str, ...], list[Task]]:
    """Return what may apply by the facts that decide it."""
    found: dict[tuple[str, ...], list[Task]] = {}
    for task in work.undetermined:
        found.setdefault(task.asks, []).append(task)
    return found


def _about(work: Work) -> Iterator[str]:
    if work.deliverable is not None:
        yield f"{work.deliverable.provision}; {work.deliverable.kind.value}"
        yield f"answers for it: {work.deliverable.signed_by}"
    yield f"due: {work.due}"
    yield from (f"note: {printable(proviso)}" for proviso in work.due.provisos)


def _task_line(work: Work, task: Task) -> str:
    said = printable(f"{_main_provision(task.provision)}: {task.says}")
    if task.waived is not None:
        said += f" ({printable(task.waived)})"
    if task.written:
        said += f" (written, not stated: {printable(', '.join(task.written))})"
    if task.rests_on:
        said += f" ({task.status}: {printable('; '.join(task.rests_on))})"
    return said if str(task.due) == str(work.due) or task.status in (MET, UNDETERMINED) else f"{said} (due: {task.due})"


def _by_questions(plan: Plan) -> dict[tuple[str, ...], list[Work]]:
    """Return what may be needed by the facts that decide it, in the order of the plan."""
    found: dict[tuple[str, ...], list[Work]] = {}
    for work in plan.of_state("may be needed"):
        found.setdefault(tuple(sorted(work.asks)), []).append(work)
    return {works[0].asks: works for works in found.values()}


def _asked(asks: tuple[str, ...]) -> str:
    more = len(asks) - _MOST_ASKED
    return ", ".join(asks[:_MOST_ASKED]) + (f" and {more} more" if more > 0 else "") or "what is not yet known"


def _counted(plan: Plan, work: Work) -> str:
    return f"{_title(plan, work)} ({len(work.undetermined)})"


def _markdown(plan: Plan) -> Iterator[str]:
    yield f"## Plan of work: {markdown(_release(plan))}"
    yield ""
    yield f"{markdown(_assessed(plan))}. {_counts(plan)}."
    for work in plan.to_do:
        yield from _work_markdown(plan, work)
    may, done = _by_questions(plan), plan.of_state("stated in full")
    if may:
        yield from ("", "### May be needed", "")
        for asks, works in may.items():
            which = ", ".join(_counted(plan, work) for work in works)
            yield f"- [ ] {markdown(f'answer {_asked(asks)}: {which}')}"
    if done:
        yield from ("", "### Stated in full", "")
        yield from (f"- [x] {markdown(_title(plan, work))}, {len(work.met)} of {len(work.met)}" for work in done)


def _work_markdown(plan: Plan, work: Work) -> Iterator[str]:
    yield from ("", f"### {markdown(_title(plan, work))}", "")
    about = "; ".join(_about(work))
    stated = f"{len(work.met)} of {len(work.met) + len(work.to_do)} stated"
    yield markdown(f"{about}; {stated}")
    yield ""
    yield from (_task_markdown(work, task) for task in work.to_do)
    for asks, tasks in _undetermined(work).items():
        yield f"- may be needed, answer {markdown(_asked(asks))}:"
        yield from (f"  {_task_markdown(work, task)}" for task in tasks)
    yield from (_task_markdown(work, task) for task in work.met)


def _task_markdown(work: Work, task: Task) -> str:
    box = "x" if task.status == MET else " "
    answers = ", ".join(f"`{line}`" for line in map(printable, _task_answers(task)) if "`" not in line)
    state = f"; state {answers}" if answers and task.status != UNDETERMINED else ""
    return f"- [{box}] {markdown(_task_line(work, task))}{state}"


def _row(work: Work, task: Task) -> Iterator[str]:
    deliverable = work.deliverable
    yield work.law
    yield work.id
    yield work.title
    yield "" if deliverable is None else deliverable.kind.value
    yield "" if deliverable is None else deliverable.signed_by
    yield work.state
    yield "" if task.due.on is None else str(task.due.on)
    yield task.due.words
    yield task.id
    yield task.provision
    yield task.must
    yield task.status
    yield "; ".join(_task_answers(task))
    yield ", ".join(task.asks)
    yield "; ".join(task.rests_on)
    yield "; ".join(task.written)
    yield task.waived or ""


def _cell(value: str) -> str:
    value = printable(value)
    return f"'{value}" if value[:1] in ("=", "+", "-", "@") else value


def _plan_json(plan: Plan) -> dict[str, object]:
    decision = plan.decision
    return {
        "release": _release(plan),
        "documents": [printable(name) for name in decision.subject.documents],
        "owner": decision.subject.owner,
        "operator": decision.operator,
        "roles": list(decision.roles),
        "moment": decision.moment,
        "verdict": decision.verdict.value,
        "works": [_work_json(work) for work in plan.works],
    }


def _work_json(work: Work) -> dict[str, object]:
    deliverable = work.deliverable
    return {
        "id": work.id,
        "title": work.title,
        "law": work.law,
        "kind": None if deliverable is None else deliverable.kind.value,
        "provision": work.title if deliverable is None else deliverable.provision,
        "signed_by": None if deliverable is None else deliverable.signed_by,
        "state": work.state,
        "due": None if work.due.on is None else work.due.on.isoformat(),
        "occasion": work.due.words,
        "provisos": list(work.due.provisos),
        "to_state": _to_state(work.to_do, work.answers),
        "to_answer": list(work.asks),
        "checklist": [_task_json(task) for task in work.tasks],
    }


def _task_json(task: Task) -> dict[str, object]:
    return {
        "obligation": task.id,
        "provision": task.provision,
        "must": task.must,
        "status": task.status,
        "due": None if task.due.on is None else task.due.on.isoformat(),
        "occasion": task.due.words,
        "to_state": _task_answers(task),
        "to_answer": list(task.asks),
        "rests_on": [printable(each) for each in task.rests_on],
        "written": [printable(each) for each in task.written],
        "waived": None if task.waived is None else printable(task.waived),
    }
