"""SageMaker: a version of a model in its registry is approved or rejected, with the reason and the decision's id.

Pipelines deploy what is `Approved`. Who may call `UpdateModelPackage` decides what that is worth: let it be this alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.decision_log.acts import Artifact
from aiact_rules.hosts.judgement import HostGate, Judgement
from aiact_rules.requests.overrides import Overrides

APPROVED, REJECTED = "Approved", "Rejected"
PREFIX = "aiact_"
"""Facts may stand in the metadata of a version: `aiact_` and the fact with `_` for `.`; a list is `a, b`, none is `[]`."""
DECISION, DECISION_ID, PACK, TIME = "aiact_decision", "aiact_decision_id", "aiact_pack", "aiact_time"
LONGEST_DESCRIPTION = 1024
LONGEST_VALUE = 256
_OWN = (DECISION, DECISION_ID, PACK, TIME)
_SHORT = {"subject": "release.subject", "markets": "release.markets", "roles": "operator.roles"}


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
            facts = facts_of(found.get("CustomerMetadataProperties", {}), list(host.gate.vocabulary()))
            source = "CustomerMetadataProperties"
            judgement = host.judge_facts(facts, said, source=source, action=action, actor=actor, artifact=artifact)
    except Exception as error:  # nothing could be read, so nothing is approved
        judgement = host.failed(error, action=action, actor=actor, artifact=artifact)
    client.update_model_package(
        ModelPackageArn=model_package,
        ModelApprovalStatus=APPROVED if judgement.passes else REJECTED,
        ApprovalDescription=_cut(judgement.message, LONGEST_DESCRIPTION),
        CustomerMetadataProperties=metadata_of(judgement),
    )
    return judgement


def facts_of(metadata: Mapping[str, str], vocabulary: list[str]) -> dict[str, object]:
    """Return the facts in the metadata of a version. Raises InputError for one that begins like a fact and names none."""
    names = {PREFIX + name.replace(".", "_"): name for name in vocabulary}
    names |= {PREFIX + short: name for short, name in _SHORT.items()}
    facts: dict[str, object] = {}
    problems = []
    for key, value in metadata.items():
        plain = key.casefold().replace(".", "_").replace("-", "_")
        if not plain.startswith(PREFIX) or plain in _OWN:
            continue
        if plain not in names:
            place = Place(f"CustomerMetadataProperties {key}")
            problems.append(Problem("this names no fact", place, did_you_mean(plain, names)))
        elif names[plain] in facts:
            problems.append(Problem(f"`{names[plain]}` stands here twice", Place(f"CustomerMetadataProperties {key}")))
        else:
            facts[names[plain]] = value
    if problems:
        raise InputError(problems)
    return facts


def metadata_of(judgement: Judgement) -> dict[str, str]:
    """Return what is written down of a judgement in the metadata of a version, each value of at most 256 signs."""
    decisions = judgement.batch.decisions
    packs = dict.fromkeys(f"{pack.pack_id} {pack.pack_at.pack.version}" for each in decisions for pack in each.packs)
    time = next((each.run.at for each in decisions if each.run.at), None)
    said = {
        DECISION: judgement.batch.word,
        DECISION_ID: ", ".join(judgement.decision_ids) or "none",
        PACK: ", ".join(packs) or "none",
        TIME: time or "none",
    }
    return {key: _cut(value, LONGEST_VALUE) for key, value in said.items()}


def _artifact(model_package: str) -> Artifact:
    name, _, version = model_package.rpartition("/")
    return Artifact(name.rpartition("/")[2] or model_package, version or None)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 4]} ..."
