"""What a plain `check` starts: nothing that its input and its report do not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aiact_rules.plugins.distributions import may_offer
from tests.cli.conftest import EXAMPLES

_RUN = """
import sys
from aiact_rules.cli import main
try:
    main()
finally:
    print(*sorted(sys.modules), sep="\\n", file=sys.stderr)
"""


def modules_of(cache: Path, *arguments: str) -> frozenset[str]:
    """Give the modules that a command has imported at its end."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "AIACT_RULES_CACHE": str(cache)},
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    return frozenset(done.stderr.splitlines())


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a cache that holds what a first run leaves."""
    folder = tmp_path_factory.mktemp("cache")
    for example in ("minimal", "cv-screening"):
        modules_of(folder, "check", str(EXAMPLES / example))
    return folder


@pytest.mark.parametrize("example", ["minimal", "cv-screening"])
def test_a_check_starts_only_what_it_needs(cache: Path, example: str) -> None:
    started = modules_of(cache, "check", str(EXAMPLES / example))
    ours = {name.removeprefix("aiact_rules.") for name in started if name.startswith("aiact_rules.")}
    assert "reports.text_report" in ours
    for package, allowed in {
        "specfiles": {"extensions", "folder", "pack_head"},
        "engines": {"built_in", "generated", "interpreter"},
        "reports": {"built_in", "text_report", "words"},
        "cli": {"check", "options", "terminal"},
        "proof": set(),
        "sweep": set(),
        "decision_log": set(),
        "timeline": set(),
    }.items():
        assert {name for name in ours if name.startswith(f"{package}.")} <= {f"{package}.{name}" for name in allowed}
    assert not ours & {"sources.ml_bom", "sources.answers", "core.explanation", "core.counterfactuals", "testing"}
    assert not started & {"pydantic", "tempfile", "sqlite3", "xml.sax", "http", "asyncio", "numpy", "pyarrow", "rich"}
    if not may_offer("aiact_rules"):
        assert not started & {"importlib.metadata", "email.message"}


def test_the_other_formats_start_what_they_need(cache: Path) -> None:
    started = modules_of(cache, "check", str(EXAMPLES / "minimal"), "--format", "sarif")
    assert "aiact_rules.reports.sarif_report" in started
    assert "aiact_rules.reports.text_report" not in started


def test_help_starts_neither_rules_nor_readers() -> None:
    started = modules_of(Path("unused"), "--version")
    assert not {name for name in started if name.startswith(("aiact_rules.gate", "aiact_rules.sources", "yaml"))}
