"""Kept decisions: used while everything they rest on is the same, and never a moment longer."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiact_rules import Decision, Gate, InputError, Verdict

from aiact_rules_mlflow.judging import ModelVersion, ReleaseJudge
from aiact_rules_mlflow.settings import read_settings
from conftest import MINIMAL, tags_of

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
RELEASE = """\
format: 1
subject: system
facts:
  system: {practices: [], annex_iii_uses: [], annex_i_law: [], transparency_situations: []}
evidence:
  system.practices: practices.md
"""


class Counted:
    """A judge that counts how often the gate decides."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, toml: str = "") -> None:
        self.toml = folder / "aiact.toml"
        self.toml.write_text('name = "Example Ltd"\nroles = ["provider"]\nmarkets = ["EU"]\n' + toml)
        self.judge = ReleaseJudge(read_settings({}, folder))
        self.made = 0
        decide = Gate.decide

        def counting(gate: Gate, *args: object, **kwargs: object) -> Decision:
            self.made += 1
            return decide(gate, *args, **kwargs)  # type: ignore[arg-type]

        patch.setattr(Gate, "decide", counting)

    def __call__(self, version: ModelVersion, at: datetime = AT) -> tuple[Decision, bool]:
        """The decision, and whether it was made now."""
        before = self.made
        (decision,) = self.judge.decisions(version, at)
        return decision, self.made > before


@pytest.fixture
def counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(tmp_path, monkeypatch)


@pytest.fixture
def brought(tmp_path: Path) -> Path:
    folder = tmp_path / "artifacts"
    folder.mkdir()
    (folder / "aiact.yaml").write_text(RELEASE)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Scorer\n\nSorts messages by topic.\n")
    (folder / "practices.md").write_text("# Practices\n\nReviewed by two people.\n")
    (folder / "MLmodel").write_text("flavors: {}\nmetadata:\n  note: hello\n")
    return folder


def of(folder: Path) -> ModelVersion:
    return ModelVersion("scorer", "1", {}, folder.as_uri())


def test_the_same_version_is_judged_once_a_day_and_each_act_has_its_own_time(counted: Counted, brought: Path) -> None:
    first, made = counted(of(brought))
    again, made_again = counted(of(brought), AT + timedelta(minutes=5))
    assert (made, made_again) == (True, False)
    assert first.verdict is again.verdict is Verdict.ALLOW
    assert first.decision_id == again.decision_id
    assert (first.run.at, again.run.at) == ("2026-11-30T12:00:00+00:00", "2026-11-30T12:05:00+00:00")


def test_tags_that_state_nothing_and_those_of_the_gate_leave_it_kept(counted: Counted) -> None:
    version = ModelVersion("scorer", "1", tags_of(MINIMAL), None)
    counted(version)
    further = {**version.tags, "team": "fraud", "aiact_time": "now", "aiact_released_alias_champion": "allow"}
    assert counted(replace(version, tags=further))[1] is False


CHANGES: dict[str, Callable[[Path], None]] = {
    "release file": lambda f: (f / "aiact.yaml").write_text(
        RELEASE.replace("practices: []", "practices: [scores_people]")
    ),
    "card": lambda f: (f / "README.md").write_text("---\nlicense: mit\n---\n# Scorer\n\nIt screens job applicants.\n"),
    "evidence": lambda f: (f / "practices.md").write_text("# Practices\n\nReviewed by one person.\n"),
    "evidence of the same size": lambda f: (f / "practices.md").write_text("# Practices\n\nReviewed by six people.\n"),
    "metadata": lambda f: (f / "MLmodel").write_text(
        "metadata: {aiact: {facts: {operator: {established_in_union: yes}}}}\n"
    ),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_changed_artifact_is_judged_anew(counted: Counted, brought: Path, what: str) -> None:
    before, _ = counted(of(brought))
    times = {each: each.stat() for each in brought.iterdir()}
    CHANGES[what](brought)
    for each, stat in times.items():
        # Neither size nor time tells, as in stores that keep none.
        os.utime(each, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    after, made = counted(of(brought))
    assert made
    assert after.decision_id != before.decision_id


def test_a_document_that_was_added_is_not_passed_over(counted: Counted, brought: Path) -> None:
    counted(of(brought))
    (brought / "extra_files").mkdir()
    (brought / "extra_files" / "aiact.yaml").write_text(RELEASE)
    with pytest.raises(InputError, match="several release files or cards"):
        counted(of(brought))


@pytest.mark.parametrize(
    "change",
    [
        {"tags": {**tags_of(MINIMAL), "aiact_system_practices": "infers_emotions"}},
        {"descriptions": {"description of the version": "It screens job applicants."}},
        {"descriptions": {"description of the model": "Sorts letters."}},
        {"name": "another"},
        {"version": "2"},
    ],
)
def test_a_version_that_says_something_else_is_judged_anew(counted: Counted, change: dict[str, object]) -> None:
    version = ModelVersion("scorer", "1", tags_of(MINIMAL), None)
    counted(version)
    assert counted(replace(version, **change))[1]  # type: ignore[arg-type]


def test_a_fact_of_the_model_as_a_whole_is_refused_beside_a_kept_decision(counted: Counted) -> None:
    version = ModelVersion("scorer", "1", tags_of(MINIMAL), None)
    counted(version)
    with pytest.raises(InputError, match="a tag of a model states nothing"):
        counted(replace(version, model_tags={"aiact_subject": "system"}))


def test_another_day_is_judged_anew_by_the_clocks_of_the_market(counted: Counted, brought: Path) -> None:
    counted(of(brought))
    before_midnight = datetime(2026, 11, 30, 19, 59, tzinfo=UTC)
    assert counted(of(brought), before_midnight)[0].packs[0].pack_at.as_of.isoformat() == "2026-11-30"
    after_midnight = datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
    decision, made = counted(of(brought), after_midnight)
    assert made
    assert decision.packs[0].pack_at.as_of.isoformat() == "2026-12-01"
    assert counted(of(brought), AT)[0].packs[0].pack_at.as_of.isoformat() == "2026-11-30"


def test_a_waiver_that_ends_does_not_outlive_its_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waiver = "[[waivers]]\nprovision = 'Art. 50'\nreason = 'text is being written'\napprover = 'A. Person'\n"
    judge = Counted(tmp_path, monkeypatch, f"{waiver}until = 2026-11-30\n")
    facts = {**MINIMAL, "system.transparency_situations": ["interacts_with_people"]}
    version = ModelVersion("scorer", "1", tags_of(facts), None)
    assert judge(version)[0].passes
    assert not judge(version, AT + timedelta(days=1))[0].passes


def test_a_judge_of_other_settings_or_packs_starts_with_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = ModelVersion("scorer", "1", tags_of(MINIMAL), None)
    for toml in (
        "",
        'fail_on = "block"\n',
        'packs = ["eu_ai_act"]\n',
        "[readings]\nemotion_inference_basis = 'any_data'\n",
    ):
        judge = Counted(tmp_path, monkeypatch, toml)
        assert judge(version)[1]
        assert not judge(version)[1]


def test_plugins_are_told_of_every_act_also_where_the_decision_was_kept(
    counted: Counted, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[Decision] = []
    monkeypatch.setattr(counted.judge.gate.catalogue.host, "decided", told.append)
    version = ModelVersion("scorer", "1", tags_of(MINIMAL), None)
    for minutes in range(3):
        counted.judge.judge(version, AT + timedelta(minutes=minutes))
    assert [each.run.at for each in told] == [(AT + timedelta(minutes=m)).isoformat() for m in range(3)]
