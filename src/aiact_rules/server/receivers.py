"""Receivers: the doors of webhooks, one for each platform whose secret the settings name."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from aiact_rules.server import signatures
from aiact_rules.server.doors import github, gitlab, huggingface, mlflow
from aiact_rules.server.openapi import described
from aiact_rules.server.outgoing import Api
from aiact_rules.server.service import Door, Service
from aiact_rules.server.settings import read_secret


def add_webhooks(app: FastAPI, service: Service) -> None:
    """Add a door for each platform whose secret is there. What cannot be read of the files named stops the start."""
    settings = service.settings

    def add(name: str, secret: Path | None, check: Callable[..., None], make: Callable[[], Door]) -> None:
        if secret is None:
            return
        checked, door = partial(check, read_secret(secret)), make()

        async def receive(request: Request) -> Response:
            return await service.receive(request, checked, door, name=name)

        says = described(f"Webhook of {name}", "Any", "Any", tag="webhooks", public=True)
        app.add_api_route(
            f"/webhooks/{name}", receive, methods=["POST"], response_model=None, openapi_extra=says, operation_id=name
        )

    def of_github() -> Door:
        app_id, key = settings.github_app, settings.github_key_file
        assert app_id is not None, "settings were checked"
        assert key is not None, "settings were checked"
        made = github.App(Api(settings.github_api), app_id, read_secret(key))
        return partial(github.receive, service, made)

    def of_gitlab() -> Door:
        api = _authorised(settings.gitlab_api, settings.gitlab_token_file, "PRIVATE-TOKEN", "{}")
        return partial(gitlab.receive, service, api)

    def of_mlflow() -> Door:
        api = None if settings.mlflow_api is None else _authorised(settings.mlflow_api, settings.mlflow_token_file)
        return partial(mlflow.receive, service, api)

    def of_huggingface() -> Door:
        api = _authorised(settings.huggingface_api, settings.huggingface_token_file)
        return partial(huggingface.receive, service, api)

    def signed_by_mlflow(secret: bytes, body: bytes, headers: Mapping[str, str]) -> None:
        signatures.of_mlflow(secret, body, headers, time.time())

    add(github.DOOR, settings.github_secret_file, signatures.of_github, of_github)
    add(gitlab.DOOR, settings.gitlab_secret_file, signatures.of_gitlab, of_gitlab)
    add(mlflow.DOOR, settings.mlflow_secret_file, signed_by_mlflow, of_mlflow)
    add(huggingface.DOOR, settings.huggingface_secret_file, signatures.of_huggingface, of_huggingface)


def _authorised(address: str, token: Path | None, name: str = "Authorization", form: str = "Bearer {}") -> Api:
    """Return an interface, with the token in a file where one is named."""
    api = Api(address)
    return api if token is None else api.with_header(name, form.format(read_secret(token).decode("latin-1")))
