"""Measure what the gate adds to setting an alias: guarded and unguarded ones in turn, on one real server.

python plugins/aiact-rules-mlflow/benchmarks/alias_cost.py [CALLS] [DATABASE-URI ...]

Without a URI the database is a new SQLite file. Each URI names an empty database.
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


def measure(uri: str | None, calls: int) -> dict[str, list[float]]:
    """Return the milliseconds of each kind of call on a new server."""
    folder = Path(tempfile.mkdtemp(prefix="aiact-mlflow-"))
    (folder / "aiact.toml").write_text('name = "Example Ltd"\nroles = ["provider"]\nmarkets = ["EU"]\n')
    server = Server(folder, database=uri).start()
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
        times: dict[str, list[float]] = {kind: [] for kind in kinds}
        for number in range(calls + 5):
            for kind, (name, alias, expected) in kinds.items():
                status, took = caller.post("registered-models/alias", {"name": name, "alias": alias, "version": "1"})
                assert status == expected, server.log
                if number >= 5:
                    times[kind].append(took)
        return times
    finally:
        server.stop()


def main() -> None:
    """Print one table for each database."""
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    for uri in sys.argv[2:] or [None]:
        times = measure(uri, calls)
        usual = statistics.median(times["unguarded"])
        print(f"\n{(uri or 'sqlite').partition(':')[0]}: {calls} calls of each kind, in turn, one worker, ms")
        print("| call | p50 | p95 | more than unguarded |\n| --- | ---: | ---: | ---: |")
        for kind, found in times.items():
            p50, p95 = statistics.median(found), sorted(found)[int(len(found) * 0.95)]
            print(f"| {kind} | {p50:.1f} | {p95:.1f} | {p50 - usual:+.1f} |")


if __name__ == "__main__":
    main()
