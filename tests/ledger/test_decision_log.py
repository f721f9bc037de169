"""The decision log keeps everything it acknowledged, in one chain, and nobody changes it unseen."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.decision_log.log import FIRST, DecisionLog

from .sample import decision

ROOT = Path(__file__).resolve().parents[2]
KILLS = int(os.environ.get("AIACT_RULES_KILLS", "12"))


@pytest.fixture
def log(tmp_path: Path) -> DecisionLog:
    return DecisionLog(tmp_path / "log.sqlite")


def writer(log: DecisionLog, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.ledger.writer", str(log.path), name, str(count)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def test_entries_form_a_chain_from_the_first(log: DecisionLog) -> None:
    entries = [log.append(decision(str(number))) for number in range(5)]
    found = list(log.entries())
    assert [entry.hash for entry in found] == [entry.hash for entry in entries]
    assert found[0].record["prev"] == FIRST
    assert [entry.record["prev"] for entry in found[1:]] == [entry.hash for entry in found[:-1]]
    verified = log.verify()
    assert (verified.entries, verified.head, verified.problems) == (5, entries[-1].hash, ())


def test_updates_and_deletes_are_refused(log: DecisionLog) -> None:
    log.append(decision("one"))
    connection = sqlite3.connect(log.path)
    for statement in ("UPDATE entries SET text = 'x'", "DELETE FROM entries"):
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            connection.execute(statement)
    connection.close()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE entries SET text = replace(text, 'allow', 'block') WHERE seq = 2", "does not fit its hash"),
        ("DELETE FROM entries WHERE seq = 2", "missing or out of order"),
        ("UPDATE entries SET seq = 9 WHERE seq = 3", "missing or out of order"),
    ],
)
def test_whoever_goes_round_the_triggers_is_found(log: DecisionLog, statement: str, said: str) -> None:
    for number in range(3):
        log.append(decision(str(number)))
    connection = sqlite3.connect(log.path)
    connection.execute("DROP TRIGGER entries_are_never_changed")
    connection.execute("DROP TRIGGER entries_are_never_removed")
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert any(said in str(problem) for problem in log.verify().problems)


def test_a_rewritten_text_with_a_fitting_hash_breaks_the_next_link(log: DecisionLog) -> None:
    import hashlib

    for number in range(3):
        log.append(decision(str(number)))
    text = log.entry(2).text.replace('"1"', '"7"')
    connection = sqlite3.connect(log.path)
    connection.execute("DROP TRIGGER entries_are_never_changed")
    connection.execute(
        "UPDATE entries SET text = ?, hash = ? WHERE seq = 2", (text, hashlib.sha256(text.encode()).hexdigest())
    )
    connection.commit()
    connection.close()
    problems = [str(problem) for problem in log.verify().problems]
    assert any("link to the entry before" in problem for problem in problems)
    assert any("does not fit its own id" in problem for problem in problems)


def test_a_tail_that_is_cut_off_changes_the_head(log: DecisionLog) -> None:
    for number in range(3):
        log.append(decision(str(number)))
    head = log.verify().head
    connection = sqlite3.connect(log.path)
    connection.execute("DROP TRIGGER entries_are_never_removed")
    connection.execute("DELETE FROM entries WHERE seq = 3")
    connection.commit()
    connection.close()
    assert log.verify().problems == ()
    assert log.verify().head != head


def test_eight_threads_at_once_keep_one_chain(log: DecisionLog) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: log.append(decision(str(number))), range(80)))
    verified = log.verify()
    assert (verified.entries, verified.problems) == (80, ())


def test_eight_processes_at_once_keep_one_chain(log: DecisionLog) -> None:
    writers = [writer(log, f"p{number}", 10) for number in range(8)]
    lines = [line for process in writers for line in process.communicate(timeout=120)[0].splitlines()]
    assert [process.returncode for process in writers] == [0] * 8
    assert sorted(int(line.split()[0]) for line in lines) == list(range(1, 81))
    verified = log.verify()
    assert (verified.entries, verified.problems) == (80, ())


def test_nothing_acknowledged_is_lost_when_writers_are_killed(log: DecisionLog) -> None:
    rng = random.Random(7)
    acknowledged: dict[int, str] = {}
    for number in range(KILLS):
        process = writer(log, f"k{number}", 10_000)
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        time.sleep(rng.uniform(0.0, 0.05))
        process.send_signal(signal.SIGKILL)
        with contextlib.suppress(ValueError):
            lines += process.communicate()[0].splitlines()
        for line in lines:
            parts = line.split()
            if len(parts) == 2 and len(parts[1]) == 64:
                acknowledged[int(parts[0])] = parts[1]
    kept = {entry.seq: entry.hash for entry in log.entries()}
    assert len(acknowledged) >= KILLS
    assert {seq: kept.get(seq) for seq in acknowledged} == acknowledged
    assert log.verify().problems == ()


def test_a_file_that_is_no_log_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database", encoding="utf-8")
    with pytest.raises(InputError, match="no decision log"):
        list(DecisionLog(file).entries())
    with pytest.raises(InputError, match="cannot be recorded"):
        DecisionLog(file).append(decision("one"))
    with pytest.raises(InputError, match="no decision log here"):
        DecisionLog(tmp_path / "missing.sqlite").verify()
