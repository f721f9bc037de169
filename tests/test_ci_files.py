"""The files for CI systems: valid by their schemas, and the script of the action does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]


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
    tested = [*project["dependencies"], *extras["sweep"], *extras["proof"], *extras["rich"], *extras["test"]]
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
        assert "${{" not in step["run"]


def test_the_script_of_the_action_judges_and_writes_summary_and_outputs(tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    script = action["runs"]["steps"][1]["run"]
    program = tmp_path / "aiact-rules" / "bin"
    program.mkdir(parents=True)
    (program / "aiact-rules").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m aiact_rules "$@"\n', encoding="utf-8")
    (program / "aiact-rules").chmod(0o755)
    summary, outputs = tmp_path / "summary.md", tmp_path / "outputs"
    environment = {
        **os.environ,
        "RUNNER_TEMP": str(tmp_path),
        "PATHS": "examples/minimal\n",
        "TREE": ".",
        "FAIL_ON": "hold",
        "SARIF": str(tmp_path / "report.sarif"),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_OUTPUT": str(outputs),
    }
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "verdict=allow\n" in outputs.read_text(encoding="utf-8")
    assert summary.read_text(encoding="utf-8").count("## ALLOW") == 1
    assert (tmp_path / "report.sarif").exists()
    environment["PATHS"] = "examples/silent"
    done = subprocess.run(
        ["bash", "-e", "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "::warning file=examples/silent/README.md" in done.stdout


def test_no_file_keeps_a_folder_of_its_own_machine() -> None:
    for file in (ROOT / "action.yml", ROOT / "templates" / "aiact-rules.yml", *(ROOT / ".ci").iterdir()):
        assert tempfile.gettempdir() + "/" not in file.read_text(encoding="utf-8")
