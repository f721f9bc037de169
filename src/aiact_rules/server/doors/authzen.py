"""AuthZEN: OpenID's Authorization API 1.0. May this subject do this (promote, deploy) with this model version?

The release stands in the properties of the resource, under `aiact`, as the native door takes it. Where it is missing, nothing
is stated, and nothing is allowed.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from aiact_rules.core.decisions import Subject
from aiact_rules.server.asked import Answer
from aiact_rules.server.bodies import read_as
from aiact_rules.server.question import question_in
from aiact_rules.server.refusals import Refusal
from aiact_rules.server.service import Service, Visit

DOOR = "authzen"
EVALUATION = "/access/v1/evaluation"
EVALUATIONS = "/access/v1/evaluations"
PROPERTY = "aiact"
MOST_EVALUATIONS = 100

Text = Annotated[str, Field(min_length=1, max_length=1000, strict=True)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Entity(_Model):
    """Who asks, or what is asked about."""

    type: Text
    id: Text
    properties: dict[str, Any] | None = None


class Action(_Model):
    """What the subject is about to do."""

    name: Text
    properties: dict[str, Any] | None = None


class Evaluation(_Model):
    """One question."""

    subject: Entity
    action: Action
    resource: Entity
    context: dict[str, Any] | None = None


class Options(BaseModel):
    """How several questions are answered; other options are those of other services."""

    evaluations_semantic: Literal["execute_all", "deny_on_first_deny", "permit_on_first_permit"] = "execute_all"


class Part(_Model):
    """One of several questions, as far as it differs from what all have in common."""

    subject: Entity | None = None
    action: Action | None = None
    resource: Entity | None = None
    context: dict[str, Any] | None = None


class Evaluations(Part):
    """Several questions; what stands beside `evaluations` counts for each that does not say otherwise."""

    evaluations: Annotated[list[Part], Field(max_length=MOST_EVALUATIONS)] = []
    options: Options = Options()


def evaluation(service: Service, visit: Visit) -> Response:
    """Return whether the subject may go ahead."""
    try:
        asked = read_as(Evaluation, visit.values())
        return _response(visit, _evaluated(service, visit, asked, ()))
    except Refusal as refusal:
        raise _as_bad_request(refusal) from None


def evaluations(service: Service, visit: Visit) -> Response:
    """Return whether the subjects may go ahead, one answer for each question up to the one that settles it."""
    try:
        several = read_as(Evaluations, visit.values())
        common = several.model_dump(include={"subject", "action", "resource", "context"}, exclude_none=True)
        if not several.evaluations:
            return _response(visit, _evaluated(service, visit, read_as(Evaluation, common), ()))
    except Refusal as refusal:
        raise _as_bad_request(refusal) from None
    found = []
    stops = {"deny_on_first_deny": False, "permit_on_first_permit": True}.get(several.options.evaluations_semantic)
    for number, part in enumerate(several.evaluations):
        within = ("evaluations", number)
        try:
            asked = read_as(Evaluation, {**common, **part.model_dump(exclude_none=True)}, within)
            answer = _evaluated(service, visit, asked, within)
        except Refusal as refusal:
            if refusal.status >= 500:
                raise
            faults = [fault.as_json() for fault in refusal.faults]
            error = {"status": _as_bad_request(refusal).status, "message": str(refusal), "errors": faults}
            answer = {"decision": False, "context": {"error": error}}
        found.append(answer)
        if answer["decision"] is stops:
            break
    return _response(visit, {"evaluations": found})


def configuration(service: Service, base: str) -> dict[str, object]:
    """Return the metadata of this decision point."""
    del service
    return {
        "policy_decision_point": base,
        "access_evaluation_endpoint": base + EVALUATION,
        "access_evaluations_endpoint": base + EVALUATIONS,
    }


def _evaluated(service: Service, visit: Visit, asked: Evaluation, within: tuple[object, ...]) -> dict[str, object]:
    given = (asked.resource.properties or {}).get(PROPERTY, {"facts": {}})
    where = (*within, "resource", "properties", PROPERTY)
    question = question_in(given, where).asked(
        visit.caller,
        DOOR,
        within=where,
        subject=Subject(asked.resource.id),
        action=asked.action.name,
        notes={
            "asked_by": f"{asked.subject.type} {asked.subject.id}",
            "resource": f"{asked.resource.type} {asked.resource.id}",
        },
    )
    return _json(service.answer(question))


def _json(answer: Answer) -> dict[str, object]:
    context: dict[str, object] = {"verdict": answer.word, "outcome": answer.outcome.value}
    if answer.decision_id is not None:
        context["decision_id"] = answer.decision_id
    if not answer.allows:
        context["reason"] = answer.sentence
        context["reason_admin"] = {"en": answer.sentence}
    return {"decision": answer.allows, "context": context}


def _response(visit: Visit, found: object) -> Response:
    given = visit.headers.get("x-request-id")
    headers = {"X-Request-ID": given} if given is not None and given.isascii() and given.isprintable() else {}
    return Response(json.dumps(found), 200, headers, "application/json")


def _as_bad_request(refusal: Refusal) -> Refusal:
    """Return a refusal with the status that AuthZEN has for requests that cannot be read."""
    if refusal.status == 422:
        refusal.status = 400
    return refusal
