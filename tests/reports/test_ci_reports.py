"""The reports for CI systems, each read by a reader of its kind."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from junitparser import JUnitXml

from aiact_rules.core.batches import Batch
from aiact_rules.core.decisions import Decision
from aiact_rules.gate import Gate
from aiact_rules.reports.annotations import annotations_of
from aiact_rules.reports.ci_reports import GithubReport, GitlabReport, MarkdownReport
from aiact_rules.reports.junit_report import JunitReport
from aiact_rules.reports.sarif_report import SarifReport

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
AS_OF = date(2026, 11, 22)


@pytest.fixture(scope="module")
def held() -> Decision:
    return Gate().check(EXAMPLES / "cv-screening", as_of=AS_OF)


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
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        for key in ("shortDescription", "fullDescription", "help"):
            assert 0 < len(rule[key]["text"]) <= 1024
    assert len(run["results"]) == len(annotations_of([held, blocked]))
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


def test_fingerprints_stay_when_lines_move_and_differ_between_findings(held: Decision) -> None:
    found = annotations_of([held])
    assert len({annotation.fingerprint for annotation in found}) == len(found)


def test_junit_is_read_by_a_junit_reader_with_the_same_counts(
    held: Decision, allowed: Decision, tmp_path: Path
) -> None:
    target = tmp_path / "report.xml"
    target.write_text(JunitReport().render(Batch.of(held, allowed)), encoding="utf-8")
    read = JUnitXml.fromfile(str(target))
    cases = [case for suite in read for case in suite]
    assert len(cases) == read.tests
    assert sum(not case.is_passed for case in cases) == read.failures == len(annotations_of([held]))
    assert any(case.is_passed for case in cases)


def test_github_shows_ten_of_a_kind_and_counts_the_rest(held: Decision, blocked: Decision) -> None:
    lines = GithubReport().render(Batch.of(held, blocked)).splitlines()
    assert lines[0].startswith("::error file=")
    assert sum(line.startswith("::warning ") for line in lines) == 10
    assert any(line.startswith("::notice::") for line in lines)
    for line in lines:
        if line.startswith(("::error", "::warning")):
            properties = line.split("::")[1]
            assert re.fullmatch(r"(error|warning) file=[^,:]+,line=\d+,title=[^,:]+", properties)


def test_gitlab_has_every_key_and_no_repeated_fingerprint(held: Decision) -> None:
    rows = json.loads(GitlabReport().render(Batch.of(held)))
    assert len({row["fingerprint"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert row["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert row["location"]["lines"]["begin"] >= 1


def test_markdown_tables_have_as_many_cells_as_their_head(held: Decision, blocked: Decision) -> None:
    text = MarkdownReport().render(Batch.of(held, blocked))
    assert "## HOLD" in text
    assert "## BLOCK" in text
    for line in text.splitlines():
        if line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", line)) == 4, line
