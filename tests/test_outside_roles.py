"""People in no role under the Act get a plain answer, in every report, and never by silence."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from tests.cli.conftest import Answer, run

__all__ = ["run"]
DAY = date(2026, 12, 1)
HEAD = "format: 1\nsubject: system\nmarkets: [EU]\n"
EMPLOYEE = HEAD + "roles: [employee]\nfacts: {operator.acts_for_employer: true}\n"
FORMATS = ["text", "json", "html", "markdown", "sarif", "junit", "github", "gitlab"]


@pytest.mark.parametrize("form", FORMATS)
def test_every_report_says_that_nothing_is_owed_and_why(form: str, tmp_path: Path, run: Callable[..., Answer]) -> None:
    file = tmp_path / "aiact.yaml"
    file.write_text(EMPLOYEE, encoding="utf-8")
    answer = run("check", str(file), "--as-of", "2026-12-01", "--format", form)
    assert answer.code == 0
    said = " ".join((answer.out + answer.err).split()).replace("\\n", " ").replace("%0A", " ")
    assert "on its instructions owes nothing" in said


def test_an_operator_without_any_role_is_still_an_error() -> None:
    with pytest.raises(InputError, match="without any role"):
        Gate().check({"release.markets": ["EU"], "operator.roles": []}, as_of=DAY)


def test_a_law_that_says_nothing_of_such_people_judges_none(tmp_path: Path, run: Callable[..., Answer]) -> None:
    catalogue = Gate().catalogue.heads
    other = next((head for head in catalogue.values() if head.gates and head.id != "eu_ai_act"), None)
    if other is None:
        pytest.skip("no other pack is installed")
    facts = {"release.markets": [other.market], "operator.roles": ["employee"], "operator.acts_for_employer": True}
    with pytest.raises(InputError, match="does not say what somebody in no role owes"):
        Gate().check({name: value for name, value in facts.items() if name != "operator.acts_for_employer"}, as_of=DAY)


def test_a_row_of_a_table_gets_the_same_answer(tmp_path: Path, run: Callable[..., Answer]) -> None:
    pytest.importorskip("pyarrow")
    table = tmp_path / "t.csv"
    table.write_text(
        "release.subject,release.markets,operator.roles,operator.acts_for_employer\n"
        'system,EU,employee,yes\nsystem,EU,employee,no\nsystem,EU,employee,\nsystem,EU,"employee,provider",yes\n',
        encoding="utf-8",
    )
    answer = run("sweep", str(table), "--as-of", "2026-12-01", "--format", "json")
    (counts,) = json.loads(answer.out)["verdicts"].values()
    assert (counts["allow"], counts["hold"], counts["error"]) == (1, 3, 0)
