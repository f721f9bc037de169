"""The reports for CI systems, each read by a reader of its kind."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from junitparser import Failure, JUnitXml, Skipped

from aiact_rules.core.batches import Batch, Item
from aiact_rules.core.choices import CALLER, Choices, Threshold
from aiact_rules.core.decisions import Decision
from aiact_rules.core.statuses import Verdict
from aiact_rules.gate import Gate
from aiact_rules.reports import results as results_module
from aiact_rules.reports.annotations import annotations_of
from aiact_rules.reports.ci_reports import GithubReport, GitlabReport
from aiact_rules.reports.junit_report import JunitReport
from aiact_rules.reports.results import Result, results_of
from aiact_rules.reports.sarif_report import SarifReport
from aiact_rules.reports.weights import Weight

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
AS_OF = date(2026, 11, 22)


@pytest.fixture(scope="module")
def held() -> Decision:
    return Gate().check(EXAMPLES / "cv-screening", as_of=AS_OF)


@pytest.fixture(scope="module")
def silent() -> Decision:
    return Gate().check(EXAMPLES / "silent", as_of=AS_OF)


@pytest.fixture(scope="module")
def blocked() -> Decision:
    return Gate().check(EXAMPLES / "minimal", as_of=AS_OF, facts={"operator.supports_ai_literacy": "false"})


@pytest.fixture(scope="module")
def allowed() -> Decision:
    return Gate().check(EXAMPLES / "minimal", as_of=AS_OF)


def test_sarif_has_what_code_scanning_asks_for(held: Decision, blocked: Decision) -> None:
    log = json.loads(SarifReport().render(Batch.of(held, blocked)))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    driver = run["tool"]["driver"]
    assert driver["informationUri"].startswith("https://")
    rules = driver["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        for key in ("shortDescription", "fullDescription", "help"):
            assert 0 < len(rule[key]["text"]) <= 1024
        assert "examples/" in rule["help"]["text"]
        assert "FILE" not in rule["help"]["text"]
        assert rule["id"] == "more" or rule["helpUri"].startswith("https://")
    assert len(run["results"]) == len(annotations_of(Batch.of(held, blocked)))
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        assert set(region) == {"startLine", "startColumn", "endLine", "endColumn"}
        assert region["startLine"] >= 1
        uri = location["physicalLocation"]["artifactLocation"]["uri"]
        assert not uri.startswith("/")
        assert " " not in uri
        assert re.fullmatch(r"[0-9a-f]{16}:1", result["partialFingerprints"]["primaryLocationLineHash"])
    assert {result["level"] for result in run["results"]} == {"error", "warning"}
    assert "" not in _texts(log)


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def test_an_allowed_release_has_no_results(allowed: Decision) -> None:
    (run,) = json.loads(SarifReport().render(Batch.of(allowed)))["runs"]
    assert run["results"] == []
    assert json.loads(GitlabReport().render(Batch.of(allowed))) == []


def test_a_release_has_ten_annotations_and_twenty_five_tests_at_the_most_unless_all_are_asked_for(
    held: Decision,
) -> None:
    gating = sum(finding.status.gates for finding in held.findings)
    assert gating > 25
    few, every = Batch.of(held), Batch.of(held, full=True)
    assert len(annotations_of(few)) <= 10
    assert annotations_of(few)[-1].message.startswith("4 more: ")
    assert len(annotations_of(every)) == gating
    for batch, most in ((few, 10), (every, gating)):
        assert len(json.loads(SarifReport().render(batch))["runs"][0]["results"]) <= most
        assert len(json.loads(GitlabReport().render(batch))) <= most
    assert GithubReport().render(few).count("::warning ") <= 10
    assert GithubReport().render(every).count("::warning ") == gating
    (item,) = few.items
    assert len(results_of(item, held, full=False)) <= 25
    assert sum(each.failure is not None or each.skipped is not None for each in results_of(item, held, full=True)) == (
        gating + 1
    )


def test_what_goes_beyond_twenty_five_tests_is_one_test_that_fails_where_one_of_it_does(held: Decision) -> None:
    (item,) = Batch.of(held).items
    results = results_module._rest([Result("a"), Result("b", skipped="not stated"), Result("c", failure="unmet")])
    assert (results.name, results.failure) == ("3 more", "unmet")
    assert results_module._rest([Result("a"), Result("b", skipped="not stated")]).skipped == "not stated"
    assert results_of(item, held, full=False)[0].name == "verdict"


def test_a_violation_stands_alone_with_its_line_and_weighs_more_than_what_may_not_apply(
    blocked: Decision, silent: Decision
) -> None:
    (violated,) = annotations_of(Batch.of(blocked))
    assert (violated.weight, violated.rule) == (Weight.VIOLATED, "eu_ai_act.art4.1.provider")
    assert {each.weight for each in annotations_of(Batch.of(silent))} == {Weight.UNDETERMINED}
    both = Batch.of(blocked, silent)
    run = json.loads(SarifReport().render(both))["runs"][0]
    assert {result["level"] for result in run["results"]} == {"error", "note"}
    assert {row["severity"] for row in json.loads(GitlabReport().render(both))} == {"blocker", "minor"}


def test_a_release_that_is_refused_for_what_may_not_apply_fails_one_test(silent: Decision, tmp_path: Path) -> None:
    target = tmp_path / "report.xml"
    target.write_text(JunitReport().render(Batch.of(silent)), encoding="utf-8")
    read = JUnitXml.fromfile(str(target))
    failed = [case.name for suite in read for case in suite if any(isinstance(each, Failure) for each in case.result)]
    assert failed == ["verdict"]
    assert read.skipped == read.tests - 1 > 10


def test_a_release_that_its_threshold_lets_pass_fails_no_test(held: Decision, tmp_path: Path) -> None:
    lax = replace(held, choices=Choices(threshold=Threshold(Verdict.BLOCK, CALLER)))
    target = tmp_path / "report.xml"
    target.write_text(JunitReport().render(Batch((Item("x", lax, passes=True),))), encoding="utf-8")
    read = JUnitXml.fromfile(str(target))
    assert (read.failures, read.errors) == (0, 0)
    assert read.skipped > 5


def test_fingerprints_stay_when_lines_words_and_counts_change_and_differ_between_documents(held: Decision) -> None:
    for full in (False, True):
        found = annotations_of(Batch.of(held, full=full))
        assert len({annotation.fingerprint for annotation in found}) == len(found)
    later = Gate().check(
        EXAMPLES / "cv-screening", as_of=AS_OF, facts={"technical_documentation.annex_iv": ["point_1a"]}
    )
    before, after = ({each.rule: each for each in annotations_of(Batch.of(d))} for d in (held, later))
    name = "eu_ai_act.technical_documentation"
    assert before[name].message != after[name].message
    assert before[name].fingerprint == after[name].fingerprint


def test_junit_is_read_by_a_junit_reader_with_the_same_counts(
    held: Decision, allowed: Decision, tmp_path: Path
) -> None:
    target = tmp_path / "report.xml"
    for full in (False, True):
        target.write_text(JunitReport().render(Batch.of(held, allowed, full=full)), encoding="utf-8")
        read = JUnitXml.fromfile(str(target))
        cases = [case for suite in read for case in suite]
        assert len(cases) == read.tests
        assert sum(any(isinstance(each, Failure) for each in case.result) for case in cases) == read.failures > 1
        assert sum(any(isinstance(each, Skipped) for each in case.result) for case in cases) == read.skipped
        assert any(case.is_passed for case in cases)


def test_github_shows_ten_of_a_kind_and_counts_the_rest(held: Decision, silent: Decision, blocked: Decision) -> None:
    lines = GithubReport().render(Batch.of(held, silent, blocked)).splitlines()
    assert lines[0].startswith("::error file=")
    assert sum(line.startswith("::warning ") for line in lines) == 10
    assert any(line.startswith("::notice::") for line in lines)
    for line in lines:
        if line.startswith(("::error", "::warning")):
            properties = line.split("::")[1]
            assert re.fullmatch(r"(error|warning) file=[^,:]+,line=\d+,title=[^,:]+", properties)


def test_gitlab_has_every_key_and_no_repeated_fingerprint(held: Decision) -> None:
    rows = json.loads(GitlabReport().render(Batch.of(held, full=True)))
    assert len({row["fingerprint"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert row["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert row["location"]["lines"]["begin"] >= 1
