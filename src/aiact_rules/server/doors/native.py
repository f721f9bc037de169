"""Native: `POST /v1/decisions` by facts, card or files, and `GET /v1/decisions/{id}` from the log."""

from __future__ import annotations

import json

from starlette.responses import Response

from aiact_rules.core.chains import Chain
from aiact_rules.core.digests import is_digest
from aiact_rules.core.problems import ProblemsError
from aiact_rules.requests.recorded import Record
from aiact_rules.server.asked import Answer, Asked, NamedFiles
from aiact_rules.server.question import question_in
from aiact_rules.server.records import Unrecorded
from aiact_rules.server.refusals import Refusal, unusable
from aiact_rules.server.service import Service, Visit, away

DOOR = "native"
OUTCOME = "Aiact-Outcome"
"""The header that says in one word whether the caller may go ahead, threshold and waivers included."""


def decide(service: Service, visit: Visit, *, full: bool = False) -> Response:
    """Return the decision on what was sent, as `aiact-rules check --format json` writes it."""
    asked = question_in(visit.values()).asked(visit.caller, DOOR)
    answer = service.answer(asked)
    if answer.found is None:
        raise refusal_of(asked, answer)
    return Response(text_of(answer, full=full), 200, {OUTCOME: answer.outcome.value}, "application/json")


def read(service: Service, decision_id: str, *, full: bool = False) -> Response:
    """Return a recorded decision with its place in the log, or with `full` everything that follows from it."""
    if not is_digest(decision_id):
        raise Refusal(422, "invalid-request", "an id is `sha256:` and 64 hexadecimal digits")
    try:
        entry = service.records.find(decision_id)
    except Unrecorded as error:
        raise away() from error
    if entry is None or entry.decision is None:
        raise Refusal(404, "unknown-decision", "no decision with this id is on record")
    if not full:
        found = {"entry": entry.seq, "hash": entry.hash, **entry.record}
        return Response(json.dumps(found), 200, media_type="application/json")
    try:
        decision = service.gates.current.read_back(Record(entry.decision))
        return Response(decision.json_text(full=True), 200, media_type="application/json")
    except ProblemsError as error:
        detail = "; ".join(str(problem) for problem in error.problems)
        raise Refusal(409, "other-pack", "its packs are not those that judge now", detail) from None


def text_of(answer: Answer, *, full: bool = False) -> str:
    """Return a decision, or the chain of several operators, as JSON text."""
    found = answer.found
    assert found is not None, "asked for only where there is a decision"
    return json.dumps(found.as_json(full=full)) if isinstance(found, Chain) else found.json_text(full=full)


def refusal_of(asked: Asked, answer: Answer, *within: object) -> Refusal:
    """Return the refusal of what could not be judged."""
    if answer.failed:
        detail = "; ".join(answer.reasons())
        return Refusal(500, "undecided", "nothing could be decided, so it may not go ahead", detail)
    files = asked.what.contents if isinstance(asked.what, NamedFiles) else ()
    return unusable(answer.problems, within=within, files=files)
