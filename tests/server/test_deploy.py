"""The patterns for deploying: linted, every setting in them there is, and the same steps run here without containers."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from aiact_rules.decision_log.opening import open_log
from aiact_rules.server.settings import PREFIX, SETTINGS, TABLES
from aiact_rules.server.tokens import Scope
from tests.databases import address_of, postgres_schema
from tests.server.conftest import ALLOWED, HELD, bearer, question, token_of
from tests.server.processes import served

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "deploy"
MANIFESTS: list[dict[str, Any]] = [*yaml.safe_load_all((FOLDER / "kubernetes.yaml").read_text(encoding="utf-8"))]
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
CONTAINER = (FOLDER / "Containerfile").read_text(encoding="utf-8")


def of_kind(kind: str) -> dict[str, Any]:
    (found,) = [each for each in MANIFESTS if each["kind"] == kind]
    return found


def test_the_container_file_has_nothing_that_hadolint_minds() -> None:
    linter = shutil.which("hadolint")
    if linter is None:
        pytest.skip("hadolint is not installed; the extra `lint` brings it")
    done = subprocess.run([linter, str(FOLDER / "Containerfile")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_compose_file_is_valid() -> None:
    pytest.importorskip("check_jsonschema", reason="it has the schema of compose files")
    command = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        str(FOLDER / "compose.yaml"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda each: each["kind"])
def test_a_manifest_is_valid(manifest: dict[str, Any]) -> None:
    if "gatekeeper" in manifest["apiVersion"]:
        assert manifest["metadata"]["name"]  # kinds of its own, of which Kubernetes has no schema
        return
    validate = pytest.importorskip("kubernetes_validate", reason="the extra `lint` brings it")
    validate.validate(manifest, validate.latest_version(), strict=True)


def test_the_webhook_fails_closed_and_asks_for_what_the_service_answers() -> None:
    (webhook,) = of_kind("ValidatingWebhookConfiguration")["webhooks"]
    assert (webhook["failurePolicy"], webhook["sideEffects"]) == ("Fail", "NoneOnDryRun")
    assert webhook["admissionReviewVersions"] == ["v1"]
    assert webhook["clientConfig"]["service"]["path"] == "/admission"
    assert of_kind("Provider")["spec"]["url"].endswith("/gatekeeper")
    (rule,) = webhook["rules"]
    assert set(rule["operations"]) == {"CREATE", "UPDATE"}


def test_a_deployment_stops_later_than_the_service() -> None:
    most = int(str(SETTINGS["stop_seconds"].default))
    assert of_kind("Deployment")["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > most
    assert int(COMPOSE["services"]["gate"]["stop_grace_period"].removesuffix("s")) > most


def test_every_setting_in_the_patterns_is_one() -> None:
    named = {name.removeprefix(PREFIX).lower() for name in COMPOSE["services"]["gate"]["environment"]}
    named |= {"host"} if "AIACT_SERVER_HOST=" in CONTAINER else set()
    told = tomllib.loads(of_kind("ConfigMap")["data"]["aiact-server.toml"])
    assert not set(TABLES) & told.keys()
    assert named | told.keys() <= SETTINGS.keys()
    assert {"tokens", "db", "organisation", "host"} <= named
    assert 'ENTRYPOINT ["aiact-rules", "serve"]' in CONTAINER


def test_the_same_steps_without_a_container_start_decide_and_stop(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.toml"
    scopes = [scope.value for scope in Scope]
    tokens.write_text(f'[[tokens]]\nname = "ci"\ntoken = "{token_of("ci")}"\nscopes = {scopes}\n', encoding="utf-8")
    tokens.chmod(0o600)
    own = tmp_path / "aiact.toml"
    own.write_text(of_kind("ConfigMap")["data"]["aiact.toml"], encoding="utf-8")
    with postgres_schema() as schema:
        values = {"TOKENS": str(tokens), "ORGANISATION": str(own), "DB": address_of(schema), "HOST": "0.0.0.0"}
        named = {name.removeprefix(PREFIX) for name in COMPOSE["services"]["gate"]["environment"]} | {"HOST"}
        with served(tmp_path, environment={PREFIX + name: values[name] for name in named}) as service:
            assert service.ask("/v1/decisions", question(ALLOWED))[0] == 401
            answers = [service.ask("/v1/decisions", {"facts": facts}, bearer("ci")) for facts in (HELD, ALLOWED)]
            assert [(status, body["verdict"]) for status, body in answers] == [(200, "hold"), (200, "allow")]
            status, entry = service.ask(f"/v1/decisions/{answers[1][1]['decision_id']}", headers=bearer("ci"))
            assert (status, entry["entry"], entry["act"]["actor"]) == (200, 2, "ci")
            lines = service.stop()
        assert [line["event"] for line in lines] == ["started", "decision", "decision", "stopped"]
        log = open_log(address_of(schema))
        assert [entry.act.outcome.value for entry in log.entries() if entry.act] == ["refused", "allowed"]
        assert not log.verify().problems
