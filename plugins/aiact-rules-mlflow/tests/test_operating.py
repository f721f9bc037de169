"""What an operator sees, proves and does on a running server: lines, records, history, overrides, audits, a doctor."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from aiact_rules.decision_log.acts import Act, Outcome
from aiact_rules.decision_log.opening import open_log
from click.testing import CliRunner

from aiact_rules_mlflow.cli import main
from conftest import MINIMAL, PROHIBITED, Server, tags_of

SETTINGS = 'name = "Example Ltd"\nroles = ["provider"]\nmarkets = ["EU"]\nlog = "decisions.sqlite"\n'
TALKING = {**MINIMAL, "system.transparency_situations": ["interacts_with_people"]}
"""Held for what a person may answer for: no prohibition is open."""


ARTIFACTS = ("--artifacts-destination", "artifacts")


class Operated:
    """A server with a decision log, and the ways in which clients and its operator reach it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.folder = server.folder
        self.log = open_log(self.folder / "decisions.sqlite")
        run = server.post("runs/create", {"experiment_id": "0"})[1]["run"]["info"]
        self.run_id, self.root = run["run_id"], run["artifact_uri"]
        self._count = 0

    def register(self, facts: dict[str, Any]) -> str:
        self._count += 1
        name = f"model-{self._count}"
        assert self.server.post("registered-models/create", {"name": name})[0] == 200
        status, answer = self.register_version(name, facts)
        assert status == 200, answer
        return name

    def register_version(self, name: str, facts: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        tags = [{"key": key, "value": value} for key, value in tags_of(facts).items()]
        source = {"source": f"{self.root}/nothing", "run_id": self.run_id}
        return self.server.post("model-versions/create", {"name": name, "tags": tags, **source})

    def alias(self, name: str, alias: str = "champion") -> tuple[int, str]:
        status, answer = self.server.post("registered-models/alias", {"name": name, "alias": alias, "version": "1"})
        return status, str(answer.get("message", ""))

    def tag(self, name: str, key: str, value: str) -> tuple[int, str]:
        body = {"name": name, "version": "1", "key": key, "value": value}
        status, answer = self.server.post("model-versions/set-tag", body)
        return status, str(answer.get("message", ""))

    def tags(self, name: str) -> dict[str, str]:
        answer = self.server.post(f"model-versions/get?name={name}&version=1", {}, "GET")[1]
        return {each["key"]: each["value"] for each in answer["model_version"].get("tags", [])}

    def acts(self, name: str) -> list[Act]:
        """The acts on record for a model, as the decision log has them."""
        acts = [entry.act for entry in self.log.entries()]
        return [act for act in acts if act is not None and act.artifact is not None and act.artifact.name == name]

    def lines(self, name: str) -> list[str]:
        return [line for line in self.server.log.splitlines() if f'model="{name}"' in line]

    def command(self, *args: str) -> tuple[int, str]:
        """Run `aiact-rules-mlflow` in the server's folder, as the operator does."""
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.folder)
            for name in [
                each for each in os.environ if each.startswith(("MLFLOW_TRACKING", "_MLFLOW_SERVER", "AIACT_"))
            ]:
                patch.delenv(name)
            # What the command sets for itself ends with it.
            patch.setenv("_MLFLOW_SERVER_ARTIFACT_DESTINATION", "")
            patch.setenv("_MLFLOW_SERVER_SERVE_ARTIFACTS", "")
            done = CliRunner().invoke(main, args)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.output

    @property
    def database(self) -> str:
        return f"aiact-sqlite:///{self.folder}/mlflow.db"


@pytest.fixture(scope="module")
def operated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    folder = tmp_path_factory.mktemp("operated")
    (folder / "aiact.toml").write_text(SETTINGS)
    (folder / "artifacts").mkdir()
    running = Server(folder).start()
    yield Operated(running)
    running.stop()


def test_the_log_says_at_the_start_that_a_gate_stands(operated: Operated) -> None:
    (line, *_) = [line for line in operated.server.log.splitlines() if "a gate stands before" in line]
    assert f"a gate stands before aiact-sqlite:///{operated.folder}/mlflow.db: " in line
    for said in (
        "guarded aliases: champion, production",
        "guarded stages: production",
        "refused from: hold",
        "packs: eu_ai_act ",
        "markets: EU",
        "roles: provider",
        "readings: none chosen",
        "decision log: ",
    ):
        assert said in line


def test_a_refusal_and_a_release_stand_in_the_server_log_and_on_record(operated: Operated) -> None:
    name = operated.register({})
    status, message = operated.alias(name)
    assert status == 403
    (registered, refused) = operated.lines(name)
    # Older versions of MLflow set up logging of their own, with the level and the name written otherwise.
    assert re.search(r'INFO\b.*\baiact_rules_mlflow\b.* allowed act="register a version"', registered)
    assert re.search(r'WARN.*\baiact_rules_mlflow\b.* refused act="set alias champion"', refused)
    assert f'model="{name}" version="1" user="unknown" verdict="hold" decision="sha256:' in refused
    assert 'reason="Art. 5(1)' in refused
    for key, value in tags_of(MINIMAL).items():
        assert operated.tag(name, key, value)[0] == 200
    assert operated.alias(name)[0] == 200
    allowed = operated.lines(name)[-1]
    assert f'allowed act="set alias champion" model="{name}" version="1" user="unknown" verdict="allow"' in allowed
    assert [(act.action, act.outcome) for act in operated.acts(name)] == [
        ("register a version", Outcome.ALLOWED),
        ("set alias champion", Outcome.REFUSED),
        ("set alias champion", Outcome.ALLOWED),
    ]
    assert operated.log.verify().problems == ()
    ids = [e.decision["decision_id"] for e in operated.log.entries() if e.decision and e.act and e.act.artifact]
    assert operated.tags(name)["aiact_decision_id"] in ids
    assert message.rsplit("Decision ", 1)[1] in ids


def test_unusable_input_stands_in_the_server_log_and_on_record(operated: Operated) -> None:
    name = operated.register(MINIMAL)
    operated.tag(name, "aiact_system_practises", "[]")
    assert operated.alias(name)[0] == 403
    line = operated.lines(name)[-1]
    assert 'undecided act="set alias champion"' in line
    assert "this tag names no fact" in line
    (act,) = [act for act in operated.acts(name) if act.outcome is Outcome.UNDECIDED]
    assert (act.host, act.action, act.actor) == ("mlflow", "set alias champion", None)


def test_a_name_cannot_write_a_line_of_its_own(operated: Operated) -> None:
    name = 'x" user="ana"\n2026 allowed act="set alias champion"'
    status, _ = operated.server.post("registered-models/create", {"name": name})
    assert status == 200
    operated.register_version(name, {})
    (line,) = [line for line in operated.server.log.splitlines() if '"x\\" user=\\"ana\\"\\n2026' in line]
    assert 'user="unknown"' in line


def test_reasons_can_be_told_apart_where_all_lines_run_into_one(operated: Operated) -> None:
    _, message = operated.alias(operated.register({}))
    collapsed = re.sub(r"\s+", " ", message)
    reasons = re.search(
        r": (• .+?\.) Answer next, by a tag or in the release file: (• .+?) Decision sha256:", collapsed
    )
    assert reasons is not None, collapsed
    parts = reasons[1].removesuffix(".").removeprefix("• ").split("; • ")
    assert [part[:7] for part in parts[:-1]] == ["Art. 5("] * 5
    assert re.fullmatch(r"and \d+ more", parts[-1])
    questions = reasons[2].removeprefix("• ").split(" • ")
    assert len(questions) == 5
    assert all(question.startswith("aiact_") for question in questions)


def test_a_version_keeps_the_decision_it_was_released_by(operated: Operated) -> None:
    name = operated.register(MINIMAL)
    assert operated.alias(name)[0] == 200
    before = operated.tags(name)
    released = before["aiact_released_alias_champion"]
    assert released == (f"allow {before['aiact_decision_id']} {before['aiact_time']} by unknown")
    operated.tag(name, "aiact_system_practises", "[]")
    assert operated.alias(name)[0] == 403
    assert operated.alias(name, "production")[0] == 403
    after = operated.tags(name)
    assert after["aiact_decision"] == "undecided"
    assert after["aiact_released_alias_champion"] == released
    assert after["aiact_released_decision_id"] == before["aiact_decision_id"]
    assert "aiact_released_alias_production" not in after
    for key in ("aiact_released_alias_champion", "AIACT_Released_by", "aiact_released_alias_x-y", "aiact_override"):
        assert operated.tag(name, key, "allow")[0] == 403
        body = {"name": name, "version": "1", "key": key}
        assert operated.server.post("model-versions/delete-tag", body, "DELETE")[0] == 403


def test_facts_of_the_model_as_a_whole_are_refused_and_not_passed_over(operated: Operated) -> None:
    fact = {"key": "aiact_system_practices", "value": "infers_emotions"}
    status, answer = operated.server.post("registered-models/create", {"name": "stating", "tags": [fact]})
    assert (status, "belong to its versions" in answer["message"]) == (403, True)
    name = operated.register(MINIMAL)
    status, answer = operated.server.post("registered-models/set-tag", {"name": name, **fact})
    assert (status, "belong to its versions" in answer["message"]) == (403, True)
    with closing(sqlite3.connect(operated.folder / "mlflow.db")) as database:
        columns = [row[1] for row in database.execute("PRAGMA table_info(registered_model_tags)")]
        values = {"name": name, "workspace": "default", **fact}
        database.execute(
            f"INSERT INTO registered_model_tags ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})",
            [values[column] for column in columns],
        )
        database.commit()
    status, message = operated.alias(name)
    assert status == 403
    assert "tag aiact_system_practices of the model: a tag of a model states nothing (delete it;" in message
    status, answer = operated.register_version(name, MINIMAL)
    assert (status, "of the model" in answer["message"]) == (403, True)
    body = {"name": name, "key": fact["key"]}
    assert operated.server.post("registered-models/delete-tag", body, "DELETE")[0] == 200
    assert operated.alias(name)[0] == 200


def test_without_its_log_nothing_is_released_and_the_answer_says_so(operated: Operated) -> None:
    name = operated.register(MINIMAL)
    path, away = operated.folder / "decisions.sqlite", operated.folder / "away"
    beside = list(operated.folder.glob("decisions.sqlite*"))
    away.mkdir()
    for each in beside:
        each.rename(away / each.name)
    path.mkdir()
    try:
        status, message = operated.alias(name)
        assert (status, "the decision log cannot be written to, so nothing is released" in message) == (403, True)
        silent = operated.server.post("registered-models/create", {"name": "unrecorded"})
        assert silent[0] == 200
        status, answer = operated.register_version("unrecorded", MINIMAL)
        assert (status, "the decision log cannot be written to" in answer["message"]) == (403, True)
    finally:
        path.rmdir()
        for each in away.iterdir():
            each.rename(operated.folder / each.name)
        away.rmdir()
    assert "aiact_released_alias_champion" not in operated.tags(name)
    assert "the decision log at" in operated.server.log
    assert operated.alias(name)[0] == 200


def test_new_settings_count_at_once_and_broken_ones_refuse(operated: Operated) -> None:
    name, silent = operated.register(MINIMAL), operated.register({})
    file = operated.folder / "aiact.toml"
    assert operated.alias(name)[0] == 200
    try:
        file.write_text(
            SETTINGS + 'aliases = ["champion", "live"]\n[facts.operator]\nestablished_in_union = "perhaps"\n'
        )
        status, message = operated.alias(name)
        assert status == 403
        assert "the settings of the gate cannot be used:" in message
        assert "established_in_union" in message
        file.unlink()
        status, message = operated.alias(name)
        assert (status, "aiact.toml: this file with settings is gone" in message) == (403, True)
        file.write_text(SETTINGS + 'aliases = ["champion", "live"]\n')
        assert operated.alias(name, "live")[0] == 200
        assert operated.alias(silent, "live")[0] == 403
    finally:
        file.write_text(SETTINGS)
    assert operated.alias(silent, "live")[0] == 200
    assert operated.alias(name)[0] == 200
    assert "the settings have changed: a gate stands before" in operated.server.log


def test_a_person_with_access_to_the_server_may_answer_for_a_release(operated: Operated) -> None:
    name = operated.register(TALKING)
    status, message = operated.alias(name)
    assert status == 403
    code, said = operated.command(
        "break-glass",
        operated.database,
        name,
        "1",
        *ARTIFACTS,
        "--who",
        "B. Person",
        "--why",
        "it follows",
        "--until",
        "2h",
    )
    assert code == 0, said
    decision_id = message.rsplit("Decision ", 1)[1]
    assert f"decision {decision_id} may pass until " in said
    (given,) = [act for act in operated.acts(name) if act.action == "break glass"]
    assert given.override is not None
    assert (given.override.who, given.override.decision_id) == ("B. Person", decision_id)
    assert operated.alias(name)[0] == 200
    tags = operated.tags(name)
    assert tags["aiact_released_alias_champion"].startswith(f"overridden {decision_id} ")
    assert tags["aiact_decision"] == "hold"
    assert operated.acts(name)[-1].outcome is Outcome.OVERRIDDEN
    assert 'overridden act="set alias champion"' in operated.lines(name)[-1]
    assert "by B. Person until " in operated.lines(name)[-1]
    assert operated.tag(name, "aiact_system_annex_i_law", "machinery")[0] == 200
    status, message = operated.alias(name, "production")
    assert status == 403
    assert f"The override that was given does not count: the override is for the decision {decision_id}" in message


def test_a_client_cannot_give_itself_an_override(operated: Operated) -> None:
    given, other = operated.register(TALKING), operated.register(TALKING)
    asked = (*ARTIFACTS, "--who", "B. Person", "--why", "the text follows", "--until", "2h")
    assert operated.command("break-glass", operated.database, given, "1", *asked)[0] == 0
    noted = operated.tags(given)["aiact_override"]
    assert operated.tag(other, "aiact_override", noted)[0] == 403
    tags = [{"key": "aiact_override", "value": noted}]
    source = {"source": f"{operated.root}/nothing", "run_id": operated.run_id}
    operated.server.post("model-versions/create", {"name": other, "tags": tags, **source})
    assert operated.alias(other)[0] == 403
    copied = {"name": other, "version": "1"}
    assert "aiact_override" not in operated.tags(other), copied
    with closing(sqlite3.connect(operated.folder / "mlflow.db")) as database:
        # Even whoever writes to the database, but not to the log, moves no override to another version.
        database.execute(
            "UPDATE model_version_tags SET value = ? WHERE name = ? AND version = 1 AND key = 'aiact_pack'",
            (noted, other),
        )
        database.execute(
            "UPDATE model_version_tags SET key = 'aiact_override' WHERE name = ? AND version = 1 AND key = 'aiact_pack'",
            (other,),
        )
        database.commit()
    assert operated.tags(other)["aiact_override"] == noted
    status, message = operated.alias(other)
    assert (status, "override" in message) == (403, False)


def test_nobody_overrides_a_prohibition_and_nothing_without_a_log(operated: Operated) -> None:
    silent, lawful = operated.register({}), operated.register(MINIMAL)
    asked = (*ARTIFACTS, "--who", "B. Person", "--why", "we must", "--until", "2h")
    code, said = operated.command("break-glass", operated.database, silent, "1", *asked)
    assert (code, "nobody may override a prohibition" in said) == (1, True)
    code, said = operated.command("break-glass", operated.database, lawful, "1", *asked)
    assert (code, "nothing to override" in said) == (2, True)
    code, said = operated.command(
        "break-glass", operated.database, silent, "1", *ARTIFACTS, "--who", "B", "--why", " ", "--until", "2h"
    )
    assert code == 1
    code, said = operated.command("break-glass", operated.database, silent, "9", *asked)
    assert (code, "there is no version 9" in said) == (2, True)
    (operated.folder / "aiact.toml").write_text(SETTINGS.replace('log = "decisions.sqlite"\n', ""))
    try:
        code, said = operated.command("break-glass", operated.database, silent, "1", *asked)
    finally:
        (operated.folder / "aiact.toml").write_text(SETTINGS)
    assert (code, "there is none" in said) == (2, True)
    assert [act for act in operated.acts(silent) if act.action == "break glass"] == []


RECRUITING = {
    **MINIMAL,
    "system.annex_iii_uses": ["recruitment"],
}


@pytest.mark.parametrize("through", ["database", "server"])
def test_an_audit_says_what_of_what_is_out_becomes_unlawful_when(operated: Operated, through: str) -> None:
    name = operated.register(RECRUITING)
    assert operated.alias(name)[0] == 200
    address = operated.database if through == "database" else operated.server.url
    code, said = operated.command(
        "audit", address, "--format", "json", *ARTIFACTS, "--on", "2027-12-01", "--on", "2027-12-02"
    )
    assert code in (1, 2), said
    found = json.loads(said)
    (mine,) = [each for each in found["releases"] if each["model"] == name]
    assert [(each["on"], each["verdict"]) for each in mine["judged"]][1:] == [
        ("2027-12-01", "allow"),
        ("2027-12-02", "hold"),
    ]
    assert mine["judged"][0]["verdict"] == "allow"
    assert mine["released_as"] == ["alias champion"]
    assert mine["released_by"]["alias champion"] == operated.tags(name)["aiact_released_alias_champion"]
    assert (mine["becomes"]["on"], mine["becomes"]["verdict"]) == ("2027-12-02", "hold")
    assert mine["becomes"]["reasons"][0]["provision"].startswith("Art. ")
    code, text = operated.command("audit", address, *ARTIFACTS)
    assert f"{name} version 1 (alias champion)\n" in text
    assert "  from 2027-12-02 a new release is refused: hold: Art. " in text


def test_an_audit_that_finds_nothing_is_not_green(operated: Operated, tmp_path: Path) -> None:
    code, said = operated.command("audit", f"sqlite:///{tmp_path}/nowhere.db")
    assert (code, "there is no such database" in said) == (2, True)
    empty = tmp_path / "empty.db"
    with closing(sqlite3.connect(empty)) as database:
        database.execute("CREATE TABLE x (y)")
        database.commit()
    code, said = operated.command("audit", f"sqlite:///{empty}")
    assert (code, "there is no model registry here" in said) == (2, True)
    code, said = operated.command("audit", operated.database, "--on", "soon")
    assert (code, "--on" in said) == (2, True)
    (operated.folder / "aiact.toml").write_text(SETTINGS + "aliases = ['nobody-uses-this']\n")
    try:
        code, said = operated.command("audit", operated.database)
        assert (code, "no guarded alias or stage is in use here" in said) == (2, True)
        assert operated.command("audit", operated.database, "--allow-none")[0] == 0
    finally:
        (operated.folder / "aiact.toml").write_text(SETTINGS)


def test_a_doctor_says_what_a_running_server_guards_and_changes_nothing(operated: Operated) -> None:
    name = operated.register(MINIMAL)
    operated.alias(name, "candidate")
    try:
        has_servers = operated.server.post("mcp-servers", {"name": "io.example/tools"}, api="3.0")[0] == 200
    except ValueError:  # an older MLflow answers with a page
        has_servers = False
    before = _rows(operated)
    code, said = operated.command("doctor", operated.server.url)
    assert code == 0, said
    assert "ok    a running server refuses what only the gate may write" in said
    assert "ok    guarded aliases: champion, production" in said
    assert "note  in use and not guarded: alias candidate" in said
    assert ("1 MCP servers in the registry of MLflow" in said) is has_servers
    assert _rows(operated) == before
    code, said = operated.command("doctor", "http://127.0.0.1:9")
    assert (code, "no server answers" in said) == (2, True)


def _rows(operated: Operated) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(operated.folder / "mlflow.db")) as database:
        tables = ("registered_models", "model_versions", "model_version_tags", "registered_model_aliases")
        return [row for table in tables for row in database.execute(f"SELECT * FROM {table}")]


def test_a_doctor_looks_at_a_database_and_at_this_folder(operated: Operated) -> None:
    code, said = operated.command("doctor", operated.database, "--format", "json")
    assert code == 0, said
    assert json.loads(said)["gate"]["aliases"] == ["champion", "production"]
    code, said = operated.command("doctor", operated.database.removeprefix("aiact-"))
    assert (code, "write `aiact-` before it" in said) == (1, True)
    code, said = operated.command("doctor")
    assert (code, "ok    packs: eu_ai_act " in said) == (0, True)


def test_the_markets_of_a_release_bring_the_law_that_judges(operated: Operated) -> None:
    pytest.importorskip("aiact_rules_kr", reason="needs a second law to judge by")
    name = operated.register(MINIMAL)
    assert operated.alias(name)[0] == 200
    assert operated.tag(name, "aiact_markets", "EU, KR")[0] == 200
    status, message = operated.alias(name)
    assert status == 403
    assert re.search(r"hold under eu_ai_act [0-9.]+, kr_ai_basic_act [0-9.]+ as of", message)
    assert operated.tag(name, "aiact_markets", "EU, BR")[0] == 200
    status, message = operated.alias(name)
    assert (status, "no installed pack covers the market `BR`" in message) == (403, True)


def test_prohibited_versions_stay_out_and_are_on_record(operated: Operated) -> None:
    assert operated.server.post("registered-models/create", {"name": "forbidden"})[0] == 200
    status, answer = operated.register_version("forbidden", PROHIBITED)
    assert (status, "block under eu_ai_act" in answer["message"]) == (403, True)
    (act,) = operated.acts("forbidden")
    assert (act.action, act.outcome) == ("register a version", Outcome.REFUSED)
    assert 'refused act="register a version" model="forbidden" version="new"' in operated.lines("forbidden")[-1]
