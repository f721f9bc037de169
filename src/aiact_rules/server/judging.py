"""Judging: the one function that every door calls. Request, decide, record, answer; whatever goes wrong is never a yes."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from aiact_rules.core.chains import Chain
from aiact_rules.core.choices import CALLER, HOLD_BY_DEFAULT
from aiact_rules.core.decisions import Decision
from aiact_rules.core.problems import InputError, Place, Problem, ProblemsError
from aiact_rules.gate import Gate
from aiact_rules.plugins.interfaces import EngineUnavailable
from aiact_rules.requests.request import Request
from aiact_rules.server.asked import Answer, Asked, NamedFiles
from aiact_rules.server.files import Workspace
from aiact_rules.server.gates import Gates
from aiact_rules.server.outgoing import Unreachable
from aiact_rules.server.records import Records, Unrecorded
from aiact_rules.server.tracing import span
from aiact_rules.sources.document import Skipped

_LOG = logging.getLogger(__name__)


class Judging:
    """Answers what is asked, by the gate that judges now. Safe to share between threads."""

    def __init__(
        self, gates: Gates, records: Records, workspace: Workspace, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.gates = gates
        self.records = records
        self.workspace = workspace
        self._clock = clock

    def answer(self, asked: Asked) -> Answer:
        """Return the answer, which is on record when this returns, unless it is a rehearsal.

        Raises Unrecorded where it cannot be kept, and nothing else: then nobody may go ahead either.
        """
        begun = self._clock()
        with span("aiact.decide") as told:
            answer = self._judged(asked)
            if not asked.is_rehearsal:
                try:
                    answer = self._recorded(asked, answer)
                except Unrecorded as error:
                    why = {"door": asked.door, "subject": asked.name, "actor": asked.actor, "reason": str(error)}
                    _LOG.error("unrecorded", extra={"said": why})
                    raise
            ms = round((self._clock() - begun) * 1000, 2)
            said: dict[str, str | float | None] = {
                "id": answer.decision_id,
                "verdict": answer.word,
                "outcome": answer.outcome.value,
                "subject": answer.decisions[0].subject.name if answer.decisions else None,
                "actor": asked.actor,
                "door": asked.door,
                "ms": ms,
            }
            said["subject"] = said["subject"] or asked.name
            told({f"aiact.{name}": value for name, value in said.items() if value is not None})
            _LOG.info("decision", extra={"said": said})
        return answer

    def _judged(self, asked: Asked) -> Answer:
        try:
            return Answer(self._decided(asked))
        except InputError as error:
            return Answer(problems=error.problems)
        except ProblemsError as error:
            return Answer(problems=error.problems, failed=True)
        except Unreachable as error:
            return Answer(problems=(Problem(str(error)),))
        except EngineUnavailable as error:
            message, _, hint = str(error).partition("\n")
            return Answer(problems=(Problem(message, hint=hint.strip() or None),), failed=True)
        except Exception as error:
            _LOG.exception("internal error")
            problem = Problem(
                f"internal error, no decision made: {type(error).__name__}", hint="the log of the service says more"
            )
            return Answer(problems=(problem,), failed=True)

    def _decided(self, asked: Asked) -> Decision | Chain:
        gate = self.gates.current
        what = asked.what() if callable(asked.what) else asked.what
        if not isinstance(what, NamedFiles):
            request = gate.request_or_skip(what, asked.said, subject=asked.subject, source=asked.source)
            return self._answered(gate, request, asked)
        with self.workspace.laid_out(what) as path:
            request = gate.request_or_skip(path, asked.said)
            return self._answered(gate, request, asked)

    def _answered(self, gate: Gate, request: Request | Skipped, asked: Asked) -> Decision | Chain:
        if isinstance(request, Skipped):
            hint = "send a model card or a release file"
            raise InputError([Problem(request.reason, Place(request.name), hint)])
        _refuse_laxer(gate, request, asked)
        second = request.organisation.text("verify")
        answer = gate.judge(request)
        if second is not None:
            answer = _verified(gate, answer, gate.judge(request, engine=second))
        decisions = answer.decisions if isinstance(answer, Chain) else (answer,)
        if not asked.is_rehearsal:
            for decision in decisions:
                gate.record(decision)
        return answer

    def _recorded(self, asked: Asked, answer: Answer) -> Answer:
        return replace(answer, entries=self.records.keep(asked, answer))


def _refuse_laxer(gate: Gate, request: Request, asked: Asked) -> None:
    """Raise InputError where a caller loosens the threshold that counts where neither service nor organisation sets one.

    On the command line the caller may: there it is whoever releases. Here a caller asks for leave.
    """
    said = asked.said.fail_on
    if said in (None, HOLD_BY_DEFAULT.word) or gate.usual.fail_on is not None:
        return
    if request.organisation.text("fail_on") is None:
        message = f"`fail_on: {said}` does not count: a caller may only tighten the threshold, which is `hold` here"
        raise InputError(
            [Problem(message, CALLER, "leave it out, or let the service or its `organisation` set `fail_on`")]
        )


def _verified(gate: Gate, first: Decision | Chain, second: Decision | Chain) -> Decision | Chain:
    if isinstance(first, Chain):
        assert isinstance(second, Chain)
        return Chain(tuple(gate.verify(a, b) for a, b in zip(first.decisions, second.decisions, strict=True)))
    assert isinstance(second, Decision)
    return gate.verify(first, second)
