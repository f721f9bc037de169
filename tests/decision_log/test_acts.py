"""Who asked for what, and what became of it, stands in the chain beside the decision, and in no decision's id."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.decision_log.acts import Act, Artifact, Outcome
from aiact_rules.decision_log.heads import EMPTY, Head
from aiact_rules.decision_log.log import DecisionLog
from aiact_rules.decision_log.opening import open_log
from aiact_rules.overrides import Override

from .sample import decision

OVERRIDE = Override("sha256:1", "A. Person", "a bridge is falling", datetime(2026, 12, 1, tzinfo=UTC))
ACTS = (
    Act("cli", "check", Outcome.JUDGED),
    Act("mlflow", "set alias champion", Outcome.REFUSED, "jane", Artifact("cv", "3", "sha256:" + "0" * 64)),
    Act("mlflow", "set alias champion", Outcome.OVERRIDDEN, "jane", Artifact("cv"), OVERRIDE),
    Act("git", "push tag cv#prod", Outcome.UNDECIDED, "Zoë 😀"),
)


@pytest.fixture
def log(tmp_path: Path) -> DecisionLog:
    return DecisionLog(tmp_path / "log.sqlite")


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_the_same_after_it_was_written_and_read(log: DecisionLog, act: Act) -> None:
    assert Act.from_json(act.as_json()) == act
    written = log.append(decision("one"), act=act)
    failed = log.append_error("x", ["no card"], act=act)
    assert [entry.act for entry in log.entries()] == [act, act]
    assert (written.act, failed.act) == (act, act)
    assert log.verify().problems == ()


def test_an_entry_without_an_act_has_no_such_key(log: DecisionLog) -> None:
    entry = log.append(decision("one"))
    assert entry.act is None
    assert set(entry.record) == {"seq", "prev", "at", "decision"}


def test_a_user_whose_name_is_no_unicode_is_recorded_all_the_same(log: DecisionLog) -> None:
    entry = log.append(decision("one"), act=Act("git", "push", Outcome.ALLOWED, "j\udcffne", Artifact("m\udcff")))
    assert entry.act == Act("git", "push", Outcome.ALLOWED, "j\\udcffne", Artifact("m\\udcff"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"host": " "}, "host"),
        ({"action": ""}, "action"),
        ({"actor": "\u200b"}, "actor"),
        ({"outcome": Outcome.OVERRIDDEN}, "names its override"),
    ],
)
def test_an_act_that_says_nothing_is_refused(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Act(**{"host": "cli", "action": "check", "outcome": Outcome.JUDGED, **given})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="no digest"):
        Artifact("m", digest="latest")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        ("deleted", "the act is not an object"),
        ({"host": "x", "action": "y"}, "the act has no `outcome`"),
        ({"host": "x", "action": "y", "outcome": "maybe"}, "`maybe`"),
        ({"host": 1, "action": "y", "outcome": "judged"}, "`host` is not a text"),
        ({"host": "x", "action": "y", "outcome": "judged", "artifact": {}}, "no `name`"),
        ({"host": "x", "action": "y", "outcome": "judged", "artifact": {"name": "m", "digest": "x"}}, "no digest"),
        ({"host": "x", "action": "y", "outcome": "judged", "override": {"who": "me"}}, "no `decision_id`"),
    ],
)
def test_an_act_that_is_none_breaks_its_entry(log: DecisionLog, act: object, said: str) -> None:
    class Forged:
        def as_json(self) -> object:
            return act

    log.append(decision("one"), act=Forged())  # type: ignore[arg-type]
    (problem,) = (str(each) for each in log.verify().problems)
    assert "the entry is broken" in problem
    assert said in problem
    with pytest.raises(InputError, match=said):
        log.head()


def test_the_head_is_the_last_entry(log: DecisionLog) -> None:
    with pytest.raises(InputError, match="there is no decision log here"):
        log.head()
    log.check_writable()
    assert log.head() == EMPTY
    entry = log.append(decision("one"))
    log.check_writable()
    assert log.head() == Head(1, entry.hash) == log.verify().head


def test_a_log_that_cannot_be_written_says_so_before_anything_is_decided(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database", encoding="utf-8")
    with pytest.raises(InputError, match="nothing can be recorded in this log"):
        open_log(tmp_path / "notes.txt").check_writable()
    with pytest.raises(InputError, match="nothing can be recorded in this log"):
        open_log(tmp_path).check_writable()


@pytest.mark.parametrize("address", ["log.db", "sqlite:///log.db"])
def test_a_path_is_the_address_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.chdir(tmp_path)
    log = open_log(address)
    log.append(decision("one"))
    assert log.name == "log.db"
    assert (tmp_path / "log.db").is_file()


@pytest.mark.parametrize("address", ["mysql://host/db", "sqlite:///", "http://host"])
def test_an_address_of_something_else_is_refused(address: str) -> None:
    with pytest.raises(InputError, match="is no address of a decision log"):
        open_log(address)


def test_a_head_that_was_kept_shows_a_tail_that_was_cut_off_and_a_chain_written_anew(tmp_path: Path) -> None:
    names = ("a", "b", "c")
    whole, cut, anew = (DecisionLog(tmp_path / f"{name}.db") for name in ("whole", "cut", "anew"))
    for name in names:
        whole.append(decision(name))
    for name in names[:2]:
        cut.append(decision(name))
    for name in ("a", "x", "c"):
        anew.append(decision(name))
    head = whole.head()
    assert whole.verify(head).problems == ()
    whole.append(decision("later"))
    assert whole.verify(head).problems == ()
    (problem,) = map(str, cut.verify(head).problems)
    assert "the head that was kept is of entry 3, which is not there: entries were cut off" in problem
    (problem,) = map(str, anew.verify(head).problems)
    assert "it was written anew" in problem
    assert cut.verify(EMPTY).problems == ()
