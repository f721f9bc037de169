"""What `check` adds to decision logs: each decision, whatever could not be judged, and who asked."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cache

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.decisions import Decision
from aiact_rules.core.printable import is_written
from aiact_rules.core.problems import InputError, Problem
from aiact_rules.decision_log.acts import Act, Artifact, Outcome
from aiact_rules.decision_log.log import Log
from aiact_rules.decision_log.opening import open_log

HOST, ACTION = "cli", "check"


def record_batch(batch: Batch, address: str | None, *, actor: str | None, digest: str | None) -> None:
    """Add what became of each input to the log at an address and to that of its organisation.

    `digest` is that of the artefact, where one was named. Raises InputError where a log cannot be written, and for an actor
    that says nothing.
    """
    if actor is not None and not is_written(actor):
        raise InputError([Problem("`--actor` is a name", hint="leave it out where nobody is to be named")])
    with ExitStack() as held:

        @cache
        def opened(named: str) -> Log:
            return held.enter_context(open_log(named).held())

        for item in batch.items:
            for named in dict.fromkeys(each for each in (address, item.settings.get("log")) if each is not None):
                _record(item, opened(named), actor, digest)
        if batch.problems and address is not None:
            act = _act(Outcome.UNDECIDED, actor)
            opened(address).append_error(ACTION, [str(problem) for problem in batch.problems], act=act)


def _record(item: Item, log: Log, actor: str | None, digest: str | None) -> None:
    if item.answer is None:
        act = _act(Outcome.UNDECIDED, actor, Artifact(item.name, digest=digest))
        log.append_error(item.name, [str(problem) for problem in item.problems], act=act)
    outcome = Outcome.ALLOWED if item.passes else Outcome.REFUSED
    for decision in item.decisions:
        notes = {"input": item.name, "passes": item.passes, "waived": list(item.waived)}
        log.append(decision.as_record(), notes=notes, act=_act(outcome, actor, _artifact(item, decision)))


def _artifact(item: Item, decision: Decision) -> Artifact:
    subject = decision.subject
    return Artifact(subject.name or item.name, subject.version, subject.digest)


def _act(outcome: Outcome, actor: str | None, artifact: Artifact | None = None) -> Act:
    return Act(HOST, ACTION, outcome, actor, artifact)
