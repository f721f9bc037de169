"""`check --log`, `log`, `replay`, `baseline` as a person uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import EXAMPLES, Answer, run

Run = Callable[..., Answer]
__all__ = ["run"]


def test_a_decision_is_logged_shown_and_decided_again_to_the_same_id(run: Run, tmp_path: Path) -> None:  # noqa: F811
    log = str(tmp_path / "log.sqlite")
    for example in ("minimal", "cv-screening", "open-llm", "silent"):
        assert run("check", str(EXAMPLES / example), "--log", log, "--as-of", "2026-11-22").code in (0, 1)
    assert "4 entries" in run("log", "verify", log).out
    assert len(run("log", "show", log).out.splitlines()) == 4
    assert len(run("log", "export", log).out.splitlines()) == 4
    for entry in ("1", "2", "3", "4"):
        answer = run("replay", log, "--entry", entry)
        assert answer.code == 0, answer.out
        assert answer.out.endswith("the same\n")
    assert json.loads(run("log", "show", log, "--entry", "2").out)["decision"]["verdict"] == "hold"


def test_a_record_that_was_changed_is_not_the_same(run: Run, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "decision.json"
    run("check", str(EXAMPLES / "cv-screening"), "--format", "json", "--output", str(file))
    assert run("replay", str(file)).code == 0
    record = json.loads(file.read_text())
    record["facts"]["system.annex_iii_uses"]["value"] = []
    file.write_text(json.dumps(record), encoding="utf-8")
    answer = run("replay", str(file))
    assert answer.code == 1
    assert "not the same" in answer.out


def test_a_record_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "decision.json"
    file.write_text("{}", encoding="utf-8")
    assert run("replay", str(file)).code == 2


def test_a_log_that_cannot_be_written_is_no_answer(run: Run, tmp_path: Path) -> None:  # noqa: F811
    answer = run("check", str(EXAMPLES / "minimal"), "--log", str(tmp_path / "no" / "where.sqlite"))
    assert answer.code == 2


def test_a_baseline_lets_pass_what_was_open_before_and_fails_on_what_got_worse(run: Run, tmp_path: Path) -> None:  # noqa: F811
    baseline = str(tmp_path / "baseline.json")
    release = str(EXAMPLES / "cv-screening")
    assert run("baseline", baseline, release).code == 0
    assert run("check", release).code == 1
    assert run("check", release, "--baseline", baseline).code == 0
    worse = run("check", release, "--baseline", baseline, "--set", "operator.supports_ai_literacy=no")
    assert worse.code == 1
    assert "worse than the baseline: eu_ai_act.art4" in worse.err
