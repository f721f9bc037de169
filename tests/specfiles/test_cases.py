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
    facts: {system.narrow: no, risk_management.*: true}
    expect:
      conclusions: {high_risk: unknown, in_scope: yes}
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
        "release.markets": ["EU"], "system.narrow": "no", "risk_management.*": "true",
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
