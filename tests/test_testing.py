"""The public case runner: one test per case, each failure with its place, and nothing left unshown."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from aiact_rules.cli import cli
from aiact_rules.core.problems import PackError
from aiact_rules.testing import CaseRunner, cases_of, record_outcomes, run_cases
from tests.core.reasoned_law import TEXTS

CASES = """\
defaults:
  roles: [provider]
  moment: placing_on_market
  release_date: 2028-01-01
  facts: {operator.is_small: false, system.is_narrow: false, system.was_on_market: false}
cases:
  - case: a listed system without logs is blocked
    facts: {system.uses: [recruitment], system.keeps_logs: false}
    expect: {verdict: block, findings: {art12.logs: breached, art26.logs: condition}}
  - case: a system that does nothing owes nothing
    facts: {system.uses: [], system.keeps_logs: false}
    expect: {verdict: allow, findings: {art12.logs: absent}, every: {art12.*: absent}}
  - case: silence about logs asks for them
    facts: {system.uses: [recruitment]}
    expect: {verdict: hold, needs: [system.keeps_logs], applies_from: {art12.logs: 2027-12-02}}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a small law with cases, beside a shared vocabulary of its own."""
    for name, text in {**TEXTS, "art_012.cases.yaml": CASES}.items():
        (tmp_path / "law" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "law" / name).write_text(text, encoding="utf-8")
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "vocabulary.yaml").write_text("facts: {}\n", encoding="utf-8")
    return tmp_path / "law"


def test_each_case_is_checked_by_itself_and_has_a_name_of_its_own(folder: Path) -> None:
    runner = CaseRunner.of(folder)
    for case in cases_of(folder):
        runner.check(case)
    assert [str(case) for case in cases_of(folder)] == [
        "art_012: a listed system without logs is blocked",
        "art_012: a system that does nothing owes nothing",
        "art_012: silence about logs asks for them",
    ]
    assert cases_of(folder, only="*art_006*") == ()


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("verdict: block", "verdict: hold", "expected verdict hold, got block (art12.logs breached)"),
        ("art12.logs: breached", "art12.logs: met", "expected art12.logs met, got breached"),
        ("art26.logs: condition", "art26.logs: absent", "expected art26.logs absent, got condition"),
        ("art12.logs: absent", "art12.logs: open", "expected art12.logs open, got absent"),
        ("art12.*: absent", "art*: absent", "expected art26.logs absent (`art*`), got condition"),
        ("art12.*: absent", "art12.*: met", "expected `art12.*` met, but none of them is found"),
        ("[system.keeps_logs]", "[system.profiles]", "expected the question `system.profiles`, got "),
        ("2027-12-02}", "2027-12-03}", "expected art12.logs to apply from 2027-12-03, got 2027-12-02"),
    ],
)
def test_a_case_that_comes_out_otherwise_fails_with_its_place_and_the_difference(
    folder: Path, right: str, wrong: str, message: str
) -> None:
    assert CASES.count(right) == 1
    (folder / "art_012.cases.yaml").write_text(CASES.replace(right, wrong), encoding="utf-8")
    runner = CaseRunner.of(folder)
    failures = []
    for case in cases_of(folder):
        try:
            runner.check(case)
        except AssertionError as error:
            failures.append(str(error))
    (failure,) = failures
    assert failure.startswith("art_012.cases.yaml:")
    assert message in failure
    report = run_cases(folder)
    assert not report.passed
    assert report.text().startswith(failure)


def test_what_no_case_shows_is_named_the_same_by_both_ways(folder: Path) -> None:
    gaps = CaseRunner.of(folder).gaps(cases_of(folder))
    assert "art_012.yaml:3: no case shows `art12.logs` met" in gaps
    assert "art_006.yaml:3: no case makes rule `art6.2` prevail" not in gaps
    assert gaps == run_cases(folder).gaps


def test_a_folder_without_cases_does_not_pass(folder: Path) -> None:
    (folder / "art_012.cases.yaml").unlink()
    assert not run_cases(folder).passed


def test_a_case_file_that_cannot_be_read_is_refused_with_its_line(folder: Path) -> None:
    (folder / "art_012.cases.yaml").write_text(CASES.replace("verdict: block", "verdict: never"), encoding="utf-8")
    with pytest.raises(PackError, match=r"art_012\.cases\.yaml:9"):
        cases_of(folder)


def test_a_test_runner_selects_one_case_by_its_name(folder: Path) -> None:
    (folder / "test_law.py").write_text(
        textwrap.dedent(
            """\
            from pathlib import Path

            import pytest

            from aiact_rules.testing import CaseRunner, cases_of

            LAW = Path(__file__).parent


            @pytest.mark.parametrize("case", cases_of(LAW), ids=str)
            def test_every_case_comes_out_as_it_says(case):
                CaseRunner.of(LAW).check(case)
            """
        ),
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", ".", "-v", "-k", "silence"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert "[art_012: silence about logs asks for them] PASSED" in done.stdout, done.stdout + done.stderr
    assert "1 passed, 2 deselected" in done.stdout


def test_a_recorded_outcome_is_one_line_per_case_that_names_all_that_came_of_it(folder: Path) -> None:
    assert record_outcomes(folder, run_cases(folder)) == ("art_012.outcomes.json",)
    text = (folder / "art_012.outcomes.json").read_text(encoding="utf-8")
    assert text.splitlines()[1] == (
        '"a listed system without logs is blocked": {"verdict": "block", "yes": "high_risk listed", '
        '"breached": "art12.logs", "condition": "art26.logs"},'
    )
    assert len(text.splitlines()) == 3 + 2
    assert record_outcomes(folder, run_cases(folder)) == ()


def test_a_case_that_names_one_finding_still_notices_another_verdict(folder: Path) -> None:
    cases = CASES.replace("verdict: block, findings: {art12.logs: breached, art26.logs: condition}", "verdict: block")
    (folder / "art_012.cases.yaml").write_text(cases, encoding="utf-8")
    record_outcomes(folder, run_cases(folder))
    assert run_cases(folder).passed
    loosened = (folder / "art_012.yaml").read_text(encoding="utf-8").replace("id: art26.logs", "id: art26.records")
    (folder / "art_012.yaml").write_text(loosened, encoding="utf-8")
    report = run_cases(folder)
    first = str(report.results[0].problems[0])
    assert first.startswith(
        "art_012.cases.yaml:7: case `a listed system without logs is blocked`: not the recorded outcome: "
    )
    assert "art26.records condition, was absent; art26.logs absent, was condition" in first
    with pytest.raises(AssertionError, match="not the recorded outcome"):
        CaseRunner.of(folder).check(cases_of(folder)[0])
    assert run_cases(folder, recorded=False).passed


def test_gaps_name_a_case_without_its_outcome_and_an_outcome_without_its_case(folder: Path) -> None:
    record_outcomes(folder, run_cases(folder))
    renamed = CASES.replace("silence about logs asks for them", "nothing said of logs")
    (folder / "art_012.cases.yaml").write_text(renamed, encoding="utf-8")
    gaps = CaseRunner.of(folder).gaps(cases_of(folder))
    assert "art_012.cases.yaml:13: no outcome of `nothing said of logs` is recorded in art_012.outcomes.json" in gaps
    assert "art_012.outcomes.json: no case `silence about logs asks for them`" in gaps
    assert gaps == run_cases(folder).gaps
    assert run_cases(folder).passed


def test_a_pack_without_recorded_outcomes_lacks_none(folder: Path) -> None:
    assert not any("outcome" in gap for gap in run_cases(folder).gaps)


def test_outcomes_that_cannot_be_read_are_refused(folder: Path) -> None:
    for text in ("{", "[]", json.dumps({"a case": {"verdcit": "block"}})):
        (folder / "art_012.outcomes.json").write_text(text, encoding="utf-8")
        with pytest.raises(PackError, match=r"art_012\.outcomes\.json: not readable as recorded outcomes"):
            cases_of(folder)


def test_the_command_records_and_compares(folder: Path) -> None:
    done = CliRunner().invoke(cli, ["test", str(folder), "--record"])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "art_012.outcomes.json: recorded")
    recorded = (folder / "art_012.outcomes.json").read_text(encoding="utf-8")
    (folder / "art_012.outcomes.json").write_text(recorded.replace('"block"', '"hold"'), encoding="utf-8")
    done = CliRunner().invoke(cli, ["test", str(folder)])
    assert done.exit_code == 1
    assert "not the recorded outcome: verdict block, was hold\n  review it; if it is meant, record it" in done.output
    done = CliRunner().invoke(cli, ["test", str(folder), "--record"])
    assert done.exit_code == 0
    assert (folder / "art_012.outcomes.json").read_text(encoding="utf-8") == recorded
    assert CliRunner().invoke(cli, ["test", "--record"]).exit_code == 2


def test_a_case_says_true_or_false_as_every_spec_file_does(folder: Path) -> None:
    (folder / "art_012.cases.yaml").write_text(
        CASES.replace("keeps_logs: false}", "keeps_logs: no}", 1), encoding="utf-8"
    )
    report = run_cases(folder)
    assert not report.passed
    assert report.text().startswith("art_012.cases.yaml:8: `system.keeps_logs` takes true or false, found `no`")
