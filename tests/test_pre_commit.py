"""The pre-commit hooks, in a real git repository with a real pre-commit."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
import yaml

from aiact_rules.reports.brief import MOST_LINES
from aiact_rules.sources.release_names import is_read

ROOT = Path(__file__).resolve().parents[1]
GOOD = (ROOT / "examples" / "minimal" / "aiact.yaml").read_text(encoding="utf-8")
CARD = "---\nlicense: mit\npipeline_tag: text-classification\n---\n\n# spam-filter\n\nSorts unwanted mail.\n"


class Repositories:
    """A repository with the hooks, and one that uses them."""

    def __init__(self, folder: Path) -> None:
        self.hooks = folder / "hooks"
        self.user = folder / "user repository"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHONPATH"))},
            "PRE_COMMIT_HOME": str(folder / "pre-commit"),
            "PRE_COMMIT_COLOR": "never",
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.org",
        }
        self.hooks.mkdir()
        kept = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".pre-commit-hooks.yaml", "src", "specs")
        for name in kept:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, self.hooks / name, ignore=shutil.ignore_patterns("__pycache__"))
            elif source.is_file():
                shutil.copy(source, self.hooks / name)
        self.git(self.hooks, "init", "-q")
        self.git(self.hooks, "add", "-A")
        self.git(self.hooks, "commit", "-qm", "hooks")
        self.user.mkdir()
        self.git(self.user, "init", "-q")

    def git(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(folder, "git", *arguments)

    def pre_commit(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.run(self.user, sys.executable, "-m", "pre_commit", *arguments, check=False)

    def run(self, folder: Path, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, text=True, check=check, timeout=300
        )

    def write(self, name: str, text: str) -> None:
        path = self.user / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def commit(self) -> subprocess.CompletedProcess[str]:
        self.git(self.user, "add", "-A")
        return self.run(self.user, "git", "commit", "-m", "try", check=False)


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Repositories:
    found = Repositories(tmp_path_factory.mktemp("pre-commit"))
    revision = found.git(found.hooks, "rev-parse", "HEAD").stdout.strip()
    found.write(
        ".pre-commit-config.yaml",
        f"repos:\n  - repo: {found.hooks}\n    rev: {revision}\n    hooks: [{{id: aiact-model-card}}, {{id: aiact-tree}}]\n",
    )
    installed = found.pre_commit("install", "--install-hooks")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    return found


def test_a_bad_card_blocks_the_commit_and_a_good_one_passes_it(repositories: Repositories) -> None:
    repositories.write("models/spam filter/README.md", CARD)
    blocked = repositories.commit()
    assert blocked.returncode != 0, blocked.stdout
    assert "HOLD" in blocked.stdout + blocked.stderr
    repositories.write("models/spam filter/aiact.yaml", GOOD)
    passed = repositories.commit()
    assert passed.returncode == 0, passed.stdout + passed.stderr


def test_an_ordinary_readme_is_left_alone(repositories: Repositories) -> None:
    repositories.write("README.md", "# A library\n\nNot a model card.\n")
    passed = repositories.commit()
    assert passed.returncode == 0, passed.stdout + passed.stderr
    assert repositories.git(repositories.user, "log", "--oneline").stdout


def test_try_repo_runs_the_hook_on_the_files_named(repositories: Repositories) -> None:
    repositories.write("bad card.aiact.yaml", "format: 1\nsubject: sytem\n")
    repositories.git(repositories.user, "add", "-A")
    tried = repositories.pre_commit(
        "try-repo", str(repositories.hooks), "aiact-model-card", "--files", "bad card.aiact.yaml"
    )
    assert tried.returncode != 0
    assert "`sytem` is not one of the values" in tried.stdout + tried.stderr


def hook_lines(output: str) -> list[str]:
    """Return what the hook itself printed, without the lines of the framework around it."""
    _, _, said = output.partition("- exit code: ")
    return [line for line in said.split("EU AI Act gate on every release")[0].splitlines()[1:] if line.strip()]


def test_many_bad_cards_and_thousands_of_other_files_are_told_in_few_lines(repositories: Repositories) -> None:
    names = [f"models/{'a family of models ' * 2}{number}/README.md" for number in range(2400)]
    for number, name in enumerate(names):
        repositories.write(name, CARD if number < 120 else "# A library\n\nNot a model card.\n")
    repositories.git(repositories.user, "add", "-A")
    assert sum(map(len, names)) > 131_072, "more than one list of arguments holds"
    ran = repositories.pre_commit("run", "aiact-model-card", "--all-files")
    assert ran.returncode == 1, ran.stdout
    lines = hook_lines(ran.stdout)
    assert sum(map(int, re.findall(r"(\d+) held", ran.stdout))) == 120
    assert len(lines) <= 2 * MOST_LINES <= 25, ran.stdout
    shutil.rmtree(repositories.user / "models")
    repositories.git(repositories.user, "add", "-A")


@pytest.mark.skipif(shutil.which("prek") is None, reason="prek is not installed")
def test_prek_runs_the_same_hook(repositories: Repositories) -> None:
    repositories.write("models/x/README.md", CARD)
    repositories.git(repositories.user, "add", "-A")
    ran = repositories.run(repositories.user, "prek", "run", "aiact-model-card", "--all-files", check=False)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    assert "HOLD" in ran.stdout
    shutil.rmtree(repositories.user / "models")
    repositories.git(repositories.user, "add", "-A")


def test_the_hook_takes_the_names_that_are_read_with_either_separator() -> None:
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))}
    pattern = re.compile(hooks["aiact-model-card"]["files"])
    for name in ("README.md", "readme.markdown", "model_card.md", "Model-Card-v2.md", "aiact.yaml", "x.aiact.yml"):
        for path in (PurePosixPath("models", "a b", name), PureWindowsPath("models", "a b", name), PurePosixPath(name)):
            assert pattern.search(str(path)), path
            assert is_read(path), path  # type: ignore[arg-type]  # only its name is looked at
    for path in ("readme.md.txt", "docs/about.md", "my_readme.md", r"docs\my_aiact.yaml", "src/readme.py"):
        assert not pattern.search(path), path
