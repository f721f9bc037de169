"""Service: what each door takes beside an empty route of the same server. Updates docs/service.md.

    python benchmarks/service.py            needs aiact-rules[server]
    python benchmarks/service.py --quick    for a few seconds, nothing written

The doors are asked in turns, so that whatever else the machine does lengthens all of them. Nothing is printed where one
answer is not the decision of the gate.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src")]

from aiact_rules.core.decisions import Subject  # noqa: E402
from aiact_rules.gate import Gate  # noqa: E402

PAGE = ROOT / "docs" / "service.md"
BEGIN, END = "<!-- load: begin -->", "<!-- load: end -->"
CLIENTS = 4
WARM = 150
SERVER = """
import gc, time
from fastapi import Body, FastAPI, Response
from aiact_rules.server.app import application
from aiact_rules.server.settings import ServerSettings

plain = application(ServerSettings(per_minute=0, past_dates="judge"))
logged = application(ServerSettings(per_minute=0, past_dates="judge", db="log.sqlite"))
app = FastAPI()

@app.get("/spent")
def spent() -> Response:
    return Response(str(time.process_time()), media_type="text/plain")

@app.post("/empty")
def empty(stated: dict = Body(...)) -> Response:
    return Response(b'{"verdict": "none"}', media_type="application/json")

app.mount("/logged", logged)
app.mount("/", plain)
gc.collect()
gc.freeze()
"""
MINIMAL: dict[str, Any] = {
    "operator.roles": ["provider"],
    "release.markets": ["EU"],
    "release.subject": "system",
    "system.practices": [],
    "system.annex_iii_uses": [],
    "system.annex_i_law": [],
    "system.transparency_situations": [],
}


@dataclass
class Door:
    """One way to ask, what its answer must hold, and what it took."""

    name: str
    path: str
    body: bytes
    expected: bytes
    times: list[float] = field(default_factory=list)
    seconds: float = 0.0
    busy: float = 0.0


def doors() -> list[Door]:
    gate, today = Gate(past_dates="judge"), date.today().isoformat()
    minimal = {"facts": MINIMAL, "as_of": today}
    text = (ROOT / "examples" / "minimal" / "aiact.yaml").read_text(encoding="utf-8")
    day = date.fromisoformat(today)
    ids = {
        "minimal": gate.check(MINIMAL, as_of=day).decision_id,
        "silent": gate.check({}, as_of=day).decision_id,
        "named": gate.check(MINIMAL, as_of=day, subject=Subject("x")).decision_id,
    }
    with TemporaryDirectory() as folder:
        (Path(folder) / ".git").mkdir()
        (Path(folder) / "aiact.yaml").write_text(text, encoding="utf-8")
        ids["files"] = gate.check(Path(folder), as_of=day).decision_id
    evaluation = {
        "subject": {"type": "user", "id": "ada"},
        "action": {"name": "promote"},
        "resource": {"type": "model", "id": "x", "properties": {"aiact": minimal}},
    }
    annotations = {"aiact-rules/facts": json.dumps(MINIMAL)}
    review = {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "1",
            "operation": "CREATE",
            "name": "x",
            "object": {"metadata": {"annotations": annotations}},
        },
    }
    ids["admitted"] = gate.check(MINIMAL, subject=Subject("x"), source="annotation aiact-rules/facts").decision_id
    asked: list[tuple[str, str, object, str]] = [
        ("empty route", "/empty", {}, "none"),
        ("own, facts (minimal)", "/v1/decisions", minimal, ids["minimal"]),
        ("own, facts (silent)", "/v1/decisions", {"facts": {}, "as_of": today}, ids["silent"]),
        ("own, facts (minimal), recorded", "/logged/v1/decisions", minimal, ids["minimal"]),
        ("own, files (minimal)", "/v1/decisions", {"files": {"aiact.yaml": text}, "as_of": today}, ids["files"]),
        ("OPA, `allow`", "/v1/data/aiact/allow", {"input": minimal}, ids["minimal"]),
        ("AuthZEN", "/access/v1/evaluation", evaluation, ids["named"]),
        ("Kubernetes admission", "/admission", review, ids["admitted"]),
    ]
    return [Door(name, path, json.dumps(body).encode(), expected.encode()) for name, path, body, expected in asked]


@contextmanager
def server(source: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Start a server from its source, and yield its port and its process."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "served.py").write_text(source, encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([folder, str(ROOT / "src")])}
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "served:app",
            "--port",
            str(port),
            "--log-level",
            "error",
            "--no-access-log",
        ]
        process = subprocess.Popen(command, env=environment, cwd=folder)
        try:
            wait_for(port)
            yield port, process
        finally:
            process.terminate()
            process.wait()


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not start")


async def ask(port: int, door: Door, until: float) -> None:
    """Ask one door again and again. Exits where an answer is not the one of the gate."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {door.path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(door.body)}\r\n\r\n"
    while (start := time.perf_counter()) < until:
        writer.write(head.encode() + door.body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in answer.lower().split(b"\r\n") if b"content-length" in line)
        body = await reader.readexactly(length)
        if b" 200 " not in answer.split(b"\r\n", 1)[0] or door.expected not in body:
            sys.exit(f"{door.name}: another answer than that of the gate: {body[:500]!r}")
        door.times.append(time.perf_counter() - start)
    writer.close()


async def processor_time(port: int) -> float:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /spent HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return float(answer.rsplit(b"\r\n\r\n", 1)[1])


async def measure(port: int, asked: list[Door], seconds: float, rounds: int) -> None:
    for door in asked:  # nothing is measured before it has run: the first decisions compile the pack
        while len(door.times) < WARM:
            await ask(port, door, time.perf_counter() + 0.5)
        door.times.clear()
    for _ in range(rounds):
        for door in asked:
            before, start = await processor_time(port), time.perf_counter()
            await asyncio.gather(*(ask(port, door, start + seconds / rounds) for _ in range(CLIENTS)))
            door.seconds += time.perf_counter() - start
            door.busy += await processor_time(port) - before


def table(asked: list[Door]) -> Iterator[str]:
    yield "| door | requests a second | p50 ms | p95 ms | ms of the processor for each | times the empty route |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    base = asked[0].busy / len(asked[0].times)
    for door in asked:
        each = door.busy / len(door.times)
        cuts = statistics.quantiles(door.times, n=20)
        rate = len(door.times) / door.seconds
        yield f"| {door.name} | {rate:,.0f} | {cuts[9] * 1e3:.1f} | {cuts[18] * 1e3:.1f} | {each * 1e3:.2f} | {each / base:.1f} |"


def written(page: Path, begin: str, end: str, lines: list[str]) -> None:
    """Put lines between two marks of a page."""
    text = page.read_text(encoding="utf-8")
    before, rest = text.split(begin, 1)
    page.write_text(f"{before}{begin}\n\n" + "\n".join(lines) + f"\n\n{end}{rest.split(end, 1)[1]}", encoding="utf-8")


def measured_by(command: str) -> str:
    where = f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores, {date.today()}"
    return f"Measured by `python {command}` with {where}."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    chosen = parser.parse_args()
    asked = doors()
    with server(SERVER) as (port, _):
        asyncio.run(measure(port, asked, 1 if chosen.quick else 9, 2 if chosen.quick else 6))
    said = f"{measured_by('benchmarks/service.py')} One process, {CLIENTS} clients."
    lines = [said, "", *table(asked)]
    print("\n".join(lines))
    if not chosen.quick:
        written(PAGE, BEGIN, END, lines)


if __name__ == "__main__":
    main()
