"""GitLab: an external status check of merge requests. It blocks a merge where the project says that checks must succeed.

GitLab sends a signed webhook and waits two minutes for an answer, which is posted through its interface.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import Response

from aiact_rules.core.decisions import Subject
from aiact_rules.requests.overrides import Overrides
from aiact_rules.server.asked import Asked
from aiact_rules.server.outgoing import Api, Unreachable, path_of
from aiact_rules.server.refusals import Refusal
from aiact_rules.server.repositories import Listed, release_in
from aiact_rules.server.service import Service, Visit
from aiact_rules.server.webhooks import json_answer, member, refuse_where_nothing_is_kept

DOOR = "gitlab"
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_OVER = ("close", "merge")
_PAGE = 100
_MOST_PAGES = 20
_LOG = logging.getLogger(__name__)


def receive(service: Service, api: Api, visit: Visit) -> Response:
    """Answer a webhook at once, and judge and answer the merge request that it is about afterwards."""
    values = visit.values()
    if member(values, str, "object_kind") != "merge_request":
        return json_answer({"judged": False, "why": "only merge requests are judged"})
    attributes = member(values, dict, "object_attributes")
    if attributes.get("action") in _OVER:
        return json_answer({"judged": False, "why": "the merge request is over"})
    refuse_where_nothing_is_kept(service)
    check: dict[str, Any] = {
        "project": member(values, int, "project", "id"),
        "path": member(values, str, "project", "path_with_namespace"),
        "request": member(attributes, int, "iid"),
        "source": member(attributes, int, "source_project_id"),
        "sha": member(attributes, str, "last_commit", "id"),
        "rule": member(values, int, "external_approval_rule", "id"),
        "user": member(values, str, "user", "username"),
    }
    if not _SHA.match(check["sha"]):
        raise Refusal(422, "invalid-request", "the commit of the merge request has no usable name")
    task = BackgroundTask(_judge_and_answer, service, api, check)
    return json_answer({"judged": "later", "merge_request": check["request"]}, 202, background=task)


def _judge_and_answer(service: Service, api: Api, check: Mapping[str, Any]) -> None:
    said = {name: check[name] for name in ("path", "request", "sha")}
    try:
        answer = service.answer(_asked(service, api, check))
        path = path_of(
            "projects", str(check["project"]), "merge_requests", str(check["request"]), "status_check_responses"
        )
        status = "passed" if answer.allows else "failed"
        api.post(path, {"sha": check["sha"], "external_status_check_id": check["rule"], "status": status})
        _LOG.info("answered", extra={"said": {**said, "status": status}})
    except (Unreachable, Refusal) as error:
        _LOG.error("not answered, the check stays pending", extra={"said": {**said, "reason": str(error)}})
    except Exception:
        _LOG.exception("not answered, the check stays pending", extra={"said": said})


def _asked(service: Service, api: Api, check: Mapping[str, Any]) -> Asked:
    settings, sha = service.settings, check["sha"]
    repository = path_of("projects", str(check["source"]), "repository")

    def listed(folder: str) -> Iterator[Listed]:
        for page in range(1, _MOST_PAGES + 1):
            where = f"&path={path_of(folder)[1:]}" if folder else ""
            entries = api.read_json(f"{repository}/tree?ref={sha}&per_page={_PAGE}&page={page}{where}")
            if not isinstance(entries, list):
                raise Unreachable("GitLab lists no files")
            for each in entries:
                yield Listed(member(each, str, "path"), member(each, str, "type") == "tree")
            if len(entries) < _PAGE:
                return
        raise Unreachable(f"the folder has more than {_PAGE * _MOST_PAGES} entries")

    def read(file: str) -> bytes:
        return api.read(f"{repository}/files{path_of(file)}/raw?ref={sha}")

    return Asked(
        partial(release_in, settings.gitlab_release, settings.gitlab_also, listed, read),
        DOOR,
        Overrides(),
        Subject(check["path"], sha),
        action=f"merge request {check['request']}",
        actor=DOOR,
        notes={"asked_by": check["user"], "repository": check["path"], "commit": sha},
    )
