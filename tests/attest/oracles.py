"""Readers of others that tell whether our files are what they say. Installed by `.ci/exports`, which has none of them missing."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

import pytest


def oracle(name: str) -> Any:
    """Return a module of another's reader; without it the test is skipped, or fails where `.ci/exports` runs it."""
    if os.environ.get("AIACT_ORACLES") == "required":
        return import_module(name)
    return pytest.importorskip(name, reason="installed by .ci/exports")
