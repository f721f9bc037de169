"""Airflow: a task that fails, without retries, where a release is refused, so that nothing behind it runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.exceptions import AirflowFailException

try:
    from airflow.sdk import BaseOperator  # Airflow 3
except ImportError:
    from airflow.models.baseoperator import BaseOperator  # Airflow 2


class ReleaseGateOperator(BaseOperator):  # type: ignore[misc]  # Airflow's classes have no types here
    """Judges the release at a path, which may be a template, and returns the ids of the decisions.

    `settings` is the organisation's `aiact.toml`, `log` a decision log.
    """

    template_fields: Sequence[str] = ("release", "settings", "log_address")

    def __init__(self, *, release: str, settings: str | None = None, log: str | None = None, **more: Any) -> None:
        super().__init__(**more)
        self.release = release
        self.settings = settings
        self.log_address = log

    def execute(self, context: Any) -> list[str]:
        """Judge, and return the decisions' ids. Raises AirflowFailException, which no retry tries again."""
        from aiact_rules.hosts.judgement import HostGate  # DAG files are read again and again, and should be quickly

        host = HostGate("airflow", settings=self.settings, log=self.log_address)
        run = context["dag_run"]
        judgement = host.judge(
            [self.release],
            action=f"run {run.dag_id}, task {self.task_id}",
            actor=getattr(run, "triggering_user_name", None) or None,
        )
        if not judgement.passes:
            raise AirflowFailException(judgement.message)
        return list(judgement.decision_ids)
