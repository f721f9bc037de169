"""Settings: each from one place, unknown ones refused, printed with who made them, and never with a secret."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.server.settings import SETTINGS, key_of, kind_of, read_secret, read_settings, without_password
from tests.cli.conftest import Answer, run

__all__ = ["run"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_flags_come_before_the_environment_and_that_before_the_file(here: Path) -> None:
    (here / "aiact-server.toml").write_text('port = 1\nburst = 2\nmarkets = ["EU"]\n[github]\nrelease = "m"\n')
    told = read_settings({"port": 3, "db": None}, environment={"AIACT_SERVER_BURST": "4", "AIACT_SERVER_PORT": "5"})
    settings = told.settings
    assert (settings.port, settings.burst, settings.markets, settings.github_release) == (3, 4, ("EU",), "m")
    lines = [*told.lines()]
    assert "port = 3  (--port)" in lines
    assert "burst = 4  (environment AIACT_SERVER_BURST)" in lines
    assert "markets = EU  (aiact-server.toml)" in lines
    assert "github.release = m  (aiact-server.toml)" in lines
    assert "host = 127.0.0.1  (default)" in lines
    assert len(lines) == len(SETTINGS)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("prt = 1", "unknown setting `prt`"),
        ("[github]\nsecret = 'x'", "unknown setting `github_secret`"),
        ("port = 'x'", "`port` is a whole number"),
        ("port = true", "`port` is a whole number"),
        ("port = 99999", "there is no port 99999"),
        ("markets = [1]", "`markets` is a list of texts"),
        ("require_evidence = 'perhaps'", "`require_evidence` is a true or false"),
        ("fail_on = 'never'", "`fail_on` is one of hold, block"),
        ("open_doors = ['native']", "the door `native` always needs a token"),
        ("proxies = ['nowhere']", "no address and no network"),
        ("tokens = 'gone.toml'", "there is no file `gone.toml`"),
        ("tls_certificate = 'aiact-server.toml'", "go together"),
        ("most_bytes = 0", "at least 1"),
        ("[gitlab]\nsecret_file = 'aiact-server.toml'", "`gitlab.token_file` is missing"),
        ("[github]\nsecret_file = 'aiact-server.toml'", "`github.key_file` are missing"),
        ("[mlflow]\napi = 'ftp://x'", "begin with https://"),
        ("port = [", "no TOML"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_place(text: str, says: str, here: Path) -> None:
    (here / "aiact-server.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=says.replace("[", r"\[")) as raised:
        read_settings(environment={})
    assert str(raised.value).startswith("aiact-server.toml:")


def test_a_misspelt_variable_is_refused(here: Path) -> None:
    with pytest.raises(InputError, match="environment AIACT_SERVER_PROT: unknown setting `prot`"):
        read_settings(environment={"AIACT_SERVER_PROT": "1"})


def test_serve_check_prints_the_settings_without_a_password(here: Path, run: Callable[..., Answer]) -> None:
    answer = run("serve", "--check", "--db", "log.sqlite", "--port", "9000")
    assert answer.code == 0, answer.err
    assert "db = log.sqlite  (--db)" in answer.out
    assert answer.out.endswith("these settings can be used\n")
    for refused in (("--host", "0.0.0.0"), ("--db", "mysql://root:hunter2@db/x"), ("--tokens", "gone"), ("--db", ".")):
        answer = run("serve", "--check", *refused)
        assert answer.code == 2
        assert "hunter2" not in answer.out + answer.err


def test_a_password_is_never_shown() -> None:
    for text in ("postgresql://gate:hunter2@db/gate", "postgresql://db/gate?user=x&password=hunter2&sslmode=require"):
        assert "hunter2" not in without_password(text)
        assert "db/gate" in without_password(text)


def test_a_secret_stands_in_a_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("hunter2\n")
    file.chmod(0o640)
    assert read_secret(file) == b"hunter2"
    for mode in (0o644, 0o660):
        file.chmod(mode)
        with pytest.raises(InputError, match="others may"):
            read_secret(file)
    file.write_text("\n")
    file.chmod(0o600)
    with pytest.raises(InputError, match="no secret"):
        read_secret(file)


def test_every_setting_has_a_kind_a_key_and_a_sentence() -> None:
    for name, each in SETTINGS.items():
        assert kind_of(name)
        assert key_of(name)
        assert each.metadata["says"].endswith(".")


def test_without_the_extra_the_command_says_what_to_install(
    here: Path, run: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aiact_rules.cli.serve.find_spec", lambda name: None)
    answer = run("serve", "--check")
    assert answer.code == 2
    assert "`fastapi` and `uvicorn`, which are not installed" in answer.err
    assert "pip install 'aiact-rules[server]'" in answer.err
