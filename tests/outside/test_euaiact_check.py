"""Beside rules that others wrote, no difference goes unexplained. Skipped where `euaiact` is not installed."""

from __future__ import annotations

import pytest

from outside import euaiact_check


def test_every_difference_is_explained() -> None:
    pytest.importorskip("euaiact")
    answers = euaiact_check.compare_all()
    differing = {answer.provision for answer in answers if answer.kind != "agreed"}
    assert differing == set(euaiact_check.explained())


def test_every_provision_comes_out_in_more_than_one_way() -> None:
    pytest.importorskip("euaiact")
    outcomes: dict[str, set[str]] = {}
    for answer in euaiact_check.compare_all():
        outcomes.setdefault(answer.provision, set()).add(answer.ours)
    fixed = {name for name, said in outcomes.items() if len(said) == 1}
    assert all(name.endswith(("years", "weeks", "months")) or name.startswith("Art. 100(") for name in fixed), fixed


def test_every_explanation_says_what_either_says_and_who_is_right() -> None:
    for provision, said in euaiact_check.explained().items():
        assert set(said) == {"ours", "theirs", "right", "why"}, provision
        assert said["right"] in ("ours", "theirs", "open", "both"), provision
