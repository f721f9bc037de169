"""The store by itself: the spellings of its URI, its kind, and what happens when judging fails."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
from mlflow.entities.model_registry import ModelVersionTag
from mlflow.exceptions import MlflowException
from mlflow.tracking._model_registry.registry import ModelRegistryStoreRegistry

from aiact_rules_mlflow import store as stores

DIALECTS = ("sqlite", "postgresql", "mysql", "mssql")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A gated store on a database, as a notebook or a job would open it without a server."""
    folder: Path = tmp_path_factory.mktemp("store")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("AIACT_MLFLOW_ROLES", "provider")
        registry = ModelRegistryStoreRegistry()
        registry.register_entrypoints()
        uri = f"aiact-sqlite+pysqlite:///{folder}/mlflow.db"
        opened = registry._get_store_with_resolved_uri(uri, f"sqlite:///{folder}/mlflow.db")
    opened.create_registered_model("model")
    (folder / "model").mkdir()
    opened.create_model_version("model", (folder / "model").as_uri())
    return opened


def test_every_dialect_has_a_scheme_with_and_without_driver() -> None:
    names = {each.name for each in entry_points(group="mlflow.model_registry_store")}
    assert {f"aiact-{dialect}" for dialect in DIALECTS} <= names
    assert {"aiact-postgresql+psycopg2", "aiact-postgresql+psycopg", "aiact-mysql+pymysql"} <= names


@pytest.mark.parametrize("dialect", ["postgresql", "postgresql+psycopg2", "mysql+pymysql"])
def test_the_database_is_asked_for_by_its_own_name(monkeypatch: pytest.MonkeyPatch, dialect: str) -> None:
    asked = []

    def open_store(uri: str) -> Any:
        asked.append(uri)
        raise MlflowException("no database here")

    monkeypatch.setattr(stores, "_store_class", lambda: open_store)
    with pytest.raises(MlflowException, match="no database here"):
        stores.build_store(f"AIACT-{dialect}://user:a:b@host/db")
    assert asked == [f"{dialect}://user:a:b@host/db"]


def test_the_kind_of_store_follows_the_workspaces(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mlflow.store.model_registry.sqlalchemy_workspace_store", reason="no workspaces in this MLflow")
    stores._store_class.cache_clear()
    monkeypatch.setenv("MLFLOW_ENABLE_WORKSPACES", "true")
    assert "WorkspaceAware" in str(stores._store_class().__mro__)
    monkeypatch.delenv("MLFLOW_ENABLE_WORKSPACES")
    stores._store_class.cache_clear()
    assert "WorkspaceAware" not in str(stores._store_class().__mro__)


def test_it_guards_without_a_server_too(store: Any) -> None:
    with pytest.raises(MlflowException, match="alias `champion` for `model` version 1 is refused: hold") as caught:
        store.set_registered_model_alias("model", "champion", "1")
    assert caught.value.get_http_status_code() == 403


@pytest.mark.parametrize("error", [RuntimeError("broken"), KeyError("x"), MemoryError(), RecursionError()])
def test_whatever_goes_wrong_nothing_is_released(store: Any, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def decide(*_: object) -> None:
        raise error

    monkeypatch.setattr(store.current.judge, "decisions", decide)
    with pytest.raises(MlflowException, match="could not be judged") as caught:
        store.set_registered_model_alias("model", "champion", "1")
    assert caught.value.get_http_status_code() == 403
    assert store.get_model_version("model", "1").tags["aiact_decision"] == "undecided"
    with pytest.raises(MlflowException, match="could not be judged"):
        store.create_model_version("model", "file:///nowhere")
    assert "champion" not in store.get_registered_model("model").aliases


def test_a_decision_that_cannot_be_written_releases_nothing(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, value in {"subject": "system", "markets": "US"}.items():
        store.set_model_version_tag("model", "1", ModelVersionTag(f"aiact_{key}", value))

    def write(*_: object) -> None:
        raise MlflowException("the database is full")

    monkeypatch.setattr(store, "_write", write)
    with pytest.raises(MlflowException, match="the database is full"):
        store.set_registered_model_alias("model", "champion", "1")
    assert "champion" not in store.get_registered_model("model").aliases


@pytest.mark.parametrize("where", ["http://169.254.169.254/latest", "mlflow-artifacts:/1/models/m/artifacts"])
def test_artifacts_elsewhere_are_not_fetched(store: Any, where: str) -> None:
    with pytest.raises(MlflowException, match="served by another server") as caught:
        store.create_model_version("model", where)
    assert caught.value.get_http_status_code() == 403


def test_settings_that_cannot_be_used_stop_the_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIACT_MLFLOW_FAIL_ON", "sometimes")
    with pytest.raises(MlflowException, match="AIACT_MLFLOW_FAIL_ON: expected hold or block"):
        stores.build_store(f"aiact-sqlite:///{tmp_path}/mlflow.db")
