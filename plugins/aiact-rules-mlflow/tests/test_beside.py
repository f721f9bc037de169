"""The gate beside workspaces and basic authentication, in a server of its own."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlparse

import pytest

from conftest import Server

PASSWORD = "a-long-password-1234"
RELEASE_FILE = b"""\
format: 1
subject: system
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
"""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    pytest.importorskip("flask_wtf", reason="basic-auth needs mlflow[auth]")
    pytest.importorskip("mlflow.store.model_registry.sqlalchemy_workspace_store", reason="no workspaces in this MLflow")
    folder = tmp_path_factory.mktemp("beside")
    auth = folder / "auth.ini"
    auth.write_text(
        "[mlflow]\ndefault_permission = MANAGE\n"
        f"database_uri = sqlite:///{folder}/auth.db\nadmin_username = admin\nadmin_password = {PASSWORD}\n"
        "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
    )
    environment = {
        "MLFLOW_AUTH_CONFIG_PATH": str(auth),
        "MLFLOW_FLASK_SERVER_SECRET_KEY": "for-tests-only",
        "MLFLOW_ENABLE_WORKSPACES": "true",
        "AIACT_MLFLOW_ROLES": "provider",
        "AIACT_MLFLOW_MARKETS": "EU",
        "AIACT_MLFLOW_ALIASES": "live",
    }
    running = Server(folder, ("--app-name", "basic-auth", "--enable-workspaces"), environment).start()
    yield running
    running.stop()


def send(
    server: Server,
    path: str,
    body: bytes | dict[str, Any],
    *,
    method: str = "POST",
    workspace: str,
    user: str = "admin",
) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json", "X-MLFLOW-WORKSPACE": workspace}
    if user:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{PASSWORD}".encode()).decode()
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = urllib.request.Request(f"{server.url}/api/{path}", data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


@pytest.mark.parametrize("workspace", ["default", "team-a"])
def test_every_workspace_is_guarded_and_authentication_stays(guarded: Server, workspace: str) -> None:
    def post(path: str, body: dict[str, Any], user: str = "admin") -> tuple[int, Any]:
        return send(guarded, f"2.0/mlflow/{path}", body, workspace=workspace, user=user)

    if workspace != "default":
        created, answer = send(guarded, "3.0/mlflow/workspaces", {"name": workspace}, workspace="default")
        assert created in (200, 201), answer
    status, experiment = post("experiments/create", {"name": "releases"})
    assert status == 200, experiment
    status, run = post("runs/create", {"experiment_id": experiment["experiment_id"]})
    assert status == 200, run
    run_id, root = run["run"]["info"]["run_id"], run["run"]["info"]["artifact_uri"]
    assert root.startswith("mlflow-artifacts:/")
    file = f"2.0/mlflow-artifacts/artifacts/{urlparse(root).path.lstrip('/')}/model/aiact.yaml"
    status, answer = send(guarded, file, RELEASE_FILE, method="PUT", workspace=workspace)
    assert status == 200, answer
    for name, folder, expected in (("silent", "empty", 403), ("stating", "model", 200)):
        assert post("registered-models/create", {"name": name})[0] == 200
        version = {"name": name, "source": f"{root}/{folder}", "run_id": run_id}
        status, answer = post("model-versions/create", version)
        assert status == 200, answer
        alias = {"name": name, "alias": "live", "version": "1"}
        assert post("registered-models/alias", alias, user="")[0] == 401
        status, answer = post("registered-models/alias", alias)
        assert status == expected, answer
        outcome = "allowed" if expected == 200 else "refused"
        said = f'{outcome} act="set alias live" model="{name}" version="1" user="admin"'
        assert said in guarded.log
