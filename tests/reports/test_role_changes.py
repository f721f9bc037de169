"""Every report says which role the law gives to an operator, or takes from it, and by which rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from aiact_rules.reports.decision_schema import decision_schema
from tests.cli.conftest import Answer, run

__all__ = ["run"]
Run = Callable[..., Answer]
RELEASE = """\
format: 1
subject: system
roles: [%s]
markets: [EU]
moment: %s
release_date: 2028-05-02
facts:
  system: {practices: [], annex_iii_uses: [recruitment], profiles_natural_persons: true, annex_i_law: [], transparency_situations: []}
  value_chain: {%s}
"""


@pytest.fixture
def check(run: Run, tmp_path: Path) -> Run:  # noqa: F811
    def call(roles: str, moment: str, changes: str, *options: str) -> Answer:
        path = tmp_path / "aiact.yaml"
        path.write_text(RELEASE % (roles, moment, changes), encoding="utf-8")
        return run("check", str(path), "--as-of", "2026-11-22", *options)

    return call


@pytest.mark.parametrize(
    ("changes", "provision"),
    [
        ("own_changes: [own_name]", "Art. 25(1)(a)"),
        (
            "own_changes: [modified], high_risk_before_change: true, change_foreseen_in_assessment: false, "
            "change_affects_compliance: true",
            "Art. 25(1)(b)",
        ),
        ("own_changes: [repurposed], high_risk_before_change: false", "Art. 25(1)(c)"),
    ],
)
@pytest.mark.parametrize("report", ["text", "html", "markdown", "junit", "sarif"])
def test_who_becomes_provider_is_told_by_which_point(check: Run, report: str, changes: str, provision: str) -> None:
    answer = check("deployer", "use", changes, "--format", report)
    said = " ".join(answer.out.split())
    assert "counts as provider" in said
    assert provision in said


def test_json_names_the_role_and_the_rule_and_fits_the_schema(check: Run) -> None:
    found = json.loads(check("deployer", "use", "own_changes: [own_name]", "--format", "json").out)
    Draft202012Validator(decision_schema()).validate(found)
    (change,) = found["packs"][0]["role_changes"]
    assert (change["role"], change["change"], change["certain"]) == ("provider", "given", True)
    assert [rule["rule"] for rule in change["because"]] == ["art25.1.a"]


def test_a_role_that_is_taken_is_said_as_well(check: Run) -> None:
    found = json.loads(check("distributor", "making_available", "own_changes: [own_name]", "--format", "json").out)
    assert [(each["role"], each["change"]) for each in found["packs"][0]["role_changes"]] == [
        ("provider", "given"),
        ("distributor", "taken"),
    ]


def test_a_role_that_nobody_changes_is_not_mentioned(check: Run) -> None:
    answer = check("provider", "placing_on_market", "own_changes: []", "--format", "json")
    assert json.loads(answer.out)["packs"][0]["role_changes"] == []
