"""A database that goes away: every answer is a no, it says so, and what comes back is used again."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from urllib.parse import urlsplit

import pytest

from aiact_rules.decision_log.opening import open_log
from tests.databases import address_of, postgres_schema
from tests.server.conftest import ALLOWED, Serve, question


class Wire:
    """A way to a server that can be cut and mended: a proxy of bytes."""

    def __init__(self, host: str, port: int) -> None:
        self.target = (host, port)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = self.listening.getsockname()[1]
        self.open: list[socket.socket] = []
        self.is_cut = False
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listening.accept()
                if self.is_cut:
                    client.close()
                    continue
                server = socket.create_connection(self.target)
                self.open += [client, server]
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while piece := one.recv(65536):
                other.sendall(piece)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)

    def cut(self) -> None:
        self.is_cut = True
        for each in self.open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self.open.clear()

    def close(self) -> None:
        self.cut()
        self.listening.close()


@pytest.fixture
def schema() -> Iterator[str]:
    with postgres_schema() as made:
        yield made


def test_a_database_that_is_cut_off_refuses_and_is_used_again_when_it_is_back(serve: Serve, schema: str) -> None:
    parts = urlsplit(address_of(schema))
    if not parts.hostname or parts.hostname.startswith("/"):
        pytest.skip("the PostgreSQL of the tests is reached by a socket")
    with closing(Wire(parts.hostname, parts.port or 5432)) as wire:
        user = f"{parts.username}{':' + parts.password if parts.password else ''}@" if parts.username else ""
        client = serve(db=parts._replace(netloc=f"{user}127.0.0.1:{wire.port}").geturl())
        assert client.post("/v1/decisions", json=question(ALLOWED)).status_code == 200
        assert client.get("/readyz").json()["records"] == "ok"
        wire.cut()
        begun = time.monotonic()
        answer = client.post("/v1/decisions", json=question(ALLOWED))
        assert time.monotonic() - begun < 15
        assert (answer.status_code, answer.json()["type"]) == (503, "urn:aiact-rules:problem:log-away")
        assert client.get("/readyz").status_code == 503
        wire.is_cut = False
        assert client.post("/v1/decisions", json=question(ALLOWED)).status_code == 200
        assert client.get("/readyz").status_code == 200
    log = open_log(address_of(schema))
    assert len([*log.entries()]) == 2
    assert not log.verify().problems


def test_a_database_that_does_not_answer_refuses_in_time(serve: Serve) -> None:
    pytest.importorskip("psycopg", reason="the log on PostgreSQL needs psycopg")
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:  # takes connections and says nothing
        address = f"postgresql://gate:hunter2@127.0.0.1:{silent.getsockname()[1]}/gate?connect_timeout=2"
        client = serve(db=address)
        begun = time.monotonic()
        answer = client.post("/v1/decisions", json=question(ALLOWED))
        assert answer.status_code == 503
        assert time.monotonic() - begun < 30
        assert "hunter2" not in answer.text
        assert client.get("/healthz").status_code == 200
