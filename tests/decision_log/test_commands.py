"""`check --log`, `log`, `replay`, `baseline` as a person uses them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from aiact_rules.core.canonical import canonical
from aiact_rules.core.problems import InputError
from aiact_rules.core.record import IDENTITY
from aiact_rules.decision_log.log import DecisionLog
from aiact_rules.gate import Gate
from aiact_rules.overrides import ReleaseRefused
from aiact_rules.requests.recorded import Record
from tests.cli.conftest import EXAMPLES, Answer, run
from tests.decision_log.sample import decision

Run = Callable[..., Answer]
__all__ = ["run"]
OF_FORMAT_1 = Path(__file__).parent / "entry_of_format_1.json"


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


def test_an_entry_of_format_1_is_verified_shown_and_decided_again(run: Run, tmp_path: Path) -> None:  # noqa: F811
    text = OF_FORMAT_1.read_text(encoding="utf-8").strip()
    log = DecisionLog(tmp_path / "log.sqlite")
    log.append_error("x", ["no card"])
    with closing(sqlite3.connect(log.path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER entries_are_never_removed")
        connection.execute("DELETE FROM entries")
        connection.execute("INSERT INTO entries VALUES (1, ?, ?)", (hashlib.sha256(text.encode()).hexdigest(), text))
    assert "1 entry" in run("log", "verify", str(log.path)).out
    assert "hold" in run("log", "show", str(log.path)).out
    decided = json.loads(text)["decision"]
    answer = run("replay", str(log.path))
    assert answer.out.startswith(f"recorded {decided['decision_id']}\n")
    assert f"pack eu_ai_act {decided['packs'][0]['basis']['version']} was used" in answer.out
    assert "the verdict was" not in answer.out  # what was on hold then is so now
    assert answer.code == 1
    again = Gate().check(Record(decided))
    was = decided["facts"]
    assert all(was[fact.name]["source"] == fact.origin.place.source for fact in again.facts if fact.name in was)


def test_a_record_that_was_changed_is_not_the_same(run: Run, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "decision.json"
    run("check", str(EXAMPLES / "cv-screening"), "--format", "json", "--output", str(file))
    assert run("replay", str(file)).code == 0
    record = json.loads(file.read_text())
    record["facts"]["system.annex_iii_uses"]["value"] = []
    file.write_text(json.dumps(record), encoding="utf-8")
    answer = run("replay", str(file))
    assert answer.code == 2
    assert "does not fit its own id, so it was changed" in answer.err


def test_a_report_of_what_gates_is_decided_again_without_made_up_differences(run: Run, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "decision.json"
    run("check", str(EXAMPLES / "cv-screening"), "--format", "json", "--output", str(file))
    answer = run("replay", str(file))
    assert answer.code == 0
    assert "absent" not in answer.out
    assert len(answer.out.splitlines()) == 3


def test_what_reads_otherwise_in_a_record_is_named(run: Run, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "record.json"
    record = Gate().check(EXAMPLES / "minimal").as_record()
    subject = record["subject"]
    assert isinstance(subject, dict)
    subject["formerly"] = None
    identity = {name: record[name] for name in IDENTITY if name in record}
    record["decision_id"] = f"sha256:{hashlib.sha256(canonical(identity)).hexdigest()}"
    file.write_text(json.dumps(record), encoding="utf-8")
    answer = run("replay", str(file))
    assert answer.code == 1
    assert answer.out.splitlines()[2:] == ["  `subject` was recorded otherwise", "not the same"]


def test_a_threshold_that_was_written_into_a_record_counts_for_nothing_when_it_is_decided_again() -> None:
    gate = Gate()
    record = json.loads(json.dumps(gate.check(EXAMPLES / "cv-screening").as_record()))
    record["choices"]["fail_on"]["value"] = "never"
    with pytest.raises(ReleaseRefused):
        gate.enforce(gate.check(Record(record)))


@pytest.mark.parametrize("value", [[], None, "text", 1])
def test_what_is_no_object_is_no_record(value: object) -> None:
    with pytest.raises(InputError, match="not the record of a decision"):
        Gate().read_back(Record(value))  # type: ignore[arg-type]


def test_a_record_that_is_none_is_refused(run: Run, tmp_path: Path) -> None:  # noqa: F811
    file = tmp_path / "decision.json"
    file.write_text("{}", encoding="utf-8")
    assert run("replay", str(file)).code == 2


@pytest.fixture
def mixed(tmp_path: Path) -> DecisionLog:
    """A log with a decision, an input error, a broken row and a decision."""
    log = DecisionLog(tmp_path / "mixed#1%41.db")
    log.append(decision("one"))
    log.append_error("models/\x1b[2J", ["there is no card\nin this folder", "more"])
    log.append(decision("three"))
    log.append(decision("four\x9b2J"))
    with closing(sqlite3.connect(log.path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER entries_are_never_changed")
        connection.execute("UPDATE entries SET text = 17 WHERE seq = 3")
    return log


def test_show_lists_decisions_errors_and_broken_rows_without_control_characters(run: Run, mixed: DecisionLog) -> None:  # noqa: F811
    answer = run("log", "show", str(mixed.path))
    assert answer.code == 1
    lines = [line.split("  ") for line in answer.out.splitlines()]
    assert [line[0] for line in lines] == ["1", "2", "3", "4"]
    assert lines[0][2:4] == ["allow", "one"]
    assert lines[1][2:] == ["error", "models/\\x1b[2J", "there is no card\\nin this folder"]
    assert lines[2][1:] == ["-", "broken", "the record is not an object"]
    assert lines[3][3] == "four\\x9b2J"


def test_one_entry_is_shown_whole_as_json(run: Run, mixed: DecisionLog) -> None:  # noqa: F811
    answer = run("log", "show", str(mixed.path), "--entry", "2")
    assert json.loads(answer.out)["error"]["problems"] == ["there is no card\nin this folder", "more"]
    answer = run("log", "show", str(mixed.path), "--entry", "4")
    assert json.loads(answer.out)["decision"]["subject"]["name"] == "four\x9b2J"
    assert "\x9b" not in answer.out
    answer = run("log", "show", str(mixed.path), "--entry", "3")
    assert answer.code == 2
    assert "entry 3: this entry cannot be read" in answer.err


def test_verify_names_the_broken_row_and_goes_on_to_the_end(run: Run, mixed: DecisionLog) -> None:  # noqa: F811
    answer = run("log", "verify", str(mixed.path))
    assert answer.code == 1
    *problems, last = answer.out.splitlines()
    assert f"{mixed.path}, entry 3: the entry is broken: the record is not an object" in problems
    assert last.startswith("4 entries, head ")
    assert last.endswith(", broken")


def test_verify_says_that_the_file_beside_the_log_belongs_to_it(run: Run, tmp_path: Path) -> None:  # noqa: F811
    log = DecisionLog(tmp_path / "log.db")
    log.append(decision("one"))
    assert "-wal" not in run("log", "verify", str(log.path)).out
    with closing(sqlite3.connect(log.path, isolation_level=None)) as writing:
        writing.execute("SELECT count(*) FROM entries").fetchone()
        log.append(decision("two"))
        answer = run("log", "verify", str(log.path))
    assert f"{log.path}-wal holds the newest entries of this log: copy both files" in answer.out
    assert answer.code == 0


def test_export_writes_what_can_be_read_and_names_what_cannot(run: Run, mixed: DecisionLog) -> None:  # noqa: F811
    answer = run("log", "export", str(mixed.path))
    assert answer.code == 1
    assert [json.loads(line)["seq"] for line in answer.out.splitlines()] == [1, 2, 4]
    assert answer.out.splitlines() == [mixed.entry(seq).text for seq in (1, 2, 4)]
    assert "entry 3: this entry is left out: the record is not an object" in answer.err


def test_an_input_error_is_nothing_to_decide_again(run: Run, mixed: DecisionLog) -> None:  # noqa: F811
    answer = run("replay", str(mixed.path), "--entry", "2")
    assert answer.code == 2
    assert "entry 2: this entry records an input that could not be judged" in answer.err


def test_a_log_that_cannot_be_written_is_no_answer(run: Run, tmp_path: Path) -> None:  # noqa: F811
    answer = run("check", str(EXAMPLES / "minimal"), "--log", str(tmp_path / "no" / "where.sqlite"))
    assert answer.code == 2
