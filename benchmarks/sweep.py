"""Sweeps: how fast, next to what, and in how much memory. Writes its tables into docs/performance.md.

    python benchmarks/sweep.py            everything that is installed, up to ten million rows
    python benchmarks/sweep.py --quick    up to a hundred thousand rows, nothing written

The table is a registry of systems: a key and the facts that classify and gate most releases, a sixth of them unknown.
Every figure of a table comes from one interleaved run, so that the ratios hold whatever else the machine does.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402

from aiact_rules.core.conditions import FactTest, Test  # noqa: E402
from aiact_rules.core.formulas import TRUE, Conjunction, Formula, Literal, Lowered, literals  # noqa: E402
from aiact_rules.core.lowering import lower  # noqa: E402
from aiact_rules.core.statuses import Status, status_of  # noqa: E402
from aiact_rules.core.vocabulary import FactType, FactValue, Vocabulary  # noqa: E402
from aiact_rules.engines.generated import GeneratedEngine  # noqa: E402
from aiact_rules.gate import Gate  # noqa: E402
from aiact_rules.sweep.kernel import Kernel  # noqa: E402
from aiact_rules.sweep.mapping import ColumnMap, TableMap  # noqa: E402
from aiact_rules.sweep.plan import Plan, PlannedPack, make_plan, with_sets  # noqa: E402
from aiact_rules.sweep.running import judged_chunks, sweep  # noqa: E402
from aiact_rules.sweep.tables import BATCH_ROWS, open_table  # noqa: E402
from aiact_rules.sweep.writing import Output  # noqa: E402

AS_OF = date(2027, 12, 15)
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- sweeps: begin -->", "<!-- sweeps: end -->"
SAME = {"operator.roles": ["provider"]}
UNKNOWN = 1 / 6
THREADS = max(1, min(4, (os.cpu_count() or 1) // 2))  # as the command line has it
FIRST = (
    "release.subject",
    "system.practices",
    "system.annex_iii_uses",
    "system.annex_i_law",
    "system.transparency_situations",
    "system.profiles_natural_persons",
    "release.markets",
    "release.exclusions",
    "operator.size",
    "model.training_compute",
)
COLUMNS = 40


def registry_facts(lowered: Lowered, count: int | None) -> list[str]:
    """Return the facts of the registry: those that classify, then those that most obligations turn on.

    None: every fact.
    """
    skipped = {"operator.roles", "release.moment", "release.date", "document.signals", "document.signals_dismissed"}
    uses: dict[str, int] = {}
    for formula in (*(node.formula for node in lowered.nodes), *(obligation.met for obligation in lowered.obligations)):
        for literal in literals(formula):
            if not literal.is_node:
                fact = lowered.atoms[literal.index].fact
                uses[fact] = uses.get(fact, 0) + 1
    often = sorted(uses, key=lambda fact: (-uses[fact], fact))
    facts = [fact for fact in dict.fromkeys([*FIRST, *often]) if fact in uses and fact not in skipped]
    return facts[:count] if count is not None else facts


def registry(facts: Sequence[str], vocabulary: Vocabulary, rows: int, seed: int = 7) -> pa.Table:
    """Make a registry: most systems are harmless, lists are short, texts stand for themselves."""
    rng = np.random.default_rng(seed)
    columns: dict[str, pa.Array] = {"id": pa.array(np.char.add("system-", np.arange(rows).astype(str)))}
    for fact in facts:
        declared = vocabulary[fact]
        silent = rng.random(rows) < UNKNOWN
        if declared.type is FactType.YES_NO:
            columns[fact] = pa.array(rng.random(rows) < 0.5, mask=silent)
        elif declared.type is FactType.SOME_OF:
            words = np.array(list(declared.values or {"EU": "", "US": "", "KR": ""}))
            likely = 0.9 if declared.checklist else 0.15
            sizes = np.where(~silent & (rng.random(rows) < likely), rng.integers(1, min(4, len(words)) + 1, rows), 0)
            offsets = np.zeros(rows + 1, np.int32)
            np.cumsum(sizes, out=offsets[1:])
            flat = _texts(rng.integers(0, len(words), offsets[-1]), words)
            lists = pa.ListArray.from_arrays(pa.array(offsets), flat)
            columns[fact] = _masked(lists, silent)
        elif declared.type is FactType.QUANTITY:
            columns[fact] = pa.array(np.round(rng.random(rows) * 10.0 ** rng.integers(20, 27, rows), -15), mask=silent)
        elif declared.type is FactType.DATE:
            columns[fact] = pa.array(rng.integers(19000, 22000, rows).astype(np.int32), pa.date32(), mask=silent)
        else:
            words = np.array(list(declared.values or {"x": ""}))
            columns[fact] = _texts(rng.integers(0, len(words), rows), words, silent)
    return pa.table(columns)


def _texts(codes: Any, words: Any, silent: Any = None) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=silent), pa.array(words)).cast(
        pa.string()
    )


def _masked(lists: pa.ListArray, silent: Any) -> pa.ListArray:
    offsets = lists.offsets.to_numpy()
    return pa.ListArray.from_arrays(pa.array(offsets), lists.values, mask=pa.array(silent))


def as_codes(table: pa.Table) -> pa.RecordBatch:
    """Return a table as Parquet is read for a sweep: texts as codes with a dictionary."""
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        array = column.combine_chunks()
        if pa.types.is_string(array.type) and name != "id":
            array = array.dictionary_encode()
        elif pa.types.is_list(array.type):
            mask = array.is_null() if array.null_count else None
            array = pa.ListArray.from_arrays(array.offsets, array.values.dictionary_encode(), mask=mask)
        columns[name] = array
    return pa.record_batch(columns)


def plan_for(gate: Gate, facts: Sequence[str]) -> tuple[TableMap, Plan]:
    table = TableMap("id", tuple(ColumnMap(fact, fact) for fact in facts))
    return table, make_plan(gate, table, as_of=[AS_OF], stated=SAME)


# Peers: the same lowered pack, specialised in the same way, as expressions of a query engine. What they get is prepared
# for them: lists as bit masks and texts as they like them.


class Masks:
    """A table for query engines: lists as bit masks of the words of the vocabulary."""

    def __init__(self, table: pa.Table, vocabulary: Vocabulary) -> None:
        self.bits: dict[str, dict[str, int]] = {}
        columns = {}
        for name in table.column_names:
            column = table.column(name).combine_chunks()
            if pa.types.is_list(column.type):
                words = list(vocabulary[name].values or {"EU": "", "US": "", "KR": ""})
                self.bits[name] = {word: 1 << at for at, word in enumerate(words)}
                codes = column.values.dictionary_encode()
                bits = np.array([self.bits[name][word] for word in codes.dictionary.to_pylist()] or [0], np.int64)
                flat = bits[codes.indices.to_numpy()] if len(codes) else np.zeros(0, np.int64)
                offsets = column.offsets.to_numpy()
                found = np.zeros(len(column), np.int64)
                filled = np.flatnonzero(np.diff(offsets))
                if len(filled):
                    found[filled] = np.bitwise_or.reduceat(flat, offsets[filled])
                columns[name] = pa.array(found, mask=np.asarray(column.is_null()))
            else:
                columns[name] = column
        self.table = pa.table(columns)

    def mask(self, test: FactTest) -> int:
        return sum(self.bits[test.fact].get(word, 0) for word in test.operand)  # type: ignore[union-attr]


class Polars:
    """The pack as polars expressions, strong Kleene logic being polars' own."""

    def __init__(self, planned: PlannedPack, masks: Masks) -> None:
        import polars as pl

        self.pl = pl
        self.planned = planned
        self.masks = masks
        self.frame = pl.from_arrow(masks.table.select([n for n in masks.table.column_names if n != "id"])).lazy()
        lowered = planned.lowered
        depth = [0] * len(lowered.nodes)
        for at, node in enumerate(lowered.nodes):
            depth[at] = 1 + max((depth[x.index] for x in literals(node.formula) if x.is_node), default=-1)
        for level in range(max(depth) + 1):
            self.frame = self.frame.with_columns(
                self.expression(node.formula).alias(f"n{at}")
                for at, node in enumerate(lowered.nodes)
                if depth[at] == level
            )
        block, hold = [], []
        for obligation, traits in zip(lowered.obligations, planned.obligations, strict=True):
            if not traits.can_gate:
                continue
            owed, force, due, met = (
                self.expression(f) for f in (obligation.owed, obligation.in_force, obligation.due, obligation.met)
            )
            breached = (owed & force & due & ~met).fill_null(False)
            if not traits.is_signal:
                block.append(breached)
            if not traits.is_afterwards:
                hold.append((owed & force & due & ~met).fill_null(True))
        heads = [self.expression(lowered.conclusions[name]).alias(f"is_{name}") for name in planned.headlines]
        blocked = pl.any_horizontal(block).cast(pl.Int8) if block else pl.lit(0)
        held = pl.any_horizontal(hold).cast(pl.Int8) if hold else pl.lit(0)
        self.query = self.frame.select(
            pl.when(blocked == 1).then(pl.lit(2, pl.Int8)).otherwise(held).alias("verdict"), *heads
        )

    def expression(self, formula: Formula) -> Any:
        pl = self.pl
        if isinstance(formula, Literal):
            if formula.is_node:
                found = pl.col(f"n{formula.index}")
            else:
                found = self.test(self.planned.lowered.atoms[formula.index])
            return found if formula.positive else ~found
        parts = [self.expression(part) for part in formula.parts]
        is_all = isinstance(formula, Conjunction)
        if not parts:
            return pl.lit(formula == TRUE)
        found = parts[0]
        for part in parts[1:]:
            found = found & part if is_all else found | part
        return found

    def test(self, test: FactTest) -> Any:
        pl = self.pl
        if test.fact not in self.planned.silence:
            return pl.lit(None, pl.Boolean)
        column = pl.col(test.fact)
        if test.test is Test.IS:
            found = column if test.operand else ~column
        elif test.test is Test.ONE_OF:
            found = column.is_in(sorted(test.operand))  # type: ignore[arg-type]
        elif test.test is Test.INCLUDES:
            found = (column & self.masks.mask(test)) != 0
        elif test.test is Test.EMPTY:
            found = column == 0
        else:
            operand = float(test.operand) if isinstance(test.operand, Decimal) else test.operand
            order = {Test.ABOVE: "gt", Test.AT_LEAST: "ge", Test.BELOW: "lt", Test.AT_MOST: "le"}[test.test]
            found = getattr(column, order)(operand)
        default = self.planned.silence[test.fact]
        return found if default is None else found.fill_null(_passes(test, default))

    def __call__(self) -> Any:
        return self.query.collect()

    def verdicts(self) -> list[int]:
        return [int(v) for v in self()["verdict"].to_list()]


def _passes(test: FactTest, value: FactValue) -> bool:
    from aiact_rules.core.formulas import holds

    return holds(test, value)


class Duck:
    """The pack as SQL, level by level, strong Kleene logic being SQL's own."""

    def __init__(self, planned: PlannedPack, masks: Masks, threads: int) -> None:
        import duckdb

        self.planned = planned
        self.masks = masks
        self.connection = duckdb.connect()
        self.connection.execute(f"set threads = {threads}")
        self.connection.execute("set preserve_insertion_order = true")
        self.connection.execute("set max_expression_depth to 10000")
        self.table = masks.table
        self.connection.register("registry", self.table)
        lowered = planned.lowered
        depth = [0] * len(lowered.nodes)
        for at, node in enumerate(lowered.nodes):
            depth[at] = 1 + max((depth[x.index] for x in literals(node.formula) if x.is_node), default=-1)
        steps = []
        before = "registry"
        for level in range(max(depth) + 1):
            names = [
                f"{self.sql(node.formula)} as n{at}" for at, node in enumerate(lowered.nodes) if depth[at] == level
            ]
            steps.append(f"s{level} as materialized (select *, {', '.join(names)} from {before})")
            before = f"s{level}"
        block, hold = ["false"], ["false"]
        for obligation, traits in zip(lowered.obligations, planned.obligations, strict=True):
            if not traits.can_gate:
                continue
            parts = [self.sql(f) for f in (obligation.owed, obligation.in_force, obligation.due)]
            fails = f"({' and '.join(parts)} and not {self.sql(obligation.met)})"
            if not traits.is_signal:
                block.append(f"coalesce({fails}, false)")
            if not traits.is_afterwards:
                hold.append(f"coalesce({fails}, true)")
        heads = [f"{self.sql(lowered.conclusions[name])} as is_{name}" for name in planned.headlines]
        verdict = f"case when {' or '.join(block)} then 2 when {' or '.join(hold)} then 1 else 0 end as verdict"
        self.query = f"with {', '.join(steps)} select id, {verdict}, {', '.join(heads)} from {before}"

    def sql(self, formula: Formula) -> str:
        if isinstance(formula, Literal):
            found = f"n{formula.index}" if formula.is_node else self.test(self.planned.lowered.atoms[formula.index])
            return found if formula.positive else f"(not {found})"
        if not formula.parts:
            return "true" if formula == TRUE else "false"
        word = " and " if isinstance(formula, Conjunction) else " or "
        return f"({word.join(self.sql(part) for part in formula.parts)})"

    def test(self, test: FactTest) -> str:
        if test.fact not in self.planned.silence:
            return "cast(null as boolean)"
        column = f'"{test.fact}"'
        if test.test is Test.IS:
            found = column if test.operand else f"(not {column})"
        elif test.test is Test.ONE_OF:
            words = ", ".join(f"'{word}'" for word in sorted(test.operand))  # type: ignore[arg-type]
            found = f"({column} in ({words}))"
        elif test.test is Test.INCLUDES:
            found = f"(({column} & {self.masks.mask(test)}) <> 0)"
        elif test.test is Test.EMPTY:
            found = f"({column} = 0)"
        else:
            order = {Test.ABOVE: ">", Test.AT_LEAST: ">=", Test.BELOW: "<", Test.AT_MOST: "<="}[test.test]
            is_number = isinstance(test.operand, Decimal)
            operand = f"{float(test.operand)!r}::double" if is_number else f"date '{test.operand}'"  # type: ignore[arg-type]
            found = f"({column} {order} {operand})"
        default = self.planned.silence[test.fact]
        return found if default is None else f"coalesce({found}, {str(_passes(test, default)).lower()})"

    def __call__(self) -> Any:
        return self.connection.sql(self.query).to_arrow_table()

    def verdicts(self) -> list[int]:
        found = self()
        by_id = dict(zip(found["id"].to_pylist(), found["verdict"].to_pylist(), strict=True))
        return [by_id[name] for name in self.table["id"].to_pylist()]


class Generated:
    """The generated function in a loop, over records that are facts already."""

    def __init__(self, plan: Plan, gate: Gate, table: pa.Table, rows: int) -> None:
        planned = plan.judgements[0].packs[0]
        pack_at = gate.packs()[0].at(AS_OF)
        self.obligations = tuple(pack_at.obligations.values())
        self.run = GeneratedEngine(interpreted=0).prepare(pack_at, planned.lowered)
        vocabulary = gate.vocabulary()
        silence = {name: value for name, value in planned.silence.items() if value is not None}
        self.records = []
        for row in table.slice(0, rows).to_pylist():
            record = dict(silence)
            for name, value in row.items():
                if value is not None and name != "id":
                    kind = vocabulary[name].type
                    record[name] = (
                        frozenset(value)
                        if kind is FactType.SOME_OF
                        else Decimal(repr(value))
                        if kind is FactType.QUANTITY
                        else value
                    )
            self.records.append(record)

    def __call__(self) -> list[int]:
        found = []
        for record in self.records:
            verdict = 0
            for index, code in self.run(record).obligations:
                status = status_of(self.obligations[index], code)
                if status is Status.BREACHED:
                    verdict = 2
                elif status is Status.OPEN and not verdict:
                    verdict = 1
            found.append(verdict)
        return found


# Measuring


def interleaved(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median time of each contender in seconds, all of them once in each round, after one round to warm up."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for round_ in range(rounds + 1):
        for name, call in calls.items():
            gc.collect()
            start = time.perf_counter()
            call()
            if round_:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) for name, found in times.items()}


def verdict_codes(batch: pa.RecordBatch) -> list[int]:
    return batch.column("aiact_verdict").indices.to_pylist()


def engines(gate: Gate, rows: int, rounds: int, columns: int | None) -> list[str]:
    """Compare with other ways to evaluate the same rules on the same table."""
    vocabulary = gate.vocabulary()
    facts = registry_facts(lower(gate.packs()[0].at(AS_OF)), columns)
    table = registry(facts, vocabulary, rows)
    _, plan = plan_for(gate, facts)
    batch = as_codes(table)
    kernels = {
        "planes, verdict and headlines": Kernel(with_sets(plan, (), counts=False), threads=THREADS),
        "planes, columns read by two threads": Kernel(with_sets(plan, (), counts=False), threads=2),
        "planes, with counts": Kernel(with_sets(plan, ()), threads=THREADS),
        "planes, with counts and sets": Kernel(plan, threads=THREADS),
    }
    parts = [batch.slice(first, BATCH_ROWS) for first in range(0, rows, BATCH_ROWS)]

    def all_parts(kernel: Kernel) -> Callable[[], object]:
        return lambda: [kernel(part) for part in parts]

    calls: dict[str, Callable[[], object]] = {name: all_parts(kernel) for name, kernel in kernels.items()}
    first = kernels["planes, verdict and headlines"]

    def logic_alone() -> None:
        for part in parts:
            first._machine.run(part.num_rows, ())

    calls["planes, logic alone"] = logic_alone
    looped = Generated(plan, gate, table, min(rows, 4000))
    calls["generated, in a loop"] = looped
    want = [code for part in parts for code in verdict_codes(first(part))]
    same = {"generated, in a loop": looped() == want[: len(looped.records)]}
    masks = Masks(table, vocabulary) if columns is not None else None
    if masks is not None:
        planned = plan.judgements[0].packs[0]
        for name, make in {
            "polars expressions": lambda: Polars(planned, masks),
            "DuckDB, SQL": lambda: Duck(planned, masks, 2),
        }.items():
            try:
                peer = make()
                same[name] = peer.verdicts() == want
                calls[name] = peer
            except ImportError:
                continue
    times = interleaved(calls, rounds)
    per_row = {n: t / (len(looped.records) if n.startswith("generated") else rows) * 1e9 for n, t in times.items()}
    base = per_row["planes, verdict and headlines"]
    program = first.program
    lines = [
        f"{rows:,} rows, {len(facts)} columns with facts ({_kinds(facts, vocabulary)}), as codes in memory; "
        f"{len(program.inputs)} input planes, {len(program.instructions):,} operations on planes, {program.places:,} planes held.",
        "",
        "| | ns per row | million rows/s | times planes | |",
        "| --- | ---: | ---: | ---: | --- |",
    ]
    for name, value in sorted(per_row.items(), key=lambda item: item[1]):
        note = "" if name not in same else "same verdicts" if same[name] else "**other verdicts**"
        lines.append(f"| {name} | {value:,.0f} | {1e3 / value:,.2f} | {value / base:,.1f} | {note} |")
    return lines


def _kinds(facts: Sequence[str], vocabulary: Vocabulary) -> str:
    kinds: dict[str, int] = {}
    for fact in facts:
        kinds[vocabulary[fact].type.value] = kinds.get(vocabulary[fact].type.value, 0) + 1
    return ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items(), key=lambda item: -item[1]))


def from_parquet(gate: Gate, rows: int, rounds: int, folder: Path) -> list[str]:
    """Compare reading and judging a file with reading it alone."""
    vocabulary = gate.vocabulary()
    facts = registry_facts(lower(gate.packs()[0].at(AS_OF)), COLUMNS)
    path = folder / "registry.parquet"
    pq.write_table(registry(facts, vocabulary, rows), path)
    table_map, plan = plan_for(gate, facts)
    light = Kernel(with_sets(plan, (), counts=False), threads=THREADS)
    full = Kernel(plan, threads=THREADS)

    def judged(kernel: Kernel) -> Callable[[], object]:
        return lambda: [each.batch for _, each in judged_chunks(open_table(path), kernel)]

    def written() -> None:
        with Output(folder / "out.parquet") as output:
            sweep(open_table(path), table_map, full, output, keep=["id"])

    calls: dict[str, Callable[[], object]] = {
        "reading the file alone (`pyarrow.parquet.read_table`)": lambda: pq.read_table(path),
        "file to verdicts and headlines": judged(light),
        "file to verdicts, counts and sets": judged(full),
        "file to file: verdicts, counts and sets written": written,
    }
    times = interleaved(calls, rounds)
    base = times["reading the file alone (`pyarrow.parquet.read_table`)"]
    lines = [
        f"{rows:,} rows, {path.stat().st_size / 2**20:.0f} MiB.",
        "",
        "| | s | times reading |",
        "| --- | ---: | ---: |",
    ]
    return lines + [f"| {name} | {value:.2f} | {value / base:.2f} |" for name, value in times.items()]


def growth(gate: Gate, sizes: Sequence[int], folder: Path) -> list[str]:
    """Measure whole sweeps of growing tables, each in a process of its own."""
    vocabulary = gate.vocabulary()
    facts = registry_facts(lower(gate.packs()[0].at(AS_OF)), COLUMNS)
    piece = 250_000
    lines = ["| rows | file MiB | s | million rows/s | peak memory MiB |", "| ---: | ---: | ---: | ---: | ---: |"]
    for rows in sizes:
        path = folder / f"{rows}.parquet"
        first = registry(facts, vocabulary, min(rows, piece))
        with pq.ParquetWriter(path, first.schema) as writer:
            for at in range(0, rows, piece):
                writer.write_table(first.slice(0, min(piece, rows - at)))
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(path)], capture_output=True, text=True, check=True
        )
        seconds, peak = done.stdout.split()
        size = path.stat().st_size / 2**20
        lines.append(f"| {rows:,} | {size:,.0f} | {float(seconds):.2f} | {rows / float(seconds) / 1e6:.2f} | {peak} |")
        path.unlink()
    return lines


def one(path: Path) -> None:
    """Sweep one file to a file, and print seconds and peak memory of this process in MiB."""
    table = open_table(path)
    table_map, plan = plan_for(Gate(), [name for name in table.columns if name != "id"])
    kernel = Kernel(plan, threads=THREADS)
    start = time.perf_counter()
    with Output(path.with_name("out.parquet")) as output:
        sweep(table, table_map, kernel, output, keep=["id"])
    seconds = time.perf_counter() - start
    print(seconds, peak_memory())


def peak_memory() -> int:
    """Return the peak memory of this process in MiB; what the process that started it held does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--one", type=Path)
    options = parser.parse_args()
    if options.one is not None:
        one(options.one)
        return
    gate = Gate(engine="generated")
    rows, rounds = (100_000, 3) if options.quick else (1_000_000, 3)
    sizes = (1_000, 10_000, 100_000) if options.quick else (1_000, 10_000, 100_000, 1_000_000, 10_000_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = "\n".join(
            [
                f"Measured by `python benchmarks/sweep.py` with Python {platform.python_version()}, numpy {np.__version__}, "
                f"pyarrow {pa.__version__}, {platform.machine()}, {date.today()}.",
                "",
                "### A registry in memory",
                "",
                *engines(gate, rows, rounds, COLUMNS),
                "",
                "### Every fact of the law as a column",
                "",
                *engines(gate, rows // 8, rounds, None),
                "",
                "### From a Parquet file",
                "",
                *from_parquet(gate, rows, rounds, folder),
                "",
                "### Growth, file to file",
                "",
                *growth(gate, sizes, folder),
            ]
        )
    print(text)
    if not options.quick:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
