"""Webhooks: what all of them need: members of a payload that may be anything, and answers that promise nothing."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from starlette.background import BackgroundTask
from starlette.responses import Response

from aiact_rules.server.asked import Asked
from aiact_rules.server.records import Unrecorded
from aiact_rules.server.refusals import Fault, Refusal, pointer
from aiact_rules.server.service import Service, away

Value = TypeVar("Value", str, int, dict[str, Any])
_LONGEST = 1000
AFTER_THE_FACT = "after the fact: it has happened, this stops nothing"


def member(values: object, kind: type[Value], *names: str) -> Value:
    """Return the member of a payload that names lead to. Raises Refusal where there is none of this kind."""
    found = values
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    if (
        not isinstance(found, kind)
        or isinstance(found, bool)
        or (isinstance(found, str) and not 0 < len(found) <= _LONGEST)
    ):
        fault = Fault(pointer(names), "it is missing, or of another kind")
        raise Refusal(422, "invalid-request", "this is no payload of that platform", faults=[fault])
    return found


def refuse_where_nothing_is_kept(service: Service) -> None:
    """Raise Refusal where the log is away, so that the platform sends again what could not be answered."""
    try:
        service.records.check()
    except Unrecorded as error:
        raise away() from error


def judged(service: Service, asked: Asked) -> Response:
    """Judge and record what has happened already, and say so; what could not be judged is told too, and sent once."""
    answer = service.answer(asked)
    found: dict[str, object] = {"judged": answer.found is not None, "verdict": answer.word, "note": AFTER_THE_FACT}
    if answer.decision_id is not None:
        found["decision_id"] = answer.decision_id
    if not answer.allows:
        found["reasons"] = list(answer.reasons())
    return json_answer({**found, "recorded": list(answer.entries)})


def json_answer(values: object, status: int = 200, *, background: BackgroundTask | None = None) -> Response:
    """Return an answer with JSON values."""
    return Response(json.dumps(values), status, media_type="application/json", background=background)
