"""The guide for plugin writers, word for word: wheels of core and plugins in a fresh environment.

Slow as tests go (about a minute), and needs no network: what the core depends on is linked from the environment of the tests.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from aiact_rules.specfiles.pack_head import read_head

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "plugins" / "README.md"
TIMEOUT = 120
BIN = "Scripts" if os.name == "nt" else "bin"


class Environment:
    """A fresh virtual environment with the core in it, and a folder to work in."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        self.work.mkdir()
        self.bin = folder / "venv" / BIN
        venv.create(folder / "venv", with_pip=True)
        linked = folder / "linked"
        linked.mkdir()
        for name in _closure(["aiact-rules", "hatchling"]) - {"aiact-rules"}:
            _link(name, linked)
        site = self.run(f"{self.bin / 'python'} -c 'import sysconfig; print(sysconfig.get_path(\"purelib\"))'").strip()
        (Path(site) / "linked.pth").write_text(f"{linked}\n", encoding="utf-8")

    def run(self, command: str) -> str:
        """Run one command of the guide, and give what it prints. It must succeed."""
        hidden = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        path = f"{self.bin}{os.pathsep}{kept.get('PATH', '')}"
        ran = subprocess.run(
            shlex.split(command),
            cwd=self.work,
            env={
                **kept,
                "PATH": path,
                "AIACT_RULES_CACHE": str(self.work / "cache"),
                "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            },
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"
        return ran.stdout


def _closure(names: list[str]) -> set[str]:
    """Return the distributions needed by some, by name, themselves included.

    Extras and other platforms are left out.
    """
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        requires = _core_requires() if name == "aiact-rules" else distribution(name).requires or []
        for requirement in requires:
            needed, _, marker = requirement.partition(";")
            required = re.match(r"[A-Za-z0-9._-]+", needed.strip())
            if required is None or "extra" in marker:
                continue
            try:
                distribution(required[0])
            except PackageNotFoundError:
                continue  # meant for another platform or version of Python
            waiting.append(required[0])
    return found


def _core_requires() -> list[str]:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [str(requirement) for requirement in project["dependencies"]]


def _link(name: str, folder: Path) -> None:
    found = distribution(name)
    for top in {Path(str(file)).parts[0] for file in found.files or []} - {"..", "__pycache__"}:
        source = Path(str(found.locate_file(top)))
        target = folder / top
        if source.exists() and not target.exists():
            target.symlink_to(source)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    pytest.importorskip("hatchling")
    if sys.platform == "win32":
        pytest.skip("needs symbolic links")
    made = Environment(tmp_path_factory.mktemp("install"))
    for part in (".", "plugins/aiact-rules-example", "plugins/aiact-rules-kr"):
        made.run(f"pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist {ROOT / part}")
    made.run("pip install --quiet --no-deps --no-index --find-links dist aiact-rules")
    return made


def test_the_guide_works_word_for_word(environment: Environment) -> None:
    commands = re.findall(r"^\$ (.*)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) == 10
    said = [(command, environment.run(command)) for command in commands]

    plugins = [text for command, text in said if command == "aiact-rules plugins"]
    assert "jp: aiact-rules-jp 0.1.0" in plugins[0]
    assert "kr:" not in plugins[0]
    for line in ("example: aiact-rules-example 0.1.0", "jp: aiact-rules-jp 0.1.0", "kr: aiact-rules-kr 0.1.0"):
        assert line in plugins[1].splitlines()
    assert "counting" in plugins[1]
    assert "lantern_label" in plugins[1]

    packs = [text for command, text in said if command == "aiact-rules packs"][1]
    for pack, market in (
        ("eu_ai_act", "EU"),
        ("kr_ai_basic_act", "KR"),
        ("jp_ai_law", "JP"),
        ("example_lantern_act", "XX"),
    ):
        assert re.search(rf"^{pack} \d+\.\d+\.\d+  \[{market}\]$", packs, re.MULTILINE), packs
    assert "from plugin aiact-rules-kr 0.1.0" in packs

    tested = said[-1][1]
    for pack in ("kr_ai_basic_act", "example_lantern_act"):
        assert re.search(rf"^{pack} .*: [1-9]\d* passed, 0 failed$", tested, re.MULTILINE)


def test_the_law_in_the_wheel_is_whole(environment: Environment) -> None:
    installed = {row["pack"] for row in json.loads(environment.run("aiact-rules packs --format json"))}
    written = [read_head(path.parent, "here").id for path in (ROOT / "specs").rglob("pack.yaml")]
    assert set(written) <= installed
    assert ": 0 passed" not in environment.run("aiact-rules test --pack eu_ai_act --only *art_005.cases*")
