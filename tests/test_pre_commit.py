"""The pre-commit hooks, in a real git repository with a real pre-commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
