"""A head that is kept elsewhere, signed or not, shows what happened to its log since."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from aiact_rules.decision_log.heads import Head, KeptHead
from aiact_rules.decision_log.log import DecisionLog
from tests.attest.conftest import write_pair
from tests.cli.conftest import Answer, run

from .sample import decision

Run = Callable[..., Answer]
__all__ = ["run"]


@pytest.fixture
def log(tmp_path: Path) -> DecisionLog:
    log = DecisionLog(tmp_path / "log.db")
    for name in "abc":
        log.append(decision(name))
    return log


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def shorter(log: DecisionLog) -> DecisionLog:
    """Return a log with the same beginning."""
    other = DecisionLog(log.path.with_name("other.db"))
    for entry in list(log.entries())[:2]:
        assert entry.decision is not None
        other.append(entry.decision, at=None)
    return other


def test_the_head_is_canonical_json_and_verifies_its_log(run: Run, log: DecisionLog, tmp_path: Path) -> None:  # noqa: F811
    head = tmp_path / "head.json"
    assert run("log", "export", str(log.path), "--head", str(head)).code == 0
    text = head.read_text(encoding="utf-8")
    kept = json.loads(text)
    assert text == json.dumps(kept, sort_keys=True, separators=(",", ":")) + "\n"
    assert (kept["seq"], kept["hash"], kept["log"]) == (3, log.head().hash, str(log.path))
    assert run("log", "export", str(log.path), "--head", "-").out[:40] == text[:40]
    log.append(decision("later"))
    answer = run("log", "verify", str(log.path), "--head", str(head))
    assert answer.code == 0
    assert answer.out.endswith("unbroken\n")
    answer = run("log", "verify", str(shorter(log).path), "--head", str(head))
    assert answer.code == 1
    assert "the head that was kept is of entry 3, which is not there: entries were cut off" in answer.out


@pytest.mark.parametrize("kind", ["ed25519", "p256"])
def test_a_signed_head_is_taken_by_its_key_alone(run: Run, log: DecisionLog, tmp_path: Path, kind: str) -> None:  # noqa: F811
    own, other = (write_pair(folder(tmp_path / name), kind) for name in ("own", "other"))
    private, public, stranger = own.private, own.public, other.public
    head, address = tmp_path / "head.json", str(log.path)
    assert run("log", "export", address, "--head", str(head), "--key", str(private)).code == 0
    answer = run("log", "verify", address, "--head", str(head), "--key", str(public))
    assert (answer.code, answer.err) == (0, "")
    answer = run("log", "verify", address, "--head", str(head), "--key", str(stranger))
    assert answer.code == 2
    assert "this head is not signed by that key" in answer.err
    answer = run("log", "verify", address, "--head", str(head))
    assert answer.code == 0
    assert "its signature was not checked" in answer.err
    envelope = json.loads(head.read_text(encoding="utf-8"))
    kept = KeptHead.from_payload(base64.b64decode(envelope["payload"]))
    forged = KeptHead(Head(2, kept.head.hash), kept.log, kept.at)
    envelope["payload"] = base64.b64encode(forged.payload).decode()
    head.write_text(json.dumps(envelope), encoding="utf-8")
    assert run("log", "verify", address, "--head", str(head), "--key", str(public)).code == 2
    head.write_text(json.dumps({**envelope, "payloadType": "application/vnd.in-toto+json"}), encoding="utf-8")
    answer = run("log", "verify", address, "--head", str(head), "--key", str(public))
    assert "is no head of a log" in answer.err


def test_a_head_that_should_be_signed_and_is_not_is_refused(run: Run, log: DecisionLog, tmp_path: Path) -> None:  # noqa: F811
    public = write_pair(tmp_path, "ed25519").public
    head = tmp_path / "head.json"
    run("log", "export", str(log.path), "--head", str(head))
    answer = run("log", "verify", str(log.path), "--head", str(head), "--key", str(public))
    assert answer.code == 2
    assert "this head is not signed" in answer.err


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"seq":1}', '{"seq":-1,"hash":"' + "0" * 64 + '"}', '{"seq":1,"hash":"x"}', "[" * 10_000]
)
def test_what_is_no_head_is_said_to_be_none(run: Run, log: DecisionLog, tmp_path: Path, text: str) -> None:  # noqa: F811
    (tmp_path / "head.json").write_text(text, encoding="utf-8")
    answer = run("log", "verify", str(log.path), "--head", str(tmp_path / "head.json"))
    assert answer.code == 2
    assert "this is no head of a log" in answer.err


def test_a_head_is_not_written_over_its_log_or_its_key(run: Run, log: DecisionLog, tmp_path: Path) -> None:  # noqa: F811
    key = write_pair(tmp_path, "ed25519").private
    for over in (log.path, key):
        before = over.read_bytes()
        answer = run("log", "export", f"sqlite:///{log.path}", "--head", str(over), "--key", str(key))
        assert answer.code == 2
        assert "over what it is made of" in answer.err
        assert over.read_bytes() == before


def test_a_key_without_a_head_is_a_mistake(run: Run, log: DecisionLog, tmp_path: Path) -> None:  # noqa: F811
    for verb in ("verify", "export"):
        answer = run("log", verb, str(log.path), "--key", str(tmp_path / "key.pem"))
        assert answer.code == 2
        assert "--head" in answer.err


def test_the_head_of_a_broken_log_is_not_kept(run: Run, log: DecisionLog, tmp_path: Path) -> None:  # noqa: F811
    import sqlite3

    connection = sqlite3.connect(log.path, isolation_level=None)
    connection.execute("DROP TRIGGER entries_are_never_changed")
    connection.execute("UPDATE entries SET text = 'x' WHERE seq = 3")
    connection.close()
    assert run("log", "export", str(log.path), "--head", str(tmp_path / "head.json")).code == 2
    assert not (tmp_path / "head.json").exists()
