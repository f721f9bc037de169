"""`check`: exit codes, bad input, many releases, options."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import EXAMPLES, Answer

Run = Callable[..., Answer]
MINIMAL = str(EXAMPLES / "minimal")


@pytest.fixture
def release(tmp_path: Path) -> Path:
    file = tmp_path / "aiact.yaml"
    file.write_text((EXAMPLES / "minimal" / "aiact.yaml").read_text(), encoding="utf-8")
    return file


def test_bad_input_ends_with_two_and_says_file_line_and_how_to_mend_it(run: Run, release: Path) -> None:
    release.write_text(release.read_text().replace("practices", "practises"), encoding="utf-8")
    answer = run("check", str(release))
    assert answer.code == 2
    assert "aiact.yaml:7: unknown fact `system.practises`" in answer.err
    assert "did you mean" in answer.err
    assert answer.out.startswith("ERROR")


def test_all_problems_are_reported_at_once(run: Run, release: Path) -> None:
    release.write_text(release.read_text() + "  model.colour: red\n  model.weight: 3\n", encoding="utf-8")
    answer = run("check", str(release))
    assert answer.code == 2
    assert "model.colour" in answer.err
    assert "model.weight" in answer.err


def test_a_release_that_cannot_be_read_does_not_keep_the_others_from_being_judged(run: Run, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere" / "aiact.yaml"
    answer = run("check", str(missing), MINIMAL)
    assert answer.code == 2
    assert "nowhere" in answer.err
    assert "ALLOW" in answer.out


def test_the_worst_of_many_releases_decides_the_exit_code(run: Run) -> None:
    assert run("check", MINIMAL, MINIMAL).code == 0
    assert run("check", MINIMAL, str(EXAMPLES / "silent")).code == 1


def test_fail_on_says_from_which_verdict_on_the_exit_code_is_one(run: Run) -> None:
    silent = str(EXAMPLES / "silent")
    assert run("check", silent, "--fail-on", "hold").code == 1
    assert run("check", silent, "--fail-on", "block").code == 0
    blocked = run("check", MINIMAL, "--set", "model.generality=one_task", "--set", "operator.supports_ai_literacy=no")
    assert blocked.code == 1, blocked.out
    assert run("check", MINIMAL, "--set", "operator.supports_ai_literacy=no", "--fail-on", "never").code == 0


def test_a_stated_breach_blocks(run: Run) -> None:
    answer = run("check", MINIMAL, "--set", "operator.supports_ai_literacy=no")
    assert answer.code == 1
    assert answer.out.startswith("BLOCK")
    assert "Art. 4" in answer.out


def test_several_decisions_are_a_list_in_json_and_one_is_an_object(run: Run) -> None:
    assert json.loads(run("check", MINIMAL, "--format", "json").out)["verdict"] == "allow"
    both = json.loads(run("check", MINIMAL, str(EXAMPLES / "silent"), "--format", "json").out)
    assert [decision["verdict"] for decision in both] == ["allow", "hold"]


def test_the_same_release_named_twice_is_judged_once(run: Run) -> None:
    answer = run("check", MINIMAL, str(EXAMPLES / "minimal" / "aiact.yaml"), "--format", "json")
    assert json.loads(answer.out)["verdict"] == "allow"


def test_the_same_release_gives_the_same_id_whatever_the_engine_and_the_hour(run: Run) -> None:
    ids = {
        json.loads(run("check", MINIMAL, "--format", "json", "--as-of", "2026-11-22", "--engine", engine).out)[
            "decision_id"
        ]
        for engine in ("reference", "generated", "generated")
    }
    assert len(ids) == 1


def test_an_ordinary_readme_is_left_alone_only_where_asked(run: Run, tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("# A library\n\nInstall it.\n", encoding="utf-8")
    assert run("check", str(readme)).code == 2
    answer = run("check", "--only-cards", str(readme))
    assert answer.code == 0
    assert "nothing was judged" in answer.out


def test_a_tree_is_searched_for_releases(run: Run) -> None:
    answer = run("check", "--tree", str(EXAMPLES))
    assert answer.code == 1
    assert "cv-screening" in answer.out
    assert "silent" in answer.out


def test_a_tree_without_a_release_is_an_error_unless_that_is_meant(run: Run, tmp_path: Path) -> None:
    answer = run("check", "--tree", str(tmp_path))
    assert answer.code == 2
    assert "no release was found, so nothing was judged; looked for aiact.yaml" in answer.err
    allowed = run("check", "--tree", str(tmp_path), "--allow-empty")
    assert allowed.code == 0
    assert "ALLOW" not in allowed.out
    assert json.loads(run("check", "--tree", str(tmp_path), "--allow-empty", "--format", "json").out) == []


def test_what_is_required_must_be_among_what_is_judged(run: Run, tmp_path: Path) -> None:
    required = ("--require", str(EXAMPLES / "minimal"))
    assert run("check", "--tree", str(EXAMPLES / "minimal"), *required).code == 0
    answer = run("check", str(EXAMPLES / "silent"), *required)
    assert answer.code == 2
    assert "this must be judged, and is not among the releases found" in answer.err


def test_what_is_left_out_is_listed_where_asked(run: Run, tmp_path: Path) -> None:
    for folder in ("good", ".hidden"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "aiact.yaml").write_text((EXAMPLES / "minimal" / "aiact.yaml").read_text())
    assert "left out" not in run("check", "--tree", str(tmp_path)).err
    assert "left out: .hidden (hidden folder)" in run("check", "--tree", str(tmp_path), "--left-out").err


def test_each_release_has_the_threshold_of_its_own_organisation(run: Run, tmp_path: Path) -> None:
    for folder, settings in (("a", 'fail_on = "never"\n'), ("b", "")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "README.md").write_text("---\nlicense: mit\n---\n# M\n")
        (tmp_path / folder / "aiact.toml").write_text(settings)
    first, second = str(tmp_path / "a"), str(tmp_path / "b")
    alone = run("check", first)
    assert alone.code == 0
    assert "`fail_on` is `never`" in alone.out
    assert run("check", first, second).code == run("check", second, first).code == 1
    tightened = run("check", first, "--fail-on", "hold")
    assert tightened.code == 1
    (tmp_path / "b" / "aiact.toml").write_text('fail_on = "hold"\n')
    loosened = run("check", second, "--fail-on", "never")
    assert loosened.code == 1
    assert "`fail_on: never` does not count" in loosened.out


def test_a_past_release_date_is_judged_and_said_or_refused(run: Run, release: Path) -> None:
    arguments = ("check", str(release), "--as-of", "2026-11-22", "--release-date", "2025-03-01")
    assert "judged as of 2025-03-01, which is past" in run(*arguments).out
    assert run(*arguments, "--past-dates", "refuse").code == 2
    (release.parent / "aiact.toml").write_text('past_dates = "refuse"\n')
    refused = run(*arguments)
    assert refused.code == 2
    assert "past dates are refused" in refused.err


def test_the_report_goes_to_a_file_where_asked(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "decision.json"
    answer = run("check", MINIMAL, "--format", "json", "--output", str(target))
    assert (answer.code, answer.out) == (0, "")
    assert json.loads(target.read_text())["verdict"] == "allow"
    assert run("check", MINIMAL, "--output", str(tmp_path / "no" / "where")).code == 2


def test_further_reports_of_the_same_run_go_to_files(run: Run, tmp_path: Path) -> None:
    sarif, junit = tmp_path / "r.sarif", tmp_path / "r.xml"
    answer = run("check", MINIMAL, "--format", "json", "--report", f"sarif={sarif}", "--report", f"junit={junit}")
    assert (answer.code, json.loads(answer.out)["verdict"]) == (0, "allow")
    assert json.loads(sarif.read_text())["runs"][0]["results"] == []
    assert "<testsuites" in junit.read_text()
    assert run("check", MINIMAL, "--report", "sarif").code == 2
    assert run("check", MINIMAL, "--report", f"papyrus={sarif}").code == 2


@pytest.mark.parametrize("name", ["json", "sarif", "junit", "github", "gitlab", "markdown", "html"])
def test_a_run_that_ends_without_an_answer_says_so_in_its_report(
    name: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, outputs, summary = tmp_path / "report", tmp_path / "outputs", tmp_path / "summary"
    target.write_text("an earlier report that allows")
    monkeypatch.setenv("GITHUB_OUTPUT", str(outputs))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    answer = run("check", MINIMAL, "--baseline", str(tmp_path / "no.json"), "--format", name, "--output", str(target))
    assert answer.code == 2
    assert "there is no such file" in target.read_text()
    assert "earlier" not in target.read_text()
    assert outputs.read_text() == "verdict=error\npasses=false\n"
    assert "## ERROR" in summary.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--role", "baker"], "`baker` is not one of the values of `operator.roles`"),
        (["--moment", "lunch"], "`lunch` is not one of the values of `release.moment`"),
        (["--pack", "eu_ai_atc"], "did you mean `eu_ai_act`?"),
        (["--market", "ZZ"], "no installed pack covers the market `ZZ`"),
        (["--engine", "steam"], "there is no engine `steam`"),
        (["--format", "papyrus"], "there is no report `papyrus`"),
        (["--set", "system.practices"], "is not FACT=VALUE"),
        (["--set", "system.practices="], "a value is missing"),
        (["--reading", "section_5_deferal=waits"], "did you mean `section_5_deferral`?"),
        (["--as-of", "yesterday"], "expected a date"),
        (["--as-of", "2019-01-01"], "its law begins on 2024-08-01"),
    ],
)
def test_options_that_mean_nothing_end_with_two_and_a_hint(run: Run, arguments: list[str], said: str) -> None:
    answer = run("check", MINIMAL, *arguments)
    assert answer.code == 2
    assert said in answer.err


def test_an_operator_without_any_role_is_never_allowed(run: Run, release: Path) -> None:
    release.write_text(release.read_text().replace("roles: [provider]", "roles: []"), encoding="utf-8")
    answer = run("check", str(release))
    assert answer.code == 2
    assert "aiact.yaml:4: an operator without any role cannot be judged" in answer.err


def test_no_path_at_all_is_wrong_use(run: Run) -> None:
    assert run("check").code == 2


def test_lines_of_text_fit_eighty_columns(run: Run) -> None:
    for example in ("minimal", "silent", "cv-screening", "open-llm"):
        for line in run("check", str(EXAMPLES / example)).out.splitlines():
            assert len(line) <= 80 or " " not in line.strip(), line


def test_a_fault_of_the_tool_is_exit_code_two(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr("aiact_rules.gate.Gate.decide", broken)
    answer = run("check", MINIMAL)
    assert answer.code == 2
    assert "internal error, no decision made: RuntimeError: boom" in answer.err


def test_one_line_a_release_where_asked(run: Run) -> None:
    both = (MINIMAL, str(EXAMPLES / "silent"))
    assert run("check", "-q", *both).out.split()[::2] == ["ALLOW", "HOLD"]
    summary = run("check", "--summary", both[1]).out
    assert summary.count("\n") == 1
    assert "136 undetermined, upcoming: " in summary
    assert run("check", "-q", both[1]).code == 1


@pytest.mark.parametrize("arguments", [("--full", "-q"), ("-q", "--summary"), ("-q", "--format", "json")])
def test_options_of_the_text_that_exclude_each_other_end_with_two(run: Run, arguments: tuple[str, ...]) -> None:
    answer = run("check", MINIMAL, *arguments)
    assert (answer.code, answer.out) == (2, "")


def test_what_could_not_be_judged_is_told_in_every_form_of_the_text(run: Run, release: Path) -> None:
    release.write_text(release.read_text().replace("practices", "practises"), encoding="utf-8")
    for arguments in ((), ("--full",), ("--summary",), ("--quiet",)):
        answer = run("check", str(release), MINIMAL, *arguments)
        assert answer.code == 2
        assert "unknown fact `system.practises`" in " ".join(answer.out.split())


def test_one_release_is_a_screen_and_full_is_all(run: Run) -> None:
    path = str(EXAMPLES / "cv-screening")
    assert len(run("check", path).out.splitlines()) <= 25
    assert len(run("check", path, "--full").out.splitlines()) > 400


@pytest.mark.parametrize("example", ["cv-screening", "value-chain"])
def test_commands_to_run_next_name_the_path_as_it_was_given(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str
) -> None:
    folder = tmp_path / "models" / example
    shutil.copytree(EXAMPLES / example, folder)
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(folder)
    lines = [
        line for line in run("check", ".").out.splitlines() if line.startswith(("  next  ", "  plan  ", "  all   "))
    ]
    assert lines
    assert all(" ." in line and f"models/{example}" not in line for line in lines)


def test_a_path_that_looks_like_an_option_is_named_as_a_path(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(EXAMPLES / "silent", tmp_path / "-rf")
    monkeypatch.chdir(tmp_path)
    assert "aiact-rules ask ./-rf" in run("check", "--", "-rf").out


def test_a_wide_terminal_gets_wide_lines_and_a_file_does_not(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.setattr("aiact_rules.cli.terminal.sys.stdout.isatty", lambda: True)
    path = str(EXAMPLES / "cv-screening")
    assert max(map(len, run("check", path, "--color", "never").out.splitlines())) > 100
    monkeypatch.setattr("aiact_rules.cli.terminal.sys.stdout.isatty", lambda: False)
    assert max(map(len, run("check", path).out.splitlines())) <= 80
