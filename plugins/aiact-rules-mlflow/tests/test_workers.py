"""Two workers of a real server and several clients at once, on each database that answers here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy
from aiact_rules.decision_log.acts import Outcome
from aiact_rules.decision_log.opening import open_log

from conftest import MINIMAL, Server, tags_of
from test_databases import database

__all__ = ["database"]

VERSIONS = 6
CLIENTS = 6


@pytest.fixture(scope="module")
def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that registers versions unjudged, so that none has a tag of the gate before it is released."""
    folder: Path = tmp_path_factory.mktemp("workers")
    log = "decisions.sqlite"
    url = sqlalchemy.engine.make_url(database)
    if url.get_backend_name() == "postgresql":
        pytest.importorskip("psycopg", reason="the decision log on PostgreSQL needs psycopg")
        log = url.set(drivername="postgresql").render_as_string(hide_password=False)
    (folder / "aiact.toml").write_text(f'name = "Example Ltd"\nroles = ["provider"]\nmarkets = ["EU"]\nlog = "{log}"\n')
    environment = {"AIACT_MLFLOW_REGISTRATION": "never"}
    running = Server(folder, environment=environment, database=database, workers=2).start()
    yield running
    running.stop()


def test_workers_that_release_at_once_answer_all_and_record_all(server: Server) -> None:
    run = server.post("runs/create", {"experiment_id": "0"})[1]["run"]["info"]
    tags = [{"key": key, "value": value} for key, value in tags_of(MINIMAL).items()]
    source = {"source": f"{run['artifact_uri']}/nothing", "run_id": run["run_id"]}
    names = [f"model-{number}" for number in range(VERSIONS)]
    for name in names:
        server.post("registered-models/create", {"name": name})
        assert server.post("model-versions/create", {"name": name, "tags": tags, **source})[0] == 200

    def release(name: str) -> tuple[int, str]:
        status, answer = server.post("registered-models/alias", {"name": name, "alias": "champion", "version": "1"})
        return status, str(answer.get("message", ""))

    with ThreadPoolExecutor(CLIENTS) as clients:
        for name in names:
            answers = Counter(clients.map(release, [name] * CLIENTS))
            assert answers == {(200, ""): CLIENTS}, server.log[-2000:]
    assert "Integrity" not in server.log
    address = next(line for line in (server.folder / "aiact.toml").read_text().splitlines() if line.startswith("log"))
    name = address.split('"')[1]
    log = open_log(name if "://" in name else server.folder / name)
    acts = [entry.act for entry in log.entries()]
    assert [act.outcome for act in acts if act is not None] == [Outcome.ALLOWED] * VERSIONS * CLIENTS
    assert log.verify().problems == ()
