"""The benchmark of sweeps compares what agrees, and prints no time otherwise."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from aiact_rules.core.facts import Facts
from aiact_rules.core.formulas import Lowered
from aiact_rules.core.packs import PackAt
from aiact_rules.engines.generated import GeneratedEngine
from aiact_rules.gate import Gate
from aiact_rules.sweep.kernel import Kernel
from tests.sweep.conftest import ROOT

FOLDER = ROOT / "benchmarks"
OURS = ("agreement", "registries", "columnar_peers", "peers")


@pytest.fixture(scope="module")
def benchmark() -> Iterator[ModuleType]:
    yield from loaded("sweep")


@pytest.fixture(scope="module")
def single() -> Iterator[ModuleType]:
    yield from loaded("single")


def loaded(name: str) -> Iterator[ModuleType]:
    before = [*sys.path]
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", FOLDER / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before
    for name in (spec.name, *OURS):
        sys.modules.pop(name, None)


SMALL = ["--rows", "320", "--rounds", "1"]


def test_a_small_run_compares_all_engines_and_formats_and_leaves_the_page_alone(
    benchmark: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    page = benchmark.PAGE.read_bytes()
    benchmark.main(SMALL)
    said = capsys.readouterr().out
    assert said.count("The same verdict in all rows from all of them") == 2
    for name in ("planes, logic alone", "generated, in a loop", "reference, in a loop", "Parquet", "CSV", "JSON lines"):
        assert f"| {name} | " in said
    assert benchmark.PAGE.read_bytes() == page


def other_verdict(verdicts: list[int]) -> list[int]:
    return [*verdicts[:-1], (verdicts[-1] + 1) % 3]


@pytest.mark.parametrize("who", ["Looped", "Kernel", "CSV"])
def test_one_verdict_that_differs_ends_it_with_one_and_without_a_time(
    benchmark: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    if who == "Looped":
        verdicts = benchmark.Looped.verdicts
        monkeypatch.setattr(benchmark.Looped, "verdicts", lambda self: other_verdict(verdicts(self)))
    elif who == "Kernel":
        first = benchmark.verdicts_of
        calls: list[object] = []

        def differing(batches: Any) -> list[int]:
            calls.append(batches)
            found: list[int] = first(batches)
            return found if len(calls) < 3 else other_verdict(found)

        monkeypatch.setattr(benchmark, "verdicts_of", differing)
    else:
        write = benchmark.write

        def written(table: Any, path: Any) -> Any:
            return write(table if path.suffix != ".csv" else table.slice(0, table.num_rows - 1), path)

        monkeypatch.setattr(benchmark, "write", written)
        monkeypatch.setattr(benchmark, "engines", lambda *_: iter(()))
    with pytest.raises(SystemExit) as ended:
        benchmark.main(SMALL)
    assert "no time is given" in str(ended.value.code)  # Python prints it and ends with exit code 1
    assert capsys.readouterr().out == ""


def test_no_row_of_a_registry_contradicts_itself(benchmark: ModuleType, gate: Gate) -> None:
    for columns in (40, None):
        facts = benchmark.facts_of(gate, columns)
        table = benchmark.registry(facts, gate.vocabulary(), 400)
        _, plan = benchmark.plan_for(gate, facts)
        assert Kernel(plan).judge(benchmark.as_codes(table)).faults == {}
        rows = benchmark.stated_in(table, gate.vocabulary())
        assert len(benchmark.completed(gate, rows, dict(benchmark.SAME), benchmark.AS_OF)) == 400


def test_a_row_that_cannot_be_judged_is_no_row_to_measure(
    benchmark: ModuleType, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyarrow as pa

    registry = benchmark.registry

    def with_a_fault(*arguments: Any) -> pa.Table:
        table = registry(*arguments)
        at = table.column_names.index("operator.size")
        return table.set_column(at, "operator.size", pa.array([*["sme"] * (table.num_rows - 1), "huge"]))

    monkeypatch.setattr(benchmark, "registry", with_a_fault)
    with pytest.raises(SystemExit, match=r"cannot be judged.*`huge` is not one of the values"):
        benchmark.main(SMALL)
    assert capsys.readouterr().out == ""


def test_single_decisions_are_not_timed_beside_other_answers(
    single: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Wrong(GeneratedEngine):
        def prepare(self, pack_at: PackAt, lowered: Lowered) -> Any:
            run = super().prepare(pack_at, lowered)
            return lambda facts: replace(run(facts), conclusions=())

    gate = Gate(engine="generated")
    monkeypatch.setattr(single, "releases", lambda pack: [Facts.of(()).completed(pack.vocabulary)])
    monkeypatch.setattr(single, "PEERS", {})
    monkeypatch.setattr(single, "GeneratedEngine", Wrong)
    with pytest.raises(SystemExit, match="generated: 1 of 1 answers differ, so no time is given"):
        list(single.engines(gate, gate.packs()[0], quick=True))
