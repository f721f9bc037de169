"""Base models: what their own release states counts for the model made from it, where it stands in the same repository."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate

ORIGINAL, SYSTEMIC, FREEDOMS = (
    "model.original_training_compute",
    "model.original_systemic_risk",
    "model.licence_freedoms",
)
HEAD = "format: 1\nsubject: model\nroles: [provider]\nmarkets: [EU]\nfacts:\n"


def _release(folder: Path, base: str = "../base", facts: str = "  model.modification: minor\n") -> Path:
    (folder / ".git").mkdir(exist_ok=True)
    tuned = folder / "tuned"
    tuned.mkdir(exist_ok=True)
    (tuned / "README.md").write_text(f"---\nlicense: mit\nbase_model: {base}\n---\n# Tuned\n", encoding="utf-8")
    (tuned / "aiact.yaml").write_text(HEAD + facts, encoding="utf-8")
    return tuned


def _base(folder: Path, facts: str, card: str | None = None) -> None:
    (folder / "base").mkdir(exist_ok=True)
    (folder / "base" / "aiact.yaml").write_text(HEAD + facts, encoding="utf-8")
    if card is not None:
        (folder / "base" / "README.md").write_text(card, encoding="utf-8")


@pytest.mark.parametrize("base", ["../base", "../base/aiact.yaml"])
def test_what_the_base_states_of_itself_is_known_of_the_original(base: str, tmp_path: Path) -> None:
    _base(tmp_path, "  model.training_compute: 3e25\n  model.designated_systemic_risk: true\n")
    facts = Gate().check(_release(tmp_path, base)).facts
    assert (facts[ORIGINAL].value, str(facts[ORIGINAL].origin)) == (Decimal("3e25"), "base/aiact.yaml:6")
    assert (facts[SYSTEMIC].value, str(facts[SYSTEMIC].origin)) == (True, "base/aiact.yaml:7")


def test_a_base_inside_the_folder_of_the_release_is_found(tmp_path: Path) -> None:
    tuned = _release(tmp_path, "base")
    _base(tuned, "  model.training_compute: 3e25\n")
    assert Gate().check(tuned).facts[ORIGINAL].value == Decimal("3e25")


def test_the_record_of_a_decision_counts_as_its_release_file_does(tmp_path: Path) -> None:
    _base(tmp_path, "  model.training_compute: 3e25\n")
    record = Gate().check(tmp_path / "base").as_record()
    (tmp_path / "base.json").write_text(json.dumps(record), encoding="utf-8")
    facts = Gate().check(_release(tmp_path, "../base.json")).facts
    assert (facts[ORIGINAL].value, str(facts[ORIGINAL].origin)) == (
        Decimal("3e25"),
        "base.json#/facts/model.training_compute",
    )


def test_another_figure_for_the_original_is_an_error_with_both_places(tmp_path: Path) -> None:
    _base(tmp_path, "  model.training_compute: 3e25\n")
    with pytest.raises(InputError) as refused:
        Gate().check(_release(tmp_path, facts="  model.modification: minor\n  model.original_training_compute: 1e24\n"))
    (problem,) = refused.value.problems
    assert str(problem.place) == "base/aiact.yaml:6"
    assert "tuned/aiact.yaml:7" in problem.message


@pytest.mark.parametrize(
    "base", ["one/base", "https://example.org/base", "nowhere", "../../outside", "/", "base\\0", "x" * 5000, "."]
)
def test_a_name_that_leads_nowhere_in_the_repository_is_only_a_name(base: str, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "aiact.yaml").write_text(HEAD + "  model.training_compute: 3e25\n", encoding="utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    assert ORIGINAL not in Gate().check(_release(inside, base)).facts


def test_a_link_out_of_the_repository_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "aiact.yaml").write_text(HEAD + "  model.training_compute: 3e25\n", encoding="utf-8")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "base").symlink_to(tmp_path / "outside")
    assert ORIGINAL not in Gate().check(_release(inside)).facts


def test_a_base_that_is_made_from_the_first_one_again_ends(tmp_path: Path) -> None:
    _base(tmp_path, "  model.training_compute: 3e25\n", "---\nbase_model: ../tuned\n---\n# Base\n")
    assert Gate().check(_release(tmp_path)).facts[ORIGINAL].value == Decimal("3e25")


@pytest.mark.parametrize(
    ("content", "said"),
    [("format: 1\nfacts: [", "base/aiact.yaml"), (HEAD + "  model.training_compute: lots\n", "base/aiact.yaml:6")],
)
def test_a_broken_release_of_the_base_ends_the_check_with_its_place(content: str, said: str, tmp_path: Path) -> None:
    _base(tmp_path, "")
    (tmp_path / "base" / "aiact.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(InputError) as refused:
        Gate().check(_release(tmp_path))
    assert said in str(refused.value.problems[0].place)


def test_what_is_no_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="not the record of a decision"):
        Gate().check(_release(tmp_path, "../base.json"))


def test_facts_of_other_packs_leave_the_base_unread_with_a_note(tmp_path: Path) -> None:
    _base(tmp_path, "  elsewhere.is_so: true\n")
    decision = Gate().check(_release(tmp_path))
    assert [
        note for note in decision.choices.notes if note.startswith("base: the release of the base model was not read")
    ]


def test_an_open_licence_on_a_base_that_is_not_open_gives_no_freedoms(tmp_path: Path) -> None:
    _base(tmp_path, "  model.monetised: false\n", "---\nlicense: gemma\n---\n# Base\n")
    decision = Gate().check(_release(tmp_path))
    assert FREEDOMS not in decision.facts
    assert [
        note for note in decision.choices.notes if note.startswith("base/README.md:2: the base model is under `gemma`")
    ]
    _base(tmp_path, "  model.monetised: false\n", "---\nlicense: apache-2.0\n---\n# Base\n")
    assert FREEDOMS in Gate().check(_release(tmp_path)).facts
