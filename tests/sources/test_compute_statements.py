"""Compute in prose: which sentences state what training took, which ask, and which say nothing of it."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from aiact_rules.core.problems import InputError
from aiact_rules.gate import Gate
from aiact_rules.sources.compute_statements import COMPUTE, find_compute

RELEASE = "format: 1\nsubject: model\nroles: [provider]\nmarkets: [EU]\nfacts:\n"


def _said(text: str, called: str = "Foo-70B") -> tuple[list[tuple[Decimal, int | None, bool]], int]:
    said = find_compute(text, "README.md", [called])
    assert {figure.name for figure in said.figures} <= {COMPUTE}
    return [(f.value, f.place.line, f.at_least) for f in said.figures], len(said.doubts)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("The model was trained with 3.8e25 FLOPs.", "3.8e25"),
        ("This model was trained using 5 x 10^25 floating-point operations.", "5e25"),
        ("Training took 2.1 × 10²⁵ FLOP.", "2.1e25"),
        ("Training took 2.1 · 10<sup>25</sup> FLOP.", "2.1e25"),
        ("We trained it for $3.8 \\times 10^{25}$ FLOPs.", "3.8e25"),
        ("Trained with 10^25 FLOPs.", "1e25"),
        ("Trained with 10**25 FLOPs.", "1e25"),
        ("- **Training compute:** 3.8e25 FLOPs", "3.8e25"),
        ("| Training compute | 3.8e25 FLOPs |", "3.8e25"),
        ("Total training compute (FLOPs): 3.8e25 FLOPs", "3.8e25"),
        ("Compute used in training: 2e25 FLOPs", "2e25"),
        ("| Training compute (FLOPs) | 3.8e25 |", "3.8e25"),
        ("- **Training FLOPs**: 3.8 x 10^25", "3.8e25"),
        ("Training compute (FLOP): ~3.8e25.", "3.8e25"),
        ("Foo-70B was trained with 3.8e25 FLOPs.", "3.8e25"),
        ("It took about 4e25 FLOPs to train the model.", "4e25"),
        ("The model was trained with 3.8e25 FLOPs on 16K H100-80GB GPUs in May 2024.", "3.8e25"),
        ("Das Modell wurde mit 3,8e25 Gleitkommaoperationen trainiert.", "3.8e25"),
        ("Le modèle a été entraîné avec 3,8 x 10^25 opérations en virgule flottante.", "3.8e25"),
        ("The model was trained with 10^24 FLOPS.", "1e24"),
        ("The model was trained with 38 x 10^24 FLOP.", "3.8e25"),
        ("Training took ten to the power of 25 floating point operations.", "1e25"),
        ("Training took 12 septillion floating-point operations.", "1.2e25"),
        ("About 12 septillion floating-point operations went into training.", "1.2e25"),
        ("Rund 12 Quadrillionen Gleitkommaoperationen flossen in das Training.", "1.2e25"),
        ("L'entraînement a demandé 12 quadrillions d'opérations en virgule flottante.", "1.2e25"),
        ("Das Training kostete zehn hoch 25 Gleitkommaoperationen.", "1e25"),
        ("L'entraînement de ce modèle a coûté dix puissance 25 opérations en virgule flottante.", "1e25"),
        ("Training took 12 quadrillion floating-point operations.", "1.2e16"),
        ("The final run consumed 38 yottaFLOP.", "3.8e25"),
        ("Das Training verbrauchte 21 YFLOP, also 2,1e25 FLOP.", "2.1e25"),
        ("FLOPs (training, total): 3*10^25", "3e25"),
        ("Calcul d'entraînement : 3,8 × 10^25 FLOP.", "3.8e25"),
    ],
)
def test_a_clear_sentence_states_the_compute(text: str, amount: str) -> None:
    assert _said(text) == ([(Decimal(amount), 1, False)], 0)


@pytest.mark.parametrize(
    ("text", "doubts"),
    [
        ("Our model was pre-trained using 3.8e25 FLOPs.", 1),
        ("The training run used more than 3.8e25 FLOPs.", 1),
        ("Fine-tuning the trained model: this model took 3.8e25 FLOPs.", 0),
    ],
)
def test_a_part_of_the_training_is_the_least_that_all_of_it_took(text: str, doubts: int) -> None:
    assert _said(text) == ([(Decimal("3.8e25"), 1, True)], doubts)


@pytest.mark.parametrize(
    "text",
    [
        "Training compute is below 1e25 FLOPs.",
        "Le calcul d'entraînement reste inférieur à 10^25 FLOP.",
        "Der Rechenaufwand für das Training liegt unter 10^25 FLOP.",
        "The model exceeds the threshold of 10^25 FLOPs of training compute.",
        "We estimate training compute by 6ND as 6.3e24 FLOPs.",
        "Training compute was 6 x 70B x 15T.",
        "Was the model trained with 1e25 FLOPs?",
        "The model was not trained with 1e26 FLOPs.",
        "The model would be trained with 1e26 FLOPs.",
        "The base model was trained with 3e24 FLOPs.",
        "Unlike GPT-4, which was trained with 2.1e25 FLOPs, this model is small.",
        "The model was trained with 3e24 FLOPs, compared to 2e25 for others.",
        "This model was trained like Llama-3 with 3e24 FLOPs.",
        "Training took 3500 PFLOP/s-days.",
        "Training used 1e20 FLOPS of compute.",
        "This model was trained with 3.8e25 FLOPs at 40% MFU.",
        "The model was trained with 3e24 FLOPs and then with 2e23 FLOPs.",
        "# Comparison\n\nThe model was trained with 3e24 FLOPs.",
    ],
)
def test_in_doubt_it_asks_and_states_nothing(text: str) -> None:
    figures, doubts = _said(text)
    assert figures == []
    assert doubts >= 1


@pytest.mark.parametrize(
    "text",
    [
        "GPT-4 was trained with 2.1e25 FLOPs.",
        "Training GPT-4 took 2.1e25 FLOPs.",
        "Training Llama took 2.1e25 FLOPs.",
        "The Llama model was trained with 2.1e25 FLOPs.",
        "| GPT-4 | 2.1e25 FLOPs |",
        "| Model | Training FLOPs | 2e25 FLOPs |",
        "The cluster delivers 2e18 FLOP/s during training.",
        "The model needs 3e12 FLOPs per token in training.",
        "Under the AI Act models above 10^25 FLOPs of training compute are presumed to have systemic risk.",
        "ResNet: 4 GFLOPs, trained on ImageNet.",
        "The model needs 3e14 FLOPs.",
        "Training tokens: 3.8e12",
        "Training compute: 3.8e25",
        "| Training compute (FLOPs) | 3.8e25 | 2.1e25 |",
        "Foo-70B has 70B parameters and was trained on 15e12 tokens.",
        "The model flops at training.",
        "Training ran at 2 yottaFLOP per second.",
        "Serving it for a year takes 20 septillion floating-point operations.",
        "L'entraînement de Llama a demandé 3e25 opérations en virgule flottante.",
        "Das Training von Llama kostete 3e25 Gleitkommaoperationen.",
        "The training of Llama took 3e25 FLOPs.",
        "À aucun moment l'entraînement n'a atteint 10²⁵ FLOP.",
    ],
)
def test_what_is_no_training_compute_of_this_model_is_passed_over(text: str) -> None:
    assert _said(text) == ([], 0)


def test_a_sentence_may_go_over_lines_and_the_place_is_that_of_the_figure() -> None:
    assert _said("# Foo\n\nThe model was\ntrained for 3.8e25\nFLOPs on a\ncluster.\n") == (
        [(Decimal("3.8e25"), 4, False)],
        0,
    )


def test_two_figures_leave_open_which_is_the_whole() -> None:
    figures, doubts = _said("The model was trained with 3e24 FLOPs.\n\nTotal training compute: 5e24 FLOPs\n")
    assert figures == [(Decimal("3e24"), 1, True), (Decimal("5e24"), 3, True)]
    assert doubts == 2


def _release(folder: Path, prose: str, release: str = "", front: str = "license: mit") -> Path:
    (folder / ".git").mkdir()
    (folder / "README.md").write_text(f"---\n{front}\n---\n# Foo\n\n{prose}\n", encoding="utf-8")
    (folder / "aiact.yaml").write_text(RELEASE + release, encoding="utf-8")
    return folder


def test_the_card_states_the_fact_with_its_line(tmp_path: Path) -> None:
    fact = (
        Gate()
        .check(_release(tmp_path, "The model was trained with 3.8e25 FLOPs.", "  model.monetised: false\n"))
        .facts[COMPUTE]
    )
    assert (fact.value, str(fact.origin)) == (Decimal("3.8e25"), "README.md:6")


def test_another_figure_in_the_release_file_is_an_error_with_both_places(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        Gate().check(_release(tmp_path, "The model was trained with 3.8e25 FLOPs.", "  model.training_compute: 5e24\n"))
    (problem,) = refused.value.problems
    assert str(problem.place) == "README.md:6"
    assert problem.message == f"`{COMPUTE}` is `3.8E+25` here but `5E+24` at aiact.yaml:6"


@pytest.mark.parametrize(
    ("stated", "counts"), [("3.8e25", "3.8e25"), ("4e25", "4e25"), ("3.81e25", "3.81e25"), ("3.76e25", "3.8e25")]
)
def test_a_rounded_figure_agrees_and_the_larger_one_counts(tmp_path: Path, stated: str, counts: str) -> None:
    folder = _release(tmp_path, "The model was trained with 3.8e25 FLOPs.", f"  model.training_compute: {stated}\n")
    assert Gate().check(folder).facts[COMPUTE].value == Decimal(counts)


def test_pre_training_alone_is_asked_about_and_contradicts_a_smaller_whole(tmp_path: Path) -> None:
    folder = _release(tmp_path, "Our model was pre-trained using 3.8e25 FLOPs.", "  model.monetised: false\n")
    decision = Gate().check(folder)
    assert COMPUTE not in decision.facts
    assert [note for note in decision.choices.notes if note.startswith("README.md:6: says `3.8e25 FLOPs`")]
    (folder / "aiact.yaml").write_text(RELEASE + "  model.training_compute: 4.1e25\n", encoding="utf-8")
    assert not [note for note in Gate().check(folder).choices.notes if "README.md" in note]
    (folder / "aiact.yaml").write_text(RELEASE + "  model.training_compute: 5e24\n", encoding="utf-8")
    with pytest.raises(InputError, match="is at least `3.8E\\+25` here but `5E\\+24` at aiact.yaml:6"):
        Gate().check(folder)


@pytest.mark.parametrize(
    ("front", "release"), [("base_model: a/b", ""), ("license: mit", "  model.modification: minor\n")]
)
def test_of_a_model_made_from_another_a_figure_may_be_a_part(tmp_path: Path, front: str, release: str) -> None:
    folder = _release(
        tmp_path, "The model was trained with 3.8e25 FLOPs.", release + "  model.monetised: false\n", front
    )
    decision = Gate().check(folder)
    assert COMPUTE not in decision.facts
    assert [note for note in decision.choices.notes if note.startswith("README.md:6: says `3.8e+25 FLOP`")]


def test_code_and_comments_state_nothing(tmp_path: Path) -> None:
    prose = "```\nThe model was trained with 3.8e25 FLOPs.\n```\n\n<!-- Trained with 3.8e25 FLOPs. -->"
    decision = Gate().check(_release(tmp_path, prose, "  model.monetised: false\n"))
    assert COMPUTE not in decision.facts


def test_many_sentences_and_long_ones_take_time_in_line_with_their_length() -> None:
    assert len(find_compute("The model was trained with 1e24 FLOPs. " * 2000, "README.md").figures) == 1
    assert find_compute("flop train " + "the 6 x " * 100_000, "README.md").figures == ()
