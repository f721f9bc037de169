"""Completion: what a shell is told can follow, and the scripts by which it asks."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from aiact_rules.cli import cli
from aiact_rules.cli.completion import completion_script

from .conftest import Answer

Run = Callable[..., Answer]


def completed(*typed: str) -> list[str]:
    *before, last = typed
    return [item.value for item in ShellComplete(cli, {}, "aiact-rules", "X").get_completions(list(before), last)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (["che"], ["check"]),
        (["check", "--req"], ["--require-evidence", "--require"]),
        (["check", "--format", "s"], ["sarif"]),
        (["check", "--role", "dep"], ["deployer"]),
        (["check", "--moment", "placing"], ["placing_on_market"]),
        (["check", "--pack", "gpai_g"], ["gpai_guidelines"]),
        (["check", "--engine", "ref"], ["reference"]),
        (["check", "--set", "system.annex_iii_u"], ["system.annex_iii_uses="]),
        (
            ["check", "--set", "release.subject="],
            [f"release.subject={word}" for word in ("system", "model", "both", "neither")],
        ),
        (["check", "--set", "system.profiles_natural_persons=n"], ["system.profiles_natural_persons=no"]),
        (["check", "--reading", "section_5_deferral="], ["section_5_deferral=waits", "section_5_deferral=applies"]),
        (["check", "--readings", "st"], ["strict"]),
        (["explain", "art9.1.est"], ["art9.1.established"]),
        (["explain", "high_risk_annex_i_"], ["high_risk_annex_i_section_b"]),
        (["explain", "verd"], ["verdict"]),
        (["vocabulary", "model.training_compute"], ["model.training_compute"]),
        (["coverage", "eu_ai_act"], None),
        (["schema", "rel"], ["release"]),
        (["completion", "f"], ["fish"]),
        (["check", "--set", "nothing.like.this"], []),
    ],
)
def test_what_can_follow(typed: list[str], found: list[str] | None) -> None:
    if found is None:
        assert "eu_ai_act" in completed(*typed)
    else:
        assert completed(*typed) == found


def test_packs_and_markets_typed_before_choose_the_facts() -> None:
    typed = ["--set", "code_of_practice."]
    assert not completed("check", *typed)
    assert "code_of_practice.safety=" in completed("check", "--pack", "gpai_code_of_practice", *typed)
    assert completed("check", "--market", "eu", "--set", "system.annex_iii_u") == ["system.annex_iii_uses="]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script_for_both_names(shell: str, run: Run) -> None:
    answer = run("completion", shell)
    assert answer.code == 0
    assert "_AIACT_RULES_COMPLETE" in answer.out
    assert "_AIACT_COMPLETE" in answer.out


def test_bash_completes_as_its_script_says(tmp_path: Path) -> None:
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("no bash")
    (tmp_path / "aiact-rules").write_text(
        f"#!{bash}\nexec {sys.executable} -c \"import sys; sys.argv[0] = 'aiact-rules'; "
        'from aiact_rules.cli import main; main()" "$@"\n'
    )
    (tmp_path / "aiact-rules").chmod(0o755)
    script = completion_script("bash") + (
        f'\nPATH="{tmp_path}:$PATH"\nCOMP_WORDS=(aiact-rules check --format sa)\nCOMP_CWORD=3\n'
        '_aiact_rules_completion aiact-rules\necho "${COMPREPLY[@]}"\n'
    )
    done = subprocess.run([bash, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == "sarif\n"
    assert "internal error" not in done.stderr
