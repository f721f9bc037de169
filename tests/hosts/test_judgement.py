"""What hosts share: no answer is a yes, everything is recorded before it is told, and what is told cannot be obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from aiact_rules.core.batches import Batch
from aiact_rules.decision_log.acts import Artifact
from aiact_rules.decision_log.opening import open_log
from aiact_rules.gate import Gate
from aiact_rules.hosts.judgement import HostGate, Judgement, NotReleased, enforce
from aiact_rules.requests.overrides import Overrides
from tests.cli.conftest import EXAMPLES

MINIMAL: dict[str, object] = {
    "release": {"subject": "system"},
    "operator": {"roles": ["provider"]},
    "system": {"practices": [], "annex_iii_uses": [], "annex_i_law": [], "transparency_situations": []},
}
EU = Overrides(markets=("EU",))


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


def test_the_same_release_has_the_same_decision_as_by_the_gate(gate: Gate) -> None:
    judgement = HostGate("test", gate=gate).judge([EXAMPLES / "minimal"], action="publish")
    assert judgement.passes
    assert judgement.decision_ids == (gate.check(EXAMPLES / "minimal").decision_id,)
    assert enforce(judgement) is judgement


@pytest.mark.parametrize(
    ("paths", "code"), [(["minimal"], 0), (["silent"], 1), (["minimal", "silent"], 1), (["minimal", "nowhere"], 2)]
)
def test_all_of_several_must_pass(gate: Gate, paths: list[str], code: int) -> None:
    judgement = HostGate("test", gate=gate).judge([EXAMPLES / path for path in paths], action="publish")
    assert judgement.exit_code == code
    assert judgement.passes == (code == 0)


def test_nothing_judged_is_no_answer(gate: Gate, tmp_path: Path) -> None:
    for judgement in (
        Judgement("publish", Batch(())),
        HostGate("test", gate=gate).judge([], trees=[tmp_path], action="publish"),
        HostGate("test", gate=gate).judge([], action="publish"),
    ):
        assert not judgement.passes
        assert judgement.exit_code == 2
        with pytest.raises(NotReleased, match="nothing could be decided"):
            enforce(judgement)


def test_facts_that_a_platform_holds(gate: Gate) -> None:
    host = HostGate("test", gate=gate)
    scorer = Artifact("scorer", "3")
    allowed = host.judge_facts(MINIMAL, EU, source="registry", action="approve scorer", artifact=scorer)
    assert allowed.passes
    assert "allow  scorer 3" in allowed.message
    misspelt = host.judge_facts(
        {"system.practises": []}, EU, source="registry", action="approve scorer", artifact=scorer
    )
    assert misspelt.exit_code == 2
    assert "did you mean `system.practices`?" in misspelt.message
    refused = host.judge_facts({}, EU, source="registry", action="approve scorer")
    assert refused.exit_code == 1
    with pytest.raises(NotReleased) as raised:
        enforce(refused)
    assert raised.value.judgement is refused


def test_an_error_that_nobody_expected_is_no_answer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(*_: object, **__: object) -> Gate:
        raise RuntimeError("a plugin went wrong")

    monkeypatch.setattr("aiact_rules.hosts.judgement.Gate", broken)
    log = tmp_path / "log.sqlite"
    judgement = HostGate("test", log=log).judge([EXAMPLES / "minimal"], action="publish", actor="ada")
    assert judgement.exit_code == 2
    assert "RuntimeError: a plugin went wrong" in judgement.message
    record = open_log(log).entry(0).record
    assert record["act"]["outcome"] == "undecided"
    assert record["act"]["actor"] == "ada"


def test_a_host_that_only_looks_on_says_so_in_the_log(gate: Gate, tmp_path: Path) -> None:
    log = tmp_path / "log.sqlite"
    HostGate("test", gate=gate, log=log, blocks=False).judge([EXAMPLES / "silent"], action="alias set")
    assert open_log(log).entry(0).record["act"]["outcome"] == "judged"


def test_the_log_of_the_organisation_has_it_too(gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "aiact.toml").write_text('log = "own.sqlite"\n')
    (tmp_path / "aiact.yaml").write_text((EXAMPLES / "minimal" / "aiact.yaml").read_text())
    assert HostGate("test", gate=gate, log=tmp_path / "log.sqlite").judge([tmp_path], action="publish").passes
    for name in ("own.sqlite", "log.sqlite"):
        assert [entry.record["act"]["action"] for entry in open_log(tmp_path / name).entries()] == ["publish"]


def test_what_cannot_be_recorded_does_not_go_ahead(gate: Gate, tmp_path: Path) -> None:
    judgement = HostGate("test", gate=gate, log=tmp_path).judge([EXAMPLES / "minimal"], action="publish")
    assert not judgement.passes
    assert judgement.exit_code == 2
    assert "the decision cannot be recorded" in judgement.message


def test_no_terminal_obeys_what_a_release_says(gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "aiact.yaml").write_text('format: 1\nname: "x\\e[2J\\n::error::y"\nsubject: system\n', encoding="utf-8")
    message = HostGate("test", gate=gate).judge([tmp_path], action="push \x1b[31m").message
    assert "\x1b" not in message
    assert "\n::" not in message
