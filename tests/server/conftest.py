"""The service as its callers meet it: one application over a gate that all of these tests share."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("fastapi", reason="the service needs the extra `server`")
pytest.importorskip("httpx", reason="the test client needs httpx")

from aiact_rules.gate import Gate
from aiact_rules.server.app import application, gate_of
from aiact_rules.server.settings import ServerSettings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

HOME = ("127.0.0.1", 50000)
NOTHING: dict[str, object] = {
    "practices": [],
    "annex_iii_uses": [],
    "annex_i_law": [],
    "transparency_situations": [],
}
ALLOWED: dict[str, Any] = {"release": {"subject": "system"}, "system": NOTHING}
HELD: dict[str, Any] = {"release": {"subject": "system"}}
UNUSABLE: dict[str, Any] = {"system": {"practises": []}}
"""Facts of a release that may go ahead, of one that says too little, and of one that nobody can judge."""

Serve = Callable[..., TestClient]


@cache
def shared_gate() -> Gate:
    return gate_of(ServerSettings(past_dates="judge"))  # so that a test can name its day


class From:
    """An application of which every caller has one address; older test clients cannot name it."""

    def __init__(self, app: FastAPI, peer: tuple[str, int]) -> None:
        self.app = app
        self.peer = peer
        self.state = app.state

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            scope = {**scope, "client": self.peer}
        await self.app(scope, receive, send)


def client_of(settings: ServerSettings, peer: tuple[str, int] = HOME, **given: Any) -> TestClient:
    made = application(settings, make_gate=given.pop("make_gate", shared_gate))
    return TestClient(From(made, peer), raise_server_exceptions=False, **given)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start a service with settings; all are stopped at the end."""
    started: list[TestClient] = []

    def start(peer: tuple[str, int] = HOME, make_gate: Callable[[], Gate] = shared_gate, **settings: Any) -> TestClient:
        client = client_of(ServerSettings(**settings), peer, make_gate=make_gate)
        client.__enter__()
        started.append(client)
        return client

    yield start
    for client in started:
        client.__exit__(None, None, None)


@pytest.fixture
def client(serve: Serve) -> TestClient:
    return serve()


def question(facts: dict[str, Any], **further: Any) -> dict[str, Any]:
    return {"facts": facts, "roles": ["provider"], "markets": ["EU"], **further}


@pytest.fixture
def tokens(tmp_path: Path) -> Callable[..., Path]:
    """Write a file of tokens, each named by its scopes: `decide`, `decide choose`."""

    def write(*scopes: str, **clients: str) -> Path:
        file = tmp_path / "tokens.toml"
        lines = []
        for each in scopes:
            lines += [
                "[[tokens]]",
                f'name = "{each}"',
                f'token = "{token_of(each)}"',
                f"scopes = {json.dumps(each.split())}",
            ]
        for name, subject in clients.items():
            lines += ["[[clients]]", f'name = "{name}"', f'subject = "{subject}"', 'scopes = ["decide"]']
        file.write_text("\n".join(lines), encoding="utf-8")
        file.chmod(0o600)
        return file

    return write


def token_of(scopes: str) -> str:
    return f"secret-of-{scopes.replace(' ', '-')}-0123456789"


def bearer(scopes: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(scopes)}"}
