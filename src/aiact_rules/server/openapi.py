"""OpenAPI: what the service says of itself at `/openapi.json`, with the schemas of every dialect and an example for each door."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from aiact_rules.reports.decision_schema import DecisionModel
from aiact_rules.server.doors.admission import AdmissionReview
from aiact_rules.server.doors.authzen import Evaluation, Evaluations
from aiact_rules.server.doors.gatekeeper import ProviderRequest
from aiact_rules.server.question import Question
from aiact_rules.server.refusals import MEDIA_TYPE
from aiact_rules.version import __version__

JSON = "application/json"
_REF = "#/components/schemas/{model}"
SECURITY = "token"


class OpaInput(BaseModel):
    """A question of an OPA client."""

    model_config = {"extra": "forbid"}

    input: Question


_MODELS: tuple[type[BaseModel], ...] = (
    Question,
    DecisionModel,
    OpaInput,
    Evaluation,
    Evaluations,
    AdmissionReview,
    ProviderRequest,
)
_FAULT = {
    "type": "object",
    "required": ["pointer", "detail"],
    "properties": {
        "pointer": {"type": "string", "description": "JSON pointer into the body; empty for the whole of it."},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "line": {"type": "integer", "description": "Line of the file that it points to."},
    },
    "additionalProperties": False,
}
_PROBLEM = {
    "type": "object",
    "description": "Why there is no answer (RFC 9457). It never means yes.",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string", "pattern": "^urn:aiact-rules:problem:"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": _REF.format(model="Fault")}},
    },
}
_CHAIN = {
    "type": "object",
    "description": "The decisions for each of several operators; the strictest verdict counts.",
    "required": ["verdict", "operators", "decisions"],
    "properties": {
        "verdict": {"enum": ["allow", "hold", "block"]},
        "operators": {"type": "array", "items": {"type": "string"}},
        "decisions": {"type": "array", "items": {"$ref": _REF.format(model="DecisionModel")}},
        "matrix": {"type": "array", "items": {"type": "object"}},
    },
}
_OPA = {
    "type": "object",
    "required": ["result", "decision_id"],
    "properties": {"result": {}, "decision_id": {"type": "string"}},
    "additionalProperties": False,
}
_DECIDED = {
    "type": "object",
    "required": ["decision", "context"],
    "properties": {"decision": {"type": "boolean"}, "context": {"type": "object"}},
    "additionalProperties": False,
}
_SEVERAL = {
    "oneOf": [
        {
            "type": "object",
            "required": ["evaluations"],
            "properties": {"evaluations": {"type": "array", "items": {"$ref": _REF.format(model="Decided")}}},
            "additionalProperties": False,
        },
        {"$ref": _REF.format(model="Decided")},
    ]
}
_REVIEWED = {
    "type": "object",
    "required": ["apiVersion", "kind", "response"],
    "properties": {
        "apiVersion": {"const": "admission.k8s.io/v1"},
        "kind": {"const": "AdmissionReview"},
        "response": {
            "type": "object",
            "required": ["uid", "allowed"],
            "properties": {
                "uid": {"type": "string"},
                "allowed": {"type": "boolean"},
                "status": {"type": "object"},
                "warnings": {"type": "array", "items": {"type": "string", "maxLength": 256}},
                "auditAnnotations": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        },
    },
}
_PROVIDED = {
    "type": "object",
    "required": ["apiVersion", "kind", "response"],
    "properties": {
        "apiVersion": {"const": "externaldata.gatekeeper.sh/v1beta1"},
        "kind": {"const": "ProviderResponse"},
        "response": {
            "type": "object",
            "required": ["idempotent", "items", "systemError"],
            "properties": {
                "idempotent": {"const": True},
                "items": {
                    "type": "array",
                    "items": {"type": "object", "required": ["key", "value", "error"]},
                },
                "systemError": {"type": "string"},
            },
        },
    },
}
_ENTRY = {
    "type": "object",
    "description": "An entry of the decision log as it was kept.",
    "required": ["entry", "hash", "seq", "prev", "at", "decision"],
    "properties": {"decision": {"type": "object"}},
}
_SCHEMAS: Mapping[str, object] = {
    "Fault": _FAULT,
    "Problem": _PROBLEM,
    "Chain": _CHAIN,
    "OpaResult": _OPA,
    "Decided": _DECIDED,
    "Several": _SEVERAL,
    "Reviewed": _REVIEWED,
    "Provided": _PROVIDED,
    "Entry": _ENTRY,
    "Any": {"type": "object"},
}

FACTS: dict[str, object] = {
    "release": {"subject": "system"},
    "system": {"practices": [], "annex_iii_uses": [], "annex_i_law": [], "transparency_situations": []},
}
QUESTION = {
    "facts": FACTS,
    "roles": ["provider"],
    "markets": ["EU"],
    "subject": {"name": "spam-filter", "version": "3"},
    "action": "set alias champion",
}
EXAMPLES: Mapping[str, object] = {
    "Question": QUESTION,
    "OpaInput": {"input": QUESTION},
    "Evaluation": {
        "subject": {"type": "workload", "id": "ci"},
        "action": {"name": "promote"},
        "resource": {
            "type": "model_version",
            "id": "spam-filter/3",
            "properties": {"aiact": {"facts": FACTS, "roles": ["provider"], "markets": ["EU"]}},
        },
    },
    "Evaluations": {
        "subject": {"type": "workload", "id": "ci"},
        "action": {"name": "promote"},
        "evaluations": [{"resource": {"type": "model_version", "id": "spam-filter/3"}}],
        "options": {"evaluations_semantic": "deny_on_first_deny"},
    },
    "AdmissionReview": {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
            "kind": {"group": "serving.kserve.io", "version": "v1beta1", "kind": "InferenceService"},
            "namespace": "mail",
            "name": "spam-filter",
            "operation": "CREATE",
            "object": {
                "metadata": {
                    "name": "spam-filter",
                    "annotations": {"aiact-rules/facts": '{"release.subject": "system"}'},
                }
            },
        },
    },
    "ProviderRequest": {
        "apiVersion": "externaldata.gatekeeper.sh/v1beta1",
        "kind": "ProviderRequest",
        "request": {"keys": ['{"facts": {"release.subject": "system"}}']},
    },
}

_REFUSALS = {
    400: "The body is no JSON.",
    401: "Nobody has this token, or there is none.",
    403: "The caller may not do this.",
    404: "There is no such thing.",
    409: "The same request is being answered.",
    413: "The body is too large.",
    422: "The request cannot be used, or nothing could be decided. Never consent.",
    429: "Too many requests.",
    500: "Internal error, no decision made.",
    503: "The decision log is away, so nothing is decided.",
}


def described(
    summary: str, answer: str | tuple[str, ...], body: str | None = None, *, tag: str, public: bool = False
) -> dict[str, Any]:
    """Return what a route says of itself: the names of the schemas of its answer and its body."""
    names = (answer,) if isinstance(answer, str) else answer
    refs = [{"$ref": _REF.format(model=name)} for name in names]
    schema = refs[0] if len(refs) == 1 else {"anyOf": refs}
    responses: dict[str, Any] = {"200": {"description": "The answer.", "content": {JSON: {"schema": schema}}}}
    for status, said in {} if public else _REFUSALS.items():
        content = {MEDIA_TYPE: {"schema": {"$ref": _REF.format(model="Problem")}}}
        responses[str(status)] = {"description": said, "content": content}
    found: dict[str, Any] = {"summary": summary, "tags": [tag], "responses": responses}
    if body is not None:
        media: dict[str, Any] = {"schema": {"$ref": _REF.format(model=body)}}
        media |= {"example": EXAMPLES[body]} if body in EXAMPLES else {}
        found["requestBody"] = {"required": True, "content": {JSON: media}}
    if not public:
        found["security"] = [{SECURITY: []}]
    return found


def header(name: str, says: str) -> dict[str, Any]:
    """Return a header that a request may have."""
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": says,
        "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    }


@cache
def _components() -> dict[str, Any]:
    _, found = models_json_schema([(model, "validation") for model in _MODELS], ref_template=_REF)
    return {**found["$defs"], **_SCHEMAS}


def document(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of an application."""
    found = get_openapi(
        title="aiact-rules",
        version=__version__,
        openapi_version="3.1.0",
        description="May this release go ahead under the EU AI Act? Whatever is not a plain yes is a no.",
        routes=app.routes,
    )
    components = found.setdefault("components", {})
    components["schemas"] = _components()
    components["securitySchemes"] = {SECURITY: {"type": "http", "scheme": "bearer"}}
    for operations in found["paths"].values():
        for operation in operations.values():
            refused = operation["responses"].get("422", {}).get("content", {})
            refused.pop(JSON, None)  # what FastAPI says of its own errors, of which none is left as it is
    return found
