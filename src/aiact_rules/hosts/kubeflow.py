"""Kubeflow Pipelines: a component that fails where a release is refused, so that what comes after it does not run."""

from collections.abc import Sequence
from typing import Any

from kfp import dsl


def release_gate(base_image: str = "python:3.12-slim", packages: Sequence[str] = ("aiact-rules",)) -> Any:
    """Return the component. It takes the path of a release, such as that of a model that was handed over, and returns ids.

    `base_image` and `packages` are what it runs in: name versions, and an image of your own where clusters reach no index.
    """

    @dsl.component(base_image=base_image, packages_to_install=list(packages))  # type: ignore[untyped-decorator]
    def aiact_release_gate(release: str, settings: str = "", log: str = "") -> str:
        # The source of this function alone is carried to where it runs, and its annotations are read as they stand.
        from aiact_rules.hosts.judgement import HostGate, enforce

        host = HostGate("kubeflow", settings=settings or None, log=log or None)
        judgement = enforce(host.judge([release], action="run pipeline"))
        return ", ".join(judgement.decision_ids)

    return aiact_release_gate
