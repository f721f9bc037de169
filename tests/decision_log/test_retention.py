"""Old entries move to an archive without a break in the chain, and without losing one, whatever happens meanwhile."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.decision_log.heads import EMPTY, Head
from aiact_rules.decision_log.joining import verify_parts
from aiact_rules.decision_log.log import DecisionLog, Log
from aiact_rules.decision_log.opening import open_log
from aiact_rules.decision_log.parts import Part
from aiact_rules.decision_log.retention import retain
from tests.databases import address_of, postgres_schema

from .sample import decision

DAY = date(2026, 1, 1)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
KILLS = 10
Opened = Callable[[str], Log]


@pytest.fixture(params=["sqlite", "postgresql", "postgresql to sqlite"])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opened]:
    """Yield what opens a log by a name: on one database, or the archive on the other."""
    if request.param == "sqlite":
        yield lambda name: DecisionLog(tmp_path / f"{name}.db")
        return
    import psycopg

    with postgres_schema() as schema:

        def open_named(name: str) -> Log:
            if request.param.endswith("sqlite") and name.startswith("archive"):
                return DecisionLog(tmp_path / f"{name}.db")
            with psycopg.connect(address_of(schema), autocommit=True) as connection:
                connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}_{name}")
            made.add(f"{schema}_{name}")
            return open_log(address_of(f"{schema}_{name}"))

        made: set[str] = set()
        try:
            yield open_named
        finally:
            with psycopg.connect(address_of(schema), autocommit=True) as connection:
                for each in made:
                    connection.execute(f"DROP SCHEMA {each} CASCADE")


def filled(log: Log, *days: int) -> Log:
    """Add an entry on each day, counted from the first of January."""
    for number, day in enumerate(days):
        log.append(decision(str(number)), at=NOON + timedelta(days=day))
    return log


def texts(log: Log) -> list[str]:
    return [entry.text for entry in log.entries()]


def test_old_entries_move_and_the_rest_goes_on(opened: Opened) -> None:
    log, archive, new = filled(opened("log"), -400, -30, -1, 0, 5), opened("archive"), opened("new")
    before = texts(log)
    done = retain(log, DAY, archive, new, by="A. Person")
    assert done is not None
    assert (done.moved, done.kept) == (3, 3)
    assert texts(archive) == before[:3]
    assert texts(new)[:2] == before[3:]
    assert texts(log) == [*before, texts(new)[-1]]
    assert archive.part() == Part(EMPTY, archive.head())
    assert new.part() == Part(archive.head())
    retained = new.entry(0).retained
    assert retained is not None
    assert (retained.archived, retained.until, retained.by) == (archive.head(), DAY, "A. Person")
    entry = new.append(decision("after"))
    assert entry.seq == 7
    for each in (log, archive, new):
        assert each.verify().problems == ()
    assert [found.problems for _, found in verify_parts([new, archive])] == [(), ()]


def test_archive_and_closed_log_take_no_more_entries_and_change_nothing(opened: Opened) -> None:
    log, archive, new = filled(opened("log"), -2, 2), opened("archive"), opened("new")
    retain(log, DAY, archive, new)
    for closed in (log, archive):
        with pytest.raises(InputError, match="takes no more entries"):
            closed.append(decision("late"))
        with pytest.raises(InputError, match="takes no more entries"):
            closed.check_writable()
    new.check_writable()


def test_retention_again_makes_a_second_archive_that_goes_on_from_the_first(opened: Opened) -> None:
    log = filled(opened("log"), -400, -1, 30, 60, 90)
    whole = texts(log)
    first, archive = opened("first"), opened("archive1")
    retain(log, DAY, archive, first, at=NOON + timedelta(days=91))
    second, archive2 = opened("second"), opened("archive2")
    filled(first, 92, 93)
    done = retain(first, date(2026, 3, 15), archive2, second, at=NOON + timedelta(days=200))
    assert done is not None
    assert done.moved == 2
    assert texts(archive) + texts(archive2) == whole[:4]
    for parts in (
        [archive],
        [archive2],
        [second],
        [archive, archive2],
        [second, archive2, archive],
        [archive2, second],
    ):
        assert [found.problems for _, found in verify_parts(parts)] == [()] * len(parts)
    (_, one), (_, other) = verify_parts([archive, second])
    assert one.problems == ()
    assert "this log begins after entry 4" in str(other.problems[0])


def test_everything_may_move(opened: Opened) -> None:
    log, archive, new = filled(opened("log"), -3, -2), opened("archive"), opened("new")
    done = retain(log, DAY, archive, new)
    assert done is not None
    assert (done.moved, done.kept) == (2, 1)
    assert new.append(decision("after")).seq == 4
    assert [found.problems for _, found in verify_parts([new, archive])] == [(), ()]


def test_nothing_is_done_where_nothing_is_so_old(opened: Opened) -> None:
    log = filled(opened("log"), 0, 1)
    assert retain(log, DAY, opened("archive"), opened("new")) is None
    assert log.append(decision("after")).seq == 3
    with pytest.raises(InputError, match="no decision log"):
        opened("archive").head()


def test_only_the_beginning_moves_where_days_are_out_of_order(opened: Opened) -> None:
    log, archive, new = filled(opened("log"), -5, 3, -4), opened("archive"), opened("new")
    done = retain(log, DAY, archive, new)
    assert done is not None
    assert (done.moved, done.kept) == (1, 3)


def test_a_head_that_was_kept_is_found_in_whichever_part_has_it(opened: Opened) -> None:
    log = opened("log")
    heads = [
        Head(e.seq, e.hash) for e in (log.append(decision(str(n)), at=NOON + timedelta(days=n)) for n in (-2, -1, 1))
    ]
    archive, new = opened("archive"), opened("new")
    retain(log, DAY, archive, new)
    for head in (*heads, new.head(), EMPTY):
        assert [found.problems for _, found in verify_parts([archive, new], head)] == [(), ()]
    forged = Head(1, "0" * 64)
    assert "written anew" in str(verify_parts([archive, new], forged)[0][1].problems[0])
    assert "was moved to an archive" in str(new.verify(heads[0]).problems[0])
    assert new.verify(heads[1]).problems == ()  # the last one of the archive, which the new log names
    assert "entries were cut off" in str(verify_parts([archive, new], Head(9, "0" * 64))[1][1].problems[0])


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM entries WHERE seq = 3", "ends with entry 3"),
        ("DELETE FROM entries WHERE seq = 1", "entry 1 is missing"),
    ],
)
def test_an_archive_that_was_cut_is_found_alone(tmp_path: Path, statement: str, said: str) -> None:
    log, archive, new = (DecisionLog(tmp_path / f"{name}.db") for name in ("log", "archive", "new"))
    retain(filled(log, -3, -2, -1, 1), DAY, archive, new)
    with closing(sqlite3.connect(archive.path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER entries_are_never_removed")
        connection.execute(statement)
    assert said in "\n".join(map(str, archive.verify().problems))


def test_a_beginning_that_nobody_moved_is_found(tmp_path: Path) -> None:
    log = DecisionLog(tmp_path / "log.db")
    filled(log, -3, -2, 1)
    entries = list(log.entries())
    cut = DecisionLog(tmp_path / "cut.db")
    cut.fill(entries[1:], Part(Head(1, entries[0].hash)))
    assert "no entry says that the others were moved to an archive" in str(cut.verify().problems[0])
    with closing(sqlite3.connect(log.path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER entries_are_never_removed")
        connection.execute("DELETE FROM entries WHERE seq = 1")
    assert "entry 1 is missing" in str(log.verify().problems[0])


def test_a_broken_log_is_not_moved(tmp_path: Path) -> None:
    log, archive, new = (DecisionLog(tmp_path / f"{name}.db") for name in ("log", "archive", "new"))
    filled(log, -3, -2, 1)
    with closing(sqlite3.connect(log.path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER entries_are_never_changed")
        connection.execute("UPDATE entries SET text = replace(text, 'allow', 'block') WHERE seq = 1")
    with pytest.raises(InputError, match="does not fit its hash"):
        retain(log, DAY, archive, new)
    assert not archive.path.exists()
    assert not new.path.exists()


def test_what_cannot_be_done_is_refused_before_the_log_is_closed(opened: Opened) -> None:
    log = filled(opened("log"), -2, 2)
    other = filled(opened("other"), -2, 2)
    with pytest.raises(InputError, match="is to come"):
        retain(log, datetime.now(UTC).date() + timedelta(days=2), opened("archive"), opened("new"))
    with pytest.raises(InputError, match="holds entries already"):
        retain(log, DAY, other, opened("new"))
    with pytest.raises(InputError, match="holds entries already"):
        retain(log, DAY, opened("archive"), other)
    with pytest.raises(InputError, match="holds entries already|takes no more entries"):
        retain(log, DAY, opened("archive"), opened("archive"))
    with pytest.raises(InputError, match="holds entries already"):
        retain(log, DAY, opened("archive"), log)
    assert log.append(decision("still open")).seq == 3
    done = retain(log, DAY, opened("archive"), opened("new"))
    assert done is not None
    assert done.kept == 3


def test_a_log_that_was_closed_for_one_day_is_not_finished_for_another(opened: Opened) -> None:
    log = filled(opened("log"), -2, 2)
    once = retain(log, DAY, opened("archive"), opened("new"))
    assert retain(log, DAY, opened("archive"), opened("new")) == once
    with pytest.raises(InputError, match="this log was closed to move what was recorded before 2026-01-01"):
        retain(log, date(2026, 2, 1), opened("archive2"), opened("new2"))


def test_whoever_is_killed_loses_nothing_and_runs_it_again(opened: Opened) -> None:
    rng = random.Random(11)
    log = opened("log")
    filled(log, *range(-20, 20))
    source = list(log.entries())
    begun = time.monotonic()
    retain(log, DAY, opened("archive"), opened("new"))
    takes = time.monotonic() - begun
    interrupted = 0
    for number in range(KILLS):
        names = [f"{name}{number}" for name in ("log", "archive", "new")]
        log, archive, new = (opened(name) for name in names)
        log.fill(source, Part())
        child = os.fork()
        if child == 0:
            code = 1
            try:
                code = 0 if retain(*(opened(names[0]), DAY, opened(names[1]), opened(names[2]))) else 1
            finally:
                os._exit(code)
        time.sleep(rng.uniform(0.0, takes) if number else 0.0)
        os.kill(child, signal.SIGKILL)
        interrupted += os.waitpid(child, 0)[1] != 0
        assert log.verify().problems == ()
        assert texts(log)[: len(source)] == [entry.text for entry in source]
        done = retain(log, DAY, archive, new)
        assert done is not None
        assert texts(archive) + texts(new) == texts(log)
        assert len(texts(log)) == len(source) + 1
        assert [found.problems for _, found in verify_parts([archive, new])] == [(), ()]
    assert interrupted > 0


def test_a_step_that_fails_is_taken_again(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    log, archive, new = filled(opened("log"), -2, -1, 1), opened("archive"), opened("new")
    fill = Log.fill
    calls: list[str] = []

    def failing(self: Log, *args: object, **given: object) -> None:
        calls.append(self.name)
        if len(calls) == 2:
            raise InputError([])
        fill(self, *args, **given)  # type: ignore[arg-type]

    monkeypatch.setattr(Log, "fill", failing)
    with pytest.raises(InputError):
        retain(log, DAY, archive, new)
    with pytest.raises(InputError, match="takes no more entries"):  # nobody writes where it does not go on
        log.append(decision("late"))
    done = retain(log, DAY, archive, new)
    assert done is not None
    assert (done.moved, done.kept) == (2, 2)
    assert [found.problems for _, found in verify_parts([archive, new])] == [(), ()]


def test_a_log_without_retention_is_a_whole_one(opened: Opened) -> None:
    log = filled(opened("log"), 1)
    assert log.part() == Part()
    assert log.verify().after == EMPTY
