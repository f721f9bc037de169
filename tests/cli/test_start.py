"""What a plain `check` starts: nothing that its input and its report do not need."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aiact_rules.plugins.distributions import may_offer
from tests.cli.conftest import EXAMPLES

# Fewer than half of all there are. A check that needs more has begun to load what another command or report is for.
MOST_MODULES = 141
HEAVY = {"pydantic", "sqlite3", "xml.sax", "http", "asyncio", "numpy", "pyarrow", "z3"}

_RUN = """
import sys
from aiact_rules.cli import main
try:
    main()
finally:
    print(*sorted(sys.modules), sep="\\n", file=sys.stderr)
"""


def modules_of(cache: Path, *arguments: str) -> frozenset[str]:
    """Return the modules that a command has imported at its end."""
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
    """Return a cache that holds what a first run leaves."""
    folder = tmp_path_factory.mktemp("cache")
    for example in ("minimal", "cv-screening"):
        modules_of(folder, "check", str(EXAMPLES / example))
    return folder


@pytest.mark.parametrize("example", ["minimal", "cv-screening"])
def test_a_check_starts_only_what_it_needs(cache: Path, example: str) -> None:
    started = modules_of(cache, "check", str(EXAMPLES / example))
    assert "aiact_rules.reports.text_report" in started
    ours = {name for name in started if name.startswith("aiact_rules.")}
    assert len(ours) <= MOST_MODULES, f"{len(ours)}: {sorted(ours)}"
    assert not started & HEAVY
    if not may_offer("aiact_rules"):
        assert not started & {"importlib.metadata", "email.message", "tempfile"}  # the last one by the first


def test_the_other_formats_start_what_they_need(cache: Path) -> None:
    started = modules_of(cache, "check", str(EXAMPLES / "minimal"), "--format", "sarif")
    assert "aiact_rules.reports.sarif_report" in started
    assert "aiact_rules.reports.text_report" not in started


def test_help_starts_neither_rules_nor_readers() -> None:
    started = modules_of(Path("unused"), "--version")
    assert not {name for name in started if name.startswith(("aiact_rules.gate", "aiact_rules.sources", "yaml"))}
