"""Sweeps: how fast, next to what, and in how much memory. Writes its tables into docs/performance.md.

    python benchmarks/sweep.py                       a million rows in memory, up to ten million in files
    python benchmarks/sweep.py --rows 20000          so many rows, nothing written
    python benchmarks/sweep.py --rows 20000 --write  the same into the page

The table is a registry of systems: a key and the facts that classify and gate most releases, a sixth of them unknown. No
row contradicts itself. All contenders must give the same verdict for every row, or no time is printed and the exit code is 1.
Every figure of a table comes from one interleaved run, the best of its rounds; ratios are those of processor time, which
other work on the machine disturbs least.
"""

from __future__ import annotations

import argparse
import gc
import mmap
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src"), str(HERE)]

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.csv as pacsv  # noqa: E402
import pyarrow.json as pajson  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from agreement import AnswersDiffer, need_same  # noqa: E402
from columnar_peers import VERDICTS, Duck, Looped, Masks, Polars, completed  # noqa: E402
from registries import KEY, as_codes, registry, registry_facts, stated_in, write  # noqa: E402

from aiact_rules.core.lowering import lower  # noqa: E402
from aiact_rules.core.vocabulary import FactValue, Vocabulary  # noqa: E402
from aiact_rules.engines.generated import GeneratedEngine  # noqa: E402
from aiact_rules.engines.reference import ReferenceEngine  # noqa: E402
from aiact_rules.gate import Gate  # noqa: E402
from aiact_rules.sweep.kernel import Kernel  # noqa: E402
from aiact_rules.sweep.mapping import ColumnMap, TableMap  # noqa: E402
from aiact_rules.sweep.plan import Plan, make_plan, with_sets  # noqa: E402
from aiact_rules.sweep.running import judged_chunks, sweep  # noqa: E402
from aiact_rules.sweep.tables import BATCH_ROWS, open_table  # noqa: E402
from aiact_rules.sweep.writing import Output  # noqa: E402

AS_OF = date(2027, 12, 15)
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- sweeps: begin -->", "<!-- sweeps: end -->"
SAME: Mapping[str, FactValue] = {"operator.roles": frozenset({"provider"})}
THREADS = max(1, min(4, (os.cpu_count() or 1) // 2))  # as the command line has it
COLUMNS = 40
PLANES = "planes, verdict and headlines"
ENDINGS = {"Parquet": ".parquet", "CSV": ".csv", "JSON lines": ".jsonl"}


@dataclass(frozen=True)
class Time:
    """The best time of some rounds, by the clock and of the processor, in seconds."""

    clock: float
    processor: float


def interleaved(calls: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, Time]:
    """Return the best times of each contender, all of them once in each round, after one round to warm up."""
    found: dict[str, list[Time]] = {name: [] for name in calls}
    for round_ in range(rounds + 1):
        for name, call in calls.items():
            gc.collect()
            clock, processor = time.perf_counter(), time.process_time()
            call()
            if round_:
                found[name].append(Time(time.perf_counter() - clock, time.process_time() - processor))
    return {
        name: Time(min(each.clock for each in times), min(each.processor for each in times))
        for name, times in found.items()
    }


def plan_for(gate: Gate, facts: Sequence[str]) -> tuple[TableMap, Plan]:
    """Return the map and the plan of a registry."""
    table = TableMap(KEY, tuple(ColumnMap(fact, fact) for fact in facts))
    return table, make_plan(gate, table, as_of=[AS_OF], stated=SAME)


def facts_of(gate: Gate, columns: int | None) -> list[str]:
    """Return the facts of a registry with so many columns (None: all there are)."""
    return registry_facts(lower(gate.packs()[0].at(AS_OF)), gate.vocabulary(), columns)


def verdicts_of(batches: Sequence[pa.RecordBatch]) -> list[int]:
    """Return the codes of the verdicts of judged batches. Raises AnswersDiffer for a row that could not be judged."""
    found = [code for batch in batches for code in batch.column("aiact_verdict").indices.to_pylist()]
    if found and max(found) >= len(VERDICTS):
        reason = next(why for batch in batches for why in batch.column("aiact_error").to_pylist() if why is not None)
        raise AnswersDiffer(f"a row of the registry cannot be judged, so no time is given: {reason}")
    return found


def engines(gate: Gate, rows: int, rounds: int, columns: int | None) -> Iterator[str]:
    """Compare with other ways to evaluate the same rules on the same table."""
    vocabulary, facts = gate.vocabulary(), facts_of(gate, columns)
    table = registry(facts, vocabulary, rows)
    _, plan = plan_for(gate, facts)
    batch = as_codes(table)
    parts = [batch.slice(first, BATCH_ROWS) for first in range(0, rows, BATCH_ROWS)]
    kernels = {
        PLANES: Kernel(with_sets(plan, (), counts=False), threads=THREADS),
        "planes, columns read by two threads": Kernel(with_sets(plan, (), counts=False), threads=2),
        "planes, with counts": Kernel(with_sets(plan, ()), threads=THREADS),
        "planes, with counts and sets": Kernel(plan, threads=THREADS),
    }
    first = kernels[PLANES]
    names = table[KEY].to_pylist()
    want = verdicts_of([first(part) for part in parts])
    for name, kernel in kernels.items():
        need_same(name, verdicts_of([kernel(part) for part in parts]), want, names)
    calls: dict[str, Callable[[], object]] = {
        name: lambda kernel=kernel: [kernel(part) for part in parts]  # type: ignore[misc]
        for name, kernel in kernels.items()
    }
    calls["planes, logic alone"] = lambda: [first._machine.run(part.num_rows, ()) for part in parts]
    judged = dict.fromkeys(calls, rows)
    missing = []
    for name, peer, count in contenders(gate, plan, table, columns is not None):
        if peer is None:
            missing.append(name)
            continue
        need_same(name, peer.verdicts(), want[:count], names)
        calls[name], judged[name] = peer, count
    times = interleaved(calls, rounds)
    program = first.program
    yield (
        f"{rows:,} rows, {len(facts)} columns with facts ({_kinds(facts, vocabulary)}), as codes in memory; "
        f"{len(program.inputs)} input planes, {len(program.instructions):,} operations on planes, {program.places:,} planes "
        f"held. The same verdict in all rows from all of them; {', '.join(_shares(want))}."
    )
    yield ""
    yield "| | ns per row | of the processor | million rows/s | times planes |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    base = times[PLANES].processor / judged[PLANES]
    for name, each in sorted(times.items(), key=lambda item: item[1].processor / judged[item[0]]):
        clock, processor = each.clock / judged[name], each.processor / judged[name]
        yield (
            f"| {name} | {clock * 1e9:,.0f} | {processor * 1e9:,.0f} | {1e-6 / clock:,.2f} | {processor / base:,.1f} |"
        )
    if missing:
        yield ""
        yield f"Not installed here: {', '.join(missing)}."
    yield ""


def contenders(
    gate: Gate, plan: Plan, table: pa.Table, with_query_engines: bool
) -> Iterator[tuple[str, Looped | Polars | Duck | None, int]]:
    """Return the other ways, each with how many rows it is asked for, from the first on; None for one not installed."""
    pack_at = gate.packs()[0].at(AS_OF)
    lowered = lower(pack_at)
    for engine, most in ((GeneratedEngine(interpreted=0), 1000), (ReferenceEngine(), 60)):
        sample = stated_in(table.slice(0, most), gate.vocabulary())
        looped = Looped(engine, pack_at, lowered, completed(gate, sample, dict(SAME), AS_OF))
        yield looped.name, looped, len(sample)
    if not with_query_engines:
        return
    masks = Masks(table, gate.vocabulary())
    for kind in (Polars, Duck):
        try:
            yield kind.name, kind(plan.judgements[0].packs[0], masks), table.num_rows
        except ImportError:
            yield kind.name, None, 0


def _kinds(facts: Sequence[str], vocabulary: Vocabulary) -> str:
    kinds = [vocabulary[fact].type.value for fact in facts]
    return ", ".join(
        f"{kinds.count(kind)} {kind}" for kind in sorted({*kinds}, key=lambda kind: (-kinds.count(kind), kind))
    )


def _shares(verdicts: Sequence[int]) -> Iterator[str]:
    for code, name in enumerate(VERDICTS):
        yield f"{verdicts.count(code):,} {name}"


def formats(gate: Gate, rows: int, rounds: int, folder: Path) -> Iterator[str]:
    """Compare the same table as Parquet, CSV and JSON lines: whole sweeps, and what they consist of."""
    facts = facts_of(gate, COLUMNS)
    table = registry(facts, gate.vocabulary(), rows)
    table_map, plan = plan_for(gate, facts)
    kernel = Kernel(plan, threads=THREADS)
    files = {name: write(table, folder / f"registry{ending}") for name, ending in ENDINGS.items()}
    names = table[KEY].to_pylist()
    want: list[int] = []
    for name, path in files.items():
        found = verdicts_of([each.batch for _, each in judged_chunks(open_table(path), kernel)])
        want = want or found
        need_same(name, found, want, names)

    def read(path: Path) -> None:
        for _ in open_table(path).chunks(plan.columns, (KEY,)):
            pass

    def written(path: Path) -> None:
        with Output(path.with_name(f"out{path.suffix}")) as output:
            sweep(open_table(path), table_map, kernel, output)

    calls: dict[str, Callable[[], object]] = {}
    for name, path in files.items():
        calls[f"{name}, Arrow alone"] = lambda path=path: by_arrow(path, table.schema)  # type: ignore[misc]
        calls[f"{name}, reading alone"] = lambda path=path: read(path)  # type: ignore[misc]
        calls[f"{name}, whole sweep"] = lambda path=path: sweep(open_table(path), table_map, kernel)  # type: ignore[misc]
        calls[f"{name}, whole sweep, written"] = lambda path=path: written(path)  # type: ignore[misc]
    times = interleaved(calls, rounds)
    yield f"{rows:,} rows with the {COLUMNS} columns above; the same verdict in all rows from all three."
    yield ""
    yield (
        "| | MiB | Arrow's reader alone, µs per row | floor, times Parquet | reading | whole sweep | times Parquet "
        "| with every column written | times Parquet |"
    )
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    whole = times["Parquet, whole sweep"].processor
    judging = whole - times["Parquet, reading alone"].processor
    for name, path in files.items():
        alone = times[f"{name}, Arrow alone"].processor
        cells = [f"{alone / rows * 1e6:.2f}", f"{(alone + judging) / whole:.2f}"]
        cells.append(f"{times[f'{name}, reading alone'].processor / rows * 1e6:.2f}")
        for what in ("whole sweep", "whole sweep, written"):
            each, base = times[f"{name}, {what}"], times[f"Parquet, {what}"]
            cells.append(f"{each.processor / rows * 1e6:.2f} ({each.clock / rows * 1e6:.2f})")
            cells.append(f"{each.processor / base.processor:.2f} ({each.clock / base.clock:.2f})")
        yield f"| {name} | {path.stat().st_size / 2**20:,.0f} | {' | '.join(cells)} |"
    yield ""
    yield (
        "Microseconds of the processor for each row, in parentheses by the clock. The floor is what Arrow's own reader takes for "
        "the same columns, without looking at what they say, and what judging takes for Parquet."
    )
    yield ""


def by_arrow(path: Path, schema: pa.Schema) -> None:
    """Read a table by Arrow's own reader and drop it: texts as codes from Parquet, as texts from CSV and JSON lines."""
    if path.suffix == ".parquet":
        leaves = pq.ParquetFile(path).schema
        texts = [leaves.column(at).path for at in range(len(leaves)) if leaves.column(at).physical_type == "BYTE_ARRAY"]
        coded = pq.ParquetFile(path, read_dictionary=[name for name in texts if name != KEY], pre_buffer=False)
        for _ in coded.iter_batches(BATCH_ROWS):
            pass
    elif path.suffix == ".csv":
        as_texts = pacsv.ConvertOptions(
            column_types=dict.fromkeys(schema.names, pa.string()), strings_can_be_null=False
        )
        for _ in pacsv.open_csv(
            path, pacsv.ReadOptions(use_threads=False, block_size=2 << 20), convert_options=as_texts
        ):
            pass
    else:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            first = 0
            while first < len(data):
                end = data.find(b"\n", first + (8 << 20)) + 1 or len(data)
                pajson.read_json(
                    pa.BufferReader(data[first:end]),
                    pajson.ReadOptions(use_threads=False, block_size=end - first + 1),
                    pajson.ParseOptions(explicit_schema=schema, unexpected_field_behavior="error"),
                )
                first = end


def growth(gate: Gate, sizes: Sequence[int], folder: Path) -> Iterator[str]:
    """Measure whole sweeps of growing tables, each in a process of its own."""
    facts = facts_of(gate, COLUMNS)
    piece = 250_000
    yield "| rows | file MiB | s | of the processor | million rows/s | peak memory MiB |"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: |"
    for rows in sizes:
        path = folder / f"{rows}.parquet"
        first = registry(facts, gate.vocabulary(), min(rows, piece))
        with pq.ParquetWriter(path, first.schema) as writer:
            for at in range(0, rows, piece):
                writer.write_table(first.slice(0, min(piece, rows - at)))
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(path)], capture_output=True, text=True, check=True
        )
        clock, processor, peak = done.stdout.split()
        size = path.stat().st_size / 2**20
        yield (
            f"| {rows:,} | {size:,.0f} | {float(clock):.2f} | {float(processor):.2f} | {rows / float(clock) / 1e6:.2f} "
            f"| {peak} |"
        )
        path.unlink()
    yield ""


def one(path: Path) -> None:
    """Sweep one file to a file, and print seconds, seconds of the processor and peak memory of this process in MiB."""
    table = open_table(path)
    table_map, plan = plan_for(Gate(), [name for name in table.columns if name != KEY])
    kernel = Kernel(plan, threads=THREADS)
    clock, processor = time.perf_counter(), time.process_time()
    with Output(path.with_name("out.parquet")) as output:
        sweep(table, table_map, kernel, output, keep=[KEY])
    print(time.perf_counter() - clock, time.process_time() - processor, peak_memory())


def peak_memory() -> int:
    """Return the peak memory of this process in MiB; what the process that started it held does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measured(rows: int, rounds: int, sizes: Sequence[int]) -> Iterator[str]:
    """Return the lines of all tables. Raises AnswersDiffer where contenders do not agree."""
    gate = Gate(engine="generated")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield "### A registry in memory"
        yield ""
        yield from engines(gate, rows, rounds, COLUMNS)
        yield "### Every fact of the law as a column"
        yield ""
        yield from engines(gate, rows // 8, rounds, None)
        yield "### Parquet, CSV and JSON lines"
        yield ""
        yield from formats(gate, rows // 2, rounds, folder)
        yield "### Growth, file to file"
        yield ""
        yield from growth(gate, sizes, folder)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, then print everything, and write it into the page where that is asked or everything was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, help="so many rows; nothing is written without --write")
    parser.add_argument("--write", action="store_true", help="write into the page what was measured")
    parser.add_argument("--rounds", type=int, default=5, help="the best of so many counts")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.one is not None:
        one(options.one)
        return
    sizes = (
        (10**3, 10**4, 10**5, 10**6, 10**7)
        if options.rows is None
        else (options.rows // 10, options.rows, 5 * options.rows)
    )
    lines = list(measured(options.rows or 10**6, options.rounds, sizes))
    command = " ".join(["python benchmarks/sweep.py", *(sys.argv[1:] if arguments is None else arguments)])
    load = os.getloadavg()[1] if hasattr(os, "getloadavg") else 0.0
    head = (
        f"Measured by `{command}` with Python {platform.python_version()}, numpy {np.__version__}, "
        f"pyarrow {pa.__version__}, {platform.machine()}, {os.cpu_count()} cores, {date.today()}; {load:.1f} processes were "
        "ready to run on average."
    )
    text = "\n".join([head, "", *lines]).rstrip()
    print(text)
    if options.rows is None or options.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN, 1)
        after = rest.split(END, 1)[1]
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
