"""Codings always decide; beside the labels, where these are at hand, nothing that binds may pass unexplained."""

from __future__ import annotations

from pathlib import Path

import pytest

from outside import outcomes

CODINGS = outcomes.codings()
INDEPENDENT = outcomes.independent_codings()


@pytest.fixture
def folder() -> Path:
    """Return the folder of the labelled cases, or skip the comparison."""
    found = outcomes.outside_folder()
    if found is None:
        pytest.skip(f"{outcomes.FOLDER_NAMED_BY} names no folder with cases")
    return found


@pytest.mark.parametrize("coding", [*CODINGS.values(), *INDEPENDENT.values()], ids=lambda coding: coding.id)
def test_every_coding_decides(coding: outcomes.Coding) -> None:
    decision = coding.decide(outcomes.gate(), coding.as_of or outcomes.TODAY)
    assert decision.packs[0].conclusions


def test_what_is_disagreed_with_is_coded_and_says_why() -> None:
    for name, reason in outcomes.disagreements().items():
        assert name.split(",")[0] in CODINGS
        assert "Art. " in reason or "Annex" in reason, f"{name} names no provision"


def test_nothing_prohibited_high_risk_or_otherwise_bound_passes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = outcomes.compare_all(folder, CODINGS)
    with capsys.disabled():
        print("\n" + outcomes.table(results))
    assert {r.id for r in results if r.allows} <= set(outcomes.disagreements())


def test_what_coders_who_saw_no_label_made_of_the_cases_lets_nothing_through_either(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    results = outcomes.compare_all(folder, INDEPENDENT)
    with capsys.disabled():
        print("\n" + outcomes.table(results))
    assert {r.id for r in results if r.allows} <= set(outcomes.disagreements())


def test_systemic_risk_follows_certain_compute_only(folder: Path) -> None:
    for model in outcomes.trained_models(folder):
        expected = ("yes" if model.above else "no") if model.confident else "unknown"
        assert model.systemic == expected, model.model
