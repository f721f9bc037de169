"""Case files are read with their defaults joined in; facts keep their places."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from aiact_rules.core.problems import PackError, Place
from aiact_rules.core.truth import Truth
from aiact_rules.specfiles.cases import load_cases
from aiact_rules.yaml_text import plain

CASES = """\
defaults:
  roles: [provider]
  release_date: 2027-12-15
  facts: {release.markets: [EU], system.narrow: true}
cases:
  - case: silence leaves it open
    facts: {system.narrow: false, risk_management.*: true}
    expect:
      conclusions: {high_risk: unknown, in_scope: true}
      needs: [system.uses]
  - case: it is due
    roles: deployer
    as_of: 2026-07-01
    readings: {waits: applies}
    expect:
      verdict: hold
      every: {art24.*: open}
      applies_from: {art9.1: 2027-12-02, art9.2: never}
      fails: [art6.3]
"""


def test_a_case_has_the_defaults_of_its_file(tmp_path: Path) -> None:
    (tmp_path / "art_006.cases.yaml").write_text(CASES)
    silent, due = load_cases(tmp_path)
    assert silent.name == "silence leaves it open"
    assert silent.place == Place("art_006.cases.yaml", 6)
    assert silent.release_date == date(2027, 12, 15)
    assert silent.expect.conclusions == {"high_risk": Truth.UNKNOWN, "in_scope": Truth.YES}
    assert {entry.key: plain(entry.value) for entry in silent.facts} == {
        "release.markets": ["EU"], "system.narrow": "false", "risk_management.*": "true",
    }  # fmt: skip
    assert (silent.roles, due.roles) == (frozenset({"provider"}), frozenset({"deployer"}))
    assert (due.as_of, due.readings) == (date(2026, 7, 1), {"waits": "applies"})
    assert due.expect.applies_from == {"art9.1": date(2027, 12, 2), "art9.2": "never"}


def test_what_a_case_cannot_expect_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "art_006.cases.yaml").write_text(
        CASES.replace("art24.*: open", "art24.*: opne").replace("verdict:", "verdit:")
    )
    with pytest.raises(PackError) as caught:
        load_cases(tmp_path)
    found = [str(problem) for problem in caught.value.problems]
    assert any(problem.startswith("art_006.cases.yaml:17: `cases.expect.every.art24.*`: expected") for problem in found)
    assert any("unknown key `verdit`\n  did you mean `verdict`?" in problem for problem in found)


GROUPED = """\
defaults:
  roles: [provider]
  facts: {release.markets: [EU], system.narrow: true}
cases:
  - group: a system that screens applicants
    facts: {system.uses: [recruitment], system.narrow: false}
    readings: {waits: applies}
    as_of: 2026-07-01
    cases:
      - case: it is high-risk
        expect: {conclusions: {high_risk: true}}
      - case: it is not, where it is narrow
        facts: {system.narrow: true}
        as_of: 2026-08-01
        roles: deployer
        expect: {conclusions: {high_risk: false}}
  - case: what stands outside the group does not have its facts
    expect: {conclusions: {high_risk: unknown}}
"""


def test_a_case_in_a_group_has_what_the_group_says(tmp_path: Path) -> None:
    (tmp_path / "art_006.cases.yaml").write_text(GROUPED)
    first, second, outside = load_cases(tmp_path)
    assert [str(case) for case in (first, second)] == [
        "art_006: it is high-risk", "art_006: it is not, where it is narrow",
    ]  # fmt: skip
    facts = [{entry.key: plain(entry.value) for entry in case.facts} for case in (first, second, outside)]
    assert facts[0] == {"release.markets": ["EU"], "system.uses": ["recruitment"], "system.narrow": "false"}
    assert facts[1] == {"release.markets": ["EU"], "system.uses": ["recruitment"], "system.narrow": "true"}
    assert facts[2] == {"release.markets": ["EU"], "system.narrow": "true"}
    assert (first.as_of, second.as_of, outside.as_of) == (date(2026, 7, 1), date(2026, 8, 1), None)
    assert (first.roles, second.roles) == (frozenset({"provider"}), frozenset({"deployer"}))
    assert (first.readings, outside.readings) == ({"waits": "applies"}, {})
    assert second.place == Place("art_006.cases.yaml", 12)


def test_what_a_group_cannot_say_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "art_006.cases.yaml").write_text(
        GROUPED.replace("as_of: 2026-07-01", "expect: {verdict: hold}").replace("roles: deployer", "role: deployer")
    )
    with pytest.raises(PackError) as caught:
        load_cases(tmp_path)
    found = [str(problem) for problem in caught.value.problems]
    assert "art_006.cases.yaml:8: unknown key `expect`" in found
    assert "art_006.cases.yaml:15: unknown key `role`\n  did you mean `roles`?" in found


def test_two_cases_of_a_file_have_different_names(tmp_path: Path) -> None:
    (tmp_path / "art_006.cases.yaml").write_text(
        GROUPED.replace("what stands outside the group does not have its facts", "it is high-risk")
    )
    with pytest.raises(PackError) as caught:
        load_cases(tmp_path)
    assert str(caught.value.problems[0]).startswith("art_006.cases.yaml:17: duplicate case `it is high-risk`")
