"""Opening: a server whose registry has no gate is told so, and the prefix in the wrong place gets a hint."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from mlflow.exceptions import MlflowException

from aiact_rules_mlflow.opening import refuse_tracking_store, unguarded_registry
from conftest import Server

BACKEND, REGISTRY = "_MLFLOW_SERVER_FILE_STORE", "_MLFLOW_SERVER_REGISTRY_STORE"


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, None),
        ({BACKEND: "sqlite:///a.db"}, "sqlite:///a.db"),
        ({BACKEND: "sqlite:///a.db", REGISTRY: "sqlite:///b.db"}, "sqlite:///b.db"),
        ({BACKEND: "sqlite:///a.db", REGISTRY: "aiact-sqlite:///a.db"}, None),
        ({BACKEND: "sqlite:///a.db", REGISTRY: "AIACT-sqlite:///a.db"}, None),
    ],
)
def test_a_server_is_known_by_what_it_tells_its_workers(environment: dict[str, str], found: str | None) -> None:
    assert unguarded_registry(environment) == found


def test_a_server_without_the_prefix_writes_one_warning(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/mlflow.db"
    server = Server(tmp_path, arguments=["--backend-store-uri", database]).start()
    server.post("registered-models/create", {"name": "model"})
    server.stop()
    (line,) = [line for line in server.log.splitlines() if "no gate stands before the registry" in line]
    assert database in line
    assert "--registry-store-uri and `aiact-`" in line


def test_the_prefix_before_the_store_of_runs_stops_the_server_with_a_hint(tmp_path: Path) -> None:
    address = f"aiact-sqlite:///{tmp_path}/mlflow.db"
    command = [sys.executable, "-m", "mlflow", "server", "--port", "1", "--backend-store-uri", address]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode != 0
    assert "`aiact-sqlite` is no store for runs: write --backend-store-uri sqlite:…" in done.stderr
    assert "--registry-store-uri aiact-sqlite:…" in done.stderr


def test_every_spelling_has_both_entry_points() -> None:
    stores = {each.name for each in entry_points(group="mlflow.model_registry_store") if each.name.startswith("aiact-")}
    hints = {each.name for each in entry_points(group="mlflow.tracking_store") if each.name.startswith("aiact-")}
    assert stores == hints
    with pytest.raises(MlflowException, match="aiact-mysql"):
        refuse_tracking_store("aiact-mysql://user:secret@host/db")


def test_no_password_stands_in_a_hint() -> None:
    with pytest.raises(MlflowException) as caught:
        refuse_tracking_store("aiact-mysql://user:secret@host/db")
    assert "secret" not in str(caught.value)
