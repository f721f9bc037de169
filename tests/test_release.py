"""What a release needs: one version, a dated changelog, a hook that names the tag."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from aiact_rules.version import __version__

ROOT = Path(__file__).resolve().parents[1]
FILES = (".ci/release", "src/aiact_rules/version.py", "CHANGELOG.md", "README.md")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a repository with the files that speak of the version, the changelog dated as on the day of a release."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    replace(tmp_path / "CHANGELOG.md", f"### {__version__} (unreleased)", f"### {__version__} (2026-12-01)")
    git(tmp_path, "init", "--quiet")
    commit(tmp_path)
    return tmp_path


def git(folder: Path, *command: str) -> None:
    author = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.org")
    subprocess.run(["git", *author, *command], cwd=folder, check=True, capture_output=True)


def commit(folder: Path) -> None:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "Release")


def replace(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def check(project: Path, *said: str) -> tuple[int, str]:
    done = subprocess.run([project / ".ci" / "release", *said], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_release_may_be_built_where_tag_changelog_and_hook_agree(project: Path) -> None:
    assert check(project, "check", f"v{__version__}") == (0, f"release: v{__version__} may be built\n")


def test_each_thing_that_disagrees_is_named(project: Path) -> None:
    assert check(project, "check", "v9.9.9") == (
        1,
        f"release: the tag is v9.9.9, and src/aiact_rules/version.py says {__version__}\n",
    )
    replace(project / "README.md", f"rev: v{__version__}", "rev: v0.0.1")
    commit(project)
    assert f"does not say `rev: v{__version__}`" in check(project, "check", f"v{__version__}")[1]
    replace(project / "CHANGELOG.md", f"### {__version__} (2026-12-01)", f"### {__version__} (unreleased)")
    commit(project)
    code, said = check(project, "check", f"v{__version__}")
    assert code == 1
    assert f"no line `### {__version__} (YYYY-MM-DD)`" in said


def test_nothing_is_built_from_what_is_not_committed(project: Path) -> None:
    (project / "README.md").open("a", encoding="utf-8").write("\n")
    assert check(project, "check", f"v{__version__}") == (1, "release: there are changes that are not committed\n")


@pytest.mark.parametrize("said", [(), ("check",), ("build",), ("publish", "v1")])
def test_a_call_without_a_step_says_how_it_is_used(project: Path, said: tuple[str, ...]) -> None:
    code, text = check(project, *said)
    assert code == 1
    assert text.startswith("release: usage: ")


def test_the_hooks_that_people_copy_name_the_tag_of_this_version() -> None:
    for name in ("README.md", "docs/ci.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert re.findall(r"^    rev: (\S+)$", text, re.MULTILINE) == [f"v{__version__}"]
