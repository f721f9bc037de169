"""GitHub: a custom deployment protection rule. A deployment waits until the rule's App approves or rejects it.

GitHub sends a signed webhook, which is answered at once. The files of the release are then fetched at the commit that is to
be deployed, judged and recorded, and the answer is posted. Where that fails the deployment goes on waiting: nothing approves it.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from starlette.background import BackgroundTask
from starlette.responses import Response

from aiact_rules.core.decisions import Subject
from aiact_rules.core.problems import InputError, Place, Problem
from aiact_rules.requests.overrides import Overrides
from aiact_rules.server.asked import Answer, Asked
from aiact_rules.server.outgoing import Api, Unreachable, path_of
from aiact_rules.server.refusals import Refusal
from aiact_rules.server.repositories import Listed, release_in
from aiact_rules.server.service import Service, Visit
from aiact_rules.server.webhooks import json_answer, member, refuse_where_nothing_is_kept

DOOR = "github"
_NAME = re.compile(r"(?!\.\.?/)[\w.-]{1,100}/(?!\.\.?\Z)[\w.-]{1,100}\Z")
_SHA = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_CALLBACK = re.compile(r"/actions/runs/\d+/deployment_protection_rule\Z")
_LONGEST_COMMENT = 1000
_MOST_TOKENS = 1000
_LOG = logging.getLogger(__name__)


class App:
    """A GitHub App, which answers as the installation that a webhook names. Safe to share between threads."""

    def __init__(self, api: Api, app: str, key: bytes, clock: Callable[[], float] = time.time) -> None:
        """`key` is the private key of the App (PEM). Raises InputError where it is none, or cannot be used here."""
        self._api = api.with_header("Accept", "application/vnd.github+json").with_header(
            "X-GitHub-Api-Version", "2022-11-28"
        )
        self._app = app
        self._sign = _signer(key)
        self._clock = clock
        self._tokens: OrderedDict[int, tuple[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def installation(self, number: int) -> Api:
        """Return the interface as an installation sees it. Raises Unreachable where GitHub gives no token."""
        now = self._clock()
        with self._lock:
            token, until = self._tokens.get(number, ("", 0.0))
        if until <= now:
            path = f"/app/installations/{number:d}/access_tokens"
            token = member(
                self._api.with_header("Authorization", f"Bearer {self._jwt(now)}").post(path, {}), str, "token"
            )
            with self._lock:
                self._tokens[number] = (token, now + 50 * 60)  # GitHub's last an hour
                while len(self._tokens) > _MOST_TOKENS:
                    self._tokens.popitem(last=False)
        return self._api.with_header("Authorization", f"Bearer {token}")

    def _jwt(self, now: float) -> str:
        parts = ({"alg": "RS256", "typ": "JWT"}, {"iat": int(now) - 60, "exp": int(now) + 540, "iss": self._app})
        signed = b".".join(_base64(json.dumps(part).encode()) for part in parts)
        return b".".join([signed, _base64(self._sign(signed))]).decode()


def receive(service: Service, app: App, visit: Visit) -> Response:
    """Answer a webhook at once, and judge and answer the deployment that it is about afterwards."""
    event = visit.headers.get("x-github-event")
    values = visit.values()
    if event == "ping":
        return json_answer({"pong": True})
    if event != "deployment_protection_rule" or member(values, str, "action") != "requested":
        return json_answer({"judged": False, "why": "only deployments that wait for this rule are judged"})
    refuse_where_nothing_is_kept(service)
    deployment = _deployment(service, values)
    task = BackgroundTask(_judge_and_answer, service, app, deployment)
    return json_answer({"judged": "later", "environment": deployment["environment"]}, 202, background=task)


def _deployment(service: Service, values: object) -> dict[str, Any]:
    """Return what is to be deployed where. Raises Refusal for what leads elsewhere than to GitHub's own interface."""
    found: dict[str, Any] = {
        "repository": member(values, str, "repository", "full_name"),
        "sha": member(values, str, "deployment", "sha"),
        "environment": member(values, str, "environment"),
        "callback": member(values, str, "deployment_callback_url"),
        "installation": member(values, int, "installation", "id"),
        "sender": member(values, str, "sender", "login"),
    }
    base = f"{service.settings.github_api.rstrip('/')}/repos/{found['repository']}"
    if not _NAME.match(found["repository"]) or not _SHA.match(found["sha"]):
        raise Refusal(422, "invalid-request", "the repository or the commit of the deployment has no usable name")
    if not found["callback"].startswith(base) or not _CALLBACK.match(found["callback"].removeprefix(base)):
        raise Refusal(422, "invalid-request", "the answer would go elsewhere than to this repository")
    return found


def _judge_and_answer(service: Service, app: App, deployment: Mapping[str, Any]) -> None:
    said = {name: deployment[name] for name in ("repository", "sha", "environment")}
    try:
        api = app.installation(deployment["installation"])
        answer = service.answer(_asked(service, api, deployment))
        _post(api, service, deployment, answer)
        _LOG.info("answered", extra={"said": {**said, "state": _state(answer)}})
    except (Unreachable, Refusal) as error:
        _LOG.error("not answered, the deployment waits", extra={"said": {**said, "reason": str(error)}})
    except Exception:
        _LOG.exception("not answered, the deployment waits", extra={"said": said})


def _asked(service: Service, api: Api, deployment: Mapping[str, Any]) -> Asked:
    settings = service.settings
    owner, name = deployment["repository"].split("/")
    sha = deployment["sha"]

    def listed(folder: str) -> Iterator[Listed]:
        path = path_of("repos", owner, name, "contents") + path_of(*[part for part in folder.split("/") if part])
        entries = api.read_json(f"{path}?ref={sha}")
        if not isinstance(entries, list):
            raise InputError([Problem("this is no folder of the repository", Place(folder or "."))])
        for each in entries:
            yield Listed(member(each, str, "path"), member(each, str, "type") == "dir")

    def read(file: str) -> bytes:
        path = path_of("repos", owner, name, "contents") + path_of(*file.split("/"))
        return api.with_header("Accept", "application/vnd.github.raw+json").read(f"{path}?ref={sha}")

    return Asked(
        partial(release_in, settings.github_release, settings.github_also, listed, read),
        DOOR,
        Overrides(),
        Subject(deployment["repository"], sha),
        action=f"deploy to {deployment['environment']}",
        actor=DOOR,
        notes={"asked_by": deployment["sender"], "repository": deployment["repository"], "commit": sha},
    )


def _state(answer: Answer) -> str:
    return "approved" if answer.allows else "rejected"


def _post(api: Api, service: Service, deployment: Mapping[str, Any], answer: Answer) -> None:
    comment = answer.sentence + (f" ({answer.decision_id})" if answer.decision_id else "")
    path = deployment["callback"].removeprefix(service.settings.github_api.rstrip("/"))
    values = {
        "environment_name": deployment["environment"],
        "state": _state(answer),
        "comment": comment[:_LONGEST_COMMENT],
    }
    api.post(path, values)


def _base64(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _signer(key: bytes) -> Callable[[bytes], bytes]:
    try:
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        message = "a GitHub App signs what it asks for, which needs `cryptography`, which is not installed"
        raise InputError([Problem(message, hint="pip install 'aiact-rules[sign]'")]) from error
    place = Place("github.key_file")
    try:
        loaded = load_pem_private_key(key, None)
    except (ValueError, TypeError):
        raise InputError([Problem("this is no private key (PEM) without a password", place)]) from None
    if not isinstance(loaded, RSAPrivateKey):
        raise InputError([Problem("the key of a GitHub App is an RSA key", place)])
    return lambda signed: loaded.sign(signed, PKCS1v15(), SHA256())
