"""Soak: the service asked for ten minutes through every door, and how much memory it holds meanwhile. Updates docs/service.md.

    python benchmarks/soak.py               ten minutes; needs aiact-rules[server], and Linux for the memory
    python benchmarks/soak.py --minutes 1   nothing written

What is asked differs each time where that could make something grow: names, folders, keys, callers without a token. Exit code
1 where memory at the end is more than a tenth above what it was after the first fifth.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from service import MINIMAL, PAGE, measured_by, server, written

BEGIN, END = "<!-- soak: begin -->", "<!-- soak: end -->"
SERVER = """
from aiact_rules.server.app import application
from aiact_rules.server.settings import ServerSettings

app = application(ServerSettings(per_minute=0, past_dates="judge", db="log.sqlite"))
"""
MOST_GROWTH = 1.10
EVERY = 5.0


def requests(number: int) -> list[tuple[str, bytes, str, int]]:
    """Return what is asked in one round: path, body, a header, and the status that is expected."""
    name = f"model-{number}"
    question: dict[str, Any] = {"facts": MINIMAL, "subject": {"name": name}}
    text = f"format: 1\nname: {name}\nsubject: system\nroles: [provider]\nmarkets: [EU]\n"
    evaluation = {
        "subject": {"type": "user", "id": name},
        "action": {"name": "promote"},
        "resource": {"type": "model", "id": name, "properties": {"aiact": {"facts": MINIMAL}}},
    }
    annotations = {"aiact-rules/facts": json.dumps(MINIMAL)}
    review = {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": name,
            "operation": "CREATE",
            "name": name,
            "object": {"metadata": {"annotations": annotations}},
        },
    }
    asked: list[tuple[str, object, str, int]] = [
        ("/v1/decisions", question, f"Idempotency-Key: {name}", 200),
        ("/v1/decisions", {"facts": {}, "subject": {"name": name}}, "X-A: b", 200),
        (
            "/v1/decisions",
            {"files": {f"{name}/aiact.yaml": text, f"{name}/README.md": f"# {name}"}, "release": name},
            "X-A: b",
            200,
        ),
        (
            "/v1/decisions",
            {"files": {f"{name}/aiact.yaml": "format: 1\nsubjct: system\n"}, "release": name},
            "X-A: b",
            422,
        ),
        ("/v1/decisions", {"facts": {f"system.{name}": True}}, "X-A: b", 422),
        ("/v1/data/aiact", {"input": question}, "X-A: b", 200),
        ("/v1/data/nothing", {"input": question}, "X-A: b", 404),
        ("/access/v1/evaluation", evaluation, "X-Request-ID: 1", 200),
        ("/admission", review, "X-A: b", 200),
        ("/v1/decisions", question, "Content-Type: text/plain", 200),
    ]
    return [(path, json.dumps(body).encode(), header, status) for path, body, header, status in asked]


async def ask(port: int, numbers: itertools.count[int], until: float, done: dict[str, int]) -> None:
    while time.monotonic() < until:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for path, body, header, status in requests(next(numbers)):
            head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{header}\r\nContent-Length: {len(body)}\r\n\r\n"
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = next(
                int(line.split(b":")[1]) for line in answer.lower().split(b"\r\n") if b"content-length" in line
            )
            found = await reader.readexactly(length)
            if f" {status} ".encode() not in answer.split(b"\r\n", 1)[0]:
                sys.exit(f"{path}: {answer!r} {found[:500]!r}")
            done["requests"] += 1
        writer.close()


def memory_of(process: int) -> float:
    """Return how much memory a process holds, in MB."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def watch(process: int, seconds: float, samples: list[tuple[float, float]]) -> None:
    start = time.monotonic()
    while (passed := time.monotonic() - start) < seconds:
        samples.append((passed, memory_of(process)))
        await asyncio.sleep(EVERY)


async def soak(port: int, process: int, seconds: float) -> tuple[list[tuple[float, float]], int]:
    samples: list[tuple[float, float]] = []
    done, numbers = {"requests": 0}, itertools.count()
    until = time.monotonic() + seconds
    await asyncio.gather(watch(process, seconds, samples), *(ask(port, numbers, until, done) for _ in range(4)))
    return samples, done["requests"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    chosen = parser.parse_args()
    seconds = chosen.minutes * 60
    with server(SERVER) as (port, process):
        samples, count = asyncio.run(soak(port, process.pid, seconds))
    fifth = seconds / 5
    early = statistics.median(held for at, held in samples if fifth <= at < 2 * fifth)
    late = statistics.median(held for at, held in samples if at >= 4 * fifth)
    lines = [
        f"{measured_by('benchmarks/soak.py')} {count:,} requests in {chosen.minutes:g} minutes, each recorded in SQLite.",
        "",
        "| minutes | memory MB, median | least | most |",
        "| --- | ---: | ---: | ---: |",
    ]
    for part in range(5):
        held = [each for at, each in samples if part * fifth <= at < (part + 1) * fifth]
        span = f"{part * fifth / 60:g} to {(part + 1) * fifth / 60:g}"
        lines.append(f"| {span} | {statistics.median(held):.0f} | {min(held):.0f} | {max(held):.0f} |")
    lines += ["", f"From the second fifth to the last: {late / early:.3f} times (≤ {MOST_GROWTH})."]
    print("\n".join(lines))
    if chosen.minutes == 10:
        written(PAGE, BEGIN, END, lines)
    if late > early * MOST_GROWTH:
        sys.exit("memory grows")


if __name__ == "__main__":
    main()
