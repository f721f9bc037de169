"""The example releases decide as the README says."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from .conftest import EXAMPLES, Answer

Run = Callable[..., Answer]


def decided(run: Run, *arguments: str) -> tuple[int, dict[str, object]]:
    answer = run("check", *arguments, "--format", "json", "--full", "--as-of", "2026-11-22")
    return answer.code, json.loads(answer.out)


def statuses(decision: dict[str, object]) -> dict[str, str]:
    packs = decision["packs"]
    assert isinstance(packs, list)
    return {finding["id"]: finding["status"] for finding in packs[0]["findings"]}


def test_a_spam_filter_is_allowed_with_a_release_file_of_at_most_ten_lines(run: Run) -> None:
    code, decision = decided(run, str(EXAMPLES / "minimal"))
    assert (code, decision["verdict"]) == (0, "allow")
    assert len((EXAMPLES / "minimal" / "aiact.yaml").read_text().splitlines()) <= 10


def test_a_recruiting_system_is_not_allowed_once_the_annex_iii_regime_applies(run: Run) -> None:
    code, decision = decided(run, str(EXAMPLES / "cv-screening"))
    assert (code, decision["verdict"]) == (1, "hold")
    found = statuses(decision)
    for name in ("art9.1", "art10.2", "annex4", "art43", "art47", "art48", "art49"):
        assert any(finding.startswith(name) and status == "open" for finding, status in found.items()), name


def test_the_same_release_a_year_earlier_is_allowed_and_told_what_is_coming(run: Run) -> None:
    code, decision = decided(run, str(EXAMPLES / "cv-screening"), "--release-date", "2026-12-15")
    assert (code, decision["verdict"]) == (0, "allow")
    packs = decision["packs"]
    assert isinstance(packs, list)
    coming = [finding for finding in packs[0]["findings"] if finding["status"] == "upcoming"]
    assert len(coming) > 100
    assert {finding["applies_from"] for finding in coming} == {"2027-12-02"}
    assert packs[0]["conclusions"]["high_risk"] == "yes"


def test_an_open_model_above_the_threshold_owes_what_open_models_below_it_do_not(run: Run) -> None:
    code, decision = decided(run, str(EXAMPLES / "open-llm"))
    assert code == 1
    found = statuses(decision)
    assert any(name.startswith("art55.1") for name in found)
    assert any(name.startswith("art53.1.a") for name in found)
    _, smaller = decided(run, str(EXAMPLES / "open-llm"), "--set", "model.training_compute=1e25")
    packs = smaller["packs"]
    assert isinstance(packs, list)
    assert packs[0]["conclusions"]["systemic_risk"] == "no"


def test_a_card_that_says_nothing_holds_and_is_asked_the_most_decisive_question_first(run: Run) -> None:
    code, decision = decided(run, str(EXAMPLES / "silent"))
    assert (code, decision["verdict"]) == (1, "hold")
    needs = decision["questions"]
    assert isinstance(needs, list)
    assert needs[0]["fact"] == "operator.roles"
    assert len(needs) <= 12
    assert [need["decides"] for need in needs] == sorted((need["decides"] for need in needs), reverse=True)


def test_the_readme_shows_the_real_output_of_its_main_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    shown = readme.split("```text\n", 1)[1].split("```", 1)[0]
    monkeypatch.chdir(EXAMPLES.parent)
    assert run("check", "examples/cv-screening", "--as-of", "2026-11-22").out == shown
