"""Settings from the environment and from `aiact.toml`."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from aiact_rules import Verdict
from aiact_rules.core.packs import ROLES
from aiact_rules.core.problems import ProblemsError

from aiact_rules_mlflow.settings import NAMES, Artifacts, Settings, read_settings
from aiact_rules_mlflow.tags import DECISION_TAGS


def read(folder: Path, toml: str = "", **environment: str) -> Settings:
    (folder / ".git").mkdir(exist_ok=True)
    if toml:
        (folder / "aiact.toml").write_text(toml)
    return read_settings({f"AIACT_MLFLOW_{name}": value for name, value in environment.items()}, folder)


def test_nothing_said_guards_champion_and_production(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.guards_alias("Champion")
    assert settings.guards_alias(" chámpıon")
    assert settings.guards_alias("production")
    assert not settings.guards_alias("candidate")
    assert settings.guards_stage("Production")
    assert not settings.guards_stage("Staging")
    assert (settings.fail_on, settings.registration) == (None, Verdict.BLOCK)


def test_the_readme_explains_every_setting_and_every_tag() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert [name for name in NAMES if f"`AIACT_MLFLOW_{name}`" not in readme] == []
    assert [tag for tag in DECISION_TAGS if f"`{tag}`" not in readme] == []


def test_a_star_guards_everything(tmp_path: Path) -> None:
    settings = read(tmp_path, ALIASES="*", STAGES="*")
    assert settings.guards_alias("anything")
    assert settings.guards_stage("Staging")


def test_a_guarded_alias_that_could_never_be_set_is_named_in_its_file(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"aiact\.toml:1: `über` can be the alias of no model here"):
        read(tmp_path, 'aliases = ["über", "live"]\n')


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    toml = 'roles = ["deployer"]\nmarkets = ["EU"]\naliases = ["live"]\nfail_on = "block"\n'
    settings = read(tmp_path, toml, ROLES="provider, importer", FAIL_ON="hold")
    assert settings.facts.value(ROLES) == {"provider", "importer"}
    assert [choice.value for choice in settings.organisation.choices("markets")] == ["EU"]
    assert settings.guards_alias("live")
    assert not settings.guards_alias("champion")
    assert settings.fail_on == "hold"


def test_every_setting_can_be_given_by_the_environment(tmp_path: Path) -> None:
    settings = read(tmp_path, PACKS="eu_ai_act", REGISTRATION="never", ARTIFACTS="ignore", AS_OF="2026-08-01")
    assert settings.packs == ("eu_ai_act",)
    assert settings.registration is None
    assert settings.artifacts is Artifacts.IGNORE
    assert settings.as_of == date(2026, 8, 1)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ALIASSES", "x", "did you mean `AIACT_MLFLOW_ALIASES`?"),
        ("FAIL_ON", "never", "expected hold or block"),
        ("REGISTRATION", "no", "expected hold, block or never"),
        ("ARTIFACTS", "some", "expected read or ignore"),
        ("AS_OF", "yesterday", "expected a date"),
        ("ALIASES", "live, läuft", "`läuft` can be the alias of no model here"),
        ("ROLES", "maker", "`maker` is not one of the values"),
        ("MARKETS", "Atlantis", "AIACT_MLFLOW_MARKETS"),
        ("PACKS", "no_such_act", "there is no pack `no_such_act`"),
        ("CONFIG", "/nowhere/aiact.toml", "there is no such file"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_server(tmp_path: Path, name: str, value: str, said: str) -> None:
    with pytest.raises(ProblemsError, match=said.replace("?", r"\?")):
        read(tmp_path, **{name: value})


def test_a_setting_the_registry_does_not_honour_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"aiact\.toml:1: `verify` is not done by the registry"):
        read(tmp_path, "verify = 'reference'\n")


def test_a_log_is_named_by_the_file_or_by_the_environment(tmp_path: Path) -> None:
    assert read(tmp_path).log is None
    assert read(tmp_path, "log = 'logs/decisions.sqlite'\n").log == str(tmp_path / "logs" / "decisions.sqlite")
    assert read(tmp_path, "log = 'postgresql://db/log'\n").log == "postgresql://db/log"
    assert read(tmp_path, "log = 'a.sqlite'\n", LOG="/elsewhere/b.sqlite").log == "/elsewhere/b.sqlite"


def test_a_file_that_only_advises_stops_the_server(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match=r"aiact\.toml:1: expected hold or block"):
        read(tmp_path, "fail_on = 'never'\n")


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="the rights of this system are others")
def test_a_file_that_others_may_write_stops_the_server_unless_it_is_named(tmp_path: Path) -> None:
    file = tmp_path / "aiact.toml"
    file.write_text("aliases = ['nothing']\n")
    below = tmp_path / "server"
    below.mkdir()
    assert read_settings({}, below).guards_alias("nothing")
    tmp_path.chmod(0o777)
    with pytest.raises(
        ProblemsError, match=r"aiact\.toml: these settings are not trusted, since others may write here"
    ):
        read_settings({}, below)
    assert read_settings({"AIACT_MLFLOW_CONFIG": str(file)}, below).guards_alias("nothing")
