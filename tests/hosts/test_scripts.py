"""Scripts for W&B, Azure ML, Vertex AI and Databricks against a server on loopback: what each is told, refusing and then allowing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib.util
import json
import os
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from aiact_rules.decision_log.opening import open_log
from tests.cli.conftest import EXAMPLES

from .recorded import Recorder, recorder

SCRIPTS = EXAMPLES / "hosts"
FACTS = {
    "release": {"subject": "system", "markets": ["EU"]},
    "operator": {"roles": ["provider"]},
    "system": {"practices": [], "annex_iii_uses": [], "annex_i_law": [], "transparency_situations": []},
}
TAGS = {
    "aiact_subject": "system",
    "aiact_roles": "provider",
    "aiact_markets": "EU",
    "aiact_system_practices": "[]",
    "aiact_system_annex_iii_uses": "[]",
    "aiact_system_annex_i_law": "[]",
    "aiact_system_transparency_situations": "[]",
}
MISSPELT = {"aiact_system_practises": "[]"}
OUTCOMES = {0: "allowed", 1: "refused", 2: "undecided"}


def run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPTS / script), *arguments]
    given = os.environ | environment
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=120)


def acts(log: Path) -> list[dict[str, Any]]:
    return [entry.record["act"] for entry in open_log(log).entries()]


# Azure ML

MODEL = (
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"
    "/models/scorer/versions/3?api-version=2025-04-01"
)


def azure(url: str, log: Path, *more: str) -> subprocess.CompletedProcess[str]:
    given = {"subscription": "s", "group": "g", "workspace": "w", "model": "scorer", "version": "3", "log": str(log)}
    options = [text for name, value in given.items() for text in (f"--{name}", value)]
    return run("azureml/approve.py", *options, *more, AZURE_ENDPOINT=url, AZURE_TOKEN="secret")


@pytest.mark.parametrize(("tags", "code"), [({}, 1), (TAGS, 0), (MISSPELT, 2)])
def test_azure_ml_gets_the_result_in_its_tags_and_the_pipeline_its_exit_code(
    tmp_path: Path, tags: dict[str, str], code: int
) -> None:
    properties = {"modelUri": "azureml://x", "tags": {"team": "risk", **tags}}
    with recorder({f"GET {MODEL}": (200, {"properties": properties}), f"PUT {MODEL}": (200, {})}) as cloud:
        done = azure(cloud.url, tmp_path / "log.sqlite")
        assert done.returncode == code, done.stderr
        if code == 2:  # what the tags say cannot be used, and is left as it is
            assert cloud.asked == [f"GET {MODEL}"]
            assert "did you mean `aiact_system_practices`?" in done.stdout
        else:
            assert cloud.asked == [f"GET {MODEL}", f"PUT {MODEL}"]
            sent: Any = cloud.sent[1].json
            assert sent["properties"]["modelUri"] == "azureml://x"
            written = sent["properties"]["tags"]
            assert written["team"] == "risk"
            assert written["aiact_decision"] == ("allow" if code == 0 else "hold")
            assert written["aiact_decision_id"] in done.stdout
        assert all(each.headers["authorization"] == "Bearer secret" for each in cloud.sent)
    (act,) = acts(tmp_path / "log.sqlite")
    assert (act["host"], act["outcome"]) == ("azureml", OUTCOMES[code])
    assert act["artifact"] == {"name": "scorer", "version": "3"}
    assert "secret" not in done.stdout + done.stderr


def test_azure_ml_away_is_no_yes(tmp_path: Path) -> None:
    with recorder({}) as cloud:
        assert azure(cloud.url, tmp_path / "log.sqlite").returncode == 2
        assert azure(cloud.url, tmp_path / "log.sqlite", "--release", str(EXAMPLES / "minimal")).returncode == 2
    with recorder({f"GET {MODEL}": (200, {"properties": {"tags": TAGS}})}) as cloud:
        done = azure(cloud.url, tmp_path / "log.sqlite")
        assert done.returncode == 2
        assert "cannot be written into the tags" in done.stderr


# Vertex AI

VERTEX = "projects/p/locations/europe-west1/models/77"


@pytest.mark.parametrize(("release", "code"), [("silent", 1), ("minimal", 0), ("nowhere", 2)])
def test_vertex_gets_labels_and_the_alias_only_where_it_passes(tmp_path: Path, release: str, code: int) -> None:
    patch, merge = f"PATCH /v1/{VERTEX}@3?updateMask=labels", f"POST /v1/{VERTEX}@3:mergeVersionAliases"
    with recorder({patch: (200, {}), merge: (200, {})}) as cloud:
        done = vertex(cloud, tmp_path, release)
        assert done.returncode == code
        assert cloud.asked == ([patch, merge] if code == 0 else [patch])
        labels: Any = cloud.sent[0].json
        assert labels["labels"]["aiact_decision"] == {0: "allow", 1: "hold", 2: "error"}[code]
        assert all(len(value) <= 63 for value in labels["labels"].values())
        if code == 0:
            assert cloud.sent[1].json == {"versionAliases": ["production"]}
    (act,) = acts(tmp_path / "log.sqlite")
    assert (act["host"], act["outcome"]) == ("vertex", OUTCOMES[code])
    with recorder({patch: (200, {})}) as cloud:
        assert vertex(cloud, tmp_path, "minimal").returncode == 2  # the alias is not set


def vertex(cloud: Recorder, folder: Path, release: str, model: str = VERTEX) -> subprocess.CompletedProcess[str]:
    options = ["--model", model, "--version", "3", "--release", str(EXAMPLES / release)]
    options += ["--log", str(folder / "log.sqlite")]
    return run("vertex/promote.py", *options, VERTEX_ENDPOINT=cloud.url, GOOGLE_TOKEN="secret")


def test_vertex_is_asked_about_nothing_else_than_a_model(tmp_path: Path) -> None:
    with recorder({}) as cloud:
        assert vertex(cloud, tmp_path, "minimal", "projects/p/locations/evil.example/x/models/7").returncode == 2
        assert cloud.asked == []


# Databricks

VERSIONS = "/api/2.0/mlflow/unity-catalog/model-versions"
GET = f"GET {VERSIONS}/get?name=main.risk.scorer&version=3"
SET = f"POST {VERSIONS}/set-tag"


@pytest.mark.parametrize(("tags", "code"), [({}, 1), (TAGS, 0), (MISSPELT, 2)])
def test_databricks_gets_the_tag_of_the_approval_task(tmp_path: Path, tags: dict[str, str], code: int) -> None:
    listed = [{"key": key, "value": value} for key, value in tags.items()]
    with recorder({GET: (200, {"model_version": {"tags": listed}}), SET: (200, {})}) as cloud:
        done = databricks(cloud, tmp_path)
        assert done.returncode == code
        assert cloud.asked[0] == GET
        told: list[Any] = [each.json for each in cloud.sent[1:]]
        assert {(each["name"], each["version"]) for each in told} == {("main.risk.scorer", "3")}
        assert (told[-1]["key"], told[-1]["value"]) == ("approval_check", "Approved" if code == 0 else "Rejected")
        written = {each["key"]: each["value"] for each in told}
        assert written["aiact_decision"] == {0: "allow", 1: "hold", 2: "error"}[code]
    (act,) = acts(tmp_path / "log.sqlite")
    assert (act["host"], act["outcome"]) == ("databricks", OUTCOMES[code])


def test_databricks_away_is_no_yes(tmp_path: Path) -> None:
    with recorder({SET: (200, {})}) as cloud:
        assert databricks(cloud, tmp_path).returncode == 2
        last: Any = cloud.sent[-1].json
        assert last["value"] == "Rejected"
    with recorder(
        {GET: (200, {"model_version": {"tags": [{"key": k, "value": v} for k, v in TAGS.items()]}})}
    ) as cloud:
        done = databricks(cloud, tmp_path)
        assert done.returncode == 2
        assert "does not take the result" in done.stderr


def databricks(cloud: Recorder, folder: Path) -> subprocess.CompletedProcess[str]:
    options = ["--model", "main.risk.scorer", "--version", "3", "--task", "approval_check"]
    options += ["--log", str(folder / "log.sqlite")]
    return run("databricks/approve.py", *options, DATABRICKS_HOST=cloud.url, DATABRICKS_TOKEN="secret")


# W&B


@pytest.fixture
def receiver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ModuleType, str]]:
    """Return the receiver as a module, and where it listens."""
    spec = importlib.util.spec_from_file_location("wandb_receiver", SCRIPTS / "wandb" / "receiver.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module.Receiver, "log_message", lambda *_: None)
    for name, value in (("WANDB_API_KEY", "key"), ("WANDB_WEBHOOK_SECRET", "shared"), ("AIACT_LOG", "log.sqlite")):
        monkeypatch.setenv(name, str(tmp_path / value) if name == "AIACT_LOG" else value)
    server = ThreadingHTTPServer(("127.0.0.1", 0), module.Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield module, f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


PAYLOAD = {
    "artifact": "wandb-artifact://_id/QXJ0aWZhY3Q6MQ==",
    "version": "org/registry/scorer:v3",
    "collection": "scorer",
    "author": "ada",
}


def deliver(url: str, payload: object, *, prefix: str = "", secret: str = "shared") -> tuple[int, str]:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signature = prefix + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    request = urllib.request.Request(url, data=body, headers={"X-Wandb-Signature": signature})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize(
    ("metadata", "status", "prefix"),
    [({}, 403, ""), ({"aiact": FACTS}, 200, "sha256="), ({"aiact": {"system.practises": []}}, 403, "")],
)
def test_wandb_sets_the_alias_only_where_it_passes(
    receiver: tuple[ModuleType, str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    metadata: dict[str, object],
    status: int,
    prefix: str,
) -> None:
    answer = {"data": {"artifact": {"metadata": json.dumps(metadata)}, "addAliases": {"success": True}}}
    with recorder({"POST /graphql": (200, answer)}) as cloud:
        monkeypatch.setenv("WANDB_BASE_URL", cloud.url)
        got, said = deliver(receiver[1], PAYLOAD, prefix=prefix)
        assert got == status, said
        sent: list[Any] = [each.json for each in cloud.sent]
        assert [each["query"].split()[1].partition("(")[0] for each in sent] == ["Version", "Promote"][
            : 1 + (got == 200)
        ]
        assert sent[0]["variables"] == {"id": "QXJ0aWZhY3Q6MQ=="}
        if got == 200:
            aliases = [{"artifactCollectionName": "scorer", "alias": "production"}]
            assert sent[1]["variables"] == {"id": "QXJ0aWZhY3Q6MQ==", "aliases": aliases}
        key = base64.b64encode(b"api:key").decode()
        assert cloud.sent[0].headers["authorization"] == f"Basic {key}"
    (act,) = acts(tmp_path / "log.sqlite")
    assert act["actor"] == "ada"
    assert act["artifact"] == {"name": "scorer", "version": "org/registry/scorer:v3"}


@pytest.mark.parametrize(
    ("payload", "secret", "status"),
    [
        (PAYLOAD, "other", 401),
        (PAYLOAD, "", 401),
        (b"{", "shared", 400),
        ({"artifact": "x"}, "shared", 400),
        (b"x" * 70_000, "shared", 413),
    ],
)
def test_wandb_takes_nothing_that_is_not_signed_or_not_the_payload(
    receiver: tuple[ModuleType, str], monkeypatch: pytest.MonkeyPatch, payload: object, secret: str, status: int
) -> None:
    with recorder({}) as cloud:
        monkeypatch.setenv("WANDB_BASE_URL", cloud.url)
        assert deliver(receiver[1], payload, secret=secret)[0] == status
        assert cloud.asked == []


def test_without_a_secret_wandb_is_not_believed(
    receiver: tuple[ModuleType, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WANDB_WEBHOOK_SECRET", "")
    assert deliver(receiver[1], PAYLOAD, secret="")[0] == 401


@pytest.mark.parametrize(
    "answer", [(500, {}), (200, {"errors": [{"message": "no"}]}), (200, {"data": {"artifact": None}})]
)
def test_wandb_away_is_no_yes(
    receiver: tuple[ModuleType, str], monkeypatch: pytest.MonkeyPatch, answer: tuple[int, object]
) -> None:
    with recorder({"POST /graphql": answer}) as cloud:
        monkeypatch.setenv("WANDB_BASE_URL", cloud.url)
        assert deliver(receiver[1], PAYLOAD)[0] == 502


@pytest.mark.parametrize("script", sorted(SCRIPTS.rglob("*.py")), ids=lambda path: path.relative_to(SCRIPTS).as_posix())
def test_each_script_says_whether_it_blocks_or_only_records(script: Path) -> None:
    text = script.read_text(encoding="utf-8").split('"""')[1]
    assert "locks in the" in text or "only records" in " ".join(text.split()).casefold()
