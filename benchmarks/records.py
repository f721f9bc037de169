"""Records: how large a decision is as JSON, and how long it takes to say it, beside the bare decision. Updates docs/performance.md.

    python benchmarks/records.py                    sizes, ratios and an HTTP route (needs fastapi and uvicorn)
    python benchmarks/records.py --cards FOLDER     `check` of the model cards below a folder in one process besides
    python benchmarks/records.py --quick            fewer repetitions, nothing written

Every ratio comes from one interleaved run. Exit code 1 where a bar is missed, or where two ways give different decisions.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(ROOT / "src")]

from aiact_rules.core.decisions import Decision  # noqa: E402
from aiact_rules.gate import Gate  # noqa: E402
from aiact_rules.reports.escapes import json_text  # noqa: E402
from aiact_rules.requests.recorded import Record  # noqa: E402

AS_OF = date(2026, 11, 22)
AT = datetime(2026, 11, 22, tzinfo=UTC)
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- records: begin -->", "<!-- records: end -->"
EXAMPLES = ("minimal", "silent", "cv-screening", "open-llm")
MOST_KB = {"minimal": 6, "silent": 40, "cv-screening": 60}
MOST_LOGGED_KB = 20
MOST_TIMES = {"silent": 10, "cv-screening": 10}
MOST_MS_A_CARD = 10
LEAST_THROUGHPUT = {"minimal": 0.60, "silent": 0.25}


class Bars:
    """Which bars were met."""

    def __init__(self) -> None:
        self.missed: list[str] = []

    def of(self, name: str, value: float, bar: float, *, most: bool = True) -> str:
        """Return the bar as it stands in a table, and note where it is missed."""
        met = value <= bar if most else value >= bar
        if not met:
            self.missed.append(f"{name}: {value:.3g}, bar {bar:g}")
        return f"{'≤' if most else '≥'} {bar:g}{'' if met else ', missed'}"


def sizes(gate: Gate, bars: Bars) -> Iterator[str]:
    yield "| release | JSON kB | bar | log entry kB | bar | with `--full` kB |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for example in EXAMPLES:
        decision = gate.check(ROOT / "examples" / example, as_of=AS_OF)
        same(decision, gate.check(Record(json.loads(json_text(decision.as_json())))), f"{example} from its JSON")
        same(decision, gate.read_back(Record(decision.as_record())), f"{example} from its record")
        size = len(json_text(decision.as_json()).encode()) / 1e3
        logged = len(json.dumps(decision.as_record()).encode()) / 1e3
        full = len(json_text(decision.as_json(full=True)).encode()) / 1e3
        bar = bars.of(f"JSON of {example}", size, MOST_KB[example]) if example in MOST_KB else ""
        yield (
            f"| {example} | {size:.1f} | {bar} | {logged:.1f} | {bars.of(f'log of {example}', logged, MOST_LOGGED_KB)} "
            f"| {full:.0f} |"
        )
    yield ""


def same(one: Decision, other: Decision, what: str) -> None:
    """Stop where two ways give different decisions: then no time says anything."""
    if one.canonical_bytes != other.canonical_bytes or one.findings != other.findings:
        sys.exit(f"{what}: another decision, so nothing is measured")


def ratios(gate: Gate, bars: Bars, rounds: int) -> Iterator[str]:
    yield "| release | bare `decide` µs | with id | with id and JSON | times | bar |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    for example in EXAMPLES:
        request = gate.request(ROOT / "examples" / example, as_of=AS_OF)
        ways: dict[str, Callable[[], object]] = {
            "decide": lambda r=request: gate.decide(r, at=AT),
            "id": lambda r=request: gate.decide(r, at=AT).decision_id,
            "json": lambda r=request: gate.decide(r, at=AT).json_text(),
        }
        times = interleaved(ways, rounds)
        times_json = times["json"] / times["decide"]
        bar = bars.of(f"id and JSON of {example}", times_json, MOST_TIMES[example]) if example in MOST_TIMES else ""
        yield f"| {example} | {times['decide']:.0f} | {times['id']:.0f} | {times['json']:.0f} | {times_json:.1f} | {bar} |"
    yield ""


def interleaved(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median processor time of each way in microseconds, one call of each in turn, after as many unclocked."""
    gc.collect()
    gc.freeze()
    times: dict[str, list[float]] = {name: [] for name in ways}
    for run in range(2 * rounds):
        for name, call in ways.items():
            start = time.process_time()
            call()
            if run >= rounds:
                times[name].append(time.process_time() - start)
    return {name: statistics.median(found) * 1e6 for name, found in times.items()}


def cards(folder: Path, bars: Bars) -> Iterator[str]:
    """Check the model cards below a folder by the command, in one process, and alone the smallest set-up."""
    found = sorted(path for path in folder.rglob("*.md"))[:500]
    with TemporaryDirectory() as scratch:
        named = []
        for number, path in enumerate(found):
            place = Path(scratch) / f"{number:03}" / "README.md"
            place.parent.mkdir()
            place.write_bytes(path.read_bytes())
            named.append(str(place))
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        command = [sys.executable, "-m", "aiact_rules", "check", "--only-cards", "--as-of", str(AS_OF)]
        times = {}
        for some in (named[:1], named):
            before = os.times()
            subprocess.run([*command, *some], env=environment, capture_output=True, check=False)
            after = os.times()
            times[len(some)] = (
                after.children_user - before.children_user + after.children_system - before.children_system
            )
    each = (times[len(named)] - times[1]) / (len(named) - 1) * 1e3
    yield f"`check` of {len(named)} real model cards in one process: {times[len(named)]:.1f} s, of one {times[1]:.2f} s of the processor:"
    yield f"{each:.1f} ms for each card more ({bars.of('check of cards', each, MOST_MS_A_CARD)} ms)."
    yield ""


SERVER = """
import gc, time
from datetime import date
from fastapi import Body, FastAPI, Response
from aiact_rules.gate import Gate

gate = Gate()
for _ in range(50):
    gate.check({"release.subject": "system"}, as_of=date(2026, 11, 22))
gc.collect()
gc.freeze()
app = FastAPI()

@app.get("/spent")
def spent() -> Response:
    return Response(str(time.process_time()), media_type="text/plain")

@app.post("/empty")
def empty(stated: dict = Body(...)) -> Response:
    return Response(b'{"verdict": "none"}', media_type="application/json")

@app.post("/decide")
def decide(stated: dict = Body(...)) -> Response:
    decision = gate.check(stated, as_of=date(2026, 11, 22))
    return Response(decision.json_text(), media_type="application/json")
"""

STATED: dict[str, dict[str, object]] = {
    "minimal": {
        "operator.roles": ["provider"],
        "release.markets": ["EU"],
        "release.subject": "system",
        "system.practices": [],
        "system.annex_iii_uses": [],
        "system.annex_i_law": [],
        "system.transparency_situations": [],
    },
    "silent": {},
}


def service(bars: Bars, seconds: float) -> Iterator[str]:
    """Compare a route that decides with one that does nothing, in the same server, in turns."""
    with TemporaryDirectory() as folder:
        (Path(folder) / "served.py").write_text(SERVER, encoding="utf-8")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([folder, str(ROOT / "src")])}
        command = [sys.executable, "-m", "uvicorn", "served:app", "--port", str(port), "--log-level", "error"]
        server = subprocess.Popen(command, env=environment)
        try:
            wait_for(port)
            found = asyncio.run(throughput(port, seconds))
        finally:
            server.terminate()
            server.wait()
    yield "| route | requests a second | ms of the processor for each | throughput of the empty route | bar |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for name, (rate, busy) in found.items():
        share = found["empty"][1] / busy
        bar = bars.of(f"route for {name}", share, LEAST_THROUGHPUT[name], most=False) if name != "empty" else ""
        yield f"| {name} | {rate:,.0f} | {busy * 1e3:.2f} | {share:.2f} | {bar} |"
    yield ""


def wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("the server did not start")


async def throughput(port: int, seconds: float) -> dict[str, tuple[float, float]]:
    """Return for each route how many requests a second, and how long the server's processor takes for one.

    The server has one process that is always busy, so that what counts is the latter: a machine that does other work at
    the same time lengthens everything else.
    """
    bodies = {"empty": ("/empty", b"{}")}
    bodies |= {name: ("/decide", json.dumps(stated).encode()) for name, stated in STATED.items()}
    counts = dict.fromkeys(bodies, 0)
    spent, busy = dict.fromkeys(bodies, 0.0), dict.fromkeys(bodies, 0.0)
    for _ in range(6):
        for name, (path, body) in bodies.items():
            before, start = await processor_time(port), time.perf_counter()
            until = start + seconds / 6
            counts[name] += sum(await asyncio.gather(*(client(port, path, body, until) for _ in range(4))))
            spent[name] += time.perf_counter() - start
            busy[name] += await processor_time(port) - before
    return {name: (counts[name] / spent[name], busy[name] / counts[name]) for name in bodies}


async def processor_time(port: int) -> float:
    """Return how long the server has kept the processor busy."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /spent HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    return float(answer.rsplit(b"\r\n\r\n", 1)[1])


async def client(port: int, path: str, body: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    done = 0
    while time.perf_counter() < until:
        writer.write(head + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in answer.split(b"\r\n", 1)[0]:
            sys.exit(f"{path}: {answer!r}")
        length = next(int(line.split(b":")[1]) for line in answer.lower().split(b"\r\n") if b"content-length" in line)
        await reader.readexactly(length)
        done += 1
    writer.close()
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--cards", type=Path)
    chosen = parser.parse_args()
    gate, bars = Gate(), Bars()
    parts = [
        [f"Measured by `python benchmarks/records.py` with Python {platform.python_version()}, {platform.machine()}, "
         f"{os.cpu_count()} cores, {date.today()}.", ""],
        sizes(gate, bars),
        ratios(gate, bars, 20 if chosen.quick else 100),
    ]  # fmt: skip
    if chosen.cards is not None:
        parts.append(cards(chosen.cards, bars))
    try:
        import fastapi  # noqa: F401
        import uvicorn  # noqa: F401

        parts.append(service(bars, 3 if chosen.quick else 18))
    except ImportError:
        parts.append(["fastapi and uvicorn are not installed here, so no route was measured.", ""])
    text = ""
    for part in parts:
        for line in part:
            print(line, flush=True)
            text += line + "\n"
    if not chosen.quick:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN, 1)
        PAGE.write_text(f"{before}{BEGIN}\n\n{text}{END}{rest.split(END, 1)[1]}", encoding="utf-8")
    if bars.missed:
        sys.exit("missed: " + "; ".join(bars.missed))


if __name__ == "__main__":
    main()
