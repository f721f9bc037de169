"""Who may ask for what: tokens, scopes, proxies, and how much and how often."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.decision_log.opening import open_log
from aiact_rules.server.app import application
from aiact_rules.server.limits import MOST_CLIENTS, RateLimit
from aiact_rules.server.settings import ServerSettings, read_settings
from aiact_rules.server.tokens import read_tokens
from tests.server.conftest import ALLOWED, HELD, Serve, TestClient, bearer, client_of, question
from tests.server.test_doors import review

Tokens = Callable[..., Path]
FAR = ("203.0.113.9", 4711)


def ask(client: TestClient, **headers: str) -> int:
    return client.post("/v1/decisions", json=question(ALLOWED), headers=headers).status_code


def test_without_tokens_only_this_machine_may_ask(serve: Serve) -> None:
    assert ask(serve()) == 200
    far = serve(peer=FAR)
    assert ask(far) == 403
    assert ask(far, **{"X-Forwarded-For": "127.0.0.1"}) == 403
    assert far.post("/admission", json=review(ALLOWED)).status_code == 403
    assert far.get("/healthz").status_code == 200


def test_without_tokens_no_page_in_a_browser_of_this_machine_may_ask(serve: Serve, tokens: Tokens) -> None:
    client = serve()
    for header in ({"Origin": "https://example.org"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}):
        assert ask(client, **header) == 403
        assert client.post("/v1/reload", headers={"Content-Type": "text/plain", **header}).status_code == 403
    assert ask(client, **{"Sec-Fetch-Site": "none"}) == 200
    known = serve(tokens=tokens("decide"))
    assert ask(known, **bearer("decide"), Origin="https://example.org") == 200


def test_a_token_is_asked_for_and_its_scope_counts(serve: Serve, tokens: Tokens) -> None:
    client = serve(peer=FAR, tokens=tokens("decide", "decide choose", "read", "reload", "admission"))
    assert ask(client) == 401
    assert ask(client, Authorization="Bearer wrong") == 401
    assert ask(client, Authorization="Basic " + bearer("decide")["Authorization"][7:]) == 401
    assert ask(client, **bearer("decide")) == 200
    assert ask(client, **bearer("read")) == 403
    chosen = question(ALLOWED, as_of="2026-11-22")
    assert client.post("/v1/decisions", json=chosen, headers=bearer("decide")).status_code == 403
    assert client.post("/v1/decisions", json=chosen, headers=bearer("decide choose")).status_code == 200
    assert client.post("/v1/reload", headers=bearer("decide")).status_code == 403
    assert client.post("/v1/reload", headers=bearer("reload")).status_code == 200
    assert client.post("/admission", json=review(ALLOWED), headers=bearer("decide")).status_code == 403
    assert client.post("/admission", json=review(ALLOWED), headers=bearer("admission")).status_code == 200
    refused = client.get(f"/v1/decisions/sha256:{'0' * 64}", headers=bearer("decide"))
    assert refused.status_code == 403
    assert refused.headers["WWW-Authenticate"].startswith("Bearer error=")


@pytest.mark.parametrize("key", ["as_of", "release_date", "moment", "readings", "uncovered", "past_dates", "set"])
def test_what_decides_which_law_counts_needs_a_scope_of_its_own(key: str, serve: Serve, tokens: Tokens) -> None:
    values: dict[str, object] = {
        "as_of": "2021-06-01", "release_date": "2021-06-01", "moment": "use", "readings": "letter",
        "uncovered": ["ZZ"], "past_dates": "judge", "set": {"system.practices": []},
    }  # fmt: skip
    client = serve(tokens=tokens("decide"))
    answer = client.post("/v1/decisions", json=question(HELD, **{key: values[key]}), headers=bearer("decide"))
    assert answer.status_code == 403
    assert answer.json()["errors"][0]["pointer"] == f"/{key}"


def test_the_name_of_the_token_is_on_record(serve: Serve, tokens: Tokens, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    client = serve(peer=FAR, tokens=tokens("decide"), db=str(log))
    assert ask(client, **bearer("decide")) == 200
    (entry,) = open_log(log).entries()
    assert entry.act is not None
    assert (entry.act.actor, entry.act.action, entry.act.host) == ("decide", "release", "service:native")


def test_a_certificate_counts_only_by_the_word_of_a_proxy_that_was_named(serve: Serve, tokens: Tokens) -> None:
    told = {"tokens": tokens("decide", robot="CN=robot"), "proxies": ("10.1.0.0/16",), "proxy_header": "X-Subject"}
    near, far = serve(peer=("10.1.2.3", 1), **told), serve(peer=FAR, **told)
    assert ask(near, **{"X-Subject": "CN=robot"}) == 200
    assert ask(near, **{"X-Subject": "CN=other"}) == 401
    assert ask(near) == 401
    assert ask(far, **{"X-Subject": "CN=robot"}) == 401
    twice = near.post(
        "/v1/decisions", json=question(ALLOWED), headers=[("X-Subject", "CN=robot"), ("X-Subject", "CN=x")]
    )
    assert twice.status_code == 401


def test_a_door_may_be_opened_to_those_who_have_no_token(serve: Serve, tokens: Tokens) -> None:
    client = serve(peer=FAR, tokens=tokens("decide"), open_doors=("admission",))
    assert client.post("/admission", json=review(ALLOWED)).status_code == 200
    assert client.post("/admission", json=review(ALLOWED), headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.post("/gatekeeper", json={}).status_code == 401
    assert ask(client) == 401


def test_an_address_that_others_can_reach_needs_tokens(tmp_path: Path, tokens: Tokens) -> None:
    with pytest.raises(InputError, match="can be reached by others"):
        read_settings({"host": "0.0.0.0"}, environment={})
    assert read_settings({"host": "0.0.0.0", "tokens": tokens("decide")}, environment={}).settings.port == 8080
    for host in ("127.0.0.1", "::1", "localhost"):
        assert read_settings({"host": host}, environment={}).settings.is_loopback


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "there is no token here"),
        ("[[tokens]]\nname = 'a'\ntoken = 'short'\nscopes = ['decide']", "`token` cannot be used"),
        ("[[tokens]]\nname = 'a'\nsha256 = 'abc'\nscopes = ['decide']", "`sha256` cannot be used"),
        ("[[tokens]]\nname = 'a'\nscopes = ['decide']", "say one of"),
        ("[[tokens]]\nsha256 = 'x'", "`name` says who has it"),
        ("[[tokens]]\nname = 'a'\ntoken = 'long enough for a token'\nscopes = ['decid']", "there is no scope `decid`"),
        ("[[tokens]]\nname = 'a'\ntoken = 'long enough for a token'\nscopes = []", "`scopes` is a list"),
        ("[[tokens]]\nname = 'a'\ntoken = 'long enough for a token'\nscope = ['decide']", "unknown key `scope`"),
        ("[[token]]\nname = 'a'", "unknown key `token`"),
        ("[[tokens]]\ntoken = 'hunter2 hunter2 hunter2\n", "no TOML"),
    ],
)
def test_a_file_of_tokens_that_cannot_be_used_stops_the_service_and_shows_no_secret(
    text: str, says: str, tmp_path: Path
) -> None:
    file = tmp_path / "tokens.toml"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)
    with pytest.raises(InputError, match=says) as raised:
        application(ServerSettings(tokens=file))
    assert "hunter2" not in str(raised.value)
    assert "long enough" not in str(raised.value)


def test_a_token_that_everybody_could_read_or_change_is_refused(tokens: Tokens) -> None:
    file = tokens("decide")
    for mode in (0o644, 0o660, 0o666):
        file.chmod(mode)
        with pytest.raises(InputError, match="others may (read|write to) this file"):
            read_tokens(file)
    digest = hashlib.sha256(b"a long token of sixteen").hexdigest()
    file.write_text(f"[[tokens]]\nname = 'a'\nsha256 = '{digest}'\nscopes = ['decide']\n", encoding="utf-8")
    file.chmod(0o644)
    caller = read_tokens(file).caller_with("a long token of sixteen")
    assert caller is not None
    assert caller.name == "a"


def test_a_body_that_is_too_large_is_not_read(serve: Serve) -> None:
    client = serve(most_bytes=1000)
    assert client.post("/v1/decisions", content=b"x" * 1001).status_code == 413

    def pieces() -> object:
        for _ in range(100):
            yield b"x" * 100

    answer = client.post("/v1/decisions", content=pieces())  # type: ignore[arg-type]
    assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_whoever_asks_too_often_is_told_when_to_ask_again(serve: Serve, tokens: Tokens) -> None:
    client = serve(peer=FAR, tokens=tokens("decide", "decide choose"), per_minute=60, burst=2)
    assert [ask(client, **bearer("decide")) for _ in range(3)] == [200, 200, 429]
    answer = client.post("/v1/decisions", json={}, headers=bearer("decide"))
    assert int(answer.headers["Retry-After"]) >= 1
    assert ask(client, **bearer("decide choose")) == 200
    assert [ask(client, Authorization="Bearer guess") for _ in range(3)] == [401, 401, 429]


def test_readiness_which_asks_the_database_is_counted_too(serve: Serve) -> None:
    client = serve(peer=FAR, per_minute=60, burst=2)
    assert [client.get("/readyz").status_code for _ in range(3)] == [200, 200, 429]
    assert [client.get("/healthz").status_code for _ in range(3)] == [200, 200, 200]


def test_a_bucket_fills_again_and_no_more_clients_are_kept_than_so_many() -> None:
    now = [0.0]
    limit = RateLimit(60, 1, lambda: now[0])
    assert limit.wait("a") == 0
    assert limit.wait("a") == pytest.approx(1.0)
    now[0] += 1
    assert limit.wait("a") == 0
    for number in range(MOST_CLIENTS + 10):
        limit.wait(str(number))
    assert len(limit._left) == MOST_CLIENTS
    assert RateLimit(0, 1).wait("a") == 0


def test_no_answer_shows_what_was_presented(serve: Serve, tokens: Tokens) -> None:
    client = client_of(ServerSettings(tokens=tokens("decide")), FAR)
    answer = client.post("/v1/decisions", json={}, headers={"Authorization": "Bearer hunter2-hunter2"})
    assert answer.status_code == 401
    assert "hunter2" not in answer.text
