"""The kernel says of each row what a single decision says."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest

from aiact_rules.core.decisions import Decision
from aiact_rules.core.lowering import lower
from aiact_rules.core.statuses import Status
from aiact_rules.core.vocabulary import FactValue
from aiact_rules.engines.planes import batch_of
from aiact_rules.gate import Gate
from aiact_rules.sweep.bitsets import members, names_of
from aiact_rules.sweep.kernel import Kernel
from aiact_rules.sweep.mapping import ColumnMap, TableMap
from aiact_rules.sweep.plan import make_plan
from tests.records import random_records
from tests.sweep.conftest import AS_OF, readable, stated

LATER = date(2027, 12, 2)


def table_of(
    gate: Gate, records: Sequence[dict[str, FactValue]], without: frozenset[str] = frozenset()
) -> tuple[pa.RecordBatch, TableMap]:
    lowered = lower(gate.packs()[0].at(AS_OF))
    facts = [fact for fact in lowered.facts if fact not in without]
    batch = batch_of(records, {fact: gate.vocabulary()[fact].type for fact in facts})
    keys = pa.array([f"row {n}" for n in range(len(records))])
    batch = pa.RecordBatch.from_arrays([*batch.columns, keys], names=[*batch.schema.names, "key"])
    return batch, TableMap("key", tuple(ColumnMap(fact, fact) for fact in facts))


def check_row(answer: dict[str, object], schema: pa.Schema, decision: Decision, after: str = "") -> None:
    obligations = list(decision.packs[0].pack_at.obligations)
    by_status: dict[Status, list[str]] = {status: [] for status in Status}
    for index, status, _ in decision.packs[0].statuses:
        by_status[status].append(obligations[index])
    assert answer[f"aiact_verdict{after}"] == decision.verdict.value
    for name, truth in decision.packs[0].headlines.items():
        assert answer[f"aiact_{name}{after}"] == truth, name
    for status, names in by_status.items():
        assert answer[f"aiact_{status.value}_count{after}"] == len(names), status
    for status in (Status.BREACHED, Status.OPEN):
        field = schema.field(f"aiact_{status.value}{after}")
        assert list(members(answer[field.name], names_of(field))) == by_status[status]  # type: ignore[arg-type]


def records_of(gate: Gate, count: int, seed: int) -> list[dict[str, FactValue]]:
    lowered = lower(gate.packs()[0].at(AS_OF))
    return readable(random_records(lowered, gate.vocabulary(), count, seed=seed), gate.vocabulary())


def test_rows_are_judged_as_single_releases_are_on_each_date(gate: Gate) -> None:
    records = records_of(gate, 130, 11)
    for record in records:
        if {"release.first_placed_on", "model.first_placed_on"} & {*record}:
            record.setdefault("release.date", AS_OF)  # what was there before may differ from date to date
    batch, table = table_of(gate, records)
    judged = Kernel(make_plan(gate, table, as_of=[AS_OF, LATER])).judge(batch)
    assert judged.faults == {}
    assert judged.batch.column("key").to_pylist() == batch.column("key").to_pylist()
    for record, answer in zip(records, judged.batch.to_pylist(), strict=True):
        for day in (AS_OF, LATER):
            decision = gate.check(stated(record), as_of=day)
            check_row(answer, judged.batch.schema, decision, "_" + day.isoformat().replace("-", "_"))
    verdicts = judged.batch.column("aiact_verdict_2026_11_22").to_pylist()
    assert [verdicts.count(name) for name in ("allow", "hold", "block", "error")] == judged.tally.verdicts[0].tolist()
    assert int(judged.tally.changes[1].sum()) == len(records)


@pytest.mark.parametrize("roles", [["provider"], ["deployer", "importer"], ["distributor"]])
def test_what_is_the_same_in_all_rows_is_worked_in_beforehand(gate: Gate, roles: list[str]) -> None:
    records = records_of(gate, 40, 12)
    same = frozenset({"operator.roles", "release.moment", "release.date"})
    records = [{name: value for name, value in record.items() if name not in same} for record in records]
    batch, table = table_of(gate, records, same)
    kernel = Kernel(make_plan(gate, table, as_of=[AS_OF], stated={"operator.roles": roles, "release.date": LATER}))
    answers = kernel(batch)
    assert answers.schema.equals(kernel.schema(batch.schema), check_metadata=True)
    for record, answer in zip(records, answers.to_pylist(), strict=True):
        decision = gate.check(stated(record), as_of=AS_OF, roles=roles, release_date=LATER)
        check_row(answer, answers.schema, decision)


def test_facts_without_a_column_are_silent(gate: Gate) -> None:
    records = records_of(gate, 60, 13)
    kept = ("release.subject", "release.markets", "operator.roles", "system.practices", "system.annex_iii_uses")
    records = [{name: value for name, value in record.items() if name in kept} for record in records]
    columns = tuple(ColumnMap(name, name) for name in kept)
    batch = batch_of(records, {name: gate.vocabulary()[name].type for name in kept})
    kernel = Kernel(make_plan(gate, TableMap(None, columns), as_of=[AS_OF]))
    answers = kernel(batch)
    for record, answer in zip(records, answers.to_pylist(), strict=True):
        check_row(answer, answers.schema, gate.check(stated(record), as_of=AS_OF))


def test_a_row_that_cannot_be_read_is_an_error_and_leaves_the_others_alone(gate: Gate) -> None:
    columns = TableMap(
        "id",
        (ColumnMap("u", "system.annex_iii_uses"), ColumnMap("r", "operator.roles"), ColumnMap("d", "release.date")),
    )
    batch = pa.RecordBatch.from_pydict(
        {
            "id": ["a", "b", "c", "d"],
            "u": ["recruitment", "recruting", "none", "none"],
            "r": ["provider", "provider", "", "none"],
            "d": ["2027-12-15", "soon", None, "2027-12-15"],
        }
    )
    judged = Kernel(make_plan(gate, columns, as_of=[AS_OF])).judge(batch)
    assert judged.batch.column("aiact_verdict").to_pylist() == ["hold", "error", "hold", "error"]
    assert sorted(judged.faults) == [1, 3]
    assert "`u`: `recruting` is not one of the values" in judged.faults[1]
    assert "; `d`: expected a date" in judged.faults[1]
    assert "without any role" in judged.faults[3]
    assert judged.batch.column("aiact_error").to_pylist()[0] is None
    assert judged.batch.column("aiact_high_risk").to_pylist()[1] is None
    assert judged.batch.column("aiact_open_count").to_pylist()[1] is None
    assert members(judged.batch.column("aiact_open")[1].as_py(), ["x"] * 999) == ()
    assert judged.tally.verdicts[0].tolist() == [0, 2, 0, 2]
    assert judged.batch.column("aiact_breached").type.byte_width >= 1


def test_a_moment_nobody_states_is_the_usual_one_of_the_row_s_roles(gate: Gate) -> None:
    columns = TableMap(
        "id", (ColumnMap("r", "operator.roles"), ColumnMap("m", "release.moment"), ColumnMap("s", "release.subject"))
    )
    batch = pa.RecordBatch.from_pydict(
        {
            "id": [1, 2, 3, 4, 5],
            "r": [["provider"], ["deployer"], None, ["deployer", "provider"], ["deployer"]],
            "m": [None, None, None, None, "making_available"],
            "s": ["system"] * 5,
        }
    )
    kernel = Kernel(make_plan(gate, columns, as_of=[AS_OF]))
    answers = kernel(batch)
    for row, answer in zip(batch.to_pylist(), answers.to_pylist(), strict=True):
        facts = {"operator.roles": row["r"], "release.moment": row["m"], "release.subject": row["s"]}
        decision = gate.check({name: value for name, value in facts.items() if value is not None}, as_of=AS_OF)
        check_row(answer, answers.schema, decision)


def test_a_kernel_can_be_sent_and_big_batches_are_cut(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    records = records_of(gate, 100, 14)
    batch, table = table_of(gate, records)
    kernel = Kernel(make_plan(gate, table, as_of=[AS_OF]))
    whole = kernel(batch)
    assert pickle.loads(pickle.dumps(kernel))(batch).equals(whole)
    monkeypatch.setattr("aiact_rules.sweep.kernel.MOST_ROWS", 37)
    assert pa.Table.from_batches([kernel(batch)]).equals(pa.Table.from_batches([whole]))
    assert kernel(batch.slice(0, 0)).num_rows == 0


def test_facts_that_follow_by_arithmetic_are_worked_out_row_by_row(gate: Gate) -> None:
    from aiact_rules.core.vocabulary import Derivation
    from aiact_rules.sweep.columns import DerivedColumn
    from aiact_rules.sweep.plan import Derived

    column = DerivedColumn.__new__(DerivedColumn)
    column._derived = Derived(Derivation("ratio", ("m.own", "m.base")), {})
    assert column._follows((Decimal(1), Decimal(3), None)) == (Decimal(1) / Decimal(3), None)
    assert column._follows((Decimal(1), None, None)) == (None, None)
    assert "is zero" in str(column._follows((Decimal(1), Decimal(0), None))[1])
    assert "follows as" in str(column._follows((Decimal(1), Decimal(2), Decimal("0.4")))[1])
    assert column._follows((Decimal(1), Decimal(2), Decimal("0.50"))) == (Decimal("0.5"), None)


PASSED = "incident.aware_on_past_15_days"
AWARE = [None, "2028-08-16", "2028-08-17", "2028-01-01"]
DAY = date(2028, 9, 1)


@pytest.mark.parametrize("dates", [[DAY], [DAY, date(2028, 9, 2)]])
@pytest.mark.parametrize("extra", [{}, {"release.date": "2028-09-01"}, {PASSED: None}])
def test_a_period_that_has_passed_is_found_row_by_row_as_in_single_releases(
    gate: Gate, dates: list[date], extra: dict[str, str | None]
) -> None:
    rows: dict[str, list[str | None]] = {
        "incident.aware_on": AWARE,
        "operator.roles": ["provider"] * 4,
        "release.moment": ["making_available"] * 4,
        "incident.consequences": ["serious_harm_to_health"] * 4,
        "release.subject": ["system"] * 4,
        "system.annex_iii_uses": ["recruitment"] * 4,
        **{name: [said] * 4 for name, said in extra.items()},
    }
    batch = pa.RecordBatch.from_pydict({name: pa.array(cells, pa.string()) for name, cells in rows.items()})
    plan = make_plan(gate, TableMap(None, tuple(ColumnMap(name, name) for name in rows)), as_of=dates)
    judged = Kernel(plan).judge(batch)
    if PASSED in extra and len(dates) > 1:
        assert set(judged.faults) == {2}  # the others have passed, or not, on both days
        return
    assert not judged.faults
    overdue = []
    for row, answer in enumerate(judged.batch.to_pylist()):
        record = {name: gate.vocabulary()[name].parse(said) for name, cells in rows.items() if (said := cells[row])}
        for day in dates:
            decision = gate.check(stated(record), as_of=day)
            check_row(answer, judged.batch.schema, decision, f"_{day:%Y_%m_%d}" if len(dates) > 1 else "")
            overdue.append(decision.packs[0].status("signal.overdue.art73.2") is Status.OPEN)
    assert overdue[:: len(dates)] == [False, True, False, True]


def test_a_row_without_a_date_is_an_error_where_a_period_is_counted_on_several_dates(gate: Gate) -> None:
    rows = {
        "incident.aware_on": ["2026-11-20", "2026-11-20", "2025-01-01"],
        "operator.roles": ["provider"] * 3,
        "release.date": ["2026-11-22", None, None],
    }
    batch = pa.RecordBatch.from_pydict({name: pa.array(cells, pa.string()) for name, cells in rows.items()})
    table = TableMap(None, tuple(ColumnMap(name, name) for name in rows))
    assert not Kernel(make_plan(gate, table, as_of=[AS_OF])).judge(batch).faults
    judged = Kernel(make_plan(gate, table, as_of=[AS_OF, LATER])).judge(batch)
    assert list(judged.faults) == [1]
    assert "`release.date` is needed" in judged.faults[1]


@pytest.mark.parametrize("said", ["-1", "banana"])
@pytest.mark.parametrize("original", ["1e25", None])
def test_a_fact_that_follows_is_an_error_where_what_is_stated_of_it_cannot_be_read(
    gate: Gate, said: str, original: str | None
) -> None:
    share, parts = "model.modification_share", ("model.modification_compute", "model.original_training_compute")
    columns = tuple(ColumnMap(name, name) for name in ("operator.roles", *parts, share))
    rows = {"operator.roles": ["provider"] * 2, parts[0]: ["1e24"] * 2, parts[1]: [original] * 2, share: [None, said]}
    batch = pa.RecordBatch.from_pydict({name: pa.array(cells, pa.string()) for name, cells in rows.items()})
    judged = Kernel(make_plan(gate, TableMap(None, columns), as_of=[AS_OF])).judge(batch)
    assert list(judged.faults) == [1]
    assert f"`{said}`" in judged.faults[1]
