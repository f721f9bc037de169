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

import pyarrow as pa
import pyarrow.parquet as pq

from aiact_rules.gate import Gate
from aiact_rules.sweep.kernel import Kernel
from aiact_rules.sweep.running import judged_chunks
from aiact_rules.sweep.tables import open_table
from sweep import AS_OF, COLUMNS, THREADS, lower, plan_for, registry, registry_facts


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ["PYTHONPATH"] = os.pathsep.join([str(Path(__file__).resolve().parent.parent / "src"), *sys.path[:2]])
    from pyspark.sql import SparkSession

    gate = Gate()
    facts = registry_facts(lower(gate.packs()[0].at(AS_OF)), COLUMNS)
    _, plan = plan_for(gate, facts)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "registry"
        folder.mkdir()
        table = registry(facts, gate.vocabulary(), rows)
        for part in range(4):
            pq.write_table(table.slice(part * rows // 4, rows // 4), folder / f"part-{part}.parquet")
        kernel = Kernel(plan, threads=THREADS)
        start = time.perf_counter()
        alone = pa.Table.from_batches([each.batch for _, each in judged_chunks(open_table(folder), kernel)])
        print(f"one process: {time.perf_counter() - start:.2f} s")
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
        print(f"Spark starts in {time.perf_counter() - start:.2f} s")

        def judged(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            here = Kernel(plan)
            for batch in batches:
                answer = here(batch)
                verdict = answer.column("aiact_verdict").cast(pa.string())
                yield pa.record_batch({"id": answer.column("id"), "verdict": verdict})

        for run in range(3):
            start = time.perf_counter()
            found = spark.read.parquet(str(folder)).mapInArrow(judged, "id string, verdict string").toPandas()
            print(f"Spark, local[2], run {run + 1}: {time.perf_counter() - start:.2f} s")
        same = dict(zip(found["id"], found["verdict"], strict=True)) == want
        print("same verdicts" if same else "OTHER VERDICTS")
        spark.stop()


if __name__ == "__main__":
    main()
