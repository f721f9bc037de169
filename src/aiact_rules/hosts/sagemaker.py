"""SageMaker: a version of a model in its registry is approved or rejected, with the reason and the decision's id.

Pipelines deploy what is `Approved`. Who may call `UpdateModelPackage` decides what that is worth: let it be this alone.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiact_rules.decision_log.acts import Artifact
from aiact_rules.hosts.judgement import HostGate, Judgement
from aiact_rules.hosts.tags import cut, facts_in_tags, tags_of
from aiact_rules.requests.overrides import Overrides

APPROVED, REJECTED = "Approved", "Rejected"
LONGEST_DESCRIPTION = 1024
_TAGS = "CustomerMetadataProperties"


def approve(
    client: Any,
    model_package: str,
    *,
    release: Path | str | None = None,
    said: Overrides | None = None,
    settings: Path | str | None = None,
    log: Path | str | None = None,
    actor: str | None = None,
) -> Judgement:
    """Judge a version by its ARN, and set it to `Approved` or `Rejected`; return the judgement.

    `client` is `boto3.client("sagemaker")`. The facts are those of the release at a path, or of the metadata of the
    version. Where nothing could be decided, or the registry cannot be read, it is rejected. What the client raises when the
    version is updated reaches the caller: then nothing was approved.
    """
    host = HostGate("sagemaker", settings=settings, log=log)
    action, artifact = f"approve {model_package}", _artifact(model_package)
    try:
        found = client.describe_model_package(ModelPackageName=model_package)
        if release is not None:
            judgement = host.judge([release], said, action=action, actor=actor, artifact=artifact)
        else:
            facts = facts_in_tags(found.get(_TAGS, {}), host.gate.vocabulary(), _TAGS)
            judgement = host.judge_facts(facts, said, source=_TAGS, action=action, actor=actor, artifact=artifact)
    except Exception as error:  # nothing could be read, so nothing is approved
        judgement = host.failed(error, action=action, actor=actor, artifact=artifact)
    client.update_model_package(
        ModelPackageArn=model_package,
        ModelApprovalStatus=APPROVED if judgement.passes else REJECTED,
        ApprovalDescription=cut(judgement.message, LONGEST_DESCRIPTION),
        CustomerMetadataProperties=tags_of(judgement),
    )
    return judgement


def _artifact(model_package: str) -> Artifact:
    name, _, version = model_package.rpartition("/")
    return Artifact(name.rpartition("/")[2] or model_package, version or None)
