"""Airflow, really run: the task behind the gate runs only where the release passes, and a refusal is not tried again."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from .platforms import Place

pytestmark = pytest.mark.skipif(
    find_spec("airflow") is None, reason="apache-airflow is not installed; .ci/hosts runs this"
)

SCRIPT = """
import subprocess, sys
from datetime import datetime
from pathlib import Path
if len(sys.argv) > 1:
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)
from airflow.sdk import DAG, task
from aiact_rules.hosts.airflow import ReleaseGateOperator

with DAG("publish", start_date=datetime(2026, 1, 1), schedule=None, params={"model": "none"}) as dag:
    gate = ReleaseGateOperator(task_id="gate", release="{{ params.model }}", log="log.sqlite", retries=3)

    @task
    def deploy(ids):
        Path("deployed-" + ids[0][7:15]).touch()

    deploy(gate.output)

if __name__ == "__main__":
    for model in sys.argv[1:]:
        run = dag.test(run_conf={"model": model})
        print("RUN", model, run.state)
"""


def test_what_is_behind_the_gate_runs_only_where_the_release_passes(tmp_path: Path) -> None:
    place = Place.at(tmp_path)
    done = place.run(
        SCRIPT,
        "silent",
        "minimal",
        "nowhere",
        seconds=500,
        AIRFLOW_HOME=str(tmp_path / "home"),
        AIRFLOW__CORE__LOAD_EXAMPLES="False",
        AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT="240",
        AIRFLOW__CORE__DAGS_FOLDER=str(tmp_path),
        AIRFLOW__CORE__UNIT_TEST_MODE="False",
    )
    runs = [line.split()[1:] for line in done.said.splitlines() if line.startswith("RUN")]
    assert [(model, state.rpartition(".")[2].lower()) for model, state in runs] == [
        ("silent", "failed"),
        ("minimal", "success"),
        ("nowhere", "failed"),
    ], done.said
    assert len(list(tmp_path.glob("deployed-*"))) == 1
    assert place.acts() == [("airflow", "refused"), ("airflow", "allowed"), ("airflow", "undecided")]
    assert "refused: run publish, task gate" in done.said
