"""The files for CI systems: valid by their schemas, and the script of the action does what it says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

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


def component() -> dict[str, Any]:
    """Return the job of the GitLab component, with its inputs as they stand there."""
    _, job = (ROOT / "templates" / "aiact-rules.yml").read_text(encoding="utf-8").split("\n---\n")
    return dict(yaml.safe_load(job)["aiact-rules"])


def test_the_action_is_valid() -> None:
    valid("vendor.github-actions", ROOT / "action.yml")


def test_the_workflows_are_valid_and_run_every_script_of_the_folder() -> None:
    run: set[str] = set()
    for file in sorted((ROOT / ".github" / "workflows").iterdir()):
        valid("vendor.github-workflows", file)
        for job in yaml.safe_load(file.read_text(encoding="utf-8"))["jobs"].values():
            run |= {step["run"].split(" ")[0] for step in job["steps"] if "run" in step}
    called_by_run = {".ci/smoke", ".ci/postgres", ".ci/fuzz-service"}
    scripts = {f".ci/{path.name}" for path in (ROOT / ".ci").iterdir() if os.access(path, os.X_OK)}
    assert {each for each in run if each.startswith(".ci/")} == scripts - called_by_run
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    said = [c.rsplit(" ", 1)[1] for c in project["classifiers"] if re.search(r"Python :: 3\.\d+$", c)]
    assert jobs["newest"]["strategy"]["matrix"]["python"] == said


def test_the_oldest_versions_are_the_lower_bounds_of_the_project() -> None:
    pinned = dict(re.findall(r"^([a-z0-9-]+)==(\S+)$", (ROOT / ".ci" / "oldest.txt").read_text("utf-8"), re.MULTILINE))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    within = re.fullmatch(r"aiact-rules\[(.+)]", extras["test"][0])
    assert within is not None
    tested = [
        *project["dependencies"],
        *(each for name in within[1].split(",") for each in extras[name]),
        *extras["test"],
    ]
    here = [each for each in tested if "win32" not in each]
    bounds = dict(re.findall(r"^([\w.-]+)(?:\[\w+])?>=([\d.]+)", "\n".join(here), re.MULTILINE))
    assert set(bounds) > {"pyyaml", "pytest", "z3-solver"}
    for name, bound in bounds.items():
        version = pinned[name.lower().replace("_", "-")]
        assert re.fullmatch(re.escape(bound) + r"(\.0)*", version), f"{name}: {version} is pinned, {bound} allowed"


def test_the_component_is_valid(tmp_path: Path) -> None:
    _, job = (ROOT / "templates" / "aiact-rules.yml").read_text(encoding="utf-8").split("\n---\n")
    file = tmp_path / ".gitlab-ci.yml"
    file.write_text(job, encoding="utf-8")
    valid("vendor.gitlab-ci", file)


def test_inputs_never_stand_in_the_text_of_a_script() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
    for script in component()["script"]:
        assert "$[[" not in script


def test_no_linter_has_anything_to_say_about_a_script(tmp_path: Path) -> None:
    linter = shutil.which("shellcheck")
    if linter is None:
        pytest.skip("shellcheck is not installed; the extra `lint` brings it")
    scripts: list[Path] = [
        path for path in (ROOT / ".ci").iterdir() if path.read_text("utf-8").startswith("#!/usr/bin/env bash")
    ]
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for number, step in enumerate(step for step in action["runs"]["steps"] if "run" in step):
        scripts.append(tmp_path / f"action-{number}.sh")
        scripts[-1].write_text(
            f"#!/usr/bin/env bash\nset -eo pipefail  # as the runner does\n{step['run']}", encoding="utf-8"
        )
    for name in ("before_script", "script"):
        scripts.append(tmp_path / f"component-{name}.sh")
        scripts[-1].write_text("#!/bin/sh\nset -e\n" + "\n".join(component()[name]), encoding="utf-8")
    done = subprocess.run([linter, *map(str, scripts)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_auditor_finds_a_weakness_in_workflows_and_action() -> None:
    auditor = shutil.which("zizmor")
    if auditor is None:
        pytest.skip("zizmor is not installed; the extra `lint` brings it")
    done = subprocess.run(
        [auditor, "--offline", "--no-progress", "--format", "plain", ".github", "action.yml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def usual_inputs(action: Mapping[str, Any], step: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment of a step of the action where nobody said anything."""
    named = {name: said.split("inputs.")[1].split(" ")[0] for name, said in step["env"].items() if "inputs." in said}
    return {name: str(action["inputs"][said]["default"]) for name, said in named.items()}


@pytest.fixture
def act(tmp_path: Path) -> Act:
    """Return a function that runs the step of the action that checks, and what it printed and wrote."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = [step for step in action["runs"]["steps"] if step.get("id") == "check"]
    program = tmp_path / "aiact-rules" / "bin"
    program.mkdir(parents=True)
    (program / "aiact-rules").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m aiact_rules "$@"\n', encoding="utf-8")
    (program / "aiact-rules").chmod(0o755)
    usual = usual_inputs(action, step)

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
    assert outputs["sarif_file"] == str(tmp_path / "report.sarif")
    done, outputs, _ = act(PATHS="examples/silent", AS_OF="2026-11-30")
    assert "sarif_file" not in outputs
    assert done.returncode == 1
    assert (outputs["verdict"], outputs["passes"]) == ("hold", "false")
    assert "::warning file=examples/silent/README.md" in done.stdout


def test_the_action_prints_and_writes_the_formats_that_it_is_told(act: Act, tmp_path: Path) -> None:
    reports = f"junit={tmp_path / 'report.xml'}\nmarkdown={tmp_path / 'report.md'}\n"
    done, outputs, _ = act(PATHS="examples/minimal", FORMAT="json", REPORTS=reports, MARKET="EU\r\n", ROLE="provider")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["decision_id"] == outputs["decision_id"]
    assert "<testsuite" in (tmp_path / "report.xml").read_text(encoding="utf-8")
    assert (tmp_path / "report.md").stat().st_size > 0


def test_the_action_installs_what_stands_beside_it_with_the_python_that_it_finds(tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    steps = {step["name"]: step for step in action["runs"]["steps"]}
    outputs = tmp_path / "outputs"
    stub = tmp_path / "stubs" / "python3"  # as on Windows, where nothing is installed under that name
    stub.parent.mkdir()
    stub.write_text("#!/bin/sh\nexit 9009\n", encoding="utf-8")
    stub.chmod(0o755)
    (stub.parent / "python").symlink_to(sys.executable)
    folders = {"RUNNER_TEMP": str(tmp_path), "GITHUB_OUTPUT": str(outputs), "GITHUB_ACTION_PATH": str(ROOT)}

    def run(name: str, **said: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, **folders, **said}
        script = ["bash", "-e", "-o", "pipefail", "-c", steps[name]["run"]]
        return subprocess.run(script, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)

    found = run("Find Python", PATH=f"{stub.parent}:/usr/bin:/bin")
    assert found.returncode == 0, found.stdout + found.stderr
    said = dict(line.split("=", 1) for line in outputs.read_text(encoding="utf-8").splitlines())
    assert said == {"program": "python", "version": f"{sys.version_info.major}.{sys.version_info.minor}"}
    done = run("Install", PATH=f"{stub.parent}:/usr/bin:/bin", PACKAGE="", PYTHON=said["program"])
    assert done.returncode == 0, done.stdout + done.stderr
    program = tmp_path / "aiact-rules" / "bin" / "aiact-rules"
    checked = subprocess.run(
        [program, "check", "-q", "examples/minimal"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stdout) == (0, "ALLOW  examples/minimal\n")


def test_the_action_says_that_no_python_is_there(tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = [step for step in action["runs"]["steps"] if step.get("id") == "python"]
    env = {"PATH": str(tmp_path), "GITHUB_OUTPUT": str(tmp_path / "outputs")}
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run([bash, "-e", "-c", step["run"]], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "::error::there is no Python 3.11 or later" in done.stdout


@pytest.fixture
def job(tmp_path: Path) -> Callable[..., tuple[subprocess.CompletedProcess[str], Path]]:
    """Return a function that runs the scripts of the GitLab component as a runner does, and the folder it ran in."""
    head, _ = (ROOT / "templates" / "aiact-rules.yml").read_text(encoding="utf-8").split("\n---\n")
    inputs = yaml.safe_load(head)["spec"]["inputs"]
    programs, folder = tmp_path / "programs", tmp_path / "project"
    programs.mkdir()
    for name in ("aiact-rules", "pip"):
        module = {"aiact-rules": "aiact_rules", "pip": "pip"}[name]
        shim = f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n' if name != "pip" else "#!/bin/sh\nexit 0\n"
        (programs / name).write_text(shim, encoding="utf-8")
        (programs / name).chmod(0o755)
    shutil.copytree(ROOT / "examples", folder / "examples")

    def run(**said: str) -> tuple[subprocess.CompletedProcess[str], Path]:
        assert set(said) <= set(inputs)
        values = {name: str(said.get(name, spec.get("default", "here"))) for name, spec in inputs.items()}
        variables = {
            name: re.sub(r"\$\[\[ inputs\.([\w-]+) ]]", lambda found: values[found[1]], text)
            for name, text in component()["variables"].items()
        }
        env = {**os.environ, **variables, "PATH": f"{programs}:{os.environ['PATH']}"}
        script = "\n".join([*component()["before_script"], *component()["script"]])
        command = ["sh", "-e", "-c", script]
        return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False), folder

    return run


def test_the_component_judges_and_writes_its_reports(job: Callable[..., tuple[Any, Path]]) -> None:
    done, folder = job(paths="examples/minimal\n", market="EU\n", role="provider", reports="sarif=aiact.sarif\n")
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads((folder / "gl-code-quality-report.json").read_text(encoding="utf-8")) == []
    assert "<testsuite" in (folder / "aiact-junit.xml").read_text(encoding="utf-8")
    assert json.loads((folder / "aiact.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    done, folder = job(tree="examples/silent", **{"as-of": "2026-11-30"})
    assert done.returncode == 1
    assert done.stdout.startswith("HOLD")
    assert json.loads((folder / "gl-code-quality-report.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "said",
    [
        {"paths": "examples/nowhere"},
        {"paths": "--help"},
        {"tree": "nowhere"},
        {"as-of": "yesterday"},
        {"reading": "nonsense"},
        {"role": "provider;exit"},
        {"market": "ZZ"},
        {"format": "nonsense"},
        {"baseline": "nowhere.json"},
    ],
)
def test_the_component_fails_whatever_goes_wrong(job: Callable[..., tuple[Any, Path]], said: Mapping[str, str]) -> None:
    done, _ = job(**said)
    assert done.returncode == 2, done.stdout + done.stderr


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
    written = (ROOT / "src" / "aiact_rules" / "cli" / "check.py").read_text(encoding="utf-8") + text
    assert [name for name in action["outputs"] if f"{name}=" not in written] == []


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
