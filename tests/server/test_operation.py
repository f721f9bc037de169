"""What an operator relies on: records before answers, repeats, reloads, readiness, logs without secrets, a stop that finishes."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from aiact_rules.core.problems import PackError, Problem
from aiact_rules.decision_log.log import Log
from aiact_rules.decision_log.opening import open_log
from aiact_rules.gate import Gate
from aiact_rules.server.doors.authzen import EVALUATION
from aiact_rules.server.logs import NAME, JsonLines
from aiact_rules.server.refusals import Refusal
from aiact_rules.server.repeats import MOST_KEPT, Repeats
from tests.server.conftest import ALLOWED, HELD, UNUSABLE, Serve, TestClient, bearer, question, shared_gate, token_of
from tests.server.test_doors import DOORS, Ask, evaluation, provided, review

Tokens = Callable[..., Path]
KEY = {"Idempotency-Key": "8e03978e-40d5-43dd-bc93-6894a57f9324"}


def test_a_decision_is_on_record_before_it_is_answered_and_read_back_by_its_id(serve: Serve, tmp_path: Path) -> None:
    client = serve(db=str(tmp_path / "log.sqlite"))
    answer = client.post("/v1/decisions", json=question(HELD, action="set alias champion")).json()
    address = f"/v1/decisions/{answer['decision_id']}"
    entry = client.get(address).json()
    assert (entry["entry"], entry["decision"]["verdict"], entry["act"]["action"]) == (1, "hold", "set alias champion")
    full = client.get(address, params={"full": True}).json()
    assert full["decision_id"] == answer["decision_id"]
    assert len(full["packs"][0]["findings"]) > len(answer["packs"][0]["findings"])
    other = serve(db=str(tmp_path / "log.sqlite"))  # it did not write the entry itself
    assert other.get(address).json() == entry
    assert client.get(f"/v1/decisions/sha256:{'0' * 64}").status_code == 404
    assert client.get("/v1/decisions/1").status_code == 422


@pytest.fixture
def away(serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """A service whose log goes away after it has started."""
    client = serve(db=str(tmp_path / "log.sqlite"))
    assert client.get("/readyz").status_code == 200
    for beside in tmp_path.glob("log.sqlite*"):
        beside.unlink()
    (tmp_path / "log.sqlite").mkdir()
    return client


def test_where_nothing_can_be_recorded_nothing_is_answered(away: TestClient) -> None:
    native = away.post("/v1/decisions", json=question(ALLOWED))
    opa = away.post("/v1/data/aiact/allow", json={"input": question(ALLOWED)})
    one = away.post(EVALUATION, json=evaluation(ALLOWED))
    several = away.post("/access/v1/evaluations", json={"evaluations": [evaluation(ALLOWED)]})
    for answer in (native, opa, one, several):
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.headers["Retry-After"]
        assert answer.json()["type"] == "urn:aiact-rules:problem:log-away"
        assert not {"result", "decision", "evaluations"} & answer.json().keys()
    admitted = away.post("/admission", json=review(ALLOWED)).json()["response"]
    assert (admitted["allowed"], admitted["status"]["code"]) == (False, 503)
    assert provided(away, json.dumps(question(ALLOWED)))["systemError"]
    assert away.get(f"/v1/decisions/sha256:{'0' * 64}").status_code == 503


def test_a_log_that_is_away_is_told_by_readiness_and_not_by_health(
    away: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    ready = away.get("/readyz")
    assert (ready.status_code, ready.json()["records"]) == (503, "away")
    assert away.get("/healthz").status_code == 200
    assert "nothing can be recorded" in str([getattr(record, "said", None) for record in caplog.records])


def test_a_log_that_comes_back_is_used_again(away: TestClient, tmp_path: Path) -> None:
    (tmp_path / "log.sqlite").rmdir()
    assert away.post("/v1/decisions", json=question(ALLOWED)).status_code == 200
    assert away.get("/readyz").status_code == 200


def test_the_same_key_has_the_same_answer_and_one_record(serve: Serve, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    client = serve(db=str(log))
    first = client.post("/v1/decisions", json=question(HELD), headers=KEY)
    again = client.post("/v1/decisions", json=question(HELD), headers=KEY)
    assert (first.content, first.headers["Aiact-Outcome"]) == (again.content, again.headers["Aiact-Outcome"])
    assert len([*open_log(log).entries()]) == 1
    other = client.post("/v1/decisions", json=question(ALLOWED), headers=KEY)
    assert (other.status_code, other.json()["type"]) == (422, "urn:aiact-rules:problem:key-reused")
    elsewhere = client.post("/v1/data/aiact/allow", json=question(HELD), headers=KEY)
    assert elsewhere.status_code == 422
    client.post("/v1/decisions", json=question(HELD))
    assert len([*open_log(log).entries()]) == 2


def test_a_key_belongs_to_its_caller(serve: Serve, tokens: Tokens) -> None:
    client = serve(tokens=tokens("decide", "decide choose"))
    answers = [
        client.post("/v1/decisions", json=question(facts), headers={**KEY, **bearer(who)})
        for facts, who in ((HELD, "decide"), (ALLOWED, "decide choose"))
    ]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_an_answer_that_could_not_be_recorded_may_be_asked_for_again(away: TestClient, tmp_path: Path) -> None:
    assert away.post("/v1/decisions", json=question(ALLOWED), headers=KEY).status_code == 503
    (tmp_path / "log.sqlite").rmdir()
    assert away.post("/v1/decisions", json=question(ALLOWED), headers=KEY).status_code == 200


def test_repeats_are_bounded_and_wait_for_nobody() -> None:
    now = [0.0]
    repeats = Repeats(lambda: now[0])
    key = ("a", "1")
    assert repeats.begin(key, "x") is None
    with pytest.raises(Refusal, match="is being answered"):
        repeats.begin(key, "x")
    repeats.end(key, Response(b"1"))
    kept = repeats.begin(key, "x")
    assert kept is not None
    assert kept.body == b"1"
    now[0] = 25 * 3600
    assert repeats.begin(key, "y") is None
    repeats.end(key, None)
    for number in range(MOST_KEPT + 10):
        repeats.begin(("a", str(number)), "x")
        repeats.end(("a", str(number)), Response(b"x" * 100))
    assert len(repeats._kept) == MOST_KEPT
    assert repeats._bytes == MOST_KEPT * 100
    for bad in ("", "x" * 256):
        with pytest.raises(Refusal, match="1 to 255 characters"):
            repeats.begin(("a", bad), "x")


def test_packs_are_read_again_and_a_broken_one_leaves_the_old_ones(serve: Serve) -> None:
    made: list[Gate] = []
    broken = [False]

    def make() -> Gate:
        if broken[0]:
            raise PackError([Problem("art_002.yaml:1: unknown fact")])
        made.append(Gate(past_dates="judge"))
        return made[-1]

    client = serve(make_gate=make)
    service = client.app.state.service  # type: ignore[attr-defined]
    assert service.gates.current is made[0]
    assert client.post("/v1/reload").json()["reloaded"] is True
    assert service.gates.current is made[1]
    broken[0] = True
    refused = client.post("/v1/reload")
    assert (refused.status_code, refused.json()["reloaded"]) == (500, False)
    assert "unknown fact" in refused.json()["failure"]
    assert refused.headers["content-type"] == "application/problem+json"
    assert service.gates.current is made[1]
    assert client.post("/v1/decisions", json=question(ALLOWED)).status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["reload"]) == (200, "failed, the packs before it judge on")
    broken[0] = False
    assert client.post("/v1/reload").json()["reloaded"] is True
    assert client.get("/readyz").json()["reload"] == "ok"


def test_nobody_waits_while_packs_are_read_again(serve: Serve) -> None:
    reading, go_on = threading.Event(), threading.Event()
    calls: list[int] = []

    def make() -> Gate:
        calls.append(1)
        if len(calls) > 1:
            reading.set()
            assert go_on.wait(30)
        return shared_gate()

    client = serve(make_gate=make)
    told: list[Any] = []
    thread = threading.Thread(target=lambda: told.append(client.post("/v1/reload")))
    thread.start()
    assert reading.wait(30)
    assert client.post("/v1/decisions", json=question(ALLOWED)).headers["Aiact-Outcome"] == "allowed"
    go_on.set()
    thread.join(30)
    assert told[0].json()["reloaded"] is True


def test_each_decision_is_one_line_of_the_log(serve: Serve, tokens: Tokens, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, NAME)
    client = serve(tokens=tokens("decide"))
    asked = question(HELD, subject={"name": "spam-filter"})
    answer = client.post("/v1/decisions", json=asked, headers=bearer("decide")).json()
    (line,) = [json.loads(JsonLines().format(record)) for record in caplog.records if record.getMessage() == "decision"]
    assert line["id"] == answer["decision_id"]
    assert (line["verdict"], line["outcome"], line["subject"]) == ("hold", "refused", "spam-filter")
    assert (line["actor"], line["door"], line["level"]) == ("decide", "native", "info")
    assert line["ms"] >= 0


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_no_secret_is_written_to_a_log(
    door: Ask,
    serve: Serve,
    tokens: Tokens,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    client = serve(tokens=tokens("decide choose admission"), db=str(tmp_path / "log.sqlite"))
    client.headers.update(bearer("decide choose admission"))
    for facts in (ALLOWED, HELD, UNUSABLE):
        door(client, facts)
    password = "postgresql://gate:hunter2@db/gate"

    def fails(*_: object, **__: object) -> None:
        raise OSError(f"cannot connect to {password}")

    monkeypatch.setattr(Gate, "judge", fails)
    door(client, ALLOWED)
    monkeypatch.setattr(Log, "append_error", fails)
    client.post("/v1/decisions", json=question(ALLOWED))
    client.headers["Authorization"] = "Bearer guessed-secret-0123456789"
    client.post("/v1/decisions", json=question(ALLOWED))
    written = "\n".join(JsonLines().format(record) for record in caplog.records if record.name.startswith(NAME))
    assert '"unrecorded"' in written
    assert '"internal error"' in written
    assert "***@db" in written
    for secret in (token_of("decide choose admission"), "hunter2", "guessed-secret"):
        assert secret not in written
    assert token_of("decide choose admission") not in (tmp_path / "log.sqlite").read_bytes().decode("latin-1")


def test_a_decision_is_a_span_where_opentelemetry_is_installed(client: TestClient) -> None:
    pytest.importorskip("opentelemetry.sdk", reason="spans are seen through OpenTelemetry's SDK")
    from opentelemetry import trace
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    kept = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    trace.set_tracer_provider(provider)
    answer = client.post("/v1/decisions", json=question(HELD)).json()
    (span,) = [each for each in kept.get_finished_spans() if each.name.startswith("aiact")]
    assert span.name == "aiact.decide"
    assert span.attributes is not None
    assert span.attributes["aiact.id"] == answer["decision_id"]
    assert span.attributes["aiact.outcome"] == "refused"


def test_an_address_or_method_that_there_is_not_is_a_problem(client: TestClient) -> None:
    for answer, status in ((client.get("/nope"), 404), (client.get("/admission"), 405)):
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_an_address_says_which_methods_it_has(client: TestClient) -> None:
    for path, methods in (
        ("/v1/data/aiact", "GET, POST"),
        ("/v1/data/aiact/allow", "GET, POST"),
        ("/admission", "POST"),
    ):
        answer = client.request("OPTIONS", path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, methods)


def test_the_openapi_document_says_what_there_is(client: TestClient) -> None:
    found = client.get("/openapi.json").json()
    assert found["openapi"].startswith("3.1")
    assert {"/v1/decisions", "/admission", "/gatekeeper", EVALUATION, "/v1/data/aiact/{document}"} <= found[
        "paths"
    ].keys()
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            assert operation["summary"], path
            body = operation.get("requestBody")
            if body is not None:
                media = body["content"]["application/json"]
                assert (
                    client.request(method, path.replace("{document}", "allow"), json=media["example"]).status_code
                    == 200
                ), path
