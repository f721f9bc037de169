"""ZenML: a step that fails where a release is refused, so that the step that promotes the model does not run."""

from typing import Any, Optional

from zenml import get_step_context, log_metadata, step

from aiact_rules.decision_log.acts import Artifact
from aiact_rules.hosts.judgement import HostGate, enforce

METADATA = "aiact"
"""The metadata of a model version in which its facts may stand, nested as in a release file."""


@step(enable_cache=False)  # type: ignore[untyped-decorator,unused-ignore]  # the step must be found under this name
def release_gate(
    release: Optional[str] = None,  # noqa: UP045  # ZenML reads the annotations
    settings: Optional[str] = None,  # noqa: UP045
    log: Optional[str] = None,  # noqa: UP045
) -> str:
    """Return the ids of the decisions on the release at a path, or on the facts in the metadata of the model version.

    The verdict and the ids become metadata of the model version, also of a refused one. Raises NotReleased, which
    fails the run.
    """
    context = get_step_context()
    version = _model_of(context)
    host = HostGate("zenml", settings=settings, log=log)
    artifact = None if version is None else Artifact(version.name, str(version.version))
    action = f"run {context.pipeline.name}" if version is None else f"promote {version.name} {version.version}"
    if release is not None:
        judgement = host.judge([release], action=action, artifact=artifact)
    else:
        facts = {} if version is None else version.run_metadata.get(METADATA, {})
        judgement = host.judge_facts(facts, source=f"metadata `{METADATA}`", action=action, artifact=artifact)
    if version is not None:
        told = {"outcome": judgement.outcome.value, "verdict": judgement.batch.word}
        told |= {"decision_ids": ", ".join(judgement.decision_ids)}
        log_metadata({"aiact_decision": told}, model_name=version.name, model_version=version.version)
    enforce(judgement)
    return ", ".join(judgement.decision_ids)


def _model_of(context: Any) -> Any:
    from zenml.exceptions import StepContextError

    try:
        return context.model
    except StepContextError:
        return None
