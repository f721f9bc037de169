"""The kernel under Spark's `mapInArrow`, next to one process. Needs Java 17 and `pip install pyspark pandas`; not part of CI.

PYSPARK_PYTHON=$(which python) python benchmarks/spark_sweep.py [ROWS]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "src"), str(HERE)]

import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from agreement import need_same  # noqa: E402
from registries import registry  # noqa: E402

from aiact_rules.gate import Gate  # noqa: E402
from aiact_rules.sweep.kernel import Kernel  # noqa: E402
from aiact_rules.sweep.mapping import ColumnMap, TableMap  # noqa: E402
from aiact_rules.sweep.plan import make_plan  # noqa: E402
from aiact_rules.sweep.running import judged_chunks  # noqa: E402
from aiact_rules.sweep.tables import open_table  # noqa: E402
from sweep import AS_OF, COLUMNS, SAME, THREADS, facts_of  # noqa: E402


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])
    from pyspark.sql import SparkSession

    gate = Gate()
    facts = facts_of(gate, COLUMNS)
    # Spark takes a dot in a name for a path, so columns have other names here.
    columns = TableMap("id", tuple(ColumnMap(fact.replace(".", "_"), fact) for fact in facts))
    plan = make_plan(gate, columns, as_of=[AS_OF], stated=SAME)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "registry"
        folder.mkdir()
        table = registry(facts, gate.vocabulary(), rows)
        table = table.rename_columns([name.replace(".", "_") for name in table.column_names])
        for part in range(4):
            pq.write_table(table.slice(part * rows // 4, rows // 4), folder / f"part-{part}.parquet")
        kernel = Kernel(plan, threads=THREADS)
        lines = []
        start = time.perf_counter()
        alone = pa.Table.from_batches([each.batch for _, each in judged_chunks(open_table(folder), kernel)])
        lines.append(f"one process: {time.perf_counter() - start:.2f} s")
        want = dict(zip(alone["id"].to_pylist(), alone["aiact_verdict"].to_pylist(), strict=True))

        start = time.perf_counter()
        spark = (
            SparkSession.builder.master("local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.driver.memory", "3g")
            .config("spark.sql.execution.arrow.maxRecordsPerBatch", "131072")
            .getOrCreate()
        )
        spark.sparkContext.setLogLevel("ERROR")
        lines.append(f"Spark starts in {time.perf_counter() - start:.2f} s")

        def judged(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            here = Kernel(plan)
            for batch in batches:
                answer = here(batch)
                verdict = answer.column("aiact_verdict").cast(pa.string())
                yield pa.record_batch({"id": answer.column("id"), "verdict": verdict})

        for run in range(3):
            start = time.perf_counter()
            found = spark.read.parquet(str(folder)).mapInArrow(judged, "id string, verdict string").toPandas()
            lines.append(f"Spark, local[2], run {run + 1}: {time.perf_counter() - start:.2f} s")
        names = alone["id"].to_pylist()
        got = dict(zip(found["id"], found["verdict"], strict=True))
        need_same("Spark", [got.get(name) for name in names], [want[name] for name in names], names)
        print("\n".join(lines))
        spark.stop()


if __name__ == "__main__":
    main()
