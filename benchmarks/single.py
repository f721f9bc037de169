"""Single decisions: how fast, next to what. Writes its tables into docs/performance.md.

    python benchmarks/single.py            everything that is installed
    python benchmarks/single.py --quick    fewer repetitions, nothing written

Every figure of a table comes from one interleaved run, so that the ratios hold whatever else the machine does. Where the
answers of an engine differ from those of the reference, no time is printed and the exit code is 1.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src"), str(ROOT), str(HERE)]

from agreement import need_same  # noqa: E402
from peers import PEERS, expected  # noqa: E402
from peers import Facts as PlainFacts  # noqa: E402

from aiact_rules.bundled import specs_folder  # noqa: E402
from aiact_rules.core.conditions import FactTest  # noqa: E402
from aiact_rules.core.defaults import with_defaults  # noqa: E402
from aiact_rules.core.facts import Facts  # noqa: E402
from aiact_rules.core.formulas import (  # noqa: E402
    Conjunction,
    Disjunction,
    Formula,
    Lowered,
    LoweredObligation,
    Node,
    specialised,
    truths,
)
from aiact_rules.core.formulas import Literal as Reference  # noqa: E402
from aiact_rules.core.lowering import lower  # noqa: E402
from aiact_rules.core.packs import Pack  # noqa: E402
from aiact_rules.core.vocabulary import FactType, FactValue, Vocabulary  # noqa: E402
from aiact_rules.engines.durable import DurableEngine  # noqa: E402
from aiact_rules.engines.generated import GeneratedEngine  # noqa: E402
from aiact_rules.engines.interpreter import outcome_of  # noqa: E402
from aiact_rules.engines.reference import ReferenceEngine  # noqa: E402
from aiact_rules.gate import DEFAULT_PACK, Gate  # noqa: E402
from aiact_rules.plugins.interfaces import EngineUnavailable  # noqa: E402
from aiact_rules.specfiles.cases import load_cases  # noqa: E402
from aiact_rules.testing import CaseRunner  # noqa: E402

AS_OF = date(2026, 11, 22)
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- single decisions: begin -->", "<!-- single decisions: end -->"
Call = Callable[[], object]


def interleaved(calls: Mapping[str, Sequence[Call]], rounds: int) -> dict[str, float]:
    """Return the median time of each contender in microseconds.

    Every round runs each of them on its share of records.
    """
    times: dict[str, list[float]] = {name: [] for name in calls}
    for run in range(rounds):
        for name, records in calls.items():
            share = records[run::rounds] if len(records) >= rounds else records[run : run + 1]
            gc.collect()
            if len(share) > 3:
                for call in share[:3]:  # as in a service: caches of the processor warm again
                    call()
            for call in share:
                start = time.perf_counter()
                call()
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(found) * 1e6 for name, found in times.items()}


def releases(pack: Pack) -> list[Facts]:
    """Return the facts of every case of the pack: releases as lawyers and engineers describe them."""
    runner = CaseRunner(pack, ReferenceEngine())
    found = []
    for case in load_cases(specs_folder() / "eu_ai_act" / "2024-1689"):
        facts = with_defaults(runner.facts(case), [pack], AS_OF)
        found.append(facts.completed(pack.vocabulary))
    return found


def table(times: Mapping[str, float], base: str, notes: Mapping[str, str]) -> Iterator[str]:
    yield "| | µs | times generated | |"
    yield "| --- | ---: | ---: | --- |"
    for name, micros in sorted(times.items(), key=lambda item: item[1]):
        yield f"| {name} | {micros:,.0f} | {micros / times[base]:,.1f} | {notes.get(name, '')} |"


def engines(gate: Gate, pack: Pack, quick: bool) -> Iterator[str]:
    """Compare the engines, the whole gate and the peers on the cases of the law in force."""
    pack_at = pack.at(AS_OF)
    lowered = lower(pack_at)
    facts = releases(pack)
    step = max(1, len(facts) // (40 if quick else 200))
    chosen = facts[::step]
    known = [each.values() for each in chosen]
    generated = GeneratedEngine(interpreted=0).prepare(pack_at, lowered)
    reference = ReferenceEngine().prepare(pack_at, lowered)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    gate.check(chosen[0], as_of=AS_OF, at=at)
    model = validation(pack.vocabulary)
    plain = [json_values(record, pack.vocabulary) for record in known]
    calls: dict[str, list[Call]] = {
        "generated": [lambda r=r: generated(r) for r in known],
        "reference": [lambda r=r: reference(r) for r in known],
        "whole `Gate.decide`, Facts to Decision": [lambda f=f: gate.check(f, as_of=AS_OF, at=at) for f in chosen],
        "pydantic, validating the same facts": [lambda p=p: model(p) for p in plain],
    }
    notes = {"generated": "the default", "reference": "the definition of the semantics"}
    outcomes = [reference(record) for record in known]
    need_same("generated", [generated(record) for record in known], outcomes)
    try:
        durable = DurableEngine().prepare(pack_at, lowered)
        calls["durable (durable-rules, wrapped)"] = [lambda r=r: durable(r) for r in known]
        need_same("durable", [durable(record) for record in known], outcomes)
    except EngineUnavailable as error:
        notes["durable"] = str(error).splitlines()[0]
    missing = []
    plain_facts = PlainFacts.of(lowered)
    told = [plain_facts.plain(record) for record in known]
    for name, (build, repeats) in PEERS.items():
        try:
            run = build(lowered)
        except ImportError:
            missing.append(name)
            continue
        sample = range(0, len(known), -(-len(known) // (min(repeats, 2) if quick else repeats)))
        need_same(name, [run(told[i]) for i in sample[:10]], [expected(lowered, known[i]) for i in sample[:10]])
        calls[name] = [lambda i=i, run=run: run(told[i]) for i in sample]
        notes[name] = "same answers"
    times = interleaved(calls, 2 if quick else 5)
    yield (
        f"The law in force on {AS_OF}: {len(pack_at.rules)} rules, {len(pack_at.obligations)} obligations, "
        f"{len(lowered.atoms)} fact tests, {len(lowered.nodes)} nodes. {len(known)} of the {len(facts)} releases of its cases, "
        f"each with {statistics.median(len(r) for r in known):.0f} known facts in the median; all outcomes are the same."
    )
    yield ""
    yield from table(times, "generated", notes)
    if missing:
        yield ""
        yield f"Not installed here: {', '.join(missing)}."
    yield ""


def validation(vocabulary: Vocabulary) -> Callable[[Mapping[str, object]], object]:
    """Make a pydantic model with one optional field per fact."""
    from pydantic import Field, create_model

    def kind(name: str) -> Any:
        declaration = vocabulary[name]
        words: Any = Literal[tuple(declaration.values)] if declaration.values else str  # type: ignore[misc]
        return {
            FactType.YES_NO: bool,
            FactType.ONE_OF: words,
            FactType.SOME_OF: frozenset[words],
            FactType.QUANTITY: Decimal,
            FactType.DATE: date,
            FactType.TEXT: str,
        }[declaration.type]

    parts: Any = {f"f{n}": (kind(name) | None, Field(None, alias=name)) for n, name in enumerate(vocabulary)}
    model = create_model("Release", **parts)
    return model.model_validate


def json_values(record: Mapping[str, FactValue], vocabulary: Vocabulary) -> dict[str, object]:
    return {name: vocabulary[name].format(value) for name, value in record.items() if name in vocabulary}


def growth(pack: Pack, quick: bool) -> Iterator[str]:
    """Show how time grows with the number of rules: slices of the law in force, and two copies of it."""
    from tests.records import random_records

    pack_at = pack.at(AS_OF)
    whole = lower(pack_at)
    sizes = {wanted: sliced(whole, wanted) for wanted in (50, 100, 200, 400)}
    sizes[800] = doubled(whole)
    calls: dict[str, list[Call]] = {}
    for wanted, lowered in sizes.items():
        records = list(random_records(lowered, pack.vocabulary, 30 if quick else 100, seed=1))
        run = GeneratedEngine(interpreted=0).prepare(pack_at, lowered)
        outcomes = [outcome_of(lowered, r) for r in records]
        need_same(f"generated, {wanted} nodes", [run(r) for r in records], outcomes)
        calls[f"generated {wanted}"] = [lambda r=r, run=run: run(r) for r in records]
        calls[f"nodes {wanted}"] = [lambda r=r, x=lowered: truths(x, r) for r in records]
        try:
            durable = DurableEngine().prepare(pack_at, lowered)
            need_same(f"durable, {wanted} nodes", [durable(r) for r in records], outcomes)
            calls[f"durable {wanted}"] = [lambda r=r, run=durable: run(r) for r in records]
        except EngineUnavailable:
            pass
    times = interleaved(calls, 2 if quick else 5)
    yield "| nodes | obligations | generated µs | interpreting the lowered form µs | durable µs |"
    yield "| ---: | ---: | ---: | ---: | ---: |"
    for wanted, lowered in sizes.items():
        cells = [times.get(f"{kind} {wanted}") for kind in ("generated", "nodes", "durable")]
        shown = " | ".join("" if cell is None else f"{cell:,.0f}" for cell in cells)
        yield f"| {len(lowered.nodes)} | {len(lowered.obligations)} | {shown} |"
    yield ""


def sliced(whole: Lowered, wanted: int) -> Lowered:
    """Return the first obligations of a lowered pack that need so many nodes."""
    low, high = 1, len(whole.obligations)
    while low < high:
        middle = (low + high) // 2
        if len(specialised(replace(whole, conclusions={}, obligations=whole.obligations[:middle]), {}).nodes) < wanted:
            low = middle + 1
        else:
            high = middle
    return specialised(replace(whole, conclusions={}, obligations=whole.obligations[:low]), {})


def doubled(whole: Lowered) -> Lowered:
    """Return two copies of a lowered pack side by side, each with its own facts."""
    atoms, nodes = len(whole.atoms), len(whole.nodes)

    def moved(formula: Formula) -> Formula:
        if isinstance(formula, Reference):
            return Reference(formula.index + (nodes if formula.is_node else atoms), formula.is_node, formula.positive)
        kind = Conjunction if isinstance(formula, Conjunction) else Disjunction
        return kind(tuple(moved(part) for part in formula.parts))

    return Lowered(
        (*whole.atoms, *(FactTest(f"second.{a.fact}", a.test, a.operand) for a in whole.atoms)),
        (*whole.nodes, *(Node(f"second {n.name}", moved(n.formula)) for n in whole.nodes)),
        {**whole.conclusions, **{f"second {name}": moved(f) for name, f in whole.conclusions.items()}},
        (
            *whole.obligations,
            *(
                LoweredObligation(f"second {d.id}", moved(d.owed), moved(d.in_force), moved(d.due), moved(d.met))
                for d in whole.obligations
            ),
        ),
    )


def cold(quick: bool) -> Iterator[str]:
    """Compare a cold `check`, caches warm, with importing what the command line is made of."""
    with TemporaryDirectory() as bytecode:
        yield from _cold(quick, Path(bytecode))


def _cold(quick: bool, bytecode: Path) -> Iterator[str]:
    # Bytecode is kept for both, as an installer leaves it, whatever this environment says about writing any.
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONPYCACHEPREFIX": str(bytecode)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    commands = {
        "`python -c 'import click, yaml, pydantic'`": ["-c", "import click, yaml, pydantic"],
        "`aiact-rules check examples/minimal`": ["-m", "aiact_rules", "check", str(ROOT / "examples" / "minimal")],
        "`aiact-rules check examples/cv-screening`": [
            *("-m", "aiact_rules", "check", str(ROOT / "examples" / "cv-screening"))
        ],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(4 if quick else 21):
        for name, arguments in commands.items():
            start = time.perf_counter()
            subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, check=False)
            times[name].append(time.perf_counter() - start)
    base, fastest = statistics.median((found := next(iter(times.values())))[1:]), min(found)
    yield "| cold process, caches warm | ms (median) | ms (fastest) | times baseline (median) | (fastest) |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, found in times.items():
        median, least = statistics.median(found[1:]), min(found)
        yield f"| {name} | {median * 1e3:.0f} | {least * 1e3:.0f} | {median / base:.1f} | {least / fastest:.1f} |"
    yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    quick: bool = parser.parse_args().quick
    gate = Gate(engine="generated")
    pack = gate.packs([DEFAULT_PACK])[0]
    machine = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, {date.today()}."
    parts: list[Iterable[str]] = [
        [f"Measured by `python benchmarks/single.py` with {machine}", ""],
        ["### Engines, the gate and other engines", ""],
        engines(gate, pack, quick),
        ["### Growth with the number of rules", ""],
        growth(pack, quick),
        ["### Start-up", ""],
        cold(quick),
    ]
    text = ""
    for part in parts:
        lines = "".join(f"{line}\n" for line in part)
        print(lines, end="", flush=True)
        text += lines
    if not quick:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN, 1)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}{END}{rest.split(END, 1)[1]}", encoding="utf-8")
    sys.stdout.flush()
    os._exit(0)  # some of the libraries measured do not end well


if __name__ == "__main__":
    main()
