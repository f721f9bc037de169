"""Folders: every release below a folder, each judged as `check` judges it, with the answers as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from aiact_rules.core.batches import Batch, LeftOut
from aiact_rules.core.decisions import Decision
from aiact_rules.core.statuses import Status
from aiact_rules.gate import Gate
from aiact_rules.judging import Inputs, judge_inputs
from aiact_rules.requests.overrides import Overrides
from aiact_rules.requests.today import now
from aiact_rules.sweep.bitsets import set_column
from aiact_rules.sweep.kernel import ERROR, PREFIX, REASON, TRUTHS, VERDICTS
from aiact_rules.sweep.summary import Summary, summary_of

KEY = "release"
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Answer:
    """What one decision says, reduced to what a table holds. `verdict` is `error` where there is none."""

    verdict: str
    reason: str | None = None
    conclusions: Mapping[str, str] | None = None
    statuses: Mapping[Status, tuple[str, ...]] | None = None
    decision_id: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One operator of one release: its answers, one for each date, and whether it is refused."""

    release: str
    operator: str | None
    answers: tuple[Answer, ...]
    passes: bool
    notes: tuple[str, ...]


@dataclass(frozen=True)
class FolderSwept:
    """The rows of a folder, and what was left out of it."""

    rows: tuple[Row, ...]
    dates: tuple[date, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def bad(self) -> tuple[Row, ...]:
        """Return the rows that could not be judged."""
        return tuple(row for row in self.rows if any(answer.verdict == ERROR for answer in row.answers))

    def summary(self) -> Summary:
        """Return what was found, in the form of every sweep."""
        verdicts = [[row.answers[at].verdict for row in self.rows] for at in range(len(self.dates))]
        counts = [
            {
                status: _counted(
                    names for row in self.rows for names in [(row.answers[at].statuses or {}).get(status, ())]
                )
                for status in (Status.BREACHED, Status.OPEN)
            }
            for at in range(len(self.dates))
        ]
        return summary_of(self.dates, verdicts, counts)

    def table(self, sets: Sequence[Status]) -> pa.RecordBatch:
        """Return the rows with the columns of a sweep; several packs put their id before what they say."""
        fields: list[pa.Field] = [
            pa.field(KEY, pa.string()),
            pa.field(OPERATOR, pa.string()),
            pa.field(REASON, pa.string()),
        ]
        columns: list[pa.Array] = [
            pa.array([row.release for row in self.rows], pa.string()),
            pa.array([row.operator for row in self.rows], pa.string()),
            pa.array([next((a.reason for a in row.answers if a.reason), None) for row in self.rows], pa.string()),
        ]
        for at, day in enumerate(self.dates):
            after = "" if len(self.dates) == 1 else f"_{day.isoformat().replace('-', '_')}"
            for kind, column in self._columns(at, after, sets):
                fields.append(kind)
                columns.append(column)
        return pa.RecordBatch.from_arrays(columns, schema=pa.schema(fields))

    def _columns(self, at: int, after: str, sets: Sequence[Status]) -> Iterator[tuple[pa.Field, pa.Array]]:
        answers = [row.answers[at] for row in self.rows]
        yield _coded(f"{PREFIX}verdict{after}", [answer.verdict for answer in answers], VERDICTS)
        ids = pa.array([answer.decision_id for answer in answers], pa.string())
        yield pa.field(f"{PREFIX}decision_id{after}", pa.string()), ids
        for name in dict.fromkeys(name for answer in answers for name in answer.conclusions or {}):
            said = [(answer.conclusions or {}).get(name) for answer in answers]
            yield _coded(f"{PREFIX}{name}{after}", said, TRUTHS)
        for status in Status:
            counts = [None if a.statuses is None else len(a.statuses.get(status, ())) for a in answers]
            yield pa.field(f"{PREFIX}{status.value}_count{after}", pa.uint16()), pa.array(counts, pa.uint16())
        for status in sets:
            found = [(answer.statuses or {}).get(status, ()) for answer in answers]
            names = tuple(dict.fromkeys(name for each in found for name in each))
            bits = np.zeros((len(found), (len(names) + 7) // 8), np.uint8)
            place = {name: number for number, name in enumerate(names)}
            for row, each in enumerate(found):
                for name in each:
                    bits[row, place[name] // 8] |= 1 << place[name] % 8
            yield set_column(f"{PREFIX}{status.value}{after}", names, bits)


def sweep_folder(gate: Gate, folder: Path, inputs: Inputs, said: Overrides, dates: Sequence[date]) -> FolderSwept:
    """Judge every release on each date, or without dates each on its own day, of which the latest is named.

    Its rows are named from the folder. No plugin is told: a sweep releases nothing.
    """
    saying = [said.with_(as_of=day) for day in dates] or [said]
    batches = [judge_inputs(gate, inputs, each, record=False) for each in saying]
    if not dates:
        dates = (max((p.pack_at.as_of for d in batches[0].decisions for p in d.packs), default=now().date()),)
    several = len({pack.pack_id for batch in batches for decision in batch.decisions for pack in decision.packs}) > 1
    names = [Path(each.name).relative_to(folder).as_posix() for each in inputs.inputs]
    rows = [row for at, name in enumerate(names) for row in _rows(name, batches, at, several=several)]
    return FolderSwept(tuple(rows), tuple(dates), batches[0].left_out)


def _rows(name: str, batches: Sequence[Batch], at: int, *, several: bool) -> Iterator[Row]:
    items = [batch.items[at] for batch in batches]
    passes = all(item.passes for item in items)
    notes = tuple(dict.fromkeys(note for item in items for note in item.notes))
    operators = max((len(item.decisions) for item in items), default=0)
    for number in range(max(operators, 1)):
        decisions = [item.decisions[number] if number < len(item.decisions) else None for item in items]
        answers = tuple(
            _answer(decision, several=several)
            if decision is not None
            else Answer(ERROR, "; ".join(str(problem).replace("\n", " ") for problem in item.problems))
            for item, decision in zip(items, decisions, strict=True)
        )
        operator = next((decision.operator for decision in decisions if decision is not None), None)
        yield Row(name, operator, answers, passes, notes)


def _answer(decision: Decision, *, several: bool) -> Answer:
    conclusions: dict[str, str] = {}
    statuses: dict[Status, list[str]] = {}
    for pack in decision.packs:
        before = f"{pack.pack_id}." if several else ""
        conclusions |= {before + name: word for name, word in pack.headlines.items()}
        obligations = tuple(pack.pack_at.obligations)
        for index, status, _ in pack.statuses:
            statuses.setdefault(status, []).append(before + obligations[index])
    found = {status: tuple(names) for status, names in statuses.items()}
    return Answer(decision.verdict.value, None, conclusions, found, decision.decision_id)


def _coded(name: str, words: Sequence[str | None], known: tuple[str, ...]) -> tuple[pa.Field, pa.Array]:
    kind = pa.dictionary(pa.int8(), pa.string())
    codes = pa.array([None if word is None else known.index(word) for word in words], pa.int8())
    return pa.field(name, kind), pa.DictionaryArray.from_arrays(codes, pa.array(known))


def _counted(found: Iterable[tuple[str, ...]]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for names in found:
        for name in names:
            counts[name] = counts.get(name, 0) + 1
    return counts
