"""OPA: the Data API of Open Policy Agent, for callers that have an OPA client and ask for a document.

OPA itself answers 200 without `result` where a document does not exist, which careless callers take for consent. Here the
answer is 404, and no 200 is without `result`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from starlette.responses import Response

from aiact_rules.server.asked import Answer
from aiact_rules.server.bodies import values_of
from aiact_rules.server.doors.native import text_of
from aiact_rules.server.question import question_in
from aiact_rules.server.refusals import Fault, Refusal
from aiact_rules.server.service import Service, Visit

DOOR = "opa"
ROOT = "aiact"


def _summary(answer: Answer) -> dict[str, object]:
    return {
        "allow": answer.allows,
        "deny": list(answer.reasons()),
        "verdict": answer.word,
        "outcome": answer.outcome.value,
        "decision": _decision(answer),
    }


def _decision(answer: Answer) -> object:
    return json.loads(text_of(answer)) if answer.found is not None else None


DOCUMENTS: Mapping[str, Callable[[Answer], object]] = {
    "": _summary,
    "allow": lambda answer: answer.allows,
    "deny": lambda answer: list(answer.reasons()),
    "verdict": lambda answer: answer.word,
    "decision": _decision,
}
"""The documents below `/v1/data/aiact`. `deny` is never empty where `allow` is false."""


def data(service: Service, visit: Visit, path: str) -> Response:
    """Return a document about the release in `input`."""
    document = document_at(path)
    asked = question_in(_input(visit), ("input",)).asked(visit.caller, DOOR, within=("input",))
    answer = service.answer(asked)
    if path_in(path) == "decision" and answer.found is None:
        detail = "; ".join(answer.reasons())
        raise _refusal(500 if answer.failed else 422, "undecided", "nothing could be decided", detail)
    found = {"result": document(answer), "decision_id": answer.decision_id or ""}
    return Response(json.dumps(found), 200, media_type="application/json")


def path_in(path: str) -> str:
    """Return the path of a document below the root."""
    return path.strip("/").removeprefix(ROOT).strip("/")


def document_at(path: str) -> Callable[[Answer], object]:
    """Return what makes the document at a path. Raises Refusal where there is none."""
    parts = path.strip("/").split("/")
    document = DOCUMENTS.get("/".join(parts[1:])) if parts[0] == ROOT else None
    if document is None:
        names = ", ".join(f"{ROOT}/{name}" if name else ROOT for name in DOCUMENTS)
        raise _refusal(404, "undefined_document", "there is no such document", f"there are {names}")
    return document


def _input(visit: Visit) -> object:
    """Return the input of the body, or of the address. Raises Refusal for two: which one counts is not ours to choose."""
    if len(visit.query.getlist("input")) + bool(visit.body) > 1:
        raise _refusal(
            400, "invalid_parameter", "there is more than one `input`", "say it in the body or once in the address"
        )
    if visit.body or "input" not in visit.query:
        body = visit.values() if visit.body else {}
        if not isinstance(body, dict) or set(body) != {"input"}:
            fault = Fault("", "a body with `input` and nothing else is expected")
            raise _refusal(400, "invalid_parameter", "there is no `input`", faults=(fault,))
        return body["input"]
    return values_of(visit.query["input"].encode("utf-8", "replace"), most_depth=visit.most_depth)


def _refusal(status: int, code: str, title: str, detail: str | None = None, faults: tuple[Fault, ...] = ()) -> Refusal:
    further = {"code": code, "message": title if detail is None else f"{title}: {detail}"}
    return Refusal(status, code.replace("_", "-"), title, detail, faults=faults, further=further)
