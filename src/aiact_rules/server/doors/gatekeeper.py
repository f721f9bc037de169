"""Gatekeeper: the external data provider of OPA Gatekeeper. A policy in Rego asks for keys, and denies by what comes back.

Each key is the text of a question as the native door takes it. Where nothing could be decided there is an `error`, so a policy
that looks at errors, as all of them must, denies.
"""

from __future__ import annotations

import json
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from aiact_rules.server.bodies import read_as, values_of
from aiact_rules.server.question import question_in
from aiact_rules.server.refusals import Refusal
from aiact_rules.server.service import Service, Visit

DOOR = "gatekeeper"
VERSION = "externaldata.gatekeeper.sh/v1beta1"
MOST_KEYS = 100


class Keys(BaseModel):
    """The keys that are asked for."""

    model_config = ConfigDict(extra="forbid")

    keys: Annotated[list[Annotated[str, Field(strict=True)]], Field(max_length=MOST_KEYS)]


class ProviderRequest(BaseModel):
    """A question of Gatekeeper."""

    model_config = ConfigDict(extra="forbid")

    apiVersion: Literal["externaldata.gatekeeper.sh/v1beta1"]  # noqa: N815
    kind: Literal["ProviderRequest"]
    request: Keys


def provide(service: Service, visit: Visit) -> Response:
    """Return an item for each key. A log that is away is a `systemError`, by which Gatekeeper takes none of them."""
    asked = read_as(ProviderRequest, visit.values())
    items: list[dict[str, object]] = []
    failure = ""
    for key in asked.request.keys:
        try:
            items.append(_item(service, visit, key))
        except Refusal as refusal:
            if refusal.status >= 500:
                items, failure = [], str(refusal)
                break
            said = "; ".join([str(refusal), *(f"{fault.pointer}: {fault.detail}" for fault in refusal.faults)])
            items.append({"key": key, "value": None, "error": said})
    response = {"idempotent": True, "items": items, "systemError": failure}
    found = {"apiVersion": VERSION, "kind": "ProviderResponse", "response": response}
    return Response(json.dumps(found), 200, media_type="application/json")


def _item(service: Service, visit: Visit, key: str) -> dict[str, object]:
    values = values_of(key.encode("utf-8", "replace"), most_depth=visit.most_depth)
    answer = service.answer(question_in(values).asked(visit.caller, DOOR))
    if answer.found is None:
        return {"key": key, "value": None, "error": answer.sentence}
    value = {
        "allow": answer.allows,
        "verdict": answer.word,
        "decision_id": answer.decision_id,
        "reasons": list(answer.reasons()),
    }
    return {"key": key, "value": value, "error": ""}
