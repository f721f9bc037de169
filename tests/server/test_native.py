"""The native door: the same decision as the command line and the gate, byte for byte, and nothing that is taken for a yes."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aiact_rules.core.decisions import Subject
from aiact_rules.gate import Gate
from aiact_rules.server.app import gate_of
from aiact_rules.server.doors.native import OUTCOME
from aiact_rules.server.settings import ServerSettings
from tests.cli.conftest import EXAMPLES, Answer, run
from tests.server.conftest import ALLOWED, HELD, UNUSABLE, Serve, TestClient, question

__all__ = ["run"]
AS_OF = "2026-11-22"


@pytest.mark.parametrize(
    ("facts", "verdict", "outcome"), [(ALLOWED, "allow", "allowed"), (HELD, "hold", "refused")], ids=["allowed", "held"]
)
def test_facts_are_judged_as_the_gate_judges_them(
    facts: dict[str, Any], verdict: str, outcome: str, client: TestClient
) -> None:
    asked = question(facts, as_of=AS_OF, subject={"name": "filter", "version": "3"})
    answer = client.post("/v1/decisions", json=asked)
    assert (answer.status_code, answer.headers[OUTCOME]) == (200, outcome)
    own = Gate().check(facts, roles=["provider"], markets=["EU"], as_of=_day(), subject=Subject("filter", "3"))
    assert answer.json()["verdict"] == verdict == own.verdict.value
    assert answer.json()["decision_id"] == own.decision_id
    assert {**answer.json(), "run": None} == {**json.loads(own.json_text()), "run": None}


def test_full_has_every_finding(client: TestClient) -> None:
    short, full = (
        client.post("/v1/decisions", params={"full": full}, json=question(HELD, as_of=AS_OF)) for full in (False, True)
    )
    assert short.json()["decision_id"] == full.json()["decision_id"]
    assert len(full.json()["packs"][0]["findings"]) > len(short.json()["packs"][0]["findings"])


def files_in(folder: Path) -> dict[str, object]:
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != "aiact.toml":
            name = path.relative_to(folder).as_posix()
            try:
                found[name] = path.read_bytes().decode("utf-8")
            except UnicodeDecodeError:
                found[name] = {"base64": base64.b64encode(path.read_bytes()).decode()}
    return found


FOLDERS = sorted(
    path.parent.name for path in EXAMPLES.glob("*/*") if path.name in ("aiact.yaml", "README.md") and path.is_file()
)


@pytest.mark.parametrize("example", dict.fromkeys(FOLDERS))
def test_files_are_judged_as_check_judges_the_same_folder(
    example: str, client: TestClient, run: Callable[..., Answer], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = files_in(EXAMPLES / example)
    for name, content in files.items():
        file = tmp_path / "m" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else base64.b64decode(content["base64"]))  # type: ignore[index]
    monkeypatch.chdir(tmp_path)
    checked = run("check", "m", "--as-of", AS_OF, "--format", "json")
    own = json.loads(checked.out)
    sent = {"files": {f"m/{name}": content for name, content in files.items()}, "release": "m", "as_of": AS_OF}
    answer = client.post("/v1/decisions", json=sent)
    if checked.code == 2:
        assert answer.status_code == 422
        return
    assert answer.status_code == 200, answer.text
    assert answer.headers[OUTCOME] == ("allowed" if checked.code == 0 else "refused")
    assert _without_run(answer.json()) == _without_run(own)


def test_names_in_a_decision_are_those_given_and_no_folder_of_the_service_shows(client: TestClient) -> None:
    files = {"aiact.yaml": "format: 1\nsubject: system\nfacts: {system: {practices: []}}\n", "docs/x.txt": "x"}
    answer = client.post("/v1/decisions", json={"files": files})
    assert answer.json()["subject"]["documents"] == ["aiact.yaml"]
    for broken in (
        {"aiact.yaml": "format: 1\nsubjct: system\n"},
        {"aiact.yaml": "a: [", "aiact.yml": "x"},
        {"AIACT.YAML": "x"},
    ):
        refused = client.post("/v1/decisions", json={"files": broken})
        assert refused.status_code == 422
        assert "/tmp" not in refused.text
        assert "aiact-rules-" not in refused.text


def test_a_problem_of_a_file_points_into_it(client: TestClient) -> None:
    refused = client.post(
        "/v1/decisions", json={"files": {"m/aiact.yaml": "format: 1\nsubjct: system\n"}, "release": "m"}
    )
    assert refused.headers["content-type"] == "application/problem+json"
    (fault,) = refused.json()["errors"]
    assert (fault["pointer"], fault["line"]) == ("/files/m~1aiact.yaml", 2)
    assert "subjct" in fault["detail"]


def test_the_text_of_a_card_is_judged_as_the_file(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (EXAMPLES / "silent" / "README.md").read_text(encoding="utf-8")
    (tmp_path / "model_card.md").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    own = Gate().check(Path("model_card.md"), as_of=_day())
    answer = client.post("/v1/decisions", json={"card": text, "as_of": AS_OF})
    assert answer.json()["decision_id"] == own.decision_id


def test_a_chain_of_operators_is_answered_with_the_decision_of_each(client: TestClient) -> None:
    answer = client.post("/v1/decisions", json={"files": files_in(EXAMPLES / "value-chain"), "as_of": AS_OF})
    assert answer.json()["verdict"] == "hold"
    assert len(answer.json()["decisions"]) == len(answer.json()["operators"]) == 5
    assert answer.headers[OUTCOME] == "refused"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../aiact.yaml", "leads nowhere else"),
        ("/etc/aiact.yaml", "leads nowhere else"),
        ("a//aiact.yaml", "leads nowhere else"),
        (".git/config", "no `.git`"),
        ("m/.GIT/config", "no `.git`"),
        ("a\\b.md", "none of"),
        ("a\0b.md", "no control characters"),
        ("/".join("abcdefghij"), "levels"),
        ("x" * 500, "characters"),
        ("aiact.toml", "settings that come with a release do not count"),
        ("m/pyproject.toml", "settings that come with a release do not count"),
        ("m/.aiact.toml", "settings that come with a release do not count"),
    ],
)
def test_a_file_is_refused_that_leads_elsewhere_or_sets_something(name: str, says: str, client: TestClient) -> None:
    answer = client.post("/v1/decisions", json={"files": {name: "x", "aiact.yaml": "format: 1\n"}})
    assert answer.status_code == 422
    assert says in answer.text


def test_a_file_that_is_not_there_cannot_be_the_release(client: TestClient) -> None:
    for release in ("elsewhere", "../..", "/etc/passwd"):
        answer = client.post("/v1/decisions", json={"files": {"aiact.yaml": "format: 1\n"}, "release": release})
        assert answer.status_code == 422


def test_evidence_is_looked_for_among_the_files_alone(client: TestClient) -> None:
    text = "format: 1\nsubject: system\nevidence:\n  system.informs_of_ai_interaction: {file: ../../../../etc/hosts}\n"
    answer = client.post("/v1/decisions", json={"files": {"aiact.yaml": text}})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        ({"facts": UNUSABLE}, 422, ""),
        ({"fact": {}}, 422, "/fact"),
        ({"facts": {}, "card": "x"}, 422, ""),
        ({}, 422, ""),
        ({"facts": {}, "as_of": "tomorrow"}, 422, "/as_of"),
        ({"facts": {}, "as_of": 0}, 422, "/as_of"),
        ({"facts": {}, "roles": [1]}, 422, "/roles/0"),
        ({"facts": {}, "fail_on": "never again"}, 422, ""),
        ({"facts": {}, "subject": {"nam": "x"}}, 422, "/subject/nam"),
        ({"facts": [], "roles": ["provider"]}, 422, "/facts"),
        ({"files": {"a.md": 1}}, 422, "/files/a.md"),
        ({"files": {"a.md": {"base64": "§"}}}, 422, "/files/a.md"),
        ({"facts": {}, "release": "m"}, 422, "/release"),
        ({"card": "x", "source": "m"}, 422, "/source"),
        ({"facts": {}, "markets": ["ZZ"]}, 422, ""),
        ({"facts": {}, "packs": ["nope"]}, 500, None),
        ([], 422, ""),
        ("facts", 422, ""),
    ],
)
def test_what_cannot_be_judged_is_a_problem_with_pointers(
    body: object, status: int, pointer: str | None, client: TestClient
) -> None:
    answer = client.post("/v1/decisions", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    found = answer.json()
    assert found["type"].startswith("urn:aiact-rules:problem:")
    assert found["status"] == status
    assert OUTCOME not in answer.headers
    if pointer is not None:
        assert pointer in {fault["pointer"] for fault in found["errors"]}, found


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"facts": {}, "facts": {}}', 400),
        (b'{"facts": {"model.training_compute": NaN}}', 400),
        (b'{"facts": {"model.training_compute": ' + b"9" * 1000 + b"}}", 400),
        (b"\xff\xfe", 400),
        (b'{"facts": ' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}", 422),
        (b"[" * 100_000, 422),
    ],
)
def test_json_is_read_strictly(body: bytes, status: int, client: TestClient) -> None:
    answer = client.post("/v1/decisions", content=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text


def test_no_digit_of_a_number_is_lost(client: TestClient) -> None:
    body = b'{"facts": {"model": {"training_compute": 1.0000000000000000001e25}, "release": {"subject": "model"}}}'
    answer = client.post("/v1/decisions", content=body)
    assert answer.json()["facts"]["model.training_compute"]["value"] == "1.0000000000000000001e25"


def test_an_exception_is_never_a_yes(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("the secret is hunter2")

    for method in ("request_or_skip", "judge", "record"):
        with monkeypatch.context() as patched:
            patched.setattr(Gate, method, fails)
            answer = client.post("/v1/decisions", json=question(ALLOWED))
            assert answer.status_code == 500
            assert answer.headers["content-type"] == "application/problem+json"
            assert "hunter2" not in answer.text


def test_the_settings_of_the_service_count_for_every_release(serve: Serve, tmp_path: Path) -> None:
    own = tmp_path / "aiact.toml"
    own.write_text('roles = ["provider"]\nmarkets = ["EU"]\nfail_on = "block"\n', encoding="utf-8")
    client = serve(organisation=own, make_gate=lambda: Gate(organisation=own))
    answer = client.post("/v1/decisions", json={"facts": HELD})
    assert (answer.json()["verdict"], answer.headers[OUTCOME]) == ("hold", "allowed")
    stricter = client.post("/v1/decisions", json={"facts": HELD, "fail_on": "hold"})
    assert stricter.headers[OUTCOME] == "refused"


def test_a_date_that_is_past_is_refused_unless_it_is_told_otherwise(serve: Serve) -> None:
    late = {"facts": {**ALLOWED, "release": {"subject": "system", "date": "2025-01-01"}}}
    told = ServerSettings()
    refusing = serve(make_gate=lambda: gate_of(told)).post("/v1/decisions", json=late)
    assert refusing.status_code == 422
    assert "past dates are refused" in refusing.text
    client = serve()
    assert client.post("/v1/decisions", json=late).status_code == 200


def _day() -> Any:
    from datetime import date

    return date.fromisoformat(AS_OF)


def _without_run(found: dict[str, Any]) -> dict[str, Any]:
    if "decisions" in found:
        return {**found, "decisions": [_without_run(each) for each in found["decisions"]]}
    return {**{name: value for name, value in found.items() if name not in ("passes", "waived")}, "run": None}
