"""Measure what the gate adds to setting an alias: guarded and unguarded ones in turn, on one real server.

python plugins/aiact-rules-mlflow/benchmarks/alias_cost.py [CALLS] [DATABASE-URI ...]

Without a URI the database is a new SQLite file. Each URI names an empty database. Beside the time that a client waits stands
the time for which the server's processes held a processor: on a machine that is busy with other things only that tells.
"""

from __future__ import annotations

import http.client
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlparse

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from conftest import MINIMAL, Server, tags_of

RELEASE = (
    "format: 1\nsubject: system\nfacts:\n  system: "
    "{practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}\n"
)


class Caller:
    """One connection to the server, kept open as clients keep it."""

    def __init__(self, server: Server) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port)

    def post(self, path: str, body: dict[str, object]) -> tuple[int, float]:
        """Return the status and the milliseconds of one request."""
        began = time.perf_counter()
        headers = {"Content-Type": "application/json"}
        self.connection.request("POST", f"/api/2.0/mlflow/{path}", json.dumps(body), headers)
        answer = self.connection.getresponse()
        answer.read()
        return answer.status, (time.perf_counter() - began) * 1000


def processor_ms(pid: int) -> float:
    """Return for how long a process and those it started have held a processor (Linux alone tells)."""
    found, children = 0, [pid]
    while children:
        task = Path(f"/proc/{children.pop()}/task")
        for thread in task.iterdir():
            found += int((thread / "schedstat").read_text().split()[0])
            children += [int(each) for each in (thread / "children").read_text().split()]
    return found / 1e6


def measure(uri: str | None, calls: int) -> dict[str, list[tuple[float, float]]]:
    """Return the milliseconds of each kind of call on a new server: those waited, and those on a processor."""
    folder = Path(tempfile.mkdtemp(prefix="aiact-mlflow-"))
    (folder / "aiact.toml").write_text('name = "Example Ltd"\nroles = ["provider"]\nmarkets = ["EU"]\n')
    server = Server(folder, database=uri).start()
    assert server.process is not None
    try:
        caller = Caller(server)
        run = server.post("runs/create", {"experiment_id": "0"})[1]["run"]["info"]
        files = folder / "artifacts" / urlparse(run["artifact_uri"]).path.strip("/") / "stating"
        files.mkdir(parents=True)
        (files / "aiact.yaml").write_text(RELEASE)
        (files / "README.md").write_text("---\nlicense: mit\n---\n# Filter\n\nSorts messages by their topic.\n")
        versions: dict[str, tuple[dict[str, str], str]] = {
            "tags": (tags_of(MINIMAL), "nothing"),
            "file and card": ({}, "stating"),
            "silent": ({}, "nothing"),
        }
        for name, (tags, source) in versions.items():
            caller.post("registered-models/create", {"name": name})
            version = {"name": name, "source": f"{run['artifact_uri']}/{source}", "run_id": run["run_id"]}
            pairs = [{"key": key, "value": value} for key, value in tags.items()]
            status, _ = caller.post("model-versions/create", {**version, "tags": pairs})
            assert status == 200, server.log
        kinds = {
            "unguarded": ("tags", "candidate", 200),
            "guarded, allowed by tags": ("tags", "champion", 200),
            "guarded, allowed by file and card": ("file and card", "champion", 200),
            "guarded, refused": ("silent", "champion", 403),
        }
        times: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
        for number in range(calls + 5):
            for kind, (name, alias, expected) in kinds.items():
                before = processor_ms(server.process.pid)
                status, took = caller.post("registered-models/alias", {"name": name, "alias": alias, "version": "1"})
                assert status == expected, server.log
                if number >= 5:
                    times[kind].append((took, processor_ms(server.process.pid) - before))
        return times
    finally:
        server.stop()


def main() -> None:
    """Print one table for each database."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    for uri in sys.argv[2:] or [None]:
        times = measure(uri, calls)
        usual = [statistics.median(column) for column in zip(*times["unguarded"], strict=True)]
        print(f"\n{(uri or 'sqlite').partition(':')[0]}: {calls} calls of each kind, in turn, one worker, ms")
        print("| call | waited p50 | p95 | more | processor p50 | more |\n| --- | ---: | ---: | ---: | ---: | ---: |")
        for kind, found in times.items():
            waited, held = (sorted(column) for column in zip(*found, strict=True))
            p50, p95, cpu = statistics.median(waited), waited[int(len(waited) * 0.95)], statistics.median(held)
            print(f"| {kind} | {p50:.1f} | {p95:.1f} | {p50 - usual[0]:+.1f} | {cpu:.1f} | {cpu - usual[1]:+.1f} |")


if __name__ == "__main__":
    main()
