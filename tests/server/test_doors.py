"""Each dialect refuses and allows as its callers expect it, and none can be read as a yes where there is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiact_rules.decision_log.opening import open_log
from aiact_rules.gate import Gate
from aiact_rules.server.doors.authzen import EVALUATION, EVALUATIONS
from aiact_rules.server.openapi import EXAMPLES
from tests.server.conftest import ALLOWED, HELD, UNUSABLE, Serve, TestClient, question

Ask = Callable[[TestClient, dict[str, Any]], bool]
PROVIDER = {"operator.roles": ["provider"], "release.markets": ["EU"]}
"""What a caller says beside facts, stated as facts: annotations have nothing else."""


def native(client: TestClient, facts: dict[str, Any]) -> bool:
    answer = client.post("/v1/decisions", json=question(facts))
    assert (answer.status_code == 200) == ("Aiact-Outcome" in answer.headers)
    return answer.headers.get("Aiact-Outcome") == "allowed"


def opa(client: TestClient, facts: dict[str, Any]) -> bool:
    answer = client.post("/v1/data/aiact/allow", json={"input": question(facts)})
    assert answer.status_code == 200
    assert isinstance(answer.json()["result"], bool)
    return bool(answer.json()["result"])


def opa_get(client: TestClient, facts: dict[str, Any]) -> bool:
    answer = client.get("/v1/data/aiact/allow", params={"input": json.dumps(question(facts))})
    return bool(answer.json()["result"])


def opa_deny(client: TestClient, facts: dict[str, Any]) -> bool:
    denied = client.post("/v1/data/aiact/deny", json={"input": question(facts)}).json()["result"]
    assert all(isinstance(message, str) and message for message in denied)
    return denied == []


def opa_whole(client: TestClient, facts: dict[str, Any]) -> bool:
    found = client.post("/v1/data/aiact", json={"input": question(facts)}).json()["result"]
    assert found["allow"] == (found["deny"] == []) == (found["outcome"] == "allowed")
    return bool(found["allow"])


def evaluation(facts: dict[str, Any], name: str = "spam-filter/3") -> dict[str, Any]:
    return {
        "subject": {"type": "user", "id": "ada"},
        "action": {"name": "promote"},
        "resource": {"type": "model_version", "id": name, "properties": {"aiact": question(facts), "size": 3}},
    }


def authzen(client: TestClient, facts: dict[str, Any]) -> bool:
    answer = client.post(EVALUATION, json=evaluation(facts))
    assert answer.status_code == 200
    assert answer.json()["decision"] or answer.json()["context"]["reason"]
    return answer.json()["decision"] is True


def authzen_several(client: TestClient, facts: dict[str, Any]) -> bool:
    answer = client.post(EVALUATIONS, json={"evaluations": [evaluation(facts)]})
    (found,) = answer.json()["evaluations"]
    return found["decision"] is True


def review(facts: object, **request: Any) -> dict[str, Any]:
    annotations = (
        facts
        if isinstance(facts, dict) and any("/" in key for key in facts)
        else {"aiact-rules/facts": json.dumps(facts)}
    )
    asked: dict[str, Any] = json.loads(json.dumps(EXAMPLES["AdmissionReview"]))
    asked["request"]["object"]["metadata"]["annotations"] = annotations
    asked["request"].update(request)
    return asked


def admitted(client: TestClient, asked: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/admission", json=asked)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    assert (found["apiVersion"], found["kind"]) == ("admission.k8s.io/v1", "AdmissionReview")
    assert found["response"]["uid"] == asked["request"]["uid"]
    return found["response"]  # type: ignore[no-any-return]


def admission(client: TestClient, facts: dict[str, Any]) -> bool:
    response = admitted(client, review({**facts, **PROVIDER}))
    assert response["allowed"] or response["status"]["code"] in (403, 422, 500)
    return response["allowed"] is True


def provided(client: TestClient, *keys: str) -> dict[str, Any]:
    asked = {"apiVersion": "externaldata.gatekeeper.sh/v1beta1", "kind": "ProviderRequest", "request": {"keys": keys}}
    answer = client.post("/gatekeeper", json=asked)
    assert (answer.json()["kind"], answer.json()["response"]["idempotent"]) == ("ProviderResponse", True)
    return answer.json()["response"]  # type: ignore[no-any-return]


def gatekeeper(client: TestClient, facts: dict[str, Any]) -> bool:
    (item,) = provided(client, json.dumps(question(facts)))["items"]
    return not item["error"] and item["value"]["allow"] is True


DOORS: list[Ask] = [native, opa, opa_get, opa_deny, opa_whole, authzen, authzen_several, admission, gatekeeper]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_door_allows_what_may_go_ahead_and_nothing_else(door: Ask, client: TestClient) -> None:
    assert door(client, ALLOWED)
    assert not door(client, HELD)
    assert not door(client, UNUSABLE)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
@pytest.mark.parametrize("method", ["request_or_skip", "judge", "record"])
def test_no_door_opens_on_an_exception(
    method: str, door: Ask, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Gate, method, fails)
    assert not door(client, ALLOWED)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_every_door_records_what_it_answers_and_who_was_told_what(door: Ask, serve: Serve, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    client = serve(db=str(log))
    for facts in (ALLOWED, HELD, UNUSABLE):
        door(client, facts)
    entries = [*open_log(log).entries()]
    outcomes = [entry.act.outcome.value for entry in entries if entry.act is not None]
    assert outcomes == ["allowed", "refused", "undecided"]
    assert all(entry.act is not None and entry.act.host.startswith("service:") for entry in entries)
    assert entries[0].decision is not None
    assert entries[2].error is not None
    assert not open_log(log).verify().problems


def test_the_same_question_has_the_same_decision_through_every_door_that_takes_it(client: TestClient) -> None:
    asked = question(ALLOWED, subject={"name": "x"})
    told = evaluation(ALLOWED)
    told["resource"]["properties"]["aiact"] = asked
    ids = {
        client.post("/v1/decisions", json=asked).json()["decision_id"],
        client.post("/v1/data/aiact/allow", json={"input": asked}).json()["decision_id"],
        client.post("/v1/data/aiact/decision", json={"input": asked}).json()["result"]["decision_id"],
        client.post(EVALUATION, json=told).json()["context"]["decision_id"],
        provided(client, json.dumps(asked))["items"][0]["value"]["decision_id"],
    }
    assert len(ids) == 1


@pytest.mark.parametrize(
    "path", ["", "aiact/", "aiact/allow/", "aiact/typo", "aiact/allow/typo", "other", "aiact/alow"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_document_that_opa_would_not_have_is_never_answered_with_200_and_no_result(
    method: str, path: str, client: TestClient
) -> None:
    body = (
        {"params": {"input": json.dumps(question(ALLOWED))}}
        if method == "GET"
        else {"json": {"input": question(ALLOWED)}}
    )
    answer = client.request(method, f"/v1/data/{path}", **body)  # type: ignore[arg-type]
    exists = path.strip("/") in ("aiact", "aiact/allow")
    assert answer.status_code == (200 if exists else 404)
    assert ("result" in answer.json()) == exists
    assert exists or {"code", "message"} <= answer.json().keys()


@pytest.mark.parametrize("body", [{}, {"inputs": {}}, {"input": question(ALLOWED), "x": 1}, [], {"input": []}])
def test_an_opa_caller_without_a_usable_input_gets_no_result(body: Any, client: TestClient) -> None:
    for path in ("aiact", "aiact/allow", "aiact/deny"):
        answer = client.post(f"/v1/data/{path}", json=body)
        assert answer.status_code in (400, 422)
        assert "result" not in answer.json()


@pytest.mark.parametrize("word", ["never", "block"])
def test_no_caller_loosens_the_threshold_that_nobody_set(word: str, serve: Serve, tmp_path: Path) -> None:
    asked = {**question(HELD), "fail_on": word}
    own = tmp_path / "aiact.toml"
    own.write_text('roles = ["provider"]\n', encoding="utf-8")
    for client in (serve(), serve(organisation=own, make_gate=lambda: Gate(organisation=own, past_dates="judge"))):
        answer = client.post("/v1/decisions", json=asked)
        assert (answer.status_code, "Aiact-Outcome" in answer.headers) == (422, False)
        assert "may only tighten" in answer.text
        assert client.post("/v1/data/aiact/allow", json={"input": asked}).json()["result"] is False
        found = evaluation(HELD)
        found["resource"]["properties"]["aiact"]["fail_on"] = word
        assert client.post(EVALUATION, json=found).json()["decision"] is False


def test_a_caller_tightens_a_threshold_that_the_service_or_its_organisation_set(serve: Serve, tmp_path: Path) -> None:
    own = tmp_path / "aiact.toml"
    own.write_text('fail_on = "never"\n', encoding="utf-8")
    for gate in (Gate(fail_on="block", past_dates="judge"), Gate(organisation=own, past_dates="judge")):
        client = serve(make_gate=lambda gate=gate: gate)
        for word, outcome in (("never", "allowed"), ("block", "allowed"), ("hold", "refused")):
            answer = client.post("/v1/decisions", json={**question(HELD), "fail_on": word})
            assert answer.headers["Aiact-Outcome"] == outcome


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_two_inputs_are_no_input_whichever_of_them_may_go_ahead(method: str, client: TestClient) -> None:
    held, allowed = json.dumps(question(HELD)), json.dumps(question(ALLOWED))
    address = "/v1/data/aiact/allow"
    beside = client.request(method, address, params={"input": held}, json={"input": question(ALLOWED)})
    twice = client.request(method, address, params={"input": [held, allowed]})
    for answer in (beside, twice):
        assert answer.status_code == 400
        assert "result" not in answer.json()


def test_what_could_not_be_decided_is_no_opa_decision(client: TestClient) -> None:
    answer = client.post("/v1/data/aiact/decision", json={"input": question(UNUSABLE)})
    assert answer.status_code == 422
    assert "result" not in answer.json()


def test_a_resource_that_says_nothing_of_itself_is_not_released(client: TestClient) -> None:
    asked = evaluation(ALLOWED)
    del asked["resource"]["properties"]
    assert client.post(EVALUATION, json=asked).json()["decision"] is False


@pytest.mark.parametrize(
    ("semantic", "decisions"),
    [
        ("execute_all", [True, False, True]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
        (None, [True, False, True]),
    ],
)
def test_several_evaluations_stop_where_they_are_told_to(
    semantic: str | None, decisions: list[bool], client: TestClient
) -> None:
    allowed, held = (evaluation(facts)["resource"] for facts in (ALLOWED, HELD))
    asked = {
        **{name: value for name, value in evaluation(ALLOWED).items() if name != "resource"},
        "evaluations": [{"resource": allowed}, {"resource": held}, {"resource": allowed}],
        **({} if semantic is None else {"options": {"evaluations_semantic": semantic}}),
    }
    answer = client.post(EVALUATIONS, json=asked, headers={"X-Request-ID": "bfe9eb29-ab87"})
    assert [each["decision"] for each in answer.json()["evaluations"]] == decisions
    assert answer.headers["X-Request-ID"] == "bfe9eb29-ab87"


def test_one_of_several_evaluations_that_cannot_be_read_is_denied_and_the_others_are_answered(
    client: TestClient,
) -> None:
    bad = evaluation({})
    bad["resource"]["properties"]["aiact"] = {"fact": {}}
    found = client.post(EVALUATIONS, json={"evaluations": [bad, {}, evaluation(ALLOWED)]}).json()["evaluations"]
    assert [each["decision"] for each in found] == [False, False, True]
    assert found[0]["context"]["error"]["errors"][0]["pointer"] == "/evaluations/0/resource/properties/aiact/fact"
    assert found[1]["context"]["error"]["status"] == 400


def test_evaluations_without_a_list_are_one_evaluation(client: TestClient) -> None:
    assert client.post(EVALUATIONS, json=evaluation(ALLOWED)).json()["decision"] is True


@pytest.mark.parametrize("body", [{}, {"subject": 1}, {**evaluation(ALLOWED), "x": 1}, []])
def test_an_evaluation_that_cannot_be_read_is_a_bad_request(body: Any, client: TestClient) -> None:
    answer = client.post(EVALUATION, json=body)
    assert answer.status_code == 400
    assert "decision" not in answer.json()


def test_authzen_finds_the_service_by_its_metadata(serve: Serve) -> None:
    client = serve(public_url="https://gate.example")
    found = client.get("/.well-known/authzen-configuration").json()
    assert found["policy_decision_point"] == "https://gate.example"
    assert found["access_evaluation_endpoint"] == "https://gate.example/access/v1/evaluation"


def test_a_release_file_and_a_card_in_annotations_are_judged_as_files(client: TestClient) -> None:
    text = "format: 1\nsubject: system\nroles: [provider]\nmarkets: [EU]\nfacts:\n  system: " + json.dumps(
        ALLOWED["system"]
    )
    assert admitted(client, review({"aiact-rules/release": text}))["allowed"] is True
    card = "---\nlicense: mit\n---\n# Recruiter\n\nIt ranks job applicants by their CVs for employers.\n"
    refused = admitted(client, review({"aiact-rules/release": text, "aiact-rules/card": card}))
    assert refused["allowed"] is False
    assert refused["status"]["code"] == 403


@pytest.mark.parametrize(
    "annotations",
    [
        {"aiact-rules/fact": "{}"},
        {"aiact-rules/facts": "{"},
        {"aiact-rules/facts": "[]"},
        {"aiact-rules/facts": "{}", "aiact-rules/card": "x"},
        {"aiact-rules/fail_on": "never"},
        {"aiact-rules/as-of": "2021-01-01"},
    ],
)
def test_an_annotation_of_ours_that_is_not_read_denies(annotations: dict[str, str], client: TestClient) -> None:
    response = admitted(client, review(annotations))
    assert response["allowed"] is False
    assert response["status"]["code"] == 422
    assert "annotations" in response["status"]["message"]


def test_an_object_without_annotations_is_denied_with_what_is_missing(client: TestClient) -> None:
    response = admitted(client, review({"other/annotation": "x"}))
    assert response["allowed"] is False
    assert response["status"]["code"] == 403
    assert response["status"]["message"].startswith("aiact-rules: refused (hold)")
    assert response["auditAnnotations"]["verdict"] == "hold"
    assert response["auditAnnotations"]["decision-id"].startswith("sha256:")


def test_what_is_removed_may_go(client: TestClient) -> None:
    assert admitted(client, review(HELD, operation="DELETE", object=None))["allowed"] is True
    going = {"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"}, "spec": {"a": 1}}
    assert admitted(client, review(HELD, operation="UPDATE", object=going, oldObject=going))["allowed"] is True
    changed = {**going, "spec": {"a": 2}}
    assert admitted(client, review(HELD, operation="UPDATE", object=changed, oldObject=going))["allowed"] is False
    assert admitted(client, review(HELD, operation="UPDATE", object=going, oldObject={}))["allowed"] is False
    for moment in (None, "", True):
        stays = {**going, "metadata": {"deletionTimestamp": moment}}
        assert admitted(client, review(HELD, operation="UPDATE", object=stays, oldObject=stays))["allowed"] is False


def test_a_dry_run_is_judged_and_leaves_no_trace(serve: Serve, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    client = serve(db=str(log))
    assert admitted(client, review({**ALLOWED, **PROVIDER}, dryRun=True))["allowed"] is True
    assert not log.exists() or not [*open_log(log).entries()]


def test_a_digest_in_the_address_of_the_model_is_in_the_decision(serve: Serve, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    digest = f"sha256:{'0' * 64}"
    asked = review({**ALLOWED, **PROVIDER})
    asked["request"]["object"]["spec"] = {"predictor": {"model": {"storageUri": f"oci://r.example/m@{digest}"}}}
    assert admitted(serve(db=str(log)), asked)["allowed"] is True
    (entry,) = open_log(log).entries()
    assert entry.decision is not None
    assert entry.decision["subject"]["digest"] == digest  # type: ignore[index]
    assert entry.act is not None
    assert entry.act.artifact is not None
    assert (entry.act.artifact.name, entry.act.artifact.digest) == ("mail/spam-filter", digest)


def test_warnings_are_as_short_as_kubernetes_wants_them(serve: Serve, tmp_path: Path) -> None:
    own = tmp_path / "aiact.toml"
    own.write_text('roles = ["provider"]\nmarkets = ["EU"]\nfail_on = "block"\n', encoding="utf-8")
    client = serve(organisation=own, make_gate=lambda: Gate(organisation=own))
    response = admitted(client, review(HELD))
    assert response["allowed"] is True
    assert response["warnings"][0].startswith("aiact-rules: hold")
    assert all(len(warning) <= 256 for warning in response["warnings"])


@pytest.mark.parametrize(
    "change",
    [{"apiVersion": "admission.k8s.io/v1beta1"}, {"kind": "Pod"}, {"request": None}, {"request": {"uid": "1"}}],
)
def test_what_is_no_admission_review_is_no_answer(change: dict[str, Any], client: TestClient) -> None:
    answer = client.post("/admission", json={**review(ALLOWED), **change})
    assert answer.status_code == 422
    assert "response" not in answer.json()


def test_a_key_that_cannot_be_judged_is_an_error_of_its_item(client: TestClient) -> None:
    good = json.dumps(question(ALLOWED))
    items = provided(client, good, "{", json.dumps({"fact": 1}), json.dumps(question(UNUSABLE)))["items"]
    assert [bool(item["error"]) for item in items] == [False, True, True, True]
    assert [item["value"] is None for item in items] == [False, True, True, True]
    assert items[0]["key"] == good
