"""The service as a process: it stops when it has answered, reads packs again on a signal, and starts with a database of its own."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from aiact_rules.decision_log.opening import open_log
from tests.server.conftest import ALLOWED, HELD, question
from tests.server.processes import Process, served

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="signals of Unix")


def test_a_stop_answers_what_is_in_hand_and_nothing_is_lost(tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    with served(tmp_path, "--db", f"sqlite:///{log}") as service:
        slow = _half_sent(service)
        answers: list[tuple[int, Any]] = []
        threads = [
            threading.Thread(target=lambda: answers.append(service.ask("/v1/decisions", question(HELD))))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        stopped: list[list[dict[str, Any]]] = []
        stopping = threading.Thread(target=lambda: stopped.append(service.stop()))
        stopping.start()
        time.sleep(0.5)
        assert stopping.is_alive(), "a request is in hand"
        slow.sendall(b'": []}}}')
        assert b"200 OK" in _all_of(slow)
        stopping.join(60)
        assert service.process.returncode in (0, -signal.SIGTERM)
    assert [status for status, _ in answers] == [200] * 8
    entries = [*open_log(log).entries()]
    assert len(entries) == 9
    assert not open_log(log).verify().problems
    events = [line["event"] for line in stopped[0]]
    assert events[0] == "started"
    assert events.count("decision") == 9
    assert events[-1] == "stopped"


def test_a_port_that_is_taken_is_named_and_nothing_is_served(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        command = [sys.executable, "-m", "aiact_rules", "serve", "--port", str(port)]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert f"cannot listen on 127.0.0.1, port {port}: address already in use" in done.stderr
    assert "internal error" not in done.stderr
    assert "started" not in done.stderr


def _half_sent(service: Process) -> socket.socket:
    """Return a connection on which a request was begun: its last eight bytes are missing."""
    body = b'{"facts": {"system": {"practices'
    connection = socket.create_connection(("127.0.0.1", service.port), timeout=30)
    head = f"POST /v1/decisions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body) + 8}\r\n\r\n"
    connection.sendall(head.encode() + body)
    time.sleep(0.3)
    return connection


def _all_of(connection: socket.socket) -> bytes:
    found = b""
    while piece := connection.recv(65536):
        found += piece
    return found


def test_a_signal_reads_the_packs_again(tmp_path: Path) -> None:
    with served(tmp_path) as service:
        service.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + 5
        while time.monotonic() < until:  # nobody waits meanwhile, and nobody is refused
            assert service.ask("/v1/decisions", question(ALLOWED))[0] == 200
            time.sleep(0.2)
        events = [line["event"] for line in service.stop()]
    assert "reloaded" in events


def test_settings_of_the_environment_and_of_flags_count(tmp_path: Path) -> None:
    (tmp_path / "aiact-server.toml").write_text('markets = ["EU"]\nport = 1\nburst = 7\n', encoding="utf-8")
    with served(tmp_path, environment={"AIACT_SERVER_BURST": "1", "AIACT_SERVER_PER_MINUTE": "1"}) as service:
        statuses = [service.ask("/v1/decisions", question(ALLOWED))[0] for _ in range(2)]
    assert statuses == [200, 429]
