"""MLflow: webhooks of a registry. They come after the fact: what they tell of has happened, so it is judged and recorded only.

The plugin `aiact-rules-mlflow` sits in the registry's server, and refuses. These are for registries that cannot have it; moves
between stages are told by no webhook at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import urlencode

from starlette.responses import Response

from aiact_rules.core.decisions import Subject
from aiact_rules.core.problems import InputError, Place, Problem, did_you_mean
from aiact_rules.server.asked import Asked, Fetch
from aiact_rules.server.outgoing import Api, Unreachable
from aiact_rules.server.service import Service, Visit
from aiact_rules.server.webhooks import AFTER_THE_FACT, json_answer, judged, member
from aiact_rules.sources.release_file import SHORT_NAMES

DOOR = "mlflow"
PREFIX = "aiact_"
_OF_DECISIONS = frozenset(
    PREFIX + name for name in ("decision", "decision_id", "pack", "digest", "time", "waived", "signals")
)
"""Tags in which the plugin writes what it decided, and which state nothing."""
_JUDGED = {("model_version", "created"): "register", ("model_version_alias", "created"): "set alias"}
_UNKNOWN = ("RESOURCE_DOES_NOT_EXIST",)


def receive(service: Service, api: Api | None, visit: Visit) -> Response:
    """Judge and record the version that an event is about, and say plainly that nothing was stopped."""
    values = visit.values()
    event = (member(values, str, "entity"), member(values, str, "action"))
    if event not in _JUDGED:
        return json_answer({"judged": False, "why": "only new versions and aliases are judged", "note": AFTER_THE_FACT})
    data = member(values, dict, "data")
    name, version = member(data, str, "name"), str(data.get("version", ""))[:100]
    what: Fetch | Mapping[str, object]
    if api is not None:
        try:
            what = partial(_facts, service, _tags(api, name, version))
        except Unreachable as error:
            if error.status == 404:  # such as the made-up model of a test delivery
                why = "the registry has no such version"
                return json_answer({"judged": False, "why": why, "note": AFTER_THE_FACT})
            what = partial(_raise, error)
    elif isinstance(data.get("tags"), dict | list):
        what = partial(_facts, service, _as_mapping(data["tags"]))
    else:
        why = "this event has no tags; set `mlflow.api`, from which they are fetched"
        return json_answer({"judged": False, "why": why, "note": AFTER_THE_FACT})
    action = _JUDGED[event] + (f" {member(data, str, 'alias')}" if event[0] == "model_version_alias" else "")
    asked = Asked(
        what, DOOR, subject=Subject(name, version or None), source="tags", action=action, actor=DOOR, is_afterwards=True
    )
    return judged(service, asked)


def _tags(api: Api, name: str, version: str) -> dict[str, str]:
    query = urlencode({"name": name, "version": version})
    found = member(api.read_json(f"/api/2.0/mlflow/model-versions/get?{query}"), dict, "model_version")
    return _as_mapping(found.get("tags", []))


def _as_mapping(tags: object) -> dict[str, str]:
    """Return tags as names and values, as events and the interface write them."""
    if isinstance(tags, dict):
        return {str(key): str(value) for key, value in tags.items()}
    found = {}
    for each in tags if isinstance(tags, list) else []:
        if isinstance(each, dict) and isinstance(each.get("key"), str):
            found[each["key"]] = str(each.get("value", ""))
    return found


def _facts(service: Service, tags: Mapping[str, str]) -> Mapping[str, object]:
    """Return what tags `aiact_…` state. Raises InputError for one that names no fact: it was meant to say something."""
    gate = service.gates.current
    names = {fact.replace(".", "_"): fact for fact in gate.vocabulary()} | SHORT_NAMES
    facts: dict[str, object] = {}
    problems = []
    for key, text in tags.items():
        plain = key.casefold().replace(".", "_")
        if not plain.startswith(PREFIX) or plain in _OF_DECISIONS:
            continue
        fact = names.get(plain.removeprefix(PREFIX))
        if fact is None:
            hint = did_you_mean(plain, [PREFIX + each for each in names])
            problems.append(Problem("this tag names no fact", Place(f"tag {key}"), hint))
        else:
            is_list = text.startswith("[") and text.endswith("]")
            facts[fact] = [part.strip() for part in text[1:-1].split(",") if part.strip()] if is_list else text
    if problems:
        raise InputError(problems)
    return facts


def _raise(error: Unreachable) -> Mapping[str, object]:
    raise error
