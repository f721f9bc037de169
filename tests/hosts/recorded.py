"""A server on loopback that keeps every request, and answers as it was told; what is not told is 404."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Sent:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> object:
        """Return the body as JSON, None where there is none."""
        return json.loads(self.body) if self.body else None


@dataclass
class Recorder:
    """What is answered to `METHOD /path`, and what was asked. An answer is a status and JSON, or a list of them in turn."""

    url: str = ""
    answers: dict[str, tuple[int, object]] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)

    @property
    def asked(self) -> list[str]:
        """Return the requests as `METHOD /path`, in order."""
        return [f"{each.method} {each.path}" for each in self.sent]


@contextmanager
def recorder(answers: dict[str, tuple[int, object]]) -> Iterator[Recorder]:
    """Return a server that answers so, on a free port of loopback, until the block ends."""
    kept = Recorder(answers=answers)

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kept.sent.append(Sent(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            status, said = kept.answers.get(f"{self.command} {self.path}", (404, {"error": "not told"}))
            data = json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
