"""SageMaker's registry, as moto plays it: a version is approved only where its release passes."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.decision_log.opening import open_log
from aiact_rules.gate import Gate
from aiact_rules.hosts.sagemaker import LONGEST_DESCRIPTION, approve
from aiact_rules.hosts.tags import LONGEST_VALUE, facts_in_tags
from aiact_rules.requests.overrides import Overrides
from tests.cli.conftest import EXAMPLES

HERE = find_spec("moto") is not None and find_spec("boto3") is not None
needs_moto = pytest.mark.skipif(not HERE, reason="moto and boto3 are not installed; .ci/hosts runs this")
MINIMAL = {
    "aiact_subject": "system",
    "aiact_roles": "provider",
    "aiact_system_practices": "[]",
    "aiact_system_annex_iii_uses": "[]",
    "aiact_system_annex_i_law": "[]",
    "aiact_system_transparency_situations": "[]",
    "team": "risk",
}
EU = Overrides(markets=("EU",))


class Registry:
    """A registry, and what it is told."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.told: list[dict[str, Any]] = []
        client.meta.events.register(
            "provide-client-params.sagemaker.UpdateModelPackage", lambda params, **_: self.told.append(params)
        )
        client.create_model_package_group(ModelPackageGroupName="scorer")

    def version(self, **metadata: str) -> str:
        """Register a version that waits for approval, and return its ARN."""
        made = self.client.create_model_package(
            ModelPackageGroupName="scorer",
            ModelApprovalStatus="PendingManualApproval",
            CustomerMetadataProperties=metadata,
        )
        return str(made["ModelPackageArn"])

    def stands(self, arn: str) -> tuple[str, str]:
        """Return the status of a version, and the reason."""
        found = self.client.describe_model_package(ModelPackageName=arn)
        return found["ModelApprovalStatus"], found.get("ApprovalDescription", "")


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[Registry]:
    import boto3
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "x")
    with mock_aws():
        yield Registry(boto3.client("sagemaker", region_name="eu-west-1"))


@needs_moto
def test_a_silent_version_is_rejected_with_the_reason_and_one_with_its_facts_is_approved(registry: Registry) -> None:
    arn = registry.version(team="risk")
    judgement = approve(registry.client, arn, said=EU)
    assert judgement.exit_code == 1
    status, reason = registry.stands(arn)
    assert status == "Rejected"
    assert reason.startswith(f"aiact-rules: refused: approve {arn}")
    assert len(reason) <= LONGEST_DESCRIPTION
    arn = registry.version(**MINIMAL)
    assert approve(registry.client, arn, said=EU).passes
    status, reason = registry.stands(arn)
    assert status == "Approved"
    assert "allow  scorer 2" in reason
    metadata = registry.told[-1]["CustomerMetadataProperties"]
    assert metadata["aiact_decision"] == "allow"
    assert metadata["aiact_decision_id"].startswith("sha256:")
    assert metadata["aiact_pack"].startswith("eu_ai_act ")
    assert all(len(value) <= LONGEST_VALUE for value in metadata.values())


@needs_moto
@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"aiact_system_practises": "[]"}, "did you mean `aiact_system_practices`?"),
        ({**MINIMAL, "aiact_system_practices": "no such thing"}, "no such thing"),
        ({**MINIMAL, "aiact_release_subject": "model"}, "stands here twice"),
    ],
)
def test_facts_that_cannot_be_used_are_no_approval(registry: Registry, metadata: dict[str, str], said: str) -> None:
    arn = registry.version(**metadata)
    judgement = approve(registry.client, arn, said=EU)
    assert judgement.exit_code == 2
    status, reason = registry.stands(arn)
    assert status == "Rejected"
    assert said in reason
    assert registry.told[-1]["CustomerMetadataProperties"]["aiact_decision_id"] == "none"


@needs_moto
@pytest.mark.parametrize(
    ("release", "status"), [("minimal", "Approved"), ("silent", "Rejected"), ("nowhere", "Rejected")]
)
def test_the_release_may_stand_at_a_path(registry: Registry, release: str, status: str) -> None:
    arn = registry.version(team="risk")
    approve(registry.client, arn, release=EXAMPLES / release)
    assert registry.stands(arn)[0] == status


@needs_moto
def test_it_is_recorded_with_the_version_and_who_asked(registry: Registry, tmp_path: Path) -> None:
    arn = registry.version(**MINIMAL)
    approve(registry.client, arn, said=EU, log=tmp_path / "log.sqlite", actor="ada")
    act = open_log(tmp_path / "log.sqlite").entry(0).record["act"]
    assert act["outcome"] == "allowed"
    assert act["actor"] == "ada"
    assert act["artifact"] == {"name": "scorer", "version": "1"}
    judgement = approve(registry.client, arn, said=EU, log=tmp_path)
    assert not judgement.passes
    assert registry.stands(arn)[0] == "Rejected"


class Failing:
    """A client whose registry cannot be read."""

    def __init__(self) -> None:
        self.status: str | None = None

    def describe_model_package(self, **_: object) -> dict[str, object]:
        raise RuntimeError("AccessDenied")

    def update_model_package(self, **said: object) -> None:
        self.status = str(said["ModelApprovalStatus"])


def test_a_version_that_cannot_be_read_is_rejected() -> None:
    client = Failing()
    judgement = approve(client, "arn:aws:sagemaker:eu-west-1:1:model-package/scorer/7", said=EU)
    assert judgement.exit_code == 2
    assert "AccessDenied" in judgement.message
    assert client.status == "Rejected"


def test_metadata_of_others_state_nothing() -> None:
    vocabulary = list(Gate().vocabulary())
    own = {"team": "risk", "aiact_decision": "allow", "aiact_decision_id": "sha256:x"}
    assert facts_in_tags(own, vocabulary, "tag") == {}
    with pytest.raises(InputError, match="names no fact"):
        facts_in_tags({"AIACT_risk": "low"}, vocabulary, "tag")
