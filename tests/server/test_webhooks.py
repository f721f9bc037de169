"""Webhooks: nobody else's are answered, the answer goes where it should and says yes only where the release may go ahead."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.decision_log.opening import open_log
from aiact_rules.server.app import application
from aiact_rules.server.logs import NAME, JsonLines
from aiact_rules.server.settings import ServerSettings
from tests.server.conftest import ALLOWED, Serve, TestClient
from tests.server.platforms import Platform, platform

SECRET = "it-is-a-secret-between-us"
SHA = "a" * 40
ALLOWED_FILE = "format: 1\nsubject: system\nroles: [provider]\nmarkets: [EU]\nfacts:\n  system: " + json.dumps(
    ALLOWED["system"]
)
HELD_FILE = "format: 1\nsubject: system\nroles: [provider]\nmarkets: [EU]\n"
BROKEN_FILE = "format: 1\nsubjct: system\n"
FAR = ("203.0.113.9", 1)


@pytest.fixture
def api() -> Iterator[Platform]:
    with platform() as running:
        yield running


@pytest.fixture
def secret(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str = SECRET) -> Path:
        file = tmp_path / f"secret-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
        file.write_text(text)
        file.chmod(0o600)
        return file

    return write


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("cryptography", reason="a GitHub App signs with an RSA key")
    from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    file = tmp_path_factory.mktemp("key") / "app.pem"
    made = generate_private_key(65537, 2048)
    file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return file


def signed(body: bytes, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


# GitHub


@pytest.fixture
def github(serve: Serve, api: Platform, secret: Callable[..., Path], key: Path, tmp_path: Path) -> TestClient:
    contents = "GET /repos/corvid/spam/contents"
    api.answers = {
        "POST /app/installations/7/access_tokens": {"token": "of-the-installation"},
        f"{contents}/m": [
            {"path": "m/aiact.yaml", "type": "file"},
            {"path": "m/aiact.toml", "type": "file"},
            {"path": "m/train.py", "type": "file"},
            {"path": "m/docs", "type": "dir"},
        ],
        f"{contents}/docs": [{"path": "docs/test.md", "type": "file"}],
        f"{contents}/docs/test.md": b"# Test\n",
        contents: [{"path": "docs", "type": "dir"}, {"path": "m", "type": "dir"}],
        "POST /repos/corvid/spam/actions/runs/5/deployment_protection_rule": {},
    }
    return serve(
        peer=FAR,
        db=str(tmp_path / "log.sqlite"),
        github_secret_file=secret(),
        github_app="99",
        github_key_file=key,
        github_api=api.address,
        github_release="m",
        github_also=("docs",),
    )


def requested(api: Platform, **change: Any) -> dict[str, Any]:
    return {
        "action": "requested",
        "environment": "production",
        "event": "push",
        "deployment_callback_url": f"{api.address}/repos/corvid/spam/actions/runs/5/deployment_protection_rule",
        "deployment": {"sha": SHA, "ref": "main"},
        "repository": {"full_name": "corvid/spam"},
        "installation": {"id": 7},
        "sender": {"login": "ada"},
        **change,
    }


def deliver(client: TestClient, payload: object, event: str = "deployment_protection_rule", **headers: str) -> Any:
    body = json.dumps(payload).encode()
    sent = {"X-Hub-Signature-256": f"sha256={signed(body)}", "X-GitHub-Event": event, **headers}
    return client.post("/webhooks/github", content=body, headers=sent)


@pytest.mark.parametrize(
    ("file", "state", "says"),
    [
        (ALLOWED_FILE, "approved", "may go ahead (allow) (sha256:"),
        (HELD_FILE, "rejected", "refused (hold); Art."),
        (BROKEN_FILE, "rejected", "refused: nothing could be decided; m/aiact.yaml:2: "),
        (None, "rejected", "answers 404"),
    ],
    ids=["allowed", "held", "unusable", "gone"],
)
def test_github_is_answered_by_what_stands_in_the_repository_at_the_commit(
    file: str | None, state: str, says: str, github: TestClient, api: Platform, key: Path, tmp_path: Path
) -> None:
    if file is not None:
        api.answers["GET /repos/corvid/spam/contents/m/aiact.yaml"] = file.encode()
    assert deliver(github, requested(api)).status_code == 202
    (_, token_headers, _), (path, headers, posted) = api.of("POST")
    assert path == "/repos/corvid/spam/actions/runs/5/deployment_protection_rule"
    assert headers["authorization"] == "Bearer of-the-installation"
    assert (posted["environment_name"], posted["state"]) == ("production", state)
    assert says in posted["comment"]
    assert len(posted["comment"]) <= 1000
    _check_jwt(token_headers["authorization"].removeprefix("Bearer "), key)
    read = [path for path, _, _ in api.of("GET")]
    assert all(path.endswith(f"?ref={SHA}") for path in read)
    assert not any("train.py" in path or "aiact.toml" in path for path in read)
    (entry,) = open_log(tmp_path / "log.sqlite").entries()
    assert entry.act is not None
    assert (entry.act.host, entry.act.action, entry.act.actor) == ("service:github", "deploy to production", "github")
    assert (entry.decision is None) == (state == "rejected" and "hold" not in says)


def _check_jwt(token: str, key: Path) -> None:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    head, payload, signature = token.split(".")
    public = load_pem_private_key(key.read_bytes(), None).public_key()
    public.verify(_bytes(signature), f"{head}.{payload}".encode(), PKCS1v15(), SHA256())  # type: ignore[union-attr,call-arg,arg-type]
    claims = json.loads(_bytes(payload))
    assert (claims["iss"], claims["exp"] - claims["iat"]) == ("99", 600)


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_same_files_have_the_same_decision_as_through_the_native_door(
    github: TestClient, serve: Serve, api: Platform, tmp_path: Path
) -> None:
    api.answers["GET /repos/corvid/spam/contents/m/aiact.yaml"] = ALLOWED_FILE.encode()
    deliver(github, requested(api))
    (entry,) = open_log(tmp_path / "log.sqlite").entries()
    sent = {"files": {"m/aiact.yaml": ALLOWED_FILE, "docs/test.md": "# Test\n"}, "release": "m"}
    own = serve().post("/v1/decisions", json=sent).json()
    assert entry.decision is not None
    assert entry.decision["decision_id"] == own["decision_id"]


def test_only_github_is_answered(github: TestClient, api: Platform) -> None:
    payload = requested(api)
    assert deliver(github, payload, **{"X-Hub-Signature-256": "sha256=" + "0" * 64}).status_code == 401
    assert deliver(github, payload, **{"X-Hub-Signature-256": ""}).status_code == 401
    body = json.dumps(payload).encode()
    unsigned = github.post("/webhooks/github", content=body, headers={"X-GitHub-Event": "deployment_protection_rule"})
    assert unsigned.status_code == 401
    assert not api.asked


@pytest.mark.parametrize(
    "callback",
    [
        "https://evil.example/repos/corvid/spam/actions/runs/5/deployment_protection_rule",
        "{api}/repos/other/spam/actions/runs/5/deployment_protection_rule",
        "{api}/repos/corvid/spam/actions/runs/5/deployment_protection_rule?x=1",
        "{api}.evil.example/repos/corvid/spam/actions/runs/5/deployment_protection_rule",
        "{api}/repos/corvid/spam/../../x/actions/runs/5/deployment_protection_rule",
    ],
)
def test_an_answer_goes_nowhere_else(callback: str, github: TestClient, api: Platform) -> None:
    payload = requested(api, deployment_callback_url=callback.format(api=api.address))
    assert deliver(github, payload).status_code == 422
    assert not api.asked


@pytest.mark.parametrize(
    "change",
    [
        {"repository": {"full_name": "../x"}},
        {"repository": {"full_name": "x/.."}},
        {"deployment": {"sha": "main"}},
        {"installation": {}},
        {"environment": 1},
    ],
)
def test_what_is_no_deployment_is_not_answered(change: dict[str, Any], github: TestClient, api: Platform) -> None:
    assert deliver(github, requested(api, **change)).status_code == 422
    assert not api.asked


def test_a_ping_and_other_events_are_taken_and_change_nothing(github: TestClient, api: Platform) -> None:
    assert deliver(github, {"zen": "x"}, "ping").json() == {"pong": True}
    assert deliver(github, {"action": "opened"}, "pull_request").json()["judged"] is False
    assert deliver(github, requested(api, action="other")).json()["judged"] is False
    assert not api.asked


def test_a_redirect_is_not_followed_and_the_deployment_waits(
    github: TestClient, api: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, NAME)
    with platform() as other:
        api.answers["POST /app/installations/7/access_tokens"] = (302, other.address)
        assert deliver(github, requested(api)).status_code == 202
        assert not other.asked
    assert [path for path, _, _ in api.of("POST")] == ["/app/installations/7/access_tokens"]
    assert "not answered, the deployment waits" in caplog.text


def test_where_nothing_can_be_recorded_github_is_told_so_and_not_answered(
    github: TestClient, api: Platform, tmp_path: Path
) -> None:
    for beside in tmp_path.glob("log.sqlite*"):
        beside.unlink()
    (tmp_path / "log.sqlite").mkdir()
    assert deliver(github, requested(api)).status_code == 503
    assert not api.asked


def test_a_key_that_is_none_stops_the_start(secret: Callable[..., Path]) -> None:
    pytest.importorskip("cryptography", reason="keys are read with it")
    told = ServerSettings(github_secret_file=secret(), github_app="1", github_key_file=secret("no key"))
    with pytest.raises(InputError, match="this is no private key"):
        application(told)


# GitLab


@pytest.fixture
def gitlab(serve: Serve, api: Platform, secret: Callable[..., Path], tmp_path: Path) -> TestClient:
    repository = "GET /projects/4/repository"
    api.answers = {
        f"{repository}/tree": [{"path": "aiact.yaml", "type": "blob"}, {"path": "src", "type": "tree"}],
        f"{repository}/files/aiact.yaml/raw": ALLOWED_FILE.encode(),
        "POST /projects/3/merge_requests/12/status_check_responses": {},
    }
    return serve(
        peer=FAR,
        db=str(tmp_path / "log.sqlite"),
        gitlab_secret_file=secret(),
        gitlab_token_file=secret("glpat-of-the-gate"),
        gitlab_api=api.address,
    )


def merge_request(**change: Any) -> dict[str, Any]:
    return {
        "object_kind": "merge_request",
        "user": {"username": "ada"},
        "project": {"id": 3, "path_with_namespace": "corvid/spam"},
        "object_attributes": {"iid": 12, "action": "open", "source_project_id": 4, "last_commit": {"id": SHA}},
        "external_approval_rule": {"id": 1, "name": "AI Act", "external_url": "https://gate.example"},
        **change,
    }


def deliver_to_gitlab(client: TestClient, payload: object, signature: str | None = None) -> Any:
    body = json.dumps(payload).encode()
    return client.post("/webhooks/gitlab", content=body, headers={"X-Gitlab-Signature": signature or signed(body)})


@pytest.mark.parametrize(
    ("file", "status"), [(ALLOWED_FILE, "passed"), (HELD_FILE, "failed"), (BROKEN_FILE, "failed"), (None, "failed")]
)
def test_gitlab_is_answered_by_what_stands_in_the_source_branch(
    file: str | None, status: str, gitlab: TestClient, api: Platform, tmp_path: Path
) -> None:
    api.answers["GET /projects/4/repository/files/aiact.yaml/raw"] = None if file is None else file.encode()
    assert deliver_to_gitlab(gitlab, merge_request()).status_code == 202
    ((path, headers, posted),) = api.of("POST")
    assert path == "/projects/3/merge_requests/12/status_check_responses"
    assert headers["private-token"] == "glpat-of-the-gate"
    assert posted == {"sha": SHA, "external_status_check_id": 1, "status": status}
    assert len([*open_log(tmp_path / "log.sqlite").entries()]) == 1


def test_only_gitlab_is_answered_and_only_while_the_request_is_open(gitlab: TestClient, api: Platform) -> None:
    assert deliver_to_gitlab(gitlab, merge_request(), "0" * 64).status_code == 401
    over = {**merge_request()["object_attributes"], "action": "merge"}
    assert deliver_to_gitlab(gitlab, merge_request(object_attributes=over)).json()["judged"] is False
    assert deliver_to_gitlab(gitlab, {"object_kind": "push"}).json()["judged"] is False
    assert deliver_to_gitlab(gitlab, merge_request(external_approval_rule={})).status_code == 422
    assert not api.asked


# MLflow


def of_mlflow(payload: object, secret: str = SECRET, at: float | None = None) -> tuple[bytes, dict[str, str]]:
    body = json.dumps(payload).encode()
    stamp = str(int(time.time() if at is None else at))
    whole = hmac.new(secret.encode(), b".".join([b"d-1", stamp.encode(), body]), hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(whole).decode()}"
    return body, {"X-MLflow-Delivery-Id": "d-1", "X-MLflow-Timestamp": stamp, "X-MLflow-Signature": signature}


def tell(client: TestClient, payload: object, **given: Any) -> Any:
    body, headers = of_mlflow(payload, **given)
    return client.post("/webhooks/mlflow", content=body, headers=headers)


def event(entity: str, **data: Any) -> dict[str, Any]:
    return {
        "entity": entity,
        "action": "created",
        "timestamp": "2026-11-22T00:00:00Z",
        "data": {"name": "spam", "version": "3", **data},
    }


TAGS = {
    f"aiact_system_{name}": "[]" for name in ("practices", "annex_iii_uses", "annex_i_law", "transparency_situations")
}
TAGS |= {
    "aiact_subject": "system",
    "aiact_roles": "provider",
    "aiact_markets": "EU",
    "aiact_decision": "hold",
    "team": "x",
}


@pytest.fixture
def mlflow(serve: Serve, api: Platform, secret: Callable[..., Path], tmp_path: Path) -> TestClient:
    told = [{"key": key, "value": value} for key, value in TAGS.items()]
    api.answers["GET /api/2.0/mlflow/model-versions/get"] = {
        "model_version": {"name": "spam", "version": "3", "tags": told}
    }
    return serve(peer=FAR, db=str(tmp_path / "log.sqlite"), mlflow_secret_file=secret(), mlflow_api=api.address)


def test_mlflow_is_judged_by_the_tags_of_the_version_and_told_that_it_stops_nothing(
    mlflow: TestClient, tmp_path: Path
) -> None:
    answer = tell(mlflow, event("model_version_alias", alias="champion")).json()
    assert (answer["verdict"], answer["judged"], answer["recorded"]) == ("allow", True, [1])
    assert answer["note"].startswith("after the fact")
    (entry,) = open_log(tmp_path / "log.sqlite").entries()
    assert entry.act is not None
    assert (entry.act.action, entry.act.outcome.value) == ("set alias champion", "judged")
    assert entry.act.artifact is not None
    assert (entry.act.artifact.name, entry.act.artifact.version) == ("spam", "3")


def test_a_tag_that_names_no_fact_is_recorded_as_undecided(
    serve: Serve, secret: Callable[..., Path], tmp_path: Path
) -> None:
    client = serve(peer=FAR, db=str(tmp_path / "log.sqlite"), mlflow_secret_file=secret())
    answer = tell(client, event("model_version", tags={**TAGS, "aiact_system_practises": "[]"}))
    assert answer.status_code == 200
    assert (answer.json()["judged"], answer.json()["verdict"]) == (False, "error")
    assert "this tag names no fact" in answer.json()["reasons"][0]
    held = tell(client, event("model_version", tags={"aiact_subject": "system"})).json()
    assert (held["verdict"], bool(held["reasons"])) == ("hold", True)
    assert [entry.act.outcome.value for entry in open_log(tmp_path / "log.sqlite").entries() if entry.act] == [
        "undecided",
        "judged",
    ]


def test_the_made_up_model_of_a_test_delivery_does_not_fail(mlflow: TestClient, api: Platform, tmp_path: Path) -> None:
    del api.answers["GET /api/2.0/mlflow/model-versions/get"]
    answer = tell(
        mlflow, event("model_version", name="example_model", version="1", source="models:/123", run_id="abcd", tags={})
    )
    assert (answer.status_code, answer.json()["judged"]) == (200, False)
    assert not (tmp_path / "log.sqlite").exists()
    assert tell(mlflow, event("registered_model")).json()["judged"] is False


def test_an_alias_without_an_address_to_fetch_tags_from_is_not_judged(
    serve: Serve, secret: Callable[..., Path]
) -> None:
    answer = tell(serve(peer=FAR, mlflow_secret_file=secret()), event("model_version_alias", alias="champion"))
    assert (answer.status_code, answer.json()["judged"]) == (200, False)


@pytest.mark.parametrize("given", [{"secret": "another"}, {"at": 0.0}, {"at": 9e9}, {"at": 1e15}])
def test_an_old_or_foreign_delivery_is_refused(given: dict[str, Any], mlflow: TestClient) -> None:
    assert tell(mlflow, event("model_version"), **given).status_code == 401


def test_an_mlflow_delivery_without_headers_is_refused(mlflow: TestClient) -> None:
    assert mlflow.post("/webhooks/mlflow", json=event("model_version")).status_code == 401


# Hugging Face


@pytest.fixture
def hub(serve: Serve, api: Platform, secret: Callable[..., Path], tmp_path: Path) -> TestClient:
    api.answers = {
        f"GET /api/models/corvid/spam/tree/{SHA}": [
            {"path": "README.md", "type": "file"},
            {"path": "aiact.yaml", "type": "file"},
            {"path": "model.safetensors", "type": "file"},
        ],
        f"GET /corvid/spam/raw/{SHA}/aiact.yaml": ALLOWED_FILE.encode(),
        f"GET /corvid/spam/raw/{SHA}/README.md": b"---\nlicense: mit\n---\n# Spam filter\n",
    }
    return serve(
        peer=FAR, db=str(tmp_path / "log.sqlite"), huggingface_secret_file=secret(), huggingface_api=api.address,
        huggingface_token_file=secret("hf_of_the_gate"),
    )  # fmt: skip


COMMIT = {
    "event": {"action": "update", "scope": "repo.content"},
    "repo": {"type": "model", "name": "corvid/spam", "headSha": SHA, "id": "x", "private": False},
}


def test_the_hub_is_judged_by_the_files_of_the_commit(hub: TestClient, api: Platform, tmp_path: Path) -> None:
    answer = hub.post("/webhooks/huggingface", json=COMMIT, headers={"X-Webhook-Secret": SECRET}).json()
    assert (answer["verdict"], answer["recorded"]) == ("allow", [1])
    assert answer["note"].startswith("after the fact")
    assert {headers["authorization"] for _, headers, _ in api.of("GET")} == {"Bearer hf_of_the_gate"}
    assert not any("safetensors" in path for path, _, _ in api.of("GET"))
    (entry,) = open_log(tmp_path / "log.sqlite").entries()
    assert entry.act is not None
    assert entry.act.outcome.value == "judged"


def test_only_the_hub_is_answered_and_only_for_models(hub: TestClient, api: Platform) -> None:
    for headers in ({}, {"X-Webhook-Secret": "x"}, {"X-Webhook-Secret": SECRET + "x"}):
        assert hub.post("/webhooks/huggingface", json=COMMIT, headers=headers).status_code == 401
    for change in (
        {"repo": {**COMMIT["repo"], "type": "dataset"}},
        {"event": {"action": "create", "scope": "discussion"}},
    ):
        answer = hub.post("/webhooks/huggingface", json={**COMMIT, **change}, headers={"X-Webhook-Secret": SECRET})
        assert answer.json()["judged"] is False
    odd = {**COMMIT, "repo": {**COMMIT["repo"], "name": "../x"}}
    assert hub.post("/webhooks/huggingface", json=odd, headers={"X-Webhook-Secret": SECRET}).status_code == 422
    assert not api.asked


# All of them


def test_there_is_no_door_without_a_secret(client: TestClient) -> None:
    for name in ("github", "gitlab", "mlflow", "huggingface"):
        assert client.post(f"/webhooks/{name}", json={}).status_code == 404


def test_no_secret_of_a_platform_is_written_to_a_log(
    github: TestClient, api: Platform, caplog: pytest.LogCaptureFixture, key: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    deliver(github, requested(api))
    api.answers.pop("POST /app/installations/7/access_tokens")
    deliver(github, requested(api, installation={"id": 8}))
    deliver(github, requested(api), **{"X-Hub-Signature-256": "sha256=guessed"})
    written = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert "not answered" in written
    for secret in (SECRET, "of-the-installation", "guessed", "BEGIN", key.read_text().splitlines()[1]):
        assert secret not in written


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'{"action": 1}', b"\xff", b'{"a": NaN}'])
def test_a_signed_body_that_is_no_payload_is_refused(body: bytes, github: TestClient) -> None:
    sent = {"X-Hub-Signature-256": f"sha256={signed(body)}", "X-GitHub-Event": "deployment_protection_rule"}
    assert github.post("/webhooks/github", content=body, headers=sent).status_code in (400, 422)
