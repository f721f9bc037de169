"""The commands beside `check`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import EXAMPLES, Answer, run_apart

Run = Callable[..., Answer]
CV = str(EXAMPLES / "cv-screening")


def test_explain_shows_a_finding_down_to_file_and_line(run: Run) -> None:
    answer = run("explain", "art9.1.established", CV)
    assert answer.code == 0
    head, *tree = answer.out.splitlines()
    assert head.endswith("[Art. 9(1)]")
    assert any("system.annex_iii_uses includes" in line and "<- recruitment, " in line for line in tree)
    assert re.search(r"aiact\.yaml:\d+$", answer.out, re.MULTILINE)


@pytest.mark.parametrize(
    ("name", "heads"),
    [
        ("high_risk", ["yes     high risk"]),
        ("Art. 6(2)", ["yes     art6.2: "]),
        ("Art. 6(3)", ["no      art6.3: ", "no      art6.3.profiling: "]),
    ],
)
def test_explain_takes_a_conclusion_or_a_provision(run: Run, name: str, heads: list[str]) -> None:
    answer = run("explain", name, CV)
    assert answer.code == 0
    shown = [line for line in answer.out.splitlines() if not line.startswith(" ")]
    assert len(shown) == len(heads)
    assert all(line.startswith(head) for line, head in zip(shown, heads, strict=True)), shown


def test_explain_names_a_contradiction_of_the_provision_once_it_is_one(run: Run) -> None:
    claimed = ("--set", "system.performs_narrow_procedural_task=yes", "--set", "explanation.solely_automated=yes")
    answer = run("explain", "Art. 6(3)", CV, *claimed)
    assert answer.code == 0
    assert [line.split(":")[0].split()[-1] for line in answer.out.splitlines() if not line.startswith(" ")] == [
        "art6.3",
        "art6.3.profiling",
        "contradiction.narrow_and_decides",
    ]


def test_explain_knows_no_such_name(run: Run) -> None:
    answer = run("explain", "high_rsk", CV)
    assert answer.code == 2
    assert "did you mean `high_risk`" in answer.err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "art9.1.established",
            ["who: the provider", "timetable `high_risk_regime`", "violated: ", "suggested evidence: "],
        ),
        (
            "art6.3",
            [
                "except where: *profiling*",
                "interpretation: `derogation_conditions`",
                "prevails: ",
                "law: https://eur-lex",
            ],
        ),
        ("high_risk", ["art6  Art. 6(1) and (2)", "holds where: "]),
        ("Art. 6(3)", ["art6.3  ", "art6.3.profiling  "]),
        ("derogation_conditions", ["`condition_suffices` (default): ", "authority: "]),
        ("signal.annex_iii.recruitment", ["words: screen* job applicants", "Annex III, point 4(a)"]),
    ],
)
def test_explain_without_a_release_shows_what_the_law_says_there(run: Run, name: str, said: list[str]) -> None:
    answer = run("explain", name)
    assert answer.code == 0
    for words in said:
        assert words in answer.out or words in " ".join(answer.out.split())
    rows = json.loads(run("explain", name, "--format", "json").out)
    assert {"pack", "id", "provision", "says", "place", "page", "law", "parts", "cases"} == set(rows[0])
    assert rows[0]["pack"] == "eu_ai_act"


def test_explain_without_a_release_refuses_what_is_about_one(run: Run) -> None:
    for asked in (("verdict",), ("art6.3", "--role", "provider"), ("art6.3", "--operator", "A")):
        answer = run("explain", *asked)
        assert answer.code == 2
        assert "name its PATH" in answer.err
    assert "did you mean `high_risk`?" in run("explain", "high_rsk").err


def test_explain_verdict_gives_the_smallest_change_that_would_change_it(run: Run) -> None:
    answer = run("explain", "verdict", str(EXAMPLES / "minimal"), "--set", "operator.supports_ai_literacy=no")
    assert "verdict: block" in answer.out
    assert "operator.supports_ai_literacy = yes" in answer.out


def test_facts_shows_each_value_with_its_place(run: Run) -> None:
    answer = run("facts", CV)
    assert answer.code == 0
    assert "README.md:" in answer.out
    assert "aiact.yaml:" in answer.out
    assert json.loads(run("facts", CV, "--format", "json").out)


def test_questions_lists_what_can_change_the_verdict(run: Run) -> None:
    rows = json.loads(run("questions", str(EXAMPLES / "silent"), "--format", "json").out)
    assert rows[0]["fact"] == "operator.roles"
    assert "nothing to ask" in run("questions", str(EXAMPLES / "minimal")).out


def test_init_writes_a_release_file_that_can_be_read_and_holds(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "aiact.yaml"
    assert run("init", str(target)).code == 0
    assert "system.practices" in target.read_text()
    assert run("check", str(target)).code == 1
    again = run("init", str(target))
    assert again.code == 2
    assert "already a file" in again.err


def test_vocabulary_lists_facts_with_question_and_provision(run: Run) -> None:
    assert "system.practices" in run("vocabulary", "system.*").out
    rows = json.loads(run("vocabulary", "system.practices", "--format", "json").out)
    assert rows[0]["type"] == "some_of"
    assert run("vocabulary", "system.practicez").code == 2


def test_packs_and_plugins_name_what_is_installed(run: Run) -> None:
    assert "eu_ai_act" in run("packs").out
    assert "reference" in run("plugins").out


def test_coverage_accounts_for_every_unit(run: Run) -> None:
    answer = run("coverage", "--format", "json")
    found = json.loads(answer.out)
    assert answer.code == 0
    assert found["units"] == found["accounted"] == 1603
    assert sum(found["by_status"].values()) == found["units"]


def test_coverage_names_the_rules_to_read_again_when_the_text_changes(run: Run, tmp_path: Path) -> None:
    from aiact_rules.bundled import specs_folder

    lines = (specs_folder() / "eu_ai_act" / "2024-1689" / "units.jsonl").read_text(encoding="utf-8").splitlines()
    changed = [
        line.replace(json.loads(line)["sha256"], "0" * 16) if '"art_9.par_1"' in line else line for line in lines
    ]
    newer = tmp_path / "units.jsonl"
    newer.write_text("\n".join(changed), encoding="utf-8")
    answer = run("coverage", "--against", str(newer))
    assert answer.code == 1
    assert "Art. 9(1) (art_9.par_1) changed: read again art9.1" in answer.out
    assert "1 units differ" in answer.out


def test_an_unknown_command_is_wrong_use_with_a_hint(run: Run) -> None:
    answer = run("chekc")
    assert answer.code == 2
    assert "did you mean `check`" in answer.err


def test_help_and_version_work_in_a_process_of_their_own() -> None:
    assert "check" in run_apart("--help").out
    assert run_apart("--version").out.startswith("aiact-rules, version")
