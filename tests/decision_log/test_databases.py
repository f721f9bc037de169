"""On SQLite and on PostgreSQL alike: one chain, nothing lost, nothing changed unseen, and the same decision again."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from socket import socket
from threading import Thread

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.decision_log.acts import Act, Artifact, Outcome
from aiact_rules.decision_log.entries import Entry, FailedInput
from aiact_rules.decision_log.heads import EMPTY, FIRST, Head
from aiact_rules.decision_log.log import Log
from aiact_rules.decision_log.opening import open_log
from aiact_rules.decision_log.parts import Part
from aiact_rules.decision_log.replay import replay
from aiact_rules.decision_log.storage import StorageError
from aiact_rules.gate import Gate
from tests.cli.conftest import EXAMPLES
from tests.databases import POSTGRES, address_of

from .processes import writers
from .sample import decision

KILLS = int(os.environ.get("AIACT_RULES_KILLS", "100"))
WRITERS, EACH = 8, 25


@contextmanager
def execute(address: str) -> Iterator[object]:
    """Yield a function that executes a statement on the database of a log, and makes it last."""
    if address.startswith("postgresql"):
        import psycopg

        with psycopg.connect(address, autocommit=True) as connection:
            yield lambda statement: connection.execute(statement.replace("entries", "aiact_decision_log"))
    else:
        with closing(sqlite3.connect(address, isolation_level=None)) as connection:
            yield connection.execute


def unguarded(address: str) -> None:
    """Remove what keeps entries from being changed and removed."""
    with execute(address) as run:
        if address.startswith("postgresql"):
            run("ALTER TABLE aiact_decision_log DISABLE TRIGGER USER")  # type: ignore[operator]
        else:
            run("DROP TRIGGER entries_are_never_changed")  # type: ignore[operator]
            run("DROP TRIGGER entries_are_never_removed")  # type: ignore[operator]


def test_entries_of_every_kind_form_one_chain(kept: Log) -> None:
    act = Act("mlflow", "set alias champion", Outcome.REFUSED, "jane", Artifact("cv", "3", "sha256:" + "0" * 64))
    first = kept.append(decision("ä 😀 \u0000"), notes={"baseline": "b.json"}, act=act)
    second = kept.append_error("x", ["no card"], act=Act("mlflow", "register", Outcome.UNDECIDED))
    one, two = kept.entries()
    assert (one, two) == (first, second)
    assert (one.record["prev"], two.record["prev"]) == (FIRST, one.hash)
    assert (one.act, one.notes, one.decision) == (act, {"baseline": "b.json"}, decision("ä 😀 \u0000"))
    assert two.error == FailedInput("x", ("no card",))
    assert (kept.entry(1), kept.entry(0), list(kept.entries(1))) == (one, two, [two])
    assert kept.head() == Head(2, two.hash)
    verified = kept.verify(kept.head())
    assert (verified.entries, verified.head, verified.problems) == (2, kept.head(), ())


def test_a_log_that_is_not_there_is_said_to_be_none_and_made_by_the_first_write(kept: Log) -> None:
    for read in (kept.head, kept.verify, lambda: list(kept.entries()), lambda: kept.entry(1)):
        with pytest.raises(InputError, match="there is no decision log here"):
            read()  # type: ignore[operator]
    kept.check_writable()
    assert kept.head() == EMPTY
    assert kept.verify().problems == ()
    with pytest.raises(InputError, match="there is no entry at all"):
        kept.entry(0)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET text = replace(text, 'allow', 'block')",
        "DELETE FROM entries",
        "DELETE FROM entries WHERE seq = 2",
        "INSERT INTO entries VALUES (1, 'another', '{}')",
    ],
)
def test_the_database_itself_refuses_changes(kept: Log, address: str, statement: str) -> None:
    for name in "ab":
        kept.append(decision(name))
    with execute(address) as run, pytest.raises(Exception, match=r"never changed|never removed|(?i:unique)"):
        run(statement)  # type: ignore[operator]
    assert kept.verify().problems == ()
    assert kept.head().seq == 2


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE entries SET text = replace(text, 'allow', 'block') WHERE seq = 2", "does not fit its hash"),
        ("UPDATE entries SET text = 'x', hash = 'y' WHERE seq = 2", "the entry is broken"),
        ("DELETE FROM entries WHERE seq = 2", "entry 2 is missing"),
    ],
)
def test_whoever_goes_round_that_is_found(kept: Log, address: str, statement: str, said: str) -> None:
    for name in "abc":
        kept.append(decision(name))
    unguarded(address)
    with execute(address) as run:
        run(statement)  # type: ignore[operator]
    assert said in "\n".join(map(str, kept.verify().problems))


def test_a_tail_that_is_cut_off_is_found_by_the_head_that_was_kept(kept: Log, address: str) -> None:
    for name in "abc":
        kept.append(decision(name))
    head = kept.head()
    unguarded(address)
    with execute(address) as run:
        run("DELETE FROM entries WHERE seq > 1")  # type: ignore[operator]
    assert kept.verify().problems == ()
    assert "entries were cut off" in str(kept.verify(head).problems[0])


def test_guards_that_were_taken_away_are_put_back_by_the_next_entry(kept: Log, address: str) -> None:
    kept.append(decision("a"))
    unguarded(address)
    kept.append(decision("b"))
    with execute(address) as run, pytest.raises(Exception, match="never removed"):
        run("DELETE FROM entries")  # type: ignore[operator]


@pytest.mark.parametrize("value", [float("nan"), {1: "x"}, "\ud800"])
def test_what_has_no_canonical_form_is_not_acknowledged(kept: Log, value: object) -> None:
    kept.append(decision("a"))
    with pytest.raises(InputError, match="the decision cannot be recorded"):
        kept.append({**decision("b"), "more": value})
    assert kept.append(decision("c")).seq == 2


def test_a_log_that_is_held_open_is_written_as_ever(kept: Log, address: str) -> None:
    with kept.held() as held:
        held.append(decision("a"))
        open_log(address).append(decision("b"))
        assert kept.head().seq == 2
        with held.held():
            held.append(decision("c"))
    assert kept.verify().entries == 3
    assert kept.verify().beside is None
    assert kept.verify().problems == ()


def test_a_log_that_cannot_be_written_cannot_be_held(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nothing can be recorded in this log"), open_log(tmp_path).held():
        raise AssertionError


def test_threads_of_one_log_keep_one_chain(kept: Log) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: kept.append(decision(str(number))), range(40)))
    verified = kept.verify()
    assert (verified.entries, verified.problems) == (40, ())


def test_eight_writers_at_once_lose_nothing_and_keep_one_chain(kept: Log, address: str) -> None:
    with writers(address) as found:
        for number in range(WRITERS):
            found.start(f"w{number}", EACH)
        while len(found.done) < WRITERS:
            found.told()
    assert sorted(found.kept) == list(range(1, WRITERS * EACH + 1))
    assert {entry.seq: entry.hash for entry in kept.entries()} == found.kept
    assert kept.verify().problems == ()


def test_nothing_acknowledged_is_lost_when_writers_are_killed(kept: Log, address: str) -> None:
    rng = random.Random(7)
    with writers(address) as found:
        for number in range(KILLS):
            found.start(f"k{number}", 1_000_000)
            process = int(found.until("started", f"k{number}")[2])
            found.until("kept", str(process))
            time.sleep(rng.uniform(0.0, 0.03))
            os.kill(process, signal.SIGKILL)
        found.rest()
    assert len(found.kept) >= KILLS
    assert {entry.seq: entry.hash for entry in kept.entries() if entry.seq in found.kept} == found.kept
    verified = kept.verify()
    assert verified.problems == ()
    assert verified.entries >= len(found.kept)
    assert kept.append(decision("after")).seq == verified.entries + 1


def test_a_record_of_the_first_format_is_read_verified_and_decided_again(kept: Log) -> None:
    text = (Path(__file__).parent / "entry_of_format_1.json").read_text(encoding="utf-8").strip()
    first = Entry.of_row(1, hashlib.sha256(text.encode()).hexdigest(), text)
    kept.fill([first], Part())
    assert kept.verify().problems == ()
    assert kept.append(decision("after")).record["prev"] == first.hash
    recorded = kept.entry(1).decision
    assert recorded is not None
    found = replay(Gate(), recorded)
    assert not found.same_format
    assert not [each for each in found.differences if each.startswith("the verdict")]


@pytest.mark.parametrize("example", ["minimal", "cv-screening", "silent"])
def test_a_decision_is_decided_again_to_the_same_id_from_either_database(kept: Log, example: str) -> None:
    gate = Gate()
    decided = gate.check(EXAMPLES / example, artifact="sha256:" + "ab" * 32)
    kept.append(decided.as_record())
    recorded = kept.entry(0)
    assert recorded.decision is not None
    found = replay(gate, recorded.decision)
    assert found.same
    assert found.decision.decision_id == decided.decision_id
    assert len(recorded.text.encode()) <= 20_000


def test_a_server_that_is_away_is_named_without_the_password() -> None:
    pytest.importorskip("psycopg")
    log = open_log("postgresql://gate:hush-hush@127.0.0.1:1/registry")
    for call in (lambda: log.append(decision("a")), log.check_writable, log.head, log.verify):
        with pytest.raises(InputError) as caught:
            call()
        said = str(caught.value)
        assert said.startswith("postgresql://gate@127.0.0.1:1/registry: ")
        assert "Connection refused" in said
        assert "hush" not in said


@pytest.mark.parametrize(
    "address", ["postgresql://u:hush@[", "postgresql://u:hush%ZZ@h/d", "postgresql://u:hush@h/d?x=y"]
)
def test_an_address_that_cannot_be_read_is_not_quoted(address: str) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(InputError, match="this is no address of a PostgreSQL database") as caught:
        open_log(address)
    assert "hush" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgres://u:hush@h/d", "postgresql://u@h/d"),
        ("postgresql://h/d?password=hush&sslpassword=hush&sslmode=require", "postgresql://h/d"),
        ("postgresql://u:hush@a,b:5433/d", "postgresql://u@a,b:5433/d"),
        ("postgresql://u@[::1]:5433/d", "postgresql://u@[::1]:5433/d"),
        ("postgresql:///d?host=/var/run/postgresql", "postgresql://%2Fvar%2Frun%2Fpostgresql/d"),
        ("postgresql://h/d?options=-csearch_path%3Da", "postgresql://h/d?options=-csearch_path=a"),
    ],
)
def test_an_address_is_shown_with_everything_but_its_secrets(address: str, shown: str) -> None:
    pytest.importorskip("psycopg")
    assert open_log(address).name == shown


def test_a_driver_that_is_not_installed_is_named_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(
        InputError, match=r"needs `psycopg`, which is not installed\n  pip install 'aiact-rules\[postgres]'"
    ):
        open_log("postgresql://u:hush@h/d")


def test_a_server_that_never_answers_is_given_up() -> None:
    pytest.importorskip("psycopg")
    with socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        log = open_log(f"postgresql://gate@127.0.0.1:{silent.getsockname()[1]}/registry?connect_timeout=2")
        started = time.monotonic()
        with pytest.raises(InputError, match="the decision cannot be recorded"):
            log.append(decision("a"))
        assert time.monotonic() - started < 30


def test_a_connection_that_the_server_closed_is_opened_again(schema: str) -> None:
    import psycopg

    log = open_log(f"{address_of(schema)}&application_name={schema}")
    log.append(decision("a"))
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        rows = connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = left(%s, 63)", (schema,)
        ).fetchall()
    assert rows == [(True,)]
    assert log.append(decision("b")).seq == 2
    assert log.verify().problems == ()


def test_a_schema_that_does_not_exist_is_named_as_what_is_missing(schema: str) -> None:
    log = open_log(address_of(f"{schema}_of_nobody"))
    with pytest.raises(InputError, match="the schema of this address does not exist"):
        log.append(decision("a"))


def test_a_role_that_may_only_add_and_read_adds_and_reads(schema: str) -> None:
    import psycopg

    role = f"{schema}_writer"
    with psycopg.connect(POSTGRES, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {role}")
        try:
            owner.execute(f"GRANT USAGE ON SCHEMA {schema} TO {role}")
            writer = open_log(address_of(schema, f"-crole={role}"))
            with pytest.raises(InputError, match="a role that may create tables in schema"):
                writer.append(decision("a"))
            open_log(address_of(schema)).append(decision("a"))
            owner.execute(f"GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA {schema} TO {role}")
            assert writer.append(decision("b")).seq == 2
            assert writer.verify().problems == ()
            for statement in ("DELETE FROM", "UPDATE", "TRUNCATE", "ALTER TABLE"):
                rest = {"UPDATE": "SET hash = ''", "ALTER TABLE": "DISABLE TRIGGER USER"}.get(statement, "")
                with (
                    psycopg.connect(address_of(schema, f"-crole={role}"), autocommit=True) as connection,
                    pytest.raises(psycopg.errors.InsufficientPrivilege),
                ):
                    connection.execute(f"{statement} aiact_decision_log {rest}")
            unguarded(address_of(schema))
            with pytest.raises(InputError, match="the owner has to put back what refuses changes"):
                writer.append(decision("c"))
            open_log(address_of(schema)).append(decision("c"))
            assert writer.append(decision("d")).seq == 4
        finally:
            owner.execute(f"DROP OWNED BY {role}")
            owner.execute(f"DROP ROLE {role}")


def test_a_session_that_replicates_is_refused_too_and_so_is_emptying(schema: str) -> None:
    import psycopg

    address = address_of(schema)
    open_log(address).append(decision("a"))
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in ("TRUNCATE aiact_decision_log", "DELETE FROM aiact_decision_log"):
            with pytest.raises(psycopg.errors.RestrictViolation, match="never removed"):
                connection.execute(statement)


def test_a_process_that_was_forked_opens_a_connection_of_its_own(schema: str) -> None:
    log = open_log(address_of(schema))
    log.append(decision("a"))
    child = os.fork()
    if child == 0:
        ok = False
        try:
            ok = log.append(decision("b")).seq == 2
        finally:
            os._exit(0 if ok else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert log.append(decision("c")).seq == 3
    assert log.verify().problems == ()


def test_a_writer_that_never_ends_does_not_hold_up_the_others_for_ever(
    schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiact_rules.decision_log import postgres_storage

    monkeypatch.setattr(postgres_storage, "_BEGIN", postgres_storage._BEGIN.replace("'60s'", "'1s'"))
    first, second = open_log(address_of(schema)), open_log(address_of(schema))
    first.append(decision("a"))
    storage = first._storage
    with storage._writing():  # type: ignore[attr-defined]
        with pytest.raises(InputError, match="lock timeout"):
            second.append(decision("b"))
        waiting = Thread(target=lambda: second.append(decision("c")))
        waiting.start()
        storage._kept.execute("ROLLBACK")  # type: ignore[attr-defined]
        waiting.join()
    assert first.head().seq == 2


def test_a_writer_that_stopped_in_the_middle_is_ended_by_the_server(
    schema: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aiact_rules.decision_log import postgres_storage

    monkeypatch.setattr(postgres_storage, "_BEGIN", postgres_storage._BEGIN.replace("'55s'", "'1s'"))
    stopped, other = open_log(address_of(schema)), open_log(address_of(schema))
    with pytest.raises(StorageError, match="cannot be written"):
        stopped._storage.append(lambda last: (1, "stopped", other.append(decision("a")).text))  # type: ignore[arg-type]
    assert other.verify().entries == 1
    assert stopped.append(decision("b")).seq == 2


def test_a_decision_is_on_disk_where_the_database_would_answer_before(schema: str) -> None:
    log = open_log(address_of(schema, "-csynchronous_commit=off"))
    log.append(decision("a"))
    with log._storage._writing() as (connection, _):  # type: ignore[attr-defined]
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        connection.execute("ROLLBACK")
