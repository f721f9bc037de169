"""Metaflow: a call in a step that fails the flow where a release is refused, so that the steps after it do not run."""

from __future__ import annotations

from pathlib import Path

from metaflow import current
from metaflow.exception import MetaflowException

from aiact_rules.hosts.judgement import HostGate


class ReleaseRefused(MetaflowException):  # type: ignore[misc]  # Metaflow's classes have no types here
    """The release may not go ahead; the text says why."""

    headline = "The release is refused"


def gate_release(
    release: Path | str, *, settings: Path | str | None = None, log: Path | str | None = None
) -> tuple[str, ...]:
    """Return the ids of the decisions on the release at a path; keep them as an artifact of the step.

    Raises ReleaseRefused, which fails the step and with it the flow. Do not catch it with `@catch`.
    """
    host = HostGate("metaflow", settings=settings, log=log)
    action = f"run {current.flow_name}, step {current.step_name}"
    judgement = host.judge([release], action=action, actor=current.username or None)
    if not judgement.passes:
        raise ReleaseRefused(judgement.message)
    return judgement.decision_ids
