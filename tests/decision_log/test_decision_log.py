"""The decision log keeps everything it acknowledged, in one chain, and nobody changes it unseen."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.decision_log import log_file
from aiact_rules.decision_log.entries import KINDS, FailedInput
from aiact_rules.decision_log.heads import FIRST, Head
from aiact_rules.decision_log.log import DecisionLog
from aiact_rules.gate import Gate
from tests.users import as_another_user, needs_two_users

from .processes import writers
from .sample import decision

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def log(tmp_path: Path) -> DecisionLog:
    return DecisionLog(tmp_path / "log.sqlite")


def test_entries_form_a_chain_from_the_first(log: DecisionLog) -> None:
    entries = [log.append(decision(str(number))) for number in range(5)]
    found = list(log.entries())
    assert [entry.hash for entry in found] == [entry.hash for entry in entries]
    assert found[0].record["prev"] == FIRST
    assert [entry.record["prev"] for entry in found[1:]] == [entry.hash for entry in found[:-1]]
    verified = log.verify()
    assert (verified.entries, verified.head.hash, verified.problems) == (5, entries[-1].hash, ())


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


def test_a_file_that_is_no_log_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("not a database", encoding="utf-8")
    with pytest.raises(InputError, match="no decision log"):
        list(DecisionLog(file).entries())
    with pytest.raises(InputError, match="cannot be recorded"):
        DecisionLog(file).append(decision("one"))
    with pytest.raises(InputError, match="no decision log here"):
        DecisionLog(tmp_path / "missing.sqlite").verify()


def rewritten(log: DecisionLog, seq: int, text: object, digest: object = None) -> None:
    """Put another text in a row, with the hash that fits it where there is one."""
    if digest is None:
        raw = text if isinstance(text, bytes) else str(text).encode("utf-8", "surrogateescape")
        digest = hashlib.sha256(raw).hexdigest()
    with closing(sqlite3.connect(log.path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER IF EXISTS entries_are_never_changed")
        connection.execute("UPDATE entries SET text = ?, hash = ? WHERE seq = ?", (text, digest, seq))


def with_three(log: DecisionLog) -> DecisionLog:
    for number in range(3):
        log.append(decision(str(number)))
    return log


RECORD = '{{"at":"2026-11-22","decision":{},"prev":"0","seq":2}}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\x00\xff", "not text"),
        (17, "is not an object"),
        ("", "not JSON"),
        ("[]", "not an object"),
        ("null", "not an object"),
        ("{}", "no `seq`"),
        ('{"at":"2026-11-22","prev":"0","seq":2}', "no decision and no input error"),
        ('{"at":"2026-11-22","error":{"input":"x"},"prev":"0","seq":2}', "no decision and no input error"),
        (
            '{"at":"2026-11-22","decision":{},"error":{"input":"x","problems":[]},"prev":"0","seq":2}',
            "several things: decision, error",
        ),
        ('{"at":"2026-11-22","decision":{},"notes":[],"prev":"0","seq":2}', "notes"),
        (RECORD.format("[]"), "no decision and no input error"),
        (RECORD.format("[" * 100_000 + "]" * 100_000), "nested too deeply"),
        (RECORD.format('{"a":' * 5_000 + "1" + "}" * 5_000), "nested too deeply"),
        (RECORD.format('{"a":NaN}'), "`NaN` is no number"),
        (RECORD.format('{"a":1e400}'), "`1e400` is no number"),
        (RECORD.format('{"a":' + "9" * 5_000 + "}"), "limit"),
        (RECORD.format('{"a":99999999999999999999}'), "not canonical"),
        (RECORD.format('{"a":"\\ud800"}'), "not canonical"),
        (RECORD.format('{"a":"\udcff"}'), "not canonical"),
        (RECORD.format('{"a":1,"a":1}'), "not canonical"),
        (RECORD.format('{"a": 1}'), "not canonical"),
        (RECORD.format('{"a":1.0}'), "not canonical"),
    ],
)
def test_a_broken_row_is_named_and_reading_goes_on(log: DecisionLog, text: object, said: str) -> None:
    with_three(log)
    if isinstance(text, str) and "\udcff" in text:
        raw = text.encode("utf-8", "surrogateescape")
        rewritten(log, 2, raw)
        with closing(sqlite3.connect(log.path, isolation_level=None)) as connection:
            connection.execute("UPDATE entries SET text = CAST(text AS TEXT)")
    else:
        rewritten(log, 2, text)
    broken = [(entry.seq, entry.broken) for entry in log.entries() if entry.broken is not None]
    assert [seq for seq, _ in broken] == [2]
    assert said in str(broken[0][1])
    verified = log.verify()
    assert verified.entries == 3
    places = {str(problem.place).rsplit(", ", 1)[1] for problem in verified.problems}
    assert places == {"entry 2", "entry 3"}  # the third names the hash of another second
    assert any("is broken" in problem.message for problem in verified.problems)
    with pytest.raises(InputError, match="entry 2: this entry cannot be read"):
        log.entry(2)
    assert log.entry(3).decision == decision("2")


def test_a_hash_that_is_no_text_is_a_broken_row(log: DecisionLog) -> None:
    rewritten(with_three(log), 2, log.entry(2).text, b"\x00")
    assert [entry.broken for entry in log.entries()] == [None, "the hash is not text", None]
    assert len(log.verify().problems) == 2


def test_all_problems_of_a_log_are_found_at_once(log: DecisionLog) -> None:
    for number in range(6):
        log.append(decision(str(number)))
    rewritten(log, 2, b"x")
    rewritten(log, 4, log.entry(4).text.replace("allow", "block"), log.entry(4).hash)
    problems = "\n".join(str(problem) for problem in log.verify().problems)
    assert "entry 2: the entry is broken" in problems
    assert "entry 3: the link" in problems
    assert "entry 4: the text does not fit its hash" in problems
    assert "entry 6" not in problems


def test_only_what_is_missing_is_said_to_be_missing(log: DecisionLog) -> None:
    for number in range(6):
        log.append(decision(str(number)))
    with closing(sqlite3.connect(log.path, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER entries_are_never_removed")
        connection.execute("DELETE FROM entries WHERE seq = 2")
    assert [problem.message for problem in log.verify().problems] == [
        "entry 2 is missing or out of order",
        "the link to the entry before is broken",
    ]


NAMES = ["a%41.db", "a?mode=memory", "a#b.db", "a b;c&d=e", "file:a.db", ":memory:", "ä.db", "a\nb.db", "-wal", "'\""]


@pytest.mark.parametrize("name", NAMES)
def test_a_log_may_have_any_name(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    DecisionLog("aA.db").append(decision("another"))
    for log in (DecisionLog(name), DecisionLog(tmp_path / name)):
        entry = log.append(decision("one"))
        assert log.verify().head == Head(entry.seq, entry.hash)
        assert log.entry(0).decision == decision("one")
    assert {file.name for file in tmp_path.iterdir()} == {"aA.db", name}


def test_a_log_whose_name_is_no_unicode_is_kept_and_read(tmp_path: Path) -> None:
    log = DecisionLog(Path(os.fsdecode(os.fsencode(tmp_path) + b"/log-\xff.db")))
    entry = log.append(decision("one"))
    assert log.verify().head == Head(entry.seq, entry.hash)


def test_a_log_stays_where_it_was_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    log = DecisionLog("log.db")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    log.append(decision("one"))
    assert (tmp_path / "log.db").is_file()
    assert log.verify().entries == 1


def test_what_is_no_file_is_no_log(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for name in ("fifo", "."):
        with pytest.raises(InputError, match="cannot be recorded"):
            DecisionLog(tmp_path / name).append(decision("one"))
        with pytest.raises(InputError, match="no decision log here"):
            DecisionLog(tmp_path / name).verify()


def test_reading_leaves_nothing_beside_the_log(log: DecisionLog) -> None:
    with_three(log)
    before = (log.path.read_bytes(), log.path.stat().st_mtime_ns)
    assert log.verify().beside is None
    assert len(list(log.entries())) == 3
    assert [file.name for file in log.path.parent.iterdir()] == [log.path.name]
    assert (log.path.read_bytes(), log.path.stat().st_mtime_ns) == before


def open_copies(log: DecisionLog, to: Path, *endings: str) -> DecisionLog:
    """Copy a log, and the files beside it with these endings, while its newest entry stands beside it."""
    with closing(sqlite3.connect(log.path, isolation_level=None)) as writing:
        writing.execute("SELECT count(*) FROM entries").fetchone()
        log.append(decision("newest"))
        to.mkdir()
        for ending in ("", *endings):
            shutil.copy(f"{log.path}{ending}", f"{to / log.path.name}{ending}")
        verified = log.verify()
        assert (verified.entries, verified.problems) == (4, ())
        assert str(verified.beside) == f"{log.path}-wal"
    return DecisionLog(to / log.path.name)


@pytest.mark.parametrize("endings", [("-wal",), ("-wal", "-shm")])
def test_entries_that_stand_beside_the_log_are_read_and_said_to_belong_to_it(
    log: DecisionLog, tmp_path: Path, endings: tuple[str, ...]
) -> None:
    copy = open_copies(with_three(log), tmp_path / "copy", *endings)
    names = sorted(file.name for file in copy.path.parent.iterdir())
    verified = copy.verify()
    assert (verified.entries, verified.problems) == (4, ())
    assert str(verified.beside) == f"{copy.path}-wal"
    assert sorted(file.name for file in copy.path.parent.iterdir()) == names


def test_a_copy_without_what_stands_beside_it_ends_earlier(log: DecisionLog, tmp_path: Path) -> None:
    verified = open_copies(with_three(log), tmp_path / "copy").verify()
    assert (verified.entries, verified.problems, verified.beside) == (3, (), None)


@pytest.fixture
def archive() -> Iterator[Path]:
    """A folder that every user can reach."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name) / "archive"


@needs_two_users
@pytest.mark.parametrize("endings", [(), ("-wal",), ("-wal", "-shm")])
def test_an_archive_that_nobody_may_write_to_is_read(log: DecisionLog, archive: Path, endings: tuple[str, ...]) -> None:
    copy = open_copies(with_three(log), archive, *endings)
    for file in archive.iterdir():
        file.chmod(0o444)
    archive.chmod(0o555)

    def read() -> None:
        verified = copy.verify()
        assert (verified.entries, verified.problems) == (4 if endings else 3, ())
        assert len(list(copy.entries())) == verified.entries
        assert copy.entry(2).decision == decision("1")
        with pytest.raises(InputError, match="cannot be recorded"):
            copy.append(decision("more"))

    as_another_user(read)


def test_a_log_is_read_whole_while_others_write_to_it(log: DecisionLog) -> None:
    with_three(log)
    seen = []
    with writers(str(log.path)) as found:
        for number in range(2):
            found.start(f"w{number}", 40)
        while len(found.done) < 2:
            if found.told()[0] == "kept":
                verified = log.verify()
                assert verified.problems == ()
                seen.append(verified.entries)
    assert seen == sorted(seen)
    assert log.verify().entries == 83


def changed_while_read(log: DecisionLog, monkeypatch: pytest.MonkeyPatch, *failures: Exception) -> list[str]:
    """Have the log change under the first reading, which then fails where there is a failure. Gives how it was opened."""
    opened: list[str] = []
    unchanged = log_file._opened

    def changing(path: Path, how: str) -> sqlite3.Connection:
        opened.append(how)
        if len(opened) == 1:
            os.utime(log.path, ns=(1, 1))
            for failure in failures:
                raise failure
        return unchanged(path, how)

    monkeypatch.setattr(log_file, "_opened", changing)
    return opened


@pytest.mark.parametrize("failures", [(), (sqlite3.DatabaseError("database disk image is malformed"),)])
def test_what_was_read_while_the_log_changed_is_read_again(
    log: DecisionLog, monkeypatch: pytest.MonkeyPatch, failures: tuple[Exception, ...]
) -> None:
    opened = changed_while_read(with_three(log), monkeypatch, *failures)
    assert len(list(log.entries())) == 3
    assert len(opened) == 2


def test_a_log_that_cannot_be_read_although_nobody_changes_it_is_none(
    log: DecisionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    log.append(decision("one"))
    os.utime(log.path, ns=(1, 1))
    changed_while_read(log, monkeypatch, sqlite3.DatabaseError("database disk image is malformed"))
    with pytest.raises(InputError, match="malformed"):
        log.verify()


def test_a_long_log_is_read_in_order_to_its_end(log: DecisionLog) -> None:
    for number in range(130):
        log.append(decision(str(number)))
    assert [entry.seq for entry in log.entries()] == list(range(1, 131))
    assert log.entry(0).seq == 130
    with pytest.raises(InputError, match="no entry 131"):
        log.entry(131)
    with pytest.raises(InputError):
        log.entry(2**70)


def test_an_input_that_could_not_be_judged_is_kept_in_the_same_chain(log: DecisionLog) -> None:
    log.append(decision("one"))
    kept = log.append_error("models/m\udcff", ["m\udcff: there is no card", "and no release file"])
    log.append(decision("two"))
    found = list(log.entries())
    assert found[1] == kept
    assert found[1].decision is None
    assert found[1].error == FailedInput("models/m\\udcff", ("m\\udcff: there is no card", "and no release file"))
    assert [entry.error for entry in (found[0], found[2])] == [None, None]
    assert json.loads(kept.text) == {
        "seq": 2,
        "prev": found[0].hash,
        "at": kept.at,
        "error": {"input": "models/m\\udcff", "problems": ["m\\udcff: there is no card", "and no release file"]},
    }
    assert found[2].record["prev"] == kept.hash
    assert log.verify().problems == ()


def test_notes_are_part_of_the_chain_and_not_of_the_decision(log: DecisionLog) -> None:
    notes = {"baseline": "base.json", "uncovered": ["US"], "fail_on": "block"}
    kept = log.append(decision("one"), notes=notes)
    (found,) = log.entries()
    assert found.notes == notes
    assert found.decision == decision("one")
    assert json.loads(kept.text)["notes"] == notes
    assert log.verify().problems == ()
    rewritten(log, 1, kept.text.replace("base.json", "none.json"), kept.hash)
    assert "does not fit its hash" in str(log.verify().problems[0])


def test_a_decision_of_the_gate_fits_its_id_in_the_log(log: DecisionLog) -> None:
    log.append(Gate().check({"release.subject": "system"}).as_record())
    assert log.verify().problems == ()


@pytest.mark.parametrize("value", ["\ud800", float("nan"), 2**70, object(), b"x"])
def test_what_has_no_canonical_form_is_not_acknowledged(log: DecisionLog, value: object) -> None:
    with pytest.raises(InputError, match="the decision cannot be recorded"):
        log.append({**decision("one"), "run": value})
    with pytest.raises(InputError, match="the decision cannot be recorded"):
        log.append(decision("one"), notes={"note": value})
    assert list(log.entries()) == []


def test_a_log_of_the_first_version_is_read_and_continued(log: DecisionLog) -> None:
    text = json.dumps(
        {"at": "2026-11-22T10:00:00+00:00", "decision": decision("one"), "prev": FIRST, "seq": 1},
        separators=(",", ":"),
        sort_keys=True,
    )
    with closing(sqlite3.connect(log.path, isolation_level=None)) as connection:
        connection.execute(
            "CREATE TABLE entries (seq INTEGER PRIMARY KEY, hash TEXT NOT NULL UNIQUE, text TEXT NOT NULL)"
        )
        connection.execute("INSERT INTO entries VALUES (1, ?, ?)", (hashlib.sha256(text.encode()).hexdigest(), text))
    assert [entry.decision for entry in log.entries()] == [decision("one")]
    log.append_error("x", ["no card"])
    verified = log.verify()
    assert (verified.entries, verified.problems) == (2, ())


def test_the_page_about_the_log_does_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "decision-log.md").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(page.split("```python\n")[1].split("```")[0], {"decision": Gate().check({"release.subject": "system"})})
    first, second = DecisionLog("decisions.db").entries()
    assert first.notes == {"baseline": "baseline.json"}
    assert second.error == FailedInput("models/scorer", ("there is no model card and no release file",))
    keys = {row.split("`")[1] for row in page.splitlines() if row.startswith("| `")}
    assert keys == {*first.record, *second.record, *KINDS}
