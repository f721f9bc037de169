"""The commands on a file and on a server alike: who asked for what, what became of it, and what an auditor reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aiact_rules.artifacts import digest_of
from aiact_rules.decision_log.acts import Act, Artifact, Outcome
from aiact_rules.decision_log.opening import open_log
from aiact_rules.gate import Gate
from aiact_rules.overrides import Override
from tests.cli.conftest import EXAMPLES, Answer, run

from .sample import decision

Run = Callable[..., Answer]
__all__ = ["run"]
AS_OF = ("--as-of", "2026-11-22")


def test_check_records_who_asked_and_what_became_of_it(run: Run, address: str, tmp_path: Path) -> None:  # noqa: F811
    broken = tmp_path / "aiact.yaml"
    broken.write_text("format: 1\nfacts: {system.nonsense: 1}\n", encoding="utf-8")
    weights = tmp_path / "weights.bin"
    weights.write_bytes(b"weights")
    log = ("--log", address, *AS_OF)
    run("check", str(EXAMPLES / "minimal"), "--artifact", str(weights), "--actor", "A. Person", *log)
    run("check", str(EXAMPLES / "cv-screening"), *log)
    assert run("check", str(broken), "--actor", "A. Person", "--artifact", str(weights), *log).code == 2
    allowed, refused, undecided = (entry.act for entry in open_log(address).entries())
    released = Artifact("spam-filter", None, digest_of(weights))
    assert allowed == Act("cli", "check", Outcome.ALLOWED, "A. Person", released)
    assert refused is not None
    assert (refused.outcome, refused.actor) == (Outcome.REFUSED, None)
    assert undecided is not None
    assert (undecided.outcome, undecided.actor) == (Outcome.UNDECIDED, "A. Person")
    assert undecided.artifact is not None
    assert undecided.artifact.digest == digest_of(weights)


def test_nobody_is_named_by_what_a_pipeline_knows_unless_it_says_so(
    run: Run,  # noqa: F811
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("GITHUB_ACTOR", "GITLAB_USER_LOGIN", "USER"):
        monkeypatch.setenv(variable, "somebody")
    run("check", str(EXAMPLES / "minimal"), "--log", address, *AS_OF)
    monkeypatch.setenv("AIACT_RULES_ACTOR", "jane")
    run("check", str(EXAMPLES / "minimal"), "--log", address, *AS_OF)
    assert [None if entry.act is None else entry.act.actor for entry in open_log(address).entries()] == [None, "jane"]


def test_an_actor_that_says_nothing_is_a_mistake(run: Run, address: str) -> None:  # noqa: F811
    answer = run("check", str(EXAMPLES / "minimal"), "--log", address, "--actor", " ", *AS_OF)
    assert answer.code == 2
    assert "`--actor` is a name" in answer.err


def test_a_run_that_found_nothing_to_judge_stands_in_the_log(run: Run, address: str, tmp_path: Path) -> None:  # noqa: F811
    answer = run("check", "--tree", str(tmp_path / "empty"), "--log", address)
    (tmp_path / "empty").mkdir()
    answer = run("check", "--tree", str(tmp_path / "empty"), "--log", address)
    assert answer.code == 2
    last = open_log(address).entry(0)
    assert last.error is not None
    assert "no release was found" in last.error.problems[0]
    assert last.act == Act("cli", "check", Outcome.UNDECIDED)


def test_the_log_of_an_organisation_may_be_on_a_server(run: Run, address: str, tmp_path: Path) -> None:  # noqa: F811
    shutil.copytree(EXAMPLES / "minimal", tmp_path / "minimal")
    (tmp_path / "aiact.toml").write_text(f"log = {json.dumps(address)}\n", encoding="utf-8")
    assert run("check", str(tmp_path / "minimal"), *AS_OF).code == 0
    assert run("check", str(tmp_path / "minimal"), "--log", address, *AS_OF).code == 0
    assert open_log(address).verify().entries == 2


@pytest.mark.parametrize("named", ["logs/kept.db", "sqlite:///logs/kept.db"])
def test_a_file_is_meant_from_the_folder_of_the_settings(run: Run, tmp_path: Path, named: str) -> None:  # noqa: F811
    (tmp_path / "logs").mkdir()
    shutil.copytree(EXAMPLES / "minimal", tmp_path / "minimal")
    (tmp_path / "aiact.toml").write_text(f"log = {json.dumps(named)}\n", encoding="utf-8")
    assert run("check", str(tmp_path / "minimal"), *AS_OF).code == 0
    assert open_log(tmp_path / "logs" / "kept.db").verify().entries == 1


def test_what_was_recorded_is_shown_exported_verified_and_decided_again(run: Run, address: str) -> None:  # noqa: F811
    run("check", str(EXAMPLES / "cv-screening"), "--log", address, "--actor", "jane", *AS_OF)
    (line,) = run("log", "show", address).out.splitlines()
    assert line.split("  ")[2] == "hold"
    assert line.endswith("  refused: cli, check by jane")
    assert json.loads(run("log", "show", address, "--entry", "1").out)["act"]["actor"] == "jane"
    assert run("log", "export", address).out == open_log(address).entry(1).text + "\n"
    assert run("log", "verify", address).out.startswith("1 entry, head ")
    answer = run("replay", address)
    assert answer.code == 0
    assert answer.out.endswith("the same\n")


def test_an_override_stands_beside_its_decision_and_by_itself(run: Run, address: str) -> None:  # noqa: F811
    log = open_log(address)
    gate = Gate(record_override=log.append_override)
    decided = gate.check(EXAMPLES / "cv-screening")
    now = datetime.now(UTC)
    override = gate.break_glass(decided, who="A. Person", why="a customer waits", until=now + timedelta(days=1))
    gate.enforce(decided, override=override)
    act = Act("registry", "set alias champion", Outcome.OVERRIDDEN, "jane", Artifact("cv", "3"), override)
    log.append(decided.as_record(), act=act)
    first, second = log.entries()
    assert first.override == override == second.act.override  # type: ignore[union-attr]
    assert isinstance(first.override, Override)
    one, two = run("log", "show", address).out.splitlines()
    assert f"override  A. Person until {override.until.isoformat()}: a customer waits  {decided.decision_id}" in one
    assert two.endswith("overridden: registry, set alias champion by jane, override by A. Person")
    assert log.verify().problems == ()
    answer = run("replay", address, "--entry", "1")
    assert answer.code == 2
    assert "this entry records no decision" in answer.err


def test_old_entries_are_moved_by_a_command(run: Run, address: str, tmp_path: Path) -> None:  # noqa: F811
    log = open_log(address)
    today = datetime.now(UTC)
    for days in (400, 300, 1, 0):
        log.append(decision(str(days)), at=today - timedelta(days=days))
    day = (today - timedelta(days=30)).date().isoformat()
    archive, new = str(tmp_path / "archive.db"), str(tmp_path / "new.db")
    command = ("log", "retain", address, "--until", day, "--archive", archive, "--output", new, "--actor", "jane")
    answer = run(*command)
    assert answer.code == 0, answer.err
    first, second, last = answer.out.splitlines()
    assert first == f"{archive}: 2 entries, head {open_log(archive).head().hash}"
    assert second == f"{new}: 3 entries, head {open_log(new).head().hash}"
    assert last == f"{log.name} is closed: record in {new} from now on"
    assert run(*command).out == answer.out
    answer = run("log", "verify", new, archive)
    assert answer.code == 0
    assert answer.out.splitlines() == [
        f"{archive}: 2 entries, head {open_log(archive).head().hash}, unbroken",
        f"{new} goes on after entry 2 of an archive, hash {open_log(archive).head().hash}",
        f"{new}: 3 entries, head {open_log(new).head().hash}, unbroken",
    ]
    assert f"retained  up to entry 2 in {archive}, on in {new}" in run("log", "show", new).out
    answer = run("check", str(EXAMPLES / "minimal"), "--log", address, *AS_OF)
    assert answer.code == 2
    assert "takes no more entries" in answer.err
    assert run("check", str(EXAMPLES / "minimal"), "--log", new, *AS_OF).code == 0
    assert run("log", "verify", archive, address).code == 1


def test_retention_says_where_there_is_nothing_to_do_or_nothing_can_be_done(run: Run, address: str) -> None:  # noqa: F811
    open_log(address).append(decision("a"))
    rest = ("--archive", "archive.db", "--output", "new.db")
    answer = run("log", "retain", address, "--until", "2020-01-01", *rest)
    assert answer.code == 0
    assert "nothing was recorded before 2020-01-01, so nothing was done" in answer.out
    answer = run("log", "retain", address, "--until", "2999-01-01", *rest)
    assert answer.code == 2
    assert "2999-01-01 is to come" in answer.err
    assert open_log(address).append(decision("b")).seq == 2


def test_an_address_without_a_log_is_an_error(run: Run, tmp_path: Path) -> None:  # noqa: F811
    for command in (("log", "verify"), ("log", "show"), ("log", "export"), ("replay",)):
        answer = run(*command, "mysql://u:hush@h/db")
        assert answer.code == 2
        assert "`mysql://` is no address of a decision log" in answer.err
        assert "hush" not in answer.err
