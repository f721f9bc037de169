"""The kernel on the workers of a real cluster gives the same table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from aiact_rules.gate import Gate
from aiact_rules.sweep.dask_adapter import sweep_parts
from aiact_rules.sweep.kernel import Kernel
from aiact_rules.sweep.mapping import ColumnMap, TableMap
from aiact_rules.sweep.plan import make_plan
from tests.sweep.conftest import AS_OF

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    )
    with cluster, distributed.Client(cluster) as client:
        yield client


def test_two_workers_give_what_one_process_gives(client: Any, gate: Gate, tmp_path: Path) -> None:
    columns = TableMap("id", (ColumnMap("s", "release.subject"), ColumnMap("u", "system.annex_iii_uses")))
    kernel = Kernel(make_plan(gate, columns, as_of=[AS_OF], stated={"operator.roles": ["provider"]}))
    table = pa.table(
        {
            "id": [f"r{n}" for n in range(400)],
            "s": ["system" if n % 3 else "neither" if n % 7 else "sistem" for n in range(400)],
            "u": [["recruitment"], [], None, ["insurance"]] * 100,
        }
    )
    parts = []
    for n in range(4):
        parts.append(tmp_path / f"part-{n}.parquet")
        pq.write_table(table.slice(100 * n, 100), parts[-1])
    (tmp_path / "out").mkdir()
    swept = sweep_parts(client, kernel, parts, tmp_path / "out")
    whole = kernel.judge(table.combine_chunks().to_batches()[0])
    found = pa.concat_tables(pq.read_table(tmp_path / "out" / part.name) for part in parts)
    assert found.column("id").equals(table.column("id"))
    for name in whole.batch.schema.names:
        assert found.column(name).to_pylist() == whole.batch.column(name).to_pylist(), name
    assert swept.tally.verdicts[0].tolist() == whole.tally.verdicts[0].tolist()
    assert swept.bad.count == len(whole.faults) > 0
    assert ("r0", whole.faults[0]) in swept.bad.named


def test_parts_of_one_name_are_refused(client: Any, gate: Gate) -> None:
    columns = TableMap(None, (ColumnMap("s", "release.subject"),))
    kernel = Kernel(make_plan(gate, columns, as_of=[AS_OF]))
    with pytest.raises(ValueError, match="same name"):
        sweep_parts(client, kernel, ["a/x.parquet", "b/x.parquet"])
