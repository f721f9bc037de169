"""Every run of the tests keeps its compiled packs and code in a folder of its own, which its processes share."""

from __future__ import annotations

import os
import shutil
import tempfile

import pytest

CACHE = "AIACT_RULES_CACHE"


def pytest_configure(config: pytest.Config) -> None:
    """Name a fresh cache, unless the caller has; the processes started from here inherit the name."""
    if CACHE in os.environ:
        return
    os.environ[CACHE] = folder = tempfile.mkdtemp(prefix="aiact-rules-tests-")

    def forget() -> None:
        os.environ.pop(CACHE, None)
        shutil.rmtree(folder, ignore_errors=True)

    config.add_cleanup(forget)
