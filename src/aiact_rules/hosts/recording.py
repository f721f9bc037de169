"""Recording: what a host was about to do and what it was told, in the decision logs, before it is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from aiact_rules.core.batches import Batch
from aiact_rules.core.decisions import Decision
from aiact_rules.decision_log.acts import Act, Artifact, Outcome


def recorded(
    batch: Batch,
    log: Path | str | None,
    *,
    host: str,
    action: str,
    outcome: Outcome,
    name: str,
    actor: str | None = None,
    artifact: Artifact | None = None,
) -> None:
    """Add every decision, and all that could not be judged, to the log named and to that of each release's organisation.

    Without an `artifact` of the host the act is about what the release names.

    Raises InputError where one of the logs cannot be written.
    """
    act = Act(host, action, outcome, actor, artifact)
    for item in batch.items:
        own = item.settings.get("log")
        for address in dict.fromkeys(str(each) for each in (log, own) if each is not None):
            from aiact_rules.decision_log.opening import open_log  # most hosts keep no log, and a database takes time

            opened = open_log(address)
            if item.answer is None:
                opened.append_error(item.name, [str(problem) for problem in item.problems], act=act)
            for decision in item.decisions:
                notes = {"input": item.name, "passes": item.passes, "waived": list(item.waived)}
                about = replace(act, artifact=artifact or _released(decision))
                opened.append(decision.as_record(), notes=notes, act=about)
    if batch.problems and log is not None:
        from aiact_rules.decision_log.opening import open_log

        open_log(log).append_error(name, [str(problem) for problem in batch.problems], act=act)


def _released(decision: Decision) -> Artifact | None:
    subject = decision.subject
    return None if not subject.name else Artifact(subject.name, subject.version, subject.digest)
