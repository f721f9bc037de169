"""The files for CI systems: valid by their schemas, and the script of the action does what it says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
Act = Callable[..., tuple[subprocess.CompletedProcess[str], dict[str, str], str]]


def valid(schema: str, file: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(file)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_is_valid() -> None:
    valid("vendor.github-actions", ROOT / "action.yml")


def test_the_workflow_is_valid_and_runs_every_script_of_the_folder() -> None:
    file = ROOT / ".github" / "workflows" / "ci.yml"
    valid("vendor.github-workflows", file)
    jobs = yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"]
    run = {step["run"] for job in jobs.values() for step in job["steps"] if "run" in step}
    called_by_run = {".ci/smoke"}
    scripts = {f".ci/{path.name}" for path in (ROOT / ".ci").iterdir() if os.access(path, os.X_OK)}
    assert run == scripts - called_by_run
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = [c.rsplit(" ", 1)[1] for c in project["classifiers"] if re.search(r"Python :: 3\.\d+$", c)]
    assert jobs["newest"]["strategy"]["matrix"]["python"] == said


def test_the_oldest_versions_are_the_lower_bounds_of_the_project() -> None:
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)$", (ROOT / ".ci" / "oldest.txt").read_text("utf-8"), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    tested = [*project["dependencies"], *extras["sweep"], *extras["proof"], *extras["test"]]
    bounds = dict(re.findall(r"^([\w.-]+)>=([\d.]+)", "\n".join(tested), re.MULTILINE))
    assert set(bounds) > {"pyyaml", "pytest", "z3-solver"}
    for name, bound in bounds.items():
        version = pinned[name.lower().replace("_", "-")]
        assert re.fullmatch(re.escape(bound) + r"(\.0)*", version), f"{name}: {version} is pinned, {bound} allowed"


def test_the_component_is_valid(tmp_path: Path) -> None:
    _, job = (ROOT / "templates" / "aiact-rules.yml").read_text(encoding="utf-8").split("\n---\n")
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(job, encoding="utf-8")
    valid("vendor.gitlab-ci", file)


def test_inputs_of_the_action_never_stand_in_the_text_of_a_script() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")


@pytest.fixture
def act(tmp_path: Path) -> Act:
    """Return a function that runs the step of the action that checks, and what it printed and wrote."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = [step for step in action["runs"]["steps"] if step.get("id") == "check"]
    program = tmp_path / "aiact-rules" / "bin"
    program.mkdir(parents=True)
    (program / "aiact-rules").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m aiact_rules "$@"\n', encoding="utf-8")
    (program / "aiact-rules").chmod(0o755)
    usual = {
        name: str(action["inputs"][said.split("inputs.")[1].split(" ")[0]]["default"])
        for name, said in step["env"].items()
    }

    def run(**inputs: str) -> tuple[subprocess.CompletedProcess[str], dict[str, str], str]:
        assert set(inputs) <= set(usual)
        outputs, summary = tmp_path / "outputs", tmp_path / "summary.md"
        files = {"RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(outputs)}
        for file in (outputs, summary):
            file.write_text("", encoding="utf-8")
        done = subprocess.run(
            ["bash", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=ROOT,
            env={**os.environ, **files, **usual, **inputs},
            capture_output=True,
            text=True,
            check=False,
        )
        lines = outputs.read_text(encoding="utf-8").splitlines()
        return done, dict(line.split("=", 1) for line in lines), summary.read_text(encoding="utf-8")

    return run


def test_the_script_of_the_action_judges_and_writes_summary_and_outputs(act: Act, tmp_path: Path) -> None:
    done, outputs, summary = act(PATHS="examples/minimal\n", SARIF=str(tmp_path / "report.sarif"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert (outputs["verdict"], outputs["passes"], outputs["findings"]) == ("allow", "true", "0")
    assert outputs["decision_id"].startswith("sha256:")
    assert summary.count("## ALLOW") == 1
    assert json.loads((tmp_path / "report.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    done, outputs, _ = act(PATHS="examples/silent", AS_OF="2026-11-30")
    assert done.returncode == 1
    assert (outputs["verdict"], outputs["passes"]) == ("hold", "false")
    assert "::warning file=examples/silent/README.md" in done.stdout


@pytest.mark.parametrize(
    "inputs",
    [
        {"PATHS": "examples/nowhere"},
        {"TREE": "docs"},
        {"FOLDER": "nowhere"},
        {"AS_OF": "yesterday"},
        {"FAIL_ON": "sometimes"},
        {"PATHS": "examples/minimal", "READING": "nonsense"},
        {"PATHS": "examples/minimal", "BASELINE": "nowhere.json"},
    ],
)
def test_the_verdict_of_the_action_is_error_whatever_goes_wrong(act: Act, inputs: dict[str, str]) -> None:
    done, outputs, _ = act(**inputs)
    assert done.returncode != 0
    assert (outputs["verdict"], outputs["passes"]) == ("error", "false")


def test_every_output_and_input_of_the_action_is_used() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    text = str(action["runs"]["steps"])
    assert [name for name in action["inputs"] if f"inputs.{name} " not in text] == []
    checked = (ROOT / "src" / "aiact_rules" / "cli" / "check.py").read_text(encoding="utf-8")
    assert [name for name in action["outputs"] if f"{name}=" not in checked] == []


def test_nothing_installs_a_name_that_nobody_pinned() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    assert action["inputs"]["package"]["default"] == ""
    (install,) = [step for step in action["runs"]["steps"] if step.get("name") == "Install"]
    assert "${PACKAGE:-$GITHUB_ACTION_PATH}" in install["run"]
    head, _ = (ROOT / "templates" / "aiact-rules.yml").read_text(encoding="utf-8").split("\n---\n")
    assert "default" not in yaml.safe_load(head)["spec"]["inputs"]["package"]


def test_no_file_keeps_a_folder_of_its_own_machine() -> None:
    for file in (ROOT / "action.yml", ROOT / "templates" / "aiact-rules.yml", *(ROOT / ".ci").iterdir()):
        assert tempfile.gettempdir() + "/" not in file.read_text(encoding="utf-8")
