"""Dask: the kernel over the parts of a table on the workers of a cluster.

    from distributed import Client
    from aiact_rules.sweep.dask_adapter import sweep_parts

    swept = sweep_parts(Client(...), kernel, ["part-0.parquet", "part-1.parquet"], "out")

Workers need `aiact-rules[sweep]`, and read and write the same places as the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from aiact_rules.sweep.kernel import Kernel
from aiact_rules.sweep.mapping import TableMap
from aiact_rules.sweep.plan import Plan
from aiact_rules.sweep.running import MOST_BAD_ROWS_NAMED, Swept, sweep
from aiact_rules.sweep.tables import open_table
from aiact_rules.sweep.writing import Output

if TYPE_CHECKING:
    from distributed import Client


def sweep_parts(client: Client, kernel: Kernel, parts: Sequence[str | Path], folder: str | Path | None = None) -> Swept:
    """Judge tables on the workers, each as one task, and add up what they count.

    Each part is written to `folder` under its own name (None: only counted). A part that fails raises here, and a
    part is on disk only when it is whole.
    """
    names = [Path(part).name for part in parts]
    if len(set(names)) < len(names):
        raise ValueError("two parts have the same name, so one would be written over the other")
    plan = client.scatter(kernel.plan, broadcast=True)  # type: ignore[no-untyped-call]
    futures = [
        client.submit(_sweep_part, plan, str(part), None if folder is None else str(folder), pure=False)
        for part in parts
    ]
    found = Swept()
    for swept in client.gather(futures):  # type: ignore[no-untyped-call]
        found.tally.add(swept.tally)
        found.bad.count += swept.bad.count
        found.bad.named = [*found.bad.named, *swept.bad.named][:MOST_BAD_ROWS_NAMED]
    return found


def _sweep_part(plan: Plan, part: str, folder: str | None) -> Swept:
    kernel = Kernel(plan)
    table = open_table(Path(part))
    table_map = TableMap(plan.key, plan.columns)
    if folder is None:
        return sweep(table, table_map, kernel)
    with Output(Path(folder) / Path(part).name) as output:
        return sweep(table, table_map, kernel, output)
