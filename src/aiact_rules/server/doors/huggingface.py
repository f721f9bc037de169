"""Hugging Face: webhooks of the Hub. They come after the fact: the commit is public already, so it is judged and recorded only.

The Hub signs nothing; it sends the secret itself, so the address must be https.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from starlette.responses import Response

from aiact_rules.core.decisions import Subject
from aiact_rules.server.asked import Asked
from aiact_rules.server.outgoing import Api, Unreachable, path_of
from aiact_rules.server.refusals import Refusal
from aiact_rules.server.repositories import Listed, release_in
from aiact_rules.server.service import Service, Visit
from aiact_rules.server.webhooks import AFTER_THE_FACT, json_answer, judged, member

DOOR = "huggingface"
_NAME = re.compile(r"(?:(?!\.\.?/)[\w.-]{1,100}/)?(?!\.\.?\Z)[\w.-]{1,100}\Z")
_SHA = re.compile(r"[0-9a-f]{40}\Z")


def receive(service: Service, api: Api, visit: Visit) -> Response:
    """Judge and record the commit that an event is about, and say plainly that nothing was stopped."""
    values = visit.values()
    scope, action = member(values, str, "event", "scope"), member(values, str, "event", "action")
    kind = member(values, str, "repo", "type")
    if kind != "model" or scope not in ("repo", "repo.content") or action not in ("create", "update"):
        why = "only commits to models are judged"
        return json_answer({"judged": False, "why": why, "note": AFTER_THE_FACT})
    name, sha = member(values, str, "repo", "name"), member(values, str, "repo", "headSha")
    if not _NAME.match(name) or not _SHA.match(sha):
        raise Refusal(422, "invalid-request", "the repository or the commit has no usable name")
    parts = name.split("/")

    def listed(folder: str) -> Iterator[Listed]:
        path = path_of("api", "models", *parts, "tree", sha) + path_of(*[part for part in folder.split("/") if part])
        entries = api.read_json(path)
        if not isinstance(entries, list):
            raise Unreachable("the Hub lists no files")
        for each in entries:
            yield Listed(member(each, str, "path"), member(each, str, "type") == "directory")

    def read(file: str) -> bytes:
        return api.read(path_of(*parts, "raw", sha, *file.split("/")))

    asked = Asked(
        partial(release_in, ".", (), listed, read),
        DOOR,
        subject=Subject(name, sha),
        action=f"{action} {scope}",
        actor=DOOR,
        notes={"repository": name, "commit": sha},
        is_afterwards=True,
    )
    return judged(service, asked)
