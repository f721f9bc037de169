"""Admission: Kubernetes asks before it keeps an object (AdmissionReview v1), such as an InferenceService of KServe.

What is released says so in annotations of the object: `aiact-rules/facts` (JSON), or `aiact-rules/release` (the text of a
release file) and `aiact-rules/card` (that of a card). Whoever may write the object writes these too: they are the release's own
words, never the caller's, so they choose no law, no date of knowledge and no threshold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from aiact_rules.core.decisions import Subject
from aiact_rules.core.digests import is_digest
from aiact_rules.core.problems import did_you_mean
from aiact_rules.requests.overrides import Overrides
from aiact_rules.server.asked import Answer, Asked, NamedFiles
from aiact_rules.server.bodies import read_as, values_of
from aiact_rules.server.question import CARD
from aiact_rules.server.refusals import Fault, Refusal, pointer
from aiact_rules.server.service import Service, Visit

DOOR = "admission"
VERSION = "admission.k8s.io/v1"
KIND = "AdmissionReview"
PREFIX = "aiact-rules/"
_READ = ("facts", "release", "card")
_MOST_OF_A_WARNING = 256
_MOST_OF_A_MESSAGE = 4000


class Kind(BaseModel):
    """The kind of an object."""

    group: str = ""
    version: str = ""
    kind: str = ""


class AdmissionRequest(BaseModel):
    """What the API server is about to do. It sends more, and newer versions of it will; the rest is not looked at."""

    uid: Annotated[str, Field(min_length=1, max_length=200, strict=True)]
    kind: Kind = Kind()
    name: str = ""
    namespace: str = ""
    operation: Literal["CREATE", "UPDATE", "DELETE", "CONNECT"]
    userInfo: dict[str, Any] = {}  # noqa: N815
    object: dict[str, Any] | None = None
    oldObject: dict[str, Any] | None = None  # noqa: N815
    dryRun: bool | None = False  # noqa: N815


class AdmissionReview(BaseModel):
    """A question of the API server."""

    model_config = ConfigDict(extra="forbid")

    apiVersion: Literal["admission.k8s.io/v1"]  # noqa: N815
    kind: Literal["AdmissionReview"]
    request: AdmissionRequest


def admit(service: Service, visit: Visit) -> Response:
    """Return whether the object may be kept. A log that is away denies, since a webhook may be told to ignore errors."""
    review = read_as(AdmissionReview, visit.values())
    request = review.request
    if _releases_nothing(request):
        return _reviewed(request, allowed=True, audit={"judged": "nothing: this removes an object"})
    try:
        answer = service.answer(_asked(request, visit))
    except Refusal as refusal:
        message = "; ".join([str(refusal), *(f"{fault.pointer}: {fault.detail}" for fault in refusal.faults)])
        code = refusal.status if refusal.status >= 500 else 422
        return _reviewed(request, allowed=False, code=code, message=message)
    return _answered(request, answer)


def _answered(request: AdmissionRequest, answer: Answer) -> Response:
    audit = {"verdict": answer.word}
    if answer.decision_id is not None:
        audit["decision-id"] = answer.decision_id
        packs = {f"{pack.pack_id} {pack.pack_at.pack.version}" for each in answer.decisions for pack in each.packs}
        audit["packs"] = ", ".join(sorted(packs))
    notes = list(dict.fromkeys(note for each in answer.decisions for note in each.choices.told))
    if not answer.allows:
        code = 403 if answer.found is not None else 500 if answer.failed else 422
        return _reviewed(request, allowed=False, code=code, message=answer.sentence, audit=audit, warnings=notes)
    if answer.word != "allow":
        notes.insert(0, f"aiact-rules: {answer.word}, and the threshold or a waiver lets it pass")
    return _reviewed(request, allowed=True, audit=audit, warnings=notes)


def _reviewed(
    request: AdmissionRequest,
    *,
    allowed: bool,
    code: int = 200,
    message: str = "",
    audit: Mapping[str, str] | None = None,
    warnings: list[str] | None = None,
) -> Response:
    response: dict[str, object] = {"uid": request.uid, "allowed": allowed}
    if not allowed:
        response["status"] = {"code": code, "message": f"aiact-rules: {message}"[:_MOST_OF_A_MESSAGE]}
    if warnings:
        response["warnings"] = [_short(warning) for warning in warnings]
    response["auditAnnotations"] = dict(audit or {})
    found = {"apiVersion": VERSION, "kind": KIND, "response": response}
    return Response(json.dumps(found), 200, media_type="application/json")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST_OF_A_WARNING else f"{text[: _MOST_OF_A_WARNING - 1]}…"


def _releases_nothing(request: AdmissionRequest) -> bool:
    """Return whether an object is removed, or is being removed and changes in nothing but its finalizers.

    To refuse that would keep in place what may be unlawful.
    """
    if request.operation == "DELETE":
        return True
    new, old = request.object, request.oldObject
    if request.operation != "UPDATE" or new is None or old is None:
        return False
    since = _mapping(old.get("metadata")).get("deletionTimestamp")
    return isinstance(since, str) and since != "" and new.get("spec") == old.get("spec") and "spec" in new


def _asked(request: AdmissionRequest, visit: Visit) -> Asked:
    metadata = _mapping((request.object or {}).get("metadata"))
    annotations = _mapping(metadata.get("annotations"))
    name = request.name or str(metadata.get("name") or metadata.get("generateName") or "")
    named = "/".join(part for part in (request.namespace, name) if part) or "unnamed"
    user = request.userInfo.get("username")
    notes = {"object": f"{request.kind.kind or 'object'} {named}"}
    notes |= {"asked_by": user} if isinstance(user, str) else {}
    return Asked(
        what=_what(annotations, visit.most_depth),
        door=DOOR,
        said=Overrides(artifact=_image_digest(request.object or {})),
        subject=Subject(named),
        source="annotation aiact-rules/facts",
        action=f"{request.operation.lower()} {request.kind.kind or 'object'}",
        actor=visit.caller.name,
        notes=notes,
        is_rehearsal=request.dryRun is True,
    )


def _image_digest(what: Mapping[str, Any]) -> str | None:
    """Return the digest of the model that an InferenceService serves, where its address names one."""
    predictor = _mapping(_mapping(what.get("spec")).get("predictor"))
    address = _mapping(predictor.get("model")).get("storageUri")
    _, _, digest = address.partition("@") if isinstance(address, str) else ("", "", "")
    return digest if is_digest(digest) else None


def _what(annotations: Mapping[str, object], most_depth: int) -> Mapping[str, object] | NamedFiles:
    """Return what annotations state. Raises Refusal for one of ours that is not read: it was meant to say something."""
    own = {key.removeprefix(PREFIX): value for key, value in annotations.items() if key.startswith(PREFIX)}
    where = ("request", "object", "metadata", "annotations")
    faults = []
    for key, value in own.items():
        place = pointer((*where, PREFIX + key))
        if key not in _READ:
            faults.append(Fault(place, f"the annotation `{PREFIX}{key}` is not read", did_you_mean(key, _READ)))
        elif not isinstance(value, str):
            faults.append(Fault(place, "an annotation is a text"))
    if "facts" in own and len(own) > 1 and not faults:
        faults.append(Fault(pointer((*where, f"{PREFIX}facts")), "facts stand in the release file where there is one"))
    if faults:
        raise Refusal(422, "invalid-request", "the annotations cannot be used", faults=faults)
    names = {"release": "aiact.yaml", "card": CARD}
    files = {names[key]: str(value).encode("utf-8", "replace") for key, value in own.items() if key in names}
    if files:
        return NamedFiles(files)
    why = "facts are an object: names and values"
    try:
        facts = values_of(str(own.get("facts", "{}")).encode("utf-8", "replace"), most_depth=most_depth)
        if isinstance(facts, dict):
            return facts
    except Refusal as refusal:
        why = refusal.detail or refusal.title
    fault = Fault(pointer((*where, f"{PREFIX}facts")), why)
    raise Refusal(422, "invalid-request", "the annotations cannot be used", faults=[fault])


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
