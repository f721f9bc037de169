"""A real MLflow server on loopback, started once, and a small model to release."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "1"

START_SECONDS = 400
"""How long a server may take to start: half a minute where nothing else runs."""

MINIMAL = {
    "release.subject": "system",
    "system.practices": [],
    "system.annex_iii_uses": [],
    "system.annex_i_law": [],
    "system.transparency_situations": [],
}
"""What has to be said of a system that nothing in the Act singles out; the server states role and market itself."""

PROHIBITED = {
    **MINIMAL,
    "system.practices": ["infers_emotions"],
    "system.annex_iii_uses": ["emotion_recognition"],
    "system.transparency_situations": ["infers_emotions"],
    "system.infers_emotions": "yes",
    "system.infers_emotions_from_biometric_data": "yes",
    "system.emotion_areas": ["workplace"],
    "system.emotion_reasons": [],
}


def tags_of(facts: dict[str, Any]) -> dict[str, str]:
    """Write facts as the tags of a model version."""
    return {
        "aiact_" + name.replace(".", "_"): (", ".join(value) or "[]") if isinstance(value, list) else value
        for name, value in facts.items()
    }


@dataclass
class Server:
    """A tracking server with the gated registry in a folder of its own, which outlives its process.

    `arguments` stand in the place of the two addresses; without a `destination` the server keeps artifacts where it does.
    """

    folder: Path
    options: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    database: str | None = None
    destination: str | None = "artifacts"
    arguments: list[str] | None = None
    workers: int = 1

    def __post_init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    def start(self) -> Server:
        database = self.database or f"sqlite:///{self.folder}/mlflow.db"
        command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--workers", str(self.workers)]
        command += self.arguments or ["--backend-store-uri", database, "--registry-store-uri", f"aiact-{database}"]
        if self.destination is not None:
            command += ["--artifacts-destination", str(self.folder / self.destination)]
        command += self.options
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "AIACT_"))}
        environment |= {"MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", **self.environment}
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)
        patience = time.monotonic() + START_SECONDS
        while time.monotonic() < patience:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server did not start:\n{self.log}")
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=1):
                    return self
            except OSError:
                time.sleep(0.5)
        self.stop()
        raise RuntimeError(f"the server did not answer:\n{self.log}")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(30)

    def post(
        self, path: str, body: dict[str, Any], method: str = "POST", api: str = "2.0"
    ) -> tuple[int, dict[str, Any]]:
        """Send a request as any program would, without MLflow's client."""
        request = urllib.request.Request(
            f"{self.url}/api/{api}/mlflow/{path}",
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    (folder / "aiact.toml").write_text('name = "Example Ltd"\nroles = ["provider"]\nmarkets = ["EU"]\n')
    running = Server(folder).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def client(server: Server) -> Any:
    import mlflow

    mlflow.set_tracking_uri(server.url)
    return mlflow.MlflowClient()


class Registry:
    """Logs and registers one small scikit-learn model, each time under a name of its own."""

    def __init__(self, client: Any) -> None:
        from sklearn.linear_model import LogisticRegression

        self.client = client
        self.model = LogisticRegression().fit([[0.0], [1.0]], [0, 1])
        self._plain: str | None = None
        self._count = 0

    @property
    def plain(self) -> str:
        """A logged model that says nothing of its release."""
        if self._plain is None:
            self._plain = self.log()
        return self._plain

    def log(self, *files: Path, **options: Any) -> str:
        """Log the model with further files beside it."""
        import mlflow.sklearn

        info = mlflow.sklearn.log_model(self.model, name="model", pip_requirements=[], **options)
        for file in files:
            self.client.log_model_artifact(info.model_id, str(file))
        return str(info.model_uri)

    def register(self, uri: str | None = None, facts: dict[str, Any] | None = None) -> str:
        """Register a version and give the name of its model."""
        import mlflow

        self._count += 1
        name = f"model-{self._count}"
        mlflow.register_model(uri or self.plain, name, tags=tags_of(facts or {}))
        return name

    def tags(self, name: str) -> dict[str, str]:
        return dict(self.client.get_model_version(name, "1").tags)

    def alias(self, name: str, alias: str = "champion") -> None:
        self.client.set_registered_model_alias(name, alias, "1")

    def has_alias(self, name: str, alias: str = "champion") -> bool:
        return alias in self.client.get_registered_model(name).aliases


@pytest.fixture(scope="session")
def registry(client: Any) -> Registry:
    return Registry(client)
