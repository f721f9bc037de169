"""`plan` on the command line: what it reads, where it writes, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import EXAMPLES, Answer

Run = Callable[..., Answer]
CV = str(EXAMPLES / "cv-screening")


def test_a_plan_refuses_nothing(run: Run) -> None:
    answer = run("plan", CV)
    assert (answer.code, answer.err) == (0, "")
    assert answer.out.startswith("Plan of work: cv-screener 2.1.0\nprovider, placing on the market; verdict: hold")


def test_a_hint_stands_on_a_line_of_its_own(run: Run, tmp_path: Path) -> None:
    release = tmp_path / "aiact.yaml"
    release.write_text("format: 1\nfacts: {system.practises: []}\n", encoding="utf-8")
    answer = run("plan", str(release))
    assert answer.code == 2
    assert "\n  did you mean `system.practices`?" in answer.err


def test_a_plan_is_judged_by_the_same_options_as_a_check(run: Run) -> None:
    said = ("--release-date", "2026-12-15", "--role", "provider", "--as-of", "2026-11-30")
    (plan,) = json.loads(run("plan", CV, *said, "--format", "json").out)["plans"]
    works = {work["id"]: work for work in plan["works"]}
    assert works["technical_documentation"]["due"] == "2027-12-02"


def test_several_releases_and_all_below_a_folder_have_a_plan_each(run: Run) -> None:
    both = run("plan", CV, str(EXAMPLES / "minimal"))
    assert (both.code, both.out.count("Plan of work: ")) == (0, 2)
    chain = run("plan", "--tree", str(EXAMPLES / "value-chain"), "--format", "json")
    plans = json.loads(chain.out)["plans"]
    assert chain.code == 0
    assert len({plan["operator"] for plan in plans}) == len(plans) > 1


def test_what_cannot_be_judged_is_said_and_the_others_are_planned(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "aiact.yaml"
    bad.write_text("format: 1\nname: x\nrolls: [provider]\n", encoding="utf-8")
    answer = run("plan", str(bad), CV)
    assert answer.code == 2
    assert "aiact.yaml:3: unknown key `rolls`" in answer.err
    assert "Plan of work: cv-screener 2.1.0" in answer.out
    assert json.loads(run("plan", str(bad), "--format", "json").out)["errors"]


def test_a_plan_is_written_to_a_file_and_over_no_release(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "plan.md"
    assert run("plan", CV, "--format", "markdown", "--output", str(out)).code == 0
    assert out.read_text(encoding="utf-8").startswith("## Plan of work: cv-screener 2.1.0\n")
    release = tmp_path / "aiact.yaml"
    release.write_text("format: 1\nname: x\n", encoding="utf-8")
    assert run("plan", str(release), "--output", str(release)).code == 2
    assert release.read_text(encoding="utf-8") == "format: 1\nname: x\n"


@pytest.mark.parametrize("given", [(), ("--tree",)])
def test_nothing_to_plan_for_is_an_error(run: Run, tmp_path: Path, given: tuple[str, ...]) -> None:
    answer = run("plan", *given, *([str(tmp_path)] if given else []))
    assert answer.code == 2
    assert answer.err


def test_what_is_waived_stays_to_be_done_and_says_until_when(run: Run, tmp_path: Path) -> None:
    release = tmp_path / "aiact.yaml"
    release.write_text((EXAMPLES / "cv-screening" / "aiact.yaml").read_text("utf-8"), encoding="utf-8")
    (tmp_path / ".git").mkdir()
    (tmp_path / "aiact.toml").write_text(
        '[[waivers]]\nprovision = "Art. 9"\nreason = "in audit"\napprover = "A. Person"\nuntil = 2027-02-01\n',
        encoding="utf-8",
    )
    (plan,) = json.loads(run("plan", str(release), "--format", "json", "--as-of", "2026-11-30").out)["plans"]
    (work,) = [work for work in plan["works"] if work["id"] == "risk_management"]
    assert work["state"] == "needed"
    assert all(
        task["waived"].startswith("waived until 2027-02-01 by A. Person: in audit") for task in work["checklist"]
    )
    assert "waived until 2027-02-01" in run("plan", str(release), "--as-of", "2026-11-30").out


def test_a_plan_says_who_answers_for_the_release(run: Run, tmp_path: Path) -> None:
    release = tmp_path / "aiact.yaml"
    text = (EXAMPLES / "cv-screening" / "aiact.yaml").read_text("utf-8")
    release.write_text(text.replace("name: cv-screener\n", "name: cv-screener\nowner: Hiring team\n"), encoding="utf-8")
    assert "; owner: Hiring team " in " ".join(run("plan", str(release)).out.split())
    (plan,) = json.loads(run("plan", str(release), "--format", "json").out)["plans"]
    assert plan["owner"] == "Hiring team"
